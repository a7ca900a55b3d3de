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
		Doc: "A gauge that is 0 or 1 says that something is not as it should be: not up, not connected, not healthy; or degraded, unhealthy. " +
			"The state is the threshold. A short dip is forgiven: the state must hold. Only what the program says of itself, or of things that its source lists, is watched: " +
			"of an open set (interfaces, peers, file systems) some members are off by intention.",
		Alerts: states,
	})
}

// good and bad end the names of gauges of which 1, or 0, is how it should be. Paused and
// read-only are neither: somebody may want them so.
var (
	good = []string{"connected", "healthy", "up", "alive", "online"}
	bad  = []string{"degraded", "unhealthy", "corrupt"}
)

func states(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if s.Kind != plan.State || m.Type == schema.StateSet || len(s.Metrics) > 1 || !listed(m) {
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
		hold := p.Hold(5 * time.Minute)
		rules = append(rules, plan.Rule{
			Alert:  strings.TrimSuffix(p.Name(m, ""), camel(last)) + word,
			Expr:   m.Name + " == " + value,
			For:    hold,
			Labels: map[string]string{"severity": "critical"},
			Annotations: map[string]string{
				"summary":     literal(s.Title) + " is " + value,
				"description": describe(m, fmt.Sprintf("It has been %s for %s on %s.", value, Duration(hold), p.Target())),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}

// listed reports whether the source shows every value of every label.
func listed(m *schema.Metric) bool {
	return !slices.ContainsFunc(m.Labels, func(l schema.Label) bool { return len(l.Values) == 0 })
}

func lastPart(m *schema.Metric) string {
	return strings.ToLower(m.Name[strings.LastIndexByte(m.Name, '_')+1:])
}
