package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"
)

// A Group is a rule group. Its rules are evaluated in order.
type Group struct {
	Name     string
	Interval time.Duration // zero: Options.Evaluation. promtool ignores it: leave it zero to do as promtool does
	Offset   time.Duration // query_offset
	Limit    int           // of alerts, or series, of one rule; zero: none
	Rules    []Rule
}

// A Rule is an alert or a recording rule: one of Alert and Record is set.
type Rule struct {
	Alert, Record      string
	Expr               string
	For, KeepFiringFor time.Duration
	Labels             map[string]string
	Annotations        map[string]string
}

// A State is how an alert stands.
type State string

// The states of an alert.
const (
	Inactive State = "inactive"
	Pending  State = "pending"
	Firing   State = "firing"
)

// A Change is a moment at which an alert becomes another: its state, or its
// annotations, whose templates may hold the value.
type Change struct {
	At          time.Time
	State       State
	Value       float64 // of the expression at that time, or the last one before; 0 for a native histogram
	Annotations map[string]string
}

// A Timeline is how one alert with one set of labels stood. It is inactive before its
// first change.
type Timeline struct {
	Group, Alert string
	Labels       Labels // as Alertmanager gets them: alertname is one of them
	Changes      []Change
}

// At returns how the alert stood at a time: the last change that is not later.
func (t *Timeline) At(at time.Time) Change {
	now := Change{At: at, State: Inactive}
	for _, c := range t.Changes {
		if c.At.After(at) {
			break
		}
		now = c
	}
	return now
}

// Fired reports whether the alert was firing at any time.
func (t *Timeline) Fired() bool {
	return slices.ContainsFunc(t.Changes, func(c Change) bool { return c.State == Firing })
}

// A RuleError is an evaluation that failed. The rule keeps its state, as in Prometheus.
type RuleError struct {
	Group, Rule string
	At          time.Time
	Err         error
}

func (e *RuleError) Error() string {
	return fmt.Sprintf("group %s: rule %s at %v: %v", e.Group, e.Rule, e.At.Sub(time.Unix(0, 0)), e.Err)
}

// Unwrap returns Err.
func (e *RuleError) Unwrap() error { return e.Err }

// A Note is what the engine said of a rule beside its result.
type Note struct {
	Group, Rule string
	Severity    string // "warning" or "info"
	Message     string
}

// An Outcome is what a run of rule groups came to.
type Outcome struct {
	Timelines []Timeline   // in the order of groups and rules, then by labels
	Errors    []*RuleError // in order of time
	Notes     []Note       // without repeats, in the order of groups and rules, then by text
}

// Run evaluates the groups at from, every interval of theirs behind it, and not after
// to; at one time in the order given. What rules record, ALERTS and ALERTS_FOR_STATE
// are appended to the store, and a series that is not there any more is marked stale. An
// evaluation that fails is one of the outcome's errors; the error returned is for what
// cannot be run at all, or a context that ended.
func (e *Engine) Run(ctx context.Context, groups []Group, from, to time.Time) (*Outcome, error) {
	rs, err := e.Rules(groups, from)
	if err != nil {
		return nil, err
	}
	if err := rs.Advance(ctx, to); err != nil {
		return nil, err
	}
	return rs.run.outcome(), nil
}

// Rules are rule groups that are evaluated as time goes on.
type Rules struct{ run *run }

// Rules returns the groups, evaluated for the first time at from. An error says which rule
// cannot be read.
func (e *Engine) Rules(groups []Group, from time.Time) (*Rules, error) {
	r := &run{Engine: e, notes: map[Note]bool{}}
	for _, g := range groups {
		if err := r.add(g, from); err != nil {
			return nil, err
		}
	}
	return &Rules{r}, nil
}

// Advance evaluates what is due up to a time, as Run does. The error is for a context that
// ended.
func (rs *Rules) Advance(ctx context.Context, to time.Time) error {
	rs.run.ahead(ctx, to)
	return rs.run.evaluate(ctx, to)
}

// evaluate evaluates each group at its times, up to one.
func (r *run) evaluate(ctx context.Context, to time.Time) error {
	for {
		now := to.Add(1)
		for _, g := range r.groups {
			if g.next.Before(now) {
				now = g.next
			}
		}
		if now.After(to) {
			return nil
		}
		for _, g := range r.groups {
			if !g.next.After(now) {
				if err := r.eval(ctx, g, now); err != nil {
					return err
				}
				g.next = now.Add(cmp.Or(g.Interval, r.opts.Evaluation))
			}
		}
	}
}

