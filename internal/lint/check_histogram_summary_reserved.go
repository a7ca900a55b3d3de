package lint

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "histogram-summary-reserved",
		Doc: `A metric uses a suffix or a label that belongs to histograms or summaries.

The series of a histogram end in _bucket, _sum and _count and carry the label le; those of
a summary end in _sum and _count and carry quantile. Another metric with such a name is
taken for a part of one, or collides with it in the exposition; histogram_quantile and
Grafana's heatmap read the label in their own way.

What the instrumentation library itself ends so is left alone. Choose another suffix (a gauge of how many: _size, _items, or the plural alone) or another
label name.`,
		Metric: histogramSummaryReserved,
	})
}

// reserved are the suffixes with the types that have them.
var reserved = []struct {
	suffix string
	types  []schema.Type
}{
	{"_bucket", []schema.Type{schema.Histogram}},
	{"_count", []schema.Type{schema.Histogram, schema.Summary}},
	{"_sum", []schema.Type{schema.Histogram, schema.Summary}},
}

func histogramSummaryReserved(p *Pass, m *schema.Metric) {
	if !named(m.Type) {
		return
	}
	for _, r := range reserved {
		if base, ok := strings.CutSuffix(m.Name, r.suffix); ok && !slices.Contains(r.types, m.Type) && !slices.Contains(m.Given, "suffix") {
			p.Reportf(m.Pos, "rename it, for instance to "+base, "%s %q ends in %s, as only the series of a %s do", m.Type, m.Name, r.suffix, r.types[len(r.types)-1])
		}
	}
	for label, owner := range map[string]schema.Type{"le": schema.Histogram, "quantile": schema.Summary} {
		if m.Type != owner && slices.Contains(labelNames(m), label) {
			p.Reportf(m.Pos, "rename the label", "%s %q has the label %q, which belongs to a %s", m.Type, m.Name, label, owner)
		}
	}
}

// labelNames returns the names of a metric's labels, constant ones among them.
func labelNames(m *schema.Metric) []string {
	var names []string
	for _, l := range m.Labels {
		names = append(names, l.Name)
	}
	for name := range m.ConstLabels {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
