package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file pairs metrics that make sense together: their names differ in one part
// only, and the parts complete one another.

// complements are families of parts, each in the order in which its members are drawn.
var complements = [][]string{
	{"hit", "miss"}, {"hits", "misses"},
	{"read", "write"}, {"reads", "writes"}, {"read", "written"},
	{"in", "out"}, {"ingress", "egress"}, {"rx", "tx"}, {"inbound", "outbound"}, {"incoming", "outgoing"}, {"uploaded", "downloaded"},
	{"received", "sent"}, {"receive", "send"}, {"recv", "sent"}, {"receive", "transmit"}, {"received", "transmitted"},
	{"acquired", "released"}, {"allocated", "freed"}, {"mallocs", "frees"}, {"opened", "closed"}, {"connections", "disconnections"},
	{"added", "removed", "evicted"}, {"additions", "removals"}, {"created", "deleted", "revoked"}, {"created", "destroyed"}, {"joined", "left"},
	{"granted", "renewed", "revoked"}, {"enqueued", "dequeued"}, {"locked", "unlocked"}, {"mounted", "unmounted"},
	{"started", "completed", "failed", "cancelled"}, {"submitted", "settled", "expired"},
	{"allowed", "blocked", "dropped", "filtered"}, {"allowed", "rejected"}, {"accepted", "rejected"}, {"allowed", "denied"}, {"sent", "dropped", "failure"},
	{"scanned", "skipped"}, {"compressed", "uncompressed"}, {"correctable", "uncorrectable"},
	{"pauses", "resumes"}, {"paused", "resumed"},
	{"deposits", "withdrawals"}, {"p50", "p90", "p95", "p99", "avg", "max", "min"},
	{"success", "failure", "error"}, {"success", "failures"}, {"success", "failed"}, {"successes", "failures", "errors"}, {"verifications", "failures"},
	{"refunded", "burned"},
}

// outward are the members of families that go the other way than the first: drawn with it,
// they are mirrored at zero.
var outward = []string{"out", "egress", "tx", "outbound", "outgoing", "downloaded", "sent", "send", "transmit", "transmitted", "write", "writes", "written"}

// inward are the members that have one of outward beside them.
var inward = []string{"in", "ingress", "rx", "inbound", "incoming", "uploaded", "received", "receive", "recv", "read", "reads"}

// Mirrored reports whether a signal shows what goes in and out, and one series of it goes out.
func Mirrored(s *Signal, series Series) bool {
	return len(s.Series) == 2 && slices.Contains(inward, s.Series[0].Role) && slices.Contains(outward, s.Series[1].Role) && series.Role == s.Series[1].Role
}

// A siblingGroup is metrics that share all but one part of their names.
type siblingGroup struct {
	key     string           // stable identity of the signal; empty: the name of its first metric
	title   string           // empty: that of its first metric, with all roles in place of its own
	metrics []*schema.Metric // in the family's order
	roles   []string
}

// siblings finds the groups, each metric in at most one, and marks them as taken.
func siblings(live []*schema.Metric, taken map[string]bool) []siblingGroup {
	var groups []siblingGroup
	for _, family := range complements {
		byKey := map[string][]*schema.Metric{}
		var keys []string
		for _, m := range live {
			if taken[m.Name] || m.Type != schema.Counter && m.Type != schema.Gauge {
				continue
			}
			if key, _, ok := without(m, family); ok {
				if byKey[key] == nil {
					keys = append(keys, key)
				}
				byKey[key] = append(byKey[key], m)
			}
		}
		for _, key := range keys {
			for _, ms := range together(byKey[key]) {
				if g, ok := group(family, ms); ok {
					groups = append(groups, g)
					for _, m := range g.metrics {
						taken[m.Name] = true
					}
				}
			}
		}
	}
	return groups
}

// without returns what a metric is, its name's member of the family left out, together
// with its type and unit: siblings agree in all of it.
func without(m *schema.Metric, family []string) (key, role string, ok bool) {
	if kind, _ := kindOf(m); kind != Rate && kind != Level && kind != Ratio {
		return "", "", false
	}
	parts := strings.Split(m.Name, "_")
	for i := len(parts) - 1; i >= 0; i-- {
		if slices.Contains(family, strings.ToLower(parts[i])) {
			role = strings.ToLower(parts[i])
			parts[i] = "*"
			return fmt.Sprint(strings.Join(parts, "_"), m.Type, m.Unit), role, true
		}
	}
	return "", "", false
}

