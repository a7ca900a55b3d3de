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
	wraps := []Wrap{{registry: prom + ".DefaultRegisterer"}}
	if strings.HasPrefix(c.Name, "(") {
		wraps = c.wraps(c.Receiver())
	}
	args, known := c.Rest(0)
	for _, a := range args {
		if found := register1(c, a, wraps, 0); !found && a.Kind != Opaque && a.Kind != Nil {
			known = false
		}
	}
	if !known && slices.ContainsFunc(wraps, Wrap.adds) {
		c.Unresolved("what is registered here under a prefix or labels cannot be told", Value{}, "register the metrics by the variables or fields that hold them")
	}
}

// adds reports whether the wrap changes what is registered.
func (w Wrap) adds() bool { return w.Prefix != "" || len(w.Labels)+len(w.Open) > 0 }

// maxParts bounds how deep the parts of a collector are followed.
const maxParts = 3

// register1 records that what v holds is registered with wraps: a metric, a wrapped
// collector, or a collector of the packages read with its fields and methods. It reports
// whether there is any.
func register1(c *Call, v Value, wraps []Wrap, depth int) (found bool) {
	add := func(defs []*Definition, whole bool) {
		for _, d := range defs {
			d.Registered(c, wraps, whole)
			found = true
		}
	}
	add(c.Definitions(v), depth == 0 && v.Kind == Opaque)
	v.each(func(v Value) {
		inner := c.Inner(v)
		if inner != nil && strings.HasPrefix(inner.Name, prom+".WrapCollectorWith") {
			found = register1(inner, inner.Arg(1), wrapped(inner, wraps), depth) || found
		}
		if inner != nil && (inner.Name == prom+".NewExpvarCollector" || inner.Name == prom+"/collectors.NewExpvarCollector") {
			found = register1(c, inner.Arg(0), wraps, depth+1) || found
		}
		if v.Kind == Opaque || depth > maxParts {
			return
		}
		add(c.Within(v.Type, "Describe", "Collect"), false)
		for _, name := range slices.Sorted(maps.Keys(v.Fields)) {
			found = register1(c, c.Elem(v.Fields[name]), wraps, depth+1) || found
		}
		for _, e := range v.Elems {
			found = register1(c, c.Elem(e), wraps, depth+1) || found
		}
	})
	return found
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
		out = append(out, Wrap{registry: v.Callee, made: c.scan.madeBy(v)})
	})
	return out
}

// wrapped returns what WrapRegistererWith and its like add beside what outer adds.
func wrapped(c *Call, outer []Wrap) []Wrap {
	var out []Wrap
	for _, w := range outer {
		if strings.HasSuffix(c.Name, "Prefix") {
			for _, p := range c.Arg(0).texts() {
				out = append(out, Wrap{Prefix: w.Prefix + p.str, Configured: w.Configured || p.configured, Labels: w.Labels, Open: w.Open, registry: w.registry, made: w.made, from: c.prefixed(w.from, p.str)})
			}
			continue
		}
		known, open := constants(c, c.Arg(0))
		out = append(out, Wrap{Prefix: w.Prefix, Configured: w.Configured, Labels: merged(known, w.Labels), Open: slices.Concat(open, w.Open), registry: w.registry, made: w.made, from: w.from})
	}
	return out
}
