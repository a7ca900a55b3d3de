package schema_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/schema"
)

var update = flag.Bool("update", false, "write the sections want and want.json of testdata that differ; look at the change")

// TestFiles runs testdata/schema/KIND_NAME.txtar as the kind's function says. Its
// result is compared with the section "want".
func TestFiles(t *testing.T) {
	kinds := map[string]func(*testing.T, *archive) string{
		"new": runNew, "merge": runMerge, "diff": runDiff, "parse": runParse, "format": runFormat, "conflict": runConflict,
	}
	for _, file := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			kind, _, _ := strings.Cut(filepath.Base(file), "_")
			a := readArchive(t, file)
			a.want("want", kinds[kind](t, a))
			if *update {
				a.write()
			}
		})
	}
}

func archives(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/schema/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	return files
}

// runNew makes a schema of the entries of all *.json but want.json, each at its place
// in its file, shuffled. Those of the files that "meet" lists are in one registry.
func runNew(t *testing.T, a *archive) string {
	var defs []*schema.Metric
	for _, f := range a.Files {
		if !strings.HasSuffix(f.Name, ".json") || f.Name == "want.json" {
			continue
		}
		s := a.parse(f.Name)
		for _, m := range s.Metrics {
			m.Pos = s.PosOf(m.Name)
			if slices.Contains(strings.Fields(string(a.data("meet"))), f.Name) {
				m.Registered = []string{"main"}
			}
			defs = append(defs, m)
		}
	}
	var s *schema.Schema
	var findings []schema.Finding
	for seed := range uint64(20) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(defs), func(i, j int) { defs[i], defs[j] = defs[j], defs[i] })
		next, fs := schema.New(defs)
		if s != nil && (!bytes.Equal(s.Format(), next.Format()) || !reflect.DeepEqual(findings, fs)) {
			t.Fatalf("depends on order:\n%s\n%v\n%s\n%v", s.Format(), findings, next.Format(), fs)
		}
		s, findings = next, fs
	}
	same(t, s.Format(), a.parse("want.json").Format())
	return lines(findings)
}

// runMerge merges found.json into old.json, read as "scope" says, and compares the
// names of the unread entries with "unread".
func runMerge(t *testing.T, a *archive) string {
	scope := schema.Scope{Read: map[string]bool{}, Unread: map[string]bool{}}
	for _, line := range strings.Split(strings.TrimSpace(string(a.data("scope"))), "\n") {
		switch word, pkg, _ := strings.Cut(line, " "); word {
		case "read":
			scope.Read[pkg] = true
		case "unread":
			scope.Unread[pkg] = true
		case "partial":
			scope.Partial = true
		}
	}
	old := a.parse("old.json")
	s, findings := schema.Merge(old, a.parse("found.json"), scope)
	for _, m := range s.Metrics {
		if old != nil && s.PosOf(m.Name) != old.PosOf(m.Name) {
			t.Errorf("%s: position %s, was %s", m.Name, s.PosOf(m.Name), old.PosOf(m.Name))
		}
	}
	same(t, s.Format(), a.parse("want.json").Format())
	var unread []string
	for _, m := range s.Metrics {
		if m.Unread {
			unread = append(unread, m.Name)
		}
	}
	if got, want := strings.Join(unread, "\n"), strings.TrimSpace(string(a.data("unread"))); got != want {
		t.Errorf("unread: got %q, want %q", got, want)
	}
	return lines(findings)
}

// runDiff compares old.json with new.json, on the day that "today" says.
func runDiff(t *testing.T, a *archive) string {
	var b strings.Builder
	for _, c := range schema.Diff(a.parse("old.json"), a.parse("new.json"), strings.TrimSpace(string(a.data("today")))) {
		fmt.Fprintf(&b, "[%s] %s\n", c.Kind, c)
		if c.Hint != "" {
			fmt.Fprintf(&b, "\thint: %s\n", c.Hint)
		}
	}
	return b.String()
}

