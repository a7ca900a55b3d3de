package ruletest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// A Failure is one thing that did not come out as a test says.
type Failure struct {
	Pos     schema.Pos
	Message string
	Lines   []string // what is missing, what was not expected, and how it came to that
}

// A Result is how one test came out.
type Result struct {
	File     string
	Test     *Test
	Failures []Failure // none: it passed
	Took     time.Duration
	Outcome  *engine.Outcome // nil where the rules could not be run
}

// Name returns the test's name, or its place in the file.
func (r *Result) Name() string {
	return cmp.Or(r.Test.Name, fmt.Sprintf("line %d", r.Test.Pos.Line))
}

// Groups reads the rule files that f names, in their order. A pattern that matches no file
// is a finding, a warning as in promtool.
func (f *File) Groups() ([]engine.Group, []schema.Finding, error) {
	var groups []engine.Group
	var findings []schema.Finding
	for _, p := range f.RuleFiles {
		glob := filepath.FromSlash(p.Glob)
		if !filepath.IsAbs(glob) {
			glob = filepath.Join(filepath.Dir(f.Name), glob)
		}
		names, err := filepath.Glob(glob)
		if err != nil || len(names) == 0 {
			findings = append(findings, schema.Finding{Pos: p.Pos, Check: "rule-test", Severity: schema.Warning, Message: fmt.Sprintf("no rule file is called %s", p.Glob)})
		}
		for _, name := range names {
			data, err := input.ReadFile(name)
			if err != nil {
				return nil, nil, fmt.Errorf("read rules: %w", err)
			}
			rules, found := input.ParseRules(filepath.ToSlash(name), data)
			findings = append(findings, found...)
			if rules != nil {
				groups = append(groups, Groups(rules.Groups)...)
			}
		}
	}
	return groups, findings, nil
}

// Unknown returns a warning for each test of an alert that none of the groups has: promtool
// takes it for one that does not fire.
func (f *File) Unknown(groups []engine.Group) []schema.Finding {
	var names []string
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert != "" {
				names = append(names, r.Alert)
			}
		}
	}
	var findings []schema.Finding
	for _, t := range f.Tests {
		for _, c := range t.Alerts {
			if c.Alert == "" || slices.Contains(names, c.Alert) {
				continue
			}
			one := schema.Finding{Pos: c.Pos, Check: "rule-test", Severity: schema.Warning, Message: fmt.Sprintf("no rule file has an alert %s", c.Alert)}
			if near := source.Nearest(c.Alert, names); near != "" {
				one.Hint = fmt.Sprintf("did you mean %q?", near)
			}
			findings = append(findings, one)
		}
	}
	return findings
}

// Groups returns rule groups as the engine takes them, without their own intervals, which
// promtool does not look at.
func Groups(list []config.Group) []engine.Group {
	var all []engine.Group
	for _, g := range list {
		one := engine.Group{Name: g.Name}
		for _, u := range g.Rules {
			labels := maps.Clone(g.Labels)
			if labels == nil {
				labels = map[string]string{}
			}
			maps.Copy(labels, u.Labels)
			one.Rules = append(one.Rules, engine.Rule{Alert: u.Alert, Record: u.Record, Expr: u.Expr, For: u.For,
				KeepFiringFor: u.KeepFiringFor, Labels: labels, Annotations: u.Annotations})
		}
		all = append(all, one)
	}
	return all
}

// Run runs the tests of a file, several at a time, and returns their results in the file's
// order.
func (f *File) Run(ctx context.Context, groups []engine.Group) []*Result {
	groups = f.ordered(groups)
	results := make([]*Result, len(f.Tests))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, t := range f.Tests {
		wg.Add(1)
		go func() {
			defer wg.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			began := time.Now()
			results[i] = &Result{File: f.Name, Test: t}
			results[i].run(ctx, f, groups)
			results[i].Took = time.Since(began)
		}()
	}
	wg.Wait()
	return results
}

