package jsonnet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// write lays files out below a folder of their own.
func write(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestEvaluate(t *testing.T) {
	for name, c := range map[string]struct{ archive, want string }{
		"plain":   {"-- a.jsonnet --\n{a: 1 + 1}\n", `{"a":2}`},
		"beside":  {"-- a.jsonnet --\nimport 'lib/b.libsonnet'\n-- lib/b.libsonnet --\n{b: import 'c.libsonnet'}\n-- lib/c.libsonnet --\n3\n", `{"b":3}`},
		"vendor":  {"-- a.jsonnet --\nimport 'x/y.libsonnet'\n-- vendor/x/y.libsonnet --\n{v: true}\n", `{"v":true}`},
		"upwards": {"-- a.jsonnet --\n(import 'sub/b.libsonnet')\n-- sub/b.libsonnet --\nimport '../c.libsonnet'\n-- c.libsonnet --\n1\n", `1`},
		"text":    {"-- a.jsonnet --\n{t: importstr 'b.txt'}\n-- b.txt --\nhi\n", `{"t":"hi\n"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, f := Evaluate(write(t, c.archive), "a.jsonnet")
			if f != nil {
				t.Fatalf("%s: %s", f.Pos, f.Message)
			}
			if compact := strings.NewReplacer(" ", "", "\n", "").Replace(string(got)); compact != strings.ReplaceAll(c.want, " ", "") {
				t.Errorf("got %s, want %s", compact, c.want)
			}
		})
	}
}

func TestFindings(t *testing.T) {
	for name, c := range map[string]struct{ archive, pos, message string }{
		"syntax":     {"-- a.jsonnet --\n{\n  a: ,\n}\n", "a.jsonnet:2:6", "Unexpected"},
		"variable":   {"-- a.jsonnet --\n{\n  a: nobody,\n}\n", "a.jsonnet:2:6", "nobody"},
		"runtime":    {"-- a.jsonnet --\n{\n  a: error 'stop here',\n}\n", "a.jsonnet:2:6", "stop here"},
		"in import":  {"-- a.jsonnet --\nimport 'b.libsonnet'\n-- b.libsonnet --\n{ a: 1 / 0 }\n", "b.libsonnet:1:6", "zero"},
		"missing":    {"-- a.jsonnet --\nimport 'nothing.libsonnet'\n", "a.jsonnet:1:1", "nothing.libsonnet"},
		"outside":    {"-- a.jsonnet --\nimportstr '../../../../etc/passwd'\n", "a.jsonnet:1:1", "inside the module"},
		"absolute":   {"-- a.jsonnet --\nimportstr '/etc/passwd'\n", "a.jsonnet:1:1", "inside the module"},
		"recursion":  {"-- a.jsonnet --\nlocal f(x) = f(x + 1) + 1; f(0)\n", "a.jsonnet:1:", "stack"},
		"itself":     {"-- a.jsonnet --\n(import 'a.jsonnet') + 1\n", "a.jsonnet:1:", "stack"},
		"no such":    {"-- b.jsonnet --\n1\n", "a.jsonnet", "no such file"},
		"not a file": {"-- a.jsonnet/b --\n1\n", "a.jsonnet", "directory"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, c.archive)
			_, f := Evaluate(dir, "a.jsonnet")
			if f == nil {
				t.Fatal("no finding")
			}
			if pos := strings.TrimPrefix(f.Pos.String(), filepath.ToSlash(dir)+"/"); !strings.HasPrefix(pos, c.pos) || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s: %s; want %s: …%s…", pos, f.Message, c.pos, c.message)
			}
		})
	}
}

// A link inside the folder that leads out of it is not followed.
func TestLink(t *testing.T) {
	dir := write(t, "-- a.jsonnet --\nimportstr 'link'\n")
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here: " + err.Error())
	}
	if out, f := Evaluate(dir, "a.jsonnet"); f == nil {
		t.Errorf("a link leads out: %.40s", out)
	}
}
