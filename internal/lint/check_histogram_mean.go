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
		Name: "histogram-mean",
		Doc: `A mean is computed from parts that do not belong together.

The mean of what a histogram observes is the rate of its _sum over the rate of its _count. The
_sum of one histogram over the _count of another is mostly a slip of the pen. The functions
histogram_avg, histogram_sum, histogram_count and their like take native histograms only: of
a classic histogram's series, or of any other number, they return nothing, which is an
error.

Write sum(rate(x_sum[5m])) / sum(rate(x_count[5m])), twice the same x.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				if e.Op == parser.DIV {
					histogramMean(p, q, e)
				}
			})
			calls(q, func(e *parser.Call, _ *query.Info) {
				if slices.Contains(ofNative, e.Func.Name) {
					nativeOnly(p, q, e)
				}
			})
		},
	})
}

func histogramMean(p *Pass, q *Query, e *parser.BinaryExpr) {
	l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
	if l.Foreign || r.Foreign || len(l.Metrics) != 1 || len(r.Metrics) != 1 || l.Metrics[0] == r.Metrics[0] || growthOf(l) != query.Sum || growthOf(r) != query.Count {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.operator(e),
		Message: fmt.Sprintf("%s divides the sum of %q by the count of %q", q.Owner, l.Metrics[0].Name, r.Metrics[0].Name),
		Hint:    fmt.Sprintf("did you mean %s_count?", l.Metrics[0].Name),
		Related: definitions([]*schema.Metric{l.Metrics[0], r.Metrics[0]}),
	})
}

// growthOf returns the type of series that a value is the growth of, or its own.
func growthOf(i *query.Info) query.Type {
	if i.Type == query.Rate || i.Type == query.Increase {
		return i.Of
	}
	return i.Type
}

// ofNative are the functions of native histograms.
// See https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_avg.
var ofNative = []string{"histogram_avg", "histogram_count", "histogram_sum", "histogram_stddev", "histogram_stdvar"}

func nativeOnly(p *Pass, q *Query, e *parser.Call) {
	of := q.Inferred.At(e.Args[0])
	if of.Foreign || of.Type == query.Unknown || of.Type == query.NativeHistogram || of.Empty.State == query.Always {
		return
	}
	p.Report(schema.Finding{
		Pos: q.pos(e), Severity: schema.Error,
		Message: fmt.Sprintf("%s takes %s of a %s, %s: it is empty, because only native histograms have one", q.Owner, e.Func.Name, of.Type, q.subject(e.Args[0])),
		Hint:    "of classic buckets write rate(x_sum[5m]) / rate(x_count[5m])",
		Related: definitions(of.Metrics),
	})
}
