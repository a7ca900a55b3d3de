package build

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/scanner"
)

// What is generated does not depend on the order in which packages, metrics and signals
// come, and is the same the second time.
func TestOrder(t *testing.T) {
	const system = "theblock"
	t.Chdir(filepath.Join("..", "..", "testdata", "systems", system))
	want, err := runOne(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("again", func(t *testing.T) {
		again, err := runOne(Options{})
		if err != nil {
			t.Fatal(err)
		}
		sameFiles(t, again, want)
	})
	t.Run("packages", func(t *testing.T) {
		packages := slices.Sorted(maps.Keys(want.Scan.Read))
		sorted, err := runOne(Options{Patterns: packages})
		if err != nil {
			t.Fatal(err)
		}
		res, err := runOne(Options{Patterns: shuffled(rand.New(rand.NewPCG(1, 0)), packages)})
		if err != nil {
			t.Fatal(err)
		}
		sameFiles(t, res, sorted)
	})
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 0))
		t.Run("metrics", func(t *testing.T) {
			scan := *want.Scan
			scan.Metrics = shuffled(r, scan.Metrics)
			res := &Result{Config: want.Config, Old: want.Old, Out: want.Out, Scan: &scan}
			if err := res.phases(Options{Patterns: []string{"./..."}}); err != nil {
				t.Fatal(err)
			}
			sameFiles(t, res, want)
		})
		t.Run("signals", func(t *testing.T) {
			res := &Result{Config: want.Config, Old: want.Old, Out: want.Out, Scan: &scanner.Result{}, Schema: want.Schema}
			signals := shuffled(r, want.Signals)
			res.Groups, _ = rules.Derive(signals, res.Schema, res.Config)
			res.Boards, _ = render.Layout(signals, res.Groups, res.Schema, res.Config)
			if err := res.files(); err != nil {
				t.Fatal(err)
			}
			sameFiles(t, res, want)
		})
	}
}

func shuffled[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func sameFiles(t *testing.T, got, want *Result) {
	t.Helper()
	if g, w := got.Tree.Names(), want.Tree.Names(); !slices.Equal(g, w) || len(w) < 3 {
		t.Errorf("files %v, want %v", g, w)
	}
	for _, name := range want.Tree.Names() {
		if string(got.Tree.Data(name)) != string(want.Tree.Data(name)) {
			t.Errorf("%s depends on the order", name)
		}
	}
}
