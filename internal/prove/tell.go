package prove

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/dashgen/dashgen/internal/ruletest"
)

// This file looks for scenarios that tell an alert from its mutants, where no test does yet.

// mostTold is how many runs that may take, for one cause of one alert.
const mostTold = 1600

// tell adds tests for the mutants that no test notices.
func (d *deriver) tell(base *scenario, edges []edge) {
	var open []*Mutant
	for _, m := range mutantsOf(d.world, "", d.alert) {
		if m.Fate == "" && !slices.ContainsFunc(d.made, func(s *seen) bool { return d.differs(s, m, true) >= 0 }) {
			open = append(open, m)
		}
	}
	for _, s := range d.made {
		open = d.against("", s, open)
	}
	runs := 0
	for name, s := range d.candidates(base, edges) {
		if runs += 2 + len(open); len(open) == 0 || runs > mostTold || d.ctx.Err() != nil {
			return
		}
		if one, err := d.see(s); err == nil {
			open = d.against(name, one, open)
		}
	}
}

// against returns the mutants that a scenario does not tell from the alert. For the others,
// its test looks at the first step that does; if it has none, it gets one.
func (d *deriver) against(name string, s *seen, open []*Mutant) []*Mutant {
	if !slices.ContainsFunc(open, func(m *Mutant) bool { return !slices.Equal(d.mutated(s, m), s.now) }) || d.agreed(s) != nil {
		return open
	}
	var steps []int
	left := slices.DeleteFunc(slices.Clone(open), func(m *Mutant) bool {
		at := d.differs(s, m, false)
		if at >= 0 && !slices.Contains(steps, at) {
			steps = append(steps, at)
		}
		return at >= 0
	})
	switch {
	case len(steps) == 0:
	case s.test != nil:
		s.look(d.alert.Alert, steps...)
	default:
		all := append(moments(s.now, s.agree, s.begin(during), s.begin(len(s.steps)-1)), steps...)
		slices.Sort(all)
		if !d.add(s.verb()+" "+name, s, slices.Compact(all)) {
			return open
		}
	}
	return left
}

// mutated returns the alerts that fire at each step with a mutant in the alert's place.
func (d *deriver) mutated(s *seen, m *Mutant) []string {
	now, known := s.of[m]
	if known {
		return now
	}
	if out, _ := d.play(s.on, s.scenario, m.rule); out != nil {
		now = timeline(out, s.scenario)
	} else {
		now = s.now
	}
	s.of[m] = now
	return now
}

// differs returns the first step at which a mutant does not do what the alert does, of those
// at which both ways to read a range agree; of those that its test looks at; or -1.
func (d *deriver) differs(s *seen, m *Mutant, tested bool) int {
	for i, now := range d.mutated(s, m) {
		if now == s.now[i] || !s.agree[i] {
			continue
		}
		if !tested || slices.ContainsFunc(s.test.Alerts, func(c ruletest.AlertCase) bool { return c.At == time.Duration(i)*s.interval }) {
			return i
		}
	}
	return -1
}

// A named is a scenario and what is special about it.
type named struct {
	name string
	*scenario
}

// candidates returns scenarios that differ from the one that fires in one way or in two, of
// each sort one in turn.
func (d *deriver) candidates(base *scenario, edges []edge) iter.Seq2[string, *scenario] {
	var both []named
	for _, c := range slices.Concat(d.gaps(base), d.scaled(base)) {
		for _, more := range d.besides(c.scenario, nil) {
			both = append(both, named{c.name + ", " + more.name, more.scenario})
		}
	}
	sorts := [][]named{d.pauses(base), d.late(base), d.gaps(base), d.scaled(base), d.busy(base, edges), d.besides(base, edges), d.varied(base), both}
	return func(yield func(string, *scenario) bool) {
		for i, some := 0, true; some; i++ {
			some = false
			for _, sort := range sorts {
				if i < len(sort) {
					if some = true; !yield(sort[i].name, sort[i].scenario) {
						return
					}
				}
			}
		}
	}
}

