package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "desired-missed",
		Doc: "Fewer are there than desired, and no progress is made: a gauge with desired in its name is above the gauge that has ready, available, running, current, actual " +
			"or nothing in its place, which has not moved for ten minutes. The wish is the threshold; a rollout or a scaling moves the number and is not told of.",
		Alerts: desiredMissed,
	})
}

var (
	actualWords = []string{"ready", "available", "running", "current", "actual", ""}
	// codeWords are parts of names of gauges whose numbers stand for something and are no amounts.
	codeWords = []string{"id", "level", "mode", "phase", "state", "status", "version"}
)

func desiredMissed(p *Pass) []plan.Rule {
	var rules []plan.Rule
	p.Each(plan.Level, func(_ plan.Signal, m *schema.Metric, _ string) {
		actual := actualOf(p, m)
		if actual == nil {
			return
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(actual, "Missing"),
			Expr:   fmt.Sprintf("%[1]s < %[2]s and changes(%[1]s[%[3]s]) == 0", actual.Name, m.Name, p.Range(10*time.Minute)),
			For:    p.Hold(15 * time.Minute),
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary":     "Fewer than desired: " + literal(actual.Name),
				"description": describe(actual, "{{ $value }} are there on "+p.Target()+", fewer than "+m.Name+"."),
			},
			Signal: actual.Name, Pos: actual.Pos,
		})
	})
	return rules
}

// actualOf returns the live gauge that should be as large as m: its name with another
// word in the place of desired, its labels and no unit.
func actualOf(p *Pass, m *schema.Metric) *schema.Metric {
	parts := strings.Split(m.Name, "_")
	i := slices.Index(parts, "desired")
	if i < 0 || plan.OpenLabels(m) || m.Unit != "" || hasPart(m, codeWords) {
		return nil
	}
	for _, word := range actualWords {
		other := slices.Concat(parts[:i], []string{word}, parts[i+1:])
		if word == "" {
			other = slices.Concat(parts[:i], parts[i+1:])
		}
		a := p.Schema.Lookup(strings.Join(other, "_"))
		if a != nil && a.Live() && a.Type == schema.Gauge && a.Unit == "" && !plan.OpenLabels(a) && len(plan.Without(a, m)) == 0 && len(plan.Without(m, a)) == 0 {
			return a
		}
	}
	return nil
}