// Outcome returns what the rules came to until now.
func (rs *Rules) Outcome() *Outcome { return rs.run.outcome() }

// Forget drops changes of alerts before a time, save the last one of each, and errors.
func (rs *Rules) Forget(before time.Time) {
	for _, g := range rs.run.groups {
		for _, one := range g.rules {
			for key, line := range one.lines {
				n := 0
				for n < len(line.Changes)-1 && line.Changes[n+1].At.Before(before) {
					n++
				}
				line.Changes = slices.Clone(line.Changes[n:])
				if last := line.Changes[len(line.Changes)-1]; last.State == Inactive && last.At.Before(before) {
					delete(one.lines, key)
				}
			}
		}
	}
	rs.run.errs = slices.DeleteFunc(rs.run.errs, func(e *RuleError) bool { return e.At.Before(before) })
}

type run struct {
	*Engine
	groups []*group
	errs   []*RuleError
	notes  map[Note]bool
}

type group struct {
	Group
	rules []*rule
	next  time.Time
}

type rule struct {
	Rule
	name     string
	expr     string // in the parser's own form, which is what Prometheus evaluates
	group    string
	active   map[string]*alert        // by labels
	previous map[string]labels.Labels // series of the last evaluation, to be marked stale
	lines    map[string]*Timeline     // by labels
	ahead    map[int64]promql.Vector  // by milliseconds, what the expression comes to; nil: it is evaluated then
}

// An alert is rules.Alert of Prometheus.
type alert struct {
	state       State
	labels      labels.Labels
	annotations map[string]string
	value       float64
	activeAt    time.Time
	keepSince   time.Time // keep_firing_for began; zero: the expression holds
}

func (r *run) add(g Group, from time.Time) error {
	added := &group{Group: g, next: from}
	for _, one := range g.Rules {
		name := cmp.Or(one.Alert, one.Record)
		if (one.Alert == "") == (one.Record == "") {
			return fmt.Errorf("group %s: rule %q: exactly one of alert and record names a rule", g.Name, name)
		}
		parsed, err := newParser().ParseExpr(one.Expr)
		if err != nil {
			return fmt.Errorf("group %s: rule %s: parse %s: %w", g.Name, name, one.Expr, err)
		}
		added.rules = append(added.rules, &rule{Rule: one, name: name, expr: parsed.String(), group: g.Name,
			active: map[string]*alert{}, previous: map[string]labels.Labels{}, lines: map[string]*Timeline{}})
	}
	r.groups = append(r.groups, added)
	return nil
}

// eval evaluates one group; it is rules.Group.Eval.
func (r *run) eval(ctx context.Context, g *group, now time.Time) error {
	for _, one := range g.rules {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("evaluate group %s: %w", g.Name, context.Cause(ctx))
		}
		result, err := r.evalRule(ctx, g, one, now)
		if err == nil {
			err = r.record(one, result, now.Add(-g.Offset))
		}
		if err != nil {
			r.errs = append(r.errs, &RuleError{g.Name, one.name, now, err})
		}
	}
	return nil
}

// evalRule returns the series that a rule makes.
func (r *run) evalRule(ctx context.Context, g *group, one *rule, now time.Time) (promql.Vector, error) {
	vector, err := r.vectorOf(ctx, g, one, now)
	if err != nil {
		return nil, err
	}
	if one.Alert != "" {
		return r.alerts(ctx, g, one, vector, now)
	}
	b := labels.NewBuilder(labels.EmptyLabels())
	for i := range vector {
		b.Reset(vector[i].Metric)
		b.Set(labels.MetricName, one.Record)
		for name, v := range one.Labels {
			b.Set(name, v)
		}
		vector[i].Metric = b.Labels()
	}
	if vector.ContainsSameLabelset() {
		return nil, errors.New("vector contains metrics with the same labelset after applying rule labels")
	}
	if g.Limit > 0 && len(vector) > g.Limit {
		return nil, fmt.Errorf("exceeded limit of %d with %d series", g.Limit, len(vector))
	}
	return vector, nil
}