// besides returns scenarios with one more series, of another value of a label: it does what
// the first does, or the same all the time, while the first does as in base or stands just at
// one side of its threshold.
func (d *deriver) besides(base *scenario, edges []edge) []named {
	var list []named
	for i, one := range base.series {
		for _, label := range slices.Sorted(maps.Keys(one.labels)) {
			if label == "job" {
				continue
			}
			value := another(one, label)
			if at := slices.IndexFunc(d.matched, func(m matcher) bool { return m.of == one && m.m.Name == label }); at >= 0 {
				value = d.matched[at].other
			}
			n := *one
			n.labels = maps.Clone(one.labels)
			n.labels[label] = value
			list = append(list, d.beside(base, i, &n, fmt.Sprintf("where %s=%q", label, value), edges)...)
		}
	}
	return list
}

// beside returns scenarios in which another series stands beside one.
func (d *deriver) beside(base *scenario, i int, n *series, what string, edges []edge) []named {
	other := slices.IndexFunc(base.series, func(o *series) bool { return o.String() == n.String() })
	was := base.shapes[i]
	steady := func(sh shape) []shape { return slices.Repeat([]shape{sh}, len(base.steps)) }
	does := []struct {
		name   string
		shapes []shape
	}{
		{"does the same", nil}, {"always does as during the cause", steady(was[during])}, {"is always at rest", steady(was[before])},
		{"is always at 0", steady(shape{})}, {"does the opposite", opposite(was)},
	}
	firsts := []named{{"", base}}
	for _, e := range edges {
		if e.series == i {
			part := e.at // of which two are more than the whole
			part.level, part.slope = round(part.level*0.75), round(part.slope*0.75)
			firsts = append(firsts, named{", and it stands just at the quiet side", d.with(base, i, e.quiets)}, named{", and it stands just at the firing side", d.with(base, i, e.fires)},
				named{", and it stands at three quarters of the threshold", d.with(base, i, part)})
		}
	}
	var list []named
	for _, first := range firsts {
		for _, do := range does {
			c, shapes := first.clone(), do.shapes
			if shapes == nil {
				shapes = slices.Clone(first.shapes[i])
			}
			switch {
			case other < 0:
				c.series = append(c.series, n)
				c.shapes = append(c.shapes, shapes)
			case other != i:
				c.shapes[other] = shapes
			default:
				continue
			}
			list = append(list, named{fmt.Sprintf("%s of %s %s%s", what, d.called(d.series[i]), do.name, first.name), c})
		}
	}
	return list
}

// opposite returns shapes with the cause before and after, and rest during it.
func opposite(was []shape) []shape {
	c := slices.Clone(was)
	for p := range c {
		if c[p] = was[during]; p == during {
			c[p] = was[before]
		}
	}
	return c
}

// scaled returns scenarios in which a series, all phases alike, has one of the numbers of the
// expression during the cause.
func (d *deriver) scaled(base *scenario) []named {
	var list []named
	for i, one := range base.series {
		at := base.shapes[i][during]
		for _, v := range d.numbers {
			for _, r := range append([]time.Duration{time.Second}, d.ranges...) {
				to := v / r.Seconds()
				was, what := at.level, number(v)
				if one.kind == counter || one.kind == histogram || at.slope != 0 {
					was, what = at.slope, fmt.Sprintf("%s in %s", number(v), r)
				} else if r != time.Second {
					continue
				}
				if was == 0 || to <= 0 || at.absent {
					continue
				}
				c := base.clone()
				for p := range c.shapes[i] {
					c.shapes[i][p].level = round(c.shapes[i][p].level * to / was)
					c.shapes[i][p].slope = round(c.shapes[i][p].slope * to / was)
				}
				list = append(list, named{fmt.Sprintf("with %s at %s", d.called(one), what), c})
			}
		}
	}
	return list
}

// busy returns scenarios at a threshold with more, and with less traffic: where it is reached
// exactly depends on how the engine rounds. What a histogram observes below the threshold falls
// into the lowest bucket, or into the one that ends at it.
func (d *deriver) busy(base *scenario, edges []edge) []named {
	var list []named
	for _, by := range []float64{1, 0.5, 2, 3, 5, 10, 0.1, 7, 30, 60, 50, 4, 25, 6, 9, 11, 13, 15, 75, 100, 0.01, 17, 21, 33, 40, 90, 120, 300, 1000} {
		for _, e := range edges {
			what := fmt.Sprintf("with %s at the threshold", d.called(d.series[e.series]))
			at := []named{{what, d.with(base, e.series, e.at)}}
			if e.at.part > 0 && e.at.high > 1 {
				near := e.at
				near.low = near.high - 1
				at = append(at, named{what + ", the rest in the bucket below it", d.with(base, e.series, near)})
			}
			for _, c := range at {
				if by != 1 {
					c.name += fmt.Sprintf(" and %s times the traffic", number(by))
				}
				if c.faster(by) {
					list = append(list, c)
				}
			}
		}
	}
	return list
}