// runParse parses every *.json, each of which must be refused.
func runParse(t *testing.T, a *archive) string {
	var b strings.Builder
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".json") {
			_, err := schema.Parse(f.Name, f.Data)
			if err == nil {
				t.Errorf("%s: accepted", f.Name)
			}
			fmt.Fprintln(&b, err)
		}
	}
	return b.String()
}

// runConflict merges the sides of in.json.
func runConflict(t *testing.T, a *archive) string {
	s, findings, err := schema.ParseConflict("in.json", a.data("in.json"))
	if err != nil {
		return err.Error() + "\n"
	}
	same(t, s.Format(), a.parse("want.json").Format())
	for _, m := range s.Metrics {
		line := strings.Split(string(a.data("in.json")), "\n")[s.PosOf(m.Name).Line-1]
		if !strings.Contains(line, fmt.Sprintf("%q", m.Name)) {
			t.Errorf("PosOf(%q) = %s: %s", m.Name, s.PosOf(m.Name), line)
		}
	}
	return lines(findings)
}

// runFormat formats in.json.
func runFormat(t *testing.T, a *archive) string {
	a.want("want.json", string(a.parse("in.json").Format()))
	return ""
}

// lines writes findings one a line, related places and hints indented.
func lines(findings []schema.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s: %s: %s (%s)\n", f.Pos, f.Severity, f.Message, f.Check)
		for _, r := range f.Related {
			fmt.Fprintf(&b, "\t%s: %s\n", r.Pos, r.Message)
		}
		fmt.Fprintf(&b, "\thint: %s\n", f.Hint)
	}
	return b.String()
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// An archive is one txtar file of a test.
type archive struct {
	*txtar.Archive
	t    *testing.T
	file string
}

func readArchive(t *testing.T, file string) *archive {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return &archive{Archive: a, t: t, file: file}
}

// data returns a section, nil if there is none.
func (a *archive) data(name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// parse parses a section, nil if there is none.
func (a *archive) parse(name string) *schema.Schema {
	a.t.Helper()
	data := a.data(name)
	if data == nil {
		return nil
	}
	s, err := schema.Parse(name, data)
	if err != nil {
		a.t.Fatalf("%s:\n%v", a.file, err)
	}
	return s
}

// want compares a section with what it should be, or with -update sets it.
func (a *archive) want(name, got string) {
	a.t.Helper()
	if want := string(a.data(name)); want == got {
		return
	} else if !*update {
		a.t.Errorf("%s, section %s: got\n%s\nwant\n%s", a.file, name, got, want)
	}
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		i = len(a.Files)
		a.Files = append(a.Files, txtar.File{Name: name})
	}
	a.Files[i].Data = []byte(got)
}

func (a *archive) write() {
	if err := os.WriteFile(a.file, txtar.Format(a.Archive), 0o644); err != nil {
		a.t.Fatal(err)
	}
}

// TestGoldensAreRead keeps the files of testdata short enough to be looked at.
func TestGoldensAreRead(t *testing.T) {
	for _, file := range archives(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(data, []byte("\n")); n > 60 {
			t.Errorf("%s has %d lines; split it (60)", file, n)
		}
	}
}

