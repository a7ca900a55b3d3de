package scanner

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	xmodule "golang.org/x/mod/module"
	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/schema"
)

// With -trimpath, what the go command compiles does not depend on the folder, so that it
// finds in its cache what an earlier run compiled in another t.TempDir.
func TestMain(m *testing.M) {
	os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"))
	os.Exit(m.Run())
}

// TestScan scans the archives of testdata/scan. What is expected stands on the line
// that causes it:
//
//	// want "counter shop_requests_total{code=200|500,method,tier?,zone:eu}" "warning: label names"
//
// A metric is its type, its name and its labels: name=a|b for a closed set of values,
// name? for an optional label, name:value for a constant one. Behind them stands what
// else is known of it, as key or key=value; an expectation may leave out all of that
// but the keys of loud. A finding is its severity, :column or nothing, and a part of
// its message, the related ones and the hint, with "; " between and "\n" at the end. want-1 is about the line above, for lines that are directives.
//
// The archives become packages of one module, archive/folder each, which is loaded
// once. One that has a go.mod, or lines "platforms: …", "patterns: …", "tags: …" or "deps:"
// in its head, is loaded for itself. A go.mod that says nothing but a module's path is
// completed, and an empty one is to be the usual one. A want in the head is for findings
// without a line. A constructors.json holds the user's constructors.
func TestScan(t *testing.T) {
	archives := readArchives(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, testModule))
	for _, a := range archives {
		if !a.alone {
			a.write(t, filepath.Join(dir, a.name))
		}
	}
	all, err := load(t.Context(), Config{Dir: dir}.withDefaults(), "linux/amd64", [][]string{{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range archives {
		t.Run(a.name, func(t *testing.T) {
			if a.alone {
				a.scan(t)
				return
			}
			own := slices.DeleteFunc(all.matched([]string{"./..."}), func(p *listed) bool {
				return !strings.HasPrefix(p.ImportPath+"/", testModule+"/"+a.name+"/")
			})
			res := newResult()
			if err := scanPlatform(t.Context(), res, all.program(own), Config{Dir: dir, Constructors: a.constructors, parts: 2}); err != nil {
				t.Fatal(err)
			}
			res.Findings = append(res.Findings, unmatched(a.constructors, res.matched)...)
			finish(res)
			a.compare(t, filepath.Join(dir, a.name), res)
		})
	}
}

const testModule = "scan.test"

// goMod is the go.mod of a module that uses the stubs of testdata/stubs: a folder each,
// with the go.mod of the library that it stands for.
func goMod(t testing.TB, module string) []byte {
	t.Helper()
	stubs, err := filepath.Glob("../testdata/stubs/*/go.mod")
	if err != nil || len(stubs) == 0 {
		t.Fatalf("no stubs: %v", err)
	}
	mod := "module " + module + "\n\ngo 1.26\n"
	for _, stub := range stubs {
		data, err := os.ReadFile(stub)
		if err != nil {
			t.Fatal(err)
		}
		dir, err := filepath.Abs(filepath.Dir(stub))
		if err != nil {
			t.Fatal(err)
		}
		path := modfile.ModulePath(data)
		version := "v0.0.0"
		if _, major, ok := xmodule.SplitPathVersion(path); ok && major != "" {
			version = strings.TrimLeft(major, "/.") + ".0.0"
		}
		mod += fmt.Sprintf("\nrequire %s %s\nreplace %s => %s\n", path, version, path, dir)
	}
	return []byte(mod)
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// An archive is one file of testdata/scan.
type archive struct {
	name         string
	files        []txtar.File
	constructors []Constructor
	alone        bool
	platforms    []string
	patterns     []string
	tags         []string
	deps         bool
	wants        map[spot][]string
}

// A spot is a line of a file; the zero spot is no line.
type spot struct {
	file string
	line int
}

func readArchives(t testing.TB) []*archive {
	t.Helper()
	names, err := filepath.Glob("../testdata/scan/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	var as []*archive
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		a := &archive{name: strings.TrimSuffix(filepath.Base(name), ".txtar"), files: ar.Files, wants: map[spot][]string{}}
		a.head(t, string(ar.Comment))
		for _, f := range ar.Files {
			a.alone = a.alone || f.Name == "go.mod" || f.Name == "no.mod" || f.Name == "go.work"
			if f.Name == "constructors.json" {
				if err := json.Unmarshal(f.Data, &a.constructors); err != nil {
					t.Errorf("%s: %s: %v", a.name, f.Name, err)
				}
			}
			for i, line := range strings.Split(string(f.Data), "\n") {
				a.want(t, spot{f.Name, i + 1}, line)
			}
		}
		as = append(as, a)
	}
	return as
}

// head reads what stands above the files.
func (a *archive) head(t testing.TB, text string) {
	if intent, _, _ := strings.Cut(text, "\n"); !strings.HasSuffix(intent, ".") {
		t.Errorf("%s: does not begin with a sentence", a.name)
	}
	for _, line := range strings.Split(text, "\n") {
		if list, ok := strings.CutPrefix(line, "platforms:"); ok {
			a.platforms, a.alone = strings.Fields(list), true
		}
		if list, ok := strings.CutPrefix(line, "patterns:"); ok {
			a.patterns, a.alone = strings.Fields(list), true
		}
		if list, ok := strings.CutPrefix(line, "tags:"); ok {
			a.tags, a.alone = strings.Fields(list), true
		}
		if line == "deps:" {
			a.deps, a.alone = true, true
		}
		a.want(t, spot{}, line)
	}
}

var (
	wantComment = regexp.MustCompile(`(?:^|// ?)want(-1)? (["` + "`" + `].*)$`)
	quoted      = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|` + "`[^`]*`")
)

// want reads what a line expects.
func (a *archive) want(t testing.TB, at spot, line string) {
	m := wantComment.FindStringSubmatch(line)
	if m == nil {
		return
	}
	if m[1] != "" {
		at.line--
	}
	for _, q := range quoted.FindAllString(m[2], -1) {
		s, err := strconv.Unquote(q)
		if err != nil {
			t.Errorf("%s: %s:%d: %v", a.name, at.file, at.line, err)
		}
		a.wants[at] = append(a.wants[at], s)
	}
}

func (a *archive) write(t *testing.T, dir string) {
	for _, f := range a.files {
		if path, ok := strings.CutPrefix(string(f.Data), "module "); ok && filepath.Base(f.Name) == "go.mod" && strings.Count(path, "\n") == 1 {
			f.Data = goMod(t, strings.TrimSpace(path))
		}
		if f.Name != "no.mod" {
			writeFile(t, filepath.Join(dir, f.Name), f.Data)
		}
	}
}

// scan scans an archive for itself. A no.mod says that there is to be no go.mod.
func (a *archive) scan(t *testing.T) {
	dir := t.TempDir()
	a.write(t, dir)
	i := slices.IndexFunc(a.files, func(f txtar.File) bool { return slices.Contains([]string{"go.mod", "no.mod", "go.work"}, f.Name) })
	if i < 0 || a.files[i].Name == "go.mod" && len(a.files[i].Data) == 0 {
		writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, testModule+"/"+a.name))
	}
	res, err := Scan(t.Context(), Config{Dir: dir, Platforms: a.platforms, Patterns: a.patterns, Tags: a.tags, Deps: a.deps, Constructors: a.constructors, Offline: true, NoCache: true, parts: 2})
	if err != nil {
		res = &Result{Findings: []schema.Finding{{Message: strings.ReplaceAll(err.Error(), dir, ".")}}}
	}
	a.compare(t, dir, res)
}

// compare holds what was found against what is expected.
func (a *archive) compare(t *testing.T, dir string, res *Result) {
	t.Helper()
	got := map[spot][]string{}
	add := func(p schema.Pos, s string) {
		at := spot{line: p.Line}
		if p.Line > 0 {
			at.file = inside(dir, p.File)
		}
		got[at] = append(got[at], s)
	}
	for _, m := range res.Metrics {
		add(m.Pos, describe(m))
	}
	for _, f := range res.Findings {
		parts := []string{f.Message}
		for _, r := range f.Related {
			parts = append(parts, r.Message)
		}
		text := strings.ReplaceAll(strings.Join(append(parts, f.Hint), "; "), dir, ".")
		add(f.Pos, fmt.Sprintf("%s:%d %s", cmp.Or(f.Severity, schema.Error), f.Pos.Col, text))
	}
	for _, at := range slices.SortedFunc(maps.Keys(merge(got, a.wants)), func(x, y spot) int {
		return cmp.Or(cmp.Compare(x.file, y.file), cmp.Compare(x.line, y.line))
	}) {
		left := slices.Clone(a.wants[at])
		for _, g := range slices.Compact(slices.Sorted(slices.Values(got[at]))) {
			if i := slices.IndexFunc(left, func(w string) bool { return meets(g, w) }); i >= 0 {
				left = slices.Delete(left, i, i+1)
				continue
			}
			t.Errorf("%s:%d: found    %s", at.file, at.line, g)
		}
		for _, w := range left {
			t.Errorf("%s:%d: expected %s", at.file, at.line, w)
		}
	}
}

func merge[V any](a, b map[spot]V) map[spot]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// inside returns file relative to dir, with slashes.
func inside(dir, file string) string {
	if abs, err := filepath.Abs(file); err == nil {
		if rel, err := filepath.Rel(dir, abs); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	return file
}

var severity = regexp.MustCompile(`^(error|warning|info)(:\d+) `)

// meets reports whether what was found is what is expected.
func meets(got, want string) bool {
	if f := severity.FindStringSubmatch(got); f != nil {
		kind, text, ok := strings.Cut(want, ": ")
		return ok && (kind == f[1] || kind == f[1]+f[2]) && strings.Contains(got+"\n", text)
	}
	gots, wants := words(got), words(want)
	if len(wants) < 2 || !slices.Equal(gots[:2], wants[:2]) {
		return false
	}
	for _, w := range wants[2:] {
		if !slices.Contains(gots, w) {
			return false
		}
	}
	return !slices.ContainsFunc(gots[2:], func(g string) bool {
		key, _, _ := strings.Cut(g, "=")
		return slices.Contains(loud, key) && !slices.Contains(wants, g)
	})
}

// loud are the keys that an expectation must name where they are found.
var loud = []string{"conditional", "pattern", "default", "deprecated", "native", "essential", "stability", "directive"}

func words(s string) []string { return wordPattern.FindAllString(s, -1) }

var wordPattern = regexp.MustCompile(`(?:[^\s"]|"(?:[^"\\]|\\.)*")+`)

// describe is the compact text form of a metric.
func describe(m *schema.Metric) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", cmp.Or(m.Type, "unknown"), m.Name)
	if labels := describeLabels(m); len(labels) > 0 {
		fmt.Fprintf(&b, "{%s}", strings.Join(labels, ","))
	}
	add := func(key string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "[]" && s != "false" {
			fmt.Fprintf(&b, " %s=%s", key, bare(s))
		}
	}
	flag := func(key string, set bool) {
		if set {
			b.WriteString(" " + key)
		}
	}
	flag(string(m.Certainty), m.Certainty != schema.Exact)
	flag("deprecated", m.Deprecated)
	flag("essential", m.Essential)
	flag("conditional", m.Conditional)
	flag("initialised", m.Initialised)
	flag("exemplars", m.Exemplars)
	add("help", m.Help)
	add("unit", m.Unit)
	add("symbol", m.Symbol)
	add("given", strings.Join(m.Given, "+"))
	if m.Type == schema.Histogram && len(m.Buckets) == 0 {
		add("buckets", "none")
	}
	add("buckets", strings.ReplaceAll(strings.Trim(fmt.Sprint(m.Buckets), "[]"), " ", ","))
	if m.Native != nil {
		add("native", m.Native.BucketFactor)
	}
	for _, o := range m.Objectives {
		add("quantile", fmt.Sprintf("%g±%g", o.Quantile, o.Error))
	}
	add("since", m.DeprecatedSince)
	add("use", m.ReplacedBy)
	add("remove_after", m.RemoveAfter)
	add("note", m.Note)
	add("owner", m.Owner)
	add("runbook", m.Runbook)
	add("how_to_use", m.HowToUse)
	add("stability", m.Stability)
	for _, d := range m.Directives {
		add("directive", d.Name)
	}
	return b.String()
}

// describeLabels returns the labels, sorted by name.
func describeLabels(m *schema.Metric) []string {
	var labels []string
	for _, l := range m.Labels {
		s := l.Name
		if l.Optional {
			s += "?"
		}
		for i, v := range l.Values {
			s += []string{"=", "|"}[min(i, 1)] + bare(v)
		}
		labels = append(labels, s)
	}
	for name, value := range m.ConstLabels {
		labels = append(labels, name+":"+bare(value))
	}
	slices.Sort(labels)
	return labels
}

var plainWord = regexp.MustCompile(`^[^\s"{},|=]+$`)

// bare quotes s where it would not be one word.
func bare(s string) string {
	if plainWord.MatchString(s) || regexp.MustCompile(`^[-+0-9.e,]+$`).MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

// TestScanPrograms scans the programs of one module at once, and each for itself.
func TestScanPrograms(t *testing.T) {
	for _, a := range readArchives(t) {
		if a.name != "programs" {
			continue
		}
		dir := t.TempDir()
		a.write(t, dir)
		writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, testModule+"/"+a.name))
		cfg := Config{Dir: dir, Offline: true, NoCache: true}
		mains := []string{"./cmd/shop", "./cmd/tool"}
		all, err := ScanPrograms(t.Context(), cfg, mains)
		if err != nil {
			t.Fatal(err)
		}
		for i, main := range mains {
			cfg.Patterns = []string{main}
			one, err := Scan(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := said(all[i]), said(one); got != want || len(one.Metrics) == 0 {
				t.Errorf("%s: at once\n%sfor itself\n%s", main, got, want)
			}
		}
	}
}
