package schema

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels,
// the rules before UTF-8 names.
var (
	classicName  = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	classicLabel = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
)

// The stability levels, the weakest promise first.
var stabilities = []string{"alpha", "beta", "stable"}

// A fault is one rule for entries that a metric breaks.
type fault struct {
	path []any         // keys and indexes that lead to it in the entry's JSON
	name bool          // a name is invalid
	msg  string        // as in a Finding
	hint string        // as in a Finding
	mend func(*Metric) // takes what is wrong away; nil: the metric can be no entry
}

// faults returns every rule for entries that m breaks.
func (m *Metric) faults() []fault {
	var all []fault
	for _, rule := range []func(*Metric) []fault{
		nameFaults, wordFaults, labelFaults, constLabelFaults, bucketFaults, nativeFaults, objectiveFaults, lifeFaults, aliasFaults,
	} {
		all = append(all, rule(m)...)
	}
	return all
}

func nameFaults(m *Metric) []fault {
	f := fault{path: []any{"name"}, name: true}
	stars := strings.Contains(m.Name, "*")
	switch {
	case !validName(m.Name):
		f.msg, f.hint = fmt.Sprintf("metric name %q is invalid", m.Name), "a name matches [a-zA-Z_:][a-zA-Z0-9_:]*"
	case stars && m.Certainty != Pattern:
		f.msg, f.hint = fmt.Sprintf("metric name %q holds * but is not said to be a pattern", m.Name), `only "certainty": "pattern" may hold *`
	case !stars && m.Certainty == Pattern:
		f.path, f.mend = []any{"certainty"}, func(m *Metric) { m.Certainty = Exact }
		f.msg, f.hint = fmt.Sprintf("metric name %q is said to be a pattern but holds no *", m.Name), `leave "certainty" out`
	default:
		return nil
	}
	return []fault{f}
}

// validName reports whether name is a classic metric name, or would be one with
// something put for its stars. A name of stars alone says nothing.
func validName(name string) bool {
	return strings.Trim(name, "*") != "" && classicName.MatchString(strings.ReplaceAll(name, "*", "_"))
}

func validLabel(name string) bool {
	return classicLabel.MatchString(strings.ReplaceAll(name, "*", "_")) && !strings.HasPrefix(name, "__")
}

// wordFaults are about keys that take one of a few words.
func wordFaults(m *Metric) []fault {
	var fs []fault
	word := func(key, value string, known []string, mend func(*Metric)) {
		if value != "" && !slices.Contains(known, value) {
			fs = append(fs, fault{
				path: []any{key}, mend: mend,
				msg:  fmt.Sprintf("metric %q: unknown %s %q", m.Name, key, value),
				hint: "one of " + strings.Join(known, ", "),
			})
		}
	}
	word("type", string(m.Type), typeNames(), func(m *Metric) { m.Type = "" })
	word("certainty", string(m.Certainty), []string{string(Default), string(Pattern)}, func(m *Metric) { m.Certainty = Exact })
	word("stability", m.Stability, stabilities, func(m *Metric) { m.Stability = "" })
	return fs
}

func typeNames() []string {
	names := make([]string, len(Types))
	for i, t := range Types {
		names[i] = string(t)
	}
	return names
}

const labelHint = "a label name matches [a-zA-Z_][a-zA-Z0-9_]* and does not begin with __, which is Prometheus' own"

func labelFaults(m *Metric) []fault {
	var fs []fault
	for i, l := range m.Labels {
		at := []any{"labels", i, "name"}
		if !validLabel(l.Name) {
			fs = append(fs, fault{path: at, name: true, msg: fmt.Sprintf("metric %q: label name %q is invalid", m.Name, l.Name), hint: labelHint})
		}
		if i > 0 && l.Name <= m.Labels[i-1].Name {
			fs = append(fs, fault{path: at, mend: dropTwins, msg: fmt.Sprintf("metric %q: label %s", m.Name, order(l.Name, m.Labels[i-1].Name))})
		}
		if _, both := m.ConstLabels[l.Name]; both {
			fs = append(fs, fault{
				path: at, mend: func(m *Metric) { delete(m.ConstLabels, l.Name) },
				msg: fmt.Sprintf("metric %q: label %q is a constant label, too", m.Name, l.Name),
			})
		}
		for j := 1; j < len(l.Values); j++ {
			if a, b := l.Values[j], l.Values[j-1]; a <= b {
				fs = append(fs, fault{
					path: []any{"labels", i, "values", j}, mend: dropTwins,
					msg: fmt.Sprintf("metric %q: label %q: value %s", m.Name, l.Name, order(a, b)),
				})
			}
		}
	}
	return fs
}

// order says what is wrong with a behind b.
func order(a, b string) string {
	if a == b {
		return fmt.Sprintf("%q stands twice", a)
	}
	return fmt.Sprintf("%q stands behind %q: sort them", a, b)
}