func group(family []string, ms []*schema.Metric) (siblingGroup, bool) {
	var g siblingGroup
	for _, member := range family {
		for _, m := range ms {
			if _, role, _ := without(m, family); role == member {
				g.metrics = append(g.metrics, m)
				g.roles = append(g.roles, role)
			}
		}
	}
	return g, len(g.metrics) >= 2 && len(g.metrics) == len(ms)
}

// together parts metrics into those that can share a panel.
func together(ms []*schema.Metric) [][]*schema.Metric {
	if alike(ms) {
		return [][]*schema.Metric{ms}
	}
	var all [][]*schema.Metric
	for _, m := range ms {
		i := slices.IndexFunc(all, func(one []*schema.Metric) bool { return slices.Equal(labelNames(one[0]), labelNames(m)) })
		if i < 0 {
			i = len(all)
			all = append(all, nil)
		}
		all[i] = append(all[i], m)
	}
	return all
}

// alike reports whether the labels of metrics let them share a panel: they are the same; or
// some are, which series of rates can be summed by; or each has others, such as From and To.
func alike(ms []*schema.Metric) bool {
	first := labelNames(ms[0])
	if !slices.ContainsFunc(ms, func(m *schema.Metric) bool { return !slices.Equal(labelNames(m), first) }) {
		return true
	}
	return ms[0].Type == schema.Counter && !slices.ContainsFunc(ms, func(m *schema.Metric) bool { return len(m.Labels) == 0 })
}

// narrowed returns metrics with the labels only that all of them have, or as they are where
// there are none.
func narrowed(ms []*schema.Metric) []*schema.Metric {
	var common []schema.Label
	for _, l := range ms[0].Labels {
		if !slices.ContainsFunc(ms, func(m *schema.Metric) bool { return m.Label(l.Name) == nil }) {
			common = append(common, l)
		}
	}
	if len(common) == 0 {
		return ms
	}
	var all []*schema.Metric
	for _, m := range ms {
		one := *m
		one.Labels = slices.DeleteFunc(slices.Clone(m.Labels), func(l schema.Label) bool {
			return !slices.ContainsFunc(common, func(c schema.Label) bool { return c.Name == l.Name })
		})
		all = append(all, &one)
	}
	return all
}

// joined returns the one signal that siblings make.
func joined(g siblingGroup, n *namer) Signal {
	sig := single(g.metrics[0], n)
	sig.Metrics = g.metrics
	sig.Why = "siblings whose names differ in one part belong together: " + strings.Join(g.roles, ", ")
	sig.Series = nil
	for i, m := range narrowed(g.metrics) {
		series, unit := seriesOf(m, sig.Kind)
		for _, s := range series {
			if unit != sig.Unit {
				s.Unit = unit
			}
			s.Role = g.roles[i]
			s.Legend = strings.TrimSpace(g.roles[i] + " " + s.Legend)
			sig.Series = append(sig.Series, s)
		}
	}
	sig.Key = cmp.Or(g.key, sig.Key)
	if sig.Title = g.title; sig.Title == "" {
		sig.Title = joinedTitle(g, n)
	}
	return sig
}

// joinedTitle puts the roles where they stand in the name: "Cache hits and misses".
func joinedTitle(g siblingGroup, n *namer) string {
	title := n.title(g.metrics[0])
	roles := strings.Join(g.roles[:len(g.roles)-1], ", ") + " and " + g.roles[len(g.roles)-1]
	at := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(g.roles[0]) + `\b`)
	if loc := at.FindStringIndex(title); loc != nil {
		if loc[0] == 0 {
			roles = strings.ToUpper(roles[:1]) + roles[1:]
		}
		return title[:loc[0]] + roles + title[loc[1]:]
	}
	return title
}

// limitWords are parts of names of gauges that bound another gauge.
var limitWords = []string{"limit", "capacity", "max", "quota", "maximum"}

