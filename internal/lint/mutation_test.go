package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

// A mutation changes one fact about one metric, as somebody does who edits the code and not
// what watches it.
type mutation struct {
	kind   string // as counted
	metric string
	what   string // that is changed: a label, a bound
	change func(*schema.Metric)

	// asks says how a selector of the metric depends on the fact, with what stands around it:
	// the least severity that a finding must have; none: it does not.
	asks func(use) schema.Severity
}

func (m mutation) String() string { return strings.TrimSpace(m.kind + " " + m.metric + " " + m.what) }

// A use is one selector of the metric in one query.
type use struct {
	q        *Query // inferred against the schema as it is
	selector *parser.VectorSelector
	suffix   string        // of its name behind the metric's
	around   []parser.Node // it and what stands around it, the nearest first
}

// equivalent are the mutations that change no answer although something asks for the fact,
// and why.
var equivalent = map[string]string{}

// TestMutations changes every metric of the example systems in every way that a query can
// depend on, and lints what dashgen generated for the system, as the files stand on disk,
// and what its dashgen.yaml declares. A mutation is killed where each query that asks for
// what has changed gets a finding of its own.
func TestMutations(t *testing.T) {
	systems, err := filepath.Glob("../../generated/*/metrics.json")
	if err != nil || len(systems) != 5 {
		t.Fatal(err, len(systems))
	}
	sum := tally{}
	for _, file := range systems {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			n := mutateSystem(t, name, file)
			t.Logf("%s\n%s", name, n)
			for kind, c := range n {
				sum.of(kind).add(*c)
			}
		})
	}
	t.Logf("all systems\n%s", sum)
}

// A tally counts mutations by kind.
type tally map[string]*count

type count struct{ mutants, asked, failed, warned, equivalent, survived, consumers int }

func (c *count) add(o count) {
	c.mutants, c.asked, c.failed, c.warned = c.mutants+o.mutants, c.asked+o.asked, c.failed+o.failed, c.warned+o.warned
	c.equivalent, c.survived, c.consumers = c.equivalent+o.equivalent, c.survived+o.survived, c.consumers+o.consumers
}

func (n tally) of(kind string) *count {
	if n[kind] == nil {
		n[kind] = &count{}
	}
	return n[kind]
}

func (n tally) String() string {
	var b strings.Builder
	line := func(kind string, c count) {
		fmt.Fprintf(&b, "%-24s %7d %9d %7d %8d %10d %8d %9d\n", kind, c.mutants, c.asked, c.failed, c.warned, c.equivalent, c.survived, c.consumers)
	}
	fmt.Fprintf(&b, "%-24s %7s %9s %7s %8s %10s %8s %9s\n", "mutation", "all", "asked for", "errors", "warnings", "equivalent", "survived", "consumers")
	var kinds []string
	var all count
	for kind, c := range n {
		kinds = append(kinds, kind)
		all.add(*c)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		line(kind, *n[kind])
	}
	line("all", all)
	return b.String()
}

func mutateSystem(t *testing.T, name, file string) tally {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was, err := schema.Parse(file, data)
	if err != nil {
		t.Fatal(err)
	}
	cfg, findings, err := config.Load("../../testdata/systems/" + name)
	if err != nil || len(findings) > 0 {
		t.Fatal(err, findings)
	}
	in := Input{Schema: was}
	readAll(t, filepath.Dir(file), &in)
	before := newRun(in, cfg)
	for _, q := range before.queries {
		q.parse(before.world)
	}
	uses := usesOf(before)
	n := tally{}
	for _, m := range mutations(was) {
		c := n.of(m.kind)
		c.mutants++
		asks := map[*Query]schema.Severity{}
		for _, u := range uses[m.metric] {
			if s := m.asks(u); s != "" {
				asks[u.q] = worst(asks[u.q], s)
			}
		}
		after, told := mutated(in, cfg, m)
		if !slices.ContainsFunc(told, func(f schema.Finding) bool { return f.Severity != schema.Note && pointsAt(f, definition) }) {
			t.Errorf("%s: nothing says so at the definition", m)
		}
		if len(asks) == 0 {
			continue
		}
		c.asked++
		c.consumers += len(asks)
		silent, least := unnoticed(before, after, asks)
		switch {
		case len(silent) > 0 && equivalent[m.String()] != "":
			c.equivalent++
		case len(silent) > 0:
			c.survived++
			t.Errorf("%s: survives in %d of %d queries: %v: %s: %s", m, len(silent), len(asks), silent[0].Pos, silent[0].Owner, silent[0].Expr)
		case least == schema.Error:
			c.failed++
		default:
			c.warned++
		}
	}
	return n
}

