package prove

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
)

// The phases of a scenario: at rest, with what makes the alert fire, and at rest again.
const (
	before = iota
	during
	after
)

var epoch = time.Unix(0, 0).UTC()

// A searcher looks for a scenario in which an alert fires and before which it does not.
type searcher struct {
	*subject
	ctx      context.Context
	interval time.Duration
	alert    engine.Rule
	now      *way   // how the pinned Prometheus evaluates it
	also     []*way // that must have the same result
	tried    int
	most     int // that may be tried
	rand     *rand.Rand
	takes    func(*scenario) bool // whether one that fires will do
	spare    *scenario            // fires and keeps quiet, and will not do
}

// most is how many scenarios are tried for one alert.
const most = 2000

// start returns the scenario that the search begins with: everything at rest.
func (f *searcher) start() *scenario {
	reach, hold := f.in(f.reach), f.in(f.alert.For)
	s := &scenario{series: f.series, interval: f.interval, steps: []int{reach + 3, reach + hold + 3, 2}}
	for _, one := range f.series {
		sh := shape{level: 1, slope: 0}
		if one.kind == counter || one.kind == histogram {
			sh = shape{slope: 2}
		}
		s.shapes = append(s.shapes, []shape{sh, sh, sh})
	}
	return s
}

// in returns how many evaluations a duration has.
func (f *searcher) in(d time.Duration) int { return int((d + f.interval - 1) / f.interval) }

// find returns a scenario that fires, and whether it does not before that.
func (f *searcher) find() (best *scenario, fires, quiet bool) {
	best = f.start()
	choices := make([][]shape, len(f.series))
	for i, one := range f.series {
		choices[i] = f.choices(one)
	}
	score := f.judge(best)
	var fallback *scenario
	for round := 0; f.tried < f.most && f.ctx.Err() == nil; round++ {
		at, now := best, score
		if round > 0 {
			at = best.clone()
			if round%3 == 0 {
				at = f.start()
			}
			for i := range at.shapes {
				if round%3 == 0 || f.rand.IntN(2) == 0 {
					a, b := choices[i][f.rand.IntN(len(choices[i]))], choices[i][f.rand.IntN(len(choices[i]))]
					at.shapes[i] = []shape{a, b, a}
				}
			}
			now = f.judge(at)
		}
		at, now = f.descend(at, now, choices)
		if now < score {
			best, score = at, now
		}
		if at, fired := at, f.fire(at) == 0; fired && fallback == nil {
			fallback = at
		}
		if score == 0 {
			return best, true, true
		}
		if f.spare != nil && round > 5 {
			return f.spare, true, true
		}
		if fallback != nil && round > 5 {
			break
		}
	}
	if f.spare != nil {
		return f.spare, true, true
	}
	if fallback != nil {
		return fallback, true, false
	}
	return best, false, f.rest(best) == 0
}

// descend changes one series at a time for as long as that helps.
func (f *searcher) descend(at *scenario, score float64, choices [][]shape) (*scenario, float64) {
	for better := true; better && score > 0; {
		better = false
		for i := range at.shapes {
			for _, where := range [][]int{{during}, {before, after}, {before, during, after}} {
				for _, c := range choices[i] {
					if f.tried >= f.most || f.ctx.Err() != nil {
						return at, score
					}
					next := at.clone()
					for _, p := range where {
						next.shapes[i][p] = c
					}
					if now := f.judge(next); now < score {
						at, score, better = next, now, true
						if score == 0 {
							return at, score
						}
					}
				}
			}
		}
	}
	return at, score
}

