package preview

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/simulate"
	"github.com/dashgen/dashgen/internal/view"
)

// This file feeds simulated values.

// SimulateOptions say what is simulated.
type SimulateOptions struct {
	Seed  uint64
	Fault string        // the name of an alert that fires; empty: none does
	Every time.Duration // between values; zero: 5s
	Still bool          // there are no values after the first moment, and rules are evaluated before Show returns
	Now   func() time.Time
}

// kept is how long simulated and scraped values are kept.
const kept = time.Hour

// before is how much earlier than what is kept simulated values begin, for what looks back.
const before = 10 * time.Minute

// longest is how much more than that at most: a month, which an error budget is of, takes
// minutes to evaluate, and says of steady values what some hours do.
const longest = 6 * time.Hour

// Simulate returns a feed of simulated values: an hour of them from the first moment on, and
// a new one of each series again and again.
func Simulate(opts SimulateOptions) Feed {
	if opts.Every == 0 {
		opts.Every = 5 * time.Second
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	f := &simulated{opts: opts, began: opts.Now().Truncate(opts.Every)}
	f.now = f.began
	f.store = &engine.Store{}
	f.Engine = engine.New(f.store, engine.Options{})
	return f
}

type simulated struct {
	*engine.Engine
	opts  SimulateOptions
	began time.Time
	store *engine.Store

	mu    sync.Mutex // of what follows, and of steps
	now   time.Time
	sims  []*simulate.Simulation
	rules *engine.Rules
	more  map[string]time.Duration // by which series are kept for longer
	said  []string
	stop  context.CancelFunc
}

// Show simulates programs. What of them was simulated before goes on as it did.
func (f *simulated) Show(ctx context.Context, programs []Program) error {
	sims, groups, said, err := f.simulations(ctx, programs)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stop != nil {
		f.stop()
	}
	from, more := f.now.Add(-kept-before), longer(programs, groups, kept+before)
	for i, sim := range sims {
		var old *simulate.Simulation
		if i < len(f.sims) {
			old = f.sims[i]
		}
		if err := sim.Follow(old, f.store, simulate.Times{From: from, To: f.now, Every: f.opts.Every, Before: more}); err != nil {
			return fmt.Errorf("simulate %s: %w", programs[i].Config.Name, err)
		}
	}
	f.store.Drop("ALERTS")
	f.store.Drop("ALERTS_FOR_STATE")
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				f.store.Drop(r.Record)
			}
		}
	}
	rules, err := engine.New(f.store, engine.Options{Evaluation: time.Minute}).Rules(groups, from.Add(-earliest(groups, more)).Truncate(time.Minute).Add(time.Minute))
	if err != nil {
		return err
	}
	f.sims, f.rules, f.more, f.said = sims, rules, more, said
	if f.opts.Still {
		return rules.Advance(ctx, f.now)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	f.stop = stop
	go f.run(running, rules, f.now)
	return nil
}

// simulations returns one simulation a program, and the rules of all of them.
func (f *simulated) simulations(ctx context.Context, programs []Program) (sims []*simulate.Simulation, groups []engine.Group, said []string, err error) {
	found := f.opts.Fault == ""
	for i := range programs {
		p := &programs[i]
		targets := map[string]string{}
		for _, name := range p.Config.TargetLabels {
			if name != "job" && name != "instance" {
				targets[name] = name + "-1"
			}
		}
		sim := simulate.New(p.Schema, p.Signals, simulate.Options{Seed: f.opts.Seed, Job: jobOf(p), Targets: targets, Start: f.began.Add(-50 * time.Hour)})
		own := p.Rules()
		if i < len(f.sims) {
			sim.Adopt(f.sims[i])
		}
		for _, name := range sim.Calm(ctx, own, f.began) {
			said = append(said, name+" fires by itself: nothing that was tried keeps it quiet")
		}
		if f.opts.Fault != "" && hasAlert(own, f.opts.Fault) {
			found = true
			play, err := prove.New(plan.World(p.Schema, p.Groups, p.Config), own).Play(ctx, f.opts.Fault)
			if err != nil {
				return nil, nil, nil, err
			}
			since, err := sim.Fault(ctx, play, own, f.began)
			if err != nil {
				return nil, nil, nil, err
			}
			said = append(said, fmt.Sprintf("The scenario that makes %s fire is played since %s.", f.opts.Fault, since.Format(time.TimeOnly)))
		}
		sims, groups = append(sims, sim), append(groups, own...)
	}
	if !found {
		return nil, nil, nil, fmt.Errorf("no alert is called %q", f.opts.Fault)
	}
	return sims, groups, said, ctx.Err()
}

