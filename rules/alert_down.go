package rules

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(&Pattern{
		Name: "target-down",
		Doc: "A target of the job is not scraped (warning), or not one of them is, or none is known (critical). Prometheus itself writes up for every target, so " +
			"0 and absent need no threshold. It is derived only where the configuration says the job: a guessed one would be absent for ever.",
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
		Labels: map[string]string{"severity": "warning"},
		Annotations: map[string]string{
			"summary":     "A target of " + literal(job) + " is down",
			"description": "Prometheus cannot scrape " + p.Target() + ".",
		},
	}, {
		// absent() of a comparison would lose the job, which routes the alert.
		Alert:  p.Name(nil, "NoTargetUp"),
		Expr:   fmt.Sprintf("max by (job) (up{job=%[1]q}) == 0 or absent(up{job=%[1]q})", job),
		For:    p.Hold(5 * time.Minute),
		Labels: map[string]string{"severity": "critical"},
		Annotations: map[string]string{
			"summary":     "No target of " + literal(job) + " is up",
			"description": "Every target with this job is down, or Prometheus knows of none: service discovery finds none, or the scrape configuration was lost.",
		},
	}}
}
