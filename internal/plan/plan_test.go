package plan

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/schematest"
	"github.com/dashgen/dashgen/schema"
)

var update = flag.Bool("update", false, "rewrite what the archives of testdata/plan expect")

// Each archive holds a list of metrics, in the form of package schematest, and the signals
// expected of them, those of patterns last, as Text prints them.
func TestSignals(t *testing.T) {
	files, err := filepath.Glob("../../testdata/plan/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := parseMetrics(t, string(ar.Files[0].Data))
			watch := func() []Signal {
				cfg := &config.Config{Name: "shop"}
				return append(Signals(s, cfg), Patterns(s, cfg)...)
			}
			signals := watch()
			got := Text(signals)
			parseAll(t, signals)
			rand.Shuffle(len(s.Metrics), func(i, j int) { s.Metrics[i], s.Metrics[j] = s.Metrics[j], s.Metrics[i] })
			if again := Text(watch()); again != got {
				t.Errorf("in another order of metrics the signals are\n%s", again)
			}
			want := string(ar.Files[1].Data)
			if got == want {
				return
			}
			if *update {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("got\n%s\nwant\n%s", got, want)
		})
	}
}

// parseAll parses every expression with its holes filled as panels and rules fill them.
func parseAll(t *testing.T, signals []Signal) {
	t.Helper()
	for _, s := range signals {
		if len(s.Series) == 0 {
			t.Errorf("%s has no series", s.Key)
		}
		for _, series := range s.Series {
			for _, expr := range []string{series.Expr.In("", "5m"), series.Expr.In(`job=~"$job"`, "$__rate_interval")} {
				if _, err := query.Parse(expr); err != nil {
					t.Errorf("%s: %s: %v", s.Key, expr, err)
				}
			}
		}
	}
}

func parseMetrics(t *testing.T, text string) *schema.Schema {
	t.Helper()
	s, err := schematest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
