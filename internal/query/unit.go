package query

import (
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
		strings.Contains(help, "unix time") || strings.Contains(help, "since the epoch") || strings.Contains(help, "since unix epoch") ||
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
	switch e := unparen(e).(type) {
	case *parser.NumberLiteral:
		return Unit{Mul: 1}, true
	case *parser.VectorSelector:
		return seriesUnit(selectedName(e), s)
	case *parser.MatrixSelector:
		return UnitOf(e.VectorSelector, s)
	case *parser.SubqueryExpr:
		return UnitOf(e.Expr, s)
	case *parser.StepInvariantExpr:
		return UnitOf(e.Expr, s)
	case *parser.UnaryExpr:
		return UnitOf(e.Expr, s)
	case *parser.AggregateExpr:
		if e.Op == parser.COUNT || e.Op == parser.COUNT_VALUES || e.Op == parser.GROUP {
			return Unit{Mul: 1}, true
		}
		if vs, ok := unparen(e.Expr).(*parser.VectorSelector); ok && e.Op == parser.AVG && vs.Name == "up" {
			return Unit{Base: "ratio", Mul: 1}, true // the share of targets that are up
		}
		return UnitOf(e.Expr, s)
	case *parser.Call:
		return callUnit(e, s)
	case *parser.BinaryExpr:
		return binaryUnit(e, s)
	}
	return Unit{}, false
}

// seriesUnit returns the unit of one series name: a histogram's buckets and count
// are plain numbers, its sum has the unit of what it observes.
func seriesUnit(name string, s *schema.Schema) (Unit, bool) {
	if Foreign(name) {
		return Unit{Mul: 1}, name == "up" || strings.HasPrefix(name, "ALERTS")
	}
	if s == nil {
		return Unit{}, false
	}
	m, suffix := s.Series(name)
	if m == nil {
		return Unit{}, false
	}
	if suffix == "_bucket" || suffix == "_count" {
		return Unit{Mul: 1, Noun: noun(m.Name)}, true
	}
	return MetricUnit(m), true
}

// callUnit returns the unit of a function's value.
func callUnit(e *parser.Call, s *schema.Schema) (Unit, bool) {
	switch e.Func.Name {
	case "time", "timestamp":
		return Unit{Base: "seconds", Time: true, Mul: 1}, true
	case "histogram_quantile":
		return observed(e.Args[1], s)
	case "histogram_avg", "histogram_sum":
		return observed(e.Args[0], s)
	case "rate", "irate", "deriv":
		u, ok := UnitOf(e.Args[0], s)
		u.Per = "second"
		return u, ok && !u.Time
	case "absent", "absent_over_time", "changes", "resets", "count_over_time", "present_over_time", "histogram_count", "vector":
		return Unit{Mul: 1}, true
	case "scalar", "abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "increase", "delta", "idelta",
		"avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "last_over_time", "quantile_over_time",
		"sort", "sort_desc", "label_replace", "label_join", "predict_linear", "holt_winters", "double_exponential_smoothing":
		for _, arg := range e.Args {
			if t := arg.Type(); t == parser.ValueTypeVector || t == parser.ValueTypeMatrix {
				return UnitOf(arg, s)
			}
		}
	}
	return Unit{}, false
}

// observed returns the unit of what the histogram inside e observes.
func observed(e parser.Expr, s *schema.Schema) (Unit, bool) {
	for _, sel := range Selectors(e) {
		if s == nil {
			break
		}
		if m, _ := s.Series(sel.Name); m != nil {
			return MetricUnit(m), true
		}
	}
	return Unit{}, false
}

// binaryUnit returns the unit of l OP r.
func binaryUnit(e *parser.BinaryExpr, s *schema.Schema) (Unit, bool) {
	l, lok := UnitOf(e.LHS, s)
	r, rok := UnitOf(e.RHS, s)
	lv, lnum := constant(e.LHS)
	rv, rnum := constant(e.RHS)
	switch {
	case e.Op.IsComparisonOperator():
		if e.ReturnBool {
			return Unit{Mul: 1}, true
		}
		if lnum {
			return r, rok
		}
		return l, lok
	case e.Op == parser.MUL && rnum:
		return l.times(rv), lok
	case e.Op == parser.MUL && lnum:
		return r.times(lv), rok
	case e.Op == parser.DIV && rnum && rv != 0:
		return l.times(1 / rv), lok
	case !lok || !rok:
		return Unit{}, false
	case e.Op == parser.DIV:
		return divide(l, r)
	case e.Op == parser.ADD || e.Op == parser.SUB:
		return sum(e.Op == parser.SUB, l, r, lnum, rnum)
	case e.Op == parser.LOR:
		return l, l.Base == r.Base && l.Per == r.Per && near(l.times(1).Mul, r.times(1).Mul)
	case e.Op == parser.LAND || e.Op == parser.LUNLESS:
		return l, true
	}
	return Unit{}, false
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
