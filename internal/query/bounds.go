package query

import (
	"fmt"
	"math"

	"github.com/prometheus/prometheus/promql/parser"
)

var inf = math.Inf(1)

// most is the end of bounds of what is finite, however large.
const most = math.MaxFloat64

// Bounds are the values that samples can have: from Lo to Hi, both included, and not
// a number where NaN is true. Bounds with Lo > Hi hold no number. An end that is
// infinite means that infinity itself is among the values; one of math.MaxFloat64, that
// they are finite.
type Bounds struct {
	Lo, Hi float64
	NaN    bool // a sample may be not a number: 0/0, or what the program says
	Int    bool // those that are numbers and finite are whole
}

// Anything are the bounds of a value of which nothing is known.
var Anything = Bounds{Lo: math.Inf(-1), Hi: inf, NaN: true}

func point(v float64) Bounds {
	if math.IsNaN(v) {
		return Bounds{Lo: inf, Hi: -inf, NaN: true}
	}
	return Bounds{Lo: v, Hi: v, Int: v == math.Trunc(v)}
}

// Point returns the one number that a value can be.
func (b Bounds) Point() (v float64, ok bool) { return b.Lo, b.Lo == b.Hi && !b.NaN }

// Empty reports whether no sample can have a value within.
func (b Bounds) Empty() bool { return b.Lo > b.Hi && !b.NaN }

// Contains reports whether a sample can have the value.
func (b Bounds) Contains(v float64) bool {
	if math.IsNaN(v) {
		return b.NaN
	}
	return b.Lo <= v && v <= b.Hi && (!b.Int || math.IsInf(v, 0) || v == math.Trunc(v))
}

// String says the bounds in words: at least 0, 0 to 10 or NaN.
func (b Bounds) String() string {
	s := fmt.Sprintf("%.9g to %.9g", b.Lo, b.Hi)
	low, high := b.Lo <= -most, b.Hi >= most
	switch {
	case b.Lo > b.Hi && b.NaN:
		return "NaN"
	case b.Lo > b.Hi:
		return "nothing"
	case b.Lo == b.Hi:
		s = fmt.Sprintf("%.9g", b.Lo)
	case low && high:
		s = "any number"
	case low:
		s = fmt.Sprintf("at most %.9g", b.Hi)
	case high:
		s = fmt.Sprintf("at least %.9g", b.Lo)
	}
	if b.NaN {
		s += " or NaN"
	}
	return s
}

// finite reports whether no infinity is among the numbers.
func (b Bounds) finite() bool { return b.Lo >= -most && b.Hi <= most }

// limited returns bounds whose ends are finite, for what is computed of finite values.
func (b Bounds) limited() Bounds {
	if b.Lo <= b.Hi {
		b.Lo, b.Hi = max(b.Lo, -most), min(b.Hi, most)
	}
	return b
}

// hull returns the bounds of values that are within one of two.
func (b Bounds) hull(o Bounds) Bounds {
	switch {
	case b.Lo > b.Hi:
		o.NaN = o.NaN || b.NaN
		return o
	case o.Lo > o.Hi:
		b.NaN = o.NaN || b.NaN
		return b
	}
	return Bounds{Lo: min(b.Lo, o.Lo), Hi: max(b.Hi, o.Hi), NaN: b.NaN || o.NaN, Int: b.Int && o.Int}
}

// both returns the bounds of values that are within both.
func (b Bounds) both(o Bounds) Bounds {
	return Bounds{Lo: max(b.Lo, o.Lo), Hi: min(b.Hi, o.Hi), NaN: b.NaN && o.NaN, Int: b.Int || o.Int}
}

// clean returns the bounds without NaN.
func (b Bounds) clean() Bounds { b.NaN = false; return b }

// wide returns the bounds a little wider, for what adds up rounding errors.
func (b Bounds) wide() Bounds {
	if _, ok := b.Point(); ok && b.Int && math.Abs(b.Lo) < 1<<20 {
		return b // the mean of equal small whole numbers is that number
	}
	const eps = 1e-9
	if b.Lo != 0 && !math.IsInf(b.Lo, 0) { // what is never negative does not become so
		b.Lo -= math.Abs(b.Lo) * eps
	}
	if b.Hi != 0 && !math.IsInf(b.Hi, 0) && !(b.Int && math.Abs(b.Hi) < 1<<20) {
		b.Hi += math.Abs(b.Hi) * eps
	}
	b.Int = false
	return b
}

// real returns the bounds of values that need not be whole.
func (b Bounds) real() Bounds { b.Int = false; return b }

