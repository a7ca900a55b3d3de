package rules

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(&Pattern{
		Name: "restart-loop",
		Doc: "An instance has started more than twice within a quarter of an hour: its process_start_time_seconds changed so often. One change is a rollout, " +
			"two a rollout that was taken back; more is a process that dies. It is derived only where the schema has that gauge and the configuration says the job: every " +
			"program exposes it.",
		Alerts: restartLoops,
	})
}

func restartLoops(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if m.Name != "process_start_time_seconds" || p.Config.Job == "" {
			continue
		}
		over := p.Range(15 * time.Minute)
		rules = append(rules, plan.Rule{
			Alert: p.Name(nil, "Restarts"),
			Expr:  fmt.Sprintf("changes(%s{job=%q}[%s]) > 2", m.Name, p.Config.Job, over),
			// The starts of a loop come and go in the range.
			KeepFiringFor: 15 * time.Minute,
			Labels:        map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary":     "An instance starts again and again",
				"description": p.Target() + " has started {{ $value }} times in the last " + over + ".",
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}
