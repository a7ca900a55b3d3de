package rules

import (
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// bridges returns the recording rules that keep metrics under the names that they had, one
// for each series name. See schema.Metric.Aliases.
func bridges(s *schema.Schema) []plan.Rule {
	var rules []plan.Rule
	for _, m := range s.Metrics {
		if m.RemovedIn != "" {
			continue
		}
		for _, alias := range m.Aliases {
			now := m.SeriesNames(m.Name)
			for i, was := range m.SeriesNames(alias) {
				rules = append(rules, plan.Rule{Record: was, Expr: now[i], Pattern: "renamed", Pos: m.Pos})
			}
		}
	}
	return rules
}
