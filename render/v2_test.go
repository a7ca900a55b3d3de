package render_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboardv2"
	"golang.org/x/tools/txtar"

	handwritten "github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/schema"
)

// eachBoard calls f for the boards of everyKind and of every archive.
func eachBoard(t *testing.T, f func(t *testing.T, boards []plan.Board, s *schema.Schema)) {
	t.Helper()
	inputs := map[string]input{"every kind": everyKind()}
	for _, file := range archives(t) {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inputs[file] = read(t, ar)
	}
	for name, in := range inputs {
		boards, _ := render.Layout(in.signals, in.groups, in.schema, in.config)
		t.Run(name, func(t *testing.T) { f(t, boards, in.schema) })
	}
}

// TestV2: what dashgen reads of a manifest is what it reads of the classic board, and
// Grafana's SDK knows every field.
func TestV2(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	eachBoard(t, func(t *testing.T, boards []plan.Board, s *schema.Schema) {
		classic, err := render.Files(boards)
		if err != nil {
			t.Fatal(err)
		}
		files, findings, err := render.FilesV2(boards, s, classic)
		if err != nil || len(findings) > 0 {
			t.Fatal(err, findings)
		}
		for _, b := range boards {
			data := files["dashboards-v2/"+b.UID+".json"]
			if got, want := reading(t, data), reading(t, classic["dashboards/"+b.UID+".json"]); got != want {
				t.Errorf("%s: read\n%s\nwant\n%s", b.UID, got, want)
			}
			var manifest struct{ Spec json.RawMessage }
			if err := json.Unmarshal(data, &manifest); err != nil {
				t.Fatal(err)
			}
			var d dashboardv2.Dashboard
			errs, ok := d.UnmarshalJSONStrict(manifest.Spec).(cog.BuildErrors)
			if !ok {
				t.Fatal("the strict decoder returns another error now: read it in another way")
			}
			for _, err := range errs {
				t.Errorf("%s: %v", b.UID, err)
			}
		}
	})
}

// reading returns what dashgen reads of a dashboard in either format, as text.
func reading(t *testing.T, data []byte) string {
	t.Helper()
	set, findings := handwritten.Parse("board.json", data)
	if len(findings) > 0 || len(set.Dashboards) != 1 {
		t.Fatalf("%d dashboards, %v", len(set.Dashboards), findings)
	}
	d := set.Dashboards[0]
	lines := []string{fmt.Sprintf("%s %q unplaced %v missing %v", d.UID, d.Title, d.Unplaced, d.Missing)}
	for _, p := range d.Panels {
		if p.Type == "row" {
			continue
		}
		var units []string
		for _, u := range p.Units {
			units = append(units, u.ID)
		}
		lines = append(lines, fmt.Sprintf("panel %d %q %s %v described %v", p.ID, p.Title, p.Type, units, p.Described))
	}
	for _, q := range d.Queries {
		lines = append(lines, fmt.Sprintf("%s %s %q %q", q.Owner, q.Datasource, q.Expr, q.Legend))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestV2Layout: collapsed rows are tabs, open ones between them share one, and what may be
// absent is hidden while it is.
func TestV2Layout(t *testing.T) {
	s, _ := schema.New([]*schema.Metric{{Name: "sure", Type: schema.Gauge}, {Name: "maybe", Type: schema.Gauge, Conditional: true}})
	panel := func(id int, metrics ...string) plan.Panel {
		return plan.Panel{ID: id, Kind: "text", Title: "t", X: 6, Y: 100 + id, W: 6, H: 4, Metrics: metrics}
	}
	rows := []plan.Row{
		{Title: "A", Panels: []plan.Panel{panel(1, "sure"), panel(2, "sure", "maybe")}},
		{Title: "B", Panels: []plan.Panel{panel(3, "maybe"), panel(4)}},
		{Title: "C", Collapsed: true, Panels: []plan.Panel{panel(5, "sure")}},
		{Title: "D", Panels: []plan.Panel{panel(6)}},
		{Panels: []plan.Panel{panel(7)}},
	}
	for want, rows := range map[string][]plan.Row{
		"tab A [row A [1@6,0 6x4 2@6,1 6x4] row B [3? 4]] tab C [5@6,0 6x4] tab D [6@6,0 6x4]": rows[:4],
		"row A [1@6,0 6x4 2@6,1 6x4] row B [3? 4]":                                             rows[:2],
		"row - [7@6,0 6x4] row A [1@6,0 6x4 2@6,1 6x4]":                                        {rows[4], rows[0]},
		"tab Overview [7@6,0 6x4] tab C [5@6,0 6x4]":                                           {rows[4], rows[2]},
		"row B [3? 4]": rows[1:2],
		"7@6,0 6x4":    rows[4:],
	} {
		boards := []plan.Board{{UID: "b", Title: "b", Rows: rows}}
		classic, err := render.Files(boards)
		if err != nil {
			t.Fatal(err)
		}
		files, _, err := render.FilesV2(boards, s, classic)
		if err != nil {
			t.Fatal(err)
		}
		var board map[string]any
		if err := json.Unmarshal(files["dashboards-v2/b.json"], &board); err != nil {
			t.Fatal(err)
		}
		if got := layoutText(board["spec"].(map[string]any)["layout"]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// hiddenWithout is the condition that there is data.
const hiddenWithout = `{"kind":"ConditionalRenderingGroup","spec":{"condition":"and","items":[{"kind":"ConditionalRenderingData","spec":{"value":true}}],"visibility":"show"}}`

// layoutText returns a layout in one line. A panel that is hidden while it has no data has
// a question mark.
func layoutText(layout any) string {
	spec := layout.(map[string]any)["spec"].(map[string]any)
	var parts []string
	for _, in := range []string{"tab", "row"} {
		list, _ := spec[in+"s"].([]any)
		for _, item := range list {
			spec := item.(map[string]any)["spec"].(map[string]any)
			title, named := spec["title"].(string)
			if !named && spec["hideHeader"] == true {
				title = "-"
			}
			parts = append(parts, fmt.Sprintf("%s %s [%s]", in, title, layoutText(spec["layout"])))
		}
	}
	items, _ := spec["items"].([]any)
	for _, item := range items {
		spec := item.(map[string]any)["spec"].(map[string]any)
		name, _ := spec["element"].(map[string]any)["name"].(string)
		text := strings.TrimPrefix(name, "panel-")
		if spec["width"] != nil {
			text += fmt.Sprintf("@%v,%v %vx%v", spec["x"], spec["y"], spec["width"], spec["height"])
		}
		if condition, err := json.Marshal(spec["conditionalRendering"]); err == nil && string(condition) == hiddenWithout {
			text += "?"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}