// ordered returns the groups in the order of group_eval_order. As in promtool, a group that
// is not in it stands beside the first.
func (f *File) ordered(groups []engine.Group) []engine.Group {
	sorted := slices.Clone(groups)
	at := func(g engine.Group) int { return max(0, slices.Index(f.Order, g.Name)) }
	slices.SortStableFunc(sorted, func(a, b engine.Group) int { return cmp.Compare(at(a), at(b)) })
	return sorted
}

func (r *Result) fail(pos schema.Pos, lines []string, format string, args ...any) {
	r.Failures = append(r.Failures, Failure{pos, fmt.Sprintf(format, args...), lines})
}

func (r *Result) run(ctx context.Context, f *File, groups []engine.Group) {
	t := r.Test
	if t.end()/f.Evaluation > mostSteps {
		r.fail(t.Pos, nil, "to evaluate every %s until %s is more than %d times", model.Duration(f.Evaluation), model.Duration(t.end()), mostSteps)
		return
	}
	last := t.Start.Add(t.end().Truncate(f.Evaluation))
	store := &engine.Store{}
	for _, in := range t.Input {
		if err := store.Add(t.Start, t.Interval, in.Series+" "+in.Values); err != nil {
			r.fail(in.Pos, nil, "%v", err)
		}
	}
	if len(r.Failures) > 0 {
		return
	}
	store.Truncate(last) // promtool adds no samples behind the last evaluation
	e := engine.New(store, engine.Options{Evaluation: f.Evaluation, ExternalLabels: t.ExternalLabels, ExternalURL: t.ExternalURL})
	out, err := e.Run(ctx, groups, t.Start, last)
	if err != nil {
		r.fail(t.Pos, nil, "%v", err)
		return
	}
	r.Outcome = out
	for _, failed := range out.Errors {
		r.fail(t.Pos, nil, "%v", failed)
	}
	if len(out.Errors) > 0 {
		return
	}
	for _, c := range t.Alerts {
		r.alert(c)
	}
	for _, c := range t.Exprs {
		r.expr(ctx, e, c, f.Fuzzy)
	}
}

// end returns the time of the last case.
func (t *Test) end() (end time.Duration) {
	for _, c := range t.Alerts {
		end = max(end, c.At)
	}
	for _, c := range t.Exprs {
		end = max(end, c.At)
	}
	return end
}

// alert compares the alerts that fire with those that are to.
func (r *Result) alert(c AlertCase) {
	var got []Alert
	var history []string
	for _, line := range r.Outcome.Timelines {
		if line.Alert != c.Alert {
			continue
		}
		now := line.At(r.Test.Start.Add(c.At))
		if now.State == engine.Firing {
			got = append(got, Alert{without(line.Labels, model.AlertNameLabel), now.Annotations})
		}
		history = append(history, changes(line, r.Test.Start))
	}
	want := make([]Alert, len(c.Want))
	for i, a := range c.Want {
		want[i] = Alert{without(a.Labels, model.AlertNameLabel), a.Annotations}
	}
	missing, unexpected := apart(want, got, func(a, b Alert) bool {
		return maps.Equal(a.Labels, b.Labels) && maps.Equal(a.Annotations, b.Annotations)
	})
	if len(missing)+len(unexpected) == 0 {
		return
	}
	lines := slices.Concat(differences(missing, unexpected), history)
	if history == nil {
		lines = append(lines, "it was inactive all the time")
	}
	r.fail(c.Pos, lines, "alert %s at %s: %s fire, not %s", c.Alert, model.Duration(c.At), count(len(got)), count(len(c.Want)))
	if len(got) == len(c.Want) {
		r.Failures[len(r.Failures)-1].Message = fmt.Sprintf("alert %s at %s: what fires has other labels or annotations", c.Alert, model.Duration(c.At))
	}
}

func count(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n)
}

