package lint

import (
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "native-histogram",
		Doc: `A native histogram is queried as if it were a classic one or a number.

A histogram that is registered with NativeHistogramBucketFactor and without Buckets has one
series, under its own name, and no bounds of its own. A Prometheus that scrapes native
histograms stores no _bucket, _count and _sum of it; another one stores a single bucket,
+Inf, of which every quantile is NaN. The first two kinds of query are a warning. A sample of
a native histogram is no number: a comparison with one drops it, so the alert never fires.
This is an error.

Write histogram_quantile(0.99, sum(rate(x[5m]))), histogram_count(rate(x[5m])) for how many and
histogram_avg(rate(x[5m])) for the mean. While not every Prometheus scrapes native
histograms, register Buckets as well.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, i *query.Info) {
				switch n := n.(type) {
				case *parser.VectorSelector:
					nativeSeries(p, q, n, i)
				case *parser.BinaryExpr:
					if n.Op.IsComparisonOperator() {
						nativeCompared(p, q, n, n.LHS, n.RHS)
						nativeCompared(p, q, n, n.RHS, n.LHS)
					}
				}
			})
		},
	})
}

// onlyNative reports whether a histogram is registered as a native one and nothing else.
func onlyNative(m *schema.Metric) bool {
	return m != nil && m.Type == schema.Histogram && m.Native != nil && len(m.Buckets) == 0 && !slices.Contains(m.Untold, "buckets")
}

// instead says what to write for the series of a classic histogram.
var instead = map[string]string{
	"_bucket": "histogram_quantile(0.99, sum(rate(%s[5m])))",
	"_count":  "histogram_count(rate(%s[5m]))",
	"_sum":    "histogram_sum(rate(%s[5m]))",
}

func nativeSeries(p *Pass, q *Query, vs *parser.VectorSelector, i *query.Info) {
	hint, ok := instead[i.Suffix]
	if !ok || !onlyNative(i.Metric) {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.pos(vs),
		Message: fmt.Sprintf("%s queries %q, but %q is a native histogram, without such series", q.Owner, vs.Name, i.Metric.Name),
		Hint:    "write " + fmt.Sprintf(hint, i.Metric.Name),
		Related: defined(i.Metric),
	})
}

func nativeCompared(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	of := q.Inferred.At(side)
	if of.Type != query.NativeHistogram || of.Foreign || len(of.Metrics) != 1 || !onlyNative(of.Metrics[0]) || with.Type() != parser.ValueTypeScalar || of.Empty.State == query.Always {
		return
	}
	p.Report(schema.Finding{
		Pos: q.operator(e), Severity: schema.Error,
		Message: fmt.Sprintf("%s compares %s with a number, but its samples are histograms: it is never true", q.Owner, shorten(q.text(side))),
		Hint:    "compare its histogram_quantile, histogram_count or histogram_avg",
		Related: definitions(of.Metrics),
	})
}
