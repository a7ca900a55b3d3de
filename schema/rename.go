package schema

import (
	"cmp"
	"slices"
	"strings"
)

// This file finds out which metrics were renamed.

// A Rename is a metric that is gone and one that is new, and that are the same.
type Rename struct {
	Old, New *Metric
	Certain  bool    // the symbol in the source, or a person, says so
	Score    float64 // of a guess: 0 to 1
}

// Renames returns the metrics of old that have another name in new, sorted by the old
// one. It is certain where a tombstone in new names a metric as its replacement that old
// does not have, and where one Go symbol holds exactly one metric of a type, in both.
// Else two metrics are compared by unit, labels, help, name and place, and each has at
// most one counterpart, for somebody to decide (heuristic).
func Renames(old, new *Schema) []Rename {
	old, new = orEmpty(old), orEmpty(new)
	gone := slices.DeleteFunc(living(old), func(m *Metric) bool { return lookupLiving(new, m.Name) != nil })
	come := slices.DeleteFunc(living(new), func(m *Metric) bool { return lookupLiving(old, m.Name) != nil })
	all := accepted(gone, come, new)
	gone, come = without(gone, come, all)
	all = append(all, bySymbol(gone, come, old, new)...)
	gone, come = without(gone, come, all)
	all = append(all, scored(gone, come)...)
	slices.SortFunc(all, func(a, b Rename) int { return cmp.Compare(a.Old.Name, b.Old.Name) })
	return all
}

// without returns what is in no rename yet.
func without(gone, come []*Metric, renames []Rename) (stillGone, stillCome []*Metric) {
	stillGone = slices.DeleteFunc(slices.Clone(gone), func(m *Metric) bool {
		return slices.ContainsFunc(renames, func(r Rename) bool { return r.Old == m })
	})
	stillCome = slices.DeleteFunc(slices.Clone(come), func(m *Metric) bool {
		return slices.ContainsFunc(renames, func(r Rename) bool { return r.New == m })
	})
	return stillGone, stillCome
}

// accepted returns the renames that the new schema says by itself.
func accepted(gone, come []*Metric, new *Schema) []Rename {
	var all []Rename
	for _, o := range gone {
		tomb := new.Lookup(o.Name)
		if tomb == nil || tomb.ReplacedBy == "" {
			continue
		}
		for _, n := range come {
			if n.Name == tomb.ReplacedBy && !slices.ContainsFunc(all, func(r Rename) bool { return r.New == n }) {
				all = append(all, Rename{Old: o, New: n, Certain: true, Score: 1})
			}
		}
	}
	return all
}

// An identity is what survives a rename.
type identity struct {
	pkg, symbol string
	typ         Type
}

// bySymbol returns the renames that symbols tell. One that holds several metrics, as a
// function does that makes them all, tells none.
func bySymbol(gone, come []*Metric, old, new *Schema) []Rename {
	only := func(list []*Metric, all *Schema) map[identity]*Metric {
		count := map[identity]int{}
		for _, m := range living(all) {
			count[identity{m.Package, m.Symbol, m.Type}]++
		}
		found := map[identity]*Metric{}
		for _, m := range list {
			if id := (identity{m.Package, m.Symbol, m.Type}); m.Package != "" && m.Symbol != "" && count[id] == 1 {
				found[id] = m
			}
		}
		return found
	}
	before, after := only(gone, old), only(come, new)
	var all []Rename
	for id, o := range before {
		if n := after[id]; n != nil {
			all = append(all, Rename{Old: o, New: n, Certain: true, Score: 1})
		}
	}
	return all
}

// minScore is the least that two metrics have in common where one may be the other.
const minScore = 0.65

// scored returns the best counterparts, the best first.
func scored(gone, come []*Metric) []Rename {
	var pairs []Rename
	for _, o := range gone {
		for _, n := range come {
			if s := likeness(o, n); s >= minScore {
				pairs = append(pairs, Rename{Old: o, New: n, Score: s})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b Rename) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Old.Name, b.Old.Name), cmp.Compare(a.New.Name, b.New.Name))
	})
	var all []Rename
	for _, p := range pairs {
		if !slices.ContainsFunc(all, func(r Rename) bool { return r.Old == p.Old || r.New == p.New }) {
			all = append(all, p)
		}
	}
	return all
}

// likeness says how much two metrics have in common, from 0 to 1. Metrics of two types
// have nothing.
func likeness(a, b *Metric) float64 {
	if a.Type != b.Type && a.Type != "" && b.Type != "" {
		return 0
	}
	score := 0.3*shared(words(a.Name), words(b.Name)) + 0.3*shared(words(a.Help), words(b.Help)) + 0.2*shared(labelNames(a), labelNames(b))
	for _, same := range []bool{a.Unit == b.Unit, a.Package == b.Package, a.Symbol == b.Symbol && a.Symbol != ""} {
		if same {
			score += 0.2 / 3
		}
	}
	return score
}

// words returns the words of a name or a text.
func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') })
}

// shared returns how much of two sets is in both: twice that by the size of the two.
func shared(a, b []string) float64 {
	a, b = set(a), set(b)
	if len(a)+len(b) == 0 {
		return 1
	}
	both := 0
	for _, x := range a {
		if slices.Contains(b, x) {
			both++
		}
	}
	return 2 * float64(both) / float64(len(a)+len(b))
}

// set returns list sorted, without repeats; nil for an empty one.
func set(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
