package rules

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "latency",
		Doc: "Too large a share of what a histogram times takes too long. What is too long is what users were promised, so it asks for that: an objective at one of the " +
			"histogram's bounds, since how many events were faster is counted there and guessed elsewhere, and below the highest, which no quantile exceeds.",
		Needs: latencies,
	})
}

func latencies(p *Pass) []Need {
	var needs []Need
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if s.Kind != plan.Distribution || len(s.Metrics) > 1 || m.Unit != "seconds" && m.Unit != "milliseconds" || hasPart(m, notWaited) || slices.Contains(m.Untold, "buckets") {
			continue
		}
		from := "the histogram is a native one: any number of " + m.Unit
		if n := len(m.Buckets); n > 1 {
			from = "one of the histogram's bounds below the highest: " + bounds(m.Buckets[:n-1])
		} else if m.Native == nil {
			continue // no bound is below the highest
		}
		needs = append(needs, Need{
			Metric:    m,
			Tells:     "too many of the events take too long",
			Blanks:    []Blank{{"bound", m.Unit + " up to which an event is fast enough", from}, objectivePercent},
			Objective: &Objective{Name: objectiveName(p, timed(m), "latency"), Below: "bound"},
		})
	}
	return needs
}

// timed returns the name of what a histogram times.
func timed(m *schema.Metric) string {
	name := strings.TrimSuffix(m.Name, "_"+m.Unit)
	name, _ = cutAnySuffix(name, "_duration", "_latency", "_time")
	return name
}

// notWaited are parts of names of times that nobody waits for.
var notWaited = []string{"age", "gc", "interval", "lag", "ttl", "uptime"}
