package prove

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
)

// This file makes scenarios of one in which an alert fires: at the edges of its thresholds,
// of its for, and of what it selects.

// A deriver makes of the scenario that fires the others.
type deriver struct {
	*searcher
	alert engine.Rule
	proof *Proof
	when  string // which of several causes it is, behind each name; empty: the only one, or the first
	made  []*seen
}

func (d *deriver) all(found *scenario) {
	base := d.simpler(found)
	base.steps[after] = min(d.in(d.reach), d.in(15*time.Minute)) + 3
	if !d.test("fires", base) {
		return
	}
	d.held(base)
	edges := d.thresholds(base)
	d.neighbours(base, edges)
	d.others(base)
	d.traffic(base)
	d.scrapes(base)
	d.tell(base, edges)
}

// simpler lets each series behave in one way all the time where that changes nothing.
func (d *deriver) simpler(s *scenario) *scenario {
	best := d.score(s)
	for i := range s.shapes {
		if s.shapes[i][before] == s.shapes[i][during] {
			continue
		}
		for _, sh := range []shape{s.shapes[i][before], s.shapes[i][during]} {
			c := s.clone()
			c.shapes[i] = []shape{sh, sh, sh}
			if d.score(c) <= best {
				s = c
				break
			}
		}
	}
	return s
}

// held adds the scenarios in which the cause lasts exactly as long as it must, and one
// evaluation less.
func (d *deriver) held(base *scenario) {
	lasting := func(n int) *scenario {
		c := base.clone()
		c.steps[during] = n
		return c
	}
	lo, hi := 0, base.steps[during] // fires with hi
	for lo+1 < hi {
		if mid := (lo + hi) / 2; d.fires(lasting(mid)) {
			hi = mid
		} else {
			lo = mid
		}
	}
	if lo == 0 {
		return
	}
	of := func(n int) string { return model.Duration(time.Duration(n) * d.interval).String() }
	d.test("fires when the cause lasts just long enough, "+of(hi), lasting(hi))
	d.test("stays quiet when the cause lasts one evaluation less, "+of(lo), lasting(lo))
}

// An edge is a number of a series at which the alert begins to fire.
type edge struct {
	series        int
	fires, quiets shape
	at            shape // the threshold itself, where it is a short number; else the quiet side
}

// thresholds adds, for each series, the scenarios just at both sides of where the alert fires.
func (d *deriver) thresholds(base *scenario) []edge {
	var edges []edge
	for i := range base.series {
		d.bucket(base, i)
		for _, side := range d.sides(i) {
			for _, up := range []bool{true, false} {
				if e, ok := d.edge(base, i, side, up); ok {
					edges = append(edges, e)
				}
			}
		}
	}
	return edges
}

// bucket adds the scenario in which what a histogram observes falls into the last bucket in
// which the alert does not fire.
func (d *deriver) bucket(base *scenario, i int) {
	one, sh := d.series[i], base.shapes[i][during]
	if one.kind != histogram || sh.part == 0 {
		return
	}
	for _, by := range []int{-1, 1} {
		for at := sh.high + by; at >= 0 && at <= len(one.bounds); at += by {
			to := sh
			to.high, to.part = at, 1
			s := d.with(base, i, to)
			if d.fire(s) == 0 {
				continue
			}
			bound := "above " + number(one.bounds[len(one.bounds)-1])
			if at < len(one.bounds) {
				bound = "at most " + number(one.bounds[at])
			}
			d.maybe(fmt.Sprintf("with observations of %s %s", d.called(one), bound), s)
			break
		}
	}
}

// A side is one number of a shape.
type side struct {
	get  func(shape) float64
	set  func(shape, float64) shape
	list []float64
	most float64 // that it can be, and then it is not negative; zero: any number
	unit func(*series, shape) string
}

