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
gauge shop_nodes{cluster=a|b} Nodes.
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
			m.Labels[0].Optional, m.Labels[1].Optional = true, true
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
	r       *rand.Rand
	names   []string
	labels  map[string][]string // of a series name
	values  map[string][]string // of a label
	current string              // the series name that was picked last
}

func newGrammar(w *query.World, seed uint64) *grammar {
	g := &grammar{r: rand.New(rand.NewPCG(seed, 2)), labels: map[string][]string{}, values: map[string][]string{
		"job": {"a", "b", "shop"}, "instance": {"h0", "h1"}, "namespace": {"x", "y"}, "le": {"0.1", "1", "1.0", "+Inf", "10"}, "quantile": {"0.5"}, "code": {"200", "404", "500", "418"},
	}}
	add := func(name string, labels ...string) {
		g.names = append(g.names, name)
		g.labels[name] = append(labels, "job", "instance")
	}
	for _, m := range w.Schema.Metrics {
		var own []string
		for _, l := range m.Labels {
			own = append(own, l.Name)
			if l.Values != nil && g.values[l.Name] == nil {
				g.values[l.Name] = append(l.Values, "other")
			}
		}
		switch m.Type {
		case schema.Histogram:
			add(m.Name, own...)
			add(m.Name+"_bucket", append(own, "le", "le")...)
			add(m.Name+"_count", own...)
			add(m.Name+"_sum", own...)
		case schema.Summary:
			add(m.Name, append(own, "quantile")...)
			add(m.Name+"_count", own...)
		default:
			add(m.Name, own...)
		}
	}
	add("up")
	add("other_total", "k", "route")
	add("shop_pods", "exported_job", "exported_namespace")
	for _, r := range w.Recorded {
		add(r.Name, "code", "team")
	}
	return g
}

func (g *grammar) pick(words ...string) string { return words[g.r.IntN(len(words))] }

// odds is true once in n.
func (g *grammar) odds(n int) bool { return g.r.IntN(n) == 0 }

// label is mostly one of the series that was picked last.
func (g *grammar) label() string {
	if g.odds(4) || g.current == "" {
		return g.pick("job", "instance", "namespace", "le", "nope", "exported_job", "team", "shard", "route", "code")
	}
	return g.pick(g.labels[g.current]...)
}

func (g *grammar) value(label string) string {
	if v := g.values[label]; v != nil && !g.odds(8) {
		return g.pick(v...)
	}
	return g.pick("", "a", "b", "1", "500")
}

func (g *grammar) list() string {
	var names []string
	for range g.r.IntN(4) {
		names = append(names, g.label())
	}
	return strings.Join(names, ", ")
}

func (g *grammar) name() string {
	g.current = g.pick(g.names...)
	return g.current
}

func (g *grammar) matchers() string {
	var ms []string
	for range g.r.IntN(3) {
		l := g.label()
		ms = append(ms, l+g.pick(
			`="`+g.value(l)+`"`, `="`+g.value(l)+`"`, `!="`+g.value(l)+`"`, `=~"`+g.value(l)+`|`+g.value(l)+`"`, `!~"`+g.value(l)+`|`+g.value(l)+`"`,
			`=~".+"`, `=~".*"`, `=~"[45].."`, `!~"[45].."`, `=""`, `!=""`))
	}
	if len(ms) == 0 {
		return ""
	}
	return "{" + strings.Join(ms, ",") + "}"
}

func (g *grammar) selector() string {
	name := g.name()
	if g.odds(2) {
		return name
	}
	return name + g.matchers()
}

func (g *grammar) number() string {
	return g.pick("0", "1", "2", "0.5", "10", "100", "-1", "1e9", "0.95", "5", "NaN", "Inf", "1024", "-2.5")
}

func (g *grammar) scalar(d int) string {
	if d <= 0 || g.odds(2) {
		return g.number()
	}
	switch g.r.IntN(4) {
	case 0:
		return "time()"
	case 1:
		return "scalar(" + g.vector(d-1) + ")"
	}
	return "(" + g.scalar(d-1) + " " + g.pick("+", "-", "*", "/", "%", "^", "> bool", "== bool") + " " + g.scalar(d-1) + ")"
}

func (g *grammar) matrix(d int) string {
	if d <= 0 || !g.odds(3) {
		return g.selector() + "[" + g.pick("1m", "5m", "10m") + "]" + g.pick("", "", "", " offset 5m")
	}
	return "(" + g.vector(d-1) + ")[" + g.pick("30s", "1m", "5m") + ":" + g.pick("", "1m", "2m") + "]"
}

