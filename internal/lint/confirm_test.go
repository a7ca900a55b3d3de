package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/enginetest"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// TestConfirmed runs every query of the corpus on Prometheus' engine, over states of the
// archive's metrics: what the checks build on is not contradicted by any.
func TestConfirmed(t *testing.T) {
	files, err := filepath.Glob(corpus + "*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(corpus + "corpus/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	queries, verdicts := 0, 0
	for _, file := range append(files, more...) {
		ar := readArchive(t, file)
		in, cfg := parseArchive(t, ar)
		if cfg == nil {
			cfg = config.Default()
		}
		world := newWorld(&in, cfg)
		r := &run{in: &in, cfg: cfg, world: world}
		var states []*enginetest.State
		for _, q := range r.allQueries() {
			if q.Inferred == nil || strings.ContainsAny(q.Expr, "$") {
				continue // the engine knows no variables
			}
			for seed := uint64(len(states)); seed < 4; seed++ {
				s, err := enginetest.NewState(world, seed)
				if err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				states = append(states, s)
			}
			queries++
			for n, i := range q.Inferred.All() {
				if r := i.Empty.Reason; r != nil && r.Node == n || i.Holds != 0 {
					verdicts++
				}
			}
			for _, s := range states {
				if err := s.Confirm(q.Inferred); err != nil {
					t.Errorf("%v: %v", q.Pos, err)
					break
				}
			}
		}
	}
	t.Logf("%d verdicts on %d queries", verdicts, queries)
	if queries < 50 || verdicts < 20 {
		t.Errorf("%d verdicts on %d queries are too few to say anything", verdicts, queries)
	}
}

// TestGenerated reads what dashgen generated for the example systems as if somebody had
// written it by hand: no check finds an error in it, and the engine contradicts nothing that
// is inferred.
func TestGenerated(t *testing.T) {
	systems, err := filepath.Glob("../../generated/*/metrics.json")
	if err != nil || len(systems) == 0 {
		t.Fatal(err, len(systems))
	}
	for _, file := range systems {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := schema.Parse(file, data)
			if err != nil {
				t.Fatal(err)
			}
			in := Input{Schema: s}
			readAll(t, filepath.Dir(file), &in)
			for _, f := range Run(in, nil) {
				if f.Severity == schema.Error && f.Pos.File != "" { // not about a metric's name
					t.Errorf("%v: %s (%s)", f.Pos, describe(f), f.Check)
				}
			}
			confirmAll(t, &in)
		})
	}
}

// readAll reads the rules and dashboards of a folder.
func readAll(t *testing.T, dir string, in *Input) {
	t.Helper()
	read := func(pattern string, parse func(file string, data []byte)) {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%d files match %s in %s, %v", len(files), pattern, dir, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parse(file, data)
		}
	}
	read("rules/*.yaml", func(file string, data []byte) {
		r, findings := input.ParseRules(file, data)
		in.Rules, in.Findings = append(in.Rules, r), append(in.Findings, findings...)
	})
	read("dashboards/*.json", func(file string, data []byte) {
		d, findings := input.ParseDashboard(file, data)
		in.Dashboards, in.Findings = append(in.Dashboards, d), append(in.Findings, findings...)
	})
}

// confirmAll holds every query against states of the schema, with variables that select
// everything.
func confirmAll(t *testing.T, in *Input) {
	t.Helper()
	world := newWorld(in, config.Default())
	var states []*enginetest.State
	for seed := range uint64(2) {
		s, err := enginetest.NewState(world, seed)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, s)
	}
	done := map[string]bool{}
	for _, q := range handWritten(in) {
		expr := variable.ReplaceAllString(strings.NewReplacer("$__rate_interval", "5m", "$__interval", "1m", "$__range", "10m").Replace(q.Expr), ".*")
		e, err := query.Parse(expr)
		if err != nil || done[expr] {
			continue // Grafana's own: label_values(…)
		}
		done[expr] = true
		for _, s := range states {
			if err := s.Confirm(query.Infer(expr, e, world)); err != nil {
				t.Errorf("%v: %v", q.Pos, err)
				break
			}
		}
	}
	if len(done) < 20 {
		t.Errorf("only %d expressions", len(done))
	}
}

var variable = regexp.MustCompile(`\$\{?\w+(:\w+)?\}?`)
