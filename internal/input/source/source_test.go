package source

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
	"go.yaml.in/yaml/v3"
)

const limit = 1 << 20

// Each case holds a value in which the word "here" stands once. The word must be
// found in the file by its offset in the value.
var heres = []struct{ name, file string }{
	{"plain", "a: rate(x[5m]) + here"},
	{"plain, folded", "a: rate(x[5m])\n  + here * 2\n"},
	{"single quotes", "a: 'x{b=\"c\"} + here'"},
	{"single quotes, doubled", "a: 'it''s here'"},
	{"single quotes, folded", "a: 'one\n\n   two   here'"},
	{"double quotes", `a: "x{b=\"c\"} + here"`},
	{"double quotes, escapes", `a: "\t\u00e9\xe9\_\N\U0001F600 \\ here"`},
	{"double quotes, escaped break", "a: \"one \\\n     two here\""},
	{"double quotes, escape behind spaces", "a: \"one  \\n  here\""},
	{"literal block", "a: |\n  rate(x[5m])\n    + here\n"},
	{"literal block, more to the right", "a: |2\n     one\n   here\n"},
	{"literal block, empty lines first", "a: |\n\n\n  one\n  here\n"},
	{"folded block", "a: >-\n  one\n  two\n\n  three here\nb: 1"},
	{"anchor and tag", "a: &x !!str 'and here'"},
	{"behind wide characters", "{ä: ö, a: \"é here\"}"},
	{"behind a byte order mark", "\ufeffa: here"},
	{"carriage returns", "a: |\r\n  one\r\n  here\r\n"},
	{"alias", "b: &x one here\na: *x"},
	{"merge", "b: &x {a: one here}\n<<: *x"},
}

func TestYAMLPositions(t *testing.T) {
	for _, c := range heres {
		t.Run(c.name, func(t *testing.T) {
			d, findings := YAML("f", []byte(c.file), limit)
			if len(findings) > 0 {
				t.Fatalf("findings: %v", findings)
			}
			checkHere(t, d.Root.Get("a"), c.file)
		})
	}
}

func TestJSONPositions(t *testing.T) {
	for _, file := range []string{
		`{"a": "x + here"}`,
		`{"b": 1, "a": "x{b=\"c\"}\n + \u00e9\ud83d\ude00\/ here"}`,
		"{\n\t\"a\": \"here\"\n}",
		"\ufeff{\"ä\": [1, null], \"a\": \"here\"}",
	} {
		d, findings := JSON("f", []byte(file), limit)
		if len(findings) > 0 {
			t.Fatalf("%s: findings: %v", file, findings)
		}
		checkHere(t, d.Root.Get("a"), file)
		var want struct{ A string }
		if err := json.Unmarshal([]byte(strings.TrimPrefix(file, "\ufeff")), &want); err != nil || d.Root.String("a") != want.A {
			t.Errorf("%s: read %q, encoding/json reads %q, %v", file, d.Root.String("a"), want.A, err)
		}
	}
}

func checkHere(t *testing.T, n *Node, file string) {
	t.Helper()
	at := strings.Index(n.Text, "here")
	pos := n.At(at)
	line := strings.Split(file, "\n")[pos.Line-1]
	if !strings.HasPrefix(line[pos.Col-1:], "here") {
		t.Errorf("%q: byte %d of %q is said to stand at %v: %q", file, at, n.Text, pos, line[pos.Col-1:])
	}
	if part := n.Part(at, len(n.Text)); part.Pos() != pos || n.doc.At(pos, 3) != n.At(at+3) {
		t.Errorf("%q: the part from %q on begins at %v, its fourth byte stands at %v", file, part.Text, part.Pos(), n.doc.At(pos, 3))
	}
	first := n.Pos()
	if got := strings.Split(file, "\n")[first.Line-1][first.Col-1:]; got[0] == '\'' || got[0] == '"' || isBlank(got[0]) {
		t.Errorf("%q: begins at %v: %q", file, first, got)
	}
}

