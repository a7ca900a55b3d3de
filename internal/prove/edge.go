package prove

import (
	"fmt"
	"math"
	"slices"

	"github.com/dashgen/dashgen/internal/engine"
)

// This file finds where an alert begins to fire, and makes the scenarios at both sides of it.

// An edge is a number of a series at which the alert begins to fire.
type edge struct {
	series        int
	fires, quiets shape
	at            shape // the threshold itself, as near to it as digits go
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
	yes, no = halve(fires, yes, no, 1e-6)
	if _, short := shortest(yes, no, 4, 2e-6); !short {
		yes, no = halve(fires, yes, no, 1e-12)
	}
	return d.around(base, i, of, yes, no)
}

// halve moves two numbers, one that fires and one that does not, towards each other until what
// is between them is a small part of them.
func halve(fires func(float64) bool, yes, no, part float64) (float64, float64) {
	for range 60 {
		mid := (yes + no) / 2
		if math.Abs(yes-no) <= part*math.Abs(mid) || mid == yes || mid == no {
			break
		}
		if fires(mid) {
			yes = mid
		} else {
			no = mid
		}
	}
	return yes, no
}

// shortest returns the number with the fewest digits, at most so many, that is the middle of
// two but for a small part of it.
func shortest(yes, no float64, most int, part float64) (float64, bool) {
	middle := (yes + no) / 2
	for n := 1; n <= most; n++ {
		if c := digits(middle, n); math.Abs(c-middle) <= part*math.Abs(middle) {
			return c, true
		}
	}
	return middle, false
}

// around adds the scenarios at both sides of a threshold that lies between two numbers, and at
// it where it is a short one.
func (d *deriver) around(base *scenario, i int, of side, yes, no float64) (edge, bool) {
	one, sh := d.series[i], base.shapes[i][during]
	at, middle, short := of.get(sh), (yes+no)/2, false
	if math.Abs(middle) <= 1e-9*max(1, math.Abs(at)) {
		middle, short = 0, true
	}
	if !short {
		if middle, short = shortest(yes, no, 4, 2e-6); !short {
			middle, short = shortest(yes, no, 10, 1e-11)
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
	return edge{i, fires[len(fires)-1], quiets[0], of.set(sh, round(middle))}, true
}

// side adds a scenario at one side of a threshold.
func (d *deriver) side(base *scenario, i int, of side, sh shape) {
	one := d.series[i]
	d.maybe(fmt.Sprintf("with %s at %s", d.called(one), of.unit(one, sh)), d.with(base, i, sh))
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
