package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "unit-mismatch",
		Doc: `A query adds, subtracts or compares values of different units.

Prometheus knows no units: milliseconds taken from seconds, a percentage compared with a
ratio, or a point in time added to another give a number, and it is wrong by a factor that
nobody sees. The unit of a metric is what its name or help says, or what a //dashgen:unit
directive does; that of an expression follows from it through rates, sums, quotients and
literals such as / 1000, * 100 or / 1024 / 1024.

Convert one side: x_milliseconds / 1000. If the name is wrong, say what the metric holds with
a //dashgen:unit directive beside it.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, i *query.Info) {
				l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
				if query.Clash(e.Op, l, r) {
					p.Report(schema.Finding{
						Pos:     q.operator(e),
						Message: fmt.Sprintf("%s %s %s and %s", q.Owner, doing(e.Op), l.Unit, r.Unit),
						Hint:    "convert one side",
						Related: definitions(i.Metrics),
					})
				}
			})
		},
	})
}

// doing says in a word what an operator does.
func doing(op parser.ItemType) string {
	switch op {
	case parser.ADD:
		return "adds"
	case parser.SUB:
		return "subtracts"
	}
	return "compares"
}
