package lint

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "counter-total",
		Doc: `A counter's name does not end in _total, or that of something else does.

People and tools tell by the suffix that a series only grows and must be looked at through
rate() or increase(); OpenMetrics requires it of counters. A gauge called _total is rated
by mistake, a counter without it is read as a level.

Where the instrumentation library itself ends the name, nothing is said. Rename the metric, keeping the old one deprecated for a release. If dashboards outside
depend on the name, accept the finding with that reason.
See https://prometheus.io/docs/practices/naming/.`,
		Metric: counterTotal,
	})
}

func counterTotal(p *Pass, m *schema.Metric) {
	base, total := strings.CutSuffix(m.Name, "_total")
	switch {
	case strings.HasSuffix(m.Name, "*") || !named(m.Type) || slices.Contains(m.Given, "suffix"):
	case m.Type == schema.Counter && !total:
		p.Reportf(m.Pos, "rename it to "+m.Name+"_total", "counter %q does not end in _total", m.Name)
	case m.Type != schema.Counter && total:
		p.Reportf(m.Pos, "rename it to "+base+", or make it a counter", "%s %q ends in _total, as only counters do", m.Type, m.Name)
	}
}

// named reports whether names of metrics of the type follow the rules of the text
// format. Of untyped metrics nothing is known; the names of the types that only
// OpenMetrics has follow its own rules.
func named(t schema.Type) bool {
	switch t {
	case schema.Counter, schema.Gauge, schema.Histogram, schema.Summary:
		return true
	}
	return false
}