// monotone returns what f, which never decreases, makes of the bounds.
func (b Bounds) monotone(f func(float64) float64) Bounds {
	if b.Lo > b.Hi {
		return b
	}
	lo, hi := f(b.Lo), f(b.Hi)
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return Anything
	}
	return Bounds{Lo: lo, Hi: hi, NaN: b.NaN}
}

// neg returns the bounds of -x.
func (b Bounds) neg() Bounds {
	b.Lo, b.Hi = -b.Hi, -b.Lo
	return b
}

// arithmetic returns the bounds of l op r. Rounding is monotone, so the ends of the
// result are results of the ends.
func arithmetic(op parser.ItemType, l, r Bounds) Bounds {
	if l.Lo > l.Hi || r.Lo > r.Hi { // one side is NaN, if anything
		if op == parser.POW {
			return Anything // NaN ^ 0 and 1 ^ NaN are 1
		}
		return Bounds{Lo: inf, Hi: -inf, NaN: true}
	}
	if lv, lok := l.Point(); lok {
		if rv, rok := r.Point(); rok {
			return point(compute(op, lv, rv))
		}
	}
	out := Anything
	nan := l.NaN || r.NaN
	switch op {
	case parser.ADD:
		out = Bounds{Lo: l.Lo + r.Lo, Hi: l.Hi + r.Hi, NaN: nan || l.Hi == inf && r.Lo == -inf || l.Lo == -inf && r.Hi == inf, Int: l.Int && r.Int}
	case parser.SUB:
		return arithmetic(parser.ADD, l, r.neg())
	case parser.MUL:
		out = product(l, r)
		out.Int = l.Int && r.Int
	case parser.DIV:
		out = quotient(l, r)
	case parser.MOD:
		out = modulo(l, r)
	case parser.POW:
		out = power(l, r)
	}
	if math.IsNaN(out.Lo) {
		out.Lo = -inf
	}
	if math.IsNaN(out.Hi) {
		out.Hi = inf
	}
	if l.finite() && r.finite() && op != parser.DIV && op != parser.POW {
		return out.limited()
	}
	return out
}

// compute returns l op r for two numbers, as Prometheus does.
func compute(op parser.ItemType, l, r float64) float64 {
	switch op {
	case parser.ADD:
		return l + r
	case parser.SUB:
		return l - r
	case parser.MUL:
		return l * r
	case parser.DIV:
		return l / r
	case parser.POW:
		return math.Pow(l, r)
	case parser.MOD:
		return math.Mod(l, r)
	case parser.ATAN2:
		return math.Atan2(l, r)
	}
	return math.NaN()
}

func product(l, r Bounds) Bounds {
	out := Bounds{Lo: inf, Hi: -inf}
	for _, a := range []float64{l.Lo, l.Hi} {
		for _, b := range []float64{r.Lo, r.Hi} {
			p := a * b
			if math.IsNaN(p) { // 0 times what grows without bounds
				p = 0
			}
			out.Lo, out.Hi = min(out.Lo, p), max(out.Hi, p)
		}
	}
	infinite := func(b Bounds) bool { return math.IsInf(b.Lo, 0) || math.IsInf(b.Hi, 0) }
	zero := func(b Bounds) bool { return b.Lo <= 0 && 0 <= b.Hi }
	out.NaN = l.NaN || r.NaN || zero(l) && infinite(r) || zero(r) && infinite(l)
	return out
}

func quotient(l, r Bounds) Bounds {
	infinite := func(b Bounds) bool { return math.IsInf(b.Lo, 0) || math.IsInf(b.Hi, 0) }
	nan := l.NaN || r.NaN || infinite(l) && infinite(r)
	if r.Lo > 0 || r.Hi < 0 {
		out := Bounds{Lo: inf, Hi: -inf, NaN: nan}
		for _, a := range []float64{l.Lo, l.Hi} {
			for _, b := range []float64{r.Lo, r.Hi} {
				q := a / b
				if math.IsNaN(q) { // of two that grow without bounds: any size of that sign
					out.Lo, out.Hi = min(out.Lo, 0), max(out.Hi, 0)
					q = math.Copysign(inf, a) * math.Copysign(1, b)
				}
				out.Lo, out.Hi = min(out.Lo, q), max(out.Hi, q)
			}
		}
		return out
	}
	nan = nan || l.Lo <= 0 && 0 <= l.Hi
	if l.Lo >= 0 && r.Lo >= 0 && !math.Signbit(r.Lo) {
		out := Bounds{Lo: 0, Hi: inf, NaN: nan}
		if r.Hi > 0 && l.Lo > 0 {
			out.Lo = l.Lo / r.Hi
			if math.IsNaN(out.Lo) {
				out.Lo = 0
			}
		}
		return out
	}
	return Bounds{Lo: -inf, Hi: inf, NaN: nan}
}