// choices returns the ways in which a series may behave that are worth a try.
func (f *searcher) choices(one *series) []shape {
	var list []shape
	add := func(sh shape) {
		if !slices.Contains(list, sh) {
			list = append(list, sh)
		}
	}
	switch one.kind {
	case constant:
		add(shape{level: 1})
	case flag:
		add(shape{level: 1})
		add(shape{level: 0})
		add(shape{level: 1, flaps: f.shifts})
	case counter:
		for _, v := range f.rates() {
			add(shape{slope: v})
		}
	case histogram:
		for i := range len(one.bounds) + 1 {
			add(shape{slope: 2, high: i, part: 1})
			add(shape{slope: 2, high: i, part: 0.5})
		}
		add(shape{})
		for _, v := range f.rates() {
			add(shape{slope: v, high: len(one.bounds), part: 1})
		}
	default:
		for _, v := range f.levels() {
			add(shape{level: v})
		}
		if f.shifts {
			for _, v := range f.rates() {
				add(shape{slope: v})
				add(shape{slope: -v, level: v * f.interval.Seconds() * 1000})
			}
			add(shape{level: 1, flaps: true})
			for _, v := range f.numbers {
				add(shape{level: 2*v + 1, flaps: true})
			}
		}
		add(shape{clock: true})
	}
	add(shape{absent: true})
	return list
}

// rates returns how fast a counter may count: by the numbers in the expression, as they are
// a second and within each of the ranges. None is a power of ten: a rate is computed, and
// where it comes out a little below 1000, {{ $value | humanize }} is 1000 and not 1k.
func (f *searcher) rates() []float64 {
	list := []float64{0, 2, 20, 0.2, 2000, 0.002}
	for _, v := range f.numbers {
		for _, times := range []float64{2, 0.5} {
			list = append(list, round(v*times))
			for _, r := range f.ranges {
				list = append(list, neat(v*times/r.Seconds()))
			}
		}
	}
	list = append(list, 2e6, 2e9)
	return slices.DeleteFunc(list, func(v float64) bool { return v < 0 })
}

// levels returns what a gauge may be.
func (f *searcher) levels() []float64 {
	list := []float64{1, 0}
	for _, v := range f.numbers {
		list = append(list, round(v*2), round(v/2), v, v+1, v-1, round(-v*2))
	}
	list = append(list, 10, 100, 1000, 1e6, 1e9, -1, 0.5, 0.1)
	for _, r := range f.ranges {
		list = append(list, r.Seconds())
	}
	return list
}

// neat returns a number near v with two digits.
func neat(v float64) float64 { return digits(v, 2) }

func digits(v float64, n int) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	scale := math.Pow(10, float64(n-1)-math.Floor(math.Log10(math.Abs(v))))
	return round(math.Round(v*scale) / scale)
}

// score says how far a scenario is from one that fires behind the moment and not before it.
func (f *searcher) score(s *scenario) float64 {
	f.tried++
	e, err := f.now.stage(f.ctx, s, s.begin(after))
	if err != nil {
		return math.Inf(1)
	}
	return 4*f.fired(e, s) + f.rested(e, s)
}

// judge is score, but never 0 for one that will not do.
func (f *searcher) judge(s *scenario) float64 {
	score := f.score(s)
	if score > 0 || f.takes(s) {
		return score
	}
	if f.spare == nil {
		f.spare = s
	}
	return 1e-3
}

func (f *searcher) fire(s *scenario) float64 {
	e, err := f.now.stage(f.ctx, s, s.begin(after))
	if err != nil {
		return math.Inf(1)
	}
	return f.fired(e, s)
}

func (f *searcher) rest(s *scenario) float64 {
	e, err := f.now.stage(f.ctx, s, s.begin(after))
	if err != nil {
		return math.Inf(1)
	}
	return f.rested(e, s)
}

// fired returns how far the alert is from firing during the second phase: it must hold for as
// long as for says, at the end of the phase or as soon as it begins.
func (f *searcher) fired(e *stage, s *scenario) float64 {
	begin, end, hold := s.begin(during), s.begin(after)-1, f.in(f.alert.For)
	least := math.Inf(1)
	for _, from := range []int{end - hold, begin + 1, begin + f.in(f.reach)/2} {
		far := f.distance(e, f.tree, from, true)
		if far < least && hold > 0 {
			far = max(far, f.distance(e, f.tree, from+hold, true))
		}
		if least = min(least, far); least == 0 {
			return 0
		}
	}
	return least
}

