package rules

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "clock",
		Doc: "A clock is off: a gauge of the offset, drift or skew of a clock in seconds is too far from zero, whichever way. How far is too far depends on what compares " +
			"times, so it asks for that.",
		Needs: clocks,
	})
}

// Parts of names of gauges of how far a clock is off, and of what is off.
var (
	offWords   = []string{"drift", "offset", "skew"}
	clockWords = []string{"clock", "ntp", "time", "timex"}
)

func clocks(p *Pass) []Need {
	var needs []Need
	p.Each(plan.Level, func(_ plan.Signal, m *schema.Metric, title string) {
		if m.Type != schema.Gauge || m.Unit != "seconds" || !hasPart(m, offWords) || !hasPart(m, clockWords) {
			return
		}
		needs = append(needs, Need{
			Metric: m,
			Tells:  "the clock is off",
			Blanks: []Blank{{"seconds", "that it may be off, whichever way", "nothing in the source says it"}},
			Alert:  ask(p, timeless(m), "Off", fmt.Sprintf("abs(%s) > <seconds>", m.Name), "warning", title+" is too far from zero", 10*time.Minute),
		})
	})
	return needs
}
