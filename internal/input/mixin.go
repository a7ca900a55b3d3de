package input

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// maxValue is the greatest size of what a mixin evaluates to, in bytes.
const maxValue = 64 << 20

// A Mixin is what a Jsonnet file evaluates to.
type Mixin struct {
	File    string // as seen from the working directory
	Value   []byte // JSON
	Sources []Source
}

// A Source is a Jsonnet file that a mixin was evaluated from.
type Source struct {
	File string
	Data []byte
}

// MixinFields are the fields of a monitoring mixin, hidden ones as a rule.
// Source: https://monitoring.mixins.dev, and the older names of rules.
var mixinFields = []string{"prometheusAlerts", "prometheusRules", "grafanaDashboards", "prometheus_alerts", "prometheus_rules"}

// MixinFields returns the fields by which a mixin is told from another object.
func MixinFields() []string { return slices.Clone(mixinFields) }

// ParseMixin reads the rules and dashboards of a mixin, or of another value that holds
// some: a rule file, a dashboard, resources, or an object or a list of these. A query
// stands where the string is that it was made of, with what was put into it by the %
// operator; else where the title or name of its owner is, as a line; else in the file as
// a whole.
func ParseMixin(m Mixin) (Set, []schema.Finding) {
	doc, findings := source.JSONAt(schema.Pos{File: m.File}, m.Value, maxValue)
	if doc.Root == nil {
		return Set{}, findings
	}
	r := &setReader{file: m.File, findings: findings}
	r.mixin(doc, doc.Root)
	if r.set.Empty() && len(r.findings) == 0 {
		r.findings = append(r.findings, schema.Finding{
			Pos: schema.Pos{File: m.File}, Check: "jsonnet",
			Message: "file evaluates to neither rules nor dashboards", Hint: "name the file that has prometheusAlerts, prometheusRules or grafanaDashboards",
		})
	}
	l := newLocator(m.Sources)
	for _, d := range r.set.Dashboards {
		l.dashboard(d)
	}
	for _, rules := range r.set.Rules {
		l.rules(rules)
	}
	return r.set, schema.SortFindings(r.findings)
}

// mixin reads the value of a Jsonnet file.
func (r *setReader) mixin(doc *source.Document, n *source.Node) {
	before := len(r.set.Dashboards) + len(r.set.Rules)
	r.document(doc, n)
	if len(r.set.Dashboards)+len(r.set.Rules) > before || isResource(n) {
		return
	}
	for _, f := range n.Fields {
		if slices.Contains(mixinFields, f.Key) {
			r.mixin(doc, f.Value)
		} else if f.Value.Kind == source.Map || f.Value.Kind == source.List {
			r.document(doc, f.Value)
		}
	}
}

// dashboard sets the places of a dashboard and of what is in it.
func (l *locator) dashboard(d *Dashboard) {
	of := map[string]schema.Pos{}
	for i := range d.Panels {
		p := &d.Panels[i]
		if p.Title == "" {
			continue
		}
		if n := l.find(p.Title, d.Pos); n != nil {
			p.Pos = lineOf(n)
			p.TypePos = p.Pos
			of[ownerOf(*p)] = p.Pos
		}
		for j := range p.Units {
			p.Units[j].Pos = l.behind(p.Units[j].ID, p.Pos)
		}
	}
	for i := range d.Queries {
		q := &d.Queries[i]
		q.Pos = l.place(q.Expr, of[q.Owner], q.Pos)
		if q.LegendPos.File != "" {
			q.LegendPos = l.behind(q.Legend, q.Pos)
		}
	}
	d.at = l.docs
}

// rules sets the places of rules.
func (l *locator) rules(r *Rules) {
	next := 0
	for _, g := range r.Groups {
		for i := range g.Rules {
			u := &g.Rules[i]
			u.Pos = l.named(u, u.Pos)
			for key := range u.Places {
				kind, name, _ := strings.Cut(key, ".")
				text := u.Annotations[name]
				if kind == "labels" {
					text = u.Labels[name]
				}
				u.Places[key] = l.place(text, u.Pos, u.Places[key])
			}
			if u.Expr == "" {
				continue
			}
			u.ExprPos = l.place(u.Expr, u.Pos, u.ExprPos)
			r.Queries[next].Pos = u.ExprPos
			next++
		}
	}
	r.at = l.docs
}

// named returns where a rule's name stands, or otherwise.
func (l *locator) named(u *config.Rule, otherwise schema.Pos) schema.Pos {
	name := u.Alert
	if name == "" {
		name = u.Record
	}
	if n := l.find(name, otherwise); n != nil {
		return lineOf(n)
	}
	return otherwise
}

// place returns where an expression stands; else the line of its owner, else otherwise.
func (l *locator) place(expr string, owner, otherwise schema.Pos) schema.Pos {
	if n := l.find(expr, owner); n != nil {
		return n.Pos()
	}
	if owner.Line > 0 {
		return owner
	}
	return otherwise
}

// behind returns where a text stands that belongs to what stands at pos: behind it in its
// file. Where it does not, it is pos.
func (l *locator) behind(text string, pos schema.Pos) schema.Pos {
	if n := l.find(text, pos); n != nil && n.Pos().File == pos.File && n.Pos().Line >= pos.Line {
		return n.Pos()
	}
	pos.Col = 0
	return pos
}

// lineOf returns a node's line as a whole: the places in a line are of expressions.
func lineOf(n *source.Node) schema.Pos {
	pos := n.Pos()
	pos.Col = 0
	return pos
}
