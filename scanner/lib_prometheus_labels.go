package scanner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

// This file reads the labels of client_golang's families: lists of names, and maps of
// constant labels.

// A labelList is the variable labels of a family.
type labelList struct {
	labels  []schema.Label // in the order in which values are given for them
	ordered int            // how many of them, from the first, surely have that place
	open    []string       // those whose values are changed before they are exposed
}

// anyLabel says that there may be labels whose names are not known.
var anyLabel = schema.Label{Name: "*"}

// labelNames reads a list of label names.
func labelNames(c *Call, v Value) labelList {
	switch v.Kind {
	case Nil:
		return labelList{}
	case Choice:
		return labelChoice(c, v)
	case List:
		var l labelList
		for _, e := range v.Elems {
			l.add(c, e)
		}
		return l
	}
	c.UnresolvedLabels("label names of this metric cannot be told from the source", v, "give the label names as a []string literal or a variable assigned once")
	return labelList{labels: []schema.Label{anyLabel}}
}

// add reads one element of the list: a name, or a ConstrainedLabel.
func (l *labelList) add(c *Call, e Elem) {
	v := c.Elem(e)
	constrained := false
	if v.Kind == Struct {
		constraint, _ := c.Field(v, "Constraint")
		constrained = constraint.Kind != Nil
		v, _ = c.Field(v, "Name")
	}
	label := schema.Label{Name: plain(v), Optional: e.Optional}
	if label.Name == "" {
		c.UnresolvedLabels("a label name of this metric cannot be told from the source", v, "use constants for label names")
		label = anyLabel
	}
	if constrained {
		l.open = append(l.open, label.Name)
	}
	if l.ordered == len(l.labels) && !e.Optional {
		l.ordered++
	}
	l.labels = append(l.labels, label)
}

// labelChoice reads the lists that label names may be. Names that are not in each of
// them are optional, and no order is known.
func labelChoice(c *Call, v Value) labelList {
	count := map[string]int{}
	optional := map[string]bool{}
	for _, alt := range v.Alts {
		for _, l := range labelNames(c, alt).labels {
			count[l.Name]++
			optional[l.Name] = optional[l.Name] || l.Optional
		}
	}
	var l labelList
	for _, name := range slices.Sorted(maps.Keys(count)) {
		l.labels = append(l.labels, schema.Label{Name: name, Optional: optional[name] || count[name] < len(v.Alts)})
	}
	return l
}

// constants reads a map of constant labels. One whose value is known only at run time
// is, to whoever queries it, a label like any other.
func constants(c *Call, v Value) (known map[string]string, open []schema.Label) {
	switch {
	case v.Kind == Nil:
		return nil, nil
	case v.Kind != Map:
		return nil, []schema.Label{anyLabel}
	}
	known = map[string]string{}
	blurred := false // a key that is not known may be any of the others
	for _, e := range v.Elems {
		k, val := plain(c.Elem(*e.Key)), c.Elem(e)
		if _, twice := known[k]; k == "" || twice || e.Optional || plain(val) == "" || val.Default {
			open = append(open, schema.Label{Name: cmp.Or(k, anyLabel.Name), Optional: e.Optional && !twice})
			blurred = blurred || k == ""
			delete(known, k)
			continue
		}
		known[k] = val.Str
	}
	if blurred {
		for k := range known {
			open = append(open, schema.Label{Name: k})
		}
		known = nil
	}
	return known, uniqueLabels(open)
}

// uniqueLabels sorts labels and keeps one of each name.
func uniqueLabels(labels []schema.Label) []schema.Label {
	slices.SortStableFunc(labels, func(a, b schema.Label) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(labels, func(a, b schema.Label) bool { return a.Name == b.Name })
}
