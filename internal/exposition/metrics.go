package exposition

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// Unite makes one list of the families of several expositions, sorted by name: of several
// instances, or of one instance at several times. What the first does not say comes from a
// later one. Series are counted where there are most: each instance has its own.
func Unite(expositions ...[]*Family) []*Family {
	byName := map[string]*Family{}
	for _, families := range expositions {
		for _, f := range families {
			if known := byName[f.Name]; known != nil {
				known.unite(f)
				continue
			}
			c := *f
			c.Labels = slices.Clone(f.Labels)
			byName[f.Name] = &c
		}
	}
	var all []*Family
	for _, name := range sortedKeys(byName) {
		all = append(all, byName[name])
	}
	return all
}

func (f *Family) unite(o *Family) {
	f.Help, f.Unit = or(f.Help, o.Help), or(f.Unit, o.Unit)
	f.Type = or(f.Type, o.Type)
	f.Native = f.Native || o.Native
	f.Buckets, f.Quantiles = union(f.Buckets, o.Buckets), union(f.Quantiles, o.Quantiles)
	f.Labels = uniteLabels(f, o)
	f.Series = max(f.Series, o.Series)
}

// uniteLabels returns the labels of both. One that the other family's series do not carry is
// optional.
func uniteLabels(f, o *Family) []Label {
	all := map[string]Label{}
	for _, pair := range [][2]*Family{{f, o}, {o, f}} {
		for _, l := range pair[0].Labels {
			known, both := all[l.Name]
			if both {
				l.Values, l.More = union(known.Values, l.Values), known.More || l.More
				l.Optional = known.Optional || l.Optional
			} else {
				l.Optional = l.Optional || pair[1].Series > 0 && pair[1].label(l.Name) == nil
			}
			all[l.Name] = l
		}
	}
	var list []Label
	for _, name := range sortedKeys(all) {
		list = append(list, all[name])
	}
	return list
}

// label returns the label of that name, or nil.
func (f *Family) label(name string) *Label {
	i := slices.IndexFunc(f.Labels, func(l Label) bool { return l.Name == name })
	if i < 0 {
		return nil
	}
	return &f.Labels[i]
}

func or[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

// union returns the values of both lists, sorted; nil for none.
func union[T interface{ ~string | ~float64 }](a, b []T) []T {
	all := slices.Concat(a, b)
	slices.Sort(all)
	if len(all) == 0 {
		return nil
	}
	return slices.Compact(all)
}

// Metrics makes definitions of what was exposed, for a program whose source is not read:
// one for each family, in the order of names. Label values stay open, because what was not
// exposed yet may still come, and a label that some series lack is optional. What the
// exposition does not say, such as a type or unit, is not made up; a unit is told from the
// name as schema.UnitOf does.
func Metrics(families []*Family) []*schema.Metric {
	var all []*schema.Metric
	for _, f := range families {
		m := &schema.Metric{
			Name: f.Name, Type: f.Type, Help: strings.TrimSpace(f.Help), Unit: f.Unit, Pos: f.Pos,
			Buckets: slices.Clone(f.Buckets),
		}
		if m.Type == "" {
			m.Type = schema.Untyped
		}
		if f.Native {
			m.Native = &schema.Native{}
		}
		for _, q := range f.Quantiles {
			m.Objectives = append(m.Objectives, schema.Objective{Quantile: q})
		}
		for _, l := range f.Labels {
			m.Labels = append(m.Labels, schema.Label{Name: l.Name, Optional: l.Optional})
		}
		if m.Unit == "" {
			m.Unit = schema.UnitOf(m)
		}
		all = append(all, m)
	}
	return all
}