func (d *deriver) sides(i int) []side {
	one := d.series[i]
	level := side{func(s shape) float64 { return s.level }, func(s shape, v float64) shape { s.level = v; return s }, d.levels(), 0,
		func(_ *series, s shape) string { return number(s.level) }}
	slope := side{func(s shape) float64 { return s.slope }, func(s shape, v float64) shape { s.slope = v; return s }, d.rates(), math.MaxFloat64,
		func(_ *series, s shape) string { return number(s.slope) + " a second" }}
	part := side{func(s shape) float64 { return s.part }, func(s shape, v float64) shape { s.part = v; return s }, []float64{0, 0.01, 0.1, 0.5, 0.9, 0.99, 1}, 1,
		func(one *series, s shape) string {
			return fmt.Sprintf("%s%% of observations above %s", number(round(s.part*100)), number(one.bounds[min(max(s.high, 1), len(one.bounds))-1]))
		}}
	switch one.kind {
	case counter:
		return []side{slope}
	case histogram:
		return []side{part, slope}
	case gauge:
		if d.shifts {
			slope.most = 0
			return []side{level, slope}
		}
		return []side{level}
	case flag:
		level.list = []float64{0, 1}
		return []side{level}
	}
	return nil
}

func (d *deriver) with(base *scenario, i int, sh shape) *scenario {
	c := base.clone()
	c.shapes[i][during] = sh
	return c
}

// edge looks for the number of a series nearest to what it is, upwards or downwards, at which
// the alert does not fire, and halves the way to it.
func (d *deriver) edge(base *scenario, i int, of side, up bool) (edge, bool) {
	sh := base.shapes[i][during]
	if sh.absent || sh.stale || sh.clock && of.get(sh) == 0 {
		return edge{}, false
	}
	at := of.get(sh)
	list := slices.Clone(of.list)
	list = slices.DeleteFunc(list, func(v float64) bool { return up != (v > at) || v == at })
	slices.SortFunc(list, func(a, b float64) int { // the nearest first
		if math.Abs(a-at) < math.Abs(b-at) {
			return -1
		}
		return 1
	})
	list = slices.Compact(list)
	fires := func(v float64) bool { return d.fire(d.with(base, i, of.set(sh, v))) == 0 }
	yes, no, found := at, 0.0, false
	for _, v := range list {
		if no, found = v, !fires(v); found {
			break
		}
		yes = v
	}
	if !found {
		return edge{}, false
	}
	one := d.series[i]
	if one.kind == flag {
		d.side(base, i, of, of.set(sh, no))
		return edge{i, of.set(sh, yes), of.set(sh, no), of.set(sh, no)}, true
	}
	if at == 0 && fires(0) && !fires(math.Copysign(1e-9, no)) { // it fires at nothing but 0
		d.side(base, i, of, of.set(sh, no))
		return edge{i, sh, of.set(sh, no), of.set(sh, no)}, true
	}
	for range 40 {
		mid := (yes + no) / 2
		if math.Abs(yes-no) <= 1e-6*math.Abs(mid) || mid == yes || mid == no {
			break
		}
		if fires(mid) {
			yes = mid
		} else {
			no = mid
		}
	}
	return d.around(base, i, of, yes, no)
}

// around adds the scenarios at both sides of a threshold that lies between two numbers, and at
// it where it is a short one.
func (d *deriver) around(base *scenario, i int, of side, yes, no float64) (edge, bool) {
	one, sh := d.series[i], base.shapes[i][during]
	at, middle, short := of.get(sh), (yes+no)/2, false
	if math.Abs(middle) <= 1e-9*max(1, math.Abs(at)) {
		middle, short = 0, true
	}
	for n := 1; n <= 4 && !short; n++ {
		if c := digits(middle, n); math.Abs(c-middle) <= 2e-6*math.Abs(middle) {
			middle, short = c, true
		}
	}
	far := math.Abs(middle) / 100
	switch {
	case one.kind == histogram && of.most == 1:
		far = min(max(far, 0.0001), 0.01)
	case one.kind == gauge && short && middle == math.Trunc(middle):
		far = max(1, math.Ceil(far))
	case middle == 0:
		far = math.Abs(at) / 100
	}
	toYes := math.Copysign(far, yes-no)
	values := []float64{digits(middle+toYes, 4), digits(middle-toYes, 4)}
	if short {
		values = []float64{values[0], middle, values[1]}
	}
	var fires, quiets []shape
	for _, v := range values {
		if v < 0 && of.most > 0 || of.most > 0 && v > of.most {
			continue
		}
		to := of.set(sh, v)
		d.side(base, i, of, to)
		if d.fire(d.with(base, i, to)) == 0 {
			fires = append(fires, to)
		} else {
			quiets = append(quiets, to)
		}
	}
	if len(fires) == 0 || len(quiets) == 0 {
		return edge{}, false
	}
	e := edge{i, fires[len(fires)-1], quiets[0], quiets[0]}
	if short {
		e.at = of.set(sh, middle)
	}
	return e, true
}