// newRun is a run over an input, whose queries are not parsed.
func newRun(in Input, cfg *config.Config) *run {
	r := &run{checks: own(Checks()), in: &in, cfg: cfg, ignored: map[config.Ignore]bool{}, places: map[schema.Pos][]config.Ignore{}}
	r.names, r.world = newNames(r.in, cfg), newWorld(r.in, cfg)
	r.queries = slices.Concat(handWritten(r.in), declared(cfg))
	return r
}

// usesOf returns the selectors of every metric.
func usesOf(r *run) map[string][]use {
	all := map[string][]use{}
	for _, q := range r.queries {
		if q.Tree == nil {
			continue
		}
		parser.Inspect(q.Tree, func(n parser.Node, path []parser.Node) error {
			vs, ok := n.(*parser.VectorSelector)
			if !ok {
				return nil
			}
			if m, suffix := r.in.Schema.Series(vs.Name); m != nil && q.Inferred != nil {
				around := slices.Clone(path)
				slices.Reverse(around)
				all[m.Name] = append(all[m.Name], use{q, vs, suffix, append([]parser.Node{vs}, around...)})
			}
			return nil
		})
	}
	return all
}

// unnoticed returns the queries that get no finding of the severity that is asked for, and
// the least severity among those that do.
func unnoticed(before, after *run, asks map[*Query]schema.Severity) (silent []*Query, least schema.Severity) {
	least = schema.Error
	for _, q := range before.queries { // in their order
		want, asked := asks[q]
		if !asked {
			continue
		}
		known := before.lintOne(q)
		twin := *q
		twin.parse(after.world)
		found := schema.Severity("")
		for _, f := range after.lintOne(&twin) {
			if !slices.ContainsFunc(known, func(k schema.Finding) bool { return k.Pos == f.Pos && k.Check == f.Check && k.Message == f.Message }) {
				found = worst(found, f.Severity)
			}
		}
		if worst(found, want) != found {
			silent = append(silent, q)
		}
		if worst(found, least) == least {
			least = found
		}
	}
	return silent, least
}

// lintOne returns the findings of every check about one query.
func (r *run) lintOne(q *Query) []schema.Finding {
	r.findings = nil
	for _, c := range r.checks {
		if c.Query != nil {
			c.Query(r.pass(c, nil), q)
		}
	}
	return r.findings
}

// definition is where the metric stands that is mutated.
var definition = schema.Pos{File: "metrics.go", Line: 1, Col: 1}

// mutated returns a run over a schema with one metric changed, of which metrics.json
// remembers how it was, and what is found without looking at a query.
func mutated(in Input, cfg *config.Config, m mutation) (*run, []schema.Finding) {
	was := in.Schema
	var found []*schema.Metric
	for _, one := range was.Metrics {
		c := *one
		if c.Name == m.metric {
			c.Labels, c.Pos = slices.Clone(c.Labels), definition
			m.change(&c)
		}
		found = append(found, &c)
	}
	now, _ := schema.New(found)
	merged, told := schema.Merge(was, now, schema.Scope{})
	r := newRun(Input{Schema: merged, Rules: in.Rules, Changes: schema.Diff(was, merged, "")}, cfg)
	r.changes()
	return r, append(told, r.findings...)
}

// pointsAt reports whether a finding or a place that it names is at pos.
func pointsAt(f schema.Finding, pos schema.Pos) bool {
	return f.Pos == pos || slices.ContainsFunc(f.Related, func(r schema.Related) bool { return r.Pos == pos })
}

var severities = []schema.Severity{"", schema.Note, schema.Warning, schema.Error}

