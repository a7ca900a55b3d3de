package render

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// mostDescribed is how many metrics a panel's description tells of; more would not
// be read.
const mostDescribed = 6

// describe returns the description of a panel that draws signals.
func describe(signals []*plan.Signal) string {
	var metrics []*schema.Metric
	for _, s := range signals {
		for _, m := range s.Metrics {
			if !slices.Contains(metrics, m) {
				metrics = append(metrics, m)
			}
		}
	}
	return describeMetrics(metrics)
}

// describeMetrics returns, as Markdown, what the source says of metrics: help, how
// to use it, then name, type, unit, labels and where it is defined.
func describeMetrics(metrics []*schema.Metric) string {
	var parts []string
	for i, m := range metrics {
		if i == mostDescribed {
			parts = append(parts, fmt.Sprintf("and %d more", len(metrics)-i))
			break
		}
		parts = append(parts, describeMetric(m))
	}
	return strings.Join(parts, "\n\n")
}

func describeMetric(m *schema.Metric) string {
	facts := []string{"`" + m.Name + "`", string(m.Type)}
	if m.Unit != "" {
		facts = append(facts, m.Unit)
	}
	if len(m.Labels) > 0 {
		var names []string
		for _, l := range m.Labels {
			names = append(names, l.Name)
		}
		facts = append(facts, "labels "+strings.Join(names, ", "))
	}
	if at := definedIn(m); at != "" {
		facts = append(facts, at)
	}
	var parts []string
	for _, text := range []string{m.Help, m.HowToUse, nativeNote(m), strings.Join(facts, " · ")} {
		if text = strings.TrimSpace(text); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n\n")
}

// definedIn returns package and symbol of a metric as Go code would write them.
func definedIn(m *schema.Metric) string {
	if m.Package == "" || m.Symbol == "" {
		return ""
	}
	return path.Base(m.Package) + "." + m.Symbol
}

// nativeOnly reports whether a metric is a histogram without classic buckets.
func nativeOnly(m *schema.Metric) bool {
	return m.Type == schema.Histogram && m.Native != nil && len(m.Buckets) == 0
}

// nativeNote says what Prometheus needs to store a native histogram.
// See https://prometheus.io/docs/specs/native_histograms/.
func nativeNote(m *schema.Metric) string {
	if !nativeOnly(m) {
		return ""
	}
	return "A native histogram without classic buckets: Prometheus stores it only with `scrape_native_histograms: true`, before 3.8 with `--enable-feature=native-histograms`."
}

// nativeMissing is what a panel of native histograms shows where there is nothing.
const nativeMissing = "No data: are native histograms enabled in Prometheus?"

// mishaps are words in the name of a counter that usually stands at nothing.
var mishaps = []string{"error", "fail", "reject", "drop", "timeout", "retry", "retries", "panic", "evict", "violation", "mismatch"}

// noValue returns what a panel shows where Prometheus has nothing: 0 for a counter
// of mishaps, which comes into being with the first one; for a ratio or a native
// histogram, why; else where it is set, if there is room to say so.
func noValue(kind string, signals []*plan.Signal) string {
	if all(signals, func(s *plan.Signal) bool { return s.Kind == plan.Rate && mishap(s) }) {
		return "0"
	}
	if all(signals, func(s *plan.Signal) bool {
		return s.Kind == plan.Ratio && strings.HasSuffix(s.Key, "ratio") && strings.Contains(s.Key, ":")
	}) {
		return "no traffic"
	}
	if all(signals, func(s *plan.Signal) bool { return len(s.Metrics) > 0 && all(s.Metrics, nativeOnly) }) {
		return nativeMissing
	}
	if kind == "stat" {
		return ""
	}
	for _, s := range signals {
		for _, m := range s.Metrics {
			if at := definedIn(m); at != "" {
				return "No data yet: it is set in " + at
			}
		}
	}
	return ""
}

// mishap reports whether a signal's first metric counts what should not happen.
func mishap(s *plan.Signal) bool {
	return len(s.Metrics) > 0 && hasWord(s.Metrics[0].Name, mishaps...)
}

// hasWord reports whether a part of a metric's name begins with one of the words.
func hasWord(name string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains("_"+name, "_"+w) })
}

func all[T any](list []T, f func(T) bool) bool {
	return !slices.ContainsFunc(list, func(x T) bool { return !f(x) })
}
