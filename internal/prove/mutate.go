package prove

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
)

// A Fate is what became of a mutant.
type Fate string

// The fates of mutants.
const (
	Killed     Fate = "killed"     // a test fails with it
	Survived   Fate = "survived"   // every test passes with it
	Equivalent Fate = "equivalent" // it is the same alert, for every state of the programs
	NotRun     Fate = "not run"    // time was up
)

// A Mutant is an alert with one change.
type Mutant struct {
	Group, Alert string
	What         string // the change, in words
	Fate         Fate
	By           string // of Killed: the name of the first test that fails
	Why          string // of Survived: what no test looks at; of Equivalent: why it is the same

	rule engine.Rule
}

// A Suite is a file of tests with the groups of the rule files that it names.
type Suite struct {
	File   *ruletest.File
	Groups []engine.Group
}

// Mutate changes each alert of the groups in one place after the other and runs the tests of
// the suites that speak of it. Mutants are in the order of groups, rules and the places in
// their expressions. Tests that fail without a change are left out. When ctx ends, what was
// not run until then is [NotRun].
func Mutate(ctx context.Context, w *query.World, groups []engine.Group, suites []Suite) []*Mutant {
	var all []*Mutant
	var run []func()
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			trials := trialsOf(r, g.Name, suites)
			mutants := mutantsOf(w, g.Name, r)
			all = append(all, mutants...)
			run = append(run, func() { judge(ctx, trials, mutants) })
		}
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, one := range run {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			one()
		}()
	}
	wg.Wait()
	return all
}

// A trial is one test of an alert, with the rules that it needs.
type trial struct {
	file   *ruletest.File // with one test
	groups []engine.Group
	at     [][2]int // places of the alert in groups
}

// trialsOf returns the tests that speak of an alert.
func trialsOf(r engine.Rule, group string, suites []Suite) []*trial {
	var list []*trial
	for _, s := range suites {
		var groups []engine.Group
		var at [][2]int
		for _, g := range s.Groups {
			one := g
			one.Rules = nil
			for _, u := range g.Rules {
				if u.Record == "" && u.Alert != r.Alert {
					continue
				}
				if u.Alert == r.Alert && g.Name == group && u.Expr == r.Expr && u.For == r.For {
					at = append(at, [2]int{len(groups), len(one.Rules)})
				}
				one.Rules = append(one.Rules, u)
			}
			groups = append(groups, one)
		}
		if at == nil {
			continue
		}
		for _, t := range s.File.Tests {
			only := *t
			only.Alerts = slices.DeleteFunc(slices.Clone(t.Alerts), func(c ruletest.AlertCase) bool { return c.Alert != r.Alert })
			only.Exprs = nil // what is recorded does not change
			if len(only.Alerts) == 0 {
				continue
			}
			f := *s.File
			f.Tests = []*ruletest.Test{&only}
			list = append(list, &trial{file: &f, groups: groups, at: at})
		}
	}
	return list
}

// passes reports whether the test passes with the rule in the alert's place.
func (t *trial) passes(ctx context.Context, r *engine.Rule) bool {
	groups := t.groups
	if r != nil {
		groups = slices.Clone(groups)
		for _, at := range t.at {
			groups[at[0]].Rules = slices.Clone(groups[at[0]].Rules)
			groups[at[0]].Rules[at[1]] = *r
		}
	}
	return len(t.file.Run(ctx, groups)[0].Failures) == 0
}

// judge decides on the mutants of one alert. The test that killed the last one is asked first.
func judge(ctx context.Context, trials []*trial, mutants []*Mutant) {
	trials = slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool { return !t.passes(ctx, nil) })
	none := len(trials) == 0
	for _, m := range mutants {
		if m.Fate != "" {
			continue
		}
		if m.Fate = Survived; none {
			m.Why = "no test speaks of the alert"
		}
		for i, t := range trials {
			killed := !t.passes(ctx, &m.rule)
			if ctx.Err() != nil {
				m.Fate, m.Why = NotRun, ""
				break
			}
			if killed {
				m.Fate, m.By, m.Why = Killed, t.file.Tests[0].Name, ""
				copy(trials[1:i+1], trials[:i])
				trials[0] = t
				break
			}
		}
	}
}

// A Score counts mutants.
type Score struct{ Killed, Survived, Equivalent, NotRun int }

