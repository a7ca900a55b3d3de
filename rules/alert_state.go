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
		Name: "state",
		Doc: "A gauge that is 0 or 1 says that something is not as it should be: not up, not connected, not healthy; or paused, degraded, read-only. " +
			"The state is the threshold. A short dip between two scrapes is forgiven: the state must hold.",
		Alerts: states,
	})
}

// good and bad end the names of gauges of which 1, or 0, is how it should be.
var (
	good = []string{"connected", "healthy", "up", "alive", "online"}
	bad  = []string{"degraded", "readonly", "unhealthy", "corrupt"}
)

func states(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if s.Kind != plan.State || len(s.Metrics) > 1 {
			continue
		}
		last := lastPart(m)
		word, value := "Not"+camel(last), "0"
		switch {
		case slices.Contains(good, last):
		case slices.Contains(bad, last):
			word, value = camel(last), "1"
		default:
			continue
		}
		rules = append(rules, plan.Rule{
			Alert:  strings.TrimSuffix(p.Name(m, ""), camel(last)) + word,
			Expr:   fmt.Sprintf("%s == %s", m.Name, value),
			For:    p.Hold(5 * time.Minute),
			Labels: map[string]string{"severity": "critical"},
			Annotations: map[string]string{
				"summary":     s.Title + " is " + value,
				"description": describe(m, "{{ $labels.instance }} has said so for five minutes."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}

func lastPart(m *schema.Metric) string {
	return strings.ToLower(m.Name[strings.LastIndexByte(m.Name, '_')+1:])
}