func TestDamage(t *testing.T) {
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	for _, c := range []struct{ name, file, want string }{
		{"y bad indentation", "a:\n  - b\n c: 1\n", "f:3: YAML does not parse: did not find expected key"},
		{"y far below", "a:\n  - b: 1\n    c: 1\n  - d: 'x\n      y'\n  - e: 1\n   f: 1\nb: 1\n", "f:7: YAML does not parse: did not find expected '-' indicator"},
		{"y colon", "a: b: c", "f:1: YAML does not parse: mapping values are not allowed in this context"},
		{"y open bracket", "a: 1\nb: [1,\nc: 2", "f:2: YAML does not parse: did not find expected ',' or ']'"},
		{"y open quote", "a: 1\nb: 'x", "f:2: YAML does not parse: found unexpected end of stream"},
		{"y unknown alias", "a: *b", "f:1: YAML does not parse: unknown anchor 'b' referenced"},
		{"y alias in itself", "a: &a [*a]", `f:1:8: alias "a" stands inside the value that it names`},
		{"y bomb", bomb, "f:5:10: aliases expand the document by more than 10000 values"},
		{"y repeated key", "a: 1\nb: 2\na: 3", `f:3:1: key "a" stands twice; the first one counts`},
		{"y list as key", "[a]: 1", "f:1:1: a key must be a word, not a list"},
		{"y two documents", "a: 1\n---\nb: 1\n", "f:2:1: file holds a second YAML document; only the first is read"},
		{"y not UTF-8", "a: \xff", "f:1:4: file is not UTF-8"},
		{"y deep", deep, "f:1:102: values are nested more than 100 deep"},
		{"y long", strings.Repeat("#", limit+1), "f: file is longer than 1048576 bytes, which is all that is read"},
		{"j trailing comma", "{\n\"a\": [1,\n]}", "f:2:8: JSON does not parse: want another item after the comma"},
		{"j cut off", "{\"a\": [1", `f:1:9: JSON does not parse: want "," or ']', have the end of the file`},
		{"j no value", "{\"a\": }", `f:1:7: JSON does not parse: want a value, have '}'`},
		{"j word", "{\"a\": tru}", `f:1:7: JSON does not parse: want a value, have "tru"`},
		{"j open string", "{\"a\": \"x}", "f:1:7: JSON does not parse: a string does not end"},
		{"j line break in a string", "{\"a\": \"x\n\"}", `f:1:9: JSON does not parse: a string holds the control character '\n'; write it with a backslash`},
		{"j escape", `{"a": "\q"}`, "f:1:8: JSON does not parse: a string holds an unknown escape"},
		{"j more behind", "{} {}", `f:1:4: JSON does not parse: want the end of the file, have '{'`},
		{"j empty", "", "f:1:1: JSON does not parse: want a value, have the end of the file"},
		{"j repeated key", `{"a": 1, "a": 2}`, `f:1:10: key "a" stands twice; the first one counts`},
		{"j deep", deep, "f:1:102: JSON does not parse: values are nested more than 100 deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			read := YAML
			if c.name[0] == 'j' {
				read = JSON
			}
			_, findings := read("f", []byte(c.file), limit)
			if len(findings) == 0 {
				t.Fatal("no finding")
			}
			if got := findings[0].Pos.String() + ": " + findings[0].Message; got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestDirectives(t *testing.T) {
	const file = `
# dashgen:ignore above-a why
# another comment
- name: a # dashgen:ignore behind-a
  text: "# dashgen:ignore no-comment"
  # dashgen:ignore inside-a
  block: |
    # dashgen:ignore no-comment-either

# dashgen:ignore apart, with an empty line below

-
  # dashgen:ignore in-b
  name: b
# dashgen:ignore above-c
-
  name: c
`
	d, findings := YAML("f", []byte(file), limit)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	of, rest := d.Attach(d.Root.Items)
	var got []string
	for _, n := range d.Root.Items {
		for _, dir := range of[n] {
			got = append(got, n.String("name")+": "+dir.Text)
		}
	}
	for _, dir := range rest {
		got = append(got, "rest: "+dir.Text)
	}
	want := "a: above-a why|a: behind-a|a: inside-a|b: in-b|c: above-c|rest: apart, with an empty line below"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"dashboards", "description", "title", "type", "unit", "min", "max"}
	for word, want := range map[string]string{
		"dashbaords": "dashboards", "descripton": "description", "tite": "title", "uint": "unit",
		"mim": "min", "x": "", "panels": "", "descrption_": "description",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

// FuzzYAML holds that every position lies in the file and that the parser's own
// decoding of a scalar is what its span holds.
func FuzzYAML(f *testing.F) {
	for _, c := range heres {
		f.Add([]byte(c.file))
	}
	seeds, err := filepath.Glob("../../../testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, findings := YAML("f", data, 1<<16)
		checkFindings(t, data, findings)
		if d.Root != nil {
			checkTree(t, d.Root)
		}
		var n yaml.Node
		if err := yaml.Unmarshal(data, &n); err != nil && len(findings) == 0 {
			t.Errorf("the parser says %v, YAML finds nothing", err)
		}
	})
}

// FuzzJSON holds that exactly what encoding/json takes is taken.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a": ["x\n\ud83d\ude00", 1.5e3, true, null, {}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, findings := JSON("f", data, 1<<16)
		checkFindings(t, data, findings)
		if d.Root != nil {
			checkTree(t, d.Root)
		}
		if ok := json.Valid(data); ok && d.Root == nil && strings.Count(string(data), "[")+strings.Count(string(data), "{") < maxDepth {
			t.Errorf("encoding/json takes it; JSON finds %v", findings)
		} else if !ok && d.Root != nil && !strings.HasPrefix(string(data), "\ufeff") {
			t.Error("encoding/json refuses it; JSON takes it")
		}
	})
}

func checkFindings(t *testing.T, data []byte, findings []schema.Finding) {
	lines := strings.Split(string(data), "\n")
	for _, f := range findings {
		if f.Pos.Line > len(lines) || f.Pos.Line > 0 && f.Pos.Col > len(lines[f.Pos.Line-1])+1 {
			t.Errorf("%v lies outside the file: %s", f.Pos, f.Message)
		}
	}
}

func checkTree(t *testing.T, n *Node) {
	if n.start > n.end || n.end > len(n.doc.data) {
		t.Fatalf("%q spans %d to %d of %d", n.Text, n.start, n.end, len(n.doc.data))
	}
	for i := range n.Text {
		if pos := n.At(i); pos.Line < 1 || pos.Col < 1 {
			t.Fatalf("byte %d of %q stands at %v", i, n.Text, pos)
		}
	}
	for _, c := range n.Items {
		checkTree(t, c)
	}
	for _, f := range n.Fields {
		checkTree(t, f.Value)
	}
}
