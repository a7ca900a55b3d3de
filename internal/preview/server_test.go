package preview

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

var now = time.Unix(1700000000, 0).UTC()

// shop is a program of one counter and one alert on it.
func shop() Program {
	m := &schema.Metric{Name: "shop_failed_total", Type: schema.Counter, Help: "Orders that failed.", Pos: schema.Pos{File: "shop.go", Line: 7, Col: 2}}
	return Program{
		Config:  &config.Config{Name: "shop", Job: "shop"},
		Schema:  &schema.Schema{Metrics: []*schema.Metric{m}},
		Signals: []plan.Signal{{Kind: plan.Rate, Title: "Failed", Metrics: []*schema.Metric{m}, Why: "a counter is read by how fast it grows"}},
		Groups: []plan.Group{{Name: "shop", Rules: []plan.Rule{
			{Alert: "OrdersFail", Expr: "sum(rate(shop_failed_total[5m])) > 5", Metrics: []string{m.Name}, Labels: map[string]string{"severity": "page"}, Annotations: map[string]string{"summary": `{{ $value | printf "%.0f" | len }} digits fail`}},
		}}},
		Boards: []plan.Board{{UID: "shop", Title: "Shop", From: "now-6h", Rows: []plan.Row{{Panels: []plan.Panel{
			{ID: 3, Kind: "timeseries", Title: "Failed", Unit: "eps", W: 12, H: 8, Y: 4, Metrics: []string{m.Name}, Alerts: []string{"OrdersFail"}, Queries: []plan.Query{{RefID: "A", Expr: "sum(rate(shop_failed_total[$__rate_interval]))", Legend: "failed"}}},
			{ID: 4, Kind: "alertlist", Title: "Firing", W: 12, H: 8, X: 12, Y: 4},
		}}}}},
		Findings: []schema.Finding{
			{Pos: schema.Pos{File: "shop.go", Line: 7, Col: 9}, Check: "help", Message: "is about the metric"},
			{Pos: schema.Pos{File: "other.go", Line: 1}, Check: "help", Message: "is about nothing that is drawn"},
		},
	}
}

// serve serves shop, simulated at a time that stands still.
func serve(t *testing.T, opts SimulateOptions) (*Server, *httptest.Server) {
	t.Helper()
	opts.Now = func() time.Time { return now }
	s := New(Simulate(opts))
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	if err := s.Show(ctx, []Program{shop()}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler("127.0.0.1:7070"))
	t.Cleanup(web.Close)
	return s, web
}

// post asks and returns the answer as JSON reads it.
func post(t *testing.T, url, question string) (a map[string]any) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", url, resp.Status, data, err)
	}
	if strings.HasPrefix(string(data), "[") {
		data = []byte(`{"list":` + string(data) + `}`)
	}
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Rules that look back at a month, as error budgets do, are shown some hours of it: all of it
// would be simulated and evaluated for minutes.
func TestLooksBack(t *testing.T) {
	p := shop()
	p.Groups[0].Rules = append(p.Groups[0].Rules,
		plan.Rule{Record: "shop:failed:rate5m", Expr: "sum(rate(shop_failed_total[5m]))"},
		plan.Rule{Record: "shop:failed:rate30d", Expr: "avg_over_time(shop:failed:rate5m[30d])"},
		plan.Rule{Alert: "BudgetSpent", Expr: "shop:failed:rate30d > 1e9", For: time.Hour})
	feed := Simulate(SimulateOptions{Every: time.Minute, Still: true, Now: func() time.Time { return now }})
	if err := feed.Show(t.Context(), []Program{p}); err != nil {
		t.Fatal(err)
	}
	for ago, want := range map[time.Duration]bool{5 * time.Hour: true, 8 * time.Hour: false} {
		res, err := feed.Instant(t.Context(), "shop:failed:rate5m", now.Add(-ago))
		if err != nil || len(res.Series) > 0 != want {
			t.Errorf("%v ago: %v, %v", ago, res, err)
		}
	}
}