// Count counts mutants by what became of them.
func Count(mutants []*Mutant) Score {
	n := map[Fate]int{}
	for _, m := range mutants {
		n[m.Fate]++
	}
	return Score{n[Killed], n[Survived], n[Equivalent], n[NotRun]}
}

// Percent returns how many of the mutants that are not equivalent are killed; 100 of none.
func (s Score) Percent() float64 {
	if s.Killed+s.Survived == 0 {
		return 100
	}
	return 100 * float64(s.Killed) / float64(s.Killed+s.Survived)
}

// A mutator makes mutants of one node. change is called with what it is called, what no
// test looks at where it survives, and how it is done; same, if not empty, says why it is
// the same alert. The node is as it was when change returns.
type mutator struct {
	in     *query.Inferred
	change func(what, why, same string, do, undo func())
}

// mutantsOf returns an alert with each change.
func mutantsOf(w *query.World, group string, r engine.Rule) []*Mutant {
	tree, err := query.Parse(r.Expr)
	if err != nil {
		return nil
	}
	was := tree.String()
	var all []*Mutant
	seen := map[string]bool{was: true}
	m := &mutator{in: query.Infer(r.Expr, tree, w)}
	m.change = func(what, why, same string, do, undo func()) {
		do()
		text := tree.String()
		undo()
		if _, err := query.Parse(text); err != nil || seen[text] {
			return
		}
		seen[text] = true
		one := &Mutant{Group: group, Alert: r.Alert, What: what, Why: why, rule: r}
		one.rule.Expr = text
		if same != "" {
			one.Fate, one.Why = Equivalent, same
		}
		all = append(all, one)
	}
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.BinaryExpr:
			m.binary(n)
		case *parser.NumberLiteral:
			m.number(n)
		case *parser.MatrixSelector:
			m.duration("range", n.VectorSelector.String(), &n.Range)
		case *parser.SubqueryExpr:
			m.duration("range", n.Expr.String(), &n.Range)
			m.duration("offset", n.Expr.String(), &n.OriginalOffset)
		case *parser.VectorSelector:
			m.duration("offset", n.Name, &n.OriginalOffset)
			m.matchers(n)
		case *parser.AggregateExpr:
			m.aggregation(n)
		}
		return nil
	})
	for _, d := range []time.Duration{r.For * 2, r.For / 2} {
		if r.For > 0 {
			one := &Mutant{Group: group, Alert: r.Alert, What: fmt.Sprintf("for: %s becomes %s", model.Duration(r.For), model.Duration(d)),
				Why: fmt.Sprintf("no test has it hold for between %s and %s", model.Duration(min(d, r.For)), model.Duration(max(d, r.For))), rule: r}
			one.rule.For = d
			all = append(all, one)
		}
	}
	return all
}

var comparisons = map[parser.ItemType][]parser.ItemType{
	parser.GTR: {parser.GTE, parser.LSS}, parser.GTE: {parser.GTR, parser.LTE},
	parser.LSS: {parser.LTE, parser.GTR}, parser.LTE: {parser.LSS, parser.GTE},
	parser.EQLC: {parser.NEQ, parser.GTE, parser.LTE}, parser.NEQ: {parser.EQLC, parser.GTR, parser.LSS},
}

var operators = map[parser.ItemType][]parser.ItemType{
	parser.ADD: {parser.SUB}, parser.SUB: {parser.ADD}, parser.MUL: {parser.DIV}, parser.DIV: {parser.MUL},
	parser.LAND: {parser.LOR, parser.LUNLESS}, parser.LOR: {parser.LAND, parser.LUNLESS}, parser.LUNLESS: {parser.LAND, parser.LOR},
}

func (m *mutator) binary(n *parser.BinaryExpr) {
	was := n.Op
	for _, op := range comparisons[was] {
		same := ""
		if alike(was, op, m.in.At(n.LHS).Values, m.in.At(n.RHS).Values) {
			same = fmt.Sprintf("%s is %s", n.LHS, m.in.At(n.LHS).Values)
		}
		why := fmt.Sprintf("no test tells values at %s from those beside it", n.RHS)
		m.change(fmt.Sprintf("%s %s becomes %s", was, n.RHS, op), why, same, func() { n.Op = op }, func() { n.Op = was })
	}
	for _, op := range operators[was] {
		matching := n.VectorMatching
		m.change(fmt.Sprintf("%s %s becomes %s", was, n.RHS, op), fmt.Sprintf("no test needs both %s and %s", n.LHS, n.RHS), "", func() {
			n.Op = op
			if matching != nil && (op.IsSetOperator() != was.IsSetOperator()) {
				c := *matching
				n.VectorMatching = &c
			}
		}, func() { n.Op, n.VectorMatching = was, matching })
	}
}

