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
		Name: "run-failed",
		Doc: "What runs again and again fails: the time of its last failure is behind that of its last success, or it was tried three times in an hour and succeeded in none. " +
			"Gauges hold the times, called alike but for success and failure or attempt. The one is held against the other, so there is no threshold.",
		Alerts: runsFailed,
	})
}

// Parts of names of the times of runs: of those that succeeded, failed and were tried.
var (
	successWords = []string{"success", "successful", "succeeded"}
	failureWords = []string{"error", "failed", "failure"}
	attemptWords = []string{"attempt", "attempted", "run", "try"}
)

func runsFailed(p *Pass) []plan.Rule {
	var rules []plan.Rule
	p.Each(plan.Age, func(s plan.Signal, m *schema.Metric, title string) {
		r := plan.Rule{
			Labels:      map[string]string{"severity": "warning"},
			Annotations: map[string]string{"summary": stem(title) + ": runs fail"},
			Signal:      s.Key, Pos: m.Pos,
		}
		if failed := besides(p, m, failureWords); failed != nil {
			r.Alert = p.Name(&schema.Metric{Name: beforeSuccess(m)}, "RunFailed")
			r.Expr = fmt.Sprintf("%s > %s", failed.Name, m.Name)
			r.For = p.Hold(15 * time.Minute)
			r.Annotations["description"] = describe(m, "The last run on "+p.Target()+" failed, as "+failed.Name+" says.")
		} else if tried := besides(p, m, attemptWords); tried != nil {
			over := p.Range(time.Hour)
			r.Alert = p.Name(&schema.Metric{Name: beforeSuccess(m)}, "RunsFail")
			r.Expr = fmt.Sprintf("%[1]s > %[2]s and changes(%[1]s[%[3]s]) > 2", tried.Name, m.Name, over)
			r.For = p.Hold(time.Hour)
			r.Annotations["description"] = describe(m, "It has been tried on "+p.Target()+" again and again for an hour, and never succeeded.")
		} else {
			return
		}
		rules = append(rules, r)
	})
	return rules
}

// beforeSuccess returns the name of what runs.
func beforeSuccess(m *schema.Metric) string {
	parts := strings.Split(m.Name, "_")
	i := slices.IndexFunc(parts, func(part string) bool { return slices.Contains(successWords, part) })
	return strings.TrimSuffix(strings.Join(parts[:i], "_"), "_last")
}

// besides returns the live metric that is called like m, the time of a success, with one of the
// words in place of success, and has its labels. nil where there is none.
func besides(p *Pass, m *schema.Metric, words []string) *schema.Metric {
	parts := strings.Split(m.Name, "_")
	i := slices.IndexFunc(parts, func(part string) bool { return slices.Contains(successWords, part) })
	if i < 0 {
		return nil
	}
	for _, w := range words {
		o := p.Schema.Lookup(strings.Join(slices.Concat(parts[:i], []string{w}, parts[i+1:]), "_"))
		if o != nil && o.Live() && o.Type == m.Type && o.Unit == m.Unit && len(plan.Without(o, m)) == 0 && len(plan.Without(m, o)) == 0 {
			return o
		}
	}
	return nil
}
