package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// Run runs every check over in and returns the findings, sorted, with the severities
// of cfg and without what is ignored. A nil cfg is the default.
func Run(in Input, cfg *config.Config) []schema.Finding { return runChecks(Checks(), in, cfg) }

func runChecks(list []*Check, in Input, cfg *config.Config) []schema.Finding {
	if cfg == nil {
		cfg = config.Default()
	}
	if in.Schema == nil {
		in.Schema = &schema.Schema{}
	}
	r := &run{checks: wanted(list, cfg), in: &in, cfg: cfg, ignored: map[config.Ignore]bool{}, places: map[schema.Pos][]config.Ignore{}}
	r.names, r.world = newNames(r.in, cfg), newWorld(r.in, cfg)
	r.place()
	if !in.Judged {
		r.metrics()
		r.changes()
	}
	r.boards()
	if !in.Judged {
		r.rules()
	}
	r.lookAtQueries()
	r.each(nil, func(p *Pass) {
		if p.Check.Tree != nil {
			p.Check.Tree(p)
		}
	})
	for _, f := range in.Findings {
		r.report(f, r.speaking(f.Pos))
	}
	r.judgeIgnores()
	if !in.Judged {
		r.judgeConfig()
	}
	return schema.SortFindings(r.findings)
}

// own returns the checks that are lint's.
func own(list []*Check) []*Check {
	return slices.DeleteFunc(slices.Clone(list), func(c *Check) bool { return c.Phase != "" })
}

// wanted returns the checks that are lint's and not left out: an optional one is wanted
// where the configuration names it.
func wanted(list []*Check, cfg *config.Config) []*Check {
	return slices.DeleteFunc(own(list), func(c *Check) bool { return c.Optional && cfg.Checks[c.Name] == "" && cfg.CheckPaths[c.Name] == nil })
}

// A run is one walk over an Input.
type run struct {
	checks   []*Check
	in       *Input
	cfg      *config.Config
	names    *names
	world    *query.World
	queries  []*Query // every one, once they were looked at
	findings []schema.Finding

	ignored map[config.Ignore]bool         // every ignore that was met, and whether it accepted a finding
	places  map[schema.Pos][]config.Ignore // the ignores of what stands at a place
	spans   []span                         // of the expressions that ignores speak of
}

// A span is an expression in a file, from its first character to its last.
type span struct {
	from, to schema.Pos
	scope    []config.Ignore
}

// each calls f with a pass of every check.
func (r *run) each(scope []config.Ignore, f func(*Pass)) {
	for _, c := range r.checks {
		f(r.pass(c, scope))
	}
}

func (r *run) pass(c *Check, scope []config.Ignore) *Pass {
	return &Pass{Check: c, Schema: r.in.Schema, Config: r.cfg, Input: r.in, run: r, scope: scope}
}

// report keeps a finding, unless an ignore in scope accepts it or its check is off.
func (r *run) report(f schema.Finding, scope []config.Ignore) {
	accepted := false
	for _, i := range scope {
		if i.Check == f.Check && i.Reason != "" {
			r.ignored[i], accepted = true, accepted || !r.expired(i)
		}
	}
	s, set := r.cfg.Severity(f.Check, f.Pos.File)
	if accepted || set && s == "" || !set && r.optional(f.Check) {
		return
	}
	if set {
		f.Severity = s
	}
	r.findings = append(r.findings, f)
}

// optional reports whether a check reports only where the configuration names it.
func (r *run) optional(check string) bool {
	return slices.ContainsFunc(r.checks, func(c *Check) bool { return c.Name == check && c.Optional })
}

// expired reports whether the day until which an ignore was to hold has passed.
func (r *run) expired(i config.Ignore) bool {
	return i.Until != "" && r.in.Today != "" && i.Until < r.in.Today
}

