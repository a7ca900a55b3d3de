package query_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/enginetest"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/schematest"
	"github.com/dashgen/dashgen/schema"
)

// What is inferred must hold in every state that the programs can be in. These tests make
// expressions of a grammar and hold every node against what Prometheus' engine answers.

const confirmSchema = `
counter shop_requests_total{route,code=200|404|500} Requests.
counter shop_errors_total{route,kind=io|parse} Errors.
counter shop_work_seconds_total{} Busy.
gauge shop_queue_depth{queue} Depth.
gauge shop_heap_bytes{} Heap.
gauge shop_hit_ratio{cache=l1|l2} Hits.
gauge shop_last_run_timestamp_seconds{} Last run.
gauge shop_pods{namespace,job} Pods.
histogram shop_latency_seconds{route} Latency.
histogram shop_native_seconds{} A native one.
summary shop_gc_seconds{} With quantiles.
info shop_build_info{version} Build.
stateset shop_mode{} Mode.
untyped shop_any{x} Any.
`

func confirmWorld(t testing.TB) *query.World {
	t.Helper()
	parsed, err := schematest.Parse(confirmSchema)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range parsed.Metrics {
		switch m.Name {
		case "shop_errors_total":
			m.ConstLabels = map[string]string{"shard": "s1"}
			m.Labels[0].Optional = true
		case "shop_latency_seconds":
			m.Buckets = []float64{-1, 0.1, 1, 10}
		}
	}
	s, findings := schema.New(parsed.Metrics)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return &query.World{
		Schema: s, Targets: query.DefaultTargets, Prometheus: "2.42", Scrape: time.Minute, Evaluation: time.Minute,
		Recorded: []query.Recording{
			{Name: "job:requests:rate5m", Expr: `sum by (job, code) (rate(shop_requests_total[5m]))`, Labels: map[string]string{"team": "a"}},
			{Name: "job:errors:ratio", Expr: `sum by (job) (job:requests:rate5m{code="500"}) / sum by (job) (job:requests:rate5m)`},
			{Name: "shop:up", Expr: `min by (job, instance) (up) == 1`},
			{Name: "shop:one", Expr: `vector(1)`},
		},
	}
}

// A grammar makes expressions over a schema.
type grammar struct {
	r      *rand.Rand
	names  []string
	labels []string
	values []string
}

func newGrammar(w *query.World, seed uint64) *grammar {
	g := &grammar{r: rand.New(rand.NewPCG(seed, 2))}
	g.labels = []string{"job", "instance", "namespace", "le", "quantile", "nope", "exported_job", "exported_namespace", "team", "shard", "__name__"}
	for _, m := range w.Schema.Metrics {
		switch m.Type {
		case schema.Histogram:
			g.names = append(g.names, m.Name, m.Name+"_bucket", m.Name+"_bucket", m.Name+"_sum", m.Name+"_count")
		case schema.Summary:
			g.names = append(g.names, m.Name, m.Name+"_sum", m.Name+"_count")
		default:
			g.names = append(g.names, m.Name)
		}
		for _, l := range m.Labels {
			g.labels = append(g.labels, l.Name)
		}
	}
	g.names = append(g.names, "up", "other_total")
	for _, r := range w.Recorded {
		g.names = append(g.names, r.Name)
	}
	g.values = []string{"", "a", "b", "200", "404", "500", "418", "1", "1.0", "10", "0.1", "+Inf", "shop", "web", "h0", "h1", "io", "l1", "0.5", "s1", "x", "on"}
	return g
}

func (g *grammar) pick(words ...string) string { return words[g.r.IntN(len(words))] }
func (g *grammar) label() string               { return g.pick(g.labels...) }

func (g *grammar) list() string {
	var names []string
	for range g.r.IntN(4) {
		names = append(names, g.label())
	}
	return strings.Join(names, ", ")
}

