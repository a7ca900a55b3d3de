package lint

import (
	"fmt"
	"math"
	"strconv"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "between-buckets",
		Doc: `An alert compares a histogram's quantile with a number that is no bucket bound.

What lies between two bounds is not known: histogram_quantile draws a straight line between
them. With bounds 0.1 and 1, "p99 > 0.3" speaks of the line, not of requests, and can be far
off in either direction. A threshold at a bound is exact. One at or above the top bound is
never exceeded, which the check comparison reports.

Compare with one of the bounds that the hint names, or add a bucket where the threshold is.`,
		Severity: schema.Note,
		Query: func(p *Pass, q *Query) {
			if q.Inferred == nil || !q.alert() {
				return
			}
			for n := range q.Inferred.All() {
				if e, ok := n.(*parser.BinaryExpr); ok && e.Op.IsComparisonOperator() {
					betweenBuckets(p, q, e, e.LHS, e.RHS)
					betweenBuckets(p, q, e, e.RHS, e.LHS)
				}
			}
		},
	})
}

func betweenBuckets(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	call, ok := query.Unparen(side).(*parser.Call)
	v, point := q.Inferred.At(with).Values.Point()
	if !ok || call.Func.Name != "histogram_quantile" || !point || v <= 0 {
		return
	}
	of := q.Inferred.At(call.Args[1])
	le := of.Labels.Label("le")
	if of.Foreign || le == nil || le.Values == nil {
		return
	}
	below, above := 0.0, math.Inf(1)
	for _, s := range le.Values {
		switch b, err := strconv.ParseFloat(s, 64); {
		case err != nil || b == v:
			return
		case b < v:
			below = max(below, b)
		default:
			above = min(above, b)
		}
	}
	if math.IsInf(above, 0) {
		return // at or above the top
	}
	p.Report(schema.Finding{
		Pos:     q.pos(with),
		Message: fmt.Sprintf("%s compares a quantile with %s, which lies between the bucket bounds %v and %v", q.Owner, q.text(with), below, above),
		Hint:    fmt.Sprintf("the nearest bounds are %v and %v", below, above),
		Related: definitions(of.Metrics),
	})
}
