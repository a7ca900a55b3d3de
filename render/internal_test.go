package render

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// FuzzPack: whatever sizes are asked for, panels stay on the grid, do not overlap,
// keep a size that was asked for, and stand on the ground or on another panel, so
// that Grafana moves none of them. Three bytes are a panel: kind, width, height.
func FuzzPack(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 0, 2, 0, 0})
	f.Add([]byte{7, 12, 8, 7, 12, 16, 7, 0, 0, 7, 6, 3})
	f.Add([]byte{6, 0, 0, 6, 0, 0, 6, 0, 0, 10, 0, 0, 10, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		all := PanelKinds()
		var panels []plan.Panel
		for ; len(data) >= 3 && len(panels) < 60; data = data[3:] {
			k := all[int(data[0])%len(all)]
			panels = append(panels, plan.Panel{Kind: k.Name, W: int(data[1] % 30), H: int(data[2] % 20), Content: strings.Repeat("x\n", int(data[2]))})
		}
		asked := slices.Clone(panels)
		const top = 3
		bottom := pack(panels, top)
		grid := map[[2]int]int{}
		for i, p := range panels {
			if p.W < 1 || p.H < 1 || p.X < 0 || p.Y < top || p.X+p.W > columns || p.Y+p.H > bottom {
				t.Fatalf("panel %d is off the grid: %d,%d %dx%d, bottom %d", i, p.X, p.Y, p.W, p.H, bottom)
			}
			if w := asked[i].W; w > 0 && p.W != min(w, columns) || asked[i].H > 0 && p.H != asked[i].H {
				t.Fatalf("panel %d is %dx%d, asked %dx%d", i, p.W, p.H, w, asked[i].H)
			}
			for x := p.X; x < p.X+p.W; x++ {
				for y := p.Y; y < p.Y+p.H; y++ {
					if other, taken := grid[[2]int{x, y}]; taken {
						t.Fatalf("panels %d and %d overlap", other, i)
					}
					grid[[2]int{x, y}] = i
				}
			}
		}
		for i, p := range panels {
			stands := p.Y == top
			for x := p.X; x < p.X+p.W; x++ {
				_, below := grid[[2]int{x, p.Y - 1}]
				stands = stands || below
			}
			if !stands {
				t.Fatalf("panel %d floats at %d,%d", i, p.X, p.Y)
			}
		}
	})
}

// TestPackLines: the usual rows.
func TestPackLines(t *testing.T) {
	for _, test := range []struct{ row, want string }{
		{"stat stat stat stat stat stat", "4x4 4x4 4x4 4x4 4x4 4x4"},
		{"stat stat stat stat stat", "5x4 5x4 5x4 5x4 4x4"},
		{"timeseries", "24x8"},
		{"timeseries timeseries timeseries timeseries", "12x8 12x8 12x8 12x8"},
		{"timeseries timeseries timeseries timeseries timeseries", "8x8 8x8 8x8 12x8 12x8"},
		{"stat stat timeseries timeseries", "12x4 12x4 12x8 12x8"},
		{"stat timeseries stat timeseries timeseries", "8x8 16x8 5x8 10x8 9x8"}, // a lone stat stands beside graphs
		{"timeseries timeseries stat", "10x8 10x8 4x8"},
		{"stat timeseries timeseries timeseries", "8x8 16x8 12x8 12x8"},
		{"gauge stat stat", "11x8 7x8 6x8"}, // single numbers share a line
		{"stat stat stat stat stat gauge gauge", "6x4 6x4 6x4 6x4 6x8 9x8 9x8"},
		{"timeseries timeseries logs stat", "12x8 12x8 24x8 24x4"},
		{"timeseries:16 timeseries", "16x8 8x8"},
		{"timeseries timeseries:12 heatmap:12 timeseries", "24x8 12x8 12x8 24x8"}, // a full line is left alone
		{"timeseries:30", "24x8"},
	} {
		var panels []plan.Panel
		for _, word := range strings.Fields(test.row) {
			p := plan.Panel{Kind: word}
			if kind, w, ok := strings.Cut(word, ":"); ok {
				p.Kind = kind
				fmt.Sscan(w, &p.W)
			}
			panels = append(panels, p)
		}
		pack(panels, 0)
		var got []string
		for _, p := range panels {
			got = append(got, fmt.Sprintf("%dx%d", p.W, p.H))
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: %s, want %s", test.row, s, test.want)
		}
	}
}

