package prove

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/ruletest"
)

// A shape is how a series behaves during a phase. What its fields mean depends on the kind
// of the series; the zero value is a gauge at 0, a counter that stands still, or a histogram
// that observes nothing.
type shape struct {
	absent bool // no samples
	stale  bool // no samples, and the first of them marks the series stale
	reset  bool // a counter begins anew
	clock  bool // a gauge is the time, less level

	level float64 // of a gauge
	slope float64 // a second: of a gauge that moves, a counter, the observations of a histogram
	flaps bool    // a gauge is at level and at 0 in turns
	high  int     // of a histogram: the bucket that part of the observations falls into
	part  float64 // how many do; the rest falls into the bucket low
	low   int
}

// A kind is what sort of series it is.
type kind int

const (
	gauge    kind = iota
	flag          // a gauge that is 0 or 1
	constant      // a gauge that is 1
	counter
	histogram
)

// A series is a series of a scenario, or the series of one histogram.
type series struct {
	name   string // of a histogram: without _bucket
	labels engine.Labels
	kind   kind
	bounds []float64           // of a histogram, ascending, without +Inf
	parts  map[string]bool     // of a histogram: what of _bucket, _count and _sum is asked for
	values map[string][]string // of labels whose values are known
}

func (s *series) String() string { return withName(s.name, s.labels).String() }

func withName(name string, ls engine.Labels) engine.Labels {
	c := engine.Labels{"__name__": name}
	for k, v := range ls {
		if k != "__name__" && v != "" {
			c[k] = v
		}
	}
	return c
}

// A scenario is how all series behave, phase by phase.
type scenario struct {
	series   []*series
	interval time.Duration
	steps    []int     // of each phase
	shapes   [][]shape // by series, by phase
}

// clone returns a copy whose phases can be changed.
func (s *scenario) clone() *scenario {
	c := *s
	c.series = append([]*series(nil), s.series...)
	c.steps = append([]int(nil), s.steps...)
	c.shapes = nil
	for _, one := range s.shapes {
		c.shapes = append(c.shapes, append([]shape(nil), one...))
	}
	return &c
}

// split divides a phase behind its first steps.
func (s *scenario) split(phase, first int) *scenario {
	c := s.clone()
	c.steps = append(append(append([]int(nil), s.steps[:phase]...), first, s.steps[phase]-first), s.steps[phase+1:]...)
	for i, one := range s.shapes {
		c.shapes[i] = append(append(append([]shape(nil), one[:phase+1]...), one[phase]), one[phase+1:]...)
	}
	return c
}

// begin returns the step at which a phase begins.
func (s *scenario) begin(phase int) int {
	n := 0
	for _, k := range s.steps[:phase] {
		n += k
	}
	return n
}

func (s *scenario) end() int { return s.begin(len(s.steps)) }

// input writes the series in promtool's notation.
func (s *scenario) input() []ruletest.Input {
	var all []ruletest.Input
	for i, one := range s.series {
		add := func(name string, ls engine.Labels, of func(shape) float64, count bool) {
			if suffix := strings.TrimPrefix(name, one.name); one.kind == histogram && !one.parts[suffix] {
				return
			}
			if values := s.values(s.shapes[i], of, count); values != "" {
				all = append(all, ruletest.Input{Series: withName(name, ls).String(), Values: values})
			}
		}
		if one.kind != histogram {
			add(one.name, one.labels, func(sh shape) float64 { return sh.slope }, one.kind == counter)
			continue
		}
		for b := range len(one.bounds) + 1 {
			ls := engine.Labels{"le": "+Inf"}
			for k, v := range one.labels {
				ls[k] = v
			}
			if b < len(one.bounds) {
				ls["le"] = number(one.bounds[b])
			}
			add(one.name+"_bucket", ls, func(sh shape) float64 {
				switch {
				case b >= sh.high:
					return sh.slope
				case b >= sh.low:
					return sh.slope * (1 - sh.part)
				}
				return 0
			}, true)
		}
		add(one.name+"_count", one.labels, func(sh shape) float64 { return sh.slope }, true)
		add(one.name+"_sum", one.labels, func(sh shape) float64 {
			return sh.slope * (sh.part*one.within(sh.high) + (1-sh.part)*one.within(sh.low))
		}, true)
	}
	return all
}

// within returns a value that falls into a bucket.
func (s *series) within(b int) float64 {
	switch {
	case len(s.bounds) == 0:
		return 1
	case b == 0:
		return s.bounds[0] / 2
	case b >= len(s.bounds):
		return s.bounds[len(s.bounds)-1] * 2
	}
	return (s.bounds[b-1] + s.bounds[b]) / 2
}

// values writes the samples of one series, each phase as one run; nothing where there are
// none. A counter, which slope makes, begins at 0.
func (s *scenario) values(phases []shape, slope func(shape) float64, count bool) string {
	var words []string
	some, at, before := false, 0.0, shape{absent: true}
	for p, sh := range phases {
		n, step := s.steps[p], slope(sh)*s.interval.Seconds()
		if n == 0 {
			continue
		}
		switch {
		case sh.stale:
			words = append(words, "stale")
			if n > 1 {
				words = append(words, fmt.Sprintf("_x%d", n-1))
			}
		case sh.absent:
			words = append(words, fmt.Sprintf("_x%d", n))
		case count:
			first := at + step
			if before.absent && !some || sh.reset {
				first = 0
			}
			words = append(words, run(first, step, n))
			at = round(first + step*float64(n-1))
			some = true
		case sh.flaps:
			for i := range n {
				words = append(words, number(sh.level*float64(i%2)))
			}
			some = true
		case sh.clock:
			words = append(words, run(s.interval.Seconds()*float64(s.begin(p))-sh.level, s.interval.Seconds(), n))
			some = true
		default:
			words = append(words, run(sh.level, step, n))
			some = true
		}
		before = sh
	}
	if !some {
		return ""
	}
	return strings.Join(words, " ")
}

// run writes n samples that grow by step.
func run(first, step float64, n int) string {
	first, step = round(first), round(step)
	switch {
	case n == 1:
		return number(first)
	case step == 0:
		return fmt.Sprintf("%sx%d", number(first), n-1)
	case step < 0:
		return fmt.Sprintf("%s-%sx%d", number(first), number(-step), n-1)
	}
	return fmt.Sprintf("%s+%sx%d", number(first), number(step), n-1)
}

// round takes from a number what floating point added to it.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil || r == 0 {
		return 0
	}
	return r
}

// number writes a number as promtool reads it.
func number(v float64) string {
	if math.Abs(v) < 1e15 && math.Abs(v) >= 1e-6 || v == 0 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
