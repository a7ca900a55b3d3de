package input

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"golang.org/x/tools/txtar"
)

// TestMixins reads what a mixin evaluates to, beside its sources, and compares where
// things are said to stand with the archive's last file.
func TestMixins(t *testing.T) {
	const name = "testdata/mixin/mixin.txtar"
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m := Mixin{File: "mixin.libsonnet"}
	for _, f := range ar.Files[:len(ar.Files)-1] {
		if f.Name == "value.json" {
			m.Value = f.Data
		} else {
			m.Sources = append(m.Sources, Source{f.Name, f.Data})
		}
	}
	set, findings := ParseMixin(m)
	var b bytes.Buffer
	for _, d := range set.Dashboards {
		for _, p := range d.Panels {
			fmt.Fprintf(&b, "%v: panel %q of %s\n", p.Pos, p.Title, p.Field)
		}
		for _, q := range d.Queries {
			fmt.Fprintf(&b, "%v: %s: %s of %s\n", q.Pos, q.Owner, spots(q, d.At), q.Field)
		}
	}
	for _, r := range set.Rules {
		for _, g := range r.Groups {
			for _, u := range g.Rules {
				fmt.Fprintf(&b, "%v: rule %s%s\n", u.Pos, u.Alert, u.Record)
				for _, key := range slices.Sorted(maps.Keys(u.Places)) {
					fmt.Fprintf(&b, "%v: its %s\n", u.Places[key], key)
				}
			}
		}
		for _, q := range r.Queries {
			fmt.Fprintf(&b, "%v: %s: %s of %s\n", q.Pos, q.Owner, spots(q, r.At), q.Field)
		}
	}
	for _, f := range findings {
		fmt.Fprintf(&b, "%v: %s (%s)\n", f.Pos, f.Message, f.Check)
	}
	last := &ar.Files[len(ar.Files)-1]
	if *update {
		last.Data = b.Bytes()
		if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if b.String() != string(last.Data) {
		t.Errorf("read:\n%s\nwant:\n%s", b.Bytes(), last.Data)
	}
}

// spots returns the words of an expression with where they stand.
func spots(q Query, at func(schema.Pos, int) schema.Pos) string {
	var words []string
	from := 0
	for _, w := range strings.Fields(q.Expr) {
		i := from + strings.Index(q.Expr[from:], w)
		pos := at(q.Pos, i)
		words = append(words, fmt.Sprintf("%s@%d:%d", w, pos.Line, pos.Col))
		from = i + len(w)
	}
	return strings.Join(words, " ")
}

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "x/b.yaml", "x/y/c.yaml", "x/y/d.json", ".git/e.yaml", "x/[z].yaml"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, want := range map[string]string{
		"**/*.yaml":      "a.yaml x/[z].yaml x/b.yaml x/y/c.yaml",
		"x/**/*.yaml":    "x/[z].yaml x/b.yaml x/y/c.yaml",
		"x/**":           "x/[z].yaml x/b.yaml x/y/c.yaml x/y/d.json",
		"x/*/?.*":        "x/y/c.yaml x/y/d.json",
		"./a.yaml":       "a.yaml",
		"x/../a.yaml":    "a.yaml",
		"nothing/*.y":    "",
		"x/y":            "",
		"**/y/**/*.json": "x/y/d.json",
	} {
		names, err := source.Glob(dir, pattern)
		for i := range names {
			names[i] = strings.TrimPrefix(names[i], filepath.ToSlash(dir)+"/")
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", pattern, got, err, want)
		}
	}
	if _, err := source.Glob(dir, "[a"); err == nil {
		t.Error("a pattern that does not end is taken")
	}
}

// FuzzMixin holds that neither sources nor values make anything panic, and that every
// place is one of a source.
func FuzzMixin(f *testing.F) {
	ar, err := txtar.ParseFile("testdata/mixin/mixin.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range ar.Files {
		f.Add(file.Data, ar.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, text, value []byte) {
		if len(text)+len(value) > 1<<14 {
			return
		}
		set, _ := ParseMixin(Mixin{"m", value, []Source{{"s", text}}})
		for _, r := range set.Rules {
			for _, q := range r.Queries {
				for i := range q.Expr {
					if pos := r.At(q.Pos, i); pos.File == "s" && (pos.Line < 1 || pos.Line > bytes.Count(text, []byte("\n"))+1) {
						t.Fatalf("%v lies outside the file", pos)
					}
				}
			}
		}
	})
}
