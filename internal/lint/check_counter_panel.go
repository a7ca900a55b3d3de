package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "counter-panel",
		Doc: `A panel draws a counter over time as it stands.

What is drawn is a line that climbs until the program restarts. How steep it is, which is what
matters, nobody can read off it, and the sum over several programs falls with each restart. That
a metric is a counter is known from the code, whatever it is called; _sum, _count and _bucket
are counters, too. Panels of one number, where a total may be meant, are left alone. This is
dashboard-linter's target-counter-agg-rule, by type in place of spelling.

Draw its rate: rate(x[$__rate_interval]).`,
		Severity: schema.Note,
		Optional: true,
		Query: func(p *Pass, q *Query) {
			if q.Board == nil || q.Panel < 0 || q.Inferred == nil {
				return
			}
			if t := q.Board.Panels[q.Panel].Type; t != "timeseries" && t != "graph" {
				return
			}
			for _, e := range mains(q.Tree) {
				of := q.Inferred.At(e)
				if of.Foreign || !of.Type.Cumulative() || len(of.Metrics) != 1 || shifted(e) || !plain(e) {
					continue
				}
				p.Report(schema.Finding{
					Pos:     q.pos(e),
					Message: fmt.Sprintf("%s draws a %s as it stands, %s: it climbs until the program restarts", q.Owner, of.Type, q.subject(e)),
					Hint:    fmt.Sprintf("draw its rate: rate(%s[$__rate_interval])", q.text(leaf(e))),
					Related: definitions(of.Metrics),
				})
			}
		},
	})
}

// plain reports whether an expression is a selector, aggregated or not.
func plain(e parser.Expr) bool {
	e = query.Unparen(e)
	if a, ok := e.(*parser.AggregateExpr); ok {
		e = query.Unparen(a.Expr)
	}
	_, ok := e.(*parser.VectorSelector)
	return ok
}
