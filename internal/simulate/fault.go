package simulate

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/prove"
)

// A way is how the scenario of an alert is played among the other series.
type way struct {
	factor float64 // by which counters and histograms that do something else than before go faster
	alone  bool    // other series of the same metrics end
	before bool    // what the scenario has before the cause is played, too, for as long
}

var ways = []way{{factor: 1}, {factor: 10}, {factor: 100}, {factor: 1000}, {factor: 1, alone: true}, {factor: 1, before: true}, {factor: 1, alone: true, before: true}}

// Fault has an alert fire at a time: the series of a scenario do what makes it, from the time
// on that it returns. It chooses the mildest way in which the alert really fires, on the rules
// themselves. The error says that there is none.
func (sim *Simulation) Fault(ctx context.Context, play *prove.Play, groups []engine.Group, at time.Time) (time.Time, error) {
	group := groupOf(groups, play.Rule.Alert, recording(groups))
	for _, w := range ways {
		early := at.Add(-play.Lasts - 5*play.Step)
		first, fires := sim.fires(ctx, play, group, w, early, at)
		if fires {
			return early, nil
		}
		if first.IsZero() {
			continue
		}
		for _, since := range []time.Duration{5 * time.Minute, 2 * time.Minute, play.Step} { // it has ended before: let it begin later
			from := early.Add(at.Sub(first) - since)
			if _, fires := sim.fires(ctx, play, group, w, from, at); fires {
				return from, nil
			}
		}
	}
	sim.unstage()
	return at, fmt.Errorf("alert %s: its scenario does not make it fire among the other series", play.Rule.Alert)
}

// unstage ends a fault.
func (sim *Simulation) unstage() {
	sim.extra = nil
	for _, m := range sim.metrics {
		for _, s := range m.series {
			s.fault = nil
		}
	}
}

// stage has the series of a scenario behave as it says.
func (sim *Simulation) stage(play *prove.Play, w way, from time.Time) {
	sim.unstage()
	var instances []string
	played := map[string]bool{}
	for _, part := range play.Series {
		if i := part.Labels["instance"]; i != "" && !slices.Contains(instances, i) {
			instances = append(instances, i)
		}
		played[part.Name] = true
	}
	absent := func(*series, float64) float64 { return math.NaN() }
	begin := from
	if w.before {
		begin = from.Add(-play.Lasts)
	}
	for _, m := range sim.metrics {
		for _, s := range m.series {
			if w.alone && (played[s.labels["__name__"]] || played[m.Name]) {
				s.from, s.fault = seconds(begin), absent
			}
		}
	}
	for _, part := range play.Series {
		if part.Before == part.During && !w.alone && !w.before {
			continue
		}
		labels := sim.here(part.Labels, max(0, slices.Index(instances, part.Labels["instance"])))
		for _, s := range sim.partOf(part, labels) {
			s.from, s.fault = seconds(begin), behave(part, w, play.Step.Seconds(), seconds(from))
		}
	}
}

// here returns the labels of a scenario's series on one of the simulated instances.
func (sim *Simulation) here(ls engine.Labels, instance int) engine.Labels {
	c := maps.Clone(sim.target(instance % sim.opts.Instances))
	for k, v := range ls {
		if k != "instance" && (k != "job" || sim.opts.Job == "app") {
			c[k] = v
		}
	}
	return c
}

// partOf returns the series that play a part: the first set of labels that agrees with the
// part's; where there is none, new series.
func (sim *Simulation) partOf(part prove.Part, ls engine.Labels) []*series {
	own := ls.Without("job")
	var found []*series
	var chosen string
	for _, m := range sim.metrics {
		for _, s := range m.series {
			name := s.labels["__name__"]
			if name != part.Name && (part.Bounds == nil || m.Name != part.Name || !strings.HasPrefix(name, part.Name+"_")) {
				continue
			}
			set := s.labels.Without("__name__", "le").String()
			if agrees(s.labels, own) && (chosen == "" || chosen == set) {
				chosen, found = set, append(found, s)
			}
		}
	}
	if found != nil {
		return found
	}
	m := sim.metric(part.Name)
	if m == nil {
		m = sim.metrics[0] // whose it is does not matter to a series of a fault
	}
	add := func(name string, ls engine.Labels) {
		s := &series{metric: m, labels: ls.With("__name__", name)}
		sim.extra = append(sim.extra, s)
		found = append(found, s)
	}
	if part.Bounds == nil {
		add(part.Name, ls)
		return found
	}
	for _, bound := range part.Bounds {
		add(part.Name+"_bucket", ls.With("le", text(bound)))
	}
	add(part.Name+"_bucket", ls.With("le", "+Inf"))
	add(part.Name+"_count", ls)
	add(part.Name+"_sum", ls)
	return found
}