func TestParseErrors(t *testing.T) {
	_, err := schema.Parse("dir/metrics.json", []byte("{\n  \"schema_version\": 1,\n  \"metrics\": \"\u00e9\xff\"\n}"))
	var one *schema.ParseError
	if !errors.As(err, &one) {
		t.Fatalf("%T holds no *ParseError", err)
	}
	want := schema.Finding{
		Pos:   schema.Pos{File: "dir/metrics.json", Line: 3, Col: 17},
		Check: "metrics-json", Severity: schema.Error, Message: "invalid UTF-8", Hint: "restore the file from version control",
	}
	if got := err.(schema.ParseErrors).Findings(); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestNewMendsAndRefuses(t *testing.T) {
	at := func(line int) schema.Pos { return schema.Pos{File: "a.go", Line: line, Col: 1} }
	s, findings := schema.New([]*schema.Metric{
		{Name: "a-b", Type: schema.Gauge, Pos: at(1)},
		{Name: "*", Certainty: schema.Pattern, Pos: at(2)},
		{Name: "star_*", Pos: at(3)},
		{Name: "bad_label", Labels: []schema.Label{{Name: "a.b"}}, Pos: at(4)},
		{Name: "bad_const", ConstLabels: map[string]string{"__x": "1"}, Pos: at(5)},
		{Name: "inf", Type: schema.Histogram, Buckets: []float64{1, math.Inf(1)}, Pos: at(6)},
		{Name: "down", Type: schema.Histogram, Buckets: []float64{2, 1}, Pos: at(7)},
		{Name: "nan", Type: schema.Histogram, Buckets: []float64{math.NaN()}, Native: &schema.Native{BucketFactor: math.Inf(1)}, Pos: at(8)},
		{Name: "utf8", Help: "a\xff", Labels: []schema.Label{{Name: "v", Values: []string{"b\xff", "a", "a"}}}, Pos: at(9)},
		{Name: "words", Type: "count", Stability: "gamma", ReplacedBy: "x y", RemoveAfter: "soon", Pos: at(10)},
		{Name: "no_pattern", Certainty: schema.Pattern, Pos: at(11)},
		{Name: "twins", Labels: []schema.Label{{Name: "b"}, {Name: "a", Optional: true}, {Name: "b"}}, ConstLabels: map[string]string{"a": "1"}, Pos: at(12)},
	})
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%d %s", f.Pos.Line, f.Check))
	}
	want := []string{
		"1 invalid-name", "2 invalid-name", "3 invalid-name", "4 invalid-name", "5 invalid-name",
		"7 invalid-metric", "8 invalid-metric", "8 invalid-metric",
		"10 invalid-metric", "10 invalid-metric", "10 invalid-metric", "10 invalid-metric", "12 invalid-metric", "12 invalid-metric",
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings:\n%s\nwant %q", lines(findings), want)
	}
	var names []string
	for _, m := range s.Metrics {
		names = append(names, m.Name)
	}
	if want := "down inf nan no_pattern twins utf8 words"; strings.Join(names, " ") != want {
		t.Errorf("entries %q, want %q", names, want)
	}
	if got := s.Lookup("inf").Buckets; !slices.Equal(got, []float64{1}) {
		t.Errorf("inf: buckets %v, want [1]", got)
	}
	roundTrip(t, s)
}

func TestNewJoinsDirectives(t *testing.T) {
	directive := func(line int, name string) schema.Directive {
		return schema.Directive{Name: name, Pos: schema.Pos{File: "a.go", Line: line}}
	}
	def := func(line int, ds ...schema.Directive) *schema.Metric {
		return &schema.Metric{Name: "m", Type: schema.Gauge, Pos: schema.Pos{File: "a.go", Line: line}, Directives: ds}
	}
	defs := []*schema.Metric{def(9, directive(8, "unit")), def(3, directive(1, "alert"), directive(2, "owner")), def(3, directive(1, "alert"))}
	s, findings := schema.New(defs)
	if len(findings) > 0 {
		t.Fatal(lines(findings))
	}
	if got, want := s.Lookup("m").Directives, []schema.Directive{directive(1, "alert"), directive(2, "owner"), directive(8, "unit")}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := s.Lookup("m").Pos.Line; got != 3 {
		t.Errorf("position: line %d, want the first, 3", got)
	}
	if len(defs[0].Directives) != 1 {
		t.Error("New changed what it was given")
	}
}

