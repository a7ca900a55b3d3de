package prove

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/engine"
)

// This file hands out the scenario in which an alert fires, for others to play.

// A Play is how series behave when an alert fires.
type Play struct {
	Rule   engine.Rule
	Series []Part
	Lasts  time.Duration // how long the cause is there until the alert fires, at most
	Step   time.Duration // between samples: a series that flaps does so with each
}

// A Part is what one series does, or the series of one histogram.
type Part struct {
	Name           string        // of the series; of a histogram without _bucket
	Labels         engine.Labels // without __name__
	Counts         bool          // it is a counter
	Bounds         []float64     // of a histogram: its buckets' upper bounds, without +Inf
	Before, During Behaviour     // before the cause, and while it is there
}

// A Behaviour is how a series moves. The zero value is a gauge at 0, a counter that stands
// still, or a histogram that observes nothing.
type Behaviour struct {
	Absent bool    // it has no samples
	Clock  bool    // a gauge is the time in seconds, less Level
	Level  float64 // of a gauge
	Flaps  bool    // a gauge is at Level and at 0 in turns
	Slope  float64 // a second: of a gauge from Level on, of a counter, of a histogram's observations
	High   int     // of a histogram: the index of the bucket that Part of the observations falls into
	Part   float64 // the rest falls into the lowest
}

// Play looks for a scenario in which the alert of that name fires. The error says that there
// is no such alert, or why nothing was found.
func (p *Prover) Play(ctx context.Context, alert string) (*Play, error) {
	for _, g := range p.groups {
		for _, r := range g.Rules {
			if r.Alert == alert {
				return p.play(ctx, r)
			}
		}
	}
	return nil, fmt.Errorf("no alert is called %q", alert)
}

func (p *Prover) play(ctx context.Context, alert engine.Rule) (*Play, error) {
	s, err := newSubject(p.world, p.recorded, alert)
	if err != nil {
		return nil, fmt.Errorf("alert %s: %w", alert.Alert, err)
	}
	step := p.step(alert)
	if s.reach+alert.For > longest*step {
		return nil, fmt.Errorf("alert %s: it looks back %s, which is too long to play", alert.Alert, model.Duration(s.reach+alert.For))
	}
	f, err := newSearcher(ctx, s, alert, step)
	if err != nil {
		return nil, fmt.Errorf("alert %s: %w", alert.Alert, err)
	}
	found, fires, _ := f.find()
	if !fires && s.twins() {
		f.tried = 0
		found, fires, _ = f.find()
	}
	if !fires {
		return nil, fmt.Errorf("alert %s: none of %d scenarios makes it fire", alert.Alert, f.tried)
	}
	d := &deriver{searcher: f, proof: &Proof{}}
	found = d.simpler(found)
	out := &Play{Rule: alert, Lasts: time.Duration(found.steps[during]) * step, Step: step}
	for i, one := range found.series {
		out.Series = append(out.Series, Part{
			Name: one.name, Labels: engine.Labels(one.labels).Without("__name__"), Counts: one.kind == counter, Bounds: one.bounds,
			Before: found.shapes[i][before].behaviour(), During: found.shapes[i][during].behaviour(),
		})
	}
	return out, nil
}

func (s shape) behaviour() Behaviour {
	return Behaviour{Absent: s.absent || s.stale, Clock: s.clock, Level: s.level, Flaps: s.flaps, Slope: s.slope, High: s.high, Part: s.part}
}

// longest is how many evaluations an alert may look back.
const longest = 2000

// newSearcher returns the searcher of an alert, which finds the same each time, and to which
// every scenario that fires will do.
func newSearcher(ctx context.Context, s *subject, alert engine.Rule, step time.Duration) (*searcher, error) {
	now, also, err := s.waysOf(alert, step)
	if err != nil {
		return nil, err
	}
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(alert.Alert + "\x00" + alert.Expr))
	return &searcher{
		subject: s, ctx: ctx, interval: step, alert: alert, now: now, also: also, most: most,
		rand:  rand.New(rand.NewPCG(seed.Sum64(), 1)),
		takes: func(*scenario) bool { return true },
	}, nil
}
