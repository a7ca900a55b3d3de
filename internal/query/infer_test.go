package query

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/internal/schematest"
	"github.com/dashgen/dashgen/schema"
)

var update = flag.Bool("update", false, "rewrite what the archives of testdata expect")

// The archives of testdata hold a schema, recording rules, and expressions, each with what
// is known of it in the lines below.
func TestInfer(t *testing.T) {
	files, err := filepath.Glob("testdata/infer*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := &World{Targets: DefaultTargets, Prometheus: "2.42"}
			for i, f := range ar.Files {
				text := string(f.Data)
				switch f.Name {
				case "schema":
					s, err := schematest.Parse(text)
					if err != nil {
						t.Fatal(err)
					}
					w.Schema, _ = schema.New(s.Metrics)
				case "target_labels":
					w.Targets = Targets{Certain: strings.Fields(text)}
				case "prometheus":
					w.Prometheus = strings.TrimSpace(text)
				case "recorded":
					w.Recorded = recorded(text)
				case "expressions":
					got := inferredText(t, w, text)
					if got != text && !*update {
						t.Errorf("got\n%s", got)
					}
					ar.Files[i].Data = []byte(got)
				default:
					t.Fatalf("unknown part %s", f.Name)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// recorded reads recording rules, one a line: name = expression.
func recorded(text string) []Recording {
	var list []Recording
	for line := range strings.Lines(text) {
		if name, expr, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			r := Recording{Name: name, Expr: expr}
			if name, value, ok := strings.Cut(name, "{"); ok { // name{label=value}
				label, value, _ := strings.Cut(strings.TrimSuffix(value, "}"), "=")
				r.Name, r.Labels = name, map[string]string{label: value}
			}
			list = append(list, r)
		}
	}
	return list
}

// inferredText writes every expression of text, which are the lines that begin with no white
// space, with what is known of it.
func inferredText(t *testing.T, w *World, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			b.WriteString(line)
			continue
		}
		if line[0] == ' ' {
			continue
		}
		expr := strings.TrimSpace(line)
		e, err := Parse(expr)
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		b.WriteString(expr + "\n")
		for _, l := range describe(Infer(expr, e, w)) {
			b.WriteString("    " + l + "\n")
		}
	}
	return b.String()
}

func describe(in *Inferred) []string {
	i := in.Root()
	unit := "unknown"
	if i.UnitKnown {
		unit = strings.TrimSpace(fmt.Sprintf("%s %s", i.Unit.Base, i.Unit.Noun))
		if i.Unit.Base == "" && i.Unit.Noun == "" {
			unit = "number"
		}
		if i.Unit.scale() != 1 {
			unit += fmt.Sprintf(" times %g", i.Unit.Mul)
		}
		if i.Unit.Per != "" {
			unit += " a " + i.Unit.Per
		}
		if i.Unit.Time {
			unit += " since the epoch"
		}
	}
	first := string(i.Type)
	if i.Type == Unknown {
		first = "unknown"
	}
	if i.Of != Unknown {
		first += " of " + string(i.Of)
	}
	first += "; " + unit + "; " + i.Values.String()
	if i.Usual != i.Values {
		first += "; usually " + i.Usual.String()
	}
	if i.Foreign {
		first += "; foreign"
	}
	if i.Aggregated != nil {
		first += "; aggregated"
	}
	lines := []string{first, "labels: " + labelText(i.Labels)}
	if len(i.Labels.gone) > 0 {
		var gone []string
		for _, g := range i.Labels.gone {
			if g.Label.Origin == FromTarget {
				continue
			}
			p := g.Node.PositionRange()
			gone = append(gone, fmt.Sprintf("%s at %d", g.Label.Name, p.Start))
		}
		if len(gone) > 0 {
			lines = append(lines, "gone: "+strings.Join(gone, ", "))
		}
	}
	if i.Empty.State != Sometimes {
		empty := "empty: " + i.Empty.State.String()
		if r := i.Empty.Reason; r != nil {
			empty += fmt.Sprintf(", %s %s", r.Kind, r.Word)
			if r.Node != nil {
				p := r.Node.PositionRange()
				empty += fmt.Sprintf(" at %d:%d", p.Start, p.End)
			}
		}
		lines = append(lines, empty)
	}
	if i.Holds != Sometimes {
		lines = append(lines, "holds: "+i.Holds.String())
	}
	if i.Usually != i.Holds {
		lines = append(lines, "usually: "+i.Usually.String())
	}
	if m := i.Match; m != nil && m.Unlikely {
		lines = append(lines, "match: unlikely, "+m.Label)
	}
	return lines
}

// labelText writes labels: all that are there by origin, ? behind those that may be, ! behind
// those that are guaranteed, and their values. Target labels are only told where they are
// not as usual.
func labelText(ls Labels) string {
	var list []string
	for _, l := range ls.list {
		if l.Origin == FromTarget && (l.Presence == Possible || l.Name == "job" || l.Name == "instance") && l.Values == nil {
			if l.Presence == Guaranteed {
				list = append(list, l.Name)
			}
			continue
		}
		s := l.Name + map[Presence]string{Possible: "?", Declared: "", Guaranteed: "!"}[l.Presence]
		if l.Values != nil {
			s += "=" + strings.Join(l.Values, "|")
		}
		list = append(list, s)
	}
	if ls.Any {
		list = append(list, "*")
	}
	if ls.Open {
		list = append(list, "...")
	}
	return strings.Join(list, " ")
}
