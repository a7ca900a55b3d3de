package query

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/schema"
)

// A World is what expressions are judged against. The fields are set before the
// first Infer and not changed afterwards; then it may be used in parallel. The zero
// value is a world of which nothing is known: every metric is somebody else's.
type World struct {
	Schema   *schema.Schema // nil: no metric is known
	Targets  Targets
	Recorded []Recording // of every rule file that is loaded together

	Scrape     time.Duration // interval; zero: not known
	Evaluation time.Duration // interval of rules; zero: not known
	Prometheus string        // oldest version to support, "2.42"; empty: any

	once    sync.Once
	mu      sync.Mutex
	series  map[string]*Info       // of a selector of that name without matchers
	rules   map[string][]Recording // by name
	running []string               // the recording rules that are being inferred
	cycles  map[string][]string
}

// Targets are the labels that scraping adds to every series.
type Targets struct {
	Certain  []string
	Possible []string
}

// DefaultTargets are the labels that scraping adds where nobody said which.
var DefaultTargets = Targets{
	Certain:  []string{"instance", "job"},
	Possible: []string{"cluster", "container", "endpoint", "namespace", "node", "pod", "service"},
}

// A Recording is a recording rule.
type Recording struct {
	Name   string
	Expr   string
	Labels map[string]string // that the rule sets; an empty value removes the label
}

// Cycles returns the recording rules that depend on themselves, each cycle once, as
// the names on the way from the least one back to it. Prometheus evaluates such rules
// with each other's last results.
func (w *World) Cycles() [][]string {
	for _, r := range w.Recorded {
		w.lookup(r.Name)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var all [][]string
	for _, key := range slices.Sorted(maps.Keys(w.cycles)) {
		all = append(all, w.cycles[key])
	}
	return all
}

// lookup returns what a selector of that name alone would be. It is shared: nobody
// changes it.
func (w *World) lookup(name string) *Info {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.find(name)
}

func (w *World) find(name string) *Info {
	w.once.Do(func() {
		w.series, w.rules, w.cycles = map[string]*Info{}, map[string][]Recording{}, map[string][]string{}
		for _, r := range w.Recorded {
			w.rules[r.Name] = append(w.rules[r.Name], r)
		}
	})
	if info := w.series[name]; info != nil {
		return info
	}
	info := w.ofSchema(name)
	if len(w.rules[name]) > 0 {
		recorded := w.recorded(name)
		if info.Foreign {
			info = recorded
		} else {
			both := either(info, recorded)
			both.Metric, both.Suffix, both.Rule = info.Metric, info.Suffix, name
			info = both
		}
	}
	w.series[name] = info
	return info
}

// recorded infers what the rules of that name record.
func (w *World) recorded(name string) *Info {
	if i := slices.Index(w.running, name); i >= 0 {
		w.cycle(slices.Clone(w.running[i:]))
		return unknown()
	}
	w.running = append(w.running, name)
	defer func() { w.running = w.running[:len(w.running)-1] }()
	var all *Info
	for _, r := range w.rules[name] {
		info := unknown()
		if e, err := Parse(r.Expr); err == nil {
			info = recording(w.infer(r.Expr, e).Root(), r)
		}
		if all == nil {
			all = info
		} else {
			all = either(all, info)
		}
	}
	return all
}

// cycle notes a cycle, turned so that it begins with the least name.
func (w *World) cycle(names []string) {
	least := slices.Index(names, slices.Min(names))
	names = append(names[least:], names[:least]...)
	names = append(names, names[0])
	w.cycles[strings.Join(names, " ")] = names
}

// recording returns what a rule stores of its expression's value.
func recording(of *Info, r Recording) *Info {
	info := of.value()
	info.Rule = r.Name
	if of.Aggregated != nil {
		info.Aggregated = &Aggregation{Rule: cmp.Or(of.Aggregated.Rule, r.Name)}
	}
	info.Labels = of.Labels.without([]string{nameLabel}, nil)
	info.Labels.gone, info.Labels.end = nil, nil
	info.Labels = info.Labels.with(Label{Name: nameLabel, Presence: Guaranteed, Origin: FromMetric, Values: []string{r.Name}})
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		switch v := r.Labels[name]; {
		case v == "":
			info.Labels = info.Labels.without([]string{name}, nil)
		case strings.Contains(v, "{{"):
			info.Labels = info.Labels.with(Label{Name: name, Presence: Declared, Origin: FromRule})
		default:
			info.Labels = info.Labels.with(Label{Name: name, Presence: Guaranteed, Origin: FromRule, Values: []string{v}})
		}
	}
	if info.Empty.State == Never {
		info.Empty = Emptiness{} // the rule may not have been evaluated
	}
	if info.Scalar {
		info.Scalar = false
	}
	return &info
}

