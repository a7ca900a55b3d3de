package engine

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what the archives of testdata expect")

// A scenario is one archive of testdata: series in promtool's notation, a value every
// minute or every interval; rules; queries, each behind its time; what comes of it.
type scenario struct {
	name, series, rules, queries, want string
	notPortable                        string // to promtool 2.42: the reason
	interval, until                    time.Duration
}

func scenarios(t *testing.T) []scenario {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	var all []scenario
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := scenario{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), interval: time.Minute}
		for _, f := range ar.Files {
			text := string(f.Data)
			switch f.Name {
			case "series":
				s.series = text
			case "rules.yaml":
				s.rules = text
			case "queries":
				s.queries = text
			case "want":
				s.want = text
			case "not portable":
				s.notPortable = strings.TrimSpace(text)
			case "interval":
				s.interval = duration(t, strings.TrimSpace(text))
			case "until":
				s.until = duration(t, strings.TrimSpace(text))
			default:
				t.Fatalf("%s: unknown part %s", file, f.Name)
			}
		}
		if ar.Comment == nil || s.until == 0 {
			t.Errorf("%s: an archive says what it is about, and until when it runs", file)
		}
		all = append(all, s)
	}
	return all
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}

var epoch = time.Unix(0, 0).UTC()

// run loads and runs a scenario.
func (s scenario) run(t *testing.T) (*Engine, *Outcome) {
	t.Helper()
	store, err := Load(s.interval, s.series)
	if err != nil {
		t.Fatal(err)
	}
	e := New(store, Options{})
	out, err := e.Run(context.Background(), groups(t, s.rules), epoch, epoch.Add(s.until))
	if err != nil {
		t.Fatal(err)
	}
	return e, out
}

func groups(t *testing.T, text string) []Group {
	t.Helper()
	parsed, errs := rulefmt.Parse([]byte(text), false, model.LegacyValidation, newParser(), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var all []Group
	for _, g := range parsed.Groups {
		one := Group{Name: g.Name, Limit: g.Limit}
		for _, r := range g.Rules {
			one.Rules = append(one.Rules, Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, For: time.Duration(r.For),
				KeepFiringFor: time.Duration(r.KeepFiringFor), Labels: r.Labels, Annotations: r.Annotations})
		}
		all = append(all, one)
	}
	return all
}

// A question is one line of queries.
type question struct {
	at   time.Duration
	expr string
}

func (s scenario) questions(t *testing.T) []question {
	t.Helper()
	var all []question
	for _, line := range strings.Split(strings.TrimSpace(s.queries), "\n") {
		if at, expr, ok := strings.Cut(line, " "); ok {
			all = append(all, question{duration(t, at), expr})
		}
	}
	return all
}

