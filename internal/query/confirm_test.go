package query_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/schematest"
	"github.com/dashgen/dashgen/schema"
)

// What is inferred must hold in every state that the programs can be in. These tests make
// states of a schema and expressions of a grammar, and hold every node of an expression
// against what Prometheus' engine answers.

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

// A state is what Prometheus has stored of programs that do what the schema says.
type state struct {
	r     *rand.Rand
	store *engine.Store
	lines []string
}

func newState(t testing.TB, w *query.World, seed uint64) *state {
	t.Helper()
	s := &state{r: rand.New(rand.NewPCG(seed, 1)), store: &engine.Store{}}
	possible := s.r.IntN(3)
	for i := range 1 + s.r.IntN(3) {
		target := map[string]string{"job": s.pick("shop", "shop", "web"), "instance": fmt.Sprintf("h%d", i)}
		if possible == 1 || possible == 2 && s.r.IntN(2) == 0 {
			target["namespace"], target["pod"] = s.pick("x", "y"), fmt.Sprintf("p%d", i)
		}
		s.add(t, "up", target, s.values(0, 1))
		for _, m := range w.Schema.Metrics {
			if s.r.IntN(8) > 0 {
				s.metric(t, m, target)
			}
		}
	}
	for i := range s.r.IntN(4) {
		s.add(t, "other_total", map[string]string{"job": "other", "k": fmt.Sprint(i), "route": s.pick("", "a")}, s.counter(true))
	}
	var g engine.Group
	g.Name = "recorded"
	for _, r := range w.Recorded {
		g.Rules = append(g.Rules, engine.Rule{Record: r.Name, Expr: r.Expr, Labels: r.Labels})
	}
	_, err := engine.New(s.store, engine.Options{}).Run(context.Background(), []engine.Group{g}, time.Unix(0, 0), time.Unix(1800, 0))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *state) pick(words ...string) string { return words[s.r.IntN(len(words))] }

// samples is how many scrapes there are, one a minute.
const samples = 31

func (s *state) add(t testing.TB, name string, labels map[string]string, values string) {
	t.Helper()
	ls := engine.Labels{"__name__": name}
	for k, v := range labels {
		if v != "" {
			ls[k] = v
		}
	}
	line := ls.String() + " " + values
	if name != "" && !strings.Contains(line, "{") {
		line = name + " " + values
	}
	for _, have := range s.lines {
		if strings.HasPrefix(have, ls.String()+" ") {
			return
		}
	}
	s.lines = append(s.lines, line)
	if err := s.store.Add(time.Unix(0, 0), time.Minute, line); err != nil {
		t.Fatal(err)
	}
}

// metric adds series of a metric as one target exposes them.
func (s *state) metric(t testing.TB, m *schema.Metric, target map[string]string) {
	t.Helper()
	for range 1 + s.r.IntN(3) {
		own := map[string]string{}
		for k, v := range m.ConstLabels {
			own[k] = v
		}
		for _, l := range m.Labels {
			switch {
			case l.Optional && s.r.IntN(2) == 0:
			case l.Values != nil:
				own[l.Name] = s.pick(l.Values...)
			default:
				own[l.Name] = s.pick("", "a", "a", "b", "1", "500")
			}
		}
		labels := map[string]string{}
		for k, v := range own {
			if _, taken := target[k]; taken {
				k = "exported_" + k
			}
			labels[k] = v
		}
		for k, v := range target {
			labels[k] = v
		}
		s.series(t, m, labels)
	}
}

