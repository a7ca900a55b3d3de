package scanner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file makes metrics of definitions.

// metrics returns the families that a definition stands for: one for each way in which
// it is registered.
func (s *scan) metrics(d *Definition) []*schema.Metric {
	at := s.said(d.site, d.env)
	if !s.prog.report[at.pkg] {
		return nil
	}
	base := *d.Metric
	base.Package, base.Symbol = at.pkg.PkgPath, at.holder.symbol
	base.Pos = s.pos(at.call.Pos())
	if at.pkg.Module != nil {
		base.Module = at.pkg.Module.Path
	}
	if base.Type = d.typ(); base.Type == "" {
		base.Type, base.Untold = schema.Untyped, append(slices.Clone(base.Untold), "type")
	}
	base.Labels = d.labels()
	base.Conditional, base.Initialised, base.Exemplars = s.conditional(d), d.made && len(base.Labels) > 0, d.exemplars
	s.annotate(&base, s.beside(d, at))
	var out []*schema.Metric
	for _, w := range d.wraps() {
		m := base
		if w.Configured {
			m.Certainty = schema.Default
		}
		m.Labels = slices.Clone(base.Labels)
		name := collapse(w.Prefix + d.name)
		if !s.named(&m, name, at, d) {
			return nil
		}
		if len(w.Labels) > 0 {
			m.ConstLabels = merged(w.Labels, m.ConstLabels)
		}
		m.Labels = append(m.Labels, w.Open...)
		m.Registered = d.meets(s, w)
		if m.Unit == "" {
			m.Unit = schema.UnitOf(&m)
		}
		m.How = s.provenance(d, w, name)
		out = append(out, &m)
	}
	return out
}

// named sets the metric's name and certainty. A name with nothing fixed before what is
// not known would match anybody's metrics: it is a finding.
func (s *scan) named(m *schema.Metric, name string, at *site, d *Definition) bool {
	m.Name = strings.ReplaceAll(name, Hole, "*")
	if !hasHole(name) {
		return true
	}
	m.Certainty = schema.Pattern
	if fixed, _, _ := strings.Cut(name, Hole); strings.Trim(fixed, "_") != "" {
		return true
	}
	s.unnamed(at, m.Type, d)
	return false
}

func (d *Definition) typ() schema.Type {
	switch {
	case d.Metric.Type != "":
		return d.Metric.Type
	case len(d.Types) == 0:
		return only(d.MayTypes)
	}
	return only(d.Types)
}

// only returns the one type in a set, or "" where there is not one.
func only(types map[schema.Type]bool) schema.Type {
	if len(types) == 1 {
		for t := range types {
			return t
		}
	}
	return ""
}

// labels returns the variable labels with the values that were seen.
func (d *Definition) labels() []schema.Label {
	labels := slices.Clone(d.Metric.Labels)
	for i := range labels {
		set := d.vals[labels[i].Name]
		if set == nil || set.open || len(set.seen) == 0 {
			continue
		}
		for v := range set.seen {
			labels[i].Values = append(labels[i].Values, v)
		}
		slices.Sort(labels[i].Values)
	}
	slices.SortFunc(labels, func(a, b schema.Label) int { return strings.Compare(a.Name, b.Name) })
	return labels
}

// wraps returns the ways in which the definition is registered: in its own context
// where that is known, else in any.
func (d *Definition) wraps() []Wrap {
	var ws []Wrap
	for _, r := range d.regs {
		if r.env.compatible(d.env) {
			ws = append(ws, r.wraps...)
		}
	}
	if len(ws) == 0 {
		return []Wrap{{}}
	}
	slices.SortFunc(ws, func(a, b Wrap) int {
		return cmp.Or(cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(fmt.Sprint(a.Labels), fmt.Sprint(b.Labels)))
	})
	return slices.CompactFunc(ws, Wrap.same)
}

// same reports whether two wraps add the same.
func (w Wrap) same(other Wrap) bool {
	return w.Prefix == other.Prefix && fmt.Sprint(w.Labels) == fmt.Sprint(other.Labels)
}

func merged(ms ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range ms {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}