// ofSchema returns what the schema says of a series name.
func (w *World) ofSchema(name string) *Info {
	if Foreign(name) {
		return ofPrometheus(name)
	}
	if w.Schema == nil {
		return unknown()
	}
	m, suffix := w.Schema.Series(name)
	if m == nil {
		if m = w.Schema.Lookup(name); m != nil && m.RemovedIn == "" && !slices.Contains(m.Untold, "buckets") {
			info := w.ofMetric(m, name, "")
			info.Empty = Emptiness{State: Always, Reason: &Reason{Kind: NoSeries, Word: name}}
			return info
		}
		return unknown()
	}
	if m.RemovedIn != "" {
		info := unknown()
		info.Metric = m
		return info
	}
	info := w.ofMetric(m, name, suffix)
	for _, p := range w.Schema.Metrics {
		if p.Certainty == schema.Pattern && p.Type != m.Type && specific(p.Name) {
			if fits, _ := path.Match(p.Name, name); fits {
				both := either(info, w.ofMetric(p, name, ""))
				both.Metric, both.Suffix = info.Metric, info.Suffix
				info = both
			}
		}
	}
	return info
}

// specific reports whether a pattern says enough to be another definition of a name that it
// fits: at least two of its parts.
func specific(pattern string) bool {
	parts := strings.Split(pattern, "_")
	return len(slices.DeleteFunc(parts, func(p string) bool { return strings.Contains(p, "*") })) > 1
}

// ofMetric returns what a metric's series of that name are.
func (w *World) ofMetric(m *schema.Metric, name, suffix string) *Info {
	info := &Info{Metric: m, Metrics: []*schema.Metric{m}, Suffix: suffix, Labels: w.labelsOf(m, name, suffix), Values: Anything, Usual: Anything}
	info.Unit, info.UnitKnown = seriesUnit(m, suffix), true
	info.Type = typeOf(m, suffix, info.Unit)
	info.Values, info.Usual = valuesOf(info.Type, info.Unit)
	return info
}

// typeOf returns the type of a metric's series.
func typeOf(m *schema.Metric, suffix string, u Unit) Type {
	switch {
	case suffix == "_bucket":
		return Bucket
	case suffix == "_count":
		return Count
	case suffix == "_sum":
		return Sum
	}
	switch m.Type {
	case schema.Counter:
		return Counter
	case schema.Histogram:
		return NativeHistogram
	case schema.Summary:
		return Quantile
	case schema.Info:
		return InfoMetric
	case schema.StateSet:
		return Bool
	case schema.Gauge:
		return ofUnit(Gauge, u)
	}
	return Unknown
}

// ofUnit returns a narrower type for a gauge where its unit tells one.
func ofUnit(t Type, u Unit) Type {
	switch {
	case t != Gauge:
		return t
	case u.Time:
		return Timestamp
	case u.Base == "ratio" || u.Base == "percent":
		return Ratio
	case isDuration(u.Base) && u.Per == "":
		return Duration
	}
	return t
}

