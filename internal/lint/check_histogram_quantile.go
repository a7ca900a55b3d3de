package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "histogram-quantile",
		Doc: `histogram_quantile is applied to what has no buckets, or asked for what is no quantile.

It needs the rates of a histogram's buckets with their label le. Where le was aggregated
away, or the metric is no histogram, the result is empty and no error is shown. A quantile
lies between 0 and 1: of 99, the answer is +Inf, which is above every threshold. Without
rate, the quantile is that of everything since the program started, and hardly moves: this
is a warning.

Write histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m]))), and name the labels that you
want to keep beside le. A native histogram needs no le: histogram_quantile(0.99, rate(x[5m])).`,
		Query: func(p *Pass, q *Query) {
			calls(q, func(e *parser.Call, i *query.Info) {
				if e.Func.Name == "histogram_quantile" || e.Func.Name == "histogram_fraction" {
					histogramQuantile(p, q, e, i)
				}
			})
		},
	})
}

func histogramQuantile(p *Pass, q *Query, e *parser.Call, i *query.Info) {
	arg := e.Args[len(e.Args)-1]
	of := q.Inferred.At(arg)
	f := schema.Finding{Pos: q.pos(arg), Related: definitions(of.Metrics)}
	if phi := q.Inferred.At(e.Args[0]); e.Func.Name == "histogram_quantile" && (phi.Values.Lo > 1 || phi.Values.Hi < 0) {
		p.Report(schema.Finding{
			Pos:     q.pos(e.Args[0]),
			Message: fmt.Sprintf("%s asks for quantile %s, which is not between 0 and 1: the answer is infinite", q.Owner, q.text(e.Args[0])),
			Hint:    phiHint(phi.Values),
		})
	}
	switch r := of.Labels.Gone("le"); {
	case of.Empty.State == query.Always:
		return
	case i.Empty.Reason != nil && i.Empty.Reason.Node == e || of.Foreign && !of.Labels.Can("le") && ofBuckets(arg):
		f.Message = fmt.Sprintf("%s takes %s of what has no label le: the result is empty", q.Owner, e.Func.Name)
		f.Hint = "it needs a histogram's buckets"
		if r != nil {
			f.Hint = "keep le: sum by (le) (…)"
			f.Related = append(f.Related, schema.Related{Pos: q.pos(r.Node), Message: "le is taken away here"})
		}
	case of.Type == query.Bucket && of.Rule == "", of.Type == query.NativeHistogram && of.Of == query.Unknown && of.Rule == "" && len(of.Metrics) == 1 && onlyNative(of.Metrics[0]):
		f.Severity = schema.Warning
		f.Message = fmt.Sprintf("%s takes %s of buckets that count since the program started", q.Owner, e.Func.Name)
		f.Hint = fmt.Sprintf("take their rate: rate(%s[5m])", q.text(leaf(arg)))
	default:
		return
	}
	p.Report(f)
}

// ofBuckets reports whether all that an expression selects are classic buckets by name: of
// somebody else's histogram, nobody knows whether it is a native one.
func ofBuckets(e parser.Expr) bool {
	selectors := query.Selectors(e)
	return len(selectors) > 0 && !slices.ContainsFunc(selectors, func(s query.Selector) bool { return !strings.HasSuffix(s.Name, "_bucket") })
}

func phiHint(b query.Bounds) string {
	if v, ok := b.Point(); ok && v > 1 && v <= 100 {
		return fmt.Sprintf("did you mean %v?", v/100)
	}
	return ""
}
