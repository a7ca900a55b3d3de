package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// Signals says what to watch of a schema: one signal for each metric that is live,
// siblings together, and the ratios that pairs of them make. Sorted by subsystem,
// then key. Patterns, whose series have names that are not known, are left out.
func Signals(s *schema.Schema, cfg *config.Config) []Signal {
	live := watched(s)
	namer := newNamer(live, cfg)
	byName := map[string]*schema.Metric{}
	for _, m := range live {
		byName[m.Name] = m
	}
	lookup := func(name string) *schema.Metric { return byName[name] }
	taken := map[string]bool{}
	signals, shares := limited(lookup, live, taken, namer)
	groups := siblings(live, taken)
	groups = append(groups, wholes(lookup, live, taken, namer)...)
	groups = append(groups, enumerated(live, taken, namer)...)
	for _, group := range groups {
		signals = append(signals, joined(group, namer))
	}
	for _, m := range live {
		if !taken[m.Name] {
			sig := single(m, namer)
			observe(&sig, lookup)
			signals = append(signals, sig)
		}
	}
	signals = append(signals, shares...)
	signals = append(signals, ratios(lookup, live, namer)...)
	distinguish(signals)
	slices.SortStableFunc(signals, func(a, b Signal) int {
		return cmp.Or(cmp.Compare(a.Subsystem, b.Subsystem), cmp.Compare(a.Key, b.Key))
	})
	return signals
}

// distinguish puts the metric's name behind a title that two signals of one subsystem
// would share.
func distinguish(signals []Signal) {
	count := map[string]int{}
	for _, s := range signals {
		count[s.Subsystem+" "+s.Title]++
	}
	for i := range signals {
		if s := &signals[i]; count[s.Subsystem+" "+s.Title] > 1 {
			s.Title += " (" + s.Metrics[0].Name + ")"
		}
	}
}

// single returns the signal of one metric.
func single(m *schema.Metric, n *namer) Signal {
	kind, why := kindOf(m)
	sig := Signal{
		Key:       m.Name,
		Kind:      kind,
		Title:     n.title(m),
		Subsystem: n.subsystem(m),
		Path:      n.path(m),
		Metrics:   []*schema.Metric{m},
		Why:       why,
	}
	sig.Series, sig.Unit = seriesOf(m, kind)
	return sig
}

// selector returns the selector of a series with room for a board's matchers. extra
// holds matchers of its own, for instance `code="500"`.
func selector(name, extra string) string {
	if extra != "" {
		extra += ","
	}
	return name + "{" + extra + Matchers + "}"
}

func rate(name, extra string) string { return "rate(" + selector(name, extra) + "[" + Range + "])" }

// by returns "sum by (a, b) (", or "sum(" without labels.
func by(op string, labels []string) string {
	if len(labels) == 0 {
		return op + "("
	}
	return op + " by (" + strings.Join(labels, ", ") + ") ("
}

// legendOf returns the legend format that shows the labels.
func legendOf(labels []string) string {
	refs := make([]string, len(labels))
	for i, l := range labels {
		refs[i] = "{{" + l + "}}"
	}
	return strings.Join(refs, " ")
}

// seriesOf returns the expressions that show a metric of a kind, and the unit.
func seriesOf(m *schema.Metric, kind Kind) ([]Series, string) {
	unit := query.MetricUnit(m)
	keep, unbounded := kept(m)
	switch kind {
	case Rate:
		return rateSeries(m, unit, keep, unbounded)
	case Distribution:
		return distributionSeries(m), unit.Grafana()
	case Quantiles:
		legend := legendOf(append([]string{"quantile"}, keep...))
		return []Series{{Expr: Expr(by("max", append([]string{"quantile"}, keep...)) + selector(m.Name, "") + ")"), Legend: legend}}, unit.Grafana()
	case Mean:
		sum, count := by("sum", keep)+rate(m.Name+"_sum", "")+")", by("sum", keep)+rate(m.Name+"_count", "")+")"
		return []Series{{Role: "mean", Expr: Expr(sum + " / (" + count + " > 0)"), Legend: legendOf(keep)}}, unit.Grafana()
	case Age:
		return ageSeries(m, keep)
	case Info:
		all, some := labelNames(m), news(m)
		series := []Series{{Expr: Expr(by("count", some) + selector(m.Name, "") + ")"), Legend: legendOf(some)}}
		if len(some) < len(all) {
			series = append(series, Series{Role: TableRole, Expr: Expr(by("count", all) + selector(m.Name, "") + ")"), Legend: legendOf(all)})
		}
		return series, "short"
	case State:
		labels := append([]string{"instance"}, labelNames(m)...)
		return []Series{{Expr: Expr(selector(m.Name, "")), Legend: legendOf(labels)}}, "none"
	}
	id := unit.Grafana()
	if unit.Base == "seconds" && hasPart(m, durationWords) {
		id = "dtdurations"
	}
	return levelSeries(m, unit, keep), id
}

// TableRole is the role of the series that a table shows: with every label.
const TableRole = "table"

// news returns the labels of an info metric by which instances are counted over time: the
// version, where there is one, else up to two that do not grow.
func news(m *schema.Metric) []string {
	names := labelNames(m)
	for _, is := range []func(string) bool{
		func(l string) bool { return l == "version" },
		func(l string) bool { return strings.HasSuffix(l, "version") && !strings.HasPrefix(l, "go") },
		func(l string) bool { return l == "release" || l == "revision" || l == "commit" },
	} {
		if i := slices.IndexFunc(names, func(l string) bool { return is(strings.ToLower(l)) }); i >= 0 {
			return names[i : i+1]
		}
	}
	if few := slices.DeleteFunc(slices.Clone(names), grows); len(few) > 0 {
		names = few
	}
	return names[:min(len(names), maxKept)]
}