// TestSkeleton: which expressions are about the same thing.
func TestSkeleton(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`x`, `sum by (a, b) (x{job=~"$job",instance=~"$instance"})`, true},
		{`x{a="b"}`, `max(x{a="b",job=~"$job", instance=~"$instance"})`, true},
		{`x{a="b"}`, `x{job=~"$job"}`, false},
		{`rate(x[5m])`, `sum by (code) (rate(x{job=~"$job"}[$__rate_interval]))`, true},
		{`rate(x[5m])`, `increase(x[5m])`, false},
		{`histogram_quantile(0.99, rate(x_bucket[5m]))`, `histogram_quantile(0.99, sum by (le) (rate(x_bucket[1m])))`, true},
		{`histogram_quantile(0.99, rate(x_bucket[5m]))`, `histogram_quantile(0.9, rate(x_bucket[5m]))`, false},
		{`sum(rate(x{s="error"}[5m])) / sum(rate(x[5m]))`, `sum(rate(x{s=~"error"}[1m])) / (sum(rate(x[1m])) > 0)`, true},
		{`sum(rate(x{s="error"}[5m])) / sum(rate(x[5m]))`, `sum(rate(x{s=~"error|fail"}[1m])) / (sum(rate(x[1m])) > 0)`, false},
		{`x / y`, `y / x`, false},
		{`x > 0.5`, `x`, false},
		{`count(x)`, `sum(x)`, false},
	} {
		if same := skeleton(test.a) == skeleton(test.b); same != test.same {
			t.Errorf("%s and %s: same %v, want %v (%s, %s)", test.a, test.b, same, test.same, skeleton(test.a), skeleton(test.b))
		}
	}
}

// TestQuantity: on which expressions a bound means the same. A panel is on the left.
func TestQuantity(t *testing.T) {
	for _, test := range []struct {
		panel, alert string
		same         bool
	}{
		{`x{job=~"$job",instance=~"$instance"}`, `x`, true},
		{`x{a="b",job=~"$job"}`, "x{\n  a = 'b'\n}", true},
		{`x{a="b"}`, `x`, false},
		{`sum(x{job=~"$job"})`, `x`, false}, // three of 2000 are no 6000
		{`x`, `sum(x)`, false},
		{`sum(x{job=~"$job"})`, `sum(x)`, true},
		{`sum by (a) (x)`, `sum(x) by (a)`, true},
		{`sum by (a) (x)`, `sum by (a, b) (x)`, false},
		{`max(x)`, `x`, false},
		{`sum(x)`, `count(x)`, false},
		{`count(x > 0)`, `count(x)`, false},
		{`rate(x{job=~"$job"}[$__rate_interval])`, `rate(x[5m])`, true},
		{`rate(x[$__rate_interval])`, `rate(x[1h])`, false},
		{`rate(x[1h])`, `rate(x[1h])`, true},
		{`rate(x[$__range])`, `rate(x[5m])`, false},
		{`increase(x[$__rate_interval])`, `increase(x[5m])`, false},
		{`increase(x[5m])`, `increase(x[5m])`, true},
		{`sum(rate(x[$__rate_interval]))`, `rate(x[5m])`, false},
		{`histogram_quantile(0.99, sum by (le) (rate(x_bucket[$__rate_interval])))`, `histogram_quantile(0.99, sum(rate(x_bucket[5m])) by (le))`, true},
		{`histogram_quantile(0.99, sum by (le) (rate(x_bucket[$__rate_interval])))`, `histogram_quantile(0.99, rate(x_bucket[5m]))`, false},
		{`histogram_quantile(0.99, rate(x_bucket[$__rate_interval]))`, `histogram_quantile(0.9, rate(x_bucket[5m]))`, false},
		{`sum(rate(x{s=~"error"}[$__rate_interval])) / (sum(rate(x[$__rate_interval])) > 0)`, `(sum(rate(x{s="error"}[5m])) / sum(rate(x[5m])))`, true},
		{`sum(rate(x[5m])) / ((sum(rate(x[5m])) + sum(rate(y[5m]))) > 0)`, `sum(rate(x[5m])) / (sum(rate(x[5m])) + sum(rate(y[5m])))`, true},
		{`a / (b and c > 0)`, `a / (b and c)`, false},
		{`(a + b) / c`, `a + b / c`, false},
		{`x{a="(b) + "}`, `x{a="b + "}`, false},
		{`a / b`, `b / a`, false},
	} {
		p, a := quantity(test.panel), quantity(test.alert)
		if a == "" {
			t.Errorf("%s is no quantity", test.alert)
		}
		if same := p == a; same != test.same {
			t.Errorf("%s and %s: same %v, want %v (%s, %s)", test.panel, test.alert, same, test.same, p, a)
		}
	}
	for _, none := range []string{"sum((", "increase(x[$__range])", "rate(x[[[range]]])"} {
		if q := quantity(none); q != "" {
			t.Errorf("%s: quantity %q", none, q)
		}
	}
}

