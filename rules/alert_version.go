package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(&Pattern{
		Name: "versions-differ",
		Doc: "Instances of one job have run different versions for more than an hour: a rollout that stopped half-way. Two versions are one too many " +
			"whatever the program; an hour is longer than a rollout takes.",
		Alerts: versionsDiffer,
	})
}

func versionsDiffer(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		own := strings.HasSuffix(m.Name, "_build_info") || strings.HasSuffix(m.Name, "_info") && strings.Count(m.Name, "_") == 1
		if s.Kind != plan.Info || !own || m.Label("version") == nil || strings.HasPrefix(m.Name, "go_") { // go_ is every program's
			continue
		}
		job := p.Job()
		rules = append(rules, plan.Rule{
			Alert:  p.Name(m, "VersionsDiffer"),
			Expr:   fmt.Sprintf("count by (%s) (count by (%s, version) (%s)) > 1", job, job, m.Name),
			For:    p.Hold(time.Hour),
			Labels: map[string]string{"severity": "info"},
			Annotations: map[string]string{
				"summary":     "Instances run different versions",
				"description": "{{ $value }} versions of {{ $labels.job }} have run beside each other for an hour.",
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}
