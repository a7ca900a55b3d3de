package schema

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// New makes a schema of the definitions that were found in code, one entry a name.
//
// Definitions of one name become one entry: the place, package and symbol are the first
// one's in the order of positions, a label's values are united (and open if one
// definition leaves them open), a label is optional if it is so in one, or not in each,
// directives are joined. A constant label that does not have one value in each becomes an
// ordinary label that takes these values: that is one family registered several times.
// Type, help, buckets and objectives that one definition does not tell come from another.
// Where two say different types the entry is untyped, and where they say different
// buckets or objectives it has none: each holds in a registry of its own.
//
// Definitions that disagree although they meet (Metric.Registered) are a finding (check
// "conflict") at the later one, and the first stays; two helps alone are a warning.
// Invalid names ("invalid-name") are findings and no entries. Anything else that Parse
// would refuse ("invalid-metric") is a finding, and left out of the entry.
//
// Metrics are copied. Their order does not matter.
func New(metrics []*Metric) (*Schema, []Finding) {
	var findings []Finding
	byName := map[string][]*Metric{}
	for _, m := range metrics {
		c, fs := admit(m)
		findings = append(findings, fs...)
		if c != nil {
			byName[c.Name] = append(byName[c.Name], c)
		}
	}
	s := &Schema{Version: Version}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		m, fs := unite(byName[name])
		s.Metrics = append(s.Metrics, m)
		findings = append(findings, fs...)
	}
	return s, SortFindings(findings)
}

// admit returns a tidy copy of m that breaks no rule for entries, or nil if its names
// are invalid.
func admit(m *Metric) (*Metric, []Finding) {
	c := m.clone()
	c.tidy()
	var findings []Finding
	keep := true
	for _, f := range c.faults() {
		check := "invalid-metric"
		if f.name {
			check = "invalid-name"
		}
		findings = append(findings, Finding{Pos: m.Pos, Check: check, Message: f.msg, Hint: f.hint})
		if f.mend == nil {
			keep = false
			continue
		}
		f.mend(c)
	}
	if !keep {
		return nil, findings
	}
	return c, findings
}

// tidy sorts what has no order of its own and takes away what JSON cannot hold and
// no fact is lost with: the bound +Inf, which is always there, and bytes that are no
// UTF-8.
func (m *Metric) tidy() {
	for _, s := range []*string{
		&m.Name, &m.Help, &m.Unit, &m.Package, &m.Symbol, &m.DeprecatedSince, &m.ReplacedBy, &m.Note, &m.RemovedIn, &m.Owner, &m.Runbook, &m.HowToUse,
	} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
	if m.Certainty == Pattern && !strings.Contains(m.Name, "*") {
		m.Certainty = Exact
	}
	slices.SortStableFunc(m.Labels, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
	for i := range m.Labels {
		l := &m.Labels[i]
		for j, v := range l.Values {
			l.Values[j] = strings.ToValidUTF8(v, "\uFFFD")
		}
		slices.Sort(l.Values)
		l.Values = slices.Compact(l.Values)
	}
	for name, v := range m.ConstLabels {
		m.ConstLabels[name] = strings.ToValidUTF8(v, "\uFFFD")
	}
	if n := len(m.Buckets); n > 0 && m.Buckets[n-1] > 0 && !finite(m.Buckets[n-1]) {
		m.Buckets = some(m.Buckets[:n-1])
	}
	slices.SortStableFunc(m.Objectives, func(a, b Objective) int { return cmp.Compare(a.Quantile, b.Quantile) })
}

// unite makes one entry of the definitions of one name.
func unite(defs []*Metric) (*Metric, []Finding) {
	slices.SortStableFunc(defs, func(a, b *Metric) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(fingerprint(a), fingerprint(b)))
	})
	var findings []Finding
	var kept []*Metric
	for _, d := range defs {
		f, harmless := conflicts(kept, d)
		findings = append(findings, f...)
		if harmless {
			kept = append(kept, d)
		}
	}
	m := kept[0].clone()
	m.Labels, m.ConstLabels = unitedLabels(kept)
	for _, d := range kept[1:] {
		m.join(d)
	}
	m.Buckets = agreed(kept, func(d *Metric) []float64 { return d.Buckets })
	m.Objectives = agreed(kept, func(d *Metric) []Objective { return d.Objectives })
	m.uniteTypes(kept)
	return m, findings
}