func TestScenarios(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			e, out := s.run(t)
			got := out.Text(epoch)
			for _, q := range s.questions(t) {
				res, err := e.Instant(context.Background(), q.expr, epoch.Add(q.at))
				if err != nil {
					t.Fatal(err)
				}
				got += fmt.Sprintf("%v %s\n", model.Duration(q.at), q.expr)
				for _, line := range strings.Split(strings.TrimSpace(res.Text()), "\n") {
					got += "    " + line + "\n"
				}
			}
			if got == s.want {
				return
			}
			if !*update {
				t.Fatalf("got\n%s\nwant\n%s", got, s.want)
			}
			file := filepath.Join("testdata", s.name+".txtar")
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			ar.Files[len(ar.Files)-1].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// An alert that is evaluated ahead comes out as one that is evaluated step by step.
func TestAhead(t *testing.T) {
	ahead := 0
	for _, s := range append(scenarios(t), randomScenarios(20)...) {
		_, want := s.run(t)
		store, err := Load(s.interval, s.series)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := New(store, Options{}).Rules(groups(t, s.rules), epoch)
		if err != nil {
			t.Fatal(err)
		}
		r := rules.run
		if err := r.evaluate(t.Context(), epoch.Add(s.until)); err != nil {
			t.Fatal(err)
		}
		if got := r.outcome(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: step by step\n%s\nahead\n%s", s.name, got.Text(epoch), want.Text(epoch))
		}
		if rules, err = New(store, Options{}).Rules(groups(t, s.rules), epoch); err != nil {
			t.Fatal(err)
		}
		rules.run.ahead(t.Context(), epoch.Add(s.until))
		for _, g := range rules.run.groups {
			for _, one := range g.rules {
				if one.ahead != nil {
					ahead++
				}
			}
		}
	}
	if ahead < 50 {
		t.Errorf("%d alerts only are evaluated ahead", ahead)
	}
}

// promtool is asked whether every alert fires with the labels and annotations that this
// package says, at every evaluation, and whether every query has its result.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not on PATH; Debian's package prometheus has it")
	}
	all := append(scenarios(t), randomScenarios(20)...)
	dir := t.TempDir()
	args := []string{"test", "rules"}
	for _, s := range all {
		if s.notPortable != "" {
			t.Logf("%s is not for promtool 2.42: %s", s.name, s.notPortable)
			continue
		}
		write(t, filepath.Join(dir, s.name+".rules.yaml"), []byte(s.rules))
		file := filepath.Join(dir, s.name+"_test.yaml")
		write(t, file, s.promtoolTest(t))
		args = append(args, file)
	}
	if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool does not agree: %v\n%s", err, out)
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// promtoolTest writes a test in promtool's format that expects what this package says.
func (s scenario) promtoolTest(t *testing.T) []byte {
	t.Helper()
	e, out := s.run(t)
	type m = map[string]any
	var series []m
	for _, line := range strings.Split(strings.TrimSpace(s.series), "\n") {
		at := strings.LastIndexByte(line, '}') + 1
		if at == 0 {
			at = strings.IndexByte(line, ' ')
		}
		series = append(series, m{"series": line[:at], "values": strings.TrimSpace(line[at:])})
	}
	var alerts []m
	names := map[string]bool{}
	var order []string
	for _, g := range groups(t, s.rules) {
		order = append(order, g.Name)
		for _, r := range g.Rules {
			if r.Alert != "" {
				names[r.Alert] = true
			}
		}
	}
	for at := time.Duration(0); at <= s.until; at += time.Minute {
		for name := range names {
			firing := []m{}
			for _, line := range out.Timelines {
				if now := line.At(epoch.Add(at)); line.Alert == name && now.State == Firing {
					firing = append(firing, m{"exp_labels": line.Labels, "exp_annotations": now.Annotations})
				}
			}
			alerts = append(alerts, m{"eval_time": model.Duration(at).String(), "alertname": name, "exp_alerts": firing})
		}
	}
	var exprs []m
	for _, q := range s.questions(t) {
		res, err := e.Instant(context.Background(), q.expr, epoch.Add(q.at))
		if err != nil {
			t.Fatal(err)
		}
		samples := []m{}
		for _, one := range res.Series {
			samples = append(samples, m{"labels": one.Labels.String(), "value": one.Points[0].Value})
		}
		exprs = append(exprs, m{"expr": q.expr, "eval_time": model.Duration(q.at).String(), "exp_samples": samples})
	}
	data, err := yaml.Marshal(m{
		"rule_files": []string{s.name + ".rules.yaml"}, "evaluation_interval": "1m", "group_eval_order": order,
		"tests": []m{{"interval": model.Duration(s.interval).String(), "input_series": series, "alert_rule_test": alerts, "promql_expr_test": exprs}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// odd is an interval of samples that never meet the start of a range or the end of the
// lookback, which Prometheus 3 counts otherwise than 2.
const odd = 47*time.Second + time.Millisecond

// randomScenarios are series that come, go, jump and reset, under rules of every form.
// Only the sign of rates is asked for: how Prometheus extrapolates changed since 2.42.
func randomScenarios(n int) []scenario {
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	var all []scenario
	for i := range n {
		s := scenario{name: fmt.Sprintf("random%d", i), interval: odd, until: 40 * time.Minute}
		for _, instance := range []string{"a", "b", "c"} {
			for _, name := range []string{"g", "c_total"} {
				s.series += fmt.Sprintf("%s{instance=%q,job=\"x\"} _", name, instance)
				for range 8 {
					s.series += " " + pick("0x3", "1x5", "0+1x4", "_x2", "_x6", "stale", "5", "9-2x3", "0+30x3", "2x8")
				}
				s.series += "\n"
			}
		}
		s.rules = "groups:\n  - name: g\n    rules:\n"
		for j := range 8 {
			expr := pick("g > 1", "g == 0", "rate(c_total[4m]) > bool 0 > 0", "increase(c_total[5m]) > bool 0 > 0", "max_over_time(g[3m]) > 2", "absent(g{job=\"x\"})",
				"sum by (job) (g) / sum by (job) (c_total > 0) > 0.5", "changes(g[6m]) > 1", "g unless on (instance) c_total", "r0 > 0", "count(ALERTS{alertstate=\"pending\"}) > 1",
				"deriv(g[5m]) > 0", "count by (job) (g > 0) > 1", "resets(c_total[6m]) > 0")
			if j == 0 {
				s.rules += "      - record: r0\n        expr: avg by (job) (g)\n"
			}
			s.rules += fmt.Sprintf("      - alert: A%d\n        expr: %s\n        for: %s\n        labels: {n: \"%d\"}\n        annotations: {v: \"{{ $labels.instance }} {{ $value | humanize }}\"}\n",
				j, expr, pick("0s", "1m", "2m", "5m"), j)
		}
		all = append(all, s)
	}
	return all
}

func TestLoadErrors(t *testing.T) {
	for text, want := range map[string]string{
		"up 1\n\nup{ 1":           "line 3: parse series",
		"up 1x5\nup 2x5":          "it has a sample of that time or later",
		"# a comment\n\nup 1\nup": "",
	} {
		_, err := Load(time.Minute, text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if _, err := Load(0, "up 1"); err == nil {
		t.Error("an interval of 0 is taken")
	}
}

func TestBounds(t *testing.T) {
	store, err := Load(time.Minute, "x{a=\"1\"} 0x1000\nx{a=\"2\"} 0x1000")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if _, err := New(store, Options{MaxSamples: 100}).Range(ctx, "x", epoch, epoch.Add(time.Hour*10), time.Minute); err == nil {
		t.Error("a query that takes too many samples is answered")
	}
	if _, err := New(store, Options{Timeout: time.Nanosecond}).Instant(ctx, "x", epoch); err == nil {
		t.Error("a query that takes too long is answered")
	}
	if _, err := New(store, Options{}).Range(ctx, "x", epoch, epoch, 0); err == nil {
		t.Error("a step of 0 is taken")
	}
	if _, err := New(store, Options{}).Instant(ctx, `"text"`, epoch); err == nil {
		t.Error("a string is taken for numbers")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := New(store, Options{}).Run(ended, []Group{{Name: "g", Rules: []Rule{{Alert: "A", Expr: "x"}}}}, epoch, epoch); !errors.Is(err, context.Canceled) {
		t.Errorf("a run in a context that ended: %v", err)
	}
	for _, r := range []Rule{{Expr: "x"}, {Alert: "A", Record: "r", Expr: "x"}, {Alert: "A", Expr: "x >"}} {
		if _, err := New(store, Options{}).Run(ctx, []Group{{Name: "g", Rules: []Rule{r}}}, epoch, epoch); err == nil {
			t.Errorf("rule %+v is taken", r)
		}
	}
}

// Groups have their own intervals; a store is as it was when its clone has run.
func TestIntervalsAndClone(t *testing.T) {
	store, err := Load(15*time.Second, "x 0x3 1x20")
	if err != nil {
		t.Fatal(err)
	}
	gs := []Group{
		{Name: "slow", Interval: 2 * time.Minute, Rules: []Rule{{Alert: "Slow", Expr: "x > 0"}}},
		{Name: "fast", Interval: 30 * time.Second, Rules: []Rule{{Alert: "Fast", Expr: "x > 0"}}},
		{Name: "late", Interval: 30 * time.Second, Offset: time.Minute, Rules: []Rule{{Alert: "Late", Expr: "x > 0"}}},
	}
	const want = "1m firing Fast\n2m firing Slow\n2m firing Late\n"
	for range 2 {
		e := New(store.Clone(), Options{})
		out, err := e.Run(context.Background(), gs, epoch, epoch.Add(4*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Text(epoch); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		res, err := e.Range(context.Background(), `ALERTS{alertname="Fast"}`, epoch, epoch.Add(2*time.Minute), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Text(); got != `ALERTS{alertname="Fast", alertstate="firing"} 1@1m0s 1@2m0s`+"\n" {
			t.Errorf("ALERTS: %s", got)
		}
	}
	if res, err := New(store, Options{}).Instant(context.Background(), "ALERTS", epoch.Add(2*time.Minute)); err != nil || len(res.Series) > 0 {
		t.Errorf("the store that was cloned has ALERTS: %v %v", res, err)
	}
}

func TestTemplates(t *testing.T) {
	store, err := Load(time.Minute, `x{a="b"} 1 2 2`)
	if err != nil {
		t.Fatal(err)
	}
	e := New(store, Options{ExternalLabels: map[string]string{"region": "eu"}, ExternalURL: "https://prometheus.example.org"})
	rule := Rule{Alert: "A", Expr: "x", Annotations: map[string]string{
		"value": "{{ $value }} {{ $labels.a }} {{ $externalLabels.region }} {{ $externalURL }}",
		"query": `{{ range query "x + 1" }}{{ .Value }}{{ end }}`,
		"bad":   "{{ fail }}",
	}}
	out, err := e.Run(context.Background(), []Group{{Name: "g", Rules: []Rule{rule}}}, epoch, epoch.Add(2*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Timelines) != 1 || len(out.Timelines[0].Changes) != 2 {
		t.Fatalf("timelines %+v", out.Timelines)
	}
	now := out.Timelines[0].At(epoch.Add(2 * time.Minute))
	if v := now.Annotations["value"]; v != "2 b eu https://prometheus.example.org" {
		t.Errorf("value is %q", v)
	}
	if v := now.Annotations["query"]; v != "3" {
		t.Errorf("query is %q", v)
	}
	if !strings.HasPrefix(now.Annotations["bad"], "<error expanding template: ") || len(out.Notes) != 1 {
		t.Errorf("a bad template: %q, %v", now.Annotations["bad"], out.Notes)
	}
}

func TestParseLabels(t *testing.T) {
	ls, err := ParseLabels(`up{job="a",b="\"c"}`)
	if err != nil || ls.String() != `up{b="\"c", job="a"}` {
		t.Errorf("%v %v", ls, err)
	}
	if _, err := ParseLabels("up{"); err == nil {
		t.Error("half labels are taken")
	}
	for want, ls := range map[string]Labels{"{}": nil, "up": {"__name__": "up"}, `{a="b"}`: {"a": "b"}} {
		if ls.String() != want {
			t.Errorf("%v is written %s, not %s", map[string]string(ls), ls, want)
		}
	}
}
