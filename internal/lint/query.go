package lint

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

// A Query is one expression with what a check asks of it.
type Query struct {
	input.Query
	Own  bool        // generated, or declared in dashgen.yaml: it speaks of this program
	Name bool        // the name of a metric that dashgen draws by itself, no expression
	Tree parser.Expr // nil where it does not parse or is not PromQL
	Err  error       // why it does not parse: a *query.SyntaxError

	Inferred *query.Inferred // what Tree means; nil where that is, and of a name
	Rule     *config.Rule    // whose expression it is; nil: of no rule
	Group    *config.Group   // of Rule; nil where dashgen derived it
	Interval time.Duration   // at which Rule's group is evaluated; zero: Prometheus' evaluation interval
	Unit     input.Unit      // of the panel, for all its values; zero: none, or several

	Board *input.Dashboard // hand-written, that it stands in; nil: in none

	vars variableSet // what it may refer to
	at   func(pos schema.Pos, offset int) schema.Pos
}

// At returns where a byte of the expression stands.
func (q *Query) At(offset int) schema.Pos { return q.at(q.Pos, offset) }

// parse fills in Tree, Err and Inferred.
func (q *Query) parse(w *query.World) {
	q.read()
	if q.Tree != nil && !q.Name {
		q.Inferred = query.Infer(q.Expr, q.Tree, w)
	}
}

// read fills in Tree and Err.
func (q *Query) read() {
	if q.Datasource != "prometheus" {
		return
	}
	if q.Tree, q.Err = query.Parse(q.Expr); q.Err != nil {
		if e, err := query.ParseExperimental(q.Expr); err == nil {
			q.Tree, q.Err = e, nil // which check promql-version reports
		}
	}
}

// allQueries returns every query: of hand-written files, as dashgen.yaml declares
// them, and of what else is generated. What dashgen.yaml declares is taken from
// there, not from the boards and rules made of it, because there its text and its
// places are the author's.
func (r *run) allQueries() []*Query {
	all := handWritten(r.in)
	if !r.in.Judged {
		all = slices.Concat(all, declared(r.cfg), r.derived())
	}
	for _, q := range all {
		q.parse(r.world)
	}
	return all
}

func handWritten(in *Input) []*Query {
	var all []*Query
	for _, d := range in.Dashboards {
		for _, q := range d.Queries {
			one := &Query{Query: q, Board: d, vars: variableSet{"dashboard", d.Variables, true}, at: d.At}
			if q.Panel >= 0 && len(d.Panels[q.Panel].Units) == 1 && !d.Panels[q.Panel].Units[0].Field {
				one.Unit = d.Panels[q.Panel].Units[0]
			}
			all = append(all, one)
		}
	}
	for _, f := range in.Rules {
		rules := rulesOf(f)
		for i, q := range f.Queries {
			one := &Query{Query: q, Rule: rules[i].Rule, Group: rules[i].group, Interval: rules[i].group.Interval, vars: aRule, at: f.At}
			all = append(append(all, one), templateQueries(one)...)
		}
	}
	return all
}

// A groupedRule is a rule with its group.
type groupedRule struct {
	*config.Rule
	group *config.Group
}

// rulesOf returns the rules of a file that have an expression: one for each of its queries.
func rulesOf(f *input.Rules) []groupedRule {
	var rules []groupedRule
	for i := range f.Groups {
		g := &f.Groups[i]
		for j := range g.Rules {
			if g.Rules[j].Expr != "" {
				rules = append(rules, groupedRule{&g.Rules[j], g})
			}
		}
	}
	return rules
}

