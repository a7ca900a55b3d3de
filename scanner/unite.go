package scanner

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file makes one of what several platforms, or several ways of reaching a call,
// say of one family.

// unite sorts metrics by position and name, and makes one of those that one place
// defines with one name and type. What they say differently is as wide as all of them:
// a label that is not in each is optional, buckets and a help that differ are not told.
func unite(metrics []*schema.Metric) []*schema.Metric {
	tellTypes(metrics)
	slices.SortStableFunc(metrics, func(a, b *schema.Metric) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	var out []*schema.Metric
	for _, m := range metrics {
		if n := len(out); n > 0 && out[n-1].Pos == m.Pos && out[n-1].Name == m.Name && out[n-1].Type == m.Type {
			join(out[n-1], m)
			continue
		}
		out = append(out, m)
	}
	return slices.DeleteFunc(slices.Clone(out), func(m *schema.Metric) bool {
		return slices.ContainsFunc(out, func(wider *schema.Metric) bool { return covers(wider, m) })
	})
}

// tellTypes gives what is told no type the one that the same place is told otherwise: that
// of a descriptor which is described, too.
func tellTypes(metrics []*schema.Metric) {
	type family struct {
		pos  schema.Pos
		name string
	}
	told := map[family]map[schema.Type]bool{}
	untold := func(m *schema.Metric) bool { return slices.Contains(m.Untold, "type") }
	for _, m := range metrics {
		if f := (family{m.Pos, m.Name}); !untold(m) {
			if told[f] == nil {
				told[f] = map[schema.Type]bool{}
			}
			told[f][m.Type] = true
		}
	}
	for _, m := range metrics {
		if t := only(told[family{m.Pos, m.Name}]); t != "" && untold(m) {
			m.Type = t
			m.Untold = slices.DeleteFunc(slices.Clone(m.Untold), func(key string) bool { return key == "type" })
		}
	}
}

// covers reports whether a pattern matches all that another of the same place does: the
// other says nothing more.
func covers(wider, m *schema.Metric) bool {
	if wider.Certainty != schema.Pattern || m.Certainty != schema.Pattern || wider == m || wider.Pos != m.Pos || wider.Type != m.Type {
		return false
	}
	ok, err := path.Match(wider.Name, m.Name)
	return ok && err == nil
}

// join widens m by what d says.
func join(m, d *schema.Metric) {
	m.How = append(m.How, d.How...)
	m.Conditional = m.Conditional && d.Conditional // the other branch has it, too
	ms, ds := constLabelsOf(m), constLabelsOf(d)
	labels := map[string][]schema.Label{}
	for _, l := range slices.Concat(m.Labels, ms, d.Labels, ds) {
		labels[l.Name] = append(labels[l.Name], l)
	}
	m.Labels = nil
	constant := map[string]string{}
	for name, both := range labels {
		l := joinLabels(both)
		if v, ok := m.ConstLabels[name]; ok && len(both) == 2 && d.ConstLabels[name] == v && len(l.Values) == 1 {
			constant[name] = v
			continue
		}
		m.Labels = append(m.Labels, l)
	}
	slices.SortFunc(m.Labels, func(a, b schema.Label) int { return strings.Compare(a.Name, b.Name) })
	m.ConstLabels = constant
	if d.Certainty == schema.Exact {
		m.Certainty = schema.Exact
	}
	if m.Help != d.Help {
		m.Help = ""
		m.Untold = append(m.Untold, "help")
	}
	if !slices.Equal(m.Buckets, d.Buckets) {
		m.Buckets = nil
	}
	if !slices.Equal(m.Objectives, d.Objectives) {
		m.Objectives = nil
	}
}

// constLabelsOf returns the constant labels as labels with one value.
func constLabelsOf(m *schema.Metric) []schema.Label {
	var labels []schema.Label
	for name, v := range m.ConstLabels {
		labels = append(labels, schema.Label{Name: name, Values: []string{v}})
	}
	return labels
}

// joinLabels makes one of the label of that name in one definition, or in both.
func joinLabels(both []schema.Label) schema.Label {
	l := both[0]
	if len(both) == 1 {
		l.Optional = true
		return l
	}
	for _, other := range both[1:] {
		l.Optional = l.Optional || other.Optional
		if l.Values == nil || other.Values == nil {
			l.Values = nil
			continue
		}
		l.Values = slices.Compact(slices.Sorted(slices.Values(slices.Concat(l.Values, other.Values))))
	}
	return l
}