// TestNext: the next value above a bound, as far as the metrics tell.
func TestNext(t *testing.T) {
	state := func(name, help string) plan.Signal {
		m := &schema.Metric{Name: name, Type: schema.Gauge, Help: help}
		return plan.Signal{Key: name, Kind: plan.State, Metrics: []*schema.Metric{m}}
	}
	s, _ := schema.New([]*schema.Metric{
		{Name: "x_total", Type: schema.Counter},
		{Name: "x_seconds_total", Type: schema.Counter, Unit: "seconds"},
		{Name: "load1", Type: schema.Gauge},
		{Name: "used_bytes", Type: schema.Gauge, Unit: "bytes"},
		{Name: "open_orders", Type: schema.Gauge},
		{Name: "peer_set", Type: schema.Gauge, Help: "Number of peers."},
		{Name: "breaker", Type: schema.Gauge},
		{Name: "up2", Type: schema.Gauge},
	})
	l := &layout{schema: s, signals: []plan.Signal{state("breaker", "0 = closed, 0.5 = half-open, 1 = open"), state("up2", "")}}
	for _, test := range []struct {
		expr string
		v    float64
		want string
	}{
		{"count(load1)", 1, "2"},
		{"count by (job) (count by (job, v) (load1))", 1, "2"},
		{"count(load1) / count(used_bytes)", 0, "1e-06"},
		{"changes(load1[5m])", 0, "1"},
		{"sum by (a) (increase(x_total[5m]))", 0, "1"},
		{"increase(x_total[5m])", 10, "10.000001"}, // 10.5, by extrapolation
		{"increase(x_seconds_total[5m])", 0, "1e-06"},
		{"rate(x_total[5m])", 0, "1e-06"},
		{"rate(x_total[5m])", 0.5, "0.500001"},
		{"load1", 5, "5.000001"},
		{"used_bytes", 5000, "5001"},
		{"avg(used_bytes)", 104857600, "1.04857600000001e+08"},
		{"avg(used_bytes)", 1e12, "1.0000000000000001e+12"},
		{"x_total / x_total", 0.0001, "0.0001001"},
		{"x_total / x_total", -1, "-0.999999"},
		{"open_orders", 5000, "5001"},
		{`sum by (a) (open_orders{a="b"})`, 4.5, "5"},
		{"avg(open_orders)", 5000, "5000.000001"},
		{"peer_set", 0, "1"},
		{"breaker", 0, "0.5"},
		{"breaker", 0.5, "1"},
		{"min(breaker)", 1, "+Inf"},
		{"sum(breaker)", 1, "1.000001"},
		{"up2", 0, "1"},
		{"sum(up2)", 1, "2"},
		{`up{job="x"}`, 0, "1"},
		{"avg(up)", 0, "1e-06"},
		{"nobody_knows", 0, "1e-06"},
	} {
		if got := strconv.FormatFloat(l.next(test.expr, test.v), 'g', -1, 64); got != test.want {
			t.Errorf("%s above %v: %s, want %s", test.expr, test.v, got, test.want)
		}
	}
}

