package lint

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/enginetest"
)

// TestConfirmed runs every query of the corpus on Prometheus' engine, over states of the
// archive's metrics: what the checks build on is not contradicted by any.
func TestConfirmed(t *testing.T) {
	files, err := filepath.Glob(corpus + "*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	queries, verdicts := 0, 0
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
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
