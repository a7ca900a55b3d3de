package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

// This file holds what the checks share that know how a finding is surely mended.

// edit returns the edit that replaces a word of the expression, which begins at offset;
// nothing where that does not stand in a file, or not as it is read: behind an escape, or
// filled in by Jsonnet.
func (q *Query) edit(offset int, old, with string) []schema.Edit {
	if !strings.HasPrefix(q.Expr[offset:], old) || len(q.Expr) > 1 && q.At(0) == q.At(1) {
		return nil
	}
	return edit(func(i int) schema.Pos { return q.At(offset + i) }, old, with)
}

// edit returns the edit that replaces old, whose bytes stand where at says. What is written
// instead must need no escape in any kind of file.
func edit(at func(offset int) schema.Pos, old, with string) []schema.Edit {
	pos := at(0)
	if pos.Line == 0 || pos.Col == 0 || with == "" || strings.ContainsFunc(with, func(r rune) bool { return !strings.ContainsRune("_:=~!", r) && !(r < 0x80 && isAlnum(byte(r))) }) {
		return nil
	}
	for i := range len(old) {
		want := pos
		want.Col += i
		if at(i) != want {
			return nil
		}
	}
	return []schema.Edit{{Pos: pos, Old: old, New: with}}
}

// rename returns the edits that put another name in every selector of a series; nothing
// where one names it by a matcher on __name__.
func (q *Query) rename(series, with string) []schema.Edit {
	var edits []schema.Edit
	for _, s := range query.Selectors(q.Tree) {
		if s.Name != series {
			continue
		}
		one := q.edit(s.Offset, series, with)
		if one == nil {
			return nil
		}
		edits = append(edits, one...)
	}
	return edits
}

// renameLabel returns the edits that put the label in a misspelt one's place, in a node's own
// text; nothing where the node names that already.
func (q *Query) renameLabel(n parser.Node, name string, named []string, sets ...query.Labels) []schema.Edit {
	known, _ := labelsOf(sets...)
	with := meant(name, known)
	if slices.Contains(named, with) {
		return nil
	}
	return q.edit(int(q.Inferred.Where(n, name).Start), name, with)
}

// matched returns the labels that a selector's matchers name.
func matched(vs *parser.VectorSelector) []string {
	var names []string
	for _, m := range vs.LabelMatchers {
		names = append(names, m.Name)
	}
	return names
}

// meant returns the one word that a misspelt one must stand for: one edit away, and no
// other is near. Words that differ in a number are no misspellings, v1 and v2, and of a
// word of three letters one that is wrong leaves too little to tell.
func meant(word string, known []string) string {
	near := source.Near(word, known)
	if len(word) < 4 || len(near) != 1 || source.Distance(word, near[0], 1) != 1 || withoutDigits(word) == withoutDigits(near[0]) {
		return ""
	}
	return near[0]
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, s)
}

// successor returns the name of the series that replaces one of a metric that is deprecated
// or gone, where queries may be on that instead without another change: it is of the same
// type and unit, with the same labels and buckets. Else it is empty.
func (n *names) successor(m *schema.Metric, series string) string {
	to := n.schema.Lookup(m.ReplacedBy)
	suffix, ok := strings.CutPrefix(series, m.Name)
	if to == nil || !ok || !to.Live() || to.Certainty != schema.Exact || !slices.Contains(n.living, to.Name+suffix) {
		return ""
	}
	same := to.Type == m.Type && to.Unit == m.Unit && slices.EqualFunc(to.Labels, m.Labels, fits) && maps.Equal(to.ConstLabels, m.ConstLabels) &&
		slices.Equal(to.Buckets, m.Buckets) && slices.Equal(to.Objectives, m.Objectives) && (to.Native == nil) == (m.Native == nil)
	if !same {
		return ""
	}
	return to.Name + suffix
}

// fits reports whether matchers on a label may be on another one instead: it has its values,
// too.
func fits(to, from schema.Label) bool {
	lacks := func(v string) bool { return !slices.Contains(to.Values, v) }
	return to.Name == from.Name && to.Optional == from.Optional && !strings.Contains(to.Name, "*") &&
		(to.Values == nil || from.Values != nil && !slices.ContainsFunc(from.Values, lacks))
}
