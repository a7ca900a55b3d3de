package lint

import (
	"errors"

	"github.com/dashgen/dashgen/internal/query"
)

func init() {
	register(&Check{
		Name: "promql",
		Doc: `An expression does not parse as PromQL.

Prometheus refuses a rule file with such an expression as a whole, and Grafana shows an
error in the panel's place. Expressions of hand-written dashboards are parsed with
Grafana's variables ($job, ${job:regex}, $__rate_interval and the like) taken for values
of the kind that fits; LogQL is left alone.

The finding's column points into the expression, at the first character that the parser
did not expect. Functions and modifiers that Prometheus has behind a feature flag do not
parse either, because the oldest supported version does not know them.`,
		Query: func(p *Pass, q *Query) {
			var syntax *query.SyntaxError
			if errors.As(q.Err, &syntax) {
				p.Reportf(q.At(syntax.Offset), "", "expression does not parse: %s", syntax.Message)
			}
		},
	})
}
