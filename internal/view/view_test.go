package view

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
)

// scraped are ten minutes of two instances, a scrape a minute.
const scraped = `
shop_requests_total{job="shop",instance="a",code="200"} 0+60x20
shop_requests_total{job="shop",instance="a",code="500"} 0+6x20
shop_requests_total{job="shop",instance="b",code="200"} 0+120x20
shop_up{job="shop",instance="a"} 1x20
shop_up{job="shop",instance="b"} 1x5 0x14
shop_build_info{job="shop",instance="a",version="1.2"} 1x20
shop_build_info{job="shop",instance="b",version="1.3"} 1x20
shop_seconds_bucket{job="shop",instance="a",le="0.1"} 0+6x20
shop_seconds_bucket{job="shop",instance="a",le="1"} 0+24x20
shop_seconds_bucket{job="shop",instance="a",le="+Inf"} 0+30x20
shop_sizes{job="shop",instance="a"} {{schema:0 sum:3 count:3 buckets:[1 2]}}x20
ALERTS{alertname="Down",alertstate="firing",instance="b",severity="page"} _x5 1x14
ALERTS_FOR_STATE{alertname="Down",instance="b",severity="page"} _x5 360x14
`

var minutes20 = time.Unix(0, 0).Add(20 * time.Minute).UTC()

func request() Request {
	return Request{From: minutes20.Add(-10 * time.Minute), To: minutes20, Points: 10, Scrape: time.Minute}
}

func loaded(t *testing.T) *engine.Engine {
	t.Helper()
	store, err := engine.Load(time.Minute, scraped)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(store, engine.Options{})
}

// board returns a board of one panel.
func board(p plan.Panel) *plan.Board {
	return &plan.Board{
		Rows: []plan.Row{{Panels: []plan.Panel{p}}},
		Variables: []plan.Variable{
			{Name: "datasource", Type: "datasource", Query: "prometheus"},
			{Name: "job", Label: "Job", Type: "query", Query: "label_values(shop_up, job)", Current: "shop"},
			{Name: "instance", Label: "Instance", Type: "query", Query: `label_values(shop_up{job=~"$job"}, instance)`},
			{Name: "window", Label: "Window", Type: "custom", Query: "5m, 1h"},
			{Name: "code", Label: "Code", Type: "query", Query: "label_values(shop_requests_total, code)", Single: true},
			{Name: "kind", Label: "Kind", Type: "custom", Query: "any : 0, one : 1", Current: "one : 1"},
		},
	}
}

// text says what is to be seen of a panel.
func text(p Panel) string {
	var b strings.Builder
	for _, s := range p.Series {
		fmt.Fprintf(&b, "%s | %s | %s | %s | %.3g..%.3g\n", s.Name, s.Text, s.Unit, s.Color, s.Calcs.Min, s.Calcs.Max)
	}
	if p.Table != nil {
		for _, c := range p.Table.Columns {
			fmt.Fprintf(&b, "%s ", c.Name)
		}
		b.WriteByte('\n')
		for _, row := range p.Table.Rows {
			for _, c := range row {
				fmt.Fprintf(&b, "%q ", c.Text)
			}
			b.WriteByte('\n')
		}
	}
	if p.Heatmap != nil {
		for _, r := range p.Heatmap.Rows {
			fmt.Fprintf(&b, "%.3g..%.3g: %.3g\n", r.Lower, r.Upper, r.Counts[len(r.Counts)-1])
		}
	}
	for _, a := range p.Alerts {
		fmt.Fprintf(&b, "%s %s %v %d\n", a.State, a.Name, a.Labels, a.Since)
	}
	return b.String() + p.Error
}