// alike reports whether two comparisons agree on all values within bounds.
func alike(a, b parser.ItemType, l, r query.Bounds) bool {
	at, ok := r.Point()
	if !ok || l.NaN && (a == parser.NEQ) != (b == parser.NEQ) {
		return false
	}
	holds := func(op parser.ItemType, sign int) bool {
		switch op {
		case parser.GTR:
			return sign > 0
		case parser.GTE:
			return sign >= 0
		case parser.LSS:
			return sign < 0
		case parser.LTE:
			return sign <= 0
		case parser.EQLC:
			return sign == 0
		}
		return sign != 0
	}
	for sign, can := range map[int]bool{-1: l.Lo < at, 0: l.Contains(at), 1: l.Hi > at} {
		if can && holds(a, sign) != holds(b, sign) {
			return false
		}
	}
	return true
}

func (m *mutator) number(n *parser.NumberLiteral) {
	was := n.Val
	to := []float64{was * 2, was / 2}
	if was == 0 {
		to = []float64{1}
	}
	for _, v := range to {
		m.change(fmt.Sprintf("%s becomes %s", strconv.FormatFloat(was, 'g', -1, 64), strconv.FormatFloat(v, 'g', -1, 64)),
			"no test has a value between what the two lead to", "", func() { n.Val = v }, func() { n.Val = was })
	}
}

func (m *mutator) duration(what, of string, d *time.Duration) {
	was := *d
	if was <= 0 {
		return
	}
	for _, to := range []time.Duration{was * 2, was / 2} {
		m.change(fmt.Sprintf("%s %s of %s becomes %s", what, model.Duration(was), of, model.Duration(to)),
			fmt.Sprintf("no test looks at %s between %s and %s behind a change", of, model.Duration(min(was, to)), model.Duration(max(was, to))), "",
			func() { *d = to }, func() { *d = was })
	}
}

func (m *mutator) matchers(n *parser.VectorSelector) {
	was := n.LabelMatchers
	for i, one := range was {
		if one.Name == labels.MetricName {
			continue
		}
		same := ""
		values, closed := m.in.At(n).Before.Values(one.Name)
		if closed && m.in.At(n).Before.Must(one.Name) && !slices.ContainsFunc(values, func(v string) bool { return !one.Matches(v) }) {
			same = fmt.Sprintf("%s is always one that %s takes", one.Name, one)
		}
		redundant := cmp.Or(same, m.asked(n, one))
		why := fmt.Sprintf("no test has a series of %s that %s refuses", n.Name, one)
		m.change(fmt.Sprintf("%s of %s is left out", one, n.Name), why, redundant, func() { n.LabelMatchers = slices.Delete(slices.Clone(was), i, i+1) }, func() { n.LabelMatchers = was })
		if inverse, err := one.Inverse(); err == nil {
			m.change(fmt.Sprintf("%s of %s becomes %s", one, n.Name, inverse), why, "", func() {
				n.LabelMatchers = slices.Clone(was)
				n.LabelMatchers[i] = inverse
			}, func() { n.LabelMatchers = was })
		}
	}
}

var aggregations = map[parser.ItemType][]parser.ItemType{
	parser.SUM: {parser.MAX, parser.AVG}, parser.MAX: {parser.MIN, parser.SUM}, parser.MIN: {parser.MAX, parser.SUM},
	parser.AVG: {parser.MAX, parser.SUM}, parser.COUNT: {parser.SUM, parser.MAX},
}

// choosing are the aggregations that are the value itself where there is one.
var choosing = []parser.ItemType{parser.SUM, parser.MAX, parser.MIN, parser.AVG}

