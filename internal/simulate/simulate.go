package simulate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// Options say what is simulated.
type Options struct {
	Seed      uint64
	Job       string            // label job; empty: app
	Instances int               // that the program runs as; zero: 2
	Targets   map[string]string // further labels that scraping adds, with their values
	Start     time.Time         // of the program: its counters are 0 then
}

// A Simulation is a program that was never run. It is used by one goroutine at a time.
type Simulation struct {
	opts    Options
	metrics []*metric
	extra   []*series // of a fault, which no metric has
}

// A metric is one that is simulated.
type metric struct {
	*schema.Metric
	kind   plan.Kind
	at     float64       // of [0, 1): where in its range of levels it is
	base   float64       // of a counter and a histogram: a second; of others not used
	scale  float64       // by which it was made more or less, so that no alert fires
	flip   bool          // a state that is the other one
	before time.Duration // how much earlier than others its samples begin
	series []*series
}

// A series is one with its place in a store.
type series struct {
	metric *metric
	labels engine.Labels // with __name__
	share  float64       // of its metric's amount
	wave   wave
	value  func(s *series, t float64) float64 // NaN: no sample
	native func(s *series, t float64) hist    // of a native histogram, instead
	from   float64                            // when a fault begins
	fault  func(s *series, t float64) float64 // instead of value from then on

	ref   *engine.Ref
	store *engine.Store
	stale bool
}

// New returns the simulation of the metrics that are live. Signals say how each behaves. Of
// one whose name is known in part there are two, with names that could be.
func New(s *schema.Schema, signals []plan.Signal, opts Options) *Simulation {
	opts.Job, opts.Instances = cmp.Or(opts.Job, "app"), cmp.Or(opts.Instances, 2)
	sim := &Simulation{opts: opts}
	kinds := kindsOf(signals)
	for _, m := range s.Metrics {
		kind, planned := kinds[m.Name]
		if m.RemovedIn != "" || !planned && m.Live() && m.Certainty != schema.Pattern {
			continue
		}
		for _, m := range named(m) {
			one := &metric{Metric: m, kind: cmp.Or(kind, kindByType[m.Type], plan.Level), at: unit(hash(opts.Seed, m.Name)), scale: 1}
			if one.base = perSecond(m, one.at); m.Type == schema.Histogram {
				one.base = max(one.base, perHistogram*float64(len(combinations(m))))
			}
			sim.metrics = append(sim.metrics, one)
		}
	}
	sim.relate(signals)
	for _, m := range sim.metrics {
		for i := range opts.Instances {
			sim.add(m, i)
		}
	}
	up := &metric{Metric: &schema.Metric{Name: "up", Type: schema.Gauge}, kind: plan.State, scale: 1}
	for i := range opts.Instances {
		sim.put(up, "up", sim.target(i), 1, func(*series, float64) float64 { return 1 })
	}
	sim.metrics = append(sim.metrics, up)
	return sim
}

// perHistogram is how many values a second each histogram observes at least: of fewer a quantile
// over a minute jumps from bucket to bucket.
const perHistogram = 4

// named returns a metric under the names that it may have; none where nothing of its name is
// known.
func named(m *schema.Metric) []*schema.Metric {
	if m.Certainty != schema.Pattern {
		return []*schema.Metric{m}
	}
	var list []*schema.Metric
	if strings.Trim(m.Name, "*_:") != "" {
		for _, part := range []string{"example", "other"} {
			one := *m
			one.Name, one.Certainty = strings.ReplaceAll(m.Name, "*", part), schema.Exact
			list = append(list, &one)
		}
	}
	return list
}

// kindByType is how metrics behave of which no signal speaks: deprecated ones.
var kindByType = map[schema.Type]plan.Kind{
	schema.Counter: plan.Rate, schema.Histogram: plan.Distribution, schema.Summary: plan.Quantiles, schema.Info: plan.Info, schema.StateSet: plan.State,
}

// kindsOf returns how each metric behaves by itself. A ratio of counters is about them, and
// says nothing of how each behaves.
func kindsOf(signals []plan.Signal) map[string]plan.Kind {
	kinds := map[string]plan.Kind{}
	for _, s := range signals {
		for _, m := range s.Metrics {
			switch {
			case m.Type == schema.Counter:
				kinds[m.Name] = plan.Rate
			case kinds[m.Name] == "" || kinds[m.Name] == plan.Ratio:
				kinds[m.Name] = s.Kind
			}
		}
	}
	return kinds
}

// relate makes parts smaller than their wholes.
func (sim *Simulation) relate(signals []plan.Signal) {
	for _, s := range signals {
		if s.Kind != plan.Ratio || len(s.Metrics) != 2 {
			continue
		}
		part, whole := sim.metric(s.Metrics[0].Name), sim.metric(s.Metrics[1].Name)
		switch {
		case part == nil || whole == nil || part.Type != schema.Counter:
		case has(whole.Metric, "miss", "misses"):
			whole.base = part.base * 0.08
		default:
			part.base = min(part.base, whole.base*0.004)
		}
	}
}

