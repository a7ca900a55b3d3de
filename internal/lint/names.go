package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
)

// names knows whose a series name is.
type names struct {
	schema   *schema.Schema
	living   []string        // the series names of metrics that are not on their way out, sorted
	recorded map[string]bool // by the recording rules of the input
	owned    []string        // globs of what is this program's
	ports    []Port
	unnamed  []schema.Pos // what may define any name of this program's; nil where dashgen.yaml says what is owned
}

func newNames(in *Input, cfg *config.Config) *names {
	n := &names{schema: queried(in), recorded: map[string]bool{}, owned: cfg.Owned, ports: in.Ports}
	for _, m := range n.schema.Metrics {
		if m.Live() {
			n.living = append(n.living, n.seriesOf(m)...)
		}
	}
	slices.Sort(n.living)
	if len(n.owned) == 0 {
		n.owned, n.unnamed = commonPrefix(in.Schema), in.Unnamed
	}
	for _, g := range in.Groups {
		for _, u := range g.Rules {
			n.recorded[u.Record] = true
		}
	}
	for _, g := range cfg.Alerts {
		for _, u := range g.Rules {
			n.recorded[u.Record] = true
		}
	}
	for _, f := range in.Rules {
		for _, g := range f.Groups {
			for _, u := range g.Rules {
				n.recorded[u.Record] = true
			}
		}
	}
	return n
}

// queried returns the metrics that queries are checked against: the program's, and those of
// other programs whose schemas are there. What both have is what either may expose.
func queried(in *Input) *schema.Schema {
	if len(in.Others) == 0 {
		return in.Schema
	}
	all := slices.Clone(in.Schema.Metrics)
	for _, s := range in.Others {
		all = append(all, s.Metrics...)
	}
	live := map[string]bool{}
	for _, m := range all {
		live[m.Name] = live[m.Name] || m.RemovedIn == ""
	}
	s, _ := schema.New(slices.DeleteFunc(all, func(m *schema.Metric) bool { return m.RemovedIn != "" && live[m.Name] }))
	return s
}

// seriesOf returns the names of a metric's series, none for a pattern.
func (n *names) seriesOf(m *schema.Metric) []string {
	if m.Certainty == schema.Pattern {
		return nil
	}
	var list []string
	for _, suffix := range []string{"", "_bucket", "_count", "_sum"} {
		if of, with := n.schema.Series(m.Name + suffix); of == m && with == suffix {
			list = append(list, m.Name+suffix)
		}
	}
	return list
}

// listOf writes the names of a metric's series: a_bucket, a_count and a_sum.
func (n *names) listOf(m *schema.Metric) string {
	list := n.seriesOf(m)
	if last := len(list) - 1; last > 0 {
		return strings.Join(list[:last], ", ") + " and " + list[last]
	}
	return strings.Join(list, "")
}

// commonPrefix returns a glob for the first part of the names, up to the first
// underscore, that at least 80% of the schema's metrics share, if there is one.
func commonPrefix(s *schema.Schema) []string {
	count := map[string]int{}
	for _, m := range s.Metrics {
		if first, _, ok := strings.Cut(m.Name, "_"); ok && !strings.Contains(first, "*") {
			count[first]++
		}
	}
	for first, n := range count {
		if n*5 >= len(s.Metrics)*4 {
			return []string{first + "_*"}
		}
	}
	return nil
}

// A standing says whose a series name is.
type standing int

const (
	foreign    standing = iota // nobody here knows it
	known                      // code defines it, or a rule records it
	deprecated                 // code defines it and says that it will go
	removed                    // code defined it once
	misspelt                   // one edit from a known name, or this program's and lacks a known one's unit or _total
	missing                    // this program's by its name, but no code defines it
	family                     // of a metric whose series have other names
	part                       // of a known metric by its suffix, but its type has no such series
	ported                     // code for a platform defines it that is not asked for
)

// stand returns a series name's standing, with the metric that it belongs or almost
// belongs to, and the known series name nearest to it; of one that is ported the platform.
func (n *names) stand(name string) (s standing, m *schema.Metric, near string) {
	m, _ = n.schema.Series(name)
	bare := m == nil
	if bare {
		m = n.schema.Lookup(name)
	}
	switch {
	case n.recorded[name]:
		return known, nil, ""
	case m != nil && m.RemovedIn != "":
		return removed, m, ""
	case m != nil && bare:
		return family, m, ""
	case m != nil && m.Deprecated:
		return deprecated, m, ""
	case m != nil:
		return known, m, ""
	case WellKnown(name):
		return foreign, nil, ""
	}
	if p, m := n.port(name); m != nil {
		return ported, m, p.Platform
	}
	if m = n.whole(name); m != nil {
		return part, m, ""
	}
	near = source.Nearest(name, n.living)
	owned := slices.ContainsFunc(n.owned, func(glob string) bool { return owns(glob, name) })
	s = foreign
	switch longer := n.longer(name); {
	case near != "" && source.Distance(name, near, 1) == 1:
		s = misspelt
	case owned && longer != "":
		s, near = misspelt, longer
	case owned:
		s = missing
	}
	if near != "" {
		m, _ = n.schema.Series(near)
	}
	return s, m, near
}