// ratios returns the shares that pairs of metrics make: hits of lookups, errors of
// requests, used of a limit.
func ratios(lookup Lookup, live []*schema.Metric, n *namer) []Signal {
	var signals []Signal
	for _, m := range live {
		matcher := statusMatcher(m)
		if l, bad := Outcome(m); l != "" {
			matcher = l + OneOf(bad)
		}
		if matcher != "" && !hasPart(m, failureWords) { // of failures none is a success
			if sig := errorRatio(m, lookup, matcher, n); sig != nil {
				signals = append(signals, *sig)
			}
		}
		if m.Type != schema.Counter {
			continue
		}
		if hits, misses := complement(m, lookup, [2]string{"hits", "misses"}, [2]string{"hit", "miss"}); misses != nil {
			part := total(hits)
			signals = append(signals, ratio(hits, misses, "hit ratio", part, Expr("("+string(part)+" + "+string(total(misses))+")"), n))
		}
		if all := wholeOf(m, lookup); all != nil {
			signals = append(signals, ratio(m, all, "ratio", total(m), total(all), n))
		} else if done := completed(m, lookup); done != nil {
			part := total(m)
			signals = append(signals, ratio(m, done, "ratio", part, Expr("("+string(part)+" + "+string(total(done))+")"), n))
		}
	}
	return signals
}

// errorRatio returns the share of what a counter counts, or a histogram observes, that failed.
func errorRatio(m *schema.Metric, lookup Lookup, matcher string, n *namer) *Signal {
	name := m.Name
	if m.Type != schema.Counter {
		if name = observations(m, lookup); name == "" {
			return nil
		}
	}
	sig := ratio(m, m, "error ratio", Expr("sum("+rate(name, matcher)+")"), Expr("sum("+rate(name, "")+")"), n)
	if name != m.Name {
		sig.Title = strings.TrimSuffix(observedTitle(n.title(m)), "rate") + "error ratio"
	}
	return &sig
}

// OneOf returns the matcher, without the label, that matches the values.
func OneOf(values []string) string {
	if len(values) == 1 {
		return "=" + strconv.Quote(values[0])
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return "=~" + strconv.Quote(strings.Join(quoted, "|"))
}

func total(m *schema.Metric) Expr { return Expr("sum(" + rate(m.Name, "") + ")") }

// ratio returns the signal part/whole. A whole that is zero has no share: the division
// is guarded, so that a quiet program shows nothing rather than NaN.
func ratio(part, whole *schema.Metric, word string, p, w Expr, n *namer) Signal {
	metrics := []*schema.Metric{part}
	if len(part.Labels) > 0 {
		// A label value has no series before its first time: that nothing has failed yet
		// is 0, not unknown.
		p = "(" + p + " or 0 * " + w + ")"
	}
	if whole != part {
		metrics = append(metrics, whole)
	}
	title := n.title(part)
	for _, cut := range []string{"hits", "hit"} {
		title = strings.TrimSuffix(title, " "+cut)
	}
	return Signal{
		Key:       part.Name + ":" + strings.ReplaceAll(word, " ", "_"),
		Kind:      Ratio,
		Title:     title + " " + word,
		Unit:      "percentunit",
		Subsystem: n.subsystem(part),
		Path:      n.path(part),
		Metrics:   metrics,
		Series:    []Series{{Role: "ratio", Expr: p + " / (" + w + " > 0)", Legend: word}},
		Why:       "a part and its whole are read by their ratio",
	}
}

// complement returns m and its sibling where m is the first of one of the pairs.
func complement(m *schema.Metric, lookup Lookup, pairs ...[2]string) (first, second *schema.Metric) {
	for _, p := range pairs {
		parts := strings.Split(m.Name, "_")
		if i := slices.Index(parts, p[0]); i >= 0 {
			parts[i] = p[1]
			if other := lookup(strings.Join(parts, "_")); other != nil && other.Type == m.Type {
				return m, other
			}
		}
	}
	return m, nil
}

// failureWords are parts of names of counters that count what went wrong.
var failureWords = []string{"error", "errors", "failed", "failure", "failures", "fail"}

// wholeOf returns the counter of which m, which counts failures, is a part: the name
// without the word, or with requests in its place.
func wholeOf(m *schema.Metric, lookup Lookup) *schema.Metric {
	parts := strings.Split(m.Name, "_")
	i := slices.IndexFunc(parts, func(p string) bool { return slices.Contains(failureWords, p) })
	if i <= 0 {
		return nil
	}
	var candidates []string
	for _, put := range [][]string{nil, {"requests"}, {"request"}} {
		candidates = append(candidates, strings.Join(slices.Concat(parts[:i], put, parts[i+1:]), "_"))
	}
	candidates = append(candidates, strings.Join(slices.Concat(parts[:i-1], []string{plural(parts[i-1])}, parts[i+1:]), "_")) // queries of query_errors
	for _, c := range candidates {
		if w := lookup(c); w != nil && w.Type == schema.Counter && w != m && query.MetricUnit(w).Base == "" {
			return w
		}
	}
	return nil
}

// succeeded are parts of names of counters that count what went right, where one of failureWords
// stands in others.
var succeeded = []string{"completed", "succeeded", "success", "successes", "successful", "ok"}

// completed returns the counter that counts what did not fail, where m counts what did, and none
// counts both.
func completed(m *schema.Metric, lookup Lookup) *schema.Metric {
	parts := strings.Split(m.Name, "_")
	for i, p := range parts {
		if !slices.Contains(failureWords, p) {
			continue
		}
		for _, word := range succeeded {
			other := lookup(strings.Join(slices.Concat(parts[:i], []string{word}, parts[i+1:]), "_"))
			if other != nil && other.Type == schema.Counter && other.Unit == m.Unit && slices.Equal(labelNames(other), labelNames(m)) {
				return other
			}
		}
	}
	return nil
}

// plural returns a noun's plural.
func plural(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e") && !strings.HasSuffix(stem, "o") {
		return stem + "ies"
	}
	return noun + "s"
}