var (
	vectorFunctions = []string{"abs", "ceil", "floor", "round", "sgn", "sqrt", "exp", "ln", "log2", "log10", "sin", "sort", "timestamp", "hour", "minute", "month", "year", "day_of_week", "days_in_month",
		"histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "deg", "sort_desc", "-", "absent"}
	rangeFunctions = []string{"rate", "rate", "rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets", "avg_over_time", "min_over_time", "max_over_time", "sum_over_time",
		"count_over_time", "last_over_time", "present_over_time", "stddev_over_time", "absent_over_time"}
	aggregations = []string{"sum", "sum", "min", "max", "avg", "count", "group", "stddev", "stdvar"}
	operators    = []string{"+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=", "> bool", "== bool", "<= bool", "!= bool"}
)

// leaf is a selector, or something whose bounds or presence are known.
func (g *grammar) leaf() string {
	switch g.r.IntN(8) {
	case 0:
		return "clamp(" + g.selector() + ", " + g.pick("-5", "-1.5", "0.5", "1") + ", " + g.pick("0.5", "1.5", "3", "10") + ")"
	case 1:
		return g.pick("vector("+g.number()+")", "absent("+g.selector()+")", "absent("+g.name()+g.matchers()+")", "vector(1)", "shop:one")
	case 2:
		return g.selector() + " " + g.pick(">", "<", "==", "!=", ">=", "<=") + " " + g.number()
	}
	return g.selector()
}

func (g *grammar) vector(d int) string {
	if d <= 0 {
		return g.leaf()
	}
	d--
	productions := []func() string{
		g.leaf,
		func() string { return g.aggregation(d) },
		func() string { return g.aggregation(d) },
		func() string { return g.chosen(d) },
		func() string { return g.pick(vectorFunctions...) + "(" + g.vector(d) + ")" },
		func() string { return g.pick(rangeFunctions...) + "(" + g.matrix(d) + ")" },
		func() string { return g.pick(rangeFunctions...) + "(" + g.matrix(d) + ")" },
		func() string {
			return g.pick("clamp_min", "clamp_max", "round") + "(" + g.vector(d) + ", " + g.scalar(d) + ")"
		},
		func() string { return g.relabelled(d) },
		func() string { return g.quantile(d) },
		func() string { return g.vector(d) + " " + g.pick(operators...) + " " + g.scalar(d) },
		func() string { return g.scalar(d) + " " + g.pick(operators...) + " (" + g.vector(d) + ")" },
		func() string { return g.set(d) },
		func() string { return g.narrowed(d) },
		func() string { return g.share() },
		func() string { return g.joined() },
		g.directed, g.directed, g.directed, g.directed,
		func() string { return g.binary(d) },
		func() string { return g.binary(d) },
	}
	return productions[g.r.IntN(len(productions))]()
}

func (g *grammar) aggregation(d int) string {
	v := g.vector(d)
	return g.pick(aggregations...) + " " + g.pick("by", "without") + " (" + g.list() + ") (" + v + ")"
}

func (g *grammar) chosen(d int) string {
	v := g.vector(d)
	return g.pick("topk("+g.number()+", "+v+")", "quantile by ("+g.list()+") ("+g.number()+", "+v+")", `count_values without (`+g.label()+`) ("nope", `+v+")", "bottomk by (job) (1, "+v+")",
		"quantile_over_time("+g.number()+", "+g.matrix(d)+")", "predict_linear("+g.matrix(d)+", 60)", "clamp("+v+", "+g.scalar(d)+", "+g.scalar(d)+")")
}

func (g *grammar) relabelled(d int) string {
	v := g.vector(d)
	if g.odds(4) {
		return fmt.Sprintf("label_join(%s, %q, %q, %q, %q)", v, g.label(), g.pick("", "-"), g.label(), g.label())
	}
	return fmt.Sprintf("label_replace(%s, %q, %q, %q, %q)", v, g.label(), g.pick("$1", "x$1", "c", "", "${1}xx"), g.label(), g.pick("(.*)", "(.+)", "(a).*", "(5).*", "(4|5).*", ""))
}

func (g *grammar) quantile(d int) string {
	buckets := g.pick("shop_latency_seconds_bucket", "shop_native_seconds", "rate(shop_latency_seconds_bucket[5m])", "sum by (le, "+g.label()+") (rate(shop_latency_seconds_bucket[5m]))",
		"sum by (job) (rate(shop_latency_seconds_bucket[5m]))", "rate(shop_native_seconds[5m])", `shop_latency_seconds_bucket{le!="10"}`, g.vector(d))
	return g.pick("histogram_quantile("+g.pick("0.5", "0.99", "1", "0", "99", "-1")+", "+buckets+")", "histogram_fraction(0, 1, "+buckets+")")
}

func (g *grammar) set(d int) string {
	l, r := g.vector(d), g.vector(d)
	if g.odds(3) {
		l = g.pick("vector(1)", "shop:one", "absent("+g.name()+g.matchers()+")")
	}
	if g.odds(3) {
		r = g.pick("vector(1)", "shop:one", l, l+" > 1")
	}
	return "(" + l + ") " + g.pick("and", "or", "unless") + g.pick("", "", " on ("+g.list()+")", " on ()", " ignoring ("+g.list()+")") + " (" + r + ")"
}

// narrowed compares one thing twice.
func (g *grammar) narrowed(d int) string {
	v := g.vector(d)
	if g.odds(3) {
		v = `{__name__=~"shop_(queue_depth|heap_bytes)"}`
	}
	return v + " " + g.pick(">", "<", "==", "!=", ">=") + " " + g.number() + " and " + v + " " + g.pick(">", "<", "==", "!=", "<=") + " " + g.number()
}

// share divides what may be a part by what may be its whole.
func (g *grammar) share() string {
	of := g.pick("shop_requests_total", "shop_errors_total", "shop_latency_seconds_count")
	g.current = of
	by, window, offset := g.list(), "5m", ""
	r := "sum by (" + by + ") (rate(" + of + g.pick(`{route="a"}`, "", "") + "[" + window + "]))"
	if g.odds(3) {
		window = "10m"
	}
	if g.odds(3) {
		offset = " offset 5m"
	}
	if g.odds(3) {
		by = g.list()
	}
	l := "sum by (" + by + ") (rate(" + of + g.pick(`{route="a"}`, `{code="500"}`, "") + "[" + window + "]" + offset + "))"
	return l + " / " + g.pick("", "on ("+by+") ", "on (job) group_left () ") + r
}

// directed makes what the other productions make too rarely: values and labels of which much
// is known, and results that are never empty.
func (g *grammar) directed() string {
	bounded := "clamp(" + g.selector() + ", " + g.pick("-5", "-1.5", "0.5", "1") + ", " + g.pick("0.5", "1.5", "3", "10") + ")"
	there := g.pick("vector("+g.number()+")", "shop:one", "absent("+g.name()+g.matchers()+")", "sum("+g.selector()+") or vector(0)")
	switch g.r.IntN(10) {
	case 8:
		l := g.label()
		return g.selector() + " or " + g.name() + "{" + l + g.pick(`!=""`, `="`+g.value(l)+`"`) + "}"
	case 9:
		return "max by (job, instance) (" + g.selector() + ") * on (instance) group_left (version) max by (instance, version) (shop_build_info)"
	case 0:
		return g.pick("ceil", "floor", "round", "sgn", "abs", "sqrt", "-", "exp", "ln") + "(" + bounded + ")"
	case 1:
		return g.pick(aggregations...) + " by (" + g.list() + ") (" + bounded + ")"
	case 2:
		of := g.pick("shop_requests_total", "shop_errors_total", "shop_hit_ratio", "up")
		g.current = of
		return fmt.Sprintf("label_replace(%s%s, %q, %q, %q, %q)", of, g.matchers(), g.pick("nope", "code", "kind", "route"), g.pick("$1", "x$1", "c", "", "${1}xx"), g.pick("code", "kind", "cache", "job"), g.pick("(.*)", "(.+)", "(5).*", "(i).*", "l(1)"))
	case 3:
		return "absent(" + g.name() + g.matchers() + ")"
	case 4:
		return g.pick(rangeFunctions...) + "((" + there + ")[" + g.pick("30s", "1m", "2m", "5m") + ":" + g.pick("", "1m", "2m") + "])"
	case 5:
		return "(" + there + ") " + g.pick(operators...) + g.pick("", " on ()", " ignoring (a)") + " (" + g.pick("vector("+g.number()+")", "shop:one", bounded, g.number()) + ")"
	case 6:
		return "(" + there + ") " + g.pick("and", "or", "unless") + g.pick("", " on ()") + " (" + g.pick(there, "shop:one", bounded, "vector(1) > "+g.number()) + ")"
	}
	return bounded + " " + g.pick(operators...) + " " + g.pick(g.number(), "on (job, instance) "+bounded, "on (job, instance) group_left () max by (job, instance) ("+bounded+")")
}

// joined takes labels from the other side.
func (g *grammar) joined() string {
	l := g.selector()
	r := g.pick("shop_build_info", "max by (job, instance, version) (shop_build_info)", "max by (job, instance, cache) (shop_hit_ratio)", "group by (instance, exported_job) (shop_pods)")
	return l + g.pick(" * on (instance) group_left (", " > on (job, instance) group_left (") + g.pick("version", "cache", "exported_job", g.list()) + ") " + r
}

func (g *grammar) binary(d int) string {
	l := g.vector(d)
	r := l
	if g.odds(2) {
		r = g.vector(d)
	}
	on := g.pick("", "", " on ("+g.list()+")", " ignoring ("+g.list()+")", " ignoring ("+g.label()+")", " on (job, instance) group_left ("+g.list()+")", " ignoring ("+g.list()+") group_right ()")
	return "(" + l + ") " + g.pick(operators...) + on + " (" + r + ")"
}

// confirm makes an expression and holds it against states; it returns how many nodes have
// a verdict.
func confirm(w *query.World, states []*enginetest.State, seed uint64) (verdicts int, err error) {
	expr := newGrammar(w, seed).vector(3)
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
	n := uint64(2500)
	if testing.Short() {
		n = 300
	}
	var states []*enginetest.State
	for i := range uint64(12) {
		states = append(states, newState(t, w, i))
	}
	verdicts, failures := 0, 0
	for seed := range n {
		i := int(seed*5) % len(states)
		v, err := confirm(w, states[i:min(i+2, len(states))], seed)
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
