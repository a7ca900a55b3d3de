package rules

import (
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "refused",
		Doc: "Too large a share is refused or done again: a counter of what was dropped, rejected, throttled or retried, beside the counter of all. Some of it is what a limit or a " +
			"retry is for, so how much is too much is asked for.",
		Needs: refused,
	})
}

// Parts of names of counters of what was refused or done again, and what the counter of all has
// in their place.
var (
	refusedWords = []string{"denied", "discarded", "dropped", "limited", "rate_limited", "refused", "rejected", "rejections", "requeued", "requeues", "retried", "retries", "shed", "throttled"}
	attempted    = []string{"", "accepted", "attempted", "attempts", "received", "requests", "submitted"}
)

func refused(p *Pass) []Need {
	var needs []Need
	p.Each(plan.Rate, func(_ plan.Signal, m *schema.Metric, title string) {
		all := attempts(p, m)
		if all == nil {
			return
		}
		n := Need{
			Metric: m,
			Tells:  "too much is refused or done again",
			Blanks: []Blank{{"share", "of " + all.Name + " that may be, between 0 and 1", "nothing in the source says it"}},
			Alert:  ask(p, m, "Share", shareAbove(p, m.Name, all.Name, "share"), "warning", title+": too large a share", 15*time.Minute),
		}
		needs = append(needs, n)
	})
	return needs
}

// attempts returns the counter of all of what m counts a part of: its name without the word, or
// with another in its place. nil where there is none.
func attempts(p *Pass, m *schema.Metric) *schema.Metric {
	if m.Unit != "" {
		return nil
	}
	for _, w := range refusedWords {
		part := "_" + w + "_"
		if !strings.Contains("_"+m.Name+"_", part) {
			continue
		}
		for _, put := range attempted {
			name := strings.Replace("_"+m.Name+"_", part, strings.ReplaceAll("_"+put+"_", "__", "_"), 1)
			all := p.Schema.Lookup(strings.Trim(name, "_"))
			if all != nil && all != m && all.Live() && all.Type == schema.Counter && all.Unit == "" {
				return all
			}
		}
	}
	return nil
}
