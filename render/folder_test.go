package render_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/schema"
)

// randomMetrics returns metrics of a large program: of several packages, some large and
// some small, with names of two to four parts of which many are shared.
func randomMetrics(r *rand.Rand, n int) []*schema.Metric {
	packages := []string{"core", "core/state", "p2p", "p2p/discover", "db", "internal/metrics", "rpc"}
	parts := strings.Fields("account block cache disk egress flush gossip head index journal key log memory node object peer queue read snapshot trie update vote write")
	types := []schema.Type{schema.Counter, schema.Gauge, schema.Gauge, schema.Histogram, schema.Summary}
	names := map[string]*schema.Metric{}
	for len(names) < n {
		pkg := packages[min(r.IntN(len(packages)), r.IntN(len(packages)))]
		var name []string
		for range 2 + r.IntN(3) {
			name = append(name, parts[min(r.IntN(len(parts)), r.IntN(len(parts)))])
		}
		m := &schema.Metric{Name: "chain_" + strings.Join(name, "_"), Type: types[r.IntN(len(types))], Package: "example.org/chain/" + pkg, Symbol: "m"}
		if m.Type == schema.Histogram {
			m.Buckets = []float64{1}
		}
		names[m.Name] = m
	}
	list := slices.SortedFunc(maps.Values(names), func(a, b *schema.Metric) int { return strings.Compare(a.Name, b.Name) })
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func boardsOf(t *testing.T, metrics []*schema.Metric) ([]plan.Board, *schema.Schema) {
	t.Helper()
	s, _ := schema.New(metrics)
	cfg := config.Default()
	cfg.Name, cfg.Job = "chain", "chain"
	boards, findings := render.Layout(plan.Signals(s, cfg), nil, s, cfg)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return boards, s
}

// A place is where a panel stands.
type place struct {
	board string
	id    int
}

// places returns where the panels of the subsystems' boards stand, by key, and the uids.
func places(boards []plan.Board) (map[string]place, []string) {
	at := map[string]place{}
	var uids []string
	for _, b := range boards {
		uids = append(uids, b.UID)
		if b.UID == b.Folder {
			continue // the overview draws some again
		}
		for _, row := range b.Rows {
			for _, p := range row.Panels {
				at[p.Key] = place{b.UID, p.ID}
			}
		}
	}
	return at, uids
}

// TestFolderIsStable adds metrics one by one. Each leaves every panel its id, and moves
// panels, and takes away boards, only of what shares the first part of its path.
func TestFolderIsStable(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 3))
	metrics := randomMetrics(r, 150)
	const start = 110
	boards, _ := boardsOf(t, metrics[:start])
	before, uids := places(boards)
	moves := 0
	for n := start + 1; n <= len(metrics); n++ {
		added := metrics[n-1]
		boards, s := boardsOf(t, metrics[:n])
		after, now := places(boards)
		cfg := config.Default()
		own := ""
		for _, sig := range plan.Signals(s, cfg) {
			if sig.Key == added.Name {
				own = "chain-" + sig.Path[0]
			}
		}
		for key, was := range before {
			is, there := after[key]
			switch {
			case !there:
				t.Errorf("%s: panel %s is gone", added.Name, key)
			case is.id != was.id:
				t.Errorf("%s: panel %s has the id %d, had %d", added.Name, key, is.id, was.id)
			case is.board != was.board:
				if moves++; own == "" || !strings.HasPrefix(is.board, own) {
					t.Errorf("%s: panel %s is on %s, was on %s", added.Name, key, is.board, was.board)
				}
			}
		}
		for _, uid := range uids {
			if !slices.Contains(now, uid) && (own == "" || !strings.HasPrefix(uid, own)) {
				t.Errorf("%s: dashboard %s is gone", added.Name, uid)
			}
		}
		before, uids = after, now
	}
	if moves == 0 || moves > 200 {
		t.Errorf("%d panels moved: the test adds too little, or too much moves", moves)
	}
}

// TestFolderBudgets holds a folder to its budgets: panels of boards and rows, queries that
// a board asks when it is opened, bytes of its file; and finds each metric in a timeseries
// panel of a subsystem's board.
func TestFolderBudgets(t *testing.T) {
	boards, s := boardsOf(t, randomMetrics(rand.New(rand.NewPCG(1, 2)), 500))
	files, err := render.Files(boards)
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, b := range boards {
		panels, queries := 0, 0
		for _, row := range b.Rows {
			panels += len(row.Panels)
			if len(row.Panels) > 12 {
				t.Errorf("%s: row %s has %d panels", b.UID, row.Title, len(row.Panels))
			}
			for _, p := range row.Panels {
				if !row.Collapsed {
					queries += len(p.Queries)
				}
				for _, name := range p.Metrics {
					drawn[name] = drawn[name] || p.Kind == "timeseries" && b.UID != b.Folder
				}
			}
		}
		if size := len(files["dashboards/"+b.UID+".json"]); panels > 40 || queries > 15 || size > 256<<10 {
			t.Errorf("%s has %d panels, asks %d queries, and its file %d bytes", b.UID, panels, queries, size)
		}
	}
	for _, m := range s.Metrics {
		if !drawn[m.Name] {
			t.Errorf("%s is on no subsystem's board", m.Name)
		}
	}
}

// TestSmallIsOneBoard: 40 metrics are one board, more are a folder.
func TestSmallIsOneBoard(t *testing.T) {
	var metrics []*schema.Metric
	for i := range 41 {
		metrics = append(metrics, &schema.Metric{Name: fmt.Sprintf("chain_a%c_b%d", 'a'+i%7, i), Type: schema.Counter, Package: "example.org/chain", Symbol: "m"})
	}
	if boards, _ := boardsOf(t, metrics[:34]); len(boards) != 1 || boards[0].Folder != "" {
		t.Errorf("34 metrics are %d boards in folder %q", len(boards), boards[0].Folder)
	}
	if boards, _ := boardsOf(t, metrics); len(boards) < 5 || boards[0].UID != "chain" || boards[0].Folder != "chain" {
		t.Errorf("41 metrics are %d boards, the first %s in folder %q", len(boards), boards[0].UID, boards[0].Folder)
	}
}
