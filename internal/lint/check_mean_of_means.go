package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "mean-of-means",
		Doc: `A sum or mean is taken of what cannot be added up.

The mean of the quantiles of ten targets is no quantile of anything: a target with one slow
request counts as much as one with a million. The same is true of the mean of ratios. Sums
of either mean nothing at all. Of a summary with several quantiles, a sum without by
(quantile) even adds p50 to p99.

Aggregate the buckets, not the quantile: histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m]))).
Divide the sums: sum(rate(a[5m])) / sum(rate(b[5m])). Of a summary's quantiles only max means
something.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, _ *query.Info) {
				if e, ok := n.(*parser.AggregateExpr); ok && (e.Op == parser.SUM || e.Op == parser.AVG) {
					meanOfMeans(p, q, e)
				}
			})
		},
	})
}

func meanOfMeans(p *Pass, q *Query, e *parser.AggregateExpr) {
	of := q.Inferred.At(e.Expr)
	f := schema.Finding{Pos: q.pos(e), Related: definitions(of.Metrics)}
	what := map[parser.ItemType]string{parser.SUM: "sum", parser.AVG: "mean"}[e.Op]
	call, isCall := query.Unparen(e.Expr).(*parser.Call)
	switch {
	case of.Empty.State == query.Always:
		return
	case isCall && call.Func.Name == "histogram_quantile":
		f.Message = fmt.Sprintf("%s takes the %s of quantiles, which is no quantile", q.Owner, what)
		f.Hint = "aggregate the buckets inside: histogram_quantile(…, sum by (le) (…))"
	case of.Type == query.Quantile && !of.Foreign:
		f.Message = fmt.Sprintf("%s takes the %s of quantiles of %s, which is no quantile", q.Owner, what, q.subject(e.Expr))
		f.Hint = "use max, or a histogram"
	case e.Op == parser.AVG && quietQuotient(q, e.Expr) != nil:
		f.Message = fmt.Sprintf("%s takes the mean of ratios: a quiet series counts as much as a busy one", q.Owner)
		f.Hint = "divide the sums: sum(…) / sum(…)"
	default:
		return
	}
	p.Report(f)
}
