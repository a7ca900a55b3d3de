package build

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/schema"
	kaizen "github.com/dashgen/dashgen/testdata/systems/kaizen/sim"
	kimberlite "github.com/dashgen/dashgen/testdata/systems/kimberlite/sim"
	prism "github.com/dashgen/dashgen/testdata/systems/prism/sim"
	theblock "github.com/dashgen/dashgen/testdata/systems/theblock/sim"
	zerostate "github.com/dashgen/dashgen/testdata/systems/zerostate/sim"
)

// A simulation is what a system's package sim makes.
type simulation interface {
	Step(now time.Time)
	Registry() *prometheus.Registry
}

var systems = map[string]func(uint64, time.Time) simulation{
	"kaizen":     func(seed uint64, start time.Time) simulation { return kaizen.New(seed, start) },
	"kimberlite": func(seed uint64, start time.Time) simulation { return kimberlite.New(seed, start) },
	"prism":      func(seed uint64, start time.Time) simulation { return prism.New(seed, start) },
	"theblock":   func(seed uint64, start time.Time) simulation { return theblock.New(seed, start) },
	"zerostate":  func(seed uint64, start time.Time) simulation { return zerostate.New(seed, start) },
}

// A document is what a system's team says of its monitoring, as data.
type document struct {
	Metrics []struct {
		Name, Type string
		Labels     []string
	}
	Dashboards []struct {
		Title  string
		Panels []string
	}
	Alerts []struct {
		Name, Expr, Severity string
		For                  *string
	}
}

func readDocument(t *testing.T, dir string) document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "document.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// With -trimpath, what the go command compiles does not depend on the folder, so that it
// finds in its cache what an earlier run compiled in another t.TempDir.
func TestMain(m *testing.M) {
	os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"))
	os.Exit(m.Run())
}

