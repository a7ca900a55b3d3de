package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(&Pattern{
		Name: "reload-failed",
		Doc: "The last reload of the configuration failed, as gauges called *_last_reload_successful say. The program runs on with its old configuration, " +
			"and the next start may fail: 0 is wrong whatever the program.",
		Alerts: reloadFailed,
	})
}

func reloadFailed(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if !strings.HasSuffix(m.Name, "_last_reload_successful") && !strings.HasSuffix(m.Name, "_last_reload_success") {
			continue
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(nil, "ReloadFailed"),
			Expr:   fmt.Sprintf("%s == 0", m.Name),
			For:    p.Hold(10 * time.Minute),
			Labels: map[string]string{"severity": "critical"},
			Annotations: map[string]string{
				"summary":     "Reload of the configuration failed",
				"description": describe(m, "{{ $labels.instance }} runs on with its old configuration."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}
