package rules

import (
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
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
		stem, is := cutAnySuffix(m.Name, "_last_reload_successful", "_last_reload_success")
		if !is || m.Type != schema.Gauge || len(s.Metrics) > 1 {
			continue
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(&schema.Metric{Name: stem}, "ReloadFailed"),
			Expr:   m.Name + " == 0",
			For:    p.Hold(10 * time.Minute),
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary":     "Reload of the configuration failed",
				"description": describe(m, p.Target()+" runs on with its old configuration."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}

func cutAnySuffix(s string, suffixes ...string) (string, bool) {
	for _, suffix := range suffixes {
		if stem, ok := strings.CutSuffix(s, suffix); ok {
			return stem, true
		}
	}
	return s, false
}
