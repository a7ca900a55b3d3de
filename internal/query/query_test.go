package query

import (
	"errors"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
)

// Grafana's variables are replaced in place: the text keeps its length, so positions in
// the tree are positions in what a person wrote.
func TestSubstitute(t *testing.T) {
	for _, expr := range []string{
		`rate(x{job=~"$job"}[$__rate_interval])`,
		`rate(x[${__rate_interval}])`,
		`sum by ($label) (x)`,
		`x offset $shift`,
		`max_over_time(x[$__range:$__interval])`,
		`increase(x[$__range]) / $__range_s`,
		`$metric{job="a"} > $limit`,
		`$metric > 1`,
		`rate($metric[5m])`,
		`prefix_${name}_total`,
		`prefix_[[name]]_total{a="b"}`,
		`x # a comment with "quotes and $variables`,
		`x{a="$b"} + on(c) y{a='$b'} + z`,
		"x{a=`$b`}",
	} {
		got := substitute(expr, '0')
		if len(got) != len(expr) {
			t.Errorf("%s became %s: %d bytes, not %d", expr, got, len(got), len(expr))
		}
		if _, err := Parse(expr); err != nil {
			t.Errorf("%s became %s: %v", expr, got, err)
		}
	}
}

func TestParseError(t *testing.T) {
	for expr, at := range map[string]int{
		`sum(rate(x[5m])) by (`:                21,
		`rate(x[$__rate_interval]) / sum(y}`:   33,
		`x{a="b"`:                              7,
		strings.Repeat("(", MaxLen) + "x":      0,
		strings.Repeat("(", 1000) + "x" + "))": 1003,
	} {
		_, err := Parse(expr)
		var se *SyntaxError
		if !errors.As(err, &se) {
			t.Errorf("%.40s: error %v is no SyntaxError", expr, err)
		} else if se.Offset != at {
			t.Errorf("%.40s: error at %d, not %d: %s", expr, se.Offset, at, se.Message)
		}
	}
}

func TestNames(t *testing.T) {
	for expr, want := range map[string]string{
		`sum(rate(a_total[5m])) / sum(rate(b_total{x="y"}[5m])) + a_total`: "a_total b_total",
		`{__name__="c"}`:                  "c",
		`{__name__=~"c.*"}`:               "",
		`absent(up{job="x"})`:             "up",
		`max_over_time(rate(a[5m])[1h:])`: "a",
		`1 + time()`:                      "",
		`a +`:                             "",
	} {
		if got := strings.Join(Names(expr), " "); got != want {
			t.Errorf("%s names %q, not %q", expr, got, want)
		}
	}
}

func TestWithMatchers(t *testing.T) {
	const m = `job=~"$job",instance=~"$instance"`
	for expr, want := range map[string]string{
		`a`:                       `a{` + m + `}`,
		`a{}`:                     `a{` + m + `}`,
		`a{x="}"}`:                `a{x="}",` + m + `}`,
		`a{x="y",}`:               `a{x="y",` + m + `}`,
		"a{\n  x=\"y\"\n}":        "a{\n  x=\"y\"," + m + "\n}",
		`a{job="z"}`:              `a{job="z",instance=~"$instance"}`,
		`a offset 5m`:             `a{` + m + `} offset 5m`,
		`a{x="y"} offset 5m`:      `a{x="y",` + m + `} offset 5m`,
		`rate(a[$__range]) / b`:   `rate(a{` + m + `}[$__range]) / b{` + m + `}`,
		`ALERTS{alertname="q"}`:   `ALERTS{alertname="q"}`,
		`{__name__="a"}`:          `{__name__="a",` + m + `}`,
		`$metric > 1`:             `$metric{` + m + `} > 1`,
		`sum by (job) (a) # {x}`:  `sum by (job) (a{` + m + `}) # {x}`,
		`count(up{job="a"} == 1)`: `count(up{job="a",instance=~"$instance"} == 1)`,
	} {
		got, err := WithMatchers(expr, m)
		if err != nil || got != want {
			t.Errorf("%s became %s, %v; want %s", expr, got, err, want)
		}
		if again, err := WithMatchers(got, m); err != nil || again != got {
			t.Errorf("%s is no fixed point: %s, %v", got, again, err)
		}
	}
	if _, err := WithMatchers("a +", m); err == nil {
		t.Error("an expression that does not parse is rewritten")
	}
	if got, err := WithMatchers("a + b", ""); err != nil || got != "a + b" {
		t.Errorf("without matchers: %s, %v", got, err)
	}
}

func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		expr, left, op string
		value          float64
		ok             bool
	}{
		{`a / b > 0.05`, "a / b", ">", 0.05, true},
		{`(a > 5)`, "a", ">", 5, true},
		{`5 < a`, "a", ">", 5, true},
		{`a >= 10 * 1024 ^ 2`, "a", ">=", 10 * 1024 * 1024, true},
		{`a == -1`, "a", "==", -1, true},
		{`a > bool 5`, "", "", 0, false},
		{`a > b`, "", "", 0, false},
		{`a > 1 and b > 1`, "", "", 0, false},
		{`a`, "", "", 0, false},
		{`a >`, "", "", 0, false},
	} {
		left, op, value, ok := Threshold(c.expr)
		if left != c.left || op != c.op || value != c.value || ok != c.ok {
			t.Errorf("%s: %q %q %v %v", c.expr, left, op, value, ok)
		}
	}
}