// Everything that the five teams' documents describe is there: in what the programs
// expose, in what is read from their source, and in what is generated.
func TestSystems(t *testing.T) {
	var metrics, boards, panels, alerts int
	for name := range systems {
		t.Run(name, func(t *testing.T) {
			t.Chdir(filepath.Join("..", "..", "testdata", "systems", name))
			doc := readDocument(t, ".")
			res, err := runOne(Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range res.Findings {
				if f.Fails() {
					t.Errorf("%s: %s (%s)", f.Pos, f.Message, f.Check)
				}
			}
			metrics += len(doc.Metrics)
			checkExposed(t, doc, systems[name](1, time.Unix(1700000000, 0)), res.Schema)
			checkScanned(t, doc, res.Schema)
			b, p := checkBoards(t, doc, res)
			boards, panels = boards+b, panels+p
			alerts += checkAlerts(t, doc, res)
			checkCoverage(t, res)
			checkExpressions(t, res)
			checkCommitted(t, res)
			checkLayout(t, filepath.Join("..", "..", "boards", name+".txt"), res)
		})
	}
	if got, want := fmt.Sprint(metrics, boards, panels, alerts), "260 13 106 62"; got != want {
		t.Errorf("the documents have %s metrics, dashboards, panels and alerts, not %s", got, want)
	}
}

// checkLayout compares the boards as text, one line a panel, with a file in which a reviewer sees
// what became of each: its place, size, kind, title, unit and expressions.
func checkLayout(t *testing.T, file string, res *Result) {
	var text strings.Builder
	for _, b := range res.Boards {
		text.WriteString(render.Text(b) + "\n")
	}
	data, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if string(data) == text.String() {
		return
	}
	if !*update {
		t.Errorf("the boards are not laid out as %s says: look at the change, then run go test ./internal/build -run TestSystems -update", filepath.Base(file))
		return
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkExposed runs the system and compares what it exposes with its document and with
// what was read from its source: types, labels and label values.
func checkExposed(t *testing.T, doc document, sim simulation, s *schema.Schema) {
	for i := range 900 {
		sim.Step(time.Unix(1700000000+int64(i), 0))
	}
	families, err := sim.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	exposed := map[string]string{}
	for _, f := range families {
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
		exposed[f.GetName()] = strings.ToLower(f.GetType().String()) + " " + strings.Join(labels, ",")
		m := s.Lookup(f.GetName())
		if m == nil {
			t.Errorf("%s is exposed and was not found in the source", f.GetName())
			continue
		}
		for _, series := range f.GetMetric() {
			for _, pair := range series.GetLabel() {
				l := m.Label(pair.GetName())
				_, constant := m.ConstLabels[pair.GetName()]
				if l == nil && !constant {
					t.Errorf("%s is exposed with a label %s that was not found in the source", f.GetName(), pair.GetName())
				} else if l != nil && l.Values != nil && !slices.Contains(l.Values, pair.GetValue()) {
					t.Errorf("%s is exposed with %s=%q, which the source was said never to set", f.GetName(), pair.GetName(), pair.GetValue())
				}
			}
		}
	}
	for _, m := range doc.Metrics {
		labels := slices.Sorted(slices.Values(m.Labels))
		if want := m.Type + " " + strings.Join(labels, ","); exposed[m.Name] != want {
			t.Errorf("%s is exposed as %q, the document says %q", m.Name, exposed[m.Name], want)
		}
	}
}

func checkScanned(t *testing.T, doc document, s *schema.Schema) {
	for _, want := range doc.Metrics {
		m := s.Lookup(want.Name)
		if m == nil {
			t.Errorf("%s was not found in the source", want.Name)
			continue
		}
		var labels []string
		for _, l := range m.Labels {
			labels = append(labels, l.Name)
		}
		if slices.Sort(want.Labels); string(m.Type) != want.Type || !slices.Equal(labels, want.Labels) {
			t.Errorf("%s was read as %s %v, the document says %s %v", m.Name, m.Type, labels, want.Type, want.Labels)
		}
		if m.Help == "" || m.Package == "" || m.Symbol == "" {
			t.Errorf("%s was read without help, package or symbol: %+v", m.Name, m)
		}
	}
}

// checkBoards finds every panel of the document under its title on the dashboard of that
// title, with something to show.
func checkBoards(t *testing.T, doc document, res *Result) (boards, panels int) {
	for _, d := range doc.Dashboards {
		var found []string
		for _, b := range res.Boards {
			if b.Title != d.Title {
				continue
			}
			boards++
			for p := range panelsOf(b) {
				found = append(found, p.Title)
				if len(p.Queries) == 0 && p.Kind != "text" && p.Kind != "alertlist" {
					t.Errorf("panel %q of %q asks nothing", p.Title, b.Title)
				}
			}
		}
		for _, title := range d.Panels {
			if !slices.Contains(found, title) {
				t.Errorf("dashboard %q has no panel %q", d.Title, title)
			} else {
				panels++
			}
		}
	}
	return boards, panels
}

func panelsOf(b plan.Board) func(func(plan.Panel) bool) {
	return func(yield func(plan.Panel) bool) {
		for _, row := range b.Rows {
			for _, p := range row.Panels {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// checkAlerts finds every alert of the document with its expression, duration and
// severity.
func checkAlerts(t *testing.T, doc document, res *Result) (n int) {
	byName := map[string]plan.Rule{}
	for _, g := range res.Groups {
		for _, r := range g.Rules {
			byName[r.Alert] = r
		}
	}
	for _, want := range doc.Alerts {
		r, ok := byName[want.Name]
		if !ok {
			t.Errorf("no alert %s", want.Name)
			continue
		}
		n++
		hold := ""
		if want.For != nil {
			hold = *want.For
		}
		got := ""
		if r.For > 0 {
			got = rules.Duration(r.For)
		}
		if got != hold || r.Labels["severity"] != want.Severity {
			t.Errorf("%s: for %q severity %q, the document says %q and %q", want.Name, got, r.Labels["severity"], hold, want.Severity)
		}
		if want.Expr != "" && normal(t, r.Expr) != normal(t, want.Expr) {
			t.Errorf("%s: %s, the document says %s", want.Name, r.Expr, want.Expr)
		}
		if r.Annotations["summary"] == "" {
			t.Errorf("%s has no summary", want.Name)
		}
	}
	return n
}

// normal returns an expression as the parser prints it.
func normal(t *testing.T, expr string) string {
	t.Helper()
	e, err := query.Parse(expr)
	if err != nil {
		t.Errorf("%s: %v", expr, err)
		return expr
	}
	return e.String()
}

// checkCoverage finds each counter and gauge that is not deprecated in a timeseries
// panel, and each histogram in one and in a heatmap, of dashgen's own board.
func checkCoverage(t *testing.T, res *Result) {
	type shown struct {
		metric *schema.Metric
		kind   string // of a panel
	}
	in := map[shown]bool{}
	for _, b := range res.Boards {
		if !b.Pos.IsZero() {
			continue
		}
		for p := range panelsOf(b) {
			for _, q := range p.Queries {
				for _, name := range query.Names(q.Expr) {
					m, _ := res.Schema.Series(name)
					in[shown{m, p.Kind}] = true
				}
			}
		}
	}
	for _, m := range res.Schema.Metrics {
		if drawn := in[shown{m, "timeseries"}]; m.Live() != drawn {
			t.Errorf("%s: live %v, in a timeseries panel %v", m.Name, m.Live(), drawn)
		}
		if m.Type == schema.Histogram && !in[shown{m, "heatmap"}] {
			t.Errorf("%s has no heatmap", m.Name)
		}
	}
}

// checkExpressions parses every expression for Prometheus that is generated, and finds
// each metric in it that is this program's.
func checkExpressions(t *testing.T, res *Result) {
	recorded := map[string]bool{}
	for _, g := range res.Groups {
		for _, r := range g.Rules {
			recorded[r.Record] = true
		}
	}
	check := func(where, expr string) {
		if _, err := query.Parse(expr); err != nil {
			t.Errorf("%s: %s: %v", where, expr, err)
		}
		for _, name := range query.Names(expr) {
			if m, _ := res.Schema.Series(name); m == nil && !query.Foreign(name) && !recorded[name] {
				t.Errorf("%s: nobody exposes %s", where, name)
			}
		}
	}
	for _, b := range res.Boards {
		for p := range panelsOf(b) {
			for _, q := range p.Queries {
				if q.Datasource == "loki" {
					continue
				}
				for _, expr := range chosen(q.Expr, b.Variables) {
					check(b.Title+": "+p.Title, expr)
				}
			}
		}
	}
	for _, g := range res.Groups {
		for _, r := range g.Rules {
			check(r.Name(), r.Expr)
		}
	}
}

// chosen returns what an expression becomes with each value that can be chosen for the
// custom variables in it.
func chosen(expr string, variables []plan.Variable) []string {
	all := []string{expr}
	for _, v := range variables {
		if v.Type != "custom" {
			continue
		}
		var filled []string
		for _, expr := range all {
			if !strings.Contains(expr, "${"+v.Name+"}") {
				filled = append(filled, expr)
				continue
			}
			for value := range strings.SplitSeq(v.Query, ",") {
				filled = append(filled, strings.ReplaceAll(expr, "${"+v.Name+"}", value))
			}
		}
		all = filled
	}
	return all
}

// checkCommitted compares what is generated with what is committed.
func checkCommitted(t *testing.T, res *Result) {
	ds, err := res.Tree.Diff(res.Out)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		t.Errorf("%s is %s: run go generate ./generated", d.Name, d.State)
	}
}

// runOne builds the one program of the working directory.
func runOne(opts Options) (*Result, error) {
	all, err := Run(context.Background(), opts)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}