func (s *state) series(t testing.TB, m *schema.Metric, labels map[string]string) {
	t.Helper()
	with := func(name, value string) map[string]string {
		c := map[string]string{name: value}
		for k, v := range labels {
			c[k] = v
		}
		return c
	}
	long := s.r.IntN(2) == 0
	spelt := func(v float64) string {
		short := strconv.FormatFloat(v, 'g', -1, 64)
		if long && !strings.ContainsAny(short, ".e") {
			return short + ".0"
		}
		return short
	}
	switch m.Type {
	case schema.Counter:
		s.add(t, m.Name, labels, s.counter(s.r.IntN(2) == 0))
	case schema.Info:
		s.add(t, m.Name, labels, s.values(1))
	case schema.StateSet:
		s.add(t, m.Name, with(m.Name, s.pick("on", "off")), s.values(0, 1))
	case schema.Summary:
		for _, o := range m.Objectives {
			s.add(t, m.Name, with("quantile", spelt(o.Quantile)), s.gauge())
		}
		s.add(t, m.Name+"_sum", labels, s.counter(false))
		s.add(t, m.Name+"_count", labels, s.counter(true))
	case schema.Histogram:
		if m.Native != nil {
			s.add(t, m.Name, labels, fmt.Sprintf("{{schema:0 sum:%d count:%d buckets:[%d 2 1]}}+{{schema:0 sum:3 count:3 buckets:[1 1 1]}}x%d", 5, 7, 4, samples-1))
			return
		}
		cumulative := s.r.IntN(4) > 0 // whatever a scrape caught
		values := s.counters(len(m.Buckets)+1, cumulative)
		for i, b := range m.Buckets {
			if s.r.IntN(20) > 0 {
				s.add(t, m.Name+"_bucket", with("le", spelt(b)), values[i])
			}
		}
		s.add(t, m.Name+"_bucket", with("le", "+Inf"), values[len(m.Buckets)])
		s.add(t, m.Name+"_count", labels, values[len(m.Buckets)])
		s.add(t, m.Name+"_sum", labels, s.gauge())
	default:
		s.add(t, m.Name, labels, s.gauge())
	}
}

// series of values: a few are missing, and some end.
func (s *state) line(value func(i int) string) string {
	var b strings.Builder
	end := samples
	if s.r.IntN(5) == 0 {
		end = s.r.IntN(samples)
	}
	gaps := s.r.IntN(3) == 0
	for i := range samples {
		v := value(i)
		switch {
		case i == end:
			b.WriteString(" stale")
		case i > end, gaps && s.r.IntN(4) == 0:
			b.WriteString(" _")
		default:
			b.WriteString(" " + v)
		}
	}
	return b.String()
}

func (s *state) values(of ...float64) string {
	steady := of[s.r.IntN(len(of))]
	flaps := s.r.IntN(2) == 0
	return s.line(func(int) string {
		if flaps {
			return number(of[s.r.IntN(len(of))])
		}
		return number(steady)
	})
}

func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func (s *state) counter(whole bool) string {
	v, step := 0.0, []float64{0, 1, 7, 1e6}[s.r.IntN(4)]
	if !whole {
		step /= 3
	}
	resets := s.r.IntN(3) == 0
	return s.line(func(int) string {
		v += step * float64(s.r.IntN(3))
		if resets && s.r.IntN(6) == 0 {
			v = step * float64(s.r.IntN(2))
		}
		return number(v)
	})
}

// counters are the buckets of a histogram: each counts what the one before counts.
func (s *state) counters(n int, cumulative bool) []string {
	lines := make([][]string, n)
	at := make([]int, n)
	for range samples {
		if s.r.IntN(12) == 0 {
			clear(at)
		}
		sum := 0
		for i := range at {
			at[i] += s.r.IntN(3) * s.r.IntN(3)
			sum += at[i]
			v := sum
			if !cumulative {
				v = at[i]
			}
			lines[i] = append(lines[i], number(float64(v)))
		}
	}
	var all []string
	for _, l := range lines {
		all = append(all, s.line(func(i int) string { return l[i] }))
	}
	return all
}

