package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "unsteady-rule",
		Doc: `A rule uses what changes from one evaluation to the next, or an order that nobody sees.

topk, bottomk, limitk and limit_ratio return the series that are ahead just now: an alert
on them is another one with every change of places, so its for begins again. irate looks at
the last two samples only; a single slow moment resets the for of the alert. sort orders the
answer to a query, and the results of rules are stored without order.

Compare all series: rate(x[5m]) > 10. Use rate in alerts, and leave sort to panels.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			if q.Inferred == nil || q.Rule == nil {
				return
			}
			for _, part := range mains(q.Tree) {
				unsteady(p, q, part)
			}
			calls(q, func(e *parser.Call, i *query.Info) {
				if e.Func.Name == "irate" && q.alert() {
					p.Report(schema.Finding{
						Pos:     q.pos(e),
						Message: fmt.Sprintf("%s takes irate, which looks at the last two samples only", q.Owner),
						Hint:    "use rate",
						Related: definitions(i.Metrics),
					})
				}
			})
		},
	})
}

func unsteady(p *Pass, q *Query, e parser.Expr) {
	switch e := e.(type) {
	case *parser.AggregateExpr:
		switch e.Op {
		case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
			if q.alert() {
				p.Reportf(q.pos(e), "compare all series", "%s chooses series by %s, which change places: its for begins again with each change", q.Owner, e.Op)
			}
		}
	case *parser.Call:
		switch e.Func.Name {
		case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc":
			p.Reportf(q.pos(e), "leave it out", "%s sorts by %s, but what a rule returns has no order", q.Owner, e.Func.Name)
		}
	}
}