// TestSteps: bounds on either side, in the colours of their severity.
func TestSteps(t *testing.T) {
	for _, test := range []struct{ bounds, want string }{
		{"> 5 critical", "green 6 red"},
		{">= 5 critical", "green 5 red"},
		{"> 0 warning", "green 1 orange"},
		{"> 10 critical > 5 warning", "green 6 orange 10 red"},
		{"< 1 critical < 5 warning", "red 1 orange 5 green"},
		{"<= 1 critical", "red 2 green"},
		{"< 1 critical > 5 warning", "red 1 green 6 orange"},
		{"< 5 critical >= 5 warning", "green 5 orange"},
		{"< 6 critical > 5 warning", "green 6 orange"},
		{"> 5 warning > 5 critical", "green 6 red"},
		{"== 0 critical", "red 1 green"},
		{"== 3 critical", "green 3 red 4 green"},
		{"!= 3 critical", ""},
		{"> 9 critical", ""},
		{"== 9 critical", "green 9 red"},
	} {
		var alerts []*alert
		for f := strings.Fields(test.bounds); len(f) > 0; f = f[3:] {
			a := &alert{op: f[0], rule: &plan.Rule{Labels: map[string]string{"severity": f[2]}}}
			fmt.Sscan(f[1], &a.value)
			if a.next = a.value + 1; a.value == 9 {
				a.next = math.Inf(1)
			}
			alerts = append(alerts, a)
		}
		got := ""
		if s := steps(alerts); s != nil {
			got = stepText(s)
		} else if s := equals(alerts); s != nil {
			got = stepText(s)
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.bounds, got, test.want)
		}
	}
}

// TestStates: names and colours of the values of a state.
func TestStates(t *testing.T) {
	for _, test := range []struct{ name, help, alert, want string }{
		{"db_connected", "Connection status (1=connected)", "", "0 not connected red, 1 connected green"},
		{"breaker", "0 = closed, 0.5 = half-open, 1 = open", "", "0 closed text, 0.5 half-open text, 1 open blue"},
		{"breaker", "0 = closed, 0.5 = half-open, 1 = open", "> 0.9", "0 closed green, 0.5 half-open green, 1 open red"},
		{"raft_leader", "1 if the node is the leader.", "", "0 no text, 1 yes blue"},
		{"raft_role", "1 for leader and 0 for follower", "", "0 follower text, 1 leader blue"},
		{"queue_paused", "", "", "0 no green, 1 yes red"},
		{"raft_leader", "", "== 0", "0 no red, 1 yes green"},
	} {
		s := &plan.Signal{
			Key: test.name, Kind: plan.State, Metrics: []*schema.Metric{{Name: test.name, Help: test.help}},
			Series: []plan.Series{{Expr: plan.Expr(test.name + "{" + plan.Matchers + "}")}},
		}
		l := &layout{schema: &schema.Schema{}}
		if test.alert != "" {
			l.alerts = l.alertsOf([]plan.Group{{Rules: []plan.Rule{{Alert: "A", Expr: test.name + " " + test.alert}}}})
		}
		var got []string
		for _, m := range l.states(s) {
			got = append(got, m.Value+" "+m.Text+" "+m.Color)
		}
		if s := strings.Join(got, ", "); s != test.want {
			t.Errorf("%s %q %s: %s, want %s", test.name, test.help, test.alert, s, test.want)
		}
	}
}

