package schema_test

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/schema"
)

// FuzzParse: what Parse accepts, Format writes so that Parse reads the same again.
func FuzzParse(f *testing.F) {
	files, err := filesOf("../testdata/schema/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, data := range files {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := schema.Parse("metrics.json", data)
		if err != nil {
			for _, e := range err.(schema.ParseErrors) {
				if e.Msg == "" || e.Pos.Line < 1 || e.Pos.Col < 1 || e.Pos.Line > 1+bytes.Count(data, []byte("\n")) {
					t.Errorf("%+v", e)
				}
			}
			return
		}
		roundTrip(t, s)
	})
}

// roundTrip parses what Format writes, and compares.
func roundTrip(t *testing.T, s *schema.Schema) {
	t.Helper()
	text := s.Format()
	again, err := schema.Parse("metrics.json", text)
	if err != nil {
		t.Fatalf("Parse refuses what Format wrote: %v\n%s", err, text)
	}
	if !bytes.Equal(again.Format(), text) {
		t.Fatalf("no fixed point:\n%s\n%s", text, again.Format())
	}
	for i, m := range s.Metrics {
		written := *m
		written.Pos, written.Directives, written.Unread, written.Untold = schema.Pos{}, nil, false, nil
		if !reflect.DeepEqual(&written, again.Metrics[i]) {
			t.Fatalf("lost something:\n%+v\n%+v", &written, again.Metrics[i])
		}
		pos := again.PosOf(m.Name)
		if line := strings.Split(string(text), "\n")[pos.Line-1]; !strings.Contains(line, `"name": `) {
			t.Fatalf("PosOf(%q) = %s: %s", m.Name, pos, line)
		}
	}
}

