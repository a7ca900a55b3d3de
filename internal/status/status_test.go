package status

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// shop is what a Prometheus server has scraped in half an hour.
const shop = `
up{job="shop",instance="a"} 1x120
shop_requests_total{job="shop",instance="a",code="200"} 0+15x120
shop_requests_total{job="shop",instance="a",code="500"} 0+3x120
shop_queue{job="shop",instance="a"} 0x100 70x20
shop_degraded{job="shop",instance="a"} 0x118 1x2
`

var metrics = []*schema.Metric{
	{Name: "shop_degraded", Type: schema.Gauge},
	{Name: "shop_lost", Type: schema.Gauge},
	{Name: "shop_queue", Type: schema.Gauge, Unit: "bytes"},
	{Name: "shop_requests_total", Type: schema.Counter, Labels: []schema.Label{{Name: "code"}}},
	{Name: "shop_retries_total", Type: schema.Counter, Labels: []schema.Label{{Name: "why"}}},
}

func alert(name, expr, severity string, hold time.Duration) engine.Rule {
	return engine.Rule{Alert: name, Expr: expr, For: hold, Labels: map[string]string{"severity": severity}, Annotations: map[string]string{"summary": name + " on {{ $labels.instance }}"}}
}

// programs are the shop, with the rules given.
func programs(rules ...engine.Rule) []Program {
	number := func(id int, key, title, expr, unit string, steps ...plan.Step) plan.Panel {
		return plan.Panel{Key: key, ID: id, Kind: "stat", Title: title, Unit: unit, Steps: steps, NoValue: "0", Queries: []plan.Query{{RefID: "A", Expr: expr}}}
	}
	return []Program{{
		Name: "shop", Groups: []engine.Group{{Name: "shop", Rules: rules}}, Scrape: 15 * time.Second, Paging: []string{"night"},
		World: &query.World{Schema: &schema.Schema{Metrics: metrics}},
		Boards: []plan.Board{{Rows: []plan.Row{{Panels: []plan.Panel{
			number(1, "overview/up", "Instances up", `sum(up{job="shop"})`, "short", plan.Step{Color: "red"}, plan.Step{Value: 1, Color: "green"}),
			number(2, "overview/queue", "Queue", "shop_queue", "bytes", plan.Step{Color: "green"}, plan.Step{Value: 50, Color: "orange"}),
			number(3, "overview/traffic", "Requests", "sum(rate(shop_requests_total[1m]))", "reqps"),
			number(4, "elsewhere", "Not shown", "shop_queue", "short"),
		}}}}},
	}}
}

func load(t *testing.T, text string) *engine.Engine {
	t.Helper()
	store, err := engine.Load(15*time.Second, text)
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(store, engine.Options{Evaluation: 15 * time.Second})
}

var end = time.Unix(1800, 0).UTC()

func TestSweep(t *testing.T) {
	for _, test := range []struct {
		rules []engine.Rule
		worst State
		text  string
	}{
		{[]engine.Rule{alert("Quiet", "shop_queue > 100", "critical", 0)}, Orange, `
orange  shop
green     Instances up  1
orange    Queue         70 B
          Requests      1.20 req/s
          1 alerts: 1 quiet, 0 pending, 0 firing
`},
		{[]engine.Rule{
			alert("Degraded", "shop_degraded == 1", "critical", time.Minute), alert("Queue", "shop_queue > 50", "critical", 2*time.Minute),
			alert("Errors", `rate(shop_requests_total{code="500"}[5m]) > 0.1`, "ticket", 0), alert("Heartbeat", "vector(1)", "none", 0),
			alert("Lost", "shop_lost > 0", "warning", 0), alert("Retries", `rate(shop_retries_total[5m]) > 1`, "critical", 0),
			{Record: "shop:nothing", Expr: "rate(nobody_total[5m])"},
		}, Red, `
red     shop
green     Instances up  1
orange    Queue         70 B
          Requests      1.20 req/s
red       Queue (critical)
            firing, since 00:28:00 at least  70 B {instance="a", job="shop"}
            Queue on a
orange    Degraded (critical)
            pending since 00:29:45, fires after 1 min  1 {instance="a", job="shop"}
            Degraded on a
orange    Errors (ticket)
            firing  0.200 req/s {code="500", instance="a", job="shop"}
            Errors on a
unknown   Lost (warning): no series of shop_lost
green     Heartbeat (none)
            firing  1 {}
            Heartbeat on
          recording rule shop:nothing: no series of nobody_total
          6 alerts: 1 quiet, 1 pending, 3 firing, 1 unknown
`},
		{[]engine.Rule{alert("Errors", `rate(shop_requests_total{code="500"}[5m]) > 0.1`, "night", 0)}, Red, ""},
		{[]engine.Rule{alert("Wrong", "shop_queue * on (x) group_left () (shop_queue or shop_degraded) > 0", "warning", 0)}, Orange, ""},
	} {
		r := Sweep(t.Context(), load(t, shop), programs(test.rules...), end)
		var out strings.Builder
		if err := r.Text(&out, false); err != nil {
			t.Fatal(err)
		}
		if got, want := out.String(), strings.TrimPrefix(test.text, "\n")+"1970-01-01 00:30:00 UTC\n"; test.text != "" && got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if r.Worst() != test.worst {
			t.Errorf("%s: worst is %s, want %s", test.rules[0].Alert, r.Worst(), test.worst)
		}
	}
}