func (g *grammar) selector() string {
	var ms []string
	for range g.r.IntN(3) * g.r.IntN(2) {
		label := g.label()
		if label == "__name__" {
			continue
		}
		ms = append(ms, label+g.pick(
			`="`+g.pick(g.values...)+`"`, `="`+g.pick(g.values...)+`"`, `!="`+g.pick(g.values...)+`"`,
			`=~"`+g.pick(g.values...)+`|`+g.pick(g.values...)+`"`, `!~"`+g.pick(g.values...)+`"`, `=~".+"`, `=~".*"`, `=~"[45].."`, `!~"[45].."`))
	}
	s := g.pick(g.names...)
	if len(ms) > 0 {
		s += "{" + strings.Join(ms, ",") + "}"
	}
	return s
}

func (g *grammar) number() string {
	return g.pick("0", "1", "2", "0.5", "10", "100", "-1", "1e9", "0.95", "5", "NaN", "Inf", "1024", "8")
}

func (g *grammar) scalar(d int) string {
	if d <= 0 {
		return g.number()
	}
	switch g.r.IntN(6) {
	case 0:
		return "time()"
	case 1:
		return "scalar(" + g.vector(d-1) + ")"
	case 2:
		return "(" + g.scalar(d-1) + " " + g.pick("+", "-", "*", "/", "%", "^", "> bool", "== bool") + " " + g.scalar(d-1) + ")"
	}
	return g.number()
}

func (g *grammar) matrix(d int) string {
	window := g.pick("1m", "5m", "10m")
	if d <= 0 || g.r.IntN(3) > 0 {
		return g.selector() + "[" + window + "]" + g.pick("", "", "", " offset 5m")
	}
	return "(" + g.vector(d-1) + ")[" + window + ":" + g.pick("", "1m", "2m") + "]"
}