// record appends what a rule made and marks stale what it made last time and not now.
func (r *run) record(one *rule, vector promql.Vector, at time.Time) error {
	var failed error
	returned := map[string]labels.Labels{}
	for _, s := range vector {
		if err := r.store.append(s.Metric, sample{s.T, s.F, s.H}); err != nil {
			failed = cmp.Or(failed, err)
			continue
		}
		returned[keyOf(s.Metric)] = s.Metric
	}
	for key, ls := range one.previous {
		if _, again := returned[key]; !again {
			// Another rule may have made it meanwhile; then it is not stale.
			_ = r.store.append(ls, sample{t: timestamp.FromTime(at), f: math.Float64frombits(value.StaleNaN)})
		}
	}
	one.previous = returned
	return failed
}

// alerts is rules.AlertingRule.Eval: it moves the rule's alerts on and returns ALERTS
// and ALERTS_FOR_STATE.
func (r *run) alerts(ctx context.Context, g *group, one *rule, vector promql.Vector, now time.Time) (promql.Vector, error) {
	found, err := r.found(ctx, one, vector, now)
	if err != nil {
		return nil, err
	}
	for key, a := range found {
		if old := one.active[key]; old != nil && old.state != Inactive {
			old.value, old.annotations = a.value, a.annotations
			continue
		}
		one.active[key] = a
	}
	var out promql.Vector
	held := 0
	for _, key := range slices.Sorted(maps.Keys(one.active)) {
		a := one.active[key]
		if a.step(one, found[key] != nil, now) {
			held++
			if r.opts.NoSeries {
				continue
			}
			out = append(out, one.series(a, "ALERTS", 1, now.Add(-g.Offset)), one.series(a, "ALERTS_FOR_STATE", float64(a.activeAt.Unix()), now.Add(-g.Offset)))
		}
	}
	over := g.Limit > 0 && held > g.Limit
	for key, a := range one.active {
		if over {
			a.state = Inactive
		}
		one.log(key, a, now)
		if a.state == Inactive {
			delete(one.active, key)
		}
	}
	if over {
		return nil, fmt.Errorf("exceeded limit of %d with %d alerts", g.Limit, held)
	}
	return out, nil
}

// step moves an alert on and reports whether it is still there. holds says that the
// expression does.
func (a *alert) step(one *rule, holds bool, now time.Time) bool {
	if holds {
		a.keepSince = time.Time{}
	} else {
		if a.state != Firing || one.KeepFiringFor == 0 {
			a.state = Inactive
			return false
		}
		if a.keepSince.IsZero() {
			a.keepSince = now
		}
		if now.Sub(a.keepSince) >= one.KeepFiringFor {
			a.state = Inactive
			return false
		}
	}
	if a.state == Pending && now.Sub(a.activeAt) >= one.For {
		a.state = Firing
	}
	return true
}

// found returns the alerts that the expression's result stands for, by labels.
func (r *run) found(ctx context.Context, one *rule, vector promql.Vector, now time.Time) (map[string]*alert, error) {
	found := map[string]*alert{}
	for _, s := range vector {
		expand := r.expander(ctx, one, s, now)
		b := labels.NewBuilder(s.Metric)
		b.Del(labels.MetricName)
		for _, name := range slices.Sorted(maps.Keys(one.Labels)) {
			b.Set(name, expand(one.Labels[name]))
		}
		b.Set(labels.AlertName, one.Alert)
		a := &alert{state: Pending, labels: b.Labels(), annotations: map[string]string{}, value: s.F, activeAt: now}
		for _, name := range slices.Sorted(maps.Keys(one.Annotations)) {
			a.annotations[name] = expand(one.Annotations[name])
		}
		key := a.labels.String()
		if found[key] != nil {
			return nil, errors.New("vector contains metrics with the same labelset after applying alert labels")
		}
		found[key] = a
	}
	return found, nil
}

