package simulate

import (
	"context"
	"slices"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
)

// scales are what a metric is made more or less by, the nearest first.
var scales = []float64{0.3, 3, 0.1, 10, 0.01, 100, 0, 1000}

// The rules are looked at for an hour before a time and half an hour after it, every calmStep.
// What they look back at is there, but for what is longer ago than calmBack: a month that an
// error budget is of would be simulated anew for every try, and says what its last hours say.
const (
	calmBack   = 6 * time.Hour
	calmBefore = time.Hour
	calmAfter  = 30 * time.Minute
	calmStep   = time.Minute
)

// Calm changes what metrics have so that no alert fires or is pending, one alert after the
// other: it tries other amounts of the metrics that the alert draws on and keeps what helps.
// It returns the names of the alerts for which nothing helped.
func (sim *Simulation) Calm(ctx context.Context, groups []engine.Group, at time.Time) []string {
	recorded := recording(groups)
	var left []string
	for _, name := range sim.upset(ctx, groups, sim.metrics, at) {
		group := groupOf(groups, name, recorded)
		drawn := sim.drawn(group)
		rests := func() bool { return len(sim.upset(ctx, group, drawn, at)) == 0 }
		if !sim.try(drawn, rests) && ctx.Err() == nil {
			left = append(left, name)
		}
	}
	return left
}

// try looks for a change of one metric that makes an alert rest.
func (sim *Simulation) try(drawn []*metric, rests func() bool) bool {
	if rests() {
		return true // a change for another alert helped this one
	}
	for _, m := range drawn {
		m.flip = !m.flip
		if m.kind == "state" && rests() {
			return true
		}
		m.flip = !m.flip
	}
	for _, scale := range scales {
		for _, m := range drawn {
			was := m.scale
			m.scale = scale
			if rests() {
				return true
			}
			m.scale = was
		}
	}
	return false
}

// upset returns the names of the alerts that are pending or firing around a time, in order,
// with only some of the metrics.
func (sim *Simulation) upset(ctx context.Context, groups []engine.Group, metrics []*metric, at time.Time) []string {
	store := &engine.Store{}
	part := &Simulation{opts: sim.opts, metrics: metrics}
	back := 20 * time.Minute
	for _, d := range engine.Reach(groups) {
		back = max(back, min(d, calmBack))
	}
	from, to := at.Add(-calmBefore-back), at.Add(calmAfter)
	for t := from; !t.After(to); t = t.Add(calmStep) {
		if part.Step(store, t) != nil {
			return nil
		}
	}
	out, err := engine.New(store, engine.Options{Evaluation: calmStep}).Run(ctx, groups, from.Add(back), to)
	if err != nil {
		return nil
	}
	var names []string
	for _, line := range out.Timelines {
		if slices.ContainsFunc(line.Changes, func(c engine.Change) bool { return c.State != engine.Inactive }) && !slices.Contains(names, line.Alert) {
			names = append(names, line.Alert)
		}
	}
	return names
}

// recording returns the recording rules of groups.
func recording(groups []engine.Group) []engine.Rule {
	var all []engine.Rule
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				all = append(all, r)
			}
		}
	}
	return all
}

// groupOf returns one group with the alert of a name and every recording rule before it.
func groupOf(groups []engine.Group, name string, recorded []engine.Rule) []engine.Group {
	g := engine.Group{Name: name, Rules: slices.Clone(recorded)}
	for _, from := range groups {
		for _, r := range from.Rules {
			if r.Alert == name {
				g.Rules = append(g.Rules, r)
			}
		}
	}
	return []engine.Group{needed(g)}
}

// needed leaves out the recording rules that nothing in a group asks for.
func needed(g engine.Group) engine.Group {
	want := map[string]bool{}
	for more := true; more; {
		more = false
		for _, r := range g.Rules {
			if r.Alert == "" && !want[r.Record] {
				continue
			}
			for _, name := range query.Names(r.Expr) {
				more = more || !want[name]
				want[name] = true
			}
		}
	}
	g.Rules = slices.DeleteFunc(slices.Clone(g.Rules), func(r engine.Rule) bool { return r.Record != "" && !want[r.Record] })
	return g
}

// drawn returns the metrics that the rules of groups draw on.
func (sim *Simulation) drawn(groups []engine.Group) []*metric {
	names := map[string]bool{}
	for _, g := range groups {
		for _, r := range g.Rules {
			for _, name := range query.Names(r.Expr) {
				names[name] = true
			}
		}
	}
	var list []*metric
	for _, m := range sim.metrics {
		if slices.ContainsFunc(m.series, func(s *series) bool { return names[s.labels["__name__"]] }) {
			list = append(list, m)
		}
	}
	return list
}