// modulo returns the bounds of l % r, which has the sign of l.
func modulo(l, r Bounds) Bounds {
	most := max(math.Abs(r.Lo), math.Abs(r.Hi))
	out := Bounds{Lo: max(l.Lo, -most), Hi: min(l.Hi, most), NaN: l.NaN || r.NaN || math.IsInf(l.Lo, 0) || math.IsInf(l.Hi, 0) || r.Lo <= 0 && 0 <= r.Hi, Int: l.Int && r.Int}
	if l.Lo > 0 {
		out.Lo = 0
	}
	if l.Hi < 0 {
		out.Hi = 0
	}
	return out
}

// power returns the bounds of l ^ r where r is a number and l is never negative.
func power(l, r Bounds) Bounds {
	e, ok := r.Point()
	switch {
	case ok && e >= 0 && l.Lo >= 0:
		return l.monotone(func(v float64) float64 { return math.Pow(v, e) })
	case ok && e == math.Trunc(e) && math.Mod(e, 2) == 0:
		return Bounds{Lo: 0, Hi: inf, NaN: l.NaN}
	case l.Lo >= 0:
		return Bounds{Lo: 0, Hi: inf, NaN: l.NaN || r.NaN}
	}
	return Anything
}

// holds says what is known of l op r, for two values out of bounds: always, never or
// sometimes true.
func holds(op parser.ItemType, l, r Bounds) State {
	if l.Lo > l.Hi && !l.NaN || r.Lo > r.Hi && !r.NaN {
		return Never
	}
	numbers := l.Lo <= l.Hi && r.Lo <= r.Hi
	nan := l.NaN || r.NaN
	always, never := false, !numbers
	if numbers {
		always, never = compared(op, l, r)
	}
	if op == parser.NEQ { // true of NaN, whatever it is compared with
		always, never = always || !numbers, never && numbers && !nan
	} else {
		always = always && !nan
	}
	switch {
	case never:
		return Never
	case always:
		return Always
	}
	return Sometimes
}

// compared says of two intervals of numbers whether a comparison always or never holds.
func compared(op parser.ItemType, l, r Bounds) (always, never bool) {
	apart := l.Hi < r.Lo || r.Hi < l.Lo || l.Int && !r.hasInt() || r.Int && !l.hasInt()
	same := l.Lo == l.Hi && r.Lo == r.Hi && l.Lo == r.Lo
	switch op {
	case parser.EQLC:
		return same, apart
	case parser.NEQ:
		return apart, same
	case parser.GTR:
		return l.Lo > r.Hi, l.Hi <= r.Lo
	case parser.GTE:
		return l.Lo >= r.Hi, l.Hi < r.Lo
	case parser.LSS:
		return l.Hi < r.Lo, l.Lo >= r.Hi
	case parser.LTE:
		return l.Hi <= r.Lo, l.Lo > r.Hi
	}
	return false, false
}

// hasInt reports whether there is a whole number, or an infinity, within the bounds.
func (b Bounds) hasInt() bool {
	return math.IsInf(b.Lo, 0) || math.IsInf(b.Hi, 0) || math.Ceil(b.Lo) <= b.Hi
}

// narrowed returns the values of l for which l op r can hold.
func narrowed(op parser.ItemType, l, r Bounds) Bounds {
	if op == parser.NEQ {
		if v, ok := r.Point(); ok && l.Int { // the ends of whole numbers
			if v == l.Lo {
				l.Lo++
			} else if v == l.Hi {
				l.Hi--
			}
		}
		return l
	}
	l.NaN = false
	if r.Lo > r.Hi { // NaN
		return Bounds{Lo: inf, Hi: -inf}
	}
	switch op {
	case parser.EQLC:
		l.Lo, l.Hi = max(l.Lo, r.Lo), min(l.Hi, r.Hi)
	case parser.GTR:
		l.Lo = max(l.Lo, math.Nextafter(r.Lo, inf))
		if r.Lo == inf {
			l.Hi = -inf
		}
	case parser.GTE:
		l.Lo = max(l.Lo, r.Lo)
	case parser.LSS:
		l.Hi = min(l.Hi, math.Nextafter(r.Hi, -inf))
		if r.Hi == -inf {
			l.Lo = inf
		}
	case parser.LTE:
		l.Hi = min(l.Hi, r.Hi)
	}
	if l.Int && l.Lo <= l.Hi {
		l.Lo, l.Hi = math.Ceil(l.Lo), math.Floor(l.Hi)
	}
	return l
}