func TestSeries(t *testing.T) {
	s, findings := schema.New([]*schema.Metric{
		{Name: "h", Type: schema.Histogram},
		{Name: "s", Type: schema.Summary},
		{Name: "g", Type: schema.Gauge},
		{Name: "h_count", Type: schema.Gauge, Deprecated: true, RemovedIn: "1.0"},
		{Name: "net_*", Type: schema.Gauge, Certainty: schema.Pattern},
		{Name: "net_tcp_*", Type: schema.Histogram, Certainty: schema.Pattern},
		{Name: "net_tcp_open", Type: schema.Gauge},
		{Name: "*_queue_*", Type: schema.Summary, Certainty: schema.Pattern},
	})
	if len(findings) > 0 {
		t.Fatal(lines(findings))
	}
	for _, test := range []struct{ series, metric, suffix string }{
		{"h", "h", ""}, {"h_bucket", "h", "_bucket"}, {"h_sum", "h", "_sum"},
		{"h_count", "h_count", ""}, // a name of its own, though a tombstone's
		{"s_sum", "s", "_sum"}, {"s_count", "s", "_count"}, {"s_bucket", "", ""},
		{"g", "g", ""}, {"g_count", "", ""}, {"", "", ""}, {"_sum", "", ""},
		{"net_udp", "net_*", ""}, {"net_udp_sum", "net_*", ""},
		{"net_tcp_rtt", "net_tcp_*", ""}, {"net_tcp_rtt_bucket", "net_tcp_*", "_bucket"}, {"net_tcp_rtt_bucke", "net_tcp_*", ""},
		{"net_tcp_open", "net_tcp_open", ""}, {"net", "", ""},
		{"a_queue_b", "*_queue_*", ""}, {"a_queue_b_sum", "*_queue_*", "_sum"}, {"net_queue_x", "*_queue_*", ""},
	} {
		m, suffix := s.Series(test.series)
		name := ""
		if m != nil {
			name = m.Name
		}
		if name != test.metric || suffix != test.suffix {
			t.Errorf("Series(%q) = %q, %q; want %q, %q", test.series, name, suffix, test.metric, test.suffix)
		}
	}
}

func TestLabelPattern(t *testing.T) {
	m := &schema.Metric{Labels: []schema.Label{{Name: "label_*"}, {Name: "label_app"}, {Name: "pod"}}}
	for name, want := range map[string]string{"label_app": "label_app", "label_team": "label_*", "pod": "pod", "pods": ""} {
		got := ""
		if l := m.Label(name); l != nil {
			got = l.Name
		}
		if got != want || m.HasLabel(name) != (want != "") {
			t.Errorf("Label(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestBranchesMerge adds a metric on each of two branches and merges them as git does.
func TestBranchesMerge(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git")
	}
	dir := t.TempDir()
	write := func(branch string, names ...string) (string, []byte) {
		s := &schema.Schema{}
		for _, n := range names {
			s.Metrics = append(s.Metrics, &schema.Metric{Name: n, Type: schema.Gauge, Help: "Help of " + n + ".", Labels: []schema.Label{{Name: "zone"}}})
		}
		file := filepath.Join(dir, branch)
		if err := os.WriteFile(file, s.Format(), 0o644); err != nil {
			t.Fatal(err)
		}
		return file, s.Format()
	}
	base, _ := write("base", "b", "d", "f")
	for _, test := range []struct{ ours, theirs, want []string }{
		{[]string{"a", "b", "d", "f"}, []string{"b", "c", "d", "f"}, []string{"a", "b", "c", "d", "f"}},
		{[]string{"b", "c", "d", "f"}, []string{"b", "d", "e", "f"}, []string{"b", "c", "d", "e", "f"}},
		{[]string{"b", "d", "e", "f"}, []string{"b", "d", "f", "g"}, []string{"b", "d", "e", "f", "g"}},
		{[]string{"d", "f"}, []string{"b", "d", "f", "g"}, []string{"d", "f", "g"}},
	} {
		ours, _ := write("ours", test.ours...)
		theirs, _ := write("theirs", test.theirs...)
		_, want := write("want", test.want...)
		got, err := exec.Command(git, "merge-file", "-p", ours, base, theirs).Output()
		if err != nil {
			t.Errorf("%v and %v: %v:\n%s", test.ours, test.theirs, err, got)
			continue
		}
		same(t, got, want)
	}
}