// longer returns by how much more than d series are to be kept, up to longest: for rules that
// look back at them, and for boards that do so from the earliest time that they show.
func longer(programs []Program, groups []engine.Group, d time.Duration) map[string]time.Duration {
	more := engine.Beyond(groups, d)
	for i := range programs {
		for b := range programs[i].Boards {
			board := &programs[i].Boards[b]
			for _, row := range board.Rows {
				for k := range row.Panels {
					lookBack(board, &row.Panels[k], d, more)
				}
			}
		}
	}
	for name, back := range more {
		more[name] = min(back, longest)
	}
	return more
}

// lookBack adds what the queries of a panel look back at.
func lookBack(b *plan.Board, p *plan.Panel, d time.Duration, more map[string]time.Duration) {
	req := view.Request{From: time.Unix(0, 0), To: time.Unix(0, 0).Add(kept), Scrape: time.Second}
	for _, q := range p.Queries {
		for name, back := range query.Reach(view.Fill(q.Expr, b, &req)) {
			if !q.Instant {
				back += kept
			}
			if back -= d; back > before {
				more[name] = max(more[name], back)
			}
		}
	}
}

// earliest returns how much earlier than series that are not kept for longer rules have to be
// evaluated: what they record may be looked back at, and alerts may have to hold for as long.
func earliest(groups []engine.Group, more map[string]time.Duration) time.Duration {
	var d time.Duration
	for _, g := range groups {
		for _, r := range g.Rules {
			d = max(d, more[r.Record], min(r.For-kept, longest))
		}
	}
	return d
}

func hasAlert(groups []engine.Group, name string) bool {
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert == name {
				return true
			}
		}
	}
	return false
}

// run evaluates the rules over what there is, then makes new values for as long as it may.
func (f *simulated) run(ctx context.Context, rules *engine.Rules, until time.Time) {
	if rules.Advance(ctx, until) != nil {
		return
	}
	tick := time.NewTicker(f.opts.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !f.advance(ctx, rules) {
			return
		}
	}
}

// advance makes the values that are due, and reports whether to go on.
func (f *simulated) advance(ctx context.Context, rules *engine.Rules) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for due := f.opts.Now(); !f.now.Add(f.opts.Every).After(due); {
		if ctx.Err() != nil {
			return false
		}
		if next := f.now.Add(f.opts.Every); due.Sub(next) > kept { // the machine slept
			f.now = due.Add(-kept).Truncate(f.opts.Every)
		}
		f.now = f.now.Add(f.opts.Every)
		for _, sim := range f.sims {
			if err := sim.Step(f.store, f.now); err != nil {
				f.said = []string{"The simulation has stopped: " + err.Error()}
				return false
			}
		}
		if f.now.Second() == 0 {
			f.store.Expire(f.now.Add(-kept-before), f.more)
			rules.Forget(f.now.Add(-kept))
		}
	}
	return rules.Advance(ctx, f.now) == nil
}

func (f *simulated) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *simulated) Trouble() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.said
}

func (f *simulated) Scrape() time.Duration { return f.opts.Every }
func (f *simulated) Keeps() time.Duration  { return kept }
func (f *simulated) Began() time.Time      { return time.Time{} }
func (f *simulated) About() string {
	return "Simulated values: each metric moves as its kind does, with the labels that the source shows."
}
