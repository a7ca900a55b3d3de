package prove

import (
	"cmp"
	"errors"
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

// fires reports whether the alert fires at any time of a scenario, on the rules themselves.
func (d *deriver) fires(s *scenario) bool {
	out, err := d.run(s, d.rules)
	return err == nil && slices.ContainsFunc(out.Timelines, func(t engine.Timeline) bool { return t.Fired() })
}

// run evaluates rules over a scenario.
func (d *deriver) run(s *scenario, rules []engine.Rule) (*engine.Outcome, error) {
	return d.runWith(s, rules, engine.Options{Evaluation: s.interval})
}

func (d *deriver) runWith(s *scenario, rules []engine.Rule, opts engine.Options) (*engine.Outcome, error) {
	store := &engine.Store{}
	for _, in := range s.input() {
		if err := store.Add(epoch, s.interval, in.Series+" "+in.Values); err != nil {
			return nil, err
		}
	}
	out, err := engine.New(store, opts).Run(d.ctx, []engine.Group{{Name: "g", Rules: rules}}, epoch, epoch.Add(time.Duration(s.end()-1)*s.interval))
	if err != nil {
		return nil, err
	}
	if len(out.Errors) > 0 {
		return out, out.Errors[0]
	}
	return out, nil
}

// otherwise evaluates the alert, and what is recorded for it, in each way in which the result
// must be the same: as Prometheus 2 does, whose ranges take a sample that stands at their
// beginning; and in both, with a value that is a little off.
func (d *deriver) otherwise(s *scenario) ([]*engine.Outcome, error) {
	now := engine.Options{Evaluation: s.interval}
	old := engine.Options{Evaluation: s.interval, Lookback: 5*time.Minute + time.Millisecond}
	var wide []engine.Rule
	rounded := false
	for _, r := range d.rules {
		e, err := query.Parse(r.Expr)
		if err != nil {
			return nil, err
		}
		rounded = r.Alert != "" && computed(e) && !plain.MatchString(words(r))
		widen(e)
		r.Expr = e.String()
		wide = append(wide, r)
	}
	type way struct {
		rules []engine.Rule
		opts  engine.Options
	}
	ways := []way{{wide, old}}
	if rounded {
		const below, above = 1 - 1e-9, 1 + 1e-9
		ways = []way{{off(wide, below), old}, {off(wide, above), old}, {off(d.rules, below), now}, {off(d.rules, above), now}}
	}
	var all []*engine.Outcome
	for _, w := range ways {
		out, err := d.runWith(s, w.rules, w.opts)
		if err != nil {
			return nil, err
		}
		all = append(all, out)
	}
	return all, nil
}

// off returns the rules with an alert whose value is a little off: the last digits of what is
// computed are not the same in every version and on every processor, and so is not what they
// are rounded to.
func off(rules []engine.Rule, by float64) []engine.Rule {
	alert := rules[len(rules)-1]
	alert.Expr = fmt.Sprintf("(%s) * %.10g", alert.Expr, by)
	return append(slices.Clone(rules[:len(rules)-1]), alert)
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
	out   *engine.Outcome
	now   []string // the alerts that fire
	agree []bool   // every way to run it has the same
}

// see runs a scenario in every way.
func (d *deriver) see(s *scenario) (*seen, error) {
	out, err := d.run(s, d.rules)
	others, also := d.otherwise(s)
	if err = errors.Join(err, also); err != nil {
		return nil, err
	}
	one := &seen{scenario: s, out: out, now: timeline(out, s), agree: slices.Repeat([]bool{true}, s.end())}
	for _, other := range others {
		for i, was := range timeline(other, s) {
			one.agree[i] = one.agree[i] && one.now[i] == was
		}
	}
	return one, nil
}

// timeline returns the alerts that fire at each step.
func timeline(out *engine.Outcome, s *scenario) []string {
	now := make([]string, s.end())
	for i := range now {
		now[i] = told(firing(out, epoch.Add(time.Duration(i)*s.interval)))
	}
	return now
}

// fires reports whether the alert fires at a step; where of those at which both ways agree.
func (s *seen) fires(agreed bool) bool {
	for i, now := range s.now {
		if now != "" && (s.agree[i] || !agreed) {
			return true
		}
	}
	return false
}

// portable reports whether an alert fires in a scenario at a step at which both ways to read
// a range say so.
func (d *deriver) portable(s *scenario) bool {
	one, err := d.see(s)
	return err == nil && (one.fires(true) || !one.fires(false))
}

// test adds a test of a scenario, unless there is one of that name or of the same series, and
// reports whether the alert fires in it. Where the two ways to read a range never agree that it
// does, there is none.
func (d *deriver) test(name string, s *scenario) bool {
	one, err := d.see(s)
	if err != nil {
		return false
	}
	d.add(name, one, moments(one.now, one.agree, s.begin(during), s.begin(len(s.steps)-1)))
	return one.fires(false)
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

// told writes alerts, so that they can be compared.
func told(list []ruletest.Alert) string {
	var b strings.Builder
	for _, a := range list {
		b.WriteString(engine.Labels(a.Labels).String() + engine.Labels(a.Annotations).String() + "\n")
	}
	return b.String()
}