// FuzzMerge: for any two schemas and any scope, Merge is idempotent, forgets no name,
// changes nothing that it is given, and Diff sees a difference where there is one and
// only there.
func FuzzMerge(f *testing.F) {
	for i := range 200 {
		f.Add(fmt.Appendf(nil, "%x%[1]d-%s", uint64(i)*0x9E3779B97F4A7C15, strings.Repeat(string(rune('a'+i%26)), i)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src := &source{data: data}
		old, _ := schema.New(src.metrics(true))
		found, _ := schema.New(src.metrics(false))
		scope := src.scope()
		before := dump(old, found)

		once, findings := schema.Merge(old, found, scope)
		twice, _ := schema.Merge(once, found, scope)
		if dump(once) != dump(twice) {
			t.Errorf("not idempotent:\n%s\n%s", dump(once), dump(twice))
		}
		for _, fd := range findings {
			if fd.Severity == schema.Error || fd.Severity == "" || fd.Message == "" {
				t.Errorf("finding %+v", fd)
			}
		}
		for _, m := range slices.Concat(old.Metrics, found.Metrics) {
			if once.Lookup(m.Name) == nil {
				t.Errorf("%s is forgotten", m.Name)
			}
		}
		roundTrip(t, once)
		checkDiff(t, old, found)
		checkDiff(t, old, once)
		if dump(old, found) != before {
			t.Errorf("changed what was given:\n%s\n%s", before, dump(old, found))
		}
	})
}

// checkDiff holds Diff against the entries of a and b that are no tombstones.
func checkDiff(t *testing.T, a, b *schema.Schema) {
	t.Helper()
	for _, s := range []*schema.Schema{a, b} {
		if changes := schema.Diff(s, s, "2026-12-01"); len(changes) > 0 {
			t.Errorf("Diff(s, s) = %v", changes)
		}
	}
	differ := !bytes.Equal(live(a).Format(), live(b).Format())
	changes := schema.Diff(a, b, "2026-12-01")
	if differ != (len(changes) > 0) {
		t.Errorf("differ: %t, but changes %v\n%s\n%s", differ, changes, a.Format(), b.Format())
	}
	for _, c := range changes {
		if c.Message == "" || c.Kind == "" || c.Old == nil && c.New == nil {
			t.Errorf("change %+v", c)
		}
	}
}

func live(s *schema.Schema) *schema.Schema {
	return &schema.Schema{Metrics: slices.DeleteFunc(slices.Clone(s.Metrics), func(m *schema.Metric) bool { return m.RemovedIn != "" })}
}

// dump says all that a schema holds, what is never written too.
func dump(all ...*schema.Schema) string {
	var b strings.Builder
	for _, s := range all {
		b.Write(s.Format())
		for _, m := range s.Metrics {
			fmt.Fprintln(&b, m.Name, m.Pos, m.Unread, m.Directives, m.Labels == nil, m.Buckets == nil)
		}
	}
	return b.String()
}

// FuzzNew: whatever the definitions are, in whatever order, Parse accepts what becomes
// of them.
func FuzzNew(f *testing.F) {
	for i := range 100 {
		f.Add(fmt.Appendf(nil, "%x%[1]d-%s", uint64(i)*0x9E3779B97F4A7C15, strings.Repeat(string(rune('A'+i%26)), i)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src := &source{data: data, wild: true}
		defs := src.metrics(true)
		s, findings := schema.New(defs)
		roundTrip(t, s)
		slices.Reverse(defs)
		back, fs := schema.New(defs)
		if dump(s) != dump(back) || !reflect.DeepEqual(findings, fs) {
			t.Errorf("depends on order:\n%s\n%s\n%s\n%s", dump(s), lines(findings), dump(back), lines(fs))
		}
	})
}

// A source makes metrics of bytes, so that the fuzzer can steer what comes out.
type source struct {
	data []byte
	wild bool // what New mends or refuses may come out, too
}

// n returns a number below max; zero when there are no bytes left.
func (s *source) n(max int) int {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return int(b) % max
}

func pick[T any](s *source, from ...T) T { return from[s.n(len(from))] }

// metrics returns some definitions. tombstones: some of them may be gone from code.
func (s *source) metrics(tombstones bool) []*schema.Metric {
	var ms []*schema.Metric
	for range s.n(8) {
		ms = append(ms, s.metric(tombstones))
	}
	return ms
}

func (s *source) metric(tombstones bool) *schema.Metric {
	m := &schema.Metric{
		Name: pick(s, "a", "b", "c_total", "d", "e_seconds", "f"), Type: pick(s, schema.Types...),
		Help: pick(s, "", "One.", "Two\n\"lines\" <&>."), Unit: pick(s, "", "seconds", "bytes"),
		Package: pick(s, "", "p", "q", "r"), Symbol: pick(s, "", "S", "T.f"),
		Pos: schema.Pos{File: "a.go", Line: s.n(9)},
	}
	for _, name := range []string{"code", "zone", "db"} {
		switch s.n(4) {
		case 1:
			m.Labels = append(m.Labels, schema.Label{Name: name, Optional: s.n(2) == 1})
		case 2:
			m.Labels = append(m.Labels, schema.Label{Name: name, Values: pick(s, []string{"1"}, []string{"1", "2"}, []string{"", "2"})})
		case 3:
			m.ConstLabels = map[string]string{name: pick(s, "", "1", "2")}
		}
	}
	s.kinds(m)
	s.life(m, tombstones)
	if s.wild {
		s.spoil(m)
	}
	return m
}

func (s *source) kinds(m *schema.Metric) {
	switch m.Type {
	case schema.Histogram:
		m.Buckets = pick(s, nil, []float64{1}, []float64{1, 2.5}, []float64{1e-9, 1e21})
		m.Native = pick(s, nil, &schema.Native{}, &schema.Native{BucketFactor: 1.1})
	case schema.Summary:
		m.Objectives = pick(s, nil, []schema.Objective{{Quantile: 0.5, Error: 0.05}}, []schema.Objective{{Quantile: 0.5}, {Quantile: 0.9, Error: 0.01}})
	}
	if s.n(3) == 1 {
		m.Certainty = schema.Default
	} else if s.n(5) == 1 {
		m.Name, m.Certainty = m.Name+"_*", schema.Pattern
	}
}

func (s *source) life(m *schema.Metric, tombstones bool) {
	m.Stability = pick(s, "", "alpha", "beta", "stable")
	if s.n(3) == 1 {
		m.Deprecated = true
		m.DeprecatedSince, m.ReplacedBy = pick(s, "", "next", "1.4"), pick(s, "", "a", "b")
		m.RemoveAfter, m.Note = pick(s, "", "2027-01-01"), pick(s, "", "Use b.")
	}
	if tombstones && s.n(5) == 1 {
		m.Deprecated, m.RemovedIn = true, pick(s, "next", "1.5")
	}
	m.Conditional, m.Initialised, m.Exemplars = s.n(4) == 1, s.n(4) == 1, s.n(4) == 1
	m.Aliases = pick(s, nil, []string{"old_a"}, []string{"old_a", "old_b"})
	if s.n(4) == 1 {
		m.Owner, m.Runbook, m.HowToUse, m.Essential = pick(s, "", "core"), pick(s, "", "https://example.com"), pick(s, "", "Look."), s.n(2) == 1
	}
}

// spoil breaks one of the rules for entries.
func (s *source) spoil(m *schema.Metric) {
	switch s.n(16) {
	case 1:
		m.Name = pick(s, "", "1", "a-b", "*", "**", "a*", "a\xff", "é")
	case 2:
		m.Certainty = pick(s, schema.Pattern, schema.Exact, "perhaps")
	case 3:
		m.Type, m.Stability = "count", "gamma"
	case 4:
		m.Labels = append(m.Labels, schema.Label{Name: pick(s, "", "code", "__x", "x*", "*", "a.b", "A\xff"), Values: []string{"b", "\xff", "a", "b"}})
	case 5:
		m.ConstLabels = map[string]string{pick(s, "", "code", "*", "__x"): "\xfe"}
	case 6:
		m.Buckets = pick(s, []float64{}, []float64{2, 1}, []float64{1, math.Inf(1)}, []float64{math.NaN()}, []float64{math.Inf(-1), 0}, []float64{math.Copysign(0, -1), 0})
	case 7:
		m.Native = &schema.Native{BucketFactor: pick(s, math.NaN(), math.Inf(1), -1, 1, math.Copysign(0, -1))}
	case 8:
		m.Objectives = []schema.Objective{{Quantile: pick(s, 0.9, 2, -1, math.NaN()), Error: pick(s, 0, math.NaN(), math.Inf(1))}, {Quantile: 0.5}}
	case 9:
		m.ReplacedBy, m.RemoveAfter = pick(s, "x y", "*", "1"), pick(s, "soon", "2027-02-30")
	case 10:
		m.Help, m.Note, m.Owner = "\xff", "a\xffb", "\u2028"
	case 11:
		m.RemovedIn = "next"
	case 12:
		m.Aliases = pick(s, []string{m.Name}, []string{"b", "a"}, []string{"a*"}, []string{"\xff"})
	}
}

func (s *source) scope() schema.Scope {
	scope := schema.Scope{Read: map[string]bool{}, Unread: map[string]bool{}, Partial: s.n(2) == 1}
	for _, pkg := range []string{"p", "q", "r"} {
		switch s.n(3) {
		case 1:
			scope.Read[pkg] = true
		case 2:
			scope.Unread[pkg] = true
		}
	}
	return scope
}

// filesOf returns the *.json sections of the txtar files that match pattern.
func filesOf(pattern string) (sections [][]byte, err error) {
	files, err := filepath.Glob(pattern)
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			return nil, err
		}
		for _, f := range a.Files {
			if filepath.Ext(f.Name) == ".json" {
				sections = append(sections, f.Data)
			}
		}
	}
	return sections, err
}