// conflicts returns a finding where d disagrees with one of those before it that it meets.
// harmless reports whether it says no more than another help.
func conflicts(before []*Metric, d *Metric) (findings []Finding, harmless bool) {
	for _, m := range before {
		differences, harmless := disagreements(m, d)
		if len(differences) > 0 && !oneCall(m, d) && meet(m, d) {
			return []Finding{conflict(m, d, differences, harmless)}, harmless
		}
	}
	return nil, true
}

// meet reports whether one registry surely has both in one run.
func meet(m, d *Metric) bool {
	return slices.ContainsFunc(m.Registered, func(r string) bool { return slices.Contains(d.Registered, r) })
}

// oneCall reports whether one call defines both, for instance in a loop or for a name
// that is known in part only: its label names and help may differ from time to time.
func oneCall(m, d *Metric) bool { return m.Pos == d.Pos && !m.Pos.IsZero() }

// fingerprint says all that unite may take from m, so that definitions at one place
// have an order, too.
func fingerprint(m *Metric) string {
	return fmt.Sprintf("%s\n%+v\n%q %q %q", appendMetric(nil, m), m.Directives, m.Untold, m.Given, m.Registered)
}

// disagreements says in which points d contradicts m, the later the earlier one, as
// "type \"gauge\" here, \"counter\" there". harmless: the help texts differ, nothing else.
func disagreements(m, d *Metric) (differences []string, harmless bool) {
	differ := func(what string, here, there any) {
		differences = append(differences, fmt.Sprintf("%s %s here, %s there", what, inline(here), inline(there)))
	}
	if d.Type != m.Type && d.tellsType() && m.tellsType() {
		differ("type", d.Type, m.Type)
	}
	if !anyLabels(d) && !anyLabels(m) && (lacks(d, m) || lacks(m, d)) {
		differ("labels", labelNames(d), labelNames(m))
	}
	if !slices.Equal(d.Buckets, m.Buckets) && d.Buckets != nil && m.Buckets != nil {
		differ("buckets", d.Buckets, m.Buckets)
	}
	if !slices.Equal(d.Objectives, m.Objectives) && d.Objectives != nil && m.Objectives != nil {
		differ("objectives", d.Objectives, m.Objectives)
	}
	harmless = len(differences) == 0
	if d.Help != m.Help && d.Help != "" && m.Help != "" {
		differ("help", d.Help, m.Help)
	}
	return differences, harmless
}

// tellsType reports whether the source tells the type.
func (m *Metric) tellsType() bool { return m.Type != "" && !slices.Contains(m.Untold, "type") }

// lacks reports whether m never has a label that d always has. A registry compares names
// alone, whether they are constant or not.
// Source: https://pkg.go.dev/github.com/prometheus/client_golang/prometheus#Registerer.
func lacks(m, d *Metric) bool {
	return slices.ContainsFunc(labelNames(d), func(name string) bool {
		l := d.Label(name)
		return (l == nil || !l.Optional) && !m.HasLabel(name)
	})
}

// labelNames returns the names of all labels, constant ones among them.
func labelNames(m *Metric) []string {
	names := slices.Collect(maps.Keys(m.ConstLabels))
	for _, l := range m.Labels {
		names = append(names, l.Name)
	}
	return slices.Sorted(slices.Values(names))
}

// inline writes a value of an entry as metrics.json has it.
func inline(x any) string { return string(appendInline(nil, reflect.ValueOf(x))) }

// anyLabels reports whether m's label names are not fully told.
func anyLabels(m *Metric) bool {
	return slices.ContainsFunc(m.Labels, func(l Label) bool { return strings.Contains(l.Name, "*") })
}

func conflict(m, d *Metric, differences []string, harmless bool) Finding {
	f := Finding{
		Pos: d.Pos, Check: "conflict", Severity: Error,
		Message: fmt.Sprintf("metric %q is defined at %s, too, and the two disagree: %s", m.Name, m.Pos, strings.Join(differences, "; ")),
		Hint:    "make them agree, or give one another name; until then only the first counts",
		Related: []Related{{Pos: m.Pos, Message: fmt.Sprintf("%q is first defined here", m.Name)}},
	}
	if harmless {
		f.Severity, f.Hint = Warning, "one metric, one help: share a constant"
	}
	return f
}

