package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "timestamp",
		Doc: `A point in time is compared or aggregated as if it were a duration.

A metric that holds seconds since the epoch is near 1.8 thousand millions. Compared with an
hour it is always greater, so the alert fires always or never. The sum of two points in time
is nothing.

Take the age first: time() - x > 3600, and for what lies ahead x - time() < 86400. For the
latest of several use max, for the one that is furthest behind min.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, _ *query.Info) {
				switch e := n.(type) {
				case *parser.BinaryExpr:
					if e.Op.IsComparisonOperator() {
						timestampThreshold(p, q, e, e.LHS, e.RHS)
						timestampThreshold(p, q, e, e.RHS, e.LHS)
					}
				case *parser.AggregateExpr:
					if of := q.Inferred.At(e.Expr); e.Op == parser.SUM && of.Type == query.Timestamp && of.UnitKnown {
						p.Report(schema.Finding{
							Pos:     q.pos(e),
							Message: fmt.Sprintf("%s adds up points in time, %s", q.Owner, q.subject(e.Expr)),
							Hint:    "use max or min",
							Related: definitions(of.Metrics),
						})
					}
				}
			})
		},
	})
}

// least is the least number that people mean as seconds since the epoch: in 1980.
const least = 315532800

func timestampThreshold(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	of, number := q.Inferred.At(side), q.Inferred.At(with)
	v, ok := number.Values.Point()
	if !ok || v <= 1 || v >= least || of.Type != query.Timestamp || !of.UnitKnown || of.Unit.Grafana() != "dateTimeFromNow" {
		return // 0 and 1: whether it was ever set
	}
	p.Report(schema.Finding{
		Pos:     q.operator(e),
		Message: fmt.Sprintf("%s compares a point in time, %s, with %s", q.Owner, shorten(q.text(side)), q.text(with)),
		Hint:    fmt.Sprintf("did you mean time() - %s?", shorten(q.text(side))),
		Related: definitions(of.Metrics),
	})
}
