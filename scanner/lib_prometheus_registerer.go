package scanner

import (
	"maps"
	"slices"
	"strings"
)

// This file follows what client_golang's registerers, and wrapped collectors, add to
// the names and labels of what is registered with them.

// registered records what the registerer adds to the metrics that it is given,
// directly or as parts of a collector.
func registered(c *Call) {
	wraps := []Wrap{{}}
	if strings.HasPrefix(c.Name, "(") {
		wraps = c.wraps(c.Receiver())
	}
	args, _ := c.Rest(0)
	for _, a := range args {
		register1(c, a, wraps, 0)
	}
}

// maxParts bounds how deep the parts of a collector are followed.
const maxParts = 3

// register1 records that what v holds is registered with wraps: a metric, a wrapped
// collector, or a collector of the packages read with its fields and methods.
func register1(c *Call, v Value, wraps []Wrap, depth int) {
	for _, d := range c.Definitions(v) {
		d.Registered(c, wraps)
	}
	v.each(func(v Value) {
		if inner := c.Inner(v); inner != nil && strings.HasPrefix(inner.Name, prom+".WrapCollectorWith") {
			register1(inner, inner.Arg(1), wrapped(inner, wraps), depth)
		}
		if v.Kind == Opaque || depth > maxParts {
			return
		}
		for _, d := range c.Within(v.Type, "Describe", "Collect") {
			d.Registered(c, wraps)
		}
		for _, name := range slices.Sorted(maps.Keys(v.Fields)) {
			register1(c, c.Elem(v.Fields[name]), wraps, depth+1)
		}
		for _, e := range v.Elems {
			register1(c, c.Elem(e), wraps, depth+1)
		}
	})
}

// wraps returns what a registerer adds: one Wrap for each that v may be. One that is
// not known is taken to add nothing.
func (c *Call) wraps(v Value) []Wrap {
	var out []Wrap
	v.each(func(v Value) {
		inner := c.Inner(v)
		if inner != nil && strings.HasPrefix(inner.Name, prom+".WrapRegistererWith") {
			out = append(out, wrapped(inner, inner.wraps(inner.Arg(1)))...)
			return
		}
		out = append(out, Wrap{})
	})
	return out
}

// wrapped returns what WrapRegistererWith and its like add beside what outer adds.
func wrapped(c *Call, outer []Wrap) []Wrap {
	var out []Wrap
	for _, w := range outer {
		if strings.HasSuffix(c.Name, "Prefix") {
			for _, p := range c.Arg(0).symbolic() {
				out = append(out, Wrap{Prefix: w.Prefix + p, Labels: w.Labels, Open: w.Open})
			}
			continue
		}
		known, open := constants(c, c.Arg(0))
		out = append(out, Wrap{Prefix: w.Prefix, Labels: merged(known, w.Labels), Open: slices.Concat(open, w.Open)})
	}
	return out
}