func (m *mutator) aggregation(n *parser.AggregateExpr) {
	was := n.Op
	same := ""
	if m.single(n) {
		same = fmt.Sprintf("%s has one series for each %s", n.Expr, cmp.Or(strings.Join(n.Grouping, ", "), "group"))
	}
	for _, op := range aggregations[was] {
		one := cmp.Or(same, m.alike(n, op))
		if same != "" && !slices.Contains(choosing, was) || !slices.Contains(choosing, op) {
			one = m.alike(n, op)
		}
		m.change(fmt.Sprintf("%s of %s becomes %s", was, n.Expr, op), "no test has two different series in one group", one, func() { n.Op = op }, func() { n.Op = was })
	}
	grouping := n.Grouping
	for i, name := range grouping {
		m.change(fmt.Sprintf("%s is left out of what %s is grouped by", name, n.Expr), fmt.Sprintf("no test has series that differ in %s", name), "",
			func() { n.Grouping = slices.Delete(slices.Clone(grouping), i, i+1) }, func() { n.Grouping = grouping })
	}
}

// scaling are the aggregations of which one is the other times the number of series.
var scaling = []parser.ItemType{parser.SUM, parser.AVG}

// alike says why an aggregation may be another, or nothing: where only how many results there
// are is asked for, where a sum of ones is asked for, and where what is never negative is
// compared with 0.
func (m *mutator) alike(n *parser.AggregateExpr, op parser.ItemType) string {
	up, values := m.in.Parent(n), m.in.At(n.Expr).Values
	for {
		p, ok := up.(*parser.ParenExpr)
		if !ok {
			break
		}
		up = m.in.Parent(p)
	}
	v, point := values.Point()
	switch up := up.(type) {
	case *parser.Call:
		if up.Func.Name == "histogram_quantile" && n.Op != op && slices.Contains(scaling, n.Op) && slices.Contains(scaling, op) {
			return "a quantile does not change where all buckets are multiplied by one number"
		}
	case *parser.AggregateExpr:
		if up.Op == parser.COUNT || up.Op == parser.GROUP {
			return fmt.Sprintf("%s does not look at values", up.Op)
		}
	case *parser.BinaryExpr:
		zero, ok := m.in.At(up.RHS).Values.Point()
		if ok && zero == 0 && up.Op.IsComparisonOperator() && slices.Contains(scaling, n.Op) && slices.Contains(scaling, op) {
			return "it is compared with 0, and both have the same sign"
		}
		some := []parser.ItemType{parser.SUM, parser.MAX, parser.AVG}
		if ok && zero == 0 && up.Op.IsComparisonOperator() && values.Lo >= 0 && !values.NaN && slices.Contains(some, n.Op) && slices.Contains(some, op) {
			return fmt.Sprintf("%s is never negative, and it is compared with 0", n.Expr)
		}
	}
	if point && v == 1 && n.Op == parser.COUNT && op == parser.SUM {
		return fmt.Sprintf("%s is always 1", n.Expr)
	}
	return ""
}

// asked says why a matcher may be left out, or nothing: where the selector is in one operand
// of and, which go together in the label, and the other operand has no other values of it.
func (m *mutator) asked(n *parser.VectorSelector, one *labels.Matcher) string {
	var at parser.Expr = n
	for {
		p, ok := m.in.Parent(at).(parser.Expr)
		if !ok || !m.in.At(at).Labels.Must(one.Name) {
			return ""
		}
		if b, is := p.(*parser.BinaryExpr); is && b.Op == parser.LAND && b.VectorMatching.On == slices.Contains(b.VectorMatching.MatchingLabels, one.Name) {
			other := b.LHS
			if at == b.LHS {
				other = b.RHS
			}
			values, closed := m.in.At(other).Labels.Values(one.Name)
			if closed && !slices.ContainsFunc(values, func(v string) bool { return !one.Matches(v) }) {
				return fmt.Sprintf("%s has no other %s", other, one.Name)
			}
		}
		at = p
	}
}

// single reports whether every group has one series: where it is grouped by all labels of which
// a series of one metric can have more than one value.
func (m *mutator) single(n *parser.AggregateExpr) bool {
	of := m.in.At(n.Expr)
	if n.Without || !of.Labels.Closed() || len(of.Metrics) != 1 {
		return false
	}
	for _, l := range of.Labels.All() {
		if values, closed := of.Labels.Values(l.Name); closed && len(values) == 1 {
			continue
		}
		if l.Name != labels.MetricName && l.Presence >= query.Declared && !slices.Contains(n.Grouping, l.Name) {
			return false
		}
	}
	return true
}