// The page is for whoever sits at the machine: no other name, no other site.
func TestGuard(t *testing.T) {
	_, web := serve(t, SimulateOptions{})
	for _, test := range []struct {
		name, method, path string
		host               string
		header             map[string]string
		want               int
	}{
		{"the page", "GET", "/", "", nil, 200},
		{"the page by another name of the machine", "GET", "/", "localhost:7070", nil, 200},
		{"by its address in IPv6", "GET", "/", "[::1]:7070", nil, 200},
		{"a name that was pointed here", "GET", "/", "evil.example:7070", nil, 403},
		{"the model by such a name", "GET", "/api/model", "evil.example", nil, 403},
		{"a question of the page", "POST", "/api/alerts", "127.0.0.1:7070", map[string]string{"Origin": "http://127.0.0.1:7070", "Sec-Fetch-Site": "same-origin"}, 200},
		{"of another site", "POST", "/api/alerts", "", map[string]string{"Origin": "https://evil.example"}, 403},
		{"of a site that hides where it is", "POST", "/api/alerts", "", map[string]string{"Origin": "null"}, 403},
		{"of another port", "POST", "/api/alerts", "127.0.0.1:7070", map[string]string{"Origin": "http://127.0.0.1:3000"}, 403},
		{"another site that includes the model", "GET", "/api/model", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{"a link from another site", "GET", "/", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200},
		{"no such page", "GET", "/x", "", nil, 404},
		{"another way to ask", "GET", "/api/board", "", nil, 405},
	} {
		t.Run(test.name, func(t *testing.T) {
			req, err := http.NewRequest(test.method, web.URL+test.path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			req.Host = test.host
			for k, v := range test.header {
				req.Header.Set(k, v)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != test.want {
				t.Errorf("%s, want %d", resp.Status, test.want)
			}
			if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
				t.Errorf("the policy is %q", csp)
			}
		})
	}
}

// The model tells of a panel what is known of it, and what is wrong with it.
func TestModel(t *testing.T) {
	s, web := serve(t, SimulateOptions{})
	resp, err := http.Get(web.URL + "/api/model")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var m modelJSON
	if err := json.NewDecoder(resp.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	p := m.Boards[0].Rows[0].Panels[0]
	if want := "shop_failed_total is defined at shop.go:7:2: a counter is read by how fast it grows"; len(p.Why) != 1 || p.Why[0] != want {
		t.Errorf("why: %q", p.Why)
	}
	if len(p.Findings) != 1 || p.Findings[0].Where != "shop.go:7:9" || len(m.Findings) != 1 || p.Y != 0 || m.Boards[0].From != 6*3600e3 {
		t.Errorf("panel %+v, elsewhere %+v", p, m.Findings)
	}
	if f := m.Formats["eps"]; f.Func != "count" || m.Version != 1 || len(m.Alerts) != 1 || len(m.Alerts[0].Panels) != 1 || len(m.Metrics[0].Panels) != 1 {
		t.Errorf("model %+v", m)
	}
	if err := s.Show(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if again := s.describe(nil); again.Version != 2 {
		t.Errorf("the second model has version %d", again.Version)
	}
}

func TestBoard(t *testing.T) {
	_, web := serve(t, SimulateOptions{})
	a := post(t, web.URL+"/api/board", `{"uid":"shop","from":-1800000,"points":100,"panels":[3],"choices":true}`)
	panel := a["panels"].([]any)[0].(map[string]any)
	series := panel["series"].([]any)[0].(map[string]any)
	values, times := series["values"].([]any), panel["times"].([]any)
	if series["name"] != "failed" || len(values) != len(times) || len(times) < 90 || values[len(values)-1] == nil || !strings.HasSuffix(series["text"].(string), " evt/s") {
		t.Errorf("%v", panel)
	}
	if none := post(t, web.URL+"/api/board", `{"uid":"shop"}`); len(none["panels"].([]any)) != 0 {
		t.Errorf("no panel was asked for: %v", none)
	}
	for question, want := range map[string]int{`{"uid":"none"}`: 404, `{`: 400} {
		resp, err := http.Post(web.URL+"/api/board", "application/json", strings.NewReader(question))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s", question, resp.Status)
		}
	}
}

// An alert rests, and fires where that is asked for; its course comes with its threshold.
func TestAlerts(t *testing.T) {
	for fault, want := range map[string]string{"": "inactive", "OrdersFail": "firing"} {
		_, web := serve(t, SimulateOptions{Fault: fault})
		var state map[string]any
		for range 100 { // the rules are evaluated beside the server
			state = post(t, web.URL+"/api/alerts", `{}`)["list"].([]any)[0].(map[string]any)
			if state["state"] == want {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if state["state"] != want || state["threshold"] != "> 5 evt/s" {
			t.Errorf("fault %q: %v", fault, state)
		}
		if said := fmt.Sprint(state["says"]); !strings.HasSuffix(said, " digits fail]") || strings.Contains(said, "{{") {
			t.Errorf("fault %q: it says %s", fault, said)
		}
		course := post(t, web.URL+"/api/alert", `{"program":"shop","name":"OrdersFail","from":-3600000,"points":50}`)
		if course["op"] != ">" || course["threshold"] != 5.0 || course["expr"] != "sum(rate(shop_failed_total[5m]))" {
			t.Errorf("fault %q: %v", fault, course)
		}
	}
	s := New(Simulate(SimulateOptions{Fault: "None"}))
	if err := s.Show(t.Context(), []Program{shop()}); err == nil || err.Error() != `no alert is called "None"` {
		t.Errorf("an alert that is not there: %v", err)
	}
}

// What is simulated goes on as it was when something else is added.
func TestShow(t *testing.T) {
	s, _ := serve(t, SimulateOptions{})
	ask := func(expr string) string {
		res, err := s.feed.Instant(t.Context(), expr, now)
		if err != nil {
			t.Fatal(err)
		}
		return res.Text()
	}
	was := ask("sum(shop_failed_total)")
	p := shop()
	more := &schema.Metric{Name: "shop_queue_size", Type: schema.Gauge}
	p.Schema.Metrics = append(p.Schema.Metrics, more)
	p.Signals = append(p.Signals, plan.Signal{Kind: plan.Level, Metrics: []*schema.Metric{more}})
	if err := s.Show(t.Context(), []Program{p}); err != nil {
		t.Fatal(err)
	}
	if is := ask("sum(shop_failed_total)"); is != was || ask("count_over_time(sum(shop_queue_size)[1h:1m])") == "" {
		t.Errorf("%s became %s", was, is)
	}
	p.Schema.Metrics = p.Schema.Metrics[1:]
	p.Groups = nil
	if err := s.Show(t.Context(), []Program{p}); err != nil {
		t.Fatal(err)
	}
	if gone := ask("shop_failed_total"); gone != "" {
		t.Errorf("a metric that is gone has %s", gone)
	}
}

var _ Feed = (*simulated)(nil)