func TestPanels(t *testing.T) {
	rate := func(expr, legend string) []plan.Query {
		return []plan.Query{{RefID: "A", Expr: expr, Legend: legend}}
	}
	const matchers = `job=~"$job",instance=~"$instance"`
	for _, test := range []struct {
		name  string
		panel plan.Panel
		vars  map[string][]string
		want  string
	}{
		{"a line a code, the failed ones in their colour", plan.Panel{
			Kind: "timeseries", Unit: "reqps", Overrides: []plan.Override{{Regexp: `(?:.*\s)?(?:5(?:xx|\d\d))(?:\s.*)?`, Color: "red"}},
			Queries: rate(`sum by (code) (rate(shop_requests_total{`+matchers+`}[$__rate_interval]))`, "{{code}}"),
		}, nil, "200 | 3.00 req/s | reqps | green | 3..3\n500 | 0.100 req/s | reqps | red | 0.1..0.1\n"},
		{"of one instance", plan.Panel{
			Kind: "timeseries", Unit: "reqps", Queries: rate(`sum(rate(shop_requests_total{`+matchers+`}[$__rate_interval]))`, "Requests"),
		}, map[string][]string{"instance": {"b"}}, "Requests | 2.00 req/s | reqps | green | 2..2\n"},
		{"the window that is chosen", plan.Panel{
			Kind: "stat", Unit: "short", Queries: rate(`sum(increase(shop_requests_total[$window]))`, ""),
		}, nil, "sum(increase(shop_requests_total[5m])) | 930 | short | blue | 930..930\n"},
		{"the first of which one is chosen, and the value of an option", plan.Panel{Kind: "stat", Queries: rate(`sum(shop_requests_total{code="$code"}) * $kind`, "served")},
			nil, "served | 3.60 K | short | blue | 1.8e+03..3.6e+03\n"},
		{"legends that nobody wrote", plan.Panel{Kind: "timeseries", Queries: rate(`shop_up`, "")}, nil,
			"a | 1 | short | green | 1..1\nb | 0 | short | semi-dark-yellow | 0..0\n"},
		{"two of one name", plan.Panel{Kind: "timeseries", Queries: rate(`shop_up`, "up")}, nil,
			"up 1 | 1 | short | green | 1..1\nup 2 | 0 | short | semi-dark-yellow | 0..0\n"},
		{"states with their texts", plan.Panel{
			Kind: "state-timeline", Unit: "none", Queries: rate(`shop_up{`+matchers+`}`, "{{instance}}"),
			Mappings: []plan.Mapping{{Value: "0", Text: "down", Color: "red"}, {Value: "1", Text: "up"}}, Steps: []plan.Step{{Color: "orange"}, {Value: 1, Color: "green"}},
		}, nil, "a | up | none | green | 1..1\nb | down | none | red | 0..0\n"},
		{"nothing", plan.Panel{Kind: "stat", NoValue: "none yet", Queries: rate(`shop_missing`, "")}, nil, ""},
		{"rows that agree are one", plan.Panel{Kind: "table", Queries: []plan.Query{
			{RefID: "A", Expr: "shop_build_info", Instant: true, Table: true, Legend: "Info"},
			{RefID: "B", Expr: "shop_up", Instant: true, Table: true, Legend: "Up"},
		}}, nil, "instance job version Info Up \n\"a\" \"shop\" \"1.2\" \"1\" \"1\" \n\"b\" \"shop\" \"1.3\" \"1\" \"0\" \n"},
		{"what has no labels stands in every row that is there, and no row takes another's label", plan.Panel{Kind: "table", Queries: []plan.Query{
			{RefID: "A", Expr: "sum(shop_up)", Instant: true, Table: true, Legend: "Up"},
			{RefID: "B", Expr: `shop_requests_total{code="200"}`, Instant: true, Table: true, Legend: "Served"},
			{RefID: "C", Expr: "shop_missing", Instant: true, Table: true, Legend: "Missing"},
			{RefID: "D", Expr: "sum(shop_build_info)", Instant: true, Table: true, Legend: "Builds"},
			{RefID: "E", Expr: "shop_build_info", Instant: true, Table: true, Legend: "Info"},
		}}, nil, "Up code instance job Served Builds version Info \n\"1\" \"200\" \"a\" \"shop\" \"1.20 K\" \"2\" \"1.2\" \"1\" \n\"\" \"200\" \"b\" \"shop\" \"2.40 K\" \"2\" \"1.3\" \"1\" \n"},
		{"buckets without what is below them", plan.Panel{Kind: "heatmap", Unit: "s", Queries: []plan.Query{
			{RefID: "A", Expr: `sum by (le) (rate(shop_seconds_bucket[$__rate_interval]))`, Legend: "{{le}}", Heatmap: true},
		}}, nil, "NaN..0.1: 0.1\n0.1..1: 0.3\n1..+Inf: 0.1\n"},
		{"a native histogram", plan.Panel{Kind: "heatmap", Queries: []plan.Query{{RefID: "A", Expr: `shop_sizes`, Heatmap: true}}}, nil,
			"0.5..1: 1\n1..2: 2\n"},
		{"alerts", plan.Panel{Kind: "alertlist", AlertFilter: map[string]string{"severity": "page"}}, nil,
			"firing Down {instance=\"b\", severity=\"page\"} 360000\n"},
		{"what fails says so", plan.Panel{Kind: "stat", Queries: rate(`sum(`, "")}, nil, "query sum(: 1:5: parse error: unclosed left parenthesis"},
		{"logs", plan.Panel{Kind: "logs", Queries: []plan.Query{{RefID: "A", Expr: `{job="x"}`, Datasource: "loki"}}}, nil, "its logs are in Loki, which is not asked here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := request()
			req.Variables = test.vars
			got := Panels(context.Background(), loaded(t), board(test.panel), nil, req)
			if len(got) != 1 || text(got[0]) != test.want {
				t.Errorf("got\n%s\nwant\n%s", text(got[0]), test.want)
			}
		})
	}
}

