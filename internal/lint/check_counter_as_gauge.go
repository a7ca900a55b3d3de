package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "counter-as-gauge",
		Doc: `A function for gauges is applied to a counter.

A counter starts from 0 with every restart of the program. Its mean, its quantile or its
trend depend on how long ago that was, and a restart looks like a sudden fall. delta and
deriv of a counter become negative; avg_over_time of one says nothing at all.

Take its rate or its increase: rate(x[5m]) instead of deriv(x[5m]), increase(x[1h]) instead
of delta(x[1h]), and for the mean of a rate a longer range.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			calls(q, func(e *parser.Call, _ *query.Info) {
				if instead, ok := gaugeFunctions[e.Func.Name]; ok {
					counterAsGauge(p, q, e, instead)
				}
			})
		},
	})
}

// gaugeFunctions are the functions of a range that mean nothing on a counter, and what to
// use instead.
var gaugeFunctions = map[string]string{
	"delta": "increase", "idelta": "irate", "deriv": "rate", "predict_linear": "rate", "holt_winters": "rate", "double_exponential_smoothing": "rate",
	"avg_over_time": "rate", "sum_over_time": "increase", "stddev_over_time": "rate", "stdvar_over_time": "rate", "quantile_over_time": "rate", "mad_over_time": "rate",
}

func counterAsGauge(p *Pass, q *Query, e *parser.Call, instead string) {
	for _, arg := range e.Args {
		of := q.Inferred.At(arg)
		if arg.Type() != parser.ValueTypeMatrix || of.Foreign || !of.Type.Cumulative() {
			continue
		}
		p.Report(schema.Finding{
			Pos:     q.pos(e),
			Message: fmt.Sprintf("%s takes %s of a %s, %s, which starts from 0 with every restart", q.Owner, e.Func.Name, of.Type, q.subject(arg)),
			Hint:    fmt.Sprintf("use %s", instead),
			Related: definitions(of.Metrics),
		})
	}
}