// agrees reports whether a series has labels.
func agrees(have, want engine.Labels) bool {
	for k, v := range want {
		if have[k] != v {
			return false
		}
	}
	return true
}

// behave returns the values of a series that plays a part, whose cause begins at a time.
func behave(part prove.Part, w way, step, cause float64) func(*series, float64) float64 {
	during := part.During
	if part.Before != part.During && (part.Counts || part.Bounds != nil) {
		during.Slope *= w.factor
	}
	return func(s *series, t float64) float64 {
		at := 0.0
		if s.value != nil {
			at = s.value(s, s.from)
		}
		if t < cause {
			return move(part, part.Before, s, at, t, t-s.from, step)
		}
		if s.from < cause && (part.Counts || part.Bounds != nil) && !part.Before.Absent {
			at = move(part, part.Before, s, at, cause, cause-s.from, step)
		}
		return move(part, during, s, at, t, t-cause, step)
	}
}

// move returns the value of a series that was at a value so many seconds ago.
func move(part prove.Part, do prove.Behaviour, s *series, at, t, since, step float64) float64 {
	switch name := s.labels["__name__"]; {
	case do.Absent:
		return math.NaN()
	case part.Bounds != nil && strings.HasSuffix(name, "_bucket"):
		share := 1.0
		if bucketOf(part.Bounds, s.labels["le"]) < do.High {
			share = 1 - do.Part
		}
		return math.Floor(at + do.Slope*share*since)
	case part.Bounds != nil && strings.HasSuffix(name, "_sum"):
		return at + do.Slope*since*(do.Part*middle(part.Bounds, do.High)+(1-do.Part)*middle(part.Bounds, 0))
	case part.Bounds != nil || part.Counts:
		return math.Floor(at + do.Slope*since)
	case do.Clock:
		return t - do.Level
	case do.Flaps:
		return do.Level * float64(int(since/step)%2)
	}
	return do.Level + do.Slope*since
}

// bucketOf returns the index of the bucket with a bound.
func bucketOf(bounds []float64, le string) int {
	for i, b := range bounds {
		if text(b) == le {
			return i
		}
	}
	return len(bounds)
}

// middle returns a value that falls into a bucket.
func middle(bounds []float64, i int) float64 {
	switch {
	case i == 0:
		return bounds[0] / 2
	case i >= len(bounds):
		return bounds[len(bounds)-1] * 2
	}
	return (bounds[i-1] + bounds[i]) / 2
}

// fires plays a scenario from a time on, and returns when the alert first fires, zero if never,
// and whether it does at a time.
func (sim *Simulation) fires(ctx context.Context, play *prove.Play, group []engine.Group, w way, from, at time.Time) (first time.Time, fires bool) {
	sim.stage(play, w, from)
	store := &engine.Store{}
	part := &Simulation{opts: sim.opts, metrics: sim.drawn(group), extra: sim.extra}
	begin := at.Add(-play.Lasts*5/2 - 5*play.Step)
	for t := begin; !t.After(at); t = t.Add(play.Step) {
		if part.Step(store, t) != nil {
			return first, false
		}
	}
	out, err := engine.New(store, engine.Options{Evaluation: play.Step}).Run(ctx, group, begin, at)
	if err != nil {
		return first, false
	}
	for _, line := range out.Timelines {
		for _, c := range line.Changes {
			if c.State == engine.Firing && (first.IsZero() || c.At.Before(first)) {
				first = c.At
			}
		}
		fires = fires || line.At(at).State == engine.Firing
	}
	return first, fires
}