// place notes what every ignore speaks of. One above a dashboard speaks of its panels,
// too.
func (r *run) place() {
	r.placeHand()
	if r.in.Judged {
		return
	}
	for _, m := range r.in.Schema.Metrics {
		positions := []schema.Pos{m.Pos}
		for _, d := range m.Directives {
			positions = append(positions, d.Pos)
		}
		r.at(r.directives(m), positions...)
	}
	for _, d := range r.cfg.Dashboards {
		r.at(d.Ignores, d.Pos)
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				positions := append([]schema.Pos{p.Pos, p.TypePos, p.UnitPos}, p.MetricPos...)
				for _, q := range p.Queries {
					positions = append(positions, q.Pos, q.UnitPos)
					r.within(slices.Concat(p.Ignores, d.Ignores), q.Pos, r.cfg.At(q.Pos, len(q.Expr)))
				}
				r.at(slices.Concat(p.Ignores, d.Ignores), positions...)
			}
		}
	}
	for _, o := range slices.Concat(r.cfg.SLOs.Objectives, r.cfg.SLOs.Read) {
		r.at(o.Ignores, append(slices.Collect(maps.Values(o.Places)), o.Pos)...)
	}
	for _, g := range r.cfg.Alerts {
		for _, u := range g.Rules {
			r.at(u.Ignores, u.Pos, u.ExprPos)
			r.within(u.Ignores, u.ExprPos, r.cfg.At(u.ExprPos, len(u.Expr)))
		}
	}
}

// placeHand notes what the ignores in hand-written files speak of.
func (r *run) placeHand() {
	for _, d := range r.in.Dashboards {
		r.at(d.Ignores, d.Pos, d.UIDPos)
		for _, p := range d.Panels {
			r.at(p.Ignores, p.Places()...)
		}
		for _, q := range d.Queries {
			r.at(q.Ignores, q.Pos)
			r.within(q.Ignores, q.Pos, d.At(q.Pos, len(q.Expr)))
		}
	}
	for _, f := range r.in.Rules {
		for _, q := range f.Queries {
			r.at(q.Ignores, q.Pos)
			r.within(q.Ignores, q.Pos, f.At(q.Pos, len(q.Expr)))
		}
	}
}

// at says that ignores speak of what stands at some places.
func (r *run) at(scope []config.Ignore, positions ...schema.Pos) {
	for _, i := range scope {
		r.ignored[i] = false
	}
	for _, pos := range positions {
		if len(scope) > 0 && !pos.IsZero() {
			r.places[pos] = append(r.places[pos], scope...)
		}
	}
}

// within says that ignores speak of every part of an expression.
func (r *run) within(scope []config.Ignore, from, to schema.Pos) {
	if len(scope) > 0 && !from.IsZero() {
		r.spans = append(r.spans, span{from, to, scope})
	}
}

// speaking returns the ignores of what stands at a place, or of the expression around it.
func (r *run) speaking(pos schema.Pos) []config.Ignore {
	scope := r.places[pos]
	for _, s := range r.spans {
		if pos.File == s.from.File && s.from.Compare(pos) < 0 && pos.Compare(s.to) <= 0 {
			scope = append(scope[:len(scope):len(scope)], s.scope...)
		}
	}
	return scope
}

func (r *run) metrics() {
	for _, m := range r.in.Schema.Metrics {
		if !m.Live() || m.Unread {
			continue // who removes or deprecates a metric will not rename it
		}
		r.each(r.places[m.Pos], func(p *Pass) {
			if p.Check.Metric != nil {
				p.Check.Metric(p, m)
			}
		})
	}
}

// directives returns the ignores among the //dashgen: comments of a metric.
func (r *run) directives(m *schema.Metric) []config.Ignore {
	var scope []config.Ignore
	for _, d := range m.Directives {
		if d.Name != "ignore" {
			continue
		}
		i, f := config.ParseIgnore(d.Text, d.Pos)
		if f != nil {
			r.judge(f.Check, f.Pos, f.Hint, "%s", f.Message)
			continue
		}
		scope = append(scope, i)
	}
	return scope
}

func (r *run) changes() {
	for _, c := range r.in.Changes {
		var scope []config.Ignore
		if c.New != nil {
			scope = r.places[c.New.Pos]
		}
		r.each(scope, func(p *Pass) {
			if p.Check.Change != nil {
				p.Check.Change(p, c)
			}
		})
	}
}

// boards walks dashboards and their panels: the hand-written ones and, in the same
// shape, the generated ones.
func (r *run) boards() {
	for _, d := range r.in.boards() {
		r.each(r.places[d.Pos], func(p *Pass) {
			if p.Check.Board != nil {
				p.field = d.Field
				p.Check.Board(p, d)
			}
		})
		for i := range d.Panels {
			r.each(r.places[d.Panels[i].Pos], func(p *Pass) {
				if p.Check.Panel != nil {
					p.field = d.Panels[i].Field
					p.Check.Panel(p, d, &d.Panels[i])
				}
			})
		}
	}
}

