package rules

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(&Pattern{
		Name: "target-down",
		Doc: "A target of the job is not scraped, or no target is known. Prometheus itself writes up for every target, so 0 and absent need no threshold. " +
			"It is derived only where the configuration says the job: a guessed one would be absent for ever.",
		Alerts: targetDown,
	})
}

func targetDown(p *Pass) []plan.Rule {
	job := p.Config.Job
	if job == "" {
		return nil
	}
	return []plan.Rule{{
		Alert:  p.Name(nil, "TargetDown"),
		Expr:   fmt.Sprintf("up{job=%q} == 0", job),
		For:    p.Hold(5 * time.Minute),
		Labels: map[string]string{"severity": "critical"},
		Annotations: map[string]string{
			"summary":     "Target of " + job + " is down",
			"description": "Prometheus cannot scrape {{ $labels.instance }}.",
		},
	}, {
		Alert:  p.Name(nil, "Absent"),
		Expr:   fmt.Sprintf("absent(up{job=%q})", job),
		For:    p.Hold(5 * time.Minute),
		Labels: map[string]string{"severity": "critical"},
		Annotations: map[string]string{
			"summary":     "No target of " + job + " is known",
			"description": "Prometheus has no target with this job: service discovery finds none, or the scrape configuration was lost.",
		},
	}}
}
