package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// deprecated returns the board of the metrics that are deprecated and still in the code:
// for each whether anybody still writes it, by target. It has no rows where there are
// none. Tombstones are drawn nowhere.
func (l *layout) deprecated() plan.Board {
	b := plan.Board{
		UID:         config.UID(l.name(), "deprecated"),
		Title:       l.name() + " deprecated",
		Description: "Metrics of " + l.name() + " that are deprecated and still in the code: whether anybody writes them.",
		Refresh:     "5m",
		From:        "now-24h",
	}
	var row plan.Row
	for _, m := range l.schema.Metrics {
		if m.Deprecated && m.RemovedIn == "" && m.Certainty != schema.Pattern {
			row.Panels = append(row.Panels, l.stillWritten(m))
		}
	}
	if len(row.Panels) > 0 {
		b.Rows = []plan.Row{row}
	}
	return b
}

// stillWritten shows how often a metric is written: how a counter grows, how often
// something is observed, how often a gauge changes.
func (l *layout) stillWritten(m *schema.Metric) plan.Panel {
	series, how, unit := m.Name, "changes", "short"
	switch m.Type {
	case schema.Counter:
		how, unit = "rate", "cps"
	case schema.Histogram, schema.Summary:
		how, unit = "rate", "ops"
		if names := m.SeriesNames(m.Name); slices.Contains(names, m.Name+"_count") {
			series += "_count"
		}
	}
	expr := how + "(" + selector(series, l.matchers) + "[$__rate_interval])"
	if series == m.Name && m.Type == schema.Histogram { // a native one
		expr = "histogram_count(" + expr + ")"
	}
	by, legend := "", "all targets"
	if len(l.labels) > 0 {
		by, legend = " by ("+strings.Join(l.labels, ", ")+")", "{{"+l.labels[len(l.labels)-1]+"}}"
	}
	return plan.Panel{
		Key: "deprecated/" + m.Name, Kind: "timeseries", Title: m.Name, Unit: unit, NoValue: "Nobody writes it", Min: new(0.0),
		Description: describeDeprecation(m) + "\n\n" + describeMetric(m),
		Queries:     []plan.Query{{RefID: "A", Expr: "sum" + by + " (" + expr + ")", Legend: legend}},
		Metrics:     []string{m.Name},
	}
}

// describeDeprecation says since when a metric is deprecated, what to use, and until when
// it stays.
func describeDeprecation(m *schema.Metric) string {
	text := "Deprecated"
	if m.DeprecatedSince != "" && m.DeprecatedSince != schema.Next {
		text += " since " + m.DeprecatedSince
	}
	if m.ReplacedBy != "" {
		text += fmt.Sprintf("; use `%s`", m.ReplacedBy)
	}
	if m.RemoveAfter != "" {
		text += "; to be removed after " + m.RemoveAfter
	}
	text += "."
	if m.Note != "" {
		text += " " + m.Note
	}
	return text
}
