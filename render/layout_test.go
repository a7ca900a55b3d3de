package render_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/schematest"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/schema"
)

var update = flag.Bool("update", false, "write what is drawn into the archives")

// TestLayout reads testdata/render/*.txtar: signals, or metrics in the form of package
// schematest that package plan makes signals of, groups, further metrics and a
// configuration in, boards as text and findings out. The YAML has the Go names of the
// fields in lower case; in expressions $m and $r are the holes.
func TestLayout(t *testing.T) {
	for _, file := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := read(t, ar)
			boards, findings := render.Layout(in.signals, in.groups, in.schema, in.config)
			got := print(boards, findings)
			want := section(ar, "want")
			if *update {
				want.Data = got
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(got, want.Data) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want.Data)
			}
		})
	}
}

// TestShuffled: the order of the signals changes no byte.
func TestShuffled(t *testing.T) {
	for _, file := range archives(t) {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := read(t, ar)
		want := filesOf(t, in)
		for range 5 {
			rand.Shuffle(len(in.signals), func(i, j int) { in.signals[i], in.signals[j] = in.signals[j], in.signals[i] })
			for name, data := range filesOf(t, in) {
				if !bytes.Equal(data, want[name]) {
					t.Errorf("%s: %s differs with the signals in another order", file, name)
				}
			}
		}
	}
}

// TestStableIDs: another panel changes no id of those that were there.
func TestStableIDs(t *testing.T) {
	ar, err := txtar.ParseFile("../testdata/render/own.txtar")
	if err != nil {
		t.Fatal(err)
	}
	in := read(t, ar)
	ids := func() map[string]int {
		boards, _ := render.Layout(in.signals, in.groups, in.schema, in.config)
		m := map[string]int{}
		for _, row := range boards[0].Rows {
			m["# "+row.Title] = row.ID
			for _, p := range row.Panels {
				m[p.Key] = p.ID
			}
		}
		return m
	}
	before := ids()
	in.signals = append([]plan.Signal{{
		Key: "shop_a_total", Kind: plan.Rate, Title: "A", Subsystem: "a",
		Metrics: []*schema.Metric{{Name: "shop_a_total", Type: schema.Counter}},
		Series:  []plan.Series{{Expr: "sum(rate(shop_a_total[" + plan.Range + "]))"}},
	}}, in.signals...)
	after := ids()
	if len(after) != len(before)+2 {
		t.Errorf("%d ids with one more row and panel than %d", len(after), len(before))
	}
	for key, id := range before {
		if after[key] != id {
			t.Errorf("%s: id %d, was %d", key, after[key], id)
		}
	}
}

type input struct {
	signals []plan.Signal
	groups  []plan.Group
	schema  *schema.Schema
	config  *config.Config
}

func read(t *testing.T, ar *txtar.Archive) input {
	t.Helper()
	var in input
	var more []*schema.Metric
	in.config = &config.Config{}
	decode(t, ar, "config.yaml", in.config)
	decode(t, ar, "signals.yaml", &in.signals)
	decode(t, ar, "groups.yaml", &in.groups)
	decode(t, ar, "metrics.yaml", &more)
	if f := section(ar, "metrics"); f != nil {
		s, err := schematest.Parse(string(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		in.schema, _ = schema.New(s.Metrics)
		in.signals = plan.Signals(in.schema, in.config)
		return in
	}
	metrics := map[string]*schema.Metric{}
	for i := range in.signals {
		s := &in.signals[i]
		for j := range s.Series {
			e := strings.ReplaceAll(string(s.Series[j].Expr), "$m", plan.Matchers)
			s.Series[j].Expr = plan.Expr(strings.ReplaceAll(e, "$r", plan.Range))
		}
		for _, m := range s.Metrics {
			if metrics[m.Name] == nil {
				metrics[m.Name] = m
				more = append(more, m)
			}
		}
	}
	in.schema, _ = schema.New(more)
	return in
}

func decode(t *testing.T, ar *txtar.Archive, name string, to any) {
	t.Helper()
	f := section(ar, name)
	if f == nil {
		return
	}
	dec := yaml.NewDecoder(bytes.NewReader(f.Data))
	dec.KnownFields(true)
	if err := dec.Decode(to); err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("%s: %v", name, err)
	}
}

func section(ar *txtar.Archive, name string) *txtar.File {
	for i := range ar.Files {
		if ar.Files[i].Name == name {
			return &ar.Files[i]
		}
	}
	return nil
}

func print(boards []plan.Board, findings []schema.Finding) []byte {
	var out bytes.Buffer
	for _, b := range boards {
		fmt.Fprintf(&out, "%s\n", render.Text(b))
	}
	for _, f := range findings {
		fmt.Fprintf(&out, "%s (%s)\n", f.Message, f.Check)
		if f.Hint != "" {
			fmt.Fprintf(&out, "\thint: %s\n", f.Hint)
		}
	}
	return out.Bytes()
}

func archives(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/render/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	return files
}

func filesOf(t *testing.T, in input) map[string][]byte {
	t.Helper()
	boards, _ := render.Layout(in.signals, in.groups, in.schema, in.config)
	files, err := render.Files(boards)
	if err != nil {
		t.Fatal(err)
	}
	return files
}
