package rules

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "never-event",
		Doc: "A counter of something that must never happen has grown: a corruption (critical), a panic (warning). Once is too often, so there is no threshold " +
			"to choose. Counters of errors, failures and deadlocks are not among them: some of those are normal; nor is what comes corrupted from the network.",
		Alerts: neverEvents,
	})
}

// Parts of names of counters that should stay at zero, and of those that need not
// although they are called so.
var (
	corruptionWords = []string{"corruption", "corruptions", "corrupted"}
	panicWords      = []string{"panic", "panics"}
	wireWords       = []string{"bytes", "frame", "frames", "message", "messages", "packet", "packets", "peer", "peers", "request", "requests", "rx"}
)

func neverEvents(p *Pass) []plan.Rule {
	var rules []plan.Rule
	p.Each(plan.Rate, func(s plan.Signal, m *schema.Metric, title string) {
		corruption := hasPart(m, corruptionWords) && !hasPart(m, wireWords)
		if !corruption && !hasPart(m, panicWords) {
			return
		}
		severity := "warning"
		if corruption {
			severity = "critical"
		}
		over := p.Range(15 * time.Minute)
		rules = append(rules, plan.Rule{
			Alert:  p.Name(m, "Happened"),
			Expr:   grown(p, m, over),
			Labels: map[string]string{"severity": severity},
			Annotations: map[string]string{
				"summary":     title + " went up",
				"description": describe(m, `{{ $value | printf "%.0f" }} in the last `+over+" on "+p.Target()+"."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	})
	return rules
}

// grown says that a counter has grown within a range. A series with labels appears with
// its first event, and increase sees no growth in that: such a series counts where its
// target was up at the start of the range and did not have it.
func grown(p *Pass, m *schema.Metric, over string) string {
	expr := fmt.Sprintf("increase(%s[%s]) > 0", m.Name, over)
	if len(m.Labels) == 0 {
		return expr
	}
	return fmt.Sprintf("%[1]s or (%[2]s > 0 unless %[2]s offset %[3]s) and on (%[4]s) up offset %[3]s == 1", expr, m.Name, over, p.Identity())
}
