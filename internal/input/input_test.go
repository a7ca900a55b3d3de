package input

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what was read into the archives")

// TestCorpus reads every file of an archive and compares what was read, as text,
// with the archive's last file.
func TestCorpus(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d archives, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := &ar.Files[len(ar.Files)-1]
			var got bytes.Buffer
			for _, f := range ar.Files[:len(ar.Files)-1] {
				dump(&got, f.Name, f.Data)
			}
			if *update {
				last.Data = got.Bytes()
				if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if got.String() != string(last.Data) {
				t.Errorf("read:\n%s\nwant:\n%s", got.Bytes(), last.Data)
			}
		})
	}
}

func dump(b *bytes.Buffer, file string, data []byte) {
	set, findings := Parse(file, data)
	for _, d := range set.Dashboards {
		fmt.Fprintf(b, "%v: dashboard %q, uid %q\n", d.Pos, d.Title, d.UID)
		if len(d.Variables) > 0 {
			fmt.Fprintf(b, "\tvariables %s\n", strings.Join(d.Variables, ", "))
		}
		dumpIgnores(b, d.Ignores)
		for _, p := range d.Panels {
			fmt.Fprintf(b, "%v: panel %d %s %q, %s\n", p.Pos, p.ID, p.Type, p.Title, place(p))
			for _, u := range p.Units {
				fmt.Fprintf(b, "\t%v: unit %s\n", u.Pos, u.ID)
			}
		}
		dumpQueries(b, d.Queries, d.At)
	}
	for _, r := range set.Rules {
		dumpQueries(b, r.Queries, r.At)
	}
	for _, f := range findings {
		fmt.Fprintf(b, "%v: %s (%s)\n", f.Pos, f.Message, f.Check)
	}
}

func dumpQueries(b *bytes.Buffer, queries []Query, at func(schema.Pos, int) schema.Pos) {
	for _, q := range queries {
		fmt.Fprintf(b, "%v to %v: %s, %s: %s\n", q.Pos, at(q.Pos, len(q.Expr)-1), q.Owner, q.Datasource, q.Expr)
		dumpIgnores(b, q.Ignores)
	}
}

func dumpIgnores(b *bytes.Buffer, ignores []config.Ignore) {
	for _, i := range ignores {
		fmt.Fprintf(b, "\t%v: ignore %s: %s\n", i.Pos, i.Check, i.Reason)
	}
}

func place(p Panel) string {
	s := "nowhere"
	if g := p.GridPos; g != nil {
		s = fmt.Sprintf("%dx%d at %d,%d", g.W, g.H, g.X, g.Y)
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{{p.Row >= 0, fmt.Sprintf(" in panel %d", p.Row)}, {p.Flow, " flowing"}, {p.Library, " from the library"}} {
		if flag.set {
			s += flag.name
		}
	}
	return s
}

func TestTooLarge(t *testing.T) {
	data := bytes.Repeat([]byte(" "), maxSize+1)
	if d, findings := ParseDashboard("f", data); d != nil || len(findings) != 1 || findings[0].Check != "json" {
		t.Errorf("dashboard: %v, %v", d, findings)
	}
	if r, findings := ParseRules("f", data); r != nil || len(findings) != 1 || findings[0].Check != "yaml" {
		t.Errorf("rules: %v, %v", r, findings)
	}
}

// FuzzParse holds that nothing panics and that every query stands where it is said
// to.
func FuzzParse(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range ar.Files[:len(ar.Files)-1] {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		var queries []Query
		if d, findings := ParseDashboard("f", data); d != nil {
			queries = d.Queries
		} else if len(findings) == 0 {
			t.Error("no dashboard, and no finding says why")
		}
		if r, _ := ParseRules("f", data); r != nil {
			queries = append(queries, r.Queries...)
		}
		for _, name := range []string{"f.json", "f.yaml"} {
			set, _ := Parse(name, data)
			for _, d := range set.Dashboards {
				queries = append(queries, d.Queries...)
			}
			for _, r := range set.Rules {
				queries = append(queries, r.Queries...)
			}
		}
		for _, q := range queries {
			if q.Pos.Line < 1 || q.Pos.Line > bytes.Count(data, []byte("\n"))+1 {
				t.Errorf("%v lies outside the file: %s", q.Pos, q.Expr)
			}
		}
	})
}
