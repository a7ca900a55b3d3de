package lint

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "alert-for",
		Doc: `An alert's for does not do what it is there for.

for counts evaluations: it is looked at when the group is evaluated, so one shorter than the
evaluation interval waits for exactly one more evaluation, however short it is. And an alert
on absent without for fires with every restart of the target and of Prometheus itself, whose
series are gone for a scrape or two.

Give for at least two evaluation intervals, and absent() a for of some scrapes: for: 5m. The
evaluation interval is that of the group, or intervals: evaluation in dashgen.yaml.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			if q.Inferred == nil || !q.alert() {
				return
			}
			every := q.Interval
			if every == 0 && !p.Config.Intervals.Assumed {
				every = p.Config.Intervals.Evaluation
			}
			if wait := q.Rule.For; wait > 0 && wait < every {
				p.Reportf(q.position("for"), fmt.Sprintf("write for: %s, or a shorter interval", shortDuration(2*every)),
					"%s waits for %s, but is evaluated every %s only", q.Owner, shortDuration(wait), shortDuration(every))
			}
			if q.Rule.For == 0 {
				absentAtOnce(p, q)
			}
		},
	})
}

func absentAtOnce(p *Pass, q *Query) {
	for _, part := range mains(q.Tree) {
		call, ok := part.(*parser.Call)
		if !ok || call.Func.Name != "absent" {
			continue // absent_over_time waits by itself
		}
		wait := max(5*time.Minute, 4*p.Config.Intervals.Scrape)
		p.Reportf(q.pos(call), fmt.Sprintf("write for: %v", shortDuration(wait)), "%s fires at once when %s is absent, also while it restarts", q.Owner, shorten(q.text(call.Args[0])))
	}
}

// shortDuration writes a duration without the zeros that Go's own words end in.
func shortDuration(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0 && d > 2*24*time.Hour:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