func TestVariables(t *testing.T) {
	req := request()
	vars, err := Variables(context.Background(), loaded(t), board(plan.Panel{}), req)
	if got, want := fmt.Sprint(vars, err), "[{job Job [shop] [] [shop] true} {instance Instance [a b] [] [$__all] true} {window Window [5m 1h] [] [5m] false} {code Code [200 500] [] [200] false} {kind Kind [0 1] [any one] [1] false}] <nil>"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	b := board(plan.Panel{})
	b.Variables[1].Query = "metrics(.*)"
	if _, err := Variables(context.Background(), loaded(t), b, req); err == nil {
		t.Error("a query that is not understood is no error")
	}
}

// Values of variables are taken as they are, whatever they hold.
func TestFill(t *testing.T) {
	req := request()
	req.Variables = map[string][]string{"instance": {`a.b:80`, `c\d`}, "job": {"x"}}
	for expr, want := range map[string]string{
		`up{instance=~"$instance"}`:                     `up{instance=~"(a\\.b:80|c\\\\d)"}`,
		`up{job=~"${job:regex}",instance=~"[[other]]"}`: `up{job=~"x",instance=~"[[other]]"}`,
		`rate(x[$__rate_interval])`:                     `rate(x[240s])`,
		`increase(x[$__range]) / $__range_s`:            `increase(x[600s]) / 600`,
		`x offset $__interval`:                          `x offset 60s`,
	} {
		if got := Fill(expr, board(plan.Panel{}), &req); got != want {
			t.Errorf("%s: got %s, want %s", expr, got, want)
		}
	}
}

// JSON has no NaN; what is none is null and comes back.
func TestNumbers(t *testing.T) {
	data, err := json.Marshal(Numbers{1, 0.25, math.NaN(), 1e20, math.Inf(1)})
	if err != nil || string(data) != `[1,0.25,null,1e+20,null]` {
		t.Errorf("%s %v", data, err)
	}
	var back Numbers
	if err := json.Unmarshal(data, &back); err != nil || len(back) != 5 || !math.IsNaN(back[2]) {
		t.Errorf("%v %v", back, err)
	}
}

func TestHex(t *testing.T) {
	for _, name := range Palette {
		if dark, light := Hex(name, false), Hex(name, true); dark[0] != '#' || light[0] != '#' {
			t.Errorf("%s: %s, %s", name, dark, light)
		}
	}
	if got := Hex("red", true); got != "#E02F44" {
		t.Errorf("red on light is %s", got)
	}
}