var (
	vectorFunctions = []string{"abs", "ceil", "floor", "round", "sgn", "sqrt", "exp", "ln", "log2", "log10", "sin", "sort", "timestamp", "hour", "minute", "month", "year", "day_of_week", "days_in_month", "absent",
		"histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "deg", "sort_desc", "-"}
	rangeFunctions = []string{"rate", "rate", "rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets", "avg_over_time", "min_over_time", "max_over_time", "sum_over_time",
		"count_over_time", "last_over_time", "present_over_time", "stddev_over_time", "absent_over_time"}
	operators = []string{"+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=", "> bool", "== bool", "<= bool", "!= bool"}
)

func (g *grammar) vector(d int) string {
	if d <= 0 {
		return g.selector()
	}
	d--
	switch g.r.IntN(17) {
	case 16:
		of, by := g.pick("shop_requests_total", "shop_errors_total", "shop_latency_seconds_count"), g.list()
		return "sum by (" + by + ") (rate(" + of + g.pick(`{route="a"}`, `{code="500"}`, "") + "[5m])) / sum by (" + by + ") (rate(" + of + g.pick(`{route="a"}`, "", "") + "[5m]))"
	case 0, 1:
		return g.selector()
	case 2, 3:
		return g.pick("sum", "sum", "min", "max", "avg", "count", "group", "stddev", "stdvar") + " " + g.pick("by", "without") + " (" + g.list() + ") (" + g.vector(d) + ")"
	case 4:
		return g.pick(
			"topk("+g.number()+", "+g.vector(d)+")", "quantile by (job) ("+g.number()+", "+g.vector(d)+")",
			`count_values without (`+g.label()+`) ("nope", `+g.vector(d)+")", "bottomk by (job) (1, "+g.vector(d)+")")
	case 5:
		return g.pick(vectorFunctions...) + "(" + g.vector(d) + ")"
	case 6, 7:
		return g.pick(rangeFunctions...) + "(" + g.matrix(d) + ")"
	case 8:
		return g.pick("clamp_min", "clamp_max", "round") + "(" + g.vector(d) + ", " + g.scalar(d) + ")"
	case 9:
		return g.pick(
			"vector("+g.scalar(d)+")",
			"clamp("+g.vector(d)+", "+g.scalar(d)+", "+g.scalar(d)+")",
			fmt.Sprintf("label_replace(%s, %q, %q, %q, %q)", g.vector(d), g.labelOnly(), g.pick("$1", "x$1", "c", "", "${1}xx"), g.labelOnly(), g.pick("(.*)", "(.+)", "(a).*", "5.*", "")),
			fmt.Sprintf("label_join(%s, %q, %q, %q, %q)", g.vector(d), g.labelOnly(), g.pick("", "-"), g.labelOnly(), g.labelOnly()),
			"quantile_over_time("+g.number()+", "+g.matrix(d)+")", "predict_linear("+g.matrix(d)+", 60)",
		)
	case 10:
		buckets := g.pick("shop_latency_seconds_bucket", "shop_native_seconds", "rate(shop_latency_seconds_bucket[5m])", "sum by (le, "+g.label()+") (rate(shop_latency_seconds_bucket[5m]))",
			"sum by (job) (rate(shop_latency_seconds_bucket[5m]))", "rate(shop_native_seconds[5m])", g.vector(d))
		return g.pick("histogram_quantile("+g.pick("0.5", "0.99", "1", "0", "99", "-1")+", "+buckets+")", "histogram_fraction(0, 1, "+buckets+")")
	case 11:
		return g.vector(d) + " " + g.pick(operators...) + " " + g.scalar(d)
	case 12:
		return g.scalar(d) + " " + g.pick(operators...) + " (" + g.vector(d) + ")"
	case 13:
		return "(" + g.vector(d) + ") " + g.pick("and", "or", "unless") + g.pick("", " on ("+g.list()+")", " ignoring ("+g.list()+")") + " (" + g.vector(d) + ")"
	case 14:
		v := g.vector(d)
		n := g.scalar(0)
		return v + " " + g.pick(">", "<", "==", "!=", ">=") + " " + n + " and " + v + " " + g.pick(">", "<", "==", "!=", "<=") + " " + g.scalar(0)
	}
	on := g.pick("", " on ("+g.list()+")", " ignoring ("+g.list()+")", " on (job, instance) group_left ("+g.list()+")", " ignoring ("+g.list()+") group_right ()")
	return "(" + g.vector(d) + ") " + g.pick(operators...) + on + " (" + g.vector(d) + ")"
}

func (g *grammar) labelOnly() string {
	for {
		if l := g.label(); l != "__name__" {
			return l
		}
	}
}

// confirm makes an expression and holds it against states; it returns how many nodes have
// a verdict.
func confirm(w *query.World, states []*enginetest.State, seed uint64) (verdicts int, err error) {
	expr := newGrammar(w, seed).vector(4)
	e, err := query.Parse(expr)
	if err != nil {
		return 0, nil // of a type that does not fit
	}
	in := query.Infer(expr, e, w)
	for i, s := range states {
		if err := s.Confirm(in); err != nil {
			return 0, fmt.Errorf("seed %d, state %d: %w", seed, i, err)
		}
	}
	for _, info := range in.All() {
		if info.Empty.State != query.Sometimes || info.Holds != query.Sometimes {
			verdicts++
		}
	}
	return verdicts, nil
}

func newState(t testing.TB, w *query.World, seed uint64) *enginetest.State {
	t.Helper()
	s, err := enginetest.NewState(w, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The engine never contradicts what is inferred of expressions that a grammar makes.
func TestConfirmed(t *testing.T) {
	w := confirmWorld(t)
	n := uint64(400)
	if testing.Short() {
		n = 100
	}
	var states []*enginetest.State
	for i := range uint64(3) {
		states = append(states, newState(t, w, i))
	}
	verdicts, failures := 0, 0
	for seed := range n {
		v, err := confirm(w, states, seed)
		if err != nil {
			t.Error(err)
			if failures++; failures == 5 {
				t.FailNow()
			}
		}
		verdicts += v
	}
	if verdicts < int(n)/10 {
		t.Errorf("%d expressions have %d verdicts only: the grammar says nothing", n, verdicts)
	}
}

func FuzzConfirmed(f *testing.F) {
	w := confirmWorld(f)
	f.Add(uint64(1), uint64(1))
	f.Fuzz(func(t *testing.T, seed, of uint64) {
		if _, err := confirm(w, []*enginetest.State{newState(t, w, of)}, seed); err != nil {
			t.Fatal(err)
		}
	})
}