func (s *state) gauge() string {
	switch s.r.IntN(6) {
	case 0:
		return s.values(0)
	case 1:
		return s.values(math.NaN(), 1, -1)
	case 2:
		return s.values(math.Inf(1), math.Inf(-1), 0, 3)
	case 3:
		return s.values(0.1, 0.5, 1)
	case 4:
		return s.values(-5, 0, 5, 1e9, 1.5)
	}
	return s.line(func(i int) string { return number(s.r.NormFloat64() * 100) })
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
	switch g.r.IntN(16) {
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

// confirm asks the engine about every node of an expression, in one state.
func confirm(in *query.Inferred, s *state, at time.Duration) error {
	e := engine.New(s.store, engine.Options{})
	for node, info := range in.All() {
		if t := node.Type(); t != parser.ValueTypeVector && t != parser.ValueTypeScalar {
			continue
		}
		res, err := e.Instant(context.Background(), node.String(), time.Unix(0, 0).Add(at))
		if err != nil {
			continue // series that cannot be matched or told apart
		}
		if err := contradiction(in, node, info, res); err != nil {
			return fmt.Errorf("%s: %w\nthe engine says\n%s", node, err, res.Text())
		}
		if b, ok := node.(*parser.BinaryExpr); ok && info.Holds == query.Always && !b.ReturnBool && !info.Scalar && b.RHS.Type() == parser.ValueTypeScalar {
			if all, err := e.Instant(context.Background(), b.LHS.String(), time.Unix(0, 0).Add(at)); err == nil && len(floats(all)) != len(floats(res)) {
				return fmt.Errorf("%s always holds, but %d of %d samples are left\n%s", node, len(res.Series), len(all.Series), all.Text())
			}
		}
	}
	return nil
}

// of returns the series that an expression names.
func (s *state) of(expr string) string {
	var b strings.Builder
	for _, line := range s.lines {
		if strings.Contains(expr, line[:strings.IndexAny(line, "{ ")]) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func floats(r *engine.Result) []engine.Series {
	return slices.DeleteFunc(slices.Clone(r.Series), func(s engine.Series) bool { return s.Points[0].Histogram != "" })
}

// contradiction says what of an Info does not hold.
func contradiction(in *query.Inferred, node parser.Expr, info *query.Info, res *engine.Result) error {
	switch {
	case info.Empty.State == query.Always && len(res.Series) > 0:
		return fmt.Errorf("is always empty (%+v) but has series", info.Empty.Reason)
	case info.Empty.State == query.Never && len(res.Series) == 0:
		return fmt.Errorf("is never empty but has no series")
	}
	for _, s := range res.Series {
		if err := contradictsLabels(info.Labels, s.Labels); err != nil {
			return err
		}
		for _, p := range s.Points {
			if p.Histogram != "" {
				continue
			}
			if !info.Values.Contains(p.Value) {
				return fmt.Errorf("%v is not within %v", p.Value, info.Values)
			}
		}
	}
	return nil
}

func contradictsLabels(ls query.Labels, have engine.Labels) error {
	for name, value := range have {
		l := ls.Label(name)
		switch {
		case !ls.Can(name):
			return fmt.Errorf("has label %q", name)
		case ls.Gone(name) != nil && l == nil:
			return fmt.Errorf("has label %q, which is gone", name)
		case l != nil && l.Values != nil && !slices.Contains(l.Values, value):
			return fmt.Errorf("label %q is %q, which is none of %q", name, value, l.Values)
		}
	}
	for _, l := range ls.All() {
		if l.Presence == query.Guaranteed && have[l.Name] == "" {
			return fmt.Errorf("label %q is guaranteed but not there", l.Name)
		}
	}
	return nil
}

func confirmSeed(t testing.TB, w *query.World, states []*state, seed uint64) (verdicts int, err error) {
	t.Helper()
	expr := newGrammar(w, seed).vector(4)
	e, err := query.Parse(expr)
	if err != nil {
		return 0, nil // of a type that does not fit
	}
	in := query.Infer(expr, e, w)
	for i, s := range states {
		for _, at := range []time.Duration{7*time.Minute + 30*time.Second, 30 * time.Minute} {
			if err := confirm(in, s, at); err != nil {
				return 0, fmt.Errorf("seed %d, state %d at %v: in %s\n%w\nseries\n%s", seed, i, at, expr, err, s.of(expr))
			}
		}
	}
	for _, info := range in.All() {
		if info.Empty.State != query.Sometimes || info.Holds != query.Sometimes {
			verdicts++
		}
	}
	return verdicts, nil
}

// The engine never contradicts what is inferred of expressions that a grammar makes.
func TestConfirmed(t *testing.T) {
	w := confirmWorld(t)
	n := uint64(400)
	if testing.Short() {
		n = 100
	}
	var states []*state
	for i := range uint64(3) {
		states = append(states, newState(t, w, i))
	}
	verdicts, failures := 0, 0
	for seed := range n {
		v, err := confirmSeed(t, w, states, seed)
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
		if _, err := confirmSeed(t, w, []*state{newState(t, w, of)}, seed); err != nil {
			t.Fatal(err)
		}
	})
}
