package render_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/schema"
)

// everyKind declares one board with a panel of each kind, with every setting that a
// panel can have, on both data sources, one row of them collapsed.
func everyKind() input {
	s, _ := schema.New([]*schema.Metric{{Name: "x_total", Type: schema.Counter, Labels: []schema.Label{{Name: "code"}}}})
	in := input{schema: s, config: &config.Config{Name: "every", Job: "every"}}
	d := config.Dashboard{Title: "Every kind"}
	for _, row := range []config.Row{{Title: "Open"}, {Title: "Collapsed", Collapsed: true}, {}} {
		for _, k := range render.PanelKinds() {
			p := config.Panel{
				Title: row.Title + " " + k.Name, Type: k.Name, Unit: "s", Min: new(0.0), Max: new(2.0), Decimals: new(1), NoValue: "none",
				Thresholds: []config.Threshold{{Value: -1, Color: "orange"}, {Value: 1, Color: "red"}},
				Mappings:   []config.Mapping{{Value: "0", Text: "zero", Color: "blue"}, {Value: "1", Text: "one"}},
			}
			switch {
			case k.Name == "text":
				p.Content = "# Title\n\nfish & chips <b>"
			case k.Bare:
				p.Alerts = map[string]string{"team": "a\"b", "app": "x"}
			default:
				p.Queries = []config.Query{{Expr: "sum by (code) (rate(x_total[5m]))", Legend: "{{code}}"}, {Expr: "time()", Unit: "h"}}
			}
			row.Panels = append(row.Panels, p)
		}
		mixed := config.Panel{Title: row.Title + " mixed", Queries: []config.Query{{Expr: "up"}, {Expr: `rate({job="x"}[1m])`, Datasource: "loki"}}}
		row.Panels = append(row.Panels, mixed)
		d.Rows = append(d.Rows, row)
	}
	in.config.Dashboards = []config.Dashboard{d}
	return in
}

// boardsUnderTest returns the boards of every archive and of everyKind.
func boardsUnderTest(t *testing.T) map[string][]byte {
	t.Helper()
	all := filesOf(t, everyKind())
	for _, file := range archives(t) {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range filesOf(t, read(t, ar)) {
			all[file+":"+name] = data
		}
	}
	maps.DeleteFunc(all, func(name string, _ []byte) bool { return !strings.HasSuffix(name, ".json") })
	return all
}

// TestNormalForm: every board is what Grafana would save.
func TestNormalForm(t *testing.T) {
	for name, data := range boardsUnderTest(t) {
		t.Run(name, func(t *testing.T) {
			if !strings.HasSuffix(string(data), "}\n") || strings.Contains(string(data), "\t") {
				t.Error("want two-space indent and one newline at the end")
			}
			var d map[string]any
			if err := json.Unmarshal(data, &d); err != nil {
				t.Fatal(err)
			}
			c := &checker{t: t, ids: map[float64]string{}}
			c.board(d)
			c.values("", d)
		})
	}
}

// A checker holds what must be unique in one board.
type checker struct {
	t   *testing.T
	ids map[float64]string
}

func (c *checker) board(d map[string]any) {
	for key, want := range map[string]any{
		"schemaVersion": 42.0, "editable": false, "graphTooltip": 1.0, "weekStart": "", "fiscalYearStartMonth": 0.0,
	} {
		if d[key] != want {
			c.t.Errorf("%s: %v, want %v", key, d[key], want)
		}
	}
	list, ok := d["links"].([]any)
	if !ok || len(list) > 1 {
		c.t.Errorf("links: %v, want [] or the menu of the folder", d["links"])
	}
	for _, link := range list {
		if l := link.(map[string]any); l["type"] != "dashboards" || l["includeVars"] != true || l["keepTime"] != true || l["url"] != "" {
			c.t.Errorf("link %v is no menu that keeps variables and time", l)
		}
	}
	if m, ok := d["timepicker"].(map[string]any); !ok || len(m) != 0 {
		c.t.Errorf("timepicker: %v, want {}", d["timepicker"])
	}
	for _, key := range []string{"__inputs", "id", "version"} {
		if _, there := d[key]; there {
			c.t.Errorf("%s must not be there", key)
		}
	}
	annotations := d["annotations"].(map[string]any)["list"].([]any)
	if len(annotations) == 0 || annotations[0].(map[string]any)["builtIn"] != 1.0 {
		c.t.Errorf("annotations: %v, want the built-in first", annotations)
	}
	variables := map[string]bool{}
	for _, v := range d["templating"].(map[string]any)["list"].([]any) {
		v := v.(map[string]any)
		variables["${"+v["name"].(string)+"}"] = true
		if list, ok := v["options"].([]any); !ok || len(list) != 0 {
			c.t.Errorf("variable %v: options %v, want []", v["name"], v["options"])
		}
		if v["type"] == "query" {
			c.datasource(v["name"].(string), v["datasource"], variables)
		}
	}
	c.panels(d["panels"].([]any), variables)
}

