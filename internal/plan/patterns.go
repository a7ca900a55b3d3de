package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file looks at metrics whose names are completed at run time: p2p_ingress_*.

// NamePattern returns the regular expression, as a matcher on __name__ has it, of the names that
// a name with * stands for.
func NamePattern(name string) string {
	parts := strings.Split(name, "*")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return strings.Join(parts, ".+")
}

// mostExcept is how many patterns and names are taken out of a pattern that they match, too.
// What matches more says too little to be drawn.
const mostExcept = 20

// Patterns says how to watch the gauges, and the metrics without a type, whose names are
// completed at run time: those that differ in numbers only on one panel, one series for each
// name. They come apart from Signals, since there is nothing to alert on. A rate loses the names
// that it is of, so counters, histograms and summaries cannot be drawn so: the catalogue has a
// variable for them.
func Patterns(s *schema.Schema, cfg *config.Config) []Signal {
	n := newNamer(watched(s), cfg)
	lists := map[string][]*schema.Metric{}
	var keys []string
	for _, m := range slices.SortedFunc(slices.Values(s.Metrics), func(a, b *schema.Metric) int { return cmp.Compare(a.Name, b.Name) }) {
		if kind, _ := kindOf(m); !m.Live() || m.Certainty != schema.Pattern || kind != Level && kind != Ratio {
			continue
		}
		key := fmt.Sprint(unnumbered(m.Name), " ", m.Type, m.Unit, labelNames(m), n.subsystem(m))
		if lists[key] == nil {
			keys = append(keys, key)
		}
		lists[key] = append(lists[key], m)
	}
	var signals []Signal
	for _, key := range keys {
		if sig, ok := patternSignal(lists[key], s, n); ok {
			signals = append(signals, sig)
		}
	}
	distinguish(signals)
	slices.SortFunc(signals, func(a, b Signal) int { return cmp.Or(cmp.Compare(a.Subsystem, b.Subsystem), cmp.Compare(a.Key, b.Key)) })
	return signals
}

var numberPart = regexp.MustCompile(`_(?:0x)?[0-9][0-9a-f]*(_|$)`)

// unnumbered returns a name with * in place of its parts that are numbers.
func unnumbered(name string) string {
	for {
		with := numberPart.ReplaceAllString(name, "_*$1")
		if with == name {
			return name
		}
		name = with
	}
}

// patternSignal returns the signal of patterns that differ in numbers only. ok is false where
// they match too much besides.
func patternSignal(ms []*schema.Metric, s *schema.Schema, n *namer) (Signal, bool) {
	name := unnumbered(ms[0].Name)
	matches := regexp.MustCompile("^(?:" + NamePattern(name) + ")$")
	var except []string
	for _, o := range s.Metrics {
		if slices.Contains(ms, o) || !matches.MatchString(strings.ReplaceAll(o.Name, "*", "x")) {
			continue
		}
		other := o.Name
		if o.Certainty == schema.Pattern {
			other = unnumbered(other)
		}
		if other = NamePattern(other); !slices.Contains(except, other) {
			except = append(except, other)
		}
	}
	if len(except) > mostExcept {
		return Signal{}, false
	}
	slices.Sort(except)
	matchers := fmt.Sprintf("__name__=~%q", NamePattern(name))
	if len(except) > 0 {
		matchers += fmt.Sprintf(",__name__!~%q", strings.Join(except, "|"))
	}
	m := ms[0]
	unit := query.MetricUnit(m)
	keep, _ := kept(m)
	expr, legend := "{"+matchers+","+Matchers+"}", append([]string{"__name__", "instance"}, labelNames(m)...)
	if additive(m, unit) {
		legend = append([]string{"__name__"}, keep...)
		expr = by("sum", legend) + expr + ")"
	}
	one := *m
	one.Name = strings.Trim(strings.ReplaceAll(name, "*", ""), "_")
	for strings.Contains(one.Name, "__") {
		one.Name = strings.ReplaceAll(one.Name, "__", "_")
	}
	return Signal{
		Key:       name,
		Kind:      Level,
		Title:     n.title(&one) + ", by name",
		Unit:      unit.Grafana(),
		Subsystem: n.subsystem(m),
		Path:      n.path(&one),
		Metrics:   ms,
		Series:    []Series{{Expr: Expr("topk(10, " + expr + ")"), Legend: legendOf(legend)}},
		Why:       "the names are completed at run time, so what is there is selected by its name",
	}, true
}
