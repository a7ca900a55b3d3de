package prove

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
)

// This file runs scenarios and chooses at which steps a test looks.

// A way is how a version of Prometheus evaluates an alert and what is recorded for it.
type way struct {
	engine   *engine.Engine // over nothing: see Engine.Over
	recorded []engine.Rule
	alert    engine.Rule
}

// A stage is a scenario's series and what is recorded of them in one way.
type stage struct {
	*engine.Engine
	store *engine.Store
}

// stage returns the stage of a scenario in one way, with what is recorded in so many steps.
func (w *way) stage(ctx context.Context, s *scenario, steps int) (*stage, error) {
	store := &engine.Store{}
	for _, in := range s.input() {
		if err := store.Add(epoch, s.interval, in.Series+" "+in.Values); err != nil {
			return nil, err
		}
	}
	on := &stage{w.engine.Over(store), store}
	if len(w.recorded) == 0 {
		return on, nil
	}
	_, err := on.run(ctx, s.interval, steps, w.recorded...)
	return on, err
}

// run evaluates rules step by step. What fails is the error, beside the outcome.
func (on *stage) run(ctx context.Context, interval time.Duration, steps int, rules ...engine.Rule) (*engine.Outcome, error) {
	out, err := on.Run(ctx, []engine.Group{{Name: "g", Rules: rules}}, epoch, epoch.Add(time.Duration(steps-1)*interval))
	if err != nil {
		return nil, err
	}
	if len(out.Errors) > 0 {
		return out, out.Errors[0]
	}
	return out, nil
}

// play evaluates the alert, or a mutant of it, on a stage of a scenario.
func (f *searcher) play(on *stage, s *scenario, alert engine.Rule) (*engine.Outcome, error) {
	if f.mirrored {
		store := on.store.Clone()
		on = &stage{on.Over(store), store}
	}
	return on.run(f.ctx, s.interval, s.end(), alert)
}

// waysOf returns the way of the pinned Prometheus, and those whose result must be the same: as
// Prometheus 2 does, whose ranges take a sample that stands at their beginning; and in both,
// with a value that is a little off.
func (s *subject) waysOf(alert engine.Rule, interval time.Duration) (*way, []*way, error) {
	opts := engine.Options{Evaluation: interval, NoSeries: !s.mirrored}
	now := &way{engine.New(&engine.Store{}, opts), s.rules[:len(s.rules)-1], alert}
	opts.Lookback = 5*time.Minute + time.Millisecond
	old := &way{engine: engine.New(&engine.Store{}, opts)}
	rounded := false
	for _, r := range s.rules {
		e, err := query.Parse(r.Expr)
		if err != nil {
			return nil, nil, err
		}
		rounded = r.Alert != "" && computed(e) && !plain.MatchString(words(r))
		widen(e)
		r.Expr = e.String()
		old.recorded = append(old.recorded, r)
	}
	last := len(old.recorded) - 1
	old.recorded, old.alert = old.recorded[:last], old.recorded[last]
	if !rounded {
		return now, []*way{old}, nil
	}
	const below, above = 1 - 1e-9, 1 + 1e-9
	return now, []*way{old.off(below), old.off(above), now.off(below), now.off(above)}, nil
}

// off returns the way with an alert whose value is a little off: the last digits of what is
// computed are not the same in every version and on every processor, and so is not what they
// are rounded to.
func (w *way) off(by float64) *way {
	c := *w
	c.alert.Expr = fmt.Sprintf("(%s) * %.10g", w.alert.Expr, by)
	return &c
}

// plain finds what depends on every digit of a value, or on the name, which a product has not.
var plain = regexp.MustCompile(`(\$value|\.Value)\s*}}|__name__`)

// words returns all templates of an alert.
func words(r engine.Rule) string {
	return strings.Join(append(slices.Sorted(maps.Values(r.Labels)), slices.Sorted(maps.Values(r.Annotations))...), "\n")
}

// computed reports whether the value of an expression comes from more than comparisons.
func computed(e parser.Expr) bool {
	some := false
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.Call:
			some = true
		case *parser.BinaryExpr:
			some = some || !n.Op.IsComparisonOperator() && !n.Op.IsSetOperator()
		}
		return nil
	})
	return some
}

// widen makes every range longer by the least that there is.
func widen(e parser.Expr) {
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.MatrixSelector:
			n.Range += time.Millisecond
		case *parser.SubqueryExpr:
			n.Range += time.Millisecond
		}
		return nil
	})
}

// A seen is a scenario with what came of it, step by step.
type seen struct {
	*scenario
	test  *ruletest.Test // nil: none was made
	on    *stage
	out   *engine.Outcome
	now   []string             // the alerts that fire
	agree []bool               // every way to run it has the same; nil: see agreed
	of    map[*Mutant][]string // what fires with a mutant in the alert's place
}

// see runs a scenario.
func (d *deriver) see(s *scenario) (*seen, error) {
	on, err := d.now.stage(d.ctx, s, s.end())
	if err != nil {
		return nil, err
	}
	out, err := d.play(on, s, d.now.alert)
	if err != nil {
		return nil, err
	}
	return &seen{scenario: s, on: on, out: out, now: timeline(out, s), of: map[*Mutant][]string{}}, nil
}

// fires reports whether the alert fires at any time of a scenario.
func (d *deriver) fires(s *scenario) bool {
	one, err := d.see(s)
	return err == nil && one.fires(false)
}