// dropTwins keeps the first of labels of one name, and of equal values.
func dropTwins(m *Metric) {
	slices.SortStableFunc(m.Labels, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
	m.Labels = slices.CompactFunc(m.Labels, func(a, b Label) bool { return a.Name == b.Name })
	for i := range m.Labels {
		slices.Sort(m.Labels[i].Values)
		m.Labels[i].Values = slices.Compact(m.Labels[i].Values)
	}
}

func constLabelFaults(m *Metric) []fault {
	var fs []fault
	for name := range m.ConstLabels {
		if !validLabel(name) || strings.Contains(name, "*") {
			fs = append(fs, fault{path: []any{"const_labels", name}, name: true, msg: fmt.Sprintf("metric %q: constant label name %q is invalid", m.Name, name), hint: labelHint})
		}
	}
	return fs
}

func bucketFaults(m *Metric) []fault {
	for i, b := range m.Buckets {
		if finite(b) && (i == 0 || b > m.Buckets[i-1]) {
			continue
		}
		return []fault{{
			path: []any{"buckets", i}, mend: func(m *Metric) { m.Buckets = nil },
			msg:  fmt.Sprintf("metric %q: bucket bounds do not ascend at %v", m.Name, b),
			hint: "registration panics on bounds that do not ascend",
		}}
	}
	return nil
}

func nativeFaults(m *Metric) []fault {
	if m.Native == nil || m.Native.BucketFactor == 0 || finite(m.Native.BucketFactor) && m.Native.BucketFactor > 1 {
		return nil
	}
	return []fault{{
		path: []any{"native", "bucket_factor"}, mend: func(m *Metric) { m.Native = nil },
		msg:  fmt.Sprintf("metric %q: bucket factor %v makes no native histogram", m.Name, m.Native.BucketFactor),
		hint: "a factor is greater than 1",
	}}
}

func objectiveFaults(m *Metric) []fault {
	for i, o := range m.Objectives {
		f := fault{path: []any{"objectives", i}, mend: func(m *Metric) { m.Objectives = nil }}
		switch {
		case !(o.Quantile >= 0 && o.Quantile <= 1):
			f.msg, f.hint = fmt.Sprintf("metric %q: quantile %v is no quantile", m.Name, o.Quantile), "a quantile is 0 to 1"
		case !finite(o.Error):
			f.msg = fmt.Sprintf("metric %q: error %v of quantile %v is no number", m.Name, o.Error, o.Quantile)
		case i > 0 && o.Quantile <= m.Objectives[i-1].Quantile:
			f.msg = fmt.Sprintf("metric %q: quantiles do not ascend at %v", m.Name, o.Quantile)
		default:
			continue
		}
		return []fault{f}
	}
	return nil
}

func lifeFaults(m *Metric) []fault {
	var fs []fault
	if m.RemovedIn != "" && !m.Deprecated {
		fs = append(fs, fault{
			path: []any{"removed_in"}, mend: func(m *Metric) { m.Deprecated = true },
			msg:  fmt.Sprintf("metric %q is removed but not deprecated", m.Name),
			hint: `add "deprecated": true`,
		})
	}
	if m.ReplacedBy != "" && !validName(m.ReplacedBy) {
		fs = append(fs, fault{
			path: []any{"replaced_by"}, mend: func(m *Metric) { m.ReplacedBy = "" },
			msg:  fmt.Sprintf("metric %q: %q, which replaces it, is no metric name", m.Name, m.ReplacedBy),
			hint: "name one metric; further words belong into the note",
		})
	}
	if _, err := time.Parse(time.DateOnly, m.RemoveAfter); m.RemoveAfter != "" && err != nil {
		fs = append(fs, fault{
			path: []any{"remove_after"}, mend: func(m *Metric) { m.RemoveAfter = "" },
			msg:  fmt.Sprintf("metric %q: %q is no date", m.Name, m.RemoveAfter),
			hint: "write it as YYYY-MM-DD",
		})
	}
	return fs
}

func aliasFaults(m *Metric) []fault {
	for i, name := range m.Aliases {
		f := fault{path: []any{"aliases", i}, mend: func(m *Metric) { m.Aliases = nil }}
		switch {
		case !validName(name) || strings.Contains(name, "*"):
			f.msg, f.hint = fmt.Sprintf("metric %q: alias %q is no metric name", m.Name, name), "a name matches [a-zA-Z_:][a-zA-Z0-9_:]*"
		case name == m.Name:
			f.msg = fmt.Sprintf("metric %q is an alias of itself", m.Name)
		case i > 0 && name <= m.Aliases[i-1]:
			f.msg = fmt.Sprintf("metric %q: alias %s", m.Name, order(name, m.Aliases[i-1]))
		default:
			continue
		}
		return []fault{f}
	}
	return nil
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// matches reports whether name fits pattern, whose stars stand for any run of
// characters, the empty one among them.
func matches(pattern, name string) bool {
	ok, _ := path.Match(pattern, name) // names hold no other character that path.Match knows
	return ok && strings.Contains(pattern, "*")
}