func worst(a, b schema.Severity) schema.Severity {
	return severities[max(slices.Index(severities, a), slices.Index(severities, b))]
}

// mutations returns every change of every metric that is in code.
func mutations(s *schema.Schema) []mutation {
	var all []mutation
	for _, m := range s.Metrics {
		if m.RemovedIn != "" {
			continue
		}
		add := func(kind, what string, change func(*schema.Metric), asks func(use) schema.Severity) {
			all = append(all, mutation{kind, m.Name, what, change, asks})
		}
		add("rename", "", func(m *schema.Metric) { m.Name = renamed(m.Name) }, always)
		if unit, other := otherUnit(m.Unit); strings.Contains(m.Name, "_"+unit) && unit != "" {
			add("rename the unit", other, func(m *schema.Metric) { m.Name, m.Unit = strings.Replace(m.Name, "_"+unit, "_"+other, 1), other }, always)
		}
		if unit, other := otherUnit(m.Unit); unit != "" {
			add("change the unit", other, func(m *schema.Metric) { m.Unit = other }, asksUnit)
		}
		for _, to := range otherTypes[m.Type] {
			add("change the type", "to "+string(to), func(m *schema.Metric) { retype(m, to) }, asksType(m.Type, to))
		}
		for i, l := range m.Labels {
			add("drop a label", l.Name, func(m *schema.Metric) { m.Labels = slices.Delete(m.Labels, i, i+1) }, asksLabel(l.Name))
			for _, v := range l.Values {
				if len(l.Values) > 1 {
					add("drop a label value", l.Name+"="+v, func(m *schema.Metric) { m.Labels[i].Values = without(l.Values, v) }, asksValue(l.Name, v, without(l.Values, v)))
				}
			}
		}
		add("add a label", "zone", func(m *schema.Metric) { m.Labels = append(m.Labels, schema.Label{Name: "zone"}) }, asksForNoMore("zone"))
		for _, b := range m.Buckets {
			rest := without(m.Buckets, b)
			add("drop a bucket", fmt.Sprint(b), func(m *schema.Metric) { m.Buckets = rest }, asksBucket(b, rest))
			add("move a bucket", fmt.Sprint(b), func(m *schema.Metric) { m.Buckets = moved(m.Buckets, b) }, asksBucket(b, moved(m.Buckets, b)))
		}
		for i, o := range m.Objectives {
			add("drop a quantile", fmt.Sprint(o.Quantile), func(m *schema.Metric) { m.Objectives = slices.Delete(slices.Clone(m.Objectives), i, i+1) }, asksQuantile(o.Quantile))
		}
	}
	return all
}

func always(use) schema.Severity { return schema.Error }

func without[T comparable](list []T, one T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return v == one })
}

// moved returns bounds of which one is a little less than it was.
func moved(bounds []float64, b float64) []float64 {
	list := slices.Clone(bounds)
	i := slices.Index(list, b)
	below := b - 1
	if i > 0 {
		below = list[i-1]
	}
	list[i] = b - (b-below)/4
	return list
}

// renamed returns another name in the same style, so that nothing but memory knows that the
// two are one.
func renamed(name string) string {
	first, rest, _ := strings.Cut(name, "_")
	return first + "_renamed_" + rest
}

// otherUnit returns a unit and one of another scale.
func otherUnit(unit string) (string, string) {
	return unit, map[string]string{"seconds": "milliseconds", "bytes": "kilobytes", "ratio": "percent", "milliseconds": "seconds", "percent": "ratio"}[unit]
}

// otherTypes are those that somebody mistakes for one another.
var otherTypes = map[schema.Type][]schema.Type{
	schema.Counter:   {schema.Gauge},
	schema.Gauge:     {schema.Counter},
	schema.Histogram: {schema.Summary, schema.Gauge},
	schema.Summary:   {schema.Histogram, schema.Gauge},
}

func retype(m *schema.Metric, to schema.Type) {
	if m.Type = to; to == schema.Histogram {
		m.Buckets = []float64{0.1, 1, 10}
	} else {
		m.Buckets, m.Native = nil, nil
	}
	m.Objectives = nil
}