// agreed finds at which steps every way to run a scenario has the same.
func (d *deriver) agreed(one *seen) error {
	if one.agree != nil {
		return nil
	}
	agree := slices.Repeat([]bool{true}, one.end())
	var on *stage
	var with *engine.Engine // that the stage was made with
	for _, w := range d.also {
		var err error
		switch {
		case w.engine == d.now.engine:
			on = one.on
		case w.engine != with:
			if on, err = w.stage(d.ctx, one.scenario, one.end()); err != nil {
				return err
			}
		}
		with = w.engine
		out, err := d.play(on, one.scenario, w.alert)
		if err != nil {
			return err
		}
		for i, was := range timeline(out, one.scenario) {
			agree[i] = agree[i] && one.now[i] == was
		}
	}
	one.agree = agree
	return nil
}

// timeline returns the alerts that fire at each step, as text.
func timeline(out *engine.Outcome, s *scenario) []string {
	now := make([]string, s.end())
	step := func(at time.Time) int { return int(at.Sub(epoch) / s.interval) }
	for _, line := range out.Timelines {
		for i, c := range line.Changes {
			if c.State != engine.Firing {
				continue
			}
			to := len(now)
			if i+1 < len(line.Changes) {
				to = step(line.Changes[i+1].At)
			}
			text := line.Labels.String() + engine.Labels(c.Annotations).String() + "\n"
			for at := step(c.At); at < to; at++ {
				now[at] += text
			}
		}
	}
	return now
}

// fires reports whether the alert fires at a step; where of those at which both ways agree.
func (s *seen) fires(agreed bool) bool {
	for i, now := range s.now {
		if now != "" && (!agreed || s.agree[i]) {
			return true
		}
	}
	return false
}

// portable reports whether an alert fires in a scenario at a step at which both ways to read
// a range say so.
func (d *deriver) portable(s *scenario) bool {
	one, err := d.see(s)
	return err == nil && d.agreed(one) == nil && (one.fires(true) || !one.fires(false))
}

// test adds a test of a scenario, unless there is one of that name or of the same series, and
// reports whether the alert fires in it. The name says what the verb, of which nothing is asked
// where it is empty, does not. Where the two ways to read a range never agree that it fires,
// there is no test.
func (d *deriver) test(verb, name string, s *scenario) bool {
	one, err := d.see(s)
	if err != nil || d.agreed(one) != nil {
		return false
	}
	d.add(cmp.Or(verb, one.verb())+name, one, moments(one.now, one.agree, s.begin(during), s.begin(len(s.steps)-1)))
	return one.fires(false)
}

// verb says whether the alert fires.
func (s *seen) verb() string {
	if s.fires(false) {
		return "fires"
	}
	return "stays quiet"
}

// add adds a test that looks at some steps of a scenario, and reports whether it did.
func (d *deriver) add(name string, one *seen, steps []int) bool {
	t := &ruletest.Test{Name: d.alert.Alert + " " + name + d.when, Interval: one.interval, Start: epoch, Input: one.input()}
	if len(steps) == 0 || slices.ContainsFunc(d.proof.Tests, func(o *ruletest.Test) bool { return o.Name == t.Name || slices.Equal(o.Input, t.Input) }) {
		return false
	}
	one.test = t
	one.look(d.alert.Alert, steps...)
	if one.fires(false) && !slices.ContainsFunc(t.Alerts, func(c ruletest.AlertCase) bool { return len(c.Want) > 0 }) {
		one.test = nil
		return false
	}
	d.made = append(d.made, one)
	d.proof.Tests = append(d.proof.Tests, t)
	return true
}

// look has the test of a scenario look at more steps.
func (s *seen) look(alert string, steps ...int) {
	for _, i := range steps {
		at := time.Duration(i) * s.interval
		s.test.Alerts = append(s.test.Alerts, ruletest.AlertCase{At: at, Alert: alert, Want: firing(s.out, epoch.Add(at))})
	}
	slices.SortFunc(s.test.Alerts, func(a, b ruletest.AlertCase) int { return cmp.Compare(a.At, b.At) })
}

// moments returns the steps at which it is worth to look: around each of the first changes and
// the last, before the cause and while it lasts, at the end; where both ways to read a range
// agree.
func moments(now []string, agree []bool, begin, end int) []int {
	var list []int
	add := func(from, by int) {
		for i := from; i >= 0 && i < len(now) && now[i] == now[from]; i += by {
			if agree[i] {
				list = append(list, i)
				return
			}
		}
	}
	add(max(begin-1, 0), -1)
	add(max(end-1, 0), -1)
	changes := 0
	for i := 1; i < len(now); i++ {
		if now[i] != now[i-1] {
			if changes++; changes <= 4 {
				add(i-1, -1)
				add(i, 1)
			}
		}
	}
	add(len(now)-1, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// firing returns the alerts that fire at a time.
func firing(out *engine.Outcome, at time.Time) []ruletest.Alert {
	var list []ruletest.Alert
	for _, line := range out.Timelines {
		if now := line.At(at); now.State == engine.Firing {
			ls := map[string]string{}
			for k, v := range line.Labels {
				if k != "alertname" {
					ls[k] = v
				}
			}
			list = append(list, ruletest.Alert{Labels: ls, Annotations: now.Annotations})
		}
	}
	return list
}