// faster has everything counted so many times as fast, and reports whether anything is.
func (s *scenario) faster(by float64) bool {
	some := false
	for i, one := range s.series {
		for p := range s.shapes[i] {
			sh := &s.shapes[i][p]
			if counts := one.kind == counter || one.kind == histogram; counts && sh.slope > 0 {
				sh.slope, some = round(sh.slope*by), true
			}
		}
	}
	return some
}

// pauses returns scenarios in which the cause lasts as long as a range, or pauses for so long.
func (d *deriver) pauses(base *scenario) []named {
	var list []named
	for _, r := range d.ranges {
		n := d.in(r)
		of := (time.Duration(n) * d.interval).String()
		if n < base.steps[during] {
			c := base.clone()
			c.steps[during] = n
			list = append(list, named{"when the cause lasts " + of, c})
		}
		if 2*n < base.steps[during] {
			c := base.split(during, n).split(during+1, n)
			for i := range c.shapes {
				c.shapes[i][during+1] = c.shapes[i][before]
			}
			list = append(list, named{"when the cause pauses for " + of, c})
		}
	}
	return list
}

// late returns scenarios in which series begin some time before the cause: less than each range
// and offset.
func (d *deriver) late(base *scenario) []named {
	var list []named
	for _, r := range d.ranges {
		n := d.in(r * 3 / 4)
		if n >= base.steps[before] {
			continue
		}
		whole := base.split(before, base.steps[before]-n)
		all := whole.clone()
		for i := range all.shapes {
			all.shapes[i][0] = shape{absent: true}
		}
		list = append(list, named{fmt.Sprintf("when the series begin %s before the cause", time.Duration(n)*d.interval), all})
		for i := range whole.shapes {
			c := whole.clone()
			c.shapes[i][0] = shape{absent: true}
			list = append(list, named{fmt.Sprintf("when %s begins %s before the cause", d.called(base.series[i]), time.Duration(n)*d.interval), c})
		}
	}
	return list
}

// gaps returns scenarios in which scrapes are missed where the cause begins, or ends.
func (d *deriver) gaps(base *scenario) []named {
	var list []named
	missed := func(c *scenario, phase int) *scenario {
		c = c.clone()
		for i := range c.shapes {
			c.shapes[i][phase] = shape{absent: true}
		}
		return c
	}
	for _, n := range []int{1, 3} {
		if n >= base.steps[during] || n >= base.steps[after] {
			continue
		}
		of := fmt.Sprintf("when %d scrapes are missed as the cause ", n)
		list = append(list, named{of + "begins", missed(base.split(during, n), during)}, named{of + "ends", missed(base.split(after, n), after)})
	}
	return list
}

// words says what a series does.
func (sh shape) words(k kind) string {
	switch {
	case sh.absent:
		return "gone"
	case sh.clock:
		return "the time"
	case sh.flaps:
		return "flapping up to " + number(sh.level)
	case k == counter:
		return "at " + number(sh.slope) + " a second"
	case k == histogram:
		return fmt.Sprintf("at %s a second, %s%% in bucket %d", number(sh.slope), number(sh.part*100), sh.high+1)
	case sh.slope != 0:
		return fmt.Sprintf("moving by %s a second from %s", number(sh.slope), number(sh.level))
	}
	return "at " + number(sh.level)
}

// varied returns scenarios in which one series does something else for a while.
func (d *deriver) varied(base *scenario) []named {
	var list []named
	phases := []struct {
		name string
		list []int
	}{{"during the cause", []int{during}}, {"before the cause", []int{before}}, {"all the time", []int{before, during, after}}}
	choices := make([][]shape, len(d.series))
	for i, one := range d.series {
		choices[i] = d.choices(one)
	}
	for n, some := 0, true; some; n++ {
		some = false
		for i := range d.series {
			if n >= len(choices[i]) {
				continue
			}
			some = true
			for _, when := range phases {
				c := base.clone()
				for _, p := range when.list {
					c.shapes[i][p] = choices[i][n]
				}
				list = append(list, named{fmt.Sprintf("with %s %s %s", d.called(d.series[i]), choices[i][n].words(d.series[i].kind), when.name), c})
			}
		}
	}
	return list
}
