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
// Definitions of one name that agree in type, help, label names and buckets become
// one entry: the place, package and symbol are the first one's in the order of
// positions, a label's values are united (and open if one definition leaves them
// open), a label is optional if it is so in one, or if one call defines the name with
// and without it, directives are joined. A constant
// label with several values becomes an ordinary label that takes these values: that
// is one family registered several times. Type, help and buckets that one definition
// does not tell come from another.
//
// Definitions that disagree are a finding (check "conflict") at the later one, and
// the first stays; two helps alone are a warning. Invalid names ("invalid-name") are
// findings and no entries. Anything else that Parse would refuse ("invalid-metric")
// is a finding, and left out of the entry.
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
	m := defs[0]
	values := map[string][]string{} // of the constant labels
	for _, d := range defs {
		differences, harmless := disagreements(m, d)
		if len(differences) > 0 && !oneCall(m, d) {
			findings = append(findings, conflict(m, d, differences, harmless))
			if !harmless {
				continue
			}
		}
		for name, v := range d.ConstLabels {
			values[name] = append(values[name], v)
		}
		if d != m {
			m.join(d)
		}
	}
	m.splitConstLabels(values)
	return m, findings
}

// oneCall reports whether one call defines both, for instance in a loop or for a name
// that is known in part only: its label names and help may differ from time to time.
func oneCall(m, d *Metric) bool {
	return m.Pos == d.Pos && !m.Pos.IsZero() && m.Type == d.Type && slices.Equal(constNames(m), constNames(d))
}

// fingerprint says all that unite may take from m, so that definitions at one place
// have an order, too.
func fingerprint(m *Metric) string {
	return fmt.Sprintf("%s\n%+v", appendMetric(nil, m), m.Directives)
}

// disagreements says in which points d contradicts m, the later the earlier one, as
// "type \"gauge\" here, \"counter\" there". harmless: the help texts differ, nothing else.
func disagreements(m, d *Metric) (differences []string, harmless bool) {
	differ := func(what string, here, there any) {
		differences = append(differences, fmt.Sprintf("%s %s here, %s there", what, inline(here), inline(there)))
	}
	if d.Type != m.Type && d.Type != "" && m.Type != "" {
		differ("type", d.Type, m.Type)
	}
	if a, b := labelNames(d), labelNames(m); !slices.Equal(a, b) && !anyLabels(d) && !anyLabels(m) {
		differ("labels", a, b)
	}
	if a, b := constNames(d), constNames(m); !slices.Equal(a, b) {
		differ("constant labels", a, b)
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

func labelNames(m *Metric) []string {
	var names []string
	for _, l := range m.Labels {
		names = append(names, l.Name)
	}
	return names
}

func constNames(m *Metric) []string { return slices.Sorted(maps.Keys(m.ConstLabels)) }

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

// join adds to m what the later definition d says beyond it.
func (m *Metric) join(d *Metric) {
	if d.Certainty == Exact {
		m.Certainty = Exact
	}
	m.Type = cmp.Or(m.Type, d.Type)
	m.Labels = joinLabels(m.Labels, d.Labels)
	if m.Buckets == nil {
		m.Buckets = d.Buckets
	}
	if m.Native == nil {
		m.Native = d.Native
	}
	if m.Objectives == nil {
		m.Objectives = d.Objectives
	}
	if d.Deprecated && !m.Deprecated {
		m.Deprecated, m.DeprecatedSince, m.ReplacedBy, m.RemoveAfter, m.Note, m.RemovedIn =
			true, d.DeprecatedSince, d.ReplacedBy, d.RemoveAfter, d.Note, d.RemovedIn
	}
	m.Essential = m.Essential || d.Essential
	m.Conditional = m.Conditional && d.Conditional
	m.Initialised = m.Initialised && d.Initialised
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

// splitConstLabels makes ordinary labels of the constant labels that have several
// values.
func (m *Metric) splitConstLabels(values map[string][]string) {
	for name, vs := range values {
		slices.Sort(vs)
		if vs = slices.Compact(vs); len(vs) > 1 {
			delete(m.ConstLabels, name)
			m.Labels = append(m.Labels, Label{Name: name, Values: vs})
		}
	}
	if len(m.ConstLabels) == 0 {
		m.ConstLabels = nil
	}
	slices.SortFunc(m.Labels, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
}
