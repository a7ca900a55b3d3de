package schema

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Change is one difference between what two schemas promise. Compatible means that
// what was written against the old one still finds what it asks for and still means
// the same, whatever the metric's stability is; who is hit is not asked.
type Change struct {
	Metric     string // the name; of a renamed metric the old one
	Kind       string // one of the kinds that Diff lists
	Message    string // as in a Finding, without the metric's name
	Compatible bool
	Old, New   *Metric // nil where it is added or removed
}

// String returns the change on one line.
func (c Change) String() string {
	if c.Compatible {
		return fmt.Sprintf("%s: %s", c.Metric, c.Message)
	}
	return fmt.Sprintf("%s: %s (incompatible)", c.Metric, c.Message)
}

// Diff returns what differs between the metrics of two schemas, sorted by metric, kind
// and message. Tombstones count as absent. The kinds, and what is incompatible:
//
//	added          never
//	removed        unless the metric was deprecated
//	renamed        unless the metric was deprecated
//	type, unit     changed, or not told any more
//	certainty      a name that was exact depends on configuration
//	label-added    always: matching with other series one to one ends
//	label-removed  always
//	label-values   a value of a closed set is gone
//	label-optional a label that all series had is missing on some
//	const-labels   another value
//	buckets        a bound is gone, or they are not told any more
//	native         no native histogram any more
//	objectives     a quantile is gone
//	stability      lowered
//	help, deprecated, moved, annotation: never
//
// In short: to tell more is compatible, to tell less or otherwise is not. A metric is
// renamed, rather than removed and added, where exactly one metric gone and one new
// share package, symbol and type; what else differs between the two follows under the
// old name.
func Diff(old, new *Schema) []Change {
	old, new = orEmpty(old), orEmpty(new)
	d := &differ{}
	renamed := renames(old, new)
	successors := map[string]bool{}
	for _, o := range living(old) {
		n := lookupLiving(new, o.Name)
		if to := renamed[o.Name]; to != "" {
			successors[to] = true
			n = new.Lookup(to)
		}
		d.metric(o, n)
	}
	for _, n := range living(new) {
		if !successors[n.Name] && lookupLiving(old, n.Name) == nil {
			d.metric(nil, n)
		}
	}
	slices.SortFunc(d.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message))
	})
	return d.changes
}

// living returns the entries of s that are no tombstones.
func living(s *Schema) []*Metric {
	return slices.DeleteFunc(slices.Clone(s.Metrics), func(m *Metric) bool { return m.RemovedIn != "" })
}

func lookupLiving(s *Schema, name string) *Metric {
	if m := s.Lookup(name); m != nil && m.RemovedIn == "" {
		return m
	}
	return nil
}

// renames returns the new name of each metric of old that was certainly renamed.
func renames(old, new *Schema) map[string]string {
	type identity struct {
		pkg, symbol string
		typ         Type
	}
	without := func(a, b *Schema) map[identity][]string {
		names := map[identity][]string{}
		for _, m := range living(a) {
			if m.Package != "" && m.Symbol != "" && lookupLiving(b, m.Name) == nil {
				id := identity{m.Package, m.Symbol, m.Type}
				names[id] = append(names[id], m.Name)
			}
		}
		return names
	}
	gone, come := without(old, new), without(new, old)
	to := map[string]string{}
	for id, names := range gone {
		if len(names) == 1 && len(come[id]) == 1 {
			to[names[0]] = come[id][0]
		}
	}
	return to
}

// A differ collects the changes between metrics.
type differ struct {
	old, new *Metric
	changes  []Change
}

func (d *differ) report(kind string, compatible bool, format string, args ...any) {
	d.changes = append(d.changes, Change{
		Metric: cmp.Or(d.old, d.new).Name, Kind: kind, Message: fmt.Sprintf(format, args...), Compatible: compatible, Old: d.old, New: d.new,
	})
}

// metric compares one metric with what became of it.
func (d *differ) metric(old, new *Metric) {
	d.old, d.new = old, new
	switch {
	case old == nil:
		d.report("added", true, "added")
		return
	case new == nil && old.Deprecated:
		d.report("removed", true, "removed, having been deprecated%s", deprecation(old))
		return
	case new == nil:
		d.report("removed", false, "removed")
		return
	case old.Name != new.Name:
		d.report("renamed", old.Deprecated, "renamed to %q", new.Name)
	}
	d.word("certainty", "certainty", cmp.Or(string(old.Certainty), "exact"), cmp.Or(string(new.Certainty), "exact"), new.Certainty == Exact)
	d.word("type", "type", string(old.Type), string(new.Type), old.Type == "")
	d.word("unit", "unit", old.Unit, new.Unit, old.Unit == "")
	d.word("help", "help", old.Help, new.Help, true)
	d.labels()
	d.buckets()
	d.native()
	d.objectives()
	d.word("stability", "stability", old.Stability, new.Stability,
		slices.Index(stabilities, old.Stability) < slices.Index(stabilities, new.Stability))
	d.deprecation()
	d.word("moved", "package", old.Package, new.Package, true)
	d.word("moved", "symbol", old.Symbol, new.Symbol, true)
	d.annotations()
}

// word compares a key that holds one word or text.
func (d *differ) word(kind, key, old, new string, compatible bool) {
	switch {
	case old == new:
	case old == "":
		d.report(kind, compatible, "%s %q added", key, new)
	case new == "":
		d.report(kind, compatible, "%s %q removed", key, old)
	default:
		d.report(kind, compatible, "%s changed from %q to %q", key, old, new)
	}
}

// A domain is what a label can hold. A constant label holds one value.
type domain struct {
	values             []string // nil: any
	constant, optional bool
}