func (sim *Simulation) metric(name string) *metric {
	i := slices.IndexFunc(sim.metrics, func(m *metric) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return sim.metrics[i]
}

// target returns the labels of an instance.
func (sim *Simulation) target(instance int) engine.Labels {
	ls := engine.Labels{"job": sim.opts.Job, "instance": fmt.Sprintf("%s-%d:8080", sim.opts.Job, instance)}
	for k, v := range sim.opts.Targets {
		ls[k] = v
	}
	return ls
}

// put adds one series.
func (sim *Simulation) put(m *metric, name string, ls engine.Labels, share float64, value func(*series, float64) float64) *series {
	s := &series{metric: m, labels: ls.With("__name__", name), share: share, value: value}
	s.wave = newWave(hash(sim.opts.Seed, s.labels.Without("__name__", "le", "quantile").String()+m.Name))
	m.series = append(m.series, s)
	return s
}

// add adds the series of a metric on an instance.
func (sim *Simulation) add(m *metric, instance int) {
	for _, c := range combinations(m.Metric) {
		ls := sim.target(instance)
		for k, v := range m.ConstLabels {
			ls[exported(ls, k)] = v
		}
		for k, v := range c.labels {
			ls[exported(ls, k)] = v
		}
		share := c.share * (0.85 + 0.3*unit(hash(sim.opts.Seed, ls.String())))
		switch m.Type {
		case schema.Counter:
			sim.put(m, m.Name, ls, share/float64(sim.opts.Instances), sim.count)
		case schema.Histogram:
			sim.histogram(m, ls, share/float64(sim.opts.Instances))
		case schema.Summary:
			sim.summary(m, ls, share/float64(sim.opts.Instances))
		case schema.StateSet:
			sim.put(m, m.Name, ls, share, stateSet(c.first))
		default:
			sim.put(m, m.Name, ls, share, sim.gauge(m, instance))
		}
	}
}

// exported is what scraping calls a metric's label of a name that the target has.
func exported(target engine.Labels, name string) string {
	if _, taken := target[name]; taken {
		return "exported_" + name
	}
	return name
}

// A combination is one set of a metric's own labels.
type combination struct {
	labels engine.Labels
	share  float64
	first  bool // each label has the first of its values
}

// manySeries is how many series of one metric an instance has at most.
const manySeries = 60

// combinations returns the sets of labels of a metric, and what share of it each has. Of
// labels whose values the source does not show some are left out where there would be too
// many.
func combinations(m *schema.Metric) []combination {
	list := []combination{{engine.Labels{}, 1, true}}
	for i := range m.Labels {
		l := &m.Labels[i]
		if strings.Contains(l.Name, "*") {
			continue
		}
		values := valuesOf(l)
		if most := max(1, manySeries/len(list)); l.Values == nil && len(values) > most {
			values = values[:most]
		}
		total := 0.0
		for place, v := range values {
			total += shareOf(v, place)
		}
		var next []combination
		for _, c := range list {
			for place, v := range values {
				next = append(next, combination{c.labels.With(l.Name, v), c.share * shareOf(v, place) / total, c.first && place == 0})
			}
		}
		list = next
	}
	return list
}

// rate returns what a series counts in a second on average.
func (s *series) rate() float64 { return s.metric.base * s.metric.scale * s.share }

// since returns the seconds since the program's start, which is a little earlier on each
// instance.
func (sim *Simulation) count(s *series, t float64) float64 {
	start := seconds(sim.opts.Start)
	v := s.rate() * (s.wave.integral(t) - s.wave.integral(start))
	if s.metric.Unit == "seconds" {
		return max(0, v)
	}
	return max(0, math.Floor(v))
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// gauge returns how a gauge behaves on an instance.
func (sim *Simulation) gauge(m *metric, instance int) func(*series, float64) float64 {
	start := seconds(sim.opts.Start)
	switch m.kind {
	case plan.Info:
		return func(*series, float64) float64 { return 1 }
	case plan.State:
		return state(instance)
	case plan.Age:
		return func(s *series, t float64) float64 { return s.metric.inUnit(timestamp(s, t, start)) }
	}
	return func(s *series, t float64) float64 {
		g := gaugeOf(s.metric.Metric, s.metric.at)
		v := g.base * s.metric.scale * (1 + g.swing*2*(s.wave.level(t)-1))
		v *= 0.75 + 0.25*min(s.share, 1)
		if g.climbs > 0 {
			v = (g.base + g.climbs*(t-start)) * s.metric.scale // instances agree on a height
		}
		if g.most > 0 {
			v = min(v, g.most)
		}
		if g.whole {
			v = math.Round(v)
		}
		return max(0, v)
	}
}

// inUnit returns a time in the unit of a metric.
func (m *metric) inUnit(seconds float64) float64 {
	switch m.Unit {
	case "milliseconds":
		return math.Floor(seconds * 1e3)
	case "microseconds":
		return math.Floor(seconds * 1e6)
	case "nanoseconds":
		return math.Floor(seconds * 1e9)
	}
	return math.Floor(seconds)
}

// timestamp is the start of the program, a deadline in two months, or the last of something
// that happens every few seconds.
func timestamp(s *series, t, start float64) float64 {
	switch {
	case has(s.metric.Metric, "start", "started", "created", "boot"):
		return start
	case has(s.metric.Metric, "expiry", "expires", "expiration", "deadline", "next", "until", "after"):
		return start + 60*86400
	}
	every := (3 + 12*s.metric.at) * s.metric.scale
	return t - math.Mod(t+every*unit(s.wave.seed), every)
}

// state is 1 where that is good, else 0; one instance leads.
func state(instance int) func(*series, float64) float64 {
	return func(s *series, _ float64) float64 {
		good := !has(s.metric.Metric, calmStates...)
		if has(s.metric.Metric, "leader", "master", "primary") {
			good = instance == 0
		}
		if good != s.metric.flip {
			return 1
		}
		return 0
	}
}

func stateSet(on bool) func(*series, float64) float64 {
	return func(*series, float64) float64 {
		if on {
			return 1
		}
		return 0
	}
}

// Series returns how many series there are.
func (sim *Simulation) Series() int {
	n := len(sim.extra)
	for _, m := range sim.metrics {
		n += len(m.series)
	}
	return n
}

// Step appends a sample of every series. Times ascend.
func (sim *Simulation) Step(store *engine.Store, at time.Time) error {
	return sim.each(func(s *series) error { return s.step(store, at) })
}

// each calls a function for every series, until one fails.
func (sim *Simulation) each(do func(*series) error) error {
	for _, m := range sim.metrics {
		for _, s := range m.series {
			if err := do(s); err != nil {
				return err
			}
		}
	}
	for _, s := range sim.extra {
		if err := do(s); err != nil {
			return err
		}
	}
	return nil
}

// Adopt takes over what Calm has found out for metrics that are as they were.
func (sim *Simulation) Adopt(old *Simulation) {
	for _, m := range sim.metrics {
		if o := old.metric(m.Name); o != nil {
			m.scale, m.flip = o.scale, o.flip
		}
	}
}

// Times say of when samples are made.
type Times struct {
	From, To time.Time
	Every    time.Duration
	Before   map[string]time.Duration // by the name of a series: how long before From it begins
}

// Follow fills a store with samples of a time, as far as an older simulation, which may be
// nil, has not put the same there: series that are as they were keep their samples, others
// go.
func (sim *Simulation) Follow(old *Simulation, store *engine.Store, when Times) error {
	for _, m := range sim.metrics {
		for _, s := range m.series {
			m.before = max(m.before, when.Before[s.labels["__name__"]])
		}
	}
	had := map[string]bool{}
	if old != nil {
		for _, m := range old.metrics {
			if n := sim.metric(m.Name); n != nil && n.same(m) {
				had[m.Name] = true
				continue
			}
			for _, s := range m.series {
				store.Drop(s.labels["__name__"])
			}
		}
		for _, s := range old.extra {
			store.Drop(s.labels["__name__"])
		}
	}
	part := &Simulation{opts: sim.opts, extra: sim.extra}
	for _, m := range sim.metrics {
		if !had[m.Name] {
			part.metrics = append(part.metrics, m)
		}
	}
	for at := when.From.Add(-when.longest()); !at.After(when.To); at = at.Add(when.Every) {
		if err := part.each(func(s *series) error {
			if when.From.Sub(at) > when.Before[s.labels["__name__"]] {
				return nil
			}
			return s.step(store, at)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (t Times) longest() time.Duration {
	var d time.Duration
	for _, one := range t.Before {
		d = max(d, one)
	}
	return d
}

// same reports whether two metrics have the same samples.
func (m *metric) same(o *metric) bool {
	if m.kind != o.kind || m.base != o.base || m.scale != o.scale || m.flip != o.flip || m.before != o.before || len(m.series) != len(o.series) || !slices.Equal(m.Buckets, o.Buckets) || m.Unit != o.Unit {
		return false
	}
	for i, s := range m.series {
		if p := o.series[i]; s.fault != nil || p.fault != nil || s.labels.String() != p.labels.String() || s.share != p.share {
			return false
		}
	}
	return true
}

func (s *series) step(store *engine.Store, at time.Time) error {
	if s.store != store {
		s.store, s.ref, s.stale = store, store.Ref(s.labels), true
	}
	t := seconds(at)
	v := math.NaN()
	switch {
	case s.fault != nil && t >= s.from:
		v = s.fault(s, t)
	case s.native != nil:
		s.stale = false
		return s.ref.AppendHistogram(at, s.native(s, t).float())
	case s.value != nil:
		v = s.value(s, t)
	}
	if math.IsNaN(v) {
		if s.stale {
			return nil
		}
		s.stale = true
		return s.ref.AppendStale(at)
	}
	s.stale = false
	return s.ref.Append(at, v)
}

// text writes a number as the text format does.
func text(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
