package lint

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "rule-order",
		Doc: `A query reads a recording rule that is evaluated after it, or too rarely for it.

The rules of a group are evaluated in their order: one that reads what a later one records
has the value of the evaluation before, and none at all after a start of Prometheus. A
selector looks five minutes back: of what is recorded every ten there is no value half of the
time, so that panels have holes and alerts lose their for. This is a warning. And an alert
whose for is shorter than the interval of what it reads sees one value all the time. That a
rule of another group is up to an interval late is no fault, and is left alone.

Put the rule that records first, record more often, or wait longer.`,
		Severity: schema.Note,
		Tree: func(p *Pass) {
			by := recorders(p.run.queries)
			for _, q := range p.run.queries {
				each(q, func(n parser.Expr, _ *query.Info) {
					if vs, ok := n.(*parser.VectorSelector); ok && len(by[vs.Name]) == 1 {
						ruleOrder(p, q, vs, by[vs.Name][0])
					}
				})
			}
		},
	})
}

// recorders returns the recording rules, of which the place in their group is known, by
// name.
func recorders(queries []*Query) map[string][]*Query {
	by := map[string][]*Query{}
	for _, q := range queries {
		if q.Rule != nil && q.Rule.Record != "" {
			by[q.Rule.Record] = append(by[q.Rule.Record], q)
		}
	}
	return by
}

// lookback is how far a selector looks back for a sample.
// Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness.
const lookback = 5 * time.Minute

func ruleOrder(p *Pass, q *Query, vs *parser.VectorSelector, by *Query) {
	_, ranged := q.Inferred.Parent(vs).(*parser.MatrixSelector)
	f := schema.Finding{Pos: q.pos(vs), Related: []schema.Related{{Pos: by.Rule.Pos, Message: fmt.Sprintf("recording rule %q", vs.Name)}}}
	switch every := by.Interval; {
	case q.Group != nil && q.Group == by.Group && position(q) < position(by):
		f.Message = fmt.Sprintf("%s reads %q, which is recorded after it: it has the value of the evaluation before", q.Owner, vs.Name)
		f.Hint = "put the rule that records it first"
	case every > lookback && !ranged:
		f.Severity = schema.Warning
		f.Message = fmt.Sprintf("%s reads %q, which is recorded every %s, but a selector looks %s back: most of the time it has no value", q.Owner, vs.Name, shortDuration(every), shortDuration(lookback))
		if every < 2*lookback {
			f.Message = fmt.Sprintf("%s reads %q, which is recorded every %s, but a selector looks %s back: at times it has no value", q.Owner, vs.Name, shortDuration(every), shortDuration(lookback))
		}
		f.Hint = fmt.Sprintf("record it every %s or more often, or write last_over_time(%s[%s])", shortDuration(lookback), q.text(vs), shortDuration(every))
	case q.alert() && !ranged && q.Rule.For > 0 && q.Rule.For < every:
		f.Message = fmt.Sprintf("%s waits for %s on %q, which is recorded every %s: it looks at one value all the time", q.Owner, shortDuration(q.Rule.For), vs.Name, shortDuration(every))
		f.Hint = fmt.Sprintf("write for: %s", shortDuration(2*every))
	default:
		return
	}
	p.Report(f)
}

// position returns the place of a query's rule in its group.
func position(q *Query) int {
	for i := range q.Group.Rules {
		if &q.Group.Rules[i] == q.Rule {
			return i
		}
	}
	return len(q.Group.Rules)
}