// TestKeysAndIDs: panels of one title in two rows, and twice in one row, differ; rows
// of one title, too; every id is in range and none occurs twice.
func TestKeysAndIDs(t *testing.T) {
	row := func(title string, panels ...string) plan.Row {
		r := plan.Row{Title: title}
		for _, p := range panels {
			r.Panels = append(r.Panels, plan.Panel{Key: p})
		}
		return r
	}
	b := plan.Board{UID: "b", Rows: []plan.Row{row("A", "x", "y", "y"), row("B", "x", "z"), row("B", "x")}}
	setKeys(&b)
	setIDs(&b)
	var keys []string
	ids := map[int]bool{}
	for _, r := range b.Rows {
		ids[r.ID] = true
		for _, p := range r.Panels {
			keys = append(keys, p.Key)
			ids[p.ID] = true
		}
	}
	if got, want := strings.Join(keys, " "), "A/x A/y A/y#2 B/x z B/x#2"; got != want {
		t.Errorf("keys %s, want %s", got, want)
	}
	if len(ids) != 9 {
		t.Errorf("%d different ids for 9 panels and rows", len(ids))
	}
	for id := range ids {
		if id < 1 || id > 1<<31-1 {
			t.Errorf("id %d", id)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, want := range []string{"10s", "1m", "10m", "1m30s", "1h", "10h", "1h30m", "24h"} {
		d, err := time.ParseDuration(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// TestKinds: what the registry promises.
func TestKinds(t *testing.T) {
	names := []string{}
	for _, k := range PanelKinds() {
		names = append(names, k.Name)
		if k.Doc == "" || k.Plugin == "" || k.Build == nil || k.Width < 1 || k.Width > columns || k.Height < 1 {
			t.Errorf("%s: not complete: %+v", k.Name, k)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("not sorted: %v", names)
	}
	for kind, second := range beside {
		if _, ok := kindOf(second.kind); !ok {
			t.Errorf("signals of kind %s are drawn as %q, which nobody registered", kind, second.kind)
		}
	}
	for kind, name := range fitting {
		if _, ok := kindOf(name); !ok {
			t.Errorf("signals of kind %s are drawn as %q, which nobody registered", kind, name)
		}
	}
}

// TestHeadlines: which signals the overview shows as numbers. Of "name kind unit" the
// unit may be missing.
func TestHeadlines(t *testing.T) {
	for _, test := range []struct {
		signals []string
		want    string
	}{
		{[]string{"a_x_start_time_seconds level s"}, ""}, // a point in time as a duration: 56 years
		{[]string{"a_x_start_time_seconds age dtdurations"}, "uptime a_x_start_time_seconds"},
		{[]string{"a_uptime_seconds level dtdurations"}, "uptime a_uptime_seconds"},
		{[]string{"a_uptime_seconds level dtdurations", "a_start_time_seconds age dtdurations"}, "uptime a_start_time_seconds"},
		{[]string{"a_uptime_ratio level percentunit"}, ""},
		{[]string{"a_sd_kubernetes_http_request_total rate"}, ""},
		{[]string{"a_sd_kubernetes_http_request_total rate", "a_query_calls_total rate"}, "traffic a_query_calls_total"},
		{[]string{"a_web_http_requests_total rate", "a_http_requests_total rate"}, "traffic a_http_requests_total"},
		{[]string{"a_engine_query_samples_total rate"}, ""},
		{[]string{"a_messages_sent_total rate"}, "traffic a_messages_sent_total"},
		{[]string{"a_request_errors_total rate"}, ""},
	} {
		var signals []plan.Signal
		for _, line := range test.signals {
			f := append(strings.Fields(line), "")
			m := &schema.Metric{Name: f[0], Type: schema.Gauge}
			signals = append(signals, plan.Signal{
				Key: f[0], Kind: plan.Kind(f[1]), Unit: f[2], Title: f[0], Metrics: []*schema.Metric{m},
				Series: []plan.Series{{Expr: plan.Expr(f[0] + "{" + plan.Matchers + "}")}},
			})
		}
		s, _ := schema.New(nil)
		l := &layout{cfg: &config.Config{}, schema: s, signals: ordered(signals), family: "a"}
		var got []string
		for _, p := range l.overview().Panels {
			got = append(got, strings.TrimPrefix(p.Key, "overview/")+" "+strings.Join(p.Metrics, ","))
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%q: %q, want %q", test.signals, s, test.want)
		}
	}
}

// TestHelpTexts: what help texts call the values of a state.
func TestHelpTexts(t *testing.T) {
	for help, want := range map[string]string{
		"Link: 0 = down, 1 = up, 2 = degraded":                    "0 down 1 up 2 degraded",
		"State of the breaker (0=closed, 1=half-open, 2=open).":   "0 closed 1 half-open 2 open",
		"Role of the node: 0: follower, 1: candidate, 2: leader.": "0 follower 1 candidate 2 leader",
		"Phase: 0 - idle, 1 - busy":                               "0 idle 1 busy",
		"closed (0), half-open (1) or open (2)":                   "0 closed 1 half-open 2 open",
		"Phase of the round: idle=0, voting=1, committed=2":       "0 idle 1 voting 2 committed",
		"1 if the ledger is synced, 0 otherwise":                  "0 no 1 yes",
		"1 if healthy, 0 otherwise":                               "0 not healthy 1 healthy",
		"Whether it is synced.":                                   "0 no 1 yes",
		"Connected (1) or not (0) since the last try":             "1 Connected 0 not",
	} {
		var got []string
		for _, text := range stateTexts(&schema.Metric{Name: "x", Type: schema.Gauge, Help: help}) {
			got = append(got, text[0], text[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", help, got, want)
		}
	}
}