// differences tells missing alerts and unexpected ones; where one of each has the same
// labels, only what of their annotations differs.
func differences(missing, unexpected []Alert) []string {
	var lines []string
	for _, m := range missing {
		i := slices.IndexFunc(unexpected, func(u Alert) bool { return maps.Equal(m.Labels, u.Labels) })
		if i < 0 {
			lines = append(lines, "missing:    "+describe(m))
			continue
		}
		u := unexpected[i]
		unexpected = slices.Delete(slices.Clone(unexpected), i, i+1)
		lines = append(lines, "differs:    "+engine.Labels(m.Labels).String())
		for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(sortedKeys(m.Annotations), sortedKeys(u.Annotations))))) {
			if m.Annotations[name] != u.Annotations[name] {
				lines = append(lines, fmt.Sprintf("  annotation %s is %q, not %q", name, u.Annotations[name], m.Annotations[name]))
			}
		}
	}
	for _, u := range unexpected {
		lines = append(lines, "unexpected: "+describe(u))
	}
	return lines
}

func describe(a Alert) string {
	text := engine.Labels(a.Labels).String()
	for _, name := range sortedKeys(a.Annotations) {
		text += fmt.Sprintf(" %s=%q", name, a.Annotations[name])
	}
	return text
}

// changes tells when an alert changed its state.
func changes(line engine.Timeline, start time.Time) string {
	var list []string
	was := engine.Inactive
	for _, c := range line.Changes {
		if c.State != was {
			list = append(list, fmt.Sprintf("%s %s", model.Duration(c.At.Sub(start)), c.State))
		}
		was = c.State
	}
	return fmt.Sprintf("timeline:   %s: %s", engine.Labels(without(line.Labels, model.AlertNameLabel)), strings.Join(list, ", "))
}

// apart returns what of two lists, in any order, is in one of them only.
func apart[T any](want, got []T, equal func(a, b T) bool) (missing, unexpected []T) {
	unexpected = slices.Clone(got)
	for _, w := range want {
		i := slices.IndexFunc(unexpected, func(g T) bool { return equal(w, g) })
		if i < 0 {
			missing = append(missing, w)
			continue
		}
		unexpected = slices.Delete(unexpected, i, i+1)
	}
	return missing, unexpected
}

// A value is one series of an expression's value.
type value struct {
	labels    string
	number    float64
	histogram string
}

func (v value) String() string {
	if v.histogram != "" {
		return v.labels + " " + v.histogram
	}
	return v.labels + " " + strconv.FormatFloat(v.number, 'g', -1, 64)
}

// expr compares an expression's value with what it is to be.
func (r *Result) expr(ctx context.Context, e *engine.Engine, c ExprCase, fuzzy bool) {
	res, err := e.Instant(ctx, c.Expr, r.Test.Start.Add(c.At))
	if err != nil {
		r.fail(c.Pos, nil, "expression at %s: %v", model.Duration(c.At), err)
		return
	}
	var got []value
	for _, s := range res.Series {
		p := s.Points[len(s.Points)-1]
		got = append(got, value{s.Labels.String(), p.Value, p.Histogram})
	}
	var want []value
	for _, s := range c.Want {
		v, err := s.value()
		if err != nil {
			r.fail(s.Pos, nil, "%v", err)
			return
		}
		want = append(want, v)
	}
	missing, unexpected := apart(want, got, func(a, b value) bool {
		return a.labels == b.labels && a.histogram == b.histogram && (a.histogram != "" || a.number == b.number || fuzzy && near(a.number, b.number))
	})
	if len(missing)+len(unexpected) == 0 {
		return
	}
	var lines []string
	for _, v := range missing {
		lines = append(lines, "missing:    "+v.String())
	}
	for _, v := range unexpected {
		lines = append(lines, "unexpected: "+v.String())
	}
	r.fail(c.Pos, slices.Concat(lines, res.Warnings, res.Infos), "expression %s at %s: it is something else", c.Expr, model.Duration(c.At))
}

// near reports whether numbers differ in the last bit only.
func near(x, y float64) bool {
	return math.Nextafter(x, math.Inf(-1)) == y || math.Nextafter(x, math.Inf(1)) == y
}

func (s Sample) value() (value, error) {
	ls, err := engine.ParseLabels(s.Labels)
	if err != nil || s.Histogram == "" {
		return value{labels: ls.String(), number: s.Value}, err
	}
	h, err := engine.ParseHistogram(s.Histogram)
	return value{labels: ls.String(), histogram: h}, err
}

func without(ls map[string]string, name string) map[string]string {
	c := maps.Clone(ls)
	delete(c, name)
	return c
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
