package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file puts what is used beside the limit that it is used of.

// LimitRole is the role of the series that another is held against.
const LimitRole = "limit"

// limitSuffixes make the name of a limit of what it bounds.
var limitSuffixes = []string{"_capacity", "_limit", "_quota", "_max"}

// Helps of a gauge called _max: it is a limit, or the largest value that was seen.
var (
	saysLimit = regexp.MustCompile(`(?i)\b(?:limit|allowed|capacity|configured|permitted|quota|may)\b`)
	saysPeak  = regexp.MustCompile(`(?i)\b(?:ever|highest|high.water|largest|observed|peak|reached|recorded|seen|so far)\b`)
)

// A Lookup returns the metric of a name, nil where there is none.
type Lookup func(name string) *schema.Metric

// LimitOf returns the live gauge that is called like m with _limit, _capacity, _quota or _max
// behind: of its unit, with none but its labels. nil where there is none.
func LimitOf(lookup Lookup, m *schema.Metric) *schema.Metric {
	stem := strings.TrimSuffix(m.Name, "_bytes")
	for _, suffix := range limitSuffixes {
		for _, name := range []string{m.Name + suffix, stem + suffix, stem + suffix + "_bytes"} {
			if l := lookup(name); l != nil && bounds(l, m) && (suffix != "_max" || saysLimit.MatchString(l.Help) && !saysPeak.MatchString(l.Help)) {
				return l
			}
		}
	}
	return nil
}

// bounds reports whether a gauge can be the limit of another.
func bounds(l, m *schema.Metric) bool {
	return l != m && l.Live() && l.Certainty != schema.Pattern && l.Type == schema.Gauge && m.Type == schema.Gauge && l.Unit == m.Unit && !OpenLabels(l) && !OpenLabels(m) && len(Without(l, m)) == 0
}

// Without returns the names of a's labels that b does not have.
func Without(a, b *schema.Metric) []string {
	var names []string
	for _, l := range a.Labels {
		if b.Label(l.Name) == nil {
			names = append(names, l.Name)
		}
	}
	return names
}

// OpenLabels reports whether a metric may have labels that are not known, or not have those that
// are.
func OpenLabels(m *schema.Metric) bool {
	return slices.ContainsFunc(m.Labels, func(l schema.Label) bool { return l.Optional || strings.Contains(l.Name, "*") })
}

// Words in whose place, or before which, the name of a limit has another.
var (
	usedWords = []string{"used", "usage", "inuse", "open", "allocated"}
	freeWords = []string{"free", "avail", "available", "unused", "remaining"}
)

// A bounded gauge is one with its limit.
type boundedGauge struct {
	metric, limit *schema.Metric
	free          bool // it is what is left
}

// limitFor returns the limit of a gauge, called like it with another suffix, or with another
// word in place of used or free.
func limitFor(lookup Lookup, m *schema.Metric) (boundedGauge, bool) {
	if kind, _ := kindOf(m); kind != Level || hasPart(m, limitWords) {
		return boundedGauge{}, false
	}
	if l := LimitOf(lookup, m); l != nil {
		return boundedGauge{m, l, false}, true
	}
	if l := lookup(strings.Replace(m.Name, "_in_use", "", 1)); l != nil && bounds(l, m) {
		return boundedGauge{m, l, false}, true
	}
	parts := strings.Split(m.Name, "_")
	for i, p := range parts {
		free := slices.Contains(freeWords, p)
		if !free && !slices.Contains(usedWords, p) {
			continue
		}
		for _, put := range inPlace(p, free) {
			l := lookup(strings.Join(slices.Concat(parts[:i], put, parts[i+1:]), "_"))
			if l != nil && bounds(l, m) && !saysPeak.MatchString(l.Help) {
				return boundedGauge{m, l, free}, true
			}
		}
	}
	return boundedGauge{}, false
}

// inPlace returns what the name of a limit has in place of a word for what is used or left.
func inPlace(word string, free bool) [][]string {
	all := [][]string{{"limit"}, {"max"}, {"maximum"}, {"capacity"}, {"quota"}, {"max", word}}
	if word != "open" {
		all = append(all, []string{"size"}, []string{"total"})
	}
	if free {
		all = append(all, nil) // files_free of files
	}
	return all
}

