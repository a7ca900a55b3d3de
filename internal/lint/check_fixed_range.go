package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "fixed-range",
		Doc: `A panel takes a rate over a range that does not follow its time range.

Over a week Grafana draws a point every few minutes or hours: a rate over five minutes then
shows a small part of what happened, and spikes come and go with the width of the window.
$__rate_interval is at least four scrape intervals and at least the step, so nothing is left
out. This is dashboard-linter's target-rate-interval-rule; whoever wants a panel to agree with
an alert's range has a reason for a fixed one.

Write [$__rate_interval].`,
		Severity: schema.Note,
		Optional: true,
		Query: func(p *Pass, q *Query) {
			if q.Board == nil || q.Panel < 0 {
				return
			}
			calls(q, func(e *parser.Call, _ *query.Info) {
				if name := e.Func.Name; name != "rate" && name != "irate" {
					return
				}
				m, ok := e.Args[0].(*parser.MatrixSelector)
				if !ok || q.Inferred.Variable(m) || m.RangeExpr != nil {
					return
				}
				p.Report(schema.Finding{
					Pos:     q.pos(e),
					Message: fmt.Sprintf("%s takes the %s over %s, whatever the time range", q.Owner, e.Func.Name, shortDuration(m.Range)),
					Hint:    "write [$__rate_interval]",
				})
			})
		},
	})
}
