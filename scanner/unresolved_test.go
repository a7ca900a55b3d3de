package scanner

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestUnresolved checks what is said of names that cannot be told: why, and what to write.
func TestUnresolved(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, "hints.test"))
	writeFile(t, filepath.Join(dir, "p.go"), []byte(unresolvedSource))
	res, err := Scan(t.Context(), Config{Dir: dir, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range res.Findings {
		got = append(got, fmt.Sprintf("%d %s", f.Pos.Line, f.Message))
		for _, r := range f.Related {
			got = append(got, fmt.Sprintf("  %d %s", r.Pos.Line, r.Message))
		}
		got = append(got, "  "+f.Hint)
	}
	want := strings.Split(strings.TrimSpace(unresolvedWant), "\n")
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const unresolvedSource = `package hints

import (
	"os"

	"github.com/prometheus/client_golang/prometheus"
)

// Def describes a metric.
type Def struct{ Name string }

// Defs are filled in by others.
var Defs []Def

func init() {
	prometheus.NewGauge(prometheus.GaugeOpts{Name: os.Getenv("NAME")})
	for _, d := range Defs {
		prometheus.NewCounter(prometheus.CounterOpts{Name: d.Name})
	}
}

// Registry makes metrics.
type Registry struct{}

// Counter makes a counter.
func (r *Registry) Counter(help, name string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name + "_total", Help: help})
}

// Labels makes labels.
func Labels(extra []string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "labelled"}, append([]string{"a"}, extra...))
}
`

const unresolvedWant = `
16 name of this metric cannot be told from the source
  16 os.Getenv("NAME") is known only at run time
  begin the name with a constant, or make it of constants
18 name of this metric cannot be told from the source
  18 d.Name is known only at run time
  begin the name with a constant, or make it of constants; or write in dashgen.yaml constructors: [{struct: hints.test.Def, name: Name, type: counter}]
27 name of this metric cannot be told from the source
  27 name is given by the callers of Registry.Counter, which are not known
  begin the name with a constant, or make it of constants; or write in dashgen.yaml constructors: [{function: hints.test.Registry.Counter, name: argument 1, type: counter}]
32 label names of this metric cannot be told from the source
  32 extra is given by the callers of Labels, which are not known
  give the label names as a []string literal or a variable assigned once
`