// limited returns the groups of gauges that have a limit in common, with it, and marks what
// they show as taken; and the shares that are used of the limits.
func limited(lookup Lookup, live []*schema.Metric, taken map[string]bool, n *namer) (groups, shares []Signal) {
	of := map[string][]boundedGauge{}
	for _, m := range live {
		if b, ok := limitFor(lookup, m); ok && !taken[m.Name] && !taken[b.limit.Name] {
			of[b.limit.Name] = append(of[b.limit.Name], b)
		}
	}
	for _, l := range live {
		members := of[l.Name]
		if len(members) == 0 || of[l.Name][0].limit != l || taken[l.Name] {
			continue
		}
		if slices.ContainsFunc(members, func(b boundedGauge) bool { return taken[b.metric.Name] }) {
			continue
		}
		groups = append(groups, beside(members, n))
		shares = append(shares, share(members, n))
		for _, b := range members {
			taken[b.metric.Name] = true
		}
		taken[l.Name] = true
	}
	return groups, shares
}

// beside returns the signal of gauges with their limit.
func beside(members []boundedGauge, n *namer) Signal {
	limit := members[0].limit
	sig := single(members[0].metric, n)
	sig.Why = "a gauge is read beside its limit, " + limit.Name
	sig.Series = nil
	add := func(m *schema.Metric, role, word string, sum bool, keep []string) {
		expr, legend := selector(m.Name, ""), legendOf(append([]string{"instance"}, labelNames(m)...))
		if sum {
			keep = slices.DeleteFunc(slices.Clone(keep), func(l string) bool { return m.Label(l) == nil })
			expr, legend = by("sum", keep)+expr+")", legendOf(keep)
		}
		sig.Series = append(sig.Series, Series{Role: role, Expr: Expr(expr), Legend: strings.TrimSpace(word + " " + legend)})
	}
	first := members[0].metric
	keep, _ := kept(first)
	sum := additive(first, query.MetricUnit(first))
	sig.Metrics = nil
	for _, b := range members {
		sig.Metrics = append(sig.Metrics, b.metric)
		add(b.metric, "", sideWord(b.metric, "used", slices.Concat(usedWords, freeWords)...), sum, keep)
	}
	sig.Metrics = append(sig.Metrics, limit)
	add(limit, LimitRole, sideWord(limit, "limit", "capacity", "limit", "quota", "size", "total"), sum, keep)
	return sig
}

// sideWord returns what a gauge or its limit is called in a legend beside the other.
func sideWord(m *schema.Metric, other string, words ...string) string {
	for _, p := range strings.Split(strings.ToLower(m.Name), "_") {
		if slices.Contains(words, p) {
			return p
		}
	}
	return other
}

// share returns the signal of how much of a limit is used.
func share(members []boundedGauge, n *namer) Signal {
	b := members[0]
	if i := slices.IndexFunc(members, func(b boundedGauge) bool { return !b.free }); i >= 0 {
		b = members[i]
	}
	match := ""
	if more := Without(b.metric, b.limit); len(more) > 0 {
		match = "ignoring (" + strings.Join(more, ", ") + ") group_left () "
	}
	expr := fmt.Sprintf("%s / %s(%s > 0)", selector(b.metric.Name, ""), match, selector(b.limit.Name, ""))
	title := n.title(b.metric)
	if b.free {
		expr, title = "1 - "+expr, n.title(b.limit)
	}
	return Signal{
		Key:       b.metric.Name + ":share",
		Kind:      Ratio,
		Title:     title + ", share in use",
		Unit:      "percentunit",
		Subsystem: n.subsystem(b.metric),
		Path:      n.path(b.metric),
		Metrics:   []*schema.Metric{b.metric, b.limit},
		Series:    []Series{{Role: "ratio", Expr: Expr(expr), Legend: legendOf(append([]string{"instance"}, labelNames(b.metric)...))}},
		Why:       "how full something is that has a limit is read by the share that is used",
	}
}
