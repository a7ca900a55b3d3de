// Package fault has an example system fail, in one way for each alert.
//
// A fault changes what a scrape of the program gets, and not what the simulation does: a
// counter counts more, or stands still; a gauge stands elsewhere; a histogram observes more.
// The rest of the system goes on as if nothing was, so that what fires is due to the fault.
//
// The faults stand in table.go. It imports no system.
package fault

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// A Fault is a way to fail.
type Fault struct {
	Name    string        // the alert that it is made for
	Also    []string      // the other alerts that fire, since they look at the same
	After   time.Duration // the age of the program at which it begins: some alerts look back
	Lasts   time.Duration // how long it takes until the alert fires, at most; zero: 20m
	Down    bool          // no scrape succeeds
	Effects []Effect
}

// Until returns the age of the program by which the alert fires.
func (f Fault) Until() time.Duration {
	if f.Lasts == 0 {
		return f.After + 20*time.Minute
	}
	return f.After + f.Lasts
}

// An Effect changes the series of one family that have some labels.
type Effect struct {
	name   string
	labels map[string]string
	do     func(m *dto.Metric, was *dto.Metric, seconds float64) // was: as the fault began
}

// series reads NAME{label="value",…}.
func series(text string) Effect {
	name, rest, _ := strings.Cut(strings.TrimSuffix(text, "}"), "{")
	e := Effect{name: name, labels: map[string]string{}}
	for _, pair := range strings.Split(rest, ",") {
		if label, value, ok := strings.Cut(pair, "="); ok {
			e.labels[label] = strings.Trim(value, `"`)
		}
	}
	return e
}

// set has gauges stand at v.
func set(text string, v float64) Effect {
	e := series(text)
	e.do = func(m, _ *dto.Metric, _ float64) { m.Gauge = &dto.Gauge{Value: &v} }
	return e
}

// grow has gauges grow by so many a second.
func grow(text string, by float64) Effect {
	e := series(text)
	e.do = func(m, was *dto.Metric, seconds float64) {
		v := was.GetGauge().GetValue() + by*seconds
		m.Gauge = &dto.Gauge{Value: &v}
	}
	return e
}

// add has counters count so many a second more.
func add(text string, by float64) Effect {
	e := series(text)
	e.do = func(m, _ *dto.Metric, seconds float64) {
		v := m.GetCounter().GetValue() + math.Floor(by*seconds)
		m.Counter = &dto.Counter{Value: &v}
	}
	return e
}

// hold has counters stand still.
func hold(text string) Effect {
	e := series(text)
	e.do = func(m, was *dto.Metric, _ float64) { m.Counter = was.Counter }
	return e
}

// observe has histograms observe v so many times a second more.
func observe(text string, by, v float64) Effect {
	e := series(text)
	e.do = func(m, _ *dto.Metric, seconds float64) {
		n := uint64(by * seconds)
		h := m.GetHistogram()
		count, sum := h.GetSampleCount()+n, h.GetSampleSum()+float64(n)*v
		c := &dto.Histogram{SampleCount: &count, SampleSum: &sum}
		for _, b := range h.GetBucket() {
			below := b.GetCumulativeCount()
			if b.GetUpperBound() >= v {
				below += n
			}
			c.Bucket = append(c.Bucket, &dto.Bucket{CumulativeCount: &below, UpperBound: b.UpperBound})
		}
		m.Histogram = c
	}
	return e
}

// Find returns the fault of a system that has the name, and an error that lists those that
// there are.
func Find(system, name string) (Fault, error) {
	var names []string
	for _, f := range Of[system] {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Fault{}, fmt.Errorf("%s has no fault %q; it has %s", system, name, strings.Join(names, ", "))
}

// A Gatherer is what a scrape of a failing program gets.
type Gatherer struct {
	From  prometheus.Gatherer
	Fault Fault
	Age   func() time.Duration // of the program

	was map[string]*dto.Metric // by family and labels: series as the fault began
}

// Gather returns the families of From with the fault's changes.
func (g *Gatherer) Gather() ([]*dto.MetricFamily, error) {
	families, err := g.From.Gather()
	if err != nil {
		return nil, err
	}
	age := g.Age()
	if age < g.Fault.After {
		return families, nil
	}
	if g.Fault.Down {
		return nil, fmt.Errorf("fault %s", g.Fault.Name)
	}
	return g.Change(families, age), nil
}

// Change returns families with the fault's changes, those that it does not change as they are.
// It is called with ages that do not go back.
func (g *Gatherer) Change(families []*dto.MetricFamily, age time.Duration) []*dto.MetricFamily {
	families = slices.Clone(families)
	for _, e := range g.Fault.Effects {
		for i, f := range families {
			if f.GetName() == e.name {
				families[i] = g.apply(e, f, (age - g.Fault.After).Seconds())
			}
		}
	}
	return families
}

// apply returns a family with one effect. Where no series has the labels, one is added.
func (g *Gatherer) apply(e Effect, f *dto.MetricFamily, seconds float64) *dto.MetricFamily {
	changed := &dto.MetricFamily{Name: f.Name, Help: f.Help, Type: f.Type, Unit: f.Unit}
	hit := false
	for _, m := range f.GetMetric() {
		if e.takes(m) {
			m, hit = g.change(e, m, seconds), true
		}
		changed.Metric = append(changed.Metric, m)
	}
	if !hit {
		m := &dto.Metric{}
		for _, name := range slices.Sorted(maps.Keys(e.labels)) {
			value := e.labels[name]
			m.Label = append(m.Label, &dto.LabelPair{Name: &name, Value: &value})
		}
		changed.Metric = append(changed.Metric, g.change(e, m, seconds))
	}
	return changed
}

func (g *Gatherer) change(e Effect, m *dto.Metric, seconds float64) *dto.Metric {
	key := e.name + fmt.Sprint(m.GetLabel())
	if g.was == nil {
		g.was = map[string]*dto.Metric{}
	}
	if g.was[key] == nil {
		g.was[key] = m
	}
	c := &dto.Metric{Label: m.Label, Counter: m.Counter, Gauge: m.Gauge, Histogram: m.Histogram, Summary: m.Summary, Untyped: m.Untyped}
	e.do(c, g.was[key], seconds)
	return c
}

// takes reports whether a series has the effect's labels.
func (e Effect) takes(m *dto.Metric) bool {
	left := len(e.labels)
	for _, l := range m.GetLabel() {
		if v, ok := e.labels[l.GetName()]; ok {
			if v != l.GetValue() {
				return false
			}
			left--
		}
	}
	return left == 0
}