// A refusing source answers nothing.
type refusing struct{}

func (refusing) Instant(context.Context, string, time.Time) (*engine.Result, error) {
	return nil, fmt.Errorf("no route")
}

func (refusing) Range(context.Context, string, time.Time, time.Time, time.Duration) (*engine.Result, error) {
	return nil, fmt.Errorf("no route")
}

// What is not answered is not green.
func TestUnanswered(t *testing.T) {
	r := Sweep(t.Context(), refusing{}, programs(alert("A", "shop_queue > 1", "info", 0)), end)
	if !r.Failed() || r.Worst() != Orange || r.Programs[0].Alerts[0].Why != "no route" {
		t.Errorf("%+v", r)
	}
}

// Each alert stands as the engine, which is held to Prometheus, has it after the same time.
func TestStands(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	compared := map[engine.State]int{}
	for range 150 {
		rule := engine.Rule{Alert: "A", Expr: "x > 0", For: time.Duration(rnd.IntN(5)) * 20 * time.Second, KeepFiringFor: time.Duration(rnd.IntN(4)) * 25 * time.Second}
		text := `x{i="a"}`
		for v := 1; len(text) < 150; {
			if rnd.IntN(4) == 0 {
				v = 1 - v
			}
			text += fmt.Sprintf(" %d", v)
		}
		e := load(t, text)
		at := time.Unix(int64(15*(30+rnd.IntN(35))), 0).UTC()
		got := Sweep(t.Context(), e, []Program{{Groups: []engine.Group{{Rules: []engine.Rule{rule}}}, World: &query.World{Schema: &schema.Schema{}}}}, at).Programs[0].Alerts[0]
		out, err := e.Run(t.Context(), []engine.Group{{Name: "g", Rules: []engine.Rule{rule}}}, time.Unix(0, 0), at)
		if err != nil {
			t.Fatal(err)
		}
		want := engine.Inactive
		if len(out.Timelines) > 0 {
			want = out.Timelines[0].At(at).State
		}
		state := engine.Inactive
		if len(got.Active) > 0 {
			state = got.Active[0].State
		}
		compared[want]++
		if state != want {
			t.Errorf("%s for %v, kept for %v, at %v: %s, the engine says %s", text, rule.For, rule.KeepFiringFor, at, state, want)
		}
	}
	if len(compared) < 3 {
		t.Errorf("compared only %v", compared)
	}
}

// The page is one file that asks nobody for anything, and shows what others wrote as text.
func TestHTML(t *testing.T) {
	bad := alert("Bad<script>", `shop_queue > 50`, `"><img src=x>`, 0)
	bad.Annotations = map[string]string{"summary": "<script>alert(1)</script> {{ $value }}", "runbook_url": "javascript:alert(1)"}
	good := alert("Good", "shop_queue > 60", "critical", 0)
	good.Annotations["runbook_url"] = "https://runbooks.example.org/Good"
	r := Sweep(t.Context(), load(t, shop), programs(bad, good, alert("Quiet", "shop_queue > 100", "info", 0)), end)
	r.Server = "http://prometheus:9090"
	var out bytes.Buffer
	if err := r.HTML(&out); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, want := range []string{
		`<html lang="en">`, `name="viewport"`, "<title>shop: red</title>", `<time datetime="1970-01-01T00:30:00Z">`, `<a href="https://runbooks.example.org/Good"`,
		"&lt;script&gt;alert(1)&lt;/script&gt; 70", "<summary>1 quiet alerts</summary>", "<polyline points=", `aria-labelledby="program-0"`, ">orange</span>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, never := range []string{"<script", "<img", "javascript:", "@import", "url(", "<no value>"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %s", never)
		}
	}
	if links := strings.Count(page, "<link"); links != 1 || !strings.Contains(page, `href="data:,"`) {
		t.Errorf("%d links", links)
	}
	if t.Failed() {
		t.Log(page)
	}
}
