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
		Name: "rate-of-gauge",
		Doc: `A function for counters is applied to what is no counter.

rate, irate and increase take every fall of a value for a restart and add what it fell to.
Of a gauge, which falls all the time, they make a large number that means nothing. The type
is the one that the code registers; that of a recording rule is its expression's.

Of a time it is a warning: that falls only when somebody sets the clock.

For the trend of a gauge use deriv, for its difference delta, for how often it changed
changes. If the value only ever grows, register it as a counter.`,
		Query: func(p *Pass, q *Query) {
			calls(q, func(e *parser.Call, _ *query.Info) {
				if slices.Contains([]string{"rate", "irate", "increase"}, e.Func.Name) {
					rateOfGauge(p, q, e)
				}
			})
		},
	})
}

func rateOfGauge(p *Pass, q *Query, e *parser.Call) {
	of := q.Inferred.At(e.Args[0])
	if of.Foreign || of.Type.Cumulative() || of.Type == query.Unknown || of.Type == query.NativeHistogram || of.Empty.State == query.Always {
		return
	}
	hint := "use deriv for its trend, delta for its difference"
	if of.Type == query.Rate || of.Type == query.Increase {
		hint = "it is one already; use deriv for its trend, avg_over_time for its mean"
	}
	var severity schema.Severity
	if of.Type == query.Timestamp {
		severity = schema.Warning
	}
	p.Report(schema.Finding{
		Severity: severity,
		Pos:      q.pos(e),
		Message:  fmt.Sprintf("%s takes the %s of a %s, %s: a counter's function", q.Owner, e.Func.Name, of.Type, q.subject(e.Args[0])),
		Hint:     hint,
		Related:  definitions(of.Metrics),
	})
}