// durationWords are parts of names of gauges that hold long durations, which people
// read in days and hours.
var durationWords = []string{"age", "uptime"}

// hasPart reports whether a part of the metric's name is one of the words.
func hasPart(m *schema.Metric, words []string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(m.Name), "_"), func(p string) bool { return slices.Contains(words, p) })
}

// rateSeries shows a counter's increase a second. Time spent is shown as the share of
// a second that it takes.
func rateSeries(m *schema.Metric, unit query.Unit, keep []string, unbounded bool) ([]Series, string) {
	unit.Per = "second"
	expr := by("sum", keep) + rate(m.Name, "") + ")"
	if scale := perSecond[m.Unit]; scale != "" {
		expr += " / " + scale
		unit = query.Unit{Base: "seconds", Per: "second", Mul: 1}
	}
	if unbounded {
		expr = "topk(10, " + expr + ")"
	}
	return []Series{{Expr: Expr(expr), Legend: legendOf(keep)}}, cmp.Or(unit.Grafana(), "short")
}

// perSecond divides the rate of a counter of time into seconds a second.
var perSecond = map[string]string{"milliseconds": "1000", "microseconds": "1e6", "nanoseconds": "1e9"}

// distributionSeries shows a histogram by its quantiles, its mean and its buckets. A native
// histogram has no _bucket series; where both are registered the classic one is drawn, which
// every Prometheus stores, and beside each of its series stands that of the native one.
func distributionSeries(m *schema.Metric) []Series {
	classic, native := classicSeries(m), nativeSeries(m)
	switch {
	case m.Native == nil:
		return classic
	case len(m.Buckets) == 0:
		return native
	}
	for i := range classic {
		classic[i].Native = native[i].Expr
	}
	return classic
}

func classicSeries(m *schema.Metric) []Series {
	mean := Expr("sum(" + rate(m.Name+"_sum", "") + ") / (sum(" + rate(m.Name+"_count", "") + ") > 0)")
	if len(m.Buckets) > 0 && m.Buckets[0] < 0 {
		mean = "" // what may fall has no rate
	}
	return quantilesAnd(mean, Expr("sum by (le) ("+rate(m.Name+"_bucket", "")+")"))
}

func nativeSeries(m *schema.Metric) []Series {
	all := "sum(" + rate(m.Name, "") + ")"
	return quantilesAnd(Expr("histogram_sum("+all+") / (histogram_count("+all+") > 0)"), Expr(all))
}

// quantilesAnd returns the series of a distribution: quantiles of the rates of its buckets; its
// mean, which no bound of a bucket caps, where there is one; the buckets.
func quantilesAnd(mean, rates Expr) []Series {
	var all []Series
	for _, q := range []float64{0.5, 0.95, 0.99} {
		role := "p" + strconv.FormatFloat(q*100, 'f', -1, 64)
		all = append(all, Series{Role: role, Expr: Expr("histogram_quantile("+strconv.FormatFloat(q, 'f', -1, 64)+", ") + rates + ")", Legend: role})
	}
	if mean != "" {
		all = append(all, Series{Role: "avg", Expr: mean, Legend: "avg"})
	}
	return append(all, Series{Role: "heatmap", Expr: rates, Legend: "{{le}}"})
}

// ageSeries shows how long ago a timestamp is, or, where it lies ahead, how long it is
// until then. Timestamps that were never set are zero, and have no age.
func ageSeries(m *schema.Metric, keep []string) ([]Series, string) {
	at := by("max", keep) + selector(m.Name, "") + " > 0)"
	if scale := perSecond[m.Unit]; scale != "" {
		at += " / " + scale
	}
	expr := "time() - " + at
	if ahead(m) {
		expr = at + " - time()"
	}
	return []Series{{Expr: Expr(expr), Legend: legendOf(keep)}}, "dtdurations"
}

// levelSeries shows a gauge. Counts of things are added up; shares are averaged; what
// is not understood is shown for each instance as it is.
func levelSeries(m *schema.Metric, unit query.Unit, keep []string) []Series {
	all := labelNames(m)
	switch {
	case additive(m, unit):
		return []Series{{Expr: Expr(by("sum", keep) + selector(m.Name, "") + ")"), Legend: legendOf(keep)}}
	case len(keep) < len(all) && (unit.Base == "ratio" || unit.Base == "percent"):
		return []Series{{Expr: Expr(by("avg", keep) + selector(m.Name, "") + ")"), Legend: legendOf(keep)}}
	}
	return []Series{{Expr: Expr(selector(m.Name, "")), Legend: legendOf(append([]string{"instance"}, all...))}}
}

// additiveWords are parts of names of gauges whose sum over instances means something.
var additiveWords = []string{
	"active", "backlog", "clients", "connected", "connections", "conns", "depth", "entries", "goroutines", "inflight", "items",
	"jobs", "messages", "objects", "open", "orders", "peers", "pending", "queue", "queued", "requests", "running", "sessions", "size",
	"streams", "subscribers", "tasks", "threads", "transactions", "txs", "waiting", "workers",
}

// positionWords are parts of names of gauges that say where something stands.
var positionWords = []string{"height", "index", "number", "position", "view"}

func additive(m *schema.Metric, unit query.Unit) bool {
	if unit.Base == "bytes" {
		return true
	}
	if unit.Base != "" || unit.Time {
		return false
	}
	return hasPart(m, additiveWords) && !hasPart(m, limitWords) && !hasPart(m, positionWords)
}

// labelNames returns the names of the declared labels that are known.
func labelNames(m *schema.Metric) []string {
	var names []string
	for _, l := range m.Labels {
		if !strings.Contains(l.Name, "*") {
			names = append(names, l.Name)
		}
	}
	return names
}