// panels checks the panels of one grid: of the board, or of a collapsed row.
func (c *checker) panels(panels []any, variables map[string]bool) {
	var taken [24][]string
	previous := 0.0
	for _, p := range panels {
		p := p.(map[string]any)
		name := fmt.Sprintf("%v %q", p["type"], p["title"])
		id, _ := p["id"].(float64)
		if id < 1 || id > 1<<31-1 {
			c.t.Errorf("%s: id %v", name, p["id"])
		}
		if other, dup := c.ids[id]; dup {
			c.t.Errorf("%s: has the id of %s", name, other)
		}
		c.ids[id] = name
		pos, ok := p["gridPos"].(map[string]any)
		if !ok {
			c.t.Errorf("%s: no gridPos", name)
			continue
		}
		x, y, w, h := pos["x"].(float64), pos["y"].(float64), pos["w"].(float64), pos["h"].(float64)
		if w < 1 || h < 1 || x < 0 || y < 0 || x+w > 24 {
			c.t.Errorf("%s: gridPos %v", name, pos)
			continue
		}
		if y < previous {
			c.t.Errorf("%s: stands above the panel before it", name)
		}
		previous = y
		for col := int(x); col < int(x+w); col++ {
			for len(taken[col]) < int(y+h) {
				taken[col] = append(taken[col], "")
			}
			for row := int(y); row < int(y+h); row++ {
				if taken[col][row] != "" {
					c.t.Fatalf("%s overlaps %s", name, taken[col][row])
				}
				taken[col][row] = name
			}
		}
		if p["type"] == "row" {
			c.panels(p["panels"].([]any), variables)
			continue
		}
		c.targets(name, p, variables)
	}
}

func (c *checker) targets(name string, p map[string]any, variables map[string]bool) {
	targets, _ := p["targets"].([]any)
	bare := p["type"] == "text" || p["type"] == "alertlist"
	if bare == (len(targets) > 0) {
		c.t.Errorf("%s: %d targets", name, len(targets))
	}
	if !bare && p["datasource"].(map[string]any)["uid"] != "-- Mixed --" {
		c.datasource(name, p["datasource"], variables)
	}
	refs := map[any]bool{}
	for _, target := range targets {
		target := target.(map[string]any)
		if ref := target["refId"]; ref == "" || ref == nil || refs[ref] {
			c.t.Errorf("%s: refId %v", name, ref)
		}
		refs[target["refId"]] = true
		c.datasource(name, target["datasource"], variables)
	}
}

func (c *checker) datasource(name string, ref any, variables map[string]bool) {
	m, _ := ref.(map[string]any)
	if uid, _ := m["uid"].(string); !variables[uid] || m["type"] == nil {
		c.t.Errorf("%s: datasource %v is no variable", name, ref)
	}
}

// mayBeEmpty are the keys whose value Grafana itself leaves empty.
var mayBeEmpty = []string{
	"weekStart", "regex", "fields", "axisLabel", "alertInstanceLabelFilter", "alertName", "legendFormat", "tooltip", "url", "__systemRef",
}

// values checks that no value is null or an empty word, which is what the SDK's zero
// values become: "orientation": "" draws nothing.
func (c *checker) values(path string, v any) {
	switch v := v.(type) {
	case nil:
		c.t.Errorf("%s is null", path)
	case string:
		key := path[strings.LastIndex(path, ".")+1:]
		if v == "" && !contains(mayBeEmpty, key) {
			c.t.Errorf("%s is empty", path)
		}
	case map[string]any:
		for key, value := range v {
			c.values(path+"."+key, value)
		}
	case []any:
		if len(v) == 0 && strings.HasSuffix(path, "reduceOptions.calcs") {
			c.t.Errorf("%s is empty", path)
		}
		for i, value := range v {
			c.values(fmt.Sprintf("%s[%d]", path, i), value)
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// TestStrictDecoding: the SDK knows every field that is written. Its strict decoder
// returns a non-nil error always (v0.0.14 to v0.0.18), so the errors inside count.
func TestStrictDecoding(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	strict := func(data []byte) cog.BuildErrors {
		//lint:ignore SA1019 the classic dashboard: see package render
		var d dashboard.Dashboard
		errs, ok := d.UnmarshalJSONStrict(data).(cog.BuildErrors)
		if !ok {
			t.Fatal("the strict decoder returns another error now: read it in another way")
		}
		return errs
	}
	all := boardsUnderTest(t)
	for name, data := range all {
		for _, err := range strict(data) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The decoder finds what it should: a misspelt option and a misspelt query field.
	for _, data := range all {
		for _, key := range []string{`"lineWidth"`, `"editorMode"`} {
			if wrong := strings.Replace(string(data), key, `"lineWdith"`, 1); wrong != string(data) && len(strict([]byte(wrong))) == 0 {
				t.Errorf("the strict decoder does not see a misspelt %s", key)
			}
		}
	}
}

// TestFilesRefusesUIDs: no board replaces another silently, none leaves its folder.
func TestFilesRefusesUIDs(t *testing.T) {
	for _, boards := range [][]plan.Board{{{UID: "a"}, {UID: "a"}}, {{UID: "../a"}}, {{UID: ""}}, {{UID: strings.Repeat("a", 41)}}} {
		if _, err := render.Files(boards); err == nil {
			t.Errorf("uid %q: no error", boards[0].UID)
		}
	}
}