// rested returns how far the alert is from being inactive at the end of the first phase.
func (f *searcher) rested(e *stage, s *scenario) float64 {
	return f.distance(e, f.tree, s.begin(during)-1, false)
}

// distance returns how far a node is from having series, where has is true, or from having
// none, at a step: 0 where it is so, at most a few more the further away it is. It is the
// branch distance of search-based testing, with and as a sum and or as a minimum.
// See McMinn, Search-based software test data generation, 2004.
func (f *searcher) distance(e *stage, n parser.Expr, step int, has bool) float64 {
	at := epoch.Add(time.Duration(step) * f.interval)
	got := f.value(e, n, at)
	if (len(got) > 0) == has {
		return 0
	}
	switch n := n.(type) {
	case *parser.ParenExpr:
		return f.distance(e, n.Expr, step, has)
	case *parser.BinaryExpr:
		return f.binary(e, n, step, has)
	case *parser.VectorSelector:
		if !has {
			return 1
		}
		least := 1.0
		for i, inner := range f.exprs[n.Name] {
			if far := 0.2 + f.distance(e, inner, step, true); i == 0 || far < least {
				least = far
			}
		}
		return least
	}
	if !has {
		return 1
	}
	far := 1.0
	for _, child := range parser.Children(n) {
		if c, ok := child.(parser.Expr); ok && c.Type() == parser.ValueTypeVector {
			far += f.distance(e, c, step, true)
		}
	}
	return far
}

func (f *searcher) binary(e *stage, n *parser.BinaryExpr, step int, has bool) float64 {
	l, r := func(has bool) float64 { return f.distance(e, n.LHS, step, has) }, func(has bool) float64 { return f.distance(e, n.RHS, step, has) }
	switch {
	case n.Op == parser.LAND && has:
		return 0.1 + l(true) + r(true)
	case n.Op == parser.LAND:
		return min(l(false), r(false))
	case n.Op == parser.LOR && has:
		return min(l(true), r(true))
	case n.Op == parser.LOR:
		return l(false) + r(false)
	case n.Op == parser.LUNLESS && has:
		return 0.1 + l(true) + r(false)
	case n.Op == parser.LUNLESS:
		return min(l(false), r(true))
	case !n.Op.IsComparisonOperator():
		if !has {
			return 1
		}
		far := 1.0
		for _, side := range []parser.Expr{n.LHS, n.RHS} {
			if side.Type() == parser.ValueTypeVector {
				far += f.distance(e, side, step, true)
			}
		}
		return far
	}
	at := epoch.Add(time.Duration(step) * f.interval)
	left, right := f.value(e, n.LHS, at), f.value(e, n.RHS, at)
	if len(left) == 0 || len(right) == 0 {
		return 2 + l(true) + r(true)
	}
	least := math.Inf(1)
	for _, x := range left {
		for _, y := range right {
			least = min(least, apart(x, y))
		}
	}
	return least
}

// apart returns how far two numbers are from each other: more than 0, at most 2.
func apart(x, y float64) float64 {
	d := math.Abs(x - y)
	switch {
	case math.IsNaN(d):
		return 2
	case math.IsInf(d, 0):
		return 1.5
	case d == 0:
		return 0.01
	}
	return 0.01 + d/(math.Abs(x)+math.Abs(y)+1e-9)
}

// value returns the numbers that a node has at a time.
func (f *searcher) value(e *stage, n parser.Expr, at time.Time) []float64 {
	if lit, ok := n.(*parser.NumberLiteral); ok {
		return []float64{lit.Val}
	}
	res, err := e.Instant(f.ctx, n.String(), at)
	if err != nil {
		return nil
	}
	var list []float64
	for _, s := range res.Series {
		list = append(list, s.Points[0].Value)
	}
	return list
}
