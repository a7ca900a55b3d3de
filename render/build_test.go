package render

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

// declare draws one declared panel and returns it as Grafana reads it.
func declare(t *testing.T, p config.Panel, metrics ...*schema.Metric) map[string]any {
	t.Helper()
	s, _ := schema.New(metrics)
	cfg := &config.Config{Name: "x", Dashboards: []config.Dashboard{{Title: "x", Rows: []config.Row{{Panels: []config.Panel{p}}}}}}
	boards, findings := Layout(nil, nil, s, cfg)
	for _, f := range findings {
		t.Error(f)
	}
	files, err := Files(boards)
	if err != nil {
		t.Fatal(err)
	}
	var board struct{ Panels []map[string]any }
	if err := json.Unmarshal(files["dashboards/"+boards[0].UID+".json"], &board); err != nil {
		t.Fatal(err)
	}
	return board.Panels[0]
}

// at returns what stands under a path such as "options.yAxis.unit", as text.
func at(v any, path string) string {
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			var i int
			if fmt.Sscan(key, &i); i >= len(x) {
				return "nothing"
			}
			v = x[i]
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.Trim(string(data), `"`)
}

func queries(exprs ...string) []config.Query {
	var all []config.Query
	for _, e := range exprs {
		all = append(all, config.Query{Expr: e})
	}
	return all
}

// TestHeatmapUnits: the axis is in what the histogram observes, the cells in what the
// expression yields; what is no histogram's buckets Grafana counts into buckets itself.
func TestHeatmapUnits(t *testing.T) {
	metrics := []*schema.Metric{
		{Name: "x_seconds", Type: schema.Histogram, Unit: "seconds", Buckets: []float64{1}},
		{Name: "x_requests_bytes", Type: schema.Histogram, Unit: "bytes", Buckets: []float64{1}},
		{Name: "native_seconds", Type: schema.Histogram, Unit: "seconds", Native: &schema.Native{}},
		{Name: "heap_bytes", Type: schema.Gauge, Unit: "bytes"},
	}
	for _, test := range []struct {
		panel                        config.Panel
		axis, cells, format, counted string
	}{
		{config.Panel{Queries: queries("sum by (le) (rate(x_seconds_bucket[5m]))")}, "s", "cps", "heatmap", "false"},
		{config.Panel{Queries: queries("sum by (le) (increase(x_seconds_bucket[5m]))")}, "s", "short", "heatmap", "false"},
		{config.Panel{Queries: queries("sum by (le) (rate(x_requests_bytes_bucket[5m]))")}, "bytes", "reqps", "heatmap", "false"},
		{config.Panel{Queries: queries("sum(rate(native_seconds[5m]))")}, "s", "cps", "heatmap", "false"},
		{config.Panel{Queries: queries("sum by (le) (rate(theirs_bucket[5m]))")}, "short", "short", "heatmap", "false"},
		{config.Panel{Queries: queries("sum by (le) (rate(theirs_bucket[5m]))"), Unit: "ms"}, "ms", "short", "heatmap", "false"},
		{config.Panel{Queries: queries("heap_bytes")}, "bytes", "short", "time_series", "true"},
		{config.Panel{Queries: queries("histogram_quantile(0.9, rate(x_seconds_bucket[5m]))")}, "s", "short", "time_series", "true"},
	} {
		test.panel.Title, test.panel.Type = "x", "heatmap"
		p := declare(t, test.panel, metrics...)
		expr := test.panel.Queries[0].Expr
		for path, want := range map[string]string{
			"options.yAxis.unit":        test.axis,
			"options.cellValues.unit":   test.cells,
			"options.calculate":         test.counted,
			"targets.0.format":          test.format,
			"fieldConfig.defaults.unit": test.axis,
			"fieldConfig.overrides":     "[]",
		} {
			if got := at(p, path); got != want {
				t.Errorf("%s: %s %s, want %s", expr, path, got, want)
			}
		}
	}
}

// TestTableOfSeveral: the name of a series would keep rows with the same labels
// apart, so it goes before they are merged; the time stays until then, since it is what
// every answer has. A merged column is no query's any more, so units go by its name.
func TestTableOfSeveral(t *testing.T) {
	p := config.Panel{Title: "x", Type: "table", Queries: queries("sum(a)", "b", "b / c")}
	p.Queries[1].Legend, p.Queries[2].Unit = "bees", "percent"
	got := declare(t, p)
	for path, want := range map[string]string{
		"transformations.0":                  `{"id":"filterFieldsByName","options":{"exclude":{"names":["__name__"]}}}`,
		"transformations.1":                  `{"id":"merge","options":{}}`,
		"transformations.2.id":               "organize",
		"transformations.2.options":          `{"excludeByName":{"Time":true},"includeByName":{},"indexByName":{},"renameByName":{"Value #B":"bees"}}`,
		"fieldConfig.overrides.0.matcher":    `{"id":"byName","options":"Value #C"}`,
		"fieldConfig.overrides.0.properties": `[{"id":"unit","value":"percent"}]`,
	} {
		if got := at(got, path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	got = declare(t, config.Panel{Title: "x", Type: "table", Queries: queries("b")})
	if want := `["__name__"]`; at(got, "transformations.0.options.exclude.names") != want {
		t.Errorf("one query: %s", at(got, "transformations"))
	}
}

// TestDeclaredThresholds: the lowest is the base where nothing is below it.
func TestDeclaredThresholds(t *testing.T) {
	th := func(pairs ...any) []config.Threshold {
		var all []config.Threshold
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, config.Threshold{Value: pairs[i].(float64), Color: pairs[i+1].(string)})
		}
		return all
	}
	for _, test := range []struct {
		thresholds []config.Threshold
		min        *float64
		want       string
	}{
		{th(0.7, "green", 0.0, "orange"), nil, "orange 0.7 green"},
		{th(0.0, "orange", 0.7, "green"), new(0.0), "orange 0.7 green"},
		{th(0.0, "orange", 0.7, "green"), new(-1.0), "green 0 orange 0.7 green"},
		{th(10.0, "orange", 20.0, "red"), new(10.0), "orange 20 red"},
		{th(10.0, "orange", 20.0, ""), nil, "green 10 orange 20 red"},
		{th(-5.0, "red"), nil, "green -5 red"},
	} {
		got := declare(t, config.Panel{Title: "x", Type: "stat", Queries: queries("a"), Thresholds: test.thresholds, Min: test.min})
		var steps []string
		for i, s := range got["fieldConfig"].(map[string]any)["defaults"].(map[string]any)["thresholds"].(map[string]any)["steps"].([]any) {
			if i > 0 {
				steps = append(steps, at(s, "value"))
			}
			steps = append(steps, at(s, "color"))
		}
		if s := strings.Join(steps, " "); s != test.want {
			t.Errorf("%v: %s, want %s", test.thresholds, s, test.want)
		}
	}
}