// side adds a scenario at one side of a threshold.
func (d *deriver) side(base *scenario, i int, of side, sh shape) {
	s := d.with(base, i, sh)
	verb := "stays quiet"
	if d.fires(s) {
		verb = "fires"
	}
	one := d.series[i]
	d.test(fmt.Sprintf("%s with %s at %s", verb, d.called(one), of.unit(one, sh)), s)
}

// called names a series by the labels in which it differs from the others of its metric.
func (d *deriver) called(one *series) string {
	ls := engine.Labels{}
	for _, o := range d.series {
		if o.name != one.name {
			continue
		}
		for k, v := range one.labels {
			if o.labels[k] != v {
				ls[k] = v
			}
		}
	}
	return withName(one.name, ls).String()
}

// neighbours adds a second instance, and for each series one of another label.
func (d *deriver) neighbours(base *scenario, edges []edge) {
	twin := func(s *scenario, name, value string, only int, shapes func(i int) []shape) *scenario {
		c, some := s.clone(), false
		for i, one := range s.series {
			if one.labels[name] == "" || only >= 0 && i != only {
				continue
			}
			ls := maps.Clone(one.labels)
			ls[name] = value
			n := *one
			n.labels = ls
			if slices.ContainsFunc(c.series, func(o *series) bool { return o.String() == n.String() }) {
				continue
			}
			c.series, some = append(c.series, &n), true
			c.shapes = append(c.shapes, shapes(i))
		}
		if !some {
			return nil
		}
		return c
	}
	rest := func(s *scenario) func(int) []shape {
		return func(i int) []shape { return slices.Repeat(s.shapes[i][before:before+1], len(s.steps)) }
	}
	same := func(s *scenario) func(int) []shape {
		return func(i int) []shape { return slices.Clone(s.shapes[i]) }
	}
	add := func(label, value string, only int) {
		what := fmt.Sprintf("a second %s", label)
		if only >= 0 {
			what += " of " + d.series[only].name
		}
		d.maybe("with "+what+" at rest", twin(base, label, value, only, rest(base)))
		d.maybe("with "+what+" that does the same", twin(base, label, value, only, same(base)))
		for _, e := range edges {
			if only >= 0 && e.series != only {
				continue
			}
			where := d.called(d.series[e.series])
			above, below := d.with(base, e.series, e.fires), d.with(base, e.series, e.quiets)
			d.maybe(fmt.Sprintf("with %s, each with %s just at the quiet side", what, where), twin(below, label, value, only, same(below)))
			d.maybe(fmt.Sprintf("with %s at rest and %s just at the firing side", what, where), twin(above, label, value, only, rest(above)))
		}
	}
	add("instance", another(nil, "instance"), -1)
	for i, one := range base.series {
		for _, label := range slices.Sorted(maps.Keys(one.labels)) {
			if label == "instance" || label == "job" || slices.ContainsFunc(d.matched, func(m matcher) bool { return m.of == one && m.m.Name == label }) {
				continue
			}
			add(label, another(one, label), i)
		}
	}
}