// join adds to m what the later definition d says beyond it; labels, type, buckets and
// objectives are told by all definitions together.
func (m *Metric) join(d *Metric) {
	if d.Certainty == Exact {
		m.Certainty = Exact
	}
	if m.Native == nil {
		m.Native = d.Native
	}
	if d.Deprecated && !m.Deprecated {
		m.Deprecated, m.DeprecatedSince, m.ReplacedBy, m.RemoveAfter, m.Note, m.RemovedIn =
			true, d.DeprecatedSince, d.ReplacedBy, d.RemoveAfter, d.Note, d.RemovedIn
	}
	m.Essential = m.Essential || d.Essential
	m.Conditional = m.Conditional && d.Conditional
	m.Initialised = m.Initialised && d.Initialised
	m.Exemplars = m.Exemplars || d.Exemplars
	m.Aliases = set(append(some(m.Aliases), d.Aliases...))
	for _, f := range []struct{ to, from *string }{
		{&m.Help, &d.Help}, {&m.Unit, &d.Unit}, {&m.Stability, &d.Stability},
		{&m.Owner, &d.Owner}, {&m.Runbook, &d.Runbook}, {&m.HowToUse, &d.HowToUse},
	} {
		*f.to = cmp.Or(*f.to, *f.from)
	}
	m.Directives = append(m.Directives, d.Directives...)
	slices.SortStableFunc(m.Directives, func(a, b Directive) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Text, b.Text))
	})
	m.Directives = slices.CompactFunc(m.Directives, func(a, b Directive) bool {
		return a.Pos == b.Pos && a.Name == b.Name && a.Text == b.Text
	})
}

// uniteTypes sets the one type that definitions tell, and what of the entry is untold. Where
// some are made behind a condition, the type is that of the others.
func (m *Metric) uniteTypes(defs []*Metric) {
	told, always := map[Type]bool{}, map[Type]bool{}
	for _, d := range defs {
		if d.tellsType() {
			told[d.Type] = true
		}
		if d.tellsType() && !d.Conditional {
			always[d.Type] = true
		}
	}
	if len(always) > 0 {
		told = always
	}
	m.Untold = slices.DeleteFunc(some(m.Untold), func(key string) bool { return key == "type" && len(told) > 0 })
	switch {
	case len(told) > 1: // each in a registry of its own
		m.Type, m.Buckets, m.Objectives, m.Native = Untyped, nil, nil, nil
	case len(told) == 1:
		m.Type = slices.Collect(maps.Keys(told))[0]
	}
	if m.Buckets == nil && slices.ContainsFunc(defs, func(d *Metric) bool { return d.Buckets != nil }) {
		m.Untold = append(m.Untold, "buckets")
	}
}

// agreed returns the list of those definitions that have one, or nil where they differ.
func agreed[T comparable](defs []*Metric, of func(*Metric) []T) []T {
	var list []T
	for _, d := range defs {
		switch {
		case list == nil:
			list = of(d)
		case of(d) != nil && !slices.Equal(list, of(d)):
			return nil
		}
	}
	return list
}

// unitedLabels returns the labels that definitions have. A constant label that does not
// have one value in all of them is like any other.
func unitedLabels(defs []*Metric) (labels []Label, constant map[string]string) {
	constant = maps.Clone(defs[0].ConstLabels)
	for _, d := range defs {
		maps.DeleteFunc(constant, func(name, v string) bool { other, ok := d.ConstLabels[name]; return !ok || other != v })
	}
	for i, d := range defs {
		own := some(d.Labels)
		for name, v := range d.ConstLabels {
			if _, ok := constant[name]; !ok {
				own = append(own, Label{Name: name, Values: []string{v}})
			}
		}
		if i == 0 {
			labels = own
		} else {
			labels = joinLabels(labels, own)
		}
	}
	slices.SortFunc(labels, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
	if len(constant) == 0 {
		constant = nil
	}
	return labels, constant
}

// joinLabels unites two label lists. A label that only one of them has is optional.
func joinLabels(a, b []Label) []Label {
	both := map[string]Label{}
	for _, l := range a {
		both[l.Name] = l
	}
	for _, l := range b {
		k, ok := both[l.Name]
		if !ok {
			l.Optional = true
			both[l.Name] = l
			continue
		}
		k.Optional = k.Optional || l.Optional
		if len(k.Values) == 0 || len(l.Values) == 0 {
			k.Values = nil
		} else {
			k.Values = slices.Compact(slices.Sorted(slices.Values(slices.Concat(k.Values, l.Values))))
		}
		both[l.Name] = k
	}
	var joined []Label
	for _, name := range slices.Sorted(maps.Keys(both)) {
		l := both[name]
		if !slices.ContainsFunc(b, func(x Label) bool { return x.Name == name }) {
			l.Optional = true
		}
		joined = append(joined, l)
	}
	return joined
}