func isDuration(base string) bool {
	return slices.Contains([]string{"seconds", "milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "days"}, base)
}

// valuesOf returns what values series of a type have: what is certain, and what the
// name and unit lead people to expect.
func valuesOf(t Type, u Unit) (certain, usual Bounds) {
	switch t {
	case Counter:
		return Bounds{Lo: 0, Hi: most}, Bounds{Lo: 0, Hi: most}
	case Sum: // of whatever is observed
		return Anything, Bounds{Lo: 0, Hi: most}
	case Bucket, Count:
		return Bounds{Lo: 0, Hi: most, Int: true}, Bounds{Lo: 0, Hi: most, Int: true}
	case InfoMetric:
		return point(1), point(1)
	case Bool:
		return Bounds{Lo: 0, Hi: 1, Int: true}, Bounds{Lo: 0, Hi: 1, Int: true}
	case Timestamp:
		return Anything, Bounds{Lo: 0, Hi: most}
	case Gauge, Ratio, Duration:
		switch {
		case u.Base == "ratio" && u.scale() == 1 && u.Per == "":
			return Anything, Bounds{Lo: 0, Hi: 1}
		case u.Base == "percent" && u.scale() == 1 && u.Per == "":
			return Anything, Bounds{Lo: 0, Hi: 100}
		case strings.HasSuffix(u.Base, "bytes") || u.Base == "bits":
			return Anything, Bounds{Lo: 0, Hi: most}
		}
	}
	return Anything, Anything
}

// ofPrometheus returns what Prometheus' own series are: up, scrape_*, ALERTS.
func ofPrometheus(name string) *Info {
	info := unknown()
	info.Foreign = false
	info.Labels = info.Labels.with(Label{Name: nameLabel, Presence: Guaranteed, Origin: FromMetric, Values: []string{name}})
	switch {
	case name == "up":
		info.Type, info.Values, info.Usual = Bool, Bounds{Lo: 0, Hi: 1, Int: true}, Bounds{Lo: 0, Hi: 1, Int: true}
		info.UnitKnown = true
	case name == "ALERTS":
		info.Type, info.Values, info.Usual = InfoMetric, point(1), point(1)
		info.UnitKnown = true
		info.Labels = info.Labels.with(Label{Name: "alertname", Presence: Guaranteed, Origin: FromRule})
		info.Labels = info.Labels.with(Label{Name: "alertstate", Presence: Guaranteed, Origin: FromRule, Values: []string{"firing", "pending"}})
	case strings.HasPrefix(name, "ALERTS"):
		info.Type = Timestamp
		info.Unit, info.UnitKnown = Unit{Base: "seconds", Time: true, Mul: 1}, true
	default:
		info.Type = Gauge
	}
	return info
}

// labelsOf returns the labels of a metric's series: its own, those of its type, and
// those that scraping adds.
func (w *World) labelsOf(m *schema.Metric, name, suffix string) Labels {
	var ls Labels
	put := func(l Label) { ls.list = append(ls.list, &l) }
	value := Label{Name: nameLabel, Presence: Guaranteed, Origin: FromMetric, Metric: m, Values: []string{name}}
	put(value)
	own := map[string]bool{}
	add := func(l Label) {
		l.Metric = m
		own[l.Name] = true
		certain := slices.Contains(w.Targets.Certain, l.Name)
		if certain || slices.Contains(w.Targets.Possible, l.Name) {
			moved := l
			moved.Name, moved.Presence, moved.Origin = "exported_"+l.Name, Possible, FromExported
			put(moved)
			l.Values = nil
		}
		if certain {
			return
		}
		put(l)
	}
	for _, l := range m.Labels {
		one := Label{Name: l.Name, Presence: Declared, Origin: FromMetric, Values: l.Values}
		switch {
		case l.Name == "*":
			ls.Any = true
			continue
		case l.Optional || strings.Contains(l.Name, "*"):
			one.Presence = Possible
		case len(l.Values) > 0 && !slices.Contains(l.Values, ""):
			one.Presence = Guaranteed
		}
		add(one)
	}
	for k, v := range m.ConstLabels {
		if v != "" {
			add(Label{Name: k, Presence: Guaranteed, Origin: FromConst, Values: []string{v}})
		}
	}
	for _, t := range w.Targets.Certain {
		put(Label{Name: t, Presence: Guaranteed, Origin: FromTarget})
	}
	for _, t := range w.Targets.Possible {
		if !own[t] {
			put(Label{Name: t, Presence: Possible, Origin: FromTarget})
		}
	}
	switch {
	case suffix == "_bucket":
		put(Label{Name: "le", Presence: Guaranteed, Origin: FromBucket, Metric: m, Values: w.bounds(m)})
	case suffix == "" && m.Type == schema.Summary:
		put(Label{Name: "quantile", Presence: Guaranteed, Origin: FromBucket, Metric: m, Values: w.quantiles(m)})
	case m.Type == schema.StateSet:
		put(Label{Name: m.Name, Presence: Declared, Origin: FromMetric, Metric: m})
	}
	slices.SortStableFunc(ls.list, byName)
	ls.list = slices.CompactFunc(ls.list, func(a, b *Label) bool { return a.Name == b.Name })
	return ls
}

// bounds returns the values of le, in every spelling, or nil where they are not known.
func (w *World) bounds(m *schema.Metric) []string {
	if len(m.Buckets) == 0 || slices.Contains(m.Untold, "buckets") {
		return nil
	}
	var list []string
	for _, b := range m.Buckets {
		list = append(list, w.spellings(b)...)
	}
	return append(list, "+Inf")
}

func (w *World) quantiles(m *schema.Metric) []string {
	var list []string
	if slices.Contains(m.Untold, "objectives") {
		return nil
	}
	for _, o := range m.Objectives {
		list = append(list, w.spellings(o.Quantile)...)
	}
	return list
}

// spellings returns how Prometheus may store a number as the value of le or quantile:
// version 3 stores 1.0 where 2.x stores what the exposition says, 1 or 1.0.
// Source: model/labels.FormatOpenMetricsFloat of Prometheus 3.
func (w *World) spellings(v float64) []string {
	short := strconv.FormatFloat(v, 'g', -1, 64)
	long := short
	if !strings.ContainsAny(short, ".eIN") {
		long += ".0"
	}
	if long == short || w.major() >= 3 {
		return []string{long}
	}
	return []string{short, long}
}

// major returns the first number of the oldest version; 0 where none is said.
func (w *World) major() int {
	first, _, _ := strings.Cut(w.Prometheus, ".")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}

// SameNumber reports whether two values of le or quantile are the same number: 1, 1.0
// and 1e0 are.
func SameNumber(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

// number reads a value of le or quantile.
func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// infer is Infer for who holds the lock.
func (w *World) infer(text string, e parser.Expr) *Inferred {
	return inferWith(w, w.find, text, e)
}

// BoundMatcher returns the matcher on le that selects a bucket bound however Prometheus
// spells it, from the oldest version given on: le="0.5", le=~"1|1[.]0".
func BoundMatcher(bound float64, oldest string) string {
	spellings := (&World{Prometheus: oldest}).spellings(bound)
	if len(spellings) == 1 {
		return "le=" + strconv.Quote(spellings[0])
	}
	return "le=~" + strconv.Quote(spellings[0]+"|"+strings.ReplaceAll(spellings[1], ".", "[.]"))
}
