package lint

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
)

// Edits are made all of a finding or none, in the order of findings; nothing else of a file
// changes.
func TestFix(t *testing.T) {
	files := map[string]string{"a": "one two\r\n\tthree \xff one", "b": "# generated\none\n", "c": "one"}
	edit := func(file string, line, col int, old, with string) schema.Edit {
		return schema.Edit{Pos: schema.Pos{File: file, Line: line, Col: col}, Old: old, New: with}
	}
	for _, c := range []struct {
		name     string
		findings [][]schema.Edit
		want     map[string]string
		left     string // reasons, one a line
	}{
		{"nothing to do", [][]schema.Edit{nil}, nil, ""},
		{"several lines", [][]schema.Edit{{edit("a", 1, 1, "one", "1")}, {edit("a", 2, 2, "three", "33333333")}}, map[string]string{"a": "1 two\r\n\t33333333 \xff one"}, ""},
		{"end of the file", [][]schema.Edit{{edit("a", 2, 10, "one", "")}}, map[string]string{"a": "one two\r\n\tthree \xff "}, ""},
		{"insertion", [][]schema.Edit{{edit("c", 1, 4, "", "!")}}, map[string]string{"c": "one!"}, ""},
		{"side by side", [][]schema.Edit{{edit("a", 1, 1, "one", "1")}, {edit("a", 1, 4, " two", "2")}}, map[string]string{"a": "12\r\n\tthree \xff one"}, ""},
		{"twice the same", [][]schema.Edit{{edit("a", 1, 1, "one", "1")}, {edit("a", 1, 1, "one", "1")}}, map[string]string{"a": "1 two\r\n\tthree \xff one"}, ""},
		{"the first wins", [][]schema.Edit{{edit("a", 1, 1, "one two", "3")}, {edit("a", 1, 5, "two", "2"), edit("c", 1, 1, "one", "1")}}, map[string]string{"a": "3\r\n\tthree \xff one"}, "it overlaps with another change"},
		{"another text", [][]schema.Edit{{edit("a", 1, 1, "one", "1"), edit("a", 1, 5, "twu", "2")}}, nil, `a:1:5 is not "twu" any more`},
		{"no such place", [][]schema.Edit{{edit("a", 9, 1, "one", "1")}, {edit("a", 1, 99, "one", "1")}, {edit("a", 0, 0, "one", "1")}}, nil,
			"a:9:1 is not \"one\" any more\na:1:99 is not \"one\" any more\na is not \"one\" any more"},
		{"refused", [][]schema.Edit{{edit("b", 2, 1, "one", "1")}, {edit("c", 1, 1, "one", "1")}}, map[string]string{"c": "1"}, "it is generated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var findings []schema.Finding
			for i, edits := range c.findings {
				findings = append(findings, schema.Finding{Pos: schema.Pos{File: "f", Line: i + 1}, Edits: edits})
			}
			fix, err := NewFix(findings, func(file string) ([]byte, string, error) {
				if strings.HasPrefix(files[file], "#") {
					return []byte(files[file]), "it is generated", nil
				}
				return []byte(files[file]), "", nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(fix.Files) != len(c.want) {
				t.Errorf("%d files change, want %d", len(fix.Files), len(c.want))
			}
			for _, f := range fix.Files {
				if string(f.New) != c.want[f.Name] || string(f.Old) != files[f.Name] {
					t.Errorf("%s: %q becomes %q, want %q", f.Name, f.Old, f.New, c.want[f.Name])
				}
			}
			var left []string
			for _, l := range fix.Left {
				left = append(left, l.Why)
			}
			if got := strings.Join(left, "\n"); got != c.left {
				t.Errorf("left: %s\nwant: %s", got, c.left)
			}
		})
	}
	_, err := NewFix([]schema.Finding{{Edits: []schema.Edit{edit("none", 1, 1, "a", "b")}}}, func(string) ([]byte, string, error) { return nil, "", errors.New("gone") })
	if fmt.Sprint(err) != "fix none: gone" {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

func TestMeant(t *testing.T) {
	known := []string{"code", "route", "le", "shop_orders_total", "shop_v1_total", "shop_read_bytes", "shop_reads_bytes"}
	for word, want := range map[string]string{
		"cde": "", "coed": "code", "rout": "route", "roote": "route", "rotue": "route", "shop_ordres_total": "shop_orders_total",
		"raut": "", "la": "", "shop_v2_total": "", "shop_raed_bytes": "", "shop_get_total": "", "code1": "", "": "",
	} {
		if got := meant(word, known); got != want {
			t.Errorf("%q means %q, want %q", word, got, want)
		}
	}
}
