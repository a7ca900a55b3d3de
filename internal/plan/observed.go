package plan

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file reads how often something happens off how long it takes: a histogram of the
// durations of requests counts requests.

// RateRole is the role of the series that says how often a distribution observes. Its unit is
// its own, and it is drawn by itself: see [Observed].
const RateRole = "rate"

// measures end the names of what is measured.
var measures = []string{"duration", "durations", "elapsed", "latency", "microseconds", "milliseconds", "ms", "nanoseconds", "seconds", "time", "us"}

// spans are parts of the names of times that nothing takes.
var spans = []string{"age", "delay", "lag", "skew", "ttl", "uptime"}

// Subject returns what a metric that takes the time of something is about, as a name begins
// with it: http_request of http_request_duration_seconds. It is "" for any other.
func Subject(s *Signal) string {
	if m := s.Metrics[0]; s.Kind == Distribution && strings.HasSuffix(m.Unit, "seconds") && !hasPart(m, spans) {
		return event(m)
	}
	return ""
}

// About reports whether a signal tells how often a subject happens, or how often it fails.
func About(s *Signal, subject string) bool {
	rest, ok := strings.CutPrefix(s.Metrics[0].Name, subject)
	return ok && (s.Kind == Rate || s.Kind == Ratio) && (rest == "" || rest[0] == '_' || rest[0] == 's' || strings.HasPrefix(rest, "es"))
}

// event returns the name of what a metric measures: http_request of
// http_request_duration_seconds.
func event(m *schema.Metric) string {
	parts := strings.Split(m.Name, "_")
	for len(parts) > 1 && slices.Contains(measures, strings.ToLower(parts[len(parts)-1])) {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "_")
}

// observations returns the name of the series that counts what a histogram or summary took the
// time of, "" where there is none, or a counter that says the same.
func observations(m *schema.Metric, lookup Lookup) string {
	if m.Type == schema.Histogram && m.Native != nil && len(m.Buckets) == 0 || m.Type != schema.Histogram && m.Type != schema.Summary || !strings.HasSuffix(m.Unit, "seconds") || hasPart(m, spans) {
		return ""
	}
	e := event(m)
	for _, name := range []string{m.Name + "_count", plural(e) + "_total", e + "_total", plural(e), e} {
		if c := lookup(name); c != nil && c.Live() && c != m {
			return ""
		}
	}
	return m.Name + "_count"
}

// observe adds to a signal the series of how often its metric observes.
func observe(sig *Signal, lookup Lookup) {
	if len(sig.Metrics) != 1 {
		return
	}
	m := sig.Metrics[0]
	name := observations(m, lookup)
	if name == "" {
		return
	}
	keep, unbounded := kept(m)
	expr, native := by("sum", keep)+rate(name, "")+")", ""
	if m.Native != nil {
		native = "histogram_count(" + by("sum", keep) + rate(m.Name, "") + "))"
	}
	if unbounded {
		expr = "topk(10, " + expr + ")"
		if native != "" {
			native = "topk(10, " + native + ")"
		}
	}
	unit := query.MetricUnit(&schema.Metric{Name: event(m)})
	unit.Per = "second"
	sig.Series = append(sig.Series, Series{Role: RateRole, Expr: Expr(expr), Legend: legendOf(keep), Unit: unit.Grafana(), Native: Expr(native)})
}

// Observed returns the signal of how often a distribution observes, nil where it says nothing
// of that. Its panel has a key of its own.
func Observed(s *Signal) *Signal {
	i := slices.IndexFunc(s.Series, func(x Series) bool { return x.Role == RateRole })
	if i < 0 || s.Kind == Rate {
		return nil
	}
	one := *s
	one.Key, one.Kind, one.Series, one.Unit = s.Key+":"+RateRole, Rate, []Series{s.Series[i]}, s.Series[i].Unit
	one.Series[0].Role, one.Series[0].Unit = "", ""
	one.Title = observedTitle(s.Title)
	one.Why = "what is timed is counted, too"
	return &one
}

// observedTitle says of what a distribution is that it is counted: "HTTP request rate".
func observedTitle(title string) string {
	words := strings.Fields(title)
	for len(words) > 1 && slices.Contains(measures, strings.ToLower(words[len(words)-1])) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ") + " rate"
}