// boards returns every dashboard, the hand-written ones first.
func (in *Input) boards() []*input.Dashboard {
	all := slices.Clone(in.Dashboards)
	for _, b := range in.Boards {
		all = append(all, in.generated(&b))
	}
	return all
}

// generated returns a generated board in the shape of a hand-written one. Its panels'
// kinds are Grafana's plugin ids. The headers of its rows have their place from the
// panels below them, so none is told.
func (in *Input) generated(b *plan.Board) *input.Dashboard {
	d := &input.Dashboard{File: b.Pos.File, UID: b.UID, Title: b.Title, Pos: b.Pos, UIDPos: b.Pos, Size: in.Sizes[b.UID]}
	for _, row := range b.Rows {
		within := -1
		if row.ID != 0 {
			d.Panels = append(d.Panels, input.Panel{ID: row.ID, Type: "row", Title: row.Title, Row: -1, Flow: true, Pos: b.Pos, TypePos: b.Pos})
			if row.Collapsed {
				within = len(d.Panels) - 1
			}
		}
		for _, p := range row.Panels {
			pos := cmp.Or(p.Pos, b.Pos, in.metricPos(&p))
			targets := make([]input.Target, len(p.Queries)) // what they ask is told elsewhere
			d.Panels = append(d.Panels, input.Panel{
				Targets: targets,
				ID:      p.ID, Type: p.Kind, Title: p.Title, Row: within, Pos: pos, TypePos: pos,
				GridPos: &input.GridPos{X: p.X, Y: p.Y, W: p.W, H: p.H, Pos: pos},
			})
		}
	}
	return d
}

func (r *run) rules() {
	for _, g := range r.in.Groups {
		for i := range g.Rules {
			u := &g.Rules[i]
			r.each(r.places[u.Pos], func(p *Pass) {
				if p.Check.Rule != nil {
					p.Check.Rule(p, u)
				}
			})
		}
	}
}

func (r *run) lookAtQueries() {
	r.queries = r.allQueries()
	for _, q := range r.queries {
		scope := r.places[q.Pos]
		for _, c := range r.checks {
			if c.Query != nil {
				p := r.pass(c, scope)
				p.query, p.field = q, q.Field
				c.Query(p, q)
			}
		}
	}
}

// judgeIgnores reports the ignores that accept nothing, and those of checks that
// there are not. What a check that is off or did not run would have said is unknown.
func (r *run) judgeIgnores() {
	known := r.known()
	for _, i := range slices.SortedFunc(maps.Keys(r.ignored), func(a, b config.Ignore) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Check, b.Check))
	}) {
		s, set := r.cfg.Severity(i.Check, i.Pos.File)
		ran := slices.ContainsFunc(r.checks, func(c *Check) bool { return c.Name == i.Check }) && !(set && s == "")
		switch {
		case r.ignored[i], r.expired(i):
		case !slices.Contains(known, i.Check):
			r.judge("unknown-check", i.Pos, nearest(i.Check, known), "ignore of %q, which is no check", i.Check)
		case ran:
			r.judge("unused-ignore", i.Pos, "remove it", "ignore of %q accepts no finding", i.Check)
		}
	}
}

// judgeConfig reports the names under checks: that are no checks.
func (r *run) judgeConfig() {
	known := r.known()
	for _, name := range r.cfg.CheckNames() {
		if !slices.Contains(known, name) {
			r.judge("unknown-check", r.cfg.CheckPos[name], nearest(name, known), "%q is no check", name)
		}
	}
}

// judge reports for one of the checks that look at ignores, where it is among those
// that run.
func (r *run) judge(check string, pos schema.Pos, hint, format string, args ...any) {
	for _, c := range r.checks {
		if c.Name == check {
			r.report(schema.Finding{Pos: pos, Check: check, Severity: cmp.Or(c.Severity, schema.Error), Message: fmt.Sprintf(format, args...), Hint: hint}, nil)
		}
	}
}

// known returns the names that an ignore may have.
func (r *run) known() []string {
	var names []string
	for _, c := range Checks() {
		names = append(names, c.Name)
	}
	for _, f := range r.in.Findings {
		names = append(names, f.Check)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nearest returns a hint with the known word nearest to a misspelt one.
func nearest(word string, known []string) string {
	if near := source.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}
