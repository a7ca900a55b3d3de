package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "exact-equality",
		Doc: `A value that is computed with rounding is compared for equality.

increase(x[5m]) extrapolates to the ends of its range, so one event is 1.03 or 0.98 and hardly
ever 1; a rate, a quantile or a mean is as rarely a round number. An alert with == on one fires
by chance, one with != always. A comparison with 0 is exact and left alone, as is one of
values that are whole.

Compare with >, or with a range: increase(x[5m]) > 0.5.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				if e.Op != parser.EQLC && e.Op != parser.NEQ {
					return
				}
				exactEquality(p, q, e, e.LHS, e.RHS)
				exactEquality(p, q, e, e.RHS, e.LHS)
			})
		},
	})
}

func exactEquality(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	of, number := q.Inferred.At(side), q.Inferred.At(with)
	v, ok := number.Values.Point()
	grown := of.Type == query.Rate || of.Type == query.Increase || of.Type == query.Quantile && of.Metric == nil
	if !ok || v == 0 || !grown || of.Values.Int || of.Empty.State == query.Always || !of.Values.Contains(v) {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.operator(e),
		Message: fmt.Sprintf("%s asks whether %s is exactly %s, which a %s hardly ever is", q.Owner, shorten(q.text(side)), q.text(with), of.Type),
		Hint:    "compare with > or <",
		Related: definitions(of.Metrics),
	})
}