func declared(cfg *config.Config) []*Query {
	var all []*Query
	add := func(q input.Query, name bool, vars variableSet) *Query {
		q.Datasource = cmp.Or(q.Datasource, "prometheus")
		one := &Query{Query: q, Own: true, Name: name, vars: vars, at: cfg.At}
		if q.Expr != "" { // which package config has reported
			all = append(all, one)
		}
		return one
	}
	board := variableSet{"dashboard", boardVariables(cfg.TargetLabels), true}
	for _, d := range cfg.Dashboards {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				owner := fmt.Sprintf("panel %q", p.Title)
				for i, name := range p.Metrics {
					add(input.Query{Expr: name, Pos: p.MetricPos[i], Owner: owner}, true, board)
				}
				for _, q := range p.Queries {
					one := add(input.Query{Expr: q.Expr, Pos: q.Pos, Owner: owner, Datasource: q.Datasource, Legend: q.Legend, LegendPos: q.LegendPos}, false, board)
					if one.Unit = (input.Unit{ID: p.Unit, Pos: p.UnitPos}); q.Unit != "" {
						one.Unit = input.Unit{ID: q.Unit, Pos: q.UnitPos}
					}
				}
			}
		}
	}
	for i := range cfg.Alerts {
		g := &cfg.Alerts[i]
		for j := range g.Rules {
			u := &g.Rules[j]
			one := add(input.Query{Expr: u.Expr, Pos: u.ExprPos, Owner: ruleOwner(u.Alert, u.Record)}, false, aRule)
			one.Rule, one.Group, one.Interval = u, g, g.Interval
			all = append(all, templateQueries(one)...)
		}
	}
	return all
}

// aRule is where there are no variables.
var aRule = variableSet{of: "rule"}

func ruleOwner(alert, record string) string {
	if alert != "" {
		return fmt.Sprintf("alert %q", alert)
	}
	return fmt.Sprintf("recording rule %q", record)
}

// derived returns the queries of generated rules and boards that dashgen.yaml does not
// declare.
func (r *run) derived() []*Query {
	var all []*Query
	add := func(expr string, pos schema.Pos, owner, datasource string, vars variableSet) {
		q := input.Query{Expr: expr, Pos: pos, Owner: owner, Datasource: cmp.Or(datasource, "prometheus")}
		all = append(all, &Query{Query: q, Own: true, vars: vars, at: wholly})
	}
	for _, g := range r.in.Groups {
		for _, u := range g.Rules {
			if r.verbatim(u.Pos) && u.Owner == "" {
				continue
			}
			n := len(all)
			add(u.Expr, u.Pos, cmp.Or(u.Owner, ruleOwner(u.Alert, u.Record)), "", aRule)
			for _, q := range all[n:] {
				q.Interval = g.Interval
				q.Rule = &config.Rule{
					Record: u.Record, Alert: u.Alert, Expr: u.Expr, For: u.For, KeepFiringFor: u.KeepFiringFor, Labels: u.Labels, Annotations: u.Annotations, Pos: u.Pos, ExprPos: u.ExprPos,
				}
			}
		}
	}
	ofRule := map[schema.Pos]bool{}
	for _, g := range r.in.Groups {
		for _, u := range g.Rules {
			ofRule[cmp.Or(u.ExprPos, u.Pos)] = true
		}
	}
	for _, b := range r.in.Boards {
		for _, a := range b.Annotations {
			add(a.Expr, b.Pos, fmt.Sprintf("annotation %q", a.Name), "", variableSet{})
		}
		for _, row := range b.Rows {
			for _, p := range row.Panels {
				for _, q := range p.Queries {
					if !q.Pos.IsZero() && ofRule[q.Pos] {
						continue // plots a rule's expression, which is a query already
					}
					pos := cmp.Or(q.Pos, p.Pos, r.in.metricPos(&p))
					if r.verbatim(pos) {
						continue
					}
					add(q.Expr, pos, fmt.Sprintf("panel %q", p.Title), q.Datasource, variableSet{})
				}
			}
		}
	}
	return all
}

// verbatim reports whether what is made of a declaration is as dashgen.yaml has it, where it
// is a query already.
func (r *run) verbatim(pos schema.Pos) bool { return pos.File != "" && pos.File == r.cfg.File }

// wholly is the place of any part of a derived expression, whose text nobody wrote:
// that of what it is derived from.
func wholly(pos schema.Pos, _ int) schema.Pos { return pos }

// metricPos returns where the first metric that a derived panel shows is defined.
func (in *Input) metricPos(p *plan.Panel) schema.Pos {
	for _, name := range p.Metrics {
		if m := in.Schema.Lookup(name); m != nil && !m.Pos.IsZero() {
			return m.Pos
		}
	}
	return schema.Pos{}
}