// wholes returns the groups of a counter and of those of its failures that another counts,
// where one line shows each, and marks them as taken.
func wholes(lookup Lookup, live []*schema.Metric, taken map[string]bool, n *namer) []siblingGroup {
	var groups []siblingGroup
	for _, m := range live {
		if m.Type != schema.Counter || taken[m.Name] {
			continue
		}
		w := wholeOf(m, lookup)
		if w == nil || taken[w.Name] || n.subsystem(w) != n.subsystem(m) {
			continue
		}
		of, _ := kept(w)
		by, _ := kept(m)
		if len(of)+len(by) > 0 {
			continue // lines of both would be too many to tell apart
		}
		word := "failed"
		for _, p := range strings.Split(m.Name, "_") {
			if slices.Contains(failureWords, p) {
				word = p
			}
		}
		groups = append(groups, siblingGroup{title: n.title(w) + ", " + word + " among them", metrics: []*schema.Metric{w, m}, roles: []string{"all", word}})
		taken[w.Name], taken[m.Name] = true, true
	}
	return groups
}

// outcomeLabels part a counter by how it ended.
var outcomeLabels = []string{"code", "outcome", "result", "status", "status_code"}

// statusLabels hold the status code of an answer where a metric says that it is of HTTP.
var statusLabels = []string{"code", "http_code", "http_response_status_code", "http_status", "http_status_code", "response_code", "status_code"}

// statusMatcher returns the matcher of the server's failures for a metric of HTTP whose status
// codes the source does not tell, "" for any other.
func statusMatcher(m *schema.Metric) string {
	if !hasPart(m, []string{"http", "https"}) {
		return ""
	}
	for _, l := range m.Labels {
		if slices.Contains(statusLabels, strings.ToLower(l.Name)) && l.Values == nil && !l.Optional {
			return l.Name + `=~"5.."`
		}
	}
	return ""
}

var badOutcome = regexp.MustCompile(`(?i)^(?:5\d\d|5xx|error|errors|err|fail|failed|failure|internal|timeout)$`)

// Outcome returns the label that tells how something ended and those of its values
// that are failures, where the source shows both failures and others.
func Outcome(m *schema.Metric) (label string, bad []string) {
	for _, l := range m.Labels {
		if !slices.Contains(outcomeLabels, strings.ToLower(l.Name)) || len(l.Values) < 2 {
			continue
		}
		for _, v := range l.Values {
			if badOutcome.MatchString(v) {
				bad = append(bad, v)
			}
		}
		if len(bad) > 0 && len(bad) < len(l.Values) {
			return l.Name, bad
		}
	}
	return "", nil
}
