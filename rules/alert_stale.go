package rules

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "stale",
		Doc: "What should happen again and again has not happened for too long: a gauge that holds the time of its last run is too old. How often it runs is not in the name, so " +
			"it asks for that: three times the interval lets one run fail and one be late. A time of 0 was never set; times of failures and attempts are good when they are old.",
		Needs: stale,
	})
}

// momentWords are parts of names of times of what happens once, or when somebody wants it: a
// start, a change, a reload.
var momentWords = []string{
	"birth", "boot", "build", "change", "changed", "created", "creation", "deleted", "deletion", "end", "installed", "modification", "modified", "reload", "reloaded",
	"since", "start", "started", "startup", "transition",
}

// again finds in a name or a help that something happens again and again.
var again = regexp.MustCompile(`(?i)(?:\b|_)(?:last|latest|most recent|heartbeat)(?:\b|_)`)

func stale(p *Pass) []Need {
	var needs []Need
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if s.Kind != plan.Age || len(s.Metrics) > 1 || m.Unit != "seconds" || hasPart(m, momentWords) || !again.MatchString(m.Name+" "+m.Help) || hasPart(m, failureWords) || hasPart(m, attemptWords) || !strings.HasPrefix(string(s.Series[0].Expr), "time() - ") {
			continue // what lies ahead
		}
		needs = append(needs, Need{
			Metric: m,
			Tells:  "it has not happened for too long",
			Blanks: []Blank{{"seconds", "that may pass: three times the interval in which it happens", "nothing in the source says it"}},
			Alert: ask(p, timeless(m), "Stale", fmt.Sprintf("time() - %[1]s > <seconds> and %[1]s > 0", m.Name), "warning",
				literal(stem(s.Title))+": too long ago", 5*time.Minute),
		})
	}
	return needs
}

// timeless returns a metric whose name does not say that it is a time.
func timeless(m *schema.Metric) *schema.Metric {
	one := *m
	one.Name, _ = cutAnySuffix(m.Name, "_timestamp_seconds", "_time_seconds", "_seconds", "_timestamp")
	return &one
}
