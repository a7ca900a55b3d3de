package rules

import (
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "backlog",
		Doc: "Too much waits: a gauge of what is queued, pending or behind, which has no limit of its own (with one, saturation watches it). How much is too much is what " +
			"the program works off in the time that may pass, so it asks for that.",
		Needs: backlogs,
	})
}

// waitingWords are parts of names of gauges of what waits to be worked off.
var waitingWords = []string{"backlog", "behind", "lag", "pending", "queue", "queued", "unprocessed", "waiting"}

func backlogs(p *Pass) []Need {
	var needs []Need
	p.Each(plan.Level, func(_ plan.Signal, m *schema.Metric, title string) {
		limited := plan.LimitOf(p.Schema.Lookup, m) != nil
		if m.Type != schema.Gauge || limited || !hasPart(m, waitingWords) || hasPart(m, leftWords) || hasPart(m, settingWords) || hasPart(m, limitParts) || hasPart(m, codeWords) {
			return
		}
		blank := Blank{"entries", "that may wait, of one series", "no gauge of the source is its limit"}
		if m.Unit != "" {
			blank.Name, blank.Means = m.Unit, "that it may be behind, or that may wait"
		}
		when := "> <" + blank.Name + ">"
		needs = append(needs, Need{
			Metric: m,
			Tells:  "too much waits",
			Blanks: []Blank{blank},
			Alert:  ask(p, m, "High", m.Name+" "+when, "warning", strings.TrimSpace(title)+" is high", 10*time.Minute),
			When:   when,
		})
	})
	return needs
}

// limitParts are parts of names of gauges that bound another.
var limitParts = []string{"capacity", "concurrency", "limit", "max", "maximum", "quota"}
