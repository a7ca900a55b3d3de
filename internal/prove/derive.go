package prove

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// This file makes scenarios of one in which an alert fires: at the edges of its thresholds (edge.go),
// of its for, and of what it selects.

// A deriver makes of the scenario that fires the others.
type deriver struct {
	*searcher
	proof *Proof
	when  string // which of several causes it is, behind each name; empty: the only one, or the first
	made  []*seen
}

func (d *deriver) all(found *scenario) {
	base := d.simpler(found)
	base.steps[after] = min(d.in(d.reach), d.in(15*time.Minute)) + 3
	if !d.test("fires", "", base) {
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
	d.test("fires", " when the cause lasts just long enough, "+of(hi), lasting(hi))
	d.test("stays quiet", " when the cause lasts one evaluation less, "+of(lo), lasting(lo))
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
				some = some || c.shapes[i][p].slope > 0
				c.shapes[i][p].slope = round(c.shapes[i][p].slope / by)
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
	if s != nil {
		d.test("", " "+name, s)
	}
}

// Version is that of the tests that are made: another one makes others of the same rules.
const Version = 4
