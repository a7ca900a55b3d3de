package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/schema"
)

// UnitID returns Grafana's unit id for the value of an expression whose metrics
// stand in s, or "" where it is not known.
func UnitID(expr string, s *schema.Schema) string {
	e, err := Parse(expr)
	if err != nil {
		return ""
	}
	u, ok := UnitOf(e, s)
	if !ok {
		return ""
	}
	return u.Grafana()
}

// MetricUnit returns the unit of a metric's own value: of a gauge, of a counter's
// total, of a histogram's observations.
func MetricUnit(m *schema.Metric) Unit {
	u := Unit{Base: m.Unit, Mul: 1, Time: isTimestamp(m)}
	if m.Unit == "" {
		u.Noun = noun(m.Name)
	}
	return u
}

// isTimestamp reports whether a gauge holds a time since the epoch.
func isTimestamp(m *schema.Metric) bool {
	if m.Type != schema.Gauge && m.Type != schema.Untyped {
		return false
	}
	help := strings.ToLower(m.Help)
	parts := strings.Split(strings.ToLower(m.Name), "_")
	last := parts[len(parts)-1]
	return slices.Contains(parts, "timestamp") || strings.Contains(m.Name, "start_time_seconds") || strings.Contains(m.Name, "boot_time_seconds") ||
		strings.Contains(help, "unix time") || strings.Contains(help, "since the epoch") || strings.Contains(help, "since epoch") || strings.Contains(help, "since unix epoch") ||
		(last == "ts" || last == "time") && strings.Contains(help, "timestamp")
}

// noun returns the word in a metric's name that says what it counts, if it is one
// that Grafana has a rate for. It is one of the last two parts: further in front stands
// where it is counted.
func noun(name string) string {
	parts := strings.Split(strings.TrimSuffix(strings.ToLower(name), "_total"), "_")
	if slices.ContainsFunc(parts, func(p string) bool { return p == "failed" || p == "failure" || p == "fail" }) {
		return "failures" // whatever it is that fails
	}
	for i := len(parts) - 1; i >= max(0, len(parts)-2); i-- {
		for _, w := range []string{parts[i], parts[i] + "s"} {
			if nounRate[w] != "" {
				return w
			}
		}
	}
	return ""
}

// UnitOf infers the unit of an expression from the units of its metrics. ok is
// false where they are not known or do not go together.
func UnitOf(e parser.Expr, s *schema.Schema) (u Unit, ok bool) {
	info := Infer("", e, &World{Schema: s}).Root()
	if !info.UnitKnown {
		return Unit{}, false
	}
	return info.Unit, true
}

// seriesUnit returns the unit of a metric's series: a histogram's buckets and count are
// plain numbers, its sum has the unit of what it observes.
func seriesUnit(m *schema.Metric, suffix string) Unit {
	if suffix == "_bucket" || suffix == "_count" {
		return Unit{Mul: 1, Noun: noun(m.Name)}
	}
	return MetricUnit(m)
}

// scale returns what the value is times its base unit.
func (u Unit) scale() float64 {
	if u.Mul == 0 {
		return 1
	}
	return u.Mul
}

func (u Unit) times(v float64) Unit {
	if u.Mul == 0 {
		u.Mul = 1
	}
	u.Mul *= v
	return u
}

// divide returns the unit of l / r: a ratio where they are alike, l's where r only
// counts (a histogram's sum over its count).
func divide(l, r Unit) (Unit, bool) {
	l, r = l.times(1), r.times(1)
	switch {
	case l.Base == r.Base && l.Per == r.Per:
		return Unit{Base: "ratio", Mul: l.Mul / r.Mul}, true
	case r.Base == "" && l.Per == r.Per:
		return Unit{Base: l.Base, Mul: l.Mul / r.Mul}, true
	}
	return Unit{}, false
}

// sum returns the unit of l + r or l - r: two times differ by a duration, a number
// takes the other side's unit.
func sum(minus bool, l, r Unit, lnum, rnum bool) (Unit, bool) {
	l, r = l.times(1), r.times(1)
	switch {
	case minus && l.Time && r.Time && l.Base == r.Base:
		return Unit{Base: l.Base, Mul: l.Mul}, near(l.Mul, r.Mul)
	case lnum:
		return r, true
	case rnum:
		return l, true
	case l.Base != r.Base || l.Per != r.Per || !near(l.Mul, r.Mul):
		return Unit{}, false
	case l.Noun != r.Noun:
		l.Noun = ""
	}
	l.Time = l.Time != r.Time // a time and a duration make a time
	return l, true
}

// Clash reports whether l op r, of two vectors or a vector and a scalar, adds, subtracts or
// compares values whose units are known and do not go together: seconds and milliseconds,
// a ratio and a percentage, a time and a duration. Plain numbers clash with nothing,
// because a name without a unit may hold anything, nor does what a literal scaled to no
// unit that has a name: three times the bytes of yesterday.
func Clash(op parser.ItemType, l, r *Info) bool {
	if !l.UnitKnown || !r.UnitKnown || l.Unit.Base == "" || r.Unit.Base == "" {
		return false
	}
	a, b := l.Unit.normal(), r.Unit.normal()
	switch {
	case op != parser.ADD && op != parser.SUB && !op.IsComparisonOperator():
		return false
	case a.Time && b.Time && a.Base == b.Base && !near(a.Mul, b.Mul):
		return true // time() - timestamp_seconds * 1000
	case a.Mul != 1 || b.Mul != 1:
		return false
	case a.Base != b.Base || a.Per != b.Per:
		return true
	case op == parser.ADD:
		return a.Time && b.Time
	case op == parser.SUB:
		return !a.Time && b.Time
	}
	return a.Time != b.Time
}

// String says a unit in words: bytes a second, seconds since the epoch, 0.001 seconds.
func (u Unit) String() string {
	u = u.normal()
	s := u.Base
	if s == "" {
		s = cmp.Or(u.Noun, "a number")
	}
	if u.Mul != 1 {
		s = fmt.Sprintf("%g times %s", u.Mul, s)
	}
	if u.Time {
		s += " since the epoch"
	}
	if u.Per != "" {
		s += " a " + u.Per
	}
	return s
}