// expander returns what expands a label or annotation for one result.
func (r *run) expander(ctx context.Context, one *rule, s promql.Sample, now time.Time) func(string) string {
	query := func(ctx context.Context, q string, at time.Time) (promql.Vector, error) {
		v, _, err := r.vector(ctx, q, at, now)
		return v, err
	}
	external, err := url.Parse(r.opts.ExternalURL)
	if err != nil {
		external = &url.URL{}
	}
	data := template.AlertTemplateData(s.Metric.Map(), r.opts.ExternalLabels, r.opts.ExternalURL, s)
	return func(text string) string {
		if !strings.Contains(text, "{{") {
			return text
		}
		out, err := r.texts.expanded(one.Alert, text, s, func() (string, error) {
			return template.NewTemplateExpander(ctx, templateVariables+text, "__alert_"+one.Alert, data, model.Time(timestamp.FromTime(now)), query, external, nil).Expand()
		})
		if err != nil {
			r.notes[Note{one.group, one.name, "warning", "expand template: " + err.Error()}] = true
			return fmt.Sprintf("<error expanding template: %s>", err)
		}
		return out
	}
}

// series returns the series that Prometheus writes of an alert.
func (one *rule) series(a *alert, name string, v float64, at time.Time) promql.Sample {
	b := labels.NewBuilder(a.labels)
	b.Set(labels.MetricName, name)
	if name == "ALERTS" {
		b.Set("alertstate", string(a.state))
	}
	return promql.Sample{Metric: b.Labels(), T: timestamp.FromTime(at), F: v}
}

// log writes down an alert that changed.
func (one *rule) log(key string, a *alert, now time.Time) {
	line := one.lines[key]
	if line == nil && a.state == Inactive {
		return
	}
	if line == nil {
		line = &Timeline{Group: one.group, Alert: one.Alert, Labels: a.labels.Map()}
		one.lines[key] = line
	}
	c := Change{At: now, State: a.state, Value: a.value}
	if a.state != Inactive {
		c.Annotations = a.annotations
	}
	if n := len(line.Changes); n == 0 || line.Changes[n-1].State != c.State || !maps.Equal(line.Changes[n-1].Annotations, c.Annotations) {
		line.Changes = append(line.Changes, c)
	}
}

// note keeps what the engine said of a rule.
func (r *run) note(one *rule, expr string, res *promql.Result) {
	warnings, infos := said(expr, res)
	for _, w := range warnings {
		r.notes[Note{one.group, one.name, "warning", w}] = true
	}
	for _, i := range infos {
		r.notes[Note{one.group, one.name, "info", i}] = true
	}
}

func (r *run) outcome() *Outcome {
	out := &Outcome{Errors: r.errs}
	for _, g := range r.groups {
		for _, one := range g.rules {
			for _, key := range slices.Sorted(maps.Keys(one.lines)) {
				out.Timelines = append(out.Timelines, *one.lines[key])
			}
		}
	}
	order := map[[2]string]int{}
	for _, g := range r.groups {
		for _, one := range g.rules {
			order[[2]string{g.Name, one.name}] = len(order)
		}
	}
	out.Notes = slices.SortedFunc(maps.Keys(r.notes), func(a, b Note) int {
		return cmp.Or(cmp.Compare(order[[2]string{a.Group, a.Rule}], order[[2]string{b.Group, b.Rule}]), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Message, b.Message))
	})
	return out
}

// Text writes the timelines, one line a change of state, in order of time:
//
//	31m firing DatabaseNotConnected{instance="a"}
//
// with times behind from; an error where a rule fails in that way for the first time;
// then what the engine said.
func (o *Outcome) Text(from time.Time) string {
	lines := o.lines()
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s %s\n", model.Duration(l.at.Sub(from)), l.text)
	}
	for _, n := range o.Notes {
		fmt.Fprintf(&b, "%s %s: %s\n", n.Severity, n.Rule, n.Message)
	}
	return b.String()
}

type line struct {
	at   time.Time
	text string
}

func (o *Outcome) lines() []line {
	var lines []line
	for _, t := range o.Timelines {
		named := maps.Clone(t.Labels)
		delete(named, labels.AlertName)
		named[labels.MetricName] = t.Alert
		was := Inactive
		for _, c := range t.Changes {
			if c.State != was {
				lines = append(lines, line{c.At, fmt.Sprintf("%s %s", c.State, named)})
			}
			was = c.State
		}
	}
	seen := map[string]bool{}
	for _, e := range o.Errors {
		text := fmt.Sprintf("error %s: %v", e.Rule, e.Err)
		if !seen[e.Group+text] {
			lines = append(lines, line{e.At, text})
		}
		seen[e.Group+text] = true
	}
	return lines
}
