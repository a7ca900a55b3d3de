package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
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

// TestWitness: what the variables of a board ask for is there whenever a target is.
func TestWitness(t *testing.T) {
	labels := []schema.Label{{Name: "code"}}
	all := map[string]*schema.Metric{
		"info":    {Name: "a_build_info", Type: schema.Gauge, Labels: labels},
		"gauge":   {Name: "a_open_orders", Type: schema.Gauge},
		"deep":    {Name: "a_b_c_total", Type: schema.Counter},
		"theirs":  {Name: "b_total", Type: schema.Counter},
		"vec":     {Name: "a_requests_total", Type: schema.Counter, Labels: labels},
		"hist":    {Name: "a_seconds", Type: schema.Histogram, Buckets: []float64{1}},
		"histvec": {Name: "a_seconds", Type: schema.Histogram, Buckets: []float64{1}, Labels: labels},
		"summary": {Name: "a_summary", Type: schema.Summary},
		"native":  {Name: "a_native", Type: schema.Histogram, Native: &schema.Native{}},
		"old":     {Name: "a_old", Type: schema.Gauge, Deprecated: true},
	}
	for _, test := range []struct{ metrics, shows, want string }{
		{"vec gauge info deep", "a_requests_total", "a_build_info"},
		{"vec gauge deep", "a_requests_total", "a_open_orders"},
		{"vec gauge deep", "a_b_c_total", "a_b_c_total"},
		{"vec theirs hist", "a_requests_total", "b_total"},
		{"vec hist", "a_requests_total", "a_seconds_count"},
		{"vec histvec", "rate(a_seconds_bucket[5m])", "a_seconds_count"},
		{"native summary", "a_native", "a_summary_count"},
		{"native vec", "a_native", "a_requests_total"},
		{"native", "a_native", "up"},
		{"vec old", "a_old", "a_old"},
		{"", "somebody_elses", "somebody_elses"},
		{"", "ALERTS", "up"},
		{"", "up", "up"},
	} {
		l := &layout{}
		var metrics []*schema.Metric
		for name := range strings.FieldsSeq(test.metrics) {
			m := all[name]
			metrics = append(metrics, m)
			kind := plan.Level
			if name == "info" {
				kind = plan.Info
			}
			l.signals = append(l.signals, plan.Signal{Key: m.Name, Kind: kind, Metrics: []*schema.Metric{m}})
		}
		l.schema, _ = schema.New(metrics)
		l.family = "a"
		b := &plan.Board{Rows: []plan.Row{{Panels: []plan.Panel{{Queries: []plan.Query{{Expr: test.shows}}}}}}}
		if got := l.witness(b); got != test.want {
			t.Errorf("%s, shows %s: %s, want %s", test.metrics, test.shows, got, test.want)
		}
	}
}

// TestNative: a panel that is empty without native histograms says so.
func TestNative(t *testing.T) {
	native := &schema.Metric{Name: "n_seconds", Type: schema.Histogram, Native: &schema.Native{}}
	both := &schema.Metric{Name: "b_seconds", Type: schema.Histogram, Native: &schema.Native{}, Buckets: []float64{1}}
	for _, test := range []struct {
		panel       config.Panel
		note, empty bool
	}{
		{config.Panel{Queries: queries("histogram_quantile(0.9, sum(rate(n_seconds[5m])))")}, true, true},
		{config.Panel{Queries: queries("sum(rate(n_seconds[5m]))"), Type: "heatmap"}, true, true},
		{config.Panel{Queries: queries("sum(rate(n_seconds[5m]))", "rate(b_seconds_count[5m])")}, true, false},
		{config.Panel{Queries: queries("histogram_quantile(0.9, rate(b_seconds_bucket[5m]))")}, false, false},
	} {
		test.panel.Title = "x"
		p := declare(t, test.panel, native, both)
		if got := strings.Contains(at(p, "description"), "scrape_native_histograms"); got != test.note {
			t.Errorf("%s: description %s", test.panel.Queries[0].Expr, at(p, "description"))
		}
		if got := strings.Contains(at(p, "fieldConfig.defaults.noValue"), "native histograms"); got != test.empty {
			t.Errorf("%s: noValue %s", test.panel.Queries[0].Expr, at(p, "fieldConfig.defaults.noValue"))
		}
	}
	for m, want := range map[*schema.Metric]bool{native: true, both: false} {
		l := &layout{schema: &schema.Schema{}}
		p := l.draw("stat", []*plan.Signal{{Kind: plan.Distribution, Metrics: []*schema.Metric{m}, Series: []plan.Series{{Role: "p99", Expr: "x"}}}})
		if got := p.NoValue == nativeMissing && strings.Contains(p.Description, "scrape_native_histograms"); got != want {
			t.Errorf("%s: noValue %q, description %q", m.Name, p.NoValue, p.Description)
		}
	}
}

// TestExemplars: one query of a panel asks for the exemplars of a metric that has some.
func TestExemplars(t *testing.T) {
	series := []plan.Series{{Role: "p50", Expr: "a"}, {Role: "p99", Expr: "b"}, {Role: "heatmap", Expr: "c"}}
	for _, test := range []struct {
		kind   plan.Kind
		has    bool
		series []plan.Series
		on     string
		want   int // query with exemplars; -1: none
	}{
		{plan.Distribution, true, series, "timeseries", 1},
		{plan.Distribution, true, series, "heatmap", -1},
		{plan.Distribution, true, series[1:2], "stat", -1},
		{plan.Distribution, false, series, "timeseries", -1},
		{plan.Rate, true, series[:1], "timeseries", 0},
		{plan.Level, true, series[:1], "timeseries", -1},
	} {
		l := &layout{schema: &schema.Schema{}}
		p := l.draw(test.on, []*plan.Signal{{Kind: test.kind, Metrics: []*schema.Metric{{Name: "m", Exemplars: test.has}}, Series: test.series}})
		if got := slices.IndexFunc(p.Queries, func(q plan.Query) bool { return q.Exemplars }); got != test.want {
			t.Errorf("%s on %s: query %d, want %d", test.kind, test.on, got, test.want)
		}
		for _, q := range p.Queries {
			data, err := json.Marshal(target(q, nil))
			if err != nil || bytes.Contains(data, []byte(`"exemplar":true`)) != q.Exemplars {
				t.Errorf("%s on %s: %s, %v", test.kind, test.on, data, err)
			}
		}
	}
}
