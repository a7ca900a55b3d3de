package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "nan",
		Doc: `A quotient that is not a number spoils what is made of it.

Where nothing happened, the quotient of two rates is 0/0, which is NaN. One such series makes
the sum or mean of all NaN: the panel shows nothing, and an alert with > does not fire. NaN
is unequal to everything, itself as well, so != holds for it and the alert fires where
nothing happened.

Sum first and divide then: sum(rate(a[5m])) / sum(rate(b[5m])). Or leave out the quiet ones:
a / (b > 0).`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, i *query.Info) {
				switch n := n.(type) {
				case *parser.AggregateExpr:
					if n.Op == parser.SUM || n.Op == parser.STDDEV || n.Op == parser.STDVAR {
						if d := quietQuotient(q, n.Expr); d != nil {
							p.Report(schema.Finding{
								Pos:     q.operator(d),
								Message: fmt.Sprintf("%s takes the %s of quotients: one that is 0/0 makes it NaN", q.Owner, n.Op),
								Hint:    fmt.Sprintf("divide the sums, or write / (%s > 0)", q.text(d.RHS)),
								Related: definitions(i.Metrics),
							})
						}
					}
				case *parser.BinaryExpr:
					if d := quietQuotient(q, n.LHS); d != nil && n.Op == parser.NEQ && !n.ReturnBool {
						p.Report(schema.Finding{
							Pos:     q.operator(n),
							Message: fmt.Sprintf("%s asks whether a quotient differs: it always does where it is 0/0", q.Owner),
							Hint:    fmt.Sprintf("use < or >, or write / (%s > 0)", q.text(d.RHS)),
							Related: definitions(i.Metrics),
						})
					}
				}
			})
		},
	})
}

// quietQuotient returns the division of two rates or increases that an expression is, if
// both can be 0; else nil.
func quietQuotient(q *Query, e parser.Expr) *parser.BinaryExpr {
	d, ok := query.Unparen(e).(*parser.BinaryExpr)
	if !ok || d.Op != parser.DIV {
		return nil
	}
	for _, side := range []parser.Expr{d.LHS, d.RHS} {
		i := q.Inferred.At(side)
		if i.Foreign || i.Type != query.Rate && i.Type != query.Increase || !i.Values.Contains(0) {
			return nil
		}
	}
	return d
}
