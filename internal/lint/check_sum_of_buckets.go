package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "sum-of-buckets",
		Doc: `The buckets of a histogram are added up without le.

A bucket counts all observations up to its bound, so the buckets overlap: a sum over them
counts a fast request once for every bound above it. How often depends on how fast it was.

For the number of observations use x_count, for those below a bound choose one bucket with
le="0.5", and for a quantile keep le: sum by (le) (rate(x_bucket[5m])).`,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, i *query.Info) {
				if e, ok := n.(*parser.AggregateExpr); ok && (e.Op == parser.SUM || e.Op == parser.AVG) {
					sumOfBuckets(p, q, e, i)
				}
			})
		},
	})
}

func sumOfBuckets(p *Pass, q *Query, e *parser.AggregateExpr, i *query.Info) {
	of := q.Inferred.At(e.Expr)
	buckets := of.Type == query.Bucket || (of.Type == query.Rate || of.Type == query.Increase) && of.Of == query.Bucket
	le := of.Labels.Label("le")
	if !buckets || of.Foreign || of.Empty.State == query.Always || le == nil || le.Presence != query.Guaranteed || i.Labels.Can("le") || within(q, e, "histogram_quantile", "histogram_fraction") {
		return
	}
	several := false
	for _, v := range le.Values {
		several = several || !query.SameNumber(v, le.Values[0])
	}
	if !several {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.pos(e),
		Message: fmt.Sprintf("%s takes the %s of all buckets of %s, which overlap", q.Owner, e.Op, q.subject(e.Expr)),
		Hint:    "use the _count, choose one le, or keep it: by (le)",
		Related: definitions(of.Metrics),
	})
}

// within reports whether a node stands, however deep, in a call of one of some functions.
func within(q *Query, n parser.Node, functions ...string) bool {
	for up := q.Inferred.Parent(n); up != nil; up = q.Inferred.Parent(up) {
		call, ok := up.(*parser.Call)
		if !ok {
			continue
		}
		for _, name := range functions {
			if call.Func.Name == name {
				return true
			}
		}
	}
	return false
}
