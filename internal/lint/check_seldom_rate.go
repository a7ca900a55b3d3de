package lint

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "seldom-rate",
		Doc: `An alert asks for one or more a second of what happens a few times a day.

rate() is by the second whatever its range is: rate(chain_reorgs_total[1h]) > 2 is 7200
reorganisations in the hour, and not 2. Nobody is ever told of the third. What counts restarts,
panics, elections, reloads, reorganisations and the like is known by its name; a threshold below
one a second may be meant.

Use increase() over the same range.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			if !q.alert() {
				return
			}
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				switch e.Op {
				case parser.GTR, parser.GTE:
					seldomRate(p, q, e, e.LHS, e.RHS)
				case parser.LSS, parser.LTE:
					seldomRate(p, q, e, e.RHS, e.LHS)
				}
			})
		},
	})
}

func seldomRate(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	limit, ok := q.Inferred.At(with).Values.Point()
	side, times := q.unscaled(side)
	limit /= times
	value := q.Inferred.At(side)
	if !ok || limit < 1 || value.Type != query.Rate || len(value.Metrics) == 0 || slices.ContainsFunc(value.Metrics, func(m *schema.Metric) bool { return !plan.Seldom(m) }) {
		return
	}
	over := longest(side)
	if over == 0 {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.operator(e),
		Message: fmt.Sprintf("%s asks for %s a second of %s, which is %s in %s", q.Owner, shortNumber(limit), value.Metrics[0].Name, shortNumber(limit*over.Seconds()), shortDuration(over)),
		Hint:    "use increase(), which is how many there were in the range",
		Related: definitions(value.Metrics),
	})
}

// longest returns the longest range in an expression.
func longest(e parser.Expr) time.Duration {
	var d time.Duration
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if m, ok := n.(*parser.MatrixSelector); ok && m.RangeExpr == nil {
			d = max(d, m.Range)
		}
		return nil
	})
	return d
}