func domains(m *Metric) map[string]domain {
	all := map[string]domain{}
	for _, l := range m.Labels {
		all[l.Name] = domain{values: l.Values, optional: l.Optional}
	}
	for name, v := range m.ConstLabels {
		all[name] = domain{values: []string{v}, constant: true}
	}
	return all
}

func (d *differ) labels() {
	old, new := domains(d.old), domains(d.new)
	names := maps.Clone(old)
	maps.Copy(names, new)
	for name := range names {
		o, before := old[name]
		n, after := new[name]
		switch {
		case !before:
			d.report("label-added", false, "label %q added", name)
		case !after:
			d.report("label-removed", false, "label %q removed", name)
		default:
			d.label(name, o, n)
		}
	}
}

func (d *differ) label(name string, o, n domain) {
	lost, gained := minus(o.values, n.values), minus(n.values, o.values)
	closed := len(o.values) > 0 && len(n.values) > 0
	switch {
	case o.constant && n.constant:
		if len(lost) > 0 {
			d.report("const-labels", false, "constant label %q changed from %q to %q", name, o.values[0], n.values[0])
		}
		return
	case o.constant:
		d.report("const-labels", !closed || len(lost) == 0, "constant label %q=%q is not constant any more", name, o.values[0])
	case n.constant:
		d.report("const-labels", !closed || len(lost) == 0, "label %q is constant now: %q", name, n.values[0])
	case closed:
		if len(lost) > 0 {
			d.report("label-values", false, "label %q lost the values %s", name, quoted(lost))
		}
		if len(gained) > 0 {
			d.report("label-values", true, "label %q has more values: %s", name, quoted(gained))
		}
	case len(n.values) > 0:
		d.report("label-values", true, "label %q has a closed set of values: %s", name, quoted(n.values))
	case len(o.values) > 0:
		d.report("label-values", true, "label %q has no closed set of values any more", name)
	}
	if !o.optional && n.optional {
		d.report("label-optional", false, "label %q is optional now", name)
	}
	if o.optional && !n.optional {
		d.report("label-optional", true, "label %q is not optional any more", name)
	}
}

// minus returns what a holds and b does not.
func minus[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return slices.Contains(b, x) })
}

func quoted(values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprintf("%q", v)
	}
	return strings.Join(list, ", ")
}

func (d *differ) buckets() {
	old, new := d.old.Buckets, d.new.Buckets
	switch lost, gained := minus(old, new), minus(new, old); {
	case len(old) == 0 && len(new) > 0:
		d.report("buckets", true, "buckets %v added", new)
	case len(old) > 0 && len(new) == 0:
		d.report("buckets", false, "buckets %v removed", old)
	default:
		if len(lost) > 0 {
			d.report("buckets", false, "bucket bounds %v removed", lost)
		}
		if len(gained) > 0 {
			d.report("buckets", true, "bucket bounds %v added", gained)
		}
	}
}

func (d *differ) native() {
	old, new := d.old.Native, d.new.Native
	switch {
	case old == nil && new != nil:
		d.report("native", true, "native histogram added")
	case old != nil && new == nil:
		d.report("native", false, "native histogram removed")
	case old != nil && *old != *new:
		d.report("native", true, "bucket factor changed from %v to %v", old.BucketFactor, new.BucketFactor)
	}
}

func (d *differ) objectives() {
	quantiles := func(list []Objective) map[float64]float64 {
		m := map[float64]float64{}
		for _, o := range list {
			m[o.Quantile] = o.Error
		}
		return m
	}
	old, new := quantiles(d.old.Objectives), quantiles(d.new.Objectives)
	for q, e := range old {
		if now, ok := new[q]; !ok {
			d.report("objectives", false, "quantile %v removed", q)
		} else if now != e {
			d.report("objectives", true, "error of quantile %v changed from %v to %v", q, e, now)
		}
	}
	for q := range new {
		if _, ok := old[q]; !ok {
			d.report("objectives", true, "quantile %v added", q)
		}
	}
}

func (d *differ) deprecation() {
	old, new := d.old, d.new
	switch {
	case !old.Deprecated && new.Deprecated:
		d.report("deprecated", true, "deprecated%s", deprecation(new))
		return
	case old.Deprecated && !new.Deprecated:
		d.report("deprecated", true, "not deprecated any more")
		return
	}
	d.word("deprecated", "deprecated_since", old.DeprecatedSince, new.DeprecatedSince, true)
	d.word("deprecated", "replaced_by", old.ReplacedBy, new.ReplacedBy, true)
	d.word("deprecated", "remove_after", old.RemoveAfter, new.RemoveAfter, true)
	d.word("deprecated", "note", old.Note, new.Note, true)
}

// deprecation says a deprecation's details, each behind a comma or space.
func deprecation(m *Metric) string {
	var b strings.Builder
	if m.DeprecatedSince != "" {
		fmt.Fprintf(&b, " since %q", m.DeprecatedSince)
	}
	if m.ReplacedBy != "" {
		fmt.Fprintf(&b, ", replaced by %q", m.ReplacedBy)
	}
	if m.RemoveAfter != "" {
		fmt.Fprintf(&b, ", to be removed after %s", m.RemoveAfter)
	}
	return b.String()
}

func (d *differ) annotations() {
	d.word("annotation", "owner", d.old.Owner, d.new.Owner, true)
	d.word("annotation", "runbook", d.old.Runbook, d.new.Runbook, true)
	d.word("annotation", "how_to_use", d.old.HowToUse, d.new.HowToUse, true)
	if d.old.Essential != d.new.Essential {
		d.report("annotation", true, "essential changed from %t to %t", d.old.Essential, d.new.Essential)
	}
}
