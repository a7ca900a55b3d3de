package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file lists the alerts that lack a number which the source does not say.

// A Need is an alert that a pattern would derive if somebody gave it its numbers. They
// stand as <name> where they are to be written, which does not parse: a text that is
// pasted and not filled in is a finding.
type Need struct {
	Pattern string // that asks; filled in by Needs
	Metric  *schema.Metric
	Tells   string // what the alert would tell, as a sentence without its end
	Blanks  []Blank

	// What to write: either Alert with its expression, `for` and the rest, or an objective.
	Alert     plan.Rule
	When      string // Alert's comparison where it is one of Metric's own signal, as directives have it
	Objective *Objective
}

// A Blank is a number that somebody has to give.
type Blank struct {
	Name  string // how it is written: <name>
	Means string // what it is, with its unit
	From  string // what the source has to propose, or that it has nothing
}

// An Objective is a service level objective without its numbers.
type Objective struct {
	Name   string
	Errors string // of a counter: the counter of what failed, or matchers in braces; empty: told by the outcome label
	Below  string // of a histogram: the blank
}

// objectivePercent is the number that every objective lacks.
var objectivePercent = Blank{"percent", "of the events are to be good, such as 99.9", "nothing in the source says it: what users were promised"}

// Needs returns what the patterns ask for, sorted by pattern and metric; without what a
// declared alert or an objective of groups watches already.
func Needs(signals []plan.Signal, s *schema.Schema, cfg *config.Config, groups []plan.Group) []Need {
	p := &Pass{Signals: signals, Schema: s, Config: cfg}
	watched := watchedNames(p, groups)
	var all []Need
	for _, pat := range Patterns() {
		if pat.Needs == nil {
			continue
		}
		for _, n := range pat.Needs(p) {
			if watched[n.Metric.Name] {
				continue
			}
			n.Pattern = pat.Name
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b Need) int {
		return cmp.Or(cmp.Compare(a.Pattern, b.Pattern), cmp.Compare(a.Metric.Name, b.Metric.Name))
	})
	return all
}

// watchedNames returns the metrics that declared alerts and objectives watch. An alert on
// one of its label values watches it as well as one on all.
func watchedNames(p *Pass, groups []plan.Group) map[string]bool {
	names := map[string]bool{}
	for _, g := range groups {
		if g.Objective != nil {
			for _, name := range g.Objective.Metrics {
				names[name] = true
			}
			continue
		}
		for _, r := range g.Rules {
			e, err := query.Parse(r.Expr)
			if r.Alert == "" || r.Pattern != "" || err != nil {
				continue
			}
			watching(e, func(s *parser.VectorSelector) {
				if m, _ := p.Schema.Series(query.Selectors(s)[0].Name); m != nil {
					names[m.Name] = true
				}
			})
		}
	}
	return names
}

// Directives returns the lines to write above the metric.
func (n *Need) Directives() []string {
	var lines []string
	if r := n.Alert; r.Alert != "" {
		what := "expr=" + strconv.Quote(r.Expr)
		if n.When != "" {
			what = "when=" + strconv.Quote(n.When)
		}
		line := fmt.Sprintf("//dashgen:alert %s %s for=%s", r.Alert, what, Duration(r.For))
		if r.KeepFiringFor > 0 {
			line += " keep_firing_for=" + Duration(r.KeepFiringFor)
		}
		lines = append(lines, line+fmt.Sprintf(" severity=%s summary=%q", r.Labels["severity"], r.Annotations["summary"]))
	}
	if o := n.Objective; o != nil {
		line := fmt.Sprintf("//dashgen:slo %s objective=<%s>", o.Name, objectivePercent.Name)
		if o.Below != "" {
			line += " below=<" + o.Below + ">"
		}
		if o.Errors != "" {
			line += " errors=" + strconv.Quote(o.Errors)
		}
		lines = append(lines, line)
	}
	return lines
}

// YAML returns the same as entries of dashgen.yaml: of the rules of a group of alerts, and
// of the objectives of slos; each "" where there is none.
func (n *Need) YAML() (alert, objective string) {
	if r := n.Alert; r.Alert != "" {
		keep := ""
		if r.KeepFiringFor > 0 {
			keep = ", keep_firing_for: " + Duration(r.KeepFiringFor)
		}
		alert = fmt.Sprintf("{alert: %s, expr: %s, for: %s%s, labels: {severity: %s}, annotations: {summary: %s}}",
			r.Alert, single(r.Expr), Duration(r.For), keep, r.Labels["severity"], single(r.Annotations["summary"]))
	}
	if o := n.Objective; o != nil {
		objective = fmt.Sprintf("{name: %s, metric: %s, objective: <%s>", o.Name, n.Metric.Name, objectivePercent.Name)
		if o.Below != "" {
			objective += ", below: <" + o.Below + ">"
		}
		if o.Errors != "" {
			objective += ", errors: " + single(o.Errors)
		}
		objective += "}"
	}
	return alert, objective
}

// single quotes a string as YAML does in single quotes.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// ask returns an alert to be declared.
func ask(p *Pass, m *schema.Metric, suffix, expr, severity, summary string, hold time.Duration) plan.Rule {
	return plan.Rule{
		Alert: p.Name(m, suffix), Expr: expr, For: p.Hold(hold), Signal: m.Name, Pos: m.Pos,
		Labels: map[string]string{"severity": severity}, Annotations: map[string]string{"summary": summary},
	}
}

// objectiveName returns a name for an objective: of small letters, digits and hyphens.
func objectiveName(p *Pass, name, suffix string) string {
	name = strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(name), "_total"), strings.ToLower(p.Config.Name)+"_")
	parts := strings.FieldsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	name = strings.Join(append(parts, suffix), "-")
	if len(name) > 63 {
		name = strings.Trim(name[len(name)-63:], "-")
	}
	return name
}

// Job returns the labels that tell jobs apart, which an alert on all instances of one
// together keeps.
func (p *Pass) Job() string {
	by := []string{"job"}
	for _, l := range p.Config.TargetLabels {
		if l != "job" && !slices.Contains(perInstance, l) {
			by = append(by, l)
		}
	}
	return strings.Join(by, ", ")
}

// perInstance are the labels of scraping that tell the instances of a job apart.
var perInstance = []string{"instance", "pod", "container", "node", "endpoint", "host"}
