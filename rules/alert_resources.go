package rules

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "resources",
		Doc: "The process is about to run out of what the system gives it: more than 90% of the file descriptors that it may have are open, or what its last garbage collection " +
			"left is more than 90% of GOMEMLIMIT, so that it will do little else. Both limits are the process's own. How many goroutines are too many is not known, and asked for. " +
			"It is derived only where the schema has the metrics and the configuration says the job: every program exposes them.",
		Alerts: resources,
		Needs:  goroutines,
	})
}

// processLimits are those of a process: what is used, what there is, and what is said of it.
var processLimits = []struct{ used, limit, name, summary, description string }{
	{"process_open_fds", "process_max_fds", "OpenFilesNearLimit", "Nearly all file descriptors are open", "of the file descriptors that the process may have are open on "},
	{"go_gc_heap_live_bytes", "go_gc_gomemlimit_bytes", "HeapNearLimit", "The heap is near the memory limit", "of GOMEMLIMIT are in use after garbage collection on "},
}

func resources(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, l := range processLimits {
		used, limit := p.Schema.Lookup(l.used), p.Schema.Lookup(l.limit)
		if p.Config.Job == "" || used == nil || limit == nil || !used.Live() || !limit.Live() {
			continue
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(nil, l.name),
			Expr:   fmt.Sprintf("%[1]s{job=%[3]q} / (%[2]s{job=%[3]q} > 0) > 0.9", l.used, l.limit, p.Config.Job),
			For:    p.Hold(15 * time.Minute),
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary":     l.summary,
				"description": "{{ $value | humanizePercentage }} " + l.description + p.Target() + ".",
			},
			Signal: l.used, Pos: used.Pos,
		})
	}
	return rules
}

func goroutines(p *Pass) []Need {
	m := p.Schema.Lookup("go_goroutines")
	if m == nil || !m.Live() || m.Type != schema.Gauge || p.Config.Job == "" {
		return nil
	}
	a := ask(p, m, "Goroutines", fmt.Sprintf("go_goroutines{job=%q} > <goroutines>", p.Config.Job), "warning", "Goroutines pile up", 15*time.Minute)
	a.Alert = p.Name(nil, "Goroutines")
	return []Need{{
		Metric: m,
		Tells:  "goroutines pile up",
		Blanks: []Blank{{"goroutines", "that one instance has at most when all is well", "nothing in the source says it; the panel shows what it was"}},
		Alert:  a,
	}}
}
