package config

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write effective.yaml in the corpus and dashgen.schema.json")

const corpus = "../../testdata/config/*.txtar"

// TestCorpus reads the dashgen.yaml files of each archive. A comment # want "REGEXP"
// ... expects those findings on its line, and no others anywhere; effective.yaml is
// what Config.YAML returns.
func TestCorpus(t *testing.T) {
	for _, name := range glob(t, corpus) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if len(bytes.TrimSpace(ar.Comment)) == 0 {
				t.Error("archive does not say what it is about")
			}
			var effective []byte
			for i, f := range ar.Files {
				if filepath.Base(f.Name) == "dashgen.yaml" {
					c, findings := Parse(f.Name, blankWants(f.Data))
					checkWants(t, f.Name, f.Data, findings)
					effective = c.YAML()
					checkFixedPoint(t, effective)
				}
				if f.Name == "effective.yaml" && *update {
					ar.Files[i].Data = effective
				} else if f.Name == "effective.yaml" && string(f.Data) != string(effective) {
					t.Errorf("effective values:\n%s\nwant:\n%s", effective, f.Data)
				}
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func glob(t testing.TB, pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	return names
}

var (
	wantComment = regexp.MustCompile(`# want (".*")$`)
	wantString  = regexp.MustCompile(`"(.*?)"(?: |$)`)
)

// blankWants replaces the want comments by nothing.
func blankWants(data []byte) []byte {
	lines := bytes.SplitAfter(data, []byte("\n"))
	for i, l := range lines {
		if m := wantComment.FindIndex(bytes.TrimRight(l, "\n")); m != nil {
			lines[i] = append(bytes.Clone(bytes.TrimRight(l[:m[0]], " ")), '\n')
		}
	}
	return bytes.Join(lines, nil)
}

func checkWants(t *testing.T, file string, data []byte, findings []schema.Finding) {
	t.Helper()
	got := map[int][]string{}
	for _, f := range findings {
		s := f.Message + " (" + f.Check + ")"
		if f.Hint != "" {
			s += " hint: " + f.Hint
		}
		got[f.Pos.Line] = append(got[f.Pos.Line], s)
		if f.Pos.File != file {
			t.Errorf("%v: %s: want file %s", f.Pos, f.Message, file)
		}
	}
	for i, line := range strings.Split(string(data), "\n") {
		var wants []string
		if m := wantComment.FindStringSubmatch(line); m != nil {
			for _, w := range wantString.FindAllStringSubmatch(m[1], -1) {
				wants = append(wants, w[1])
			}
		}
		for _, want := range wants {
			matched := false
			for k, s := range got[i+1] {
				if regexp.MustCompile(want).MatchString(s) {
					got[i+1] = append(got[i+1][:k:k], got[i+1][k+1:]...)
					matched = true
					break
				}
			}
			if !matched {
				t.Errorf("%s:%d: no finding matches %q", file, i+1, want)
			}
		}
	}
	for line, rest := range got {
		for _, s := range rest {
			t.Errorf("%s:%d: unexpected: %s", file, line, s)
		}
	}
}

// checkFixedPoint reads effective values again: nothing is said, nothing changes.
func checkFixedPoint(t *testing.T, effective []byte) {
	t.Helper()
	c, findings := Parse("effective.yaml", effective)
	for _, f := range findings {
		// What is wrong in the input may still be; what is unknown is gone.
		if strings.HasPrefix(f.Message, "unknown key") || strings.HasPrefix(f.Message, "YAML") {
			t.Errorf("effective values: %v: %s", f.Pos, f.Message)
		}
	}
	if again := c.YAML(); !bytes.Equal(effective, again) {
		t.Errorf("effective values change when they are read:\n%s\nbecomes:\n%s", effective, again)
	}
}

func TestPositions(t *testing.T) {
	const file = `
dashboards:
  - title: A
    rows:
      - panels:
          - title: B
            type: stat
            metrics: [a, b]
          - {title: C, expr: "x{a=\"b\"} + y"}
          - {title: D, unit: s, queries: [{expr: x, unit: ms}]}
alerts:
  - name: g
    rules:
      # dashgen:ignore promql because
      - expr: |-
          up
            + down
        alert: D
`
	c, findings := Parse("f", []byte(file))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	panels, rule := c.Dashboards[0].Rows[0].Panels, c.Alerts[0].Rules[0]
	for _, p := range []struct {
		what string
		pos  schema.Pos
		want string
	}{
		{"dashboard", c.Dashboards[0].Pos, "f:3:5"},
		{"panel", panels[0].Pos, "f:6:13"},
		{"panel's type", panels[0].TypePos, "f:7:19"},
		{"second metric", panels[0].MetricPos[1], "f:8:26"},
		{"query", panels[1].Queries[0].Pos, "f:9:31"},
		{"y in the query", c.At(panels[1].Queries[0].Pos, strings.Index(panels[1].Queries[0].Expr, "y")), "f:9:44"},
		{"unit", panels[2].UnitPos, "f:10:30"},
		{"unit of a query", panels[2].Queries[0].UnitPos, "f:10:59"},
		{"no unit", panels[0].UnitPos, "-"},
		{"group", c.Alerts[0].Pos, "f:12:5"},
		{"rule", rule.Pos, "f:18:16"},
		{"expression", rule.ExprPos, "f:16:11"},
		{"down in the expression", c.At(rule.ExprPos, strings.Index(rule.Expr, "down")), "f:17:15"},
		{"ignore", rule.Ignores[0].Pos, "f:14:7"},
	} {
		if p.pos.String() != p.want {
			t.Errorf("%s stands at %v, want %s", p.what, p.pos, p.want)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":               "module example.org/shop/v2 // the shop\n",
		"a/b/x.go":             "package b\n",
		"a/dashgen.yaml":       "out: gen\n",
		"yml/dashgen.yml":      "out: gen\n",
		"nested/go.mod":        "module \"example.org/nested\"\n",
		"nested/deep/x.go":     "package deep\n",
		"broken/dashgen.yaml/": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			if err := os.Mkdir(path, 0o777); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, c := range []struct{ start, want string }{
		{".", "file= dir=. name=shop job= out=monitoring findings=0"},
		{"a", "file=a/dashgen.yaml dir=a name=shop job= out=gen findings=0"},
		{"a/b", "file=a/dashgen.yaml dir=a name=shop job= out=gen findings=0"},
		{"yml", "file= dir=yml name=shop job= out=monitoring findings=1"},
		{"nested/deep", "file= dir=nested/deep name=nested job= out=monitoring findings=0"},
	} {
		got, findings, err := Load(c.start)
		if err != nil {
			t.Fatal(err)
		}
		s := fmt.Sprintf("file=%s dir=%s name=%s job=%s out=%s findings=%d", got.File, got.Dir, got.Name, got.Job, got.Out, len(findings))
		if s != c.want {
			t.Errorf("Load(%q): %s\nwant %s", c.start, s, c.want)
		}
	}
	if _, _, err := Load("broken"); err == nil || !strings.HasPrefix(err.Error(), "read broken/dashgen.yaml: ") {
		t.Errorf("a folder called dashgen.yaml: %v", err)
	}
	t.Chdir("a/b")
	if c, _, err := Load("."); err != nil || c.File != "../dashgen.yaml" || c.Dir != ".." {
		t.Errorf("from below: %q in %q, %v", c.File, c.Dir, err)
	}
}

func TestUID(t *testing.T) {
	for _, c := range []struct{ name, title, want string }{
		{"kaizen", "Kaizen Overview", "kaizen-overview"},
		{"shop", "Orders & Carts", "shop-orders-carts"},
		{"shop", "Shop", "shop"},
		{"shop", "Shopping", "shop-shopping"},
		{"", "Orders", "orders"},
		{"shop", "概览", "shop-3fd788ae"},
		{"shop", strings.Repeat("very ", 10) + "long", "shop-very-very-very-very-very-v-91ee1a65"},
	} {
		if got := UID(c.name, c.title); got != c.want || len(got) > 40 {
			t.Errorf("UID(%q, %q) = %q, want %q", c.name, c.title, got, c.want)
		}
	}
}

// TestJSONSchema holds that the published file is what the reader's rows say, and
// that it takes what the reader takes.
func TestJSONSchema(t *testing.T) {
	const file = "dashgen.schema.json"
	if *update {
		if err := os.WriteFile(file, JSONSchema(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(published, JSONSchema()) {
		t.Errorf("%s is not what the rows say; run go test -update", file)
	}
	compiler := jsonschema.NewCompiler()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(published))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource(file, doc); err != nil {
		t.Fatal(err)
	}
	sch, err := compiler.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range glob(t, "../../testdata/systems/*/dashgen.yaml") {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		checkAgree(t, sch, name, data)
	}
	for _, name := range glob(t, corpus) {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			checkAgree(t, sch, name+"/"+f.Name, blankWants(f.Data))
		}
	}
}

// checkAgree fails where the reader takes a file that the JSON Schema refuses, or
// names an unknown key that the JSON Schema does not mind.
func checkAgree(t *testing.T, sch *jsonschema.Schema, name string, data []byte) {
	t.Helper()
	_, findings := Parse(name, data)
	var v any
	if yaml.Unmarshal(data, &v) != nil || v == nil {
		return
	}
	err := sch.Validate(v)
	if len(findings) == 0 && err != nil {
		t.Errorf("%s: the reader takes it, the JSON Schema does not: %v", name, err)
	}
	for _, f := range findings {
		if strings.HasPrefix(f.Message, "unknown key") && err == nil {
			t.Errorf("%s: the JSON Schema takes it, the reader says %s", name, f.Message)
		}
	}
}

// FuzzParse holds that any input gives a Config and findings that lie in the file,
// and that effective values are a fixed point where nothing was found.
func FuzzParse(f *testing.F) {
	for _, name := range glob(f, corpus) {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range ar.Files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		c, findings := Parse("f", data)
		lines := bytes.Count(data, []byte("\n")) + 1
		for _, x := range findings {
			if x.Pos.File != "f" || x.Pos.Line > lines {
				t.Errorf("%v lies outside the file: %s", x.Pos, x.Message)
			}
		}
		if len(findings) == 0 {
			checkFixedPoint(t, c.YAML())
		}
	})
}

// dashgen.jsonnet is the same object, composed; its positions are the file.
func TestComposed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":              "module example.org/shop\n",
		"lib/panel.libsonnet": "function(m) { title: m, metric: m }\n",
		"svc/dashgen.jsonnet": "local panel = import '../lib/panel.libsonnet';\n{\n  version: 1,\n  dashboards: [{ title: 'Shop', rows: [{ panels: [panel('a'), panel('b')] }] }],\n}\n",
		"bad/dashgen.jsonnet": "{\n  version: 1,\n  nmae: 'x',\n}\n",
		"err/dashgen.jsonnet": "{\n  version: nobody,\n}\n",
		"two/dashgen.jsonnet": "{ version: 1 }\n",
		"two/dashgen.yaml":    "version: 1\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	c, findings, err := Load("svc")
	if err != nil || len(findings) > 0 {
		t.Fatal(err, findings)
	}
	panels := c.Dashboards[0].Rows[0].Panels
	if len(panels) != 2 || panels[1].Title != "b" || panels[1].Metrics[0] != "b" || c.Dir != "svc" || c.Name != "shop" {
		t.Errorf("read %+v", c)
	}
	if want := (schema.Pos{File: "svc/dashgen.jsonnet"}); panels[1].MetricPos[0] != want || c.At(panels[1].Pos, 5) != want {
		t.Errorf("positions are %v and %v", panels[1].MetricPos[0], c.At(panels[1].Pos, 5))
	}
	for start, want := range map[string]string{
		"bad": `bad/dashgen.jsonnet: unknown key "nmae"`,
		"err": "err/dashgen.jsonnet:2:12: Unknown variable: nobody",
		"two": "two/dashgen.yaml: file is not read",
	} {
		_, findings, err := Load(start)
		if err != nil || len(findings) != 1 {
			t.Errorf("%s: %v, %v", start, findings, err)
			continue
		}
		if got := findings[0].Pos.String() + ": " + findings[0].Message; !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s…", start, got, want)
		}
	}
}

// The platforms are those of the Go that this is built with.
func TestPorts(t *testing.T) {
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(runtime.Version(), "go1.26") {
		t.Skip("the table is Go 1.26's")
	}
	if got := strings.Fields(string(out)); !slices.Equal(got, ports) {
		t.Errorf("go tool dist list prints\n%v\nthe table is\n%v", got, ports)
	}
}
