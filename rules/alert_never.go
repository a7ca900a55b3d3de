package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "never-event",
		Doc: "A counter of something that must never happen has grown: a panic, a corruption, a loss of data. Once is too often, so there is no threshold " +
			"to choose. Counters of errors and failures are not among them: some of those are normal.",
		Alerts: neverEvents,
	})
}

// neverWords are parts of names of counters that should stay at zero.
var neverWords = []string{"panic", "panics", "corruption", "corruptions", "corrupted", "deadlock", "deadlocks"}

func neverEvents(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if s.Kind != plan.Rate || len(s.Metrics) > 1 || !hasPart(m, neverWords) {
			continue
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(m, "Happened"),
			Expr:   fmt.Sprintf("increase(%s[15m]) > 0", m.Name),
			Labels: map[string]string{"severity": "critical"},
			Annotations: map[string]string{
				"summary":     s.Title + " went up",
				"description": describe(m, "{{ $value | humanize }} in the last 15 minutes on {{ $labels.instance }}."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}

// hasPart reports whether a part of the metric's name is one of the words.
func hasPart(m *schema.Metric, words []string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(m.Name), "_"), func(part string) bool { return slices.Contains(words, part) })
}

// describe puts the metric's help, as a sentence, before what is said of the alert.
func describe(m *schema.Metric, text string) string {
	help := strings.TrimRight(strings.TrimSpace(m.Help), ".")
	if help == "" || strings.Contains(help, "{{") {
		return text
	}
	return help + ". " + text
}