// others adds scenarios in which a series that a matcher refuses does what the one does that
// it takes.
func (d *deriver) others(base *scenario) {
	for _, m := range d.matched {
		i := slices.Index(base.series, m.of)
		if i < 0 {
			continue
		}
		n := *m.of
		n.labels = maps.Clone(m.of.labels)
		n.labels[m.m.Name] = m.other
		what := fmt.Sprintf("%s of %s is %q", m.m.Name, n.name, m.other)
		instead, beside := base.clone(), base.clone()
		other := slices.IndexFunc(base.series, func(o *series) bool { return o.String() == n.String() })
		if other < 0 {
			other = len(base.series)
			for _, c := range []*scenario{instead, beside} {
				c.series = append(c.series, &n)
				c.shapes = append(c.shapes, nil)
			}
		}
		rest := base.shapes[i][before]
		instead.shapes[other] = slices.Clone(base.shapes[i])
		instead.shapes[i] = []shape{rest, rest, rest}
		d.maybe("where "+what, instead)
		gone := instead.clone()
		gone.shapes[i] = slices.Repeat([]shape{{absent: true}}, 3)
		d.maybe("where every "+what, gone)
		beside.shapes[other] = slices.Clone(base.shapes[i])
		d.maybe("where another "+what, beside)
	}
}

// traffic adds scenarios in which everything is counted a thousand times more slowly, or
// faster, and where slowly makes a difference, the two sides of it.
func (d *deriver) traffic(base *scenario) {
	slower := func(by float64) *scenario {
		c, some := base.clone(), false
		for i, one := range c.series {
			if one.kind != counter && one.kind != histogram {
				continue
			}
			for p := range c.shapes[i] {
				c.shapes[i][p].slope = round(c.shapes[i][p].slope / by)
				some = some || c.shapes[i][p].slope > 0
			}
		}
		if !some {
			return nil
		}
		return c
	}
	d.maybe("with a thousandth of the traffic", slower(1000))
	if s := slower(1000); s != nil && d.fire(s) > 0 {
		yes, no := 1.0, 1000.0
		for no/yes > 1.001 {
			if mid := math.Sqrt(yes * no); d.fire(slower(mid)) == 0 {
				yes = mid
			} else {
				no = mid
			}
		}
		for _, by := range []float64{digits(yes/1.01, 4), digits(no*1.01, 4)} {
			d.maybe(fmt.Sprintf("with traffic divided by %s", number(by)), slower(by))
		}
	}
	d.maybe("with a thousand times the traffic", slower(0.001))
	d.maybe("without traffic", slower(math.Inf(1)))
}

// scrapes adds what happens to series while the cause lasts: a restart, missing scrapes, an end.
func (d *deriver) scrapes(base *scenario) {
	half := base.split(during, base.steps[during]/2)
	each := func(s *scenario, phase int, do func(one *series, sh shape) shape) (*scenario, bool) {
		c, some := s.clone(), false
		for i, one := range c.series {
			sh := do(one, c.shapes[i][phase])
			some = some || sh != c.shapes[i][phase]
			c.shapes[i][phase] = sh
		}
		return c, some
	}
	if c, some := each(half, during+1, func(one *series, sh shape) shape {
		sh.reset = !sh.absent && (one.kind == counter || one.kind == histogram)
		return sh
	}); some {
		d.maybe("when counters begin anew", c)
	}
	gap := half.split(during+1, min(3, half.steps[during+1]-1))
	if c, some := each(gap, during+1, func(_ *series, _ shape) shape { return shape{absent: true} }); some {
		d.maybe("when three scrapes are missed", c)
	}
	ended, _ := each(half, during+1, func(_ *series, sh shape) shape { return shape{absent: sh.absent, stale: !sh.absent} })
	for i := range ended.shapes {
		ended.shapes[i][after+1] = shape{absent: true}
	}
	d.maybe("when the series end", ended)
	gone, _ := each(base, before, func(_ *series, _ shape) shape { return shape{absent: true} })
	d.maybe("when the series begin with the cause", gone)
}

// maybe adds a scenario of which nothing is asked; the engine says what becomes of it.
func (d *deriver) maybe(name string, s *scenario) {
	if s == nil {
		return
	}
	verb := "stays quiet "
	if d.fires(s) {
		verb = "fires "
	}
	d.test(verb+name, s)
}

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

// Version is that of the tests that are made: another one makes others of the same rules.
const Version = 2