func unitSchema(t *testing.T) *schema.Schema {
	t.Helper()
	var ms []*schema.Metric
	for _, m := range []schema.Metric{
		{Name: "http_requests_total", Type: schema.Counter},
		{Name: "errors_total", Type: schema.Counter},
		{Name: "sent_bytes_total", Type: schema.Counter},
		{Name: "cpu_seconds_total", Type: schema.Counter},
		{Name: "latency_seconds", Type: schema.Histogram},
		{Name: "delay_ms", Type: schema.Histogram},
		{Name: "heap_bytes", Type: schema.Gauge},
		{Name: "limit_bytes", Type: schema.Gauge},
		{Name: "hit_ratio", Type: schema.Gauge},
		{Name: "last_run_timestamp_seconds", Type: schema.Gauge},
		{Name: "queue_length", Type: schema.Gauge},
		{Name: "power_joules_total", Type: schema.Counter},
		{Name: "temp_celsius", Type: schema.Gauge},
		{Name: "age_seconds", Type: schema.Gauge},
	} {
		m.Unit = schema.UnitOf(&m)
		ms = append(ms, &m)
	}
	s, findings := schema.New(ms)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return s
}

func TestUnitID(t *testing.T) {
	s := unitSchema(t)
	for expr, want := range map[string]string{
		`sum(rate(http_requests_total[5m]))`:                                       "reqps",
		`sum(rate(http_requests_total[5m])) * 60`:                                  "reqpm",
		`rate(errors_total[5m])`:                                                   "eps",
		`increase(errors_total[1h])`:                                               "short",
		`sum(rate(errors_total[5m])) / sum(rate(http_requests_total[5m]))`:         "percentunit",
		`100 * sum(rate(errors_total[5m])) / sum(rate(http_requests_total[5m]))`:   "percent",
		`rate(errors_total[5m]) / (rate(http_requests_total[5m]) > 0) * 100`:       "percent",
		`rate(sent_bytes_total[5m])`:                                               "binBps",
		`rate(sent_bytes_total[5m]) / 1024 / 1024`:                                 "MiBs",
		`rate(sent_bytes_total[5m]) * 8`:                                           "binbps",
		`increase(sent_bytes_total[1h])`:                                           "bytes",
		`rate(cpu_seconds_total[5m])`:                                              "percentunit",
		`histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[5m])))`: "s",
		`histogram_quantile(0.99, rate(latency_seconds_bucket[5m])) * 1000`:        "ms",
		`rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])`:          "s",
		`rate(latency_seconds_count[5m])`:                                          "cps",
		`histogram_quantile(0.5, rate(delay_ms_bucket[5m]))`:                       "ms",
		`histogram_quantile(0.5, rate(delay_ms_bucket[5m])) / 1000`:                "s",
		`heap_bytes / limit_bytes`:                                                 "percentunit",
		`heap_bytes / 1024 / 1024 / 1024`:                                          "gbytes",
		`avg(hit_ratio) * 100`:                                                     "percent",
		`time() - last_run_timestamp_seconds`:                                      "s",
		`max(queue_length)`:                                                        "short",
		`count(heap_bytes)`:                                                        "short",
		`rate(power_joules_total[5m])`:                                             "watt",
		`temp_celsius`:                                                             "celsius",
		`age_seconds / 3600`:                                                       "h",
		`up`:                                                                       "short",
		`heap_bytes + age_seconds`:                                                 "",
		`heap_bytes * age_seconds`:                                                 "",
		`somebody_elses_metric`:                                                    "",
		`rate(`:                                                                    "",
		`predict_linear(heap_bytes[6h], 3600)`:                                     "bytes",
		`topk(3, heap_bytes)`:                                                      "bytes",
		`heap_bytes > 5`:                                                           "bytes",
		`heap_bytes > bool 5`:                                                      "short",
		`label_replace(heap_bytes, "a", "$1", "b", "(.*)")`:                        "bytes",
		`histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[$__rate_interval])))`: "s",
	} {
		if got := UnitID(expr, s); got != want {
			t.Errorf("%s: unit %q, want %q", expr, got, want)
		}
	}
}

// Every id that the tables hold is one that Grafana knows.
func TestGrafanaIDs(t *testing.T) {
	check := func(id, where string) {
		if id != "" && !KnownUnit(id) {
			t.Errorf("%s: Grafana has no unit %q", where, id)
		}
	}
	for base, u := range grafanaUnit {
		check(u.value, base)
		check(u.rate, base+" a second")
	}
	for noun, id := range nounRate {
		check(id, noun)
	}
	for _, p := range prefixed {
		check(grafanaUnit[p.unit].value, p.unit)
	}
	for _, id := range []string{"dtdurations", "reqpm", "cpm", "dateTimeFromNow", "percentunit", "suffix: jobs"} {
		check(id, "used by name")
	}
	for _, id := range []string{"", "nonsense", "# The unit ids"} {
		if KnownUnit(id) {
			t.Errorf("%q is known", id)
		}
	}
}

func FuzzWithMatchers(f *testing.F) {
	for _, expr := range []string{`a`, `a{x="}"} offset 5m`, `rate(a[$__range]) / b`, `{__name__="a"}`, `sum by (job) (a) # {x}`, `$a{`} {
		f.Add(expr)
	}
	const m = `job=~"$job"`
	f.Fuzz(func(t *testing.T, expr string) {
		before, err := Parse(expr)
		if err != nil {
			return
		}
		got, err := WithMatchers(expr, m)
		if err != nil {
			t.Fatalf("%q parses, but cannot be rewritten: %v", expr, err)
		}
		after, err := Parse(got)
		if err != nil {
			t.Fatalf("%q became %q, which does not parse: %v", expr, got, err)
		}
		if a, b := len(Selectors(before)), len(Selectors(after)); a != b {
			t.Fatalf("%q became %q: %d selectors became %d", expr, got, a, b)
		}
	})
}
