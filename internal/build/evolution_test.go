package build

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/scanner"
	"github.com/dashgen/dashgen/schema"
)

// levels are the stabilities that every program is tried with.
var levels = []string{"stable", "beta", "alpha", "none"}

// TestEvolution holds diff to testdata/evolution: a program before and after one change, in
// which LEVEL stands for the metric's stability, and the queries of rules.yaml and
// dashboard.json. Want has the changes, each with its severity by stability, alone and
// with these queries, and the queries that it breaks. -update writes it.
func TestEvolution(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "evolution", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	archives := map[string]*txtar.Archive{}
	dir := t.TempDir()
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		row := strings.TrimSuffix(filepath.Base(file), ".txtar")
		archives[row] = a
		for _, level := range levels {
			for _, when := range []string{"before", "after"} {
				text := at(level).Replace(string(section(a, when+".go")))
				write(t, filepath.Join(dir, row, level, when, "shop.go"), []byte(text))
			}
		}
	}
	byPackage := scanModule(t, dir)
	for row, a := range archives {
		t.Run(row, func(t *testing.T) { evolution(t, row, a, byPackage) })
	}
}

// at writes a stability where LEVEL stands: as a directive, or as Kubernetes' own library has
// it.
func at(level string) *strings.Replacer {
	if level == "none" {
		return strings.NewReplacer("//dashgen:stability LEVEL\n", "", "metrics.LEVEL", `""`)
	}
	return strings.NewReplacer("stability LEVEL", "stability "+level, "metrics.LEVEL", "metrics."+strings.ToUpper(level))
}

// scanModule scans a module of this repository's requirements, and a stub of Kubernetes'
// library, and returns the metrics of each package.
func scanModule(t *testing.T, dir string) map[string][]*schema.Metric {
	t.Helper()
	kubernetes, err := filepath.Abs(filepath.Join("..", "..", "testdata", "stubs", "component-base"))
	if err != nil {
		t.Fatal(err)
	}
	stub := fmt.Sprintf("require k8s.io/component-base v0.0.0\n\nreplace k8s.io/component-base => %q\n", kubernetes)
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), []byte(strings.Replace(string(data), "module "+module, "module evolution\n\n"+stub, 1)))
	}
	res, err := scanner.Scan(t.Context(), scanner.Config{Dir: dir, Patterns: []string{"./..."}, Offline: true, NoCache: true, Platforms: []string{"linux/amd64"}})
	if err != nil {
		t.Fatal(err)
	}
	byPackage := map[string][]*schema.Metric{}
	for _, m := range res.Metrics {
		pkg := strings.TrimPrefix(m.Package, "evolution/")
		m.Package = path.Base(path.Dir(path.Dir(pkg))) // the same before and after
		byPackage[pkg] = append(byPackage[pkg], m)
	}
	for pkg := range res.Unread {
		t.Errorf("package %s is not read", pkg)
	}
	return byPackage
}

// evolution compares what diff says of a row with what it should say.
func evolution(t *testing.T, row string, a *txtar.Archive, byPackage map[string][]*schema.Metric) {
	alone, queried := map[string][]string{}, map[string][]string{}
	var order []string
	uses := map[string]string{}
	for _, level := range levels {
		old, _ := schema.New(byPackage[path.Join(row, level, "before")])
		now, _ := schema.New(byPackage[path.Join(row, level, "after")])
		now, _ = schema.Merge(old, now, schema.Scope{Read: map[string]bool{row: true}})
		in := queries(t, a, now)
		changes := schema.Diff(old, now, strings.TrimSpace(string(section(a, "today"))))
		for n, i := range lint.Impacts(in, nil, old, changes, nil) {
			if i.Kind == "added" || i.Kind == "stability" && row != "stability" {
				continue
			}
			key := fmt.Sprintf("[%s] %s: %s", i.Kind, i.Metric, i.Message)
			if row == "stability" {
				key = fmt.Sprintf("[%s] %s", i.Kind, i.Metric)
			}
			if !slices.Contains(order, key) {
				order = append(order, key)
			}
			alone[key] = append(alone[key], fmt.Sprintf("%s %s", level, changes[n].Severity))
			queried[key] = append(queried[key], fmt.Sprintf("%s %s", level, i.Severity))
			text := usesText(i)
			if before, said := uses[key]; said && before != text {
				t.Errorf("%s: %s: the queries depend on the stability:\n%s\n%s", level, key, text, before)
			}
			uses[key] = text
		}
	}
	var b strings.Builder
	for _, key := range order {
		fmt.Fprintf(&b, "%s\n\talone: %s\n", key, strings.Join(alone[key], ", "))
		if uses[key] != "" {
			fmt.Fprintf(&b, "\twith these queries: %s\n%s", strings.Join(queried[key], ", "), uses[key])
		}
	}
	got := b.String()
	if want := string(section(a, "want")); got == want {
		return
	} else if !*update {
		t.Errorf("got\n%s\nwant\n%s", got, want)
		return
	}
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	a.Files[i].Data = []byte(got)
	write(t, filepath.Join("..", "..", "testdata", "evolution", row+".txtar"), txtar.Format(a))
}

// queries reads the queries of a row.
func queries(t *testing.T, a *txtar.Archive, now *schema.Schema) lint.Input {
	t.Helper()
	in := lint.Input{Schema: now}
	if data := section(a, "rules.yaml"); data != nil {
		rules, fs := input.ParseRules("rules.yaml", data)
		if len(fs) > 0 {
			t.Fatal(fs)
		}
		in.Rules = append(in.Rules, rules)
	}
	if data := section(a, "dashboard.json"); data != nil {
		d, fs := input.ParseDashboard("dashboard.json", data)
		if len(fs) > 0 {
			t.Fatal(fs)
		}
		in.Dashboards = append(in.Dashboards, d)
	}
	return in
}

func usesText(i lint.Impact) string {
	var b strings.Builder
	for _, u := range i.Uses {
		verb := "concerns"
		if u.Breaks {
			verb = "breaks"
		}
		fmt.Fprintf(&b, "\t\t%v: %s %s\n", u.Pos, verb, u)
		if u.Rewrite != "" {
			fmt.Fprintf(&b, "\t\t\twrite: %s\n", u.Rewrite)
		}
	}
	if i.Hint != "" {
		fmt.Fprintf(&b, "\t\thint: %s\n", i.Hint)
	}
	return b.String()
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