// longer returns the one living name that is a name with its unit, _total or _info behind it;
// empty if there is none, or several.
func (n *names) longer(name string) string {
	found := ""
	at, _ := slices.BinarySearch(n.living, name+"_")
	for _, l := range n.living[at:] {
		rest, ok := strings.CutPrefix(l, name+"_")
		if !ok {
			break
		}
		if slices.ContainsFunc(strings.Split(rest, "_"), func(part string) bool {
			return part != "total" && part != "info" && schema.UnitOf(&schema.Metric{Name: "in_some_other_" + part}) == ""
		}) {
			continue
		}
		if found != "" {
			return ""
		}
		found = l
	}
	return found
}

// port returns the metric of a series that code for another platform defines, and for which.
func (n *names) port(name string) (p Port, m *schema.Metric) {
	for _, p := range n.ports {
		if m, _ := p.Schema.Series(name); m != nil && m.Certainty != schema.Pattern {
			return p, m
		}
	}
	return Port{}, nil
}

// ported returns a platform for which code gives a label of a series a value that a matcher
// selects; empty: none is known.
func (n *names) ported(series string, m *labels.Matcher) string {
	for _, p := range n.ports {
		if metric, _ := p.Schema.Series(series); metric != nil {
			if l := metric.Label(m.Name); l != nil && (len(l.Values) == 0 || slices.ContainsFunc(l.Values, m.Matches)) {
				return p.Platform
			}
		}
	}
	return ""
}

// whole returns the metric of which a series would be a part if it were a histogram: a
// gauge of that name with _bucket behind it. A name of one word is anybody's.
func (n *names) whole(name string) *schema.Metric {
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		base, ok := strings.CutSuffix(name, suffix)
		if m := n.schema.Lookup(base); ok && m != nil && m.RemovedIn == "" && named(m.Type) && strings.Contains(base, "_") {
			return m
		}
	}
	return nil
}

// owns reports whether a glob of owned: is of a name. A name with a colon is a recording
// rule's, which a glob without one does not speak of: node_namespace_pod:cpu:rate5m is no
// metric of the program whose metrics begin with node_.
func owns(glob, name string) bool {
	fits, _ := path.Match(glob, name)
	return fits && (strings.Contains(glob, ":") || !strings.Contains(name, ":"))
}

// collectors begin the names of what client_golang's default registry exposes beside
// the program's own metrics, and of promhttp's.
// Source: collectors.NewGoCollector, NewProcessCollector, promhttp.InstrumentMetricHandler.
var collectors = []string{"go_", "process_", "promhttp_"}

// WellKnown reports whether a name is of Prometheus itself or of the collectors that
// nearly every program registers.
func WellKnown(name string) bool {
	return query.Foreign(name) || slices.ContainsFunc(collectors, func(p string) bool { return strings.HasPrefix(name, p) })
}

// Owned returns a function that reports whether a metric name is this program's though no
// code defines it: by owned: in the configuration, else by the prefix that most of the
// schema's metrics share.
func Owned(s *schema.Schema, cfg *config.Config) func(name string) bool {
	globs := cfg.Owned
	if len(globs) == 0 {
		globs = commonPrefix(s)
	}
	return func(name string) bool {
		return !WellKnown(name) && slices.ContainsFunc(globs, func(glob string) bool { return owns(glob, name) })
	}
}

// Foreign returns the series names, sorted, that hand-written files query and of which
// nothing is known here: somebody else's, and left alone.
func Foreign(in Input, cfg *config.Config) []string {
	if in.Schema == nil {
		in.Schema = &schema.Schema{}
	}
	if cfg == nil {
		cfg = config.Default()
	}
	n := newNames(&in, cfg)
	var found []string
	for _, q := range handWritten(&in) {
		q.read()
		for _, s := range q.Selectors() {
			if standing, _, _ := n.stand(s.Name); standing == foreign && !WellKnown(s.Name) {
				found = append(found, s.Name)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Missing returns the series names, sorted, that queries name and of which unknown-metric
// would say that no code defines them.
func Missing(in Input, cfg *config.Config) []string {
	if in.Schema == nil {
		in.Schema = &schema.Schema{}
	}
	if cfg == nil {
		cfg = config.Default()
	}
	n := newNames(&in, cfg)
	all := handWritten(&in)
	if !in.Judged {
		all = append(all, declared(cfg)...)
	}
	var found []string
	for _, q := range all {
		q.read()
		for _, s := range q.Selectors() {
			if standing, _, _ := n.stand(s.Name); standing.undefined(q, s.Name) {
				found = append(found, s.Name)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// undefined reports whether no code defines a name of that standing in a query, though it
// should.
func (s standing) undefined(q *Query, name string) bool {
	return s == misspelt || s == missing || s == foreign && q.Own && !WellKnown(name)
}

// Selectors returns the selectors that name a series, the first of each name. A name
// with a variable in it is not one.
func (q *Query) Selectors() []query.Selector {
	if q.Tree == nil {
		return nil
	}
	var list []query.Selector
	for _, s := range query.Selectors(q.Tree) {
		written := q.Expr[s.Offset:s.End]
		if s.Name == "" || !strings.Contains(written, s.Name) || slices.ContainsFunc(list, func(o query.Selector) bool { return o.Name == s.Name }) {
			continue
		}
		list = append(list, s)
	}
	return list
}
