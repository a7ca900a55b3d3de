package lint

import (
	"math"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file converts what expressions ask of a metric whose unit changed.

// linear are the functions of ranges whose result is in the unit of the samples, as many
// times as large as they are.
var linear = []string{
	"avg_over_time", "delta", "deriv", "double_exponential_smoothing", "first_over_time", "holt_winters", "idelta", "increase", "irate",
	"last_over_time", "mad_over_time", "max_over_time", "min_over_time", "predict_linear", "quantile_over_time", "rate", "stddev_over_time", "sum_over_time",
}

// unitless are those whose result has nothing to do with the unit.
var unitless = []string{"absent_over_time", "changes", "count_over_time", "present_over_time", "resets"}

// ofHistogram are the functions of native histograms, and whether the result is in the unit
// of what was observed.
var ofHistogram = map[string]bool{"histogram_avg": true, "histogram_count": false, "histogram_quantile": true, "histogram_stddev": true, "histogram_sum": true}

// scaled returns the expression with what it asks of the metric converted to the unit that
// that had: x / 1000 where seconds became milliseconds. Empty: the units do not convert into
// one another, or the place where to convert cannot be told.
func (u *user) scaled(c schema.Change, unit string) string {
	times, ok := query.Times(unit, c.Old.Unit)
	if !ok {
		return ""
	}
	var at []parser.Node
	for _, s := range u.selections(c.Metric) {
		if s.rule != "" {
			return "" // the recording rule is to be converted
		}
		n, ok := u.inUnit(c.Old, s)
		if !ok {
			return ""
		}
		if n != nil && !slices.Contains(at, n) {
			at = append(at, n)
		}
	}
	slices.SortFunc(at, func(a, b parser.Node) int { return offset(b) - offset(a) })
	expr := u.Expr
	for _, n := range at {
		span := n.PositionRange()
		converted := expr[span.Start:span.End] + factor(times)
		if u.binds(n) {
			converted = "(" + converted + ")"
		}
		expr = expr[:span.Start] + converted + expr[span.End:]
	}
	return expr
}

// inUnit returns the innermost node around a selector whose value is a number in the unit
// of the metric; nil where no value is asked for.
func (u *user) inUnit(m *schema.Metric, s selection) (parser.Node, bool) {
	if u.Name {
		return nil, false
	}
	if s.suffix == "_count" {
		return nil, true
	}
	if s.suffix == "_bucket" || m.Type == schema.Histogram && s.suffix == "" {
		return u.observed(s.node)
	}
	matrix, isRange := u.before.Parent(s.node).(*parser.MatrixSelector)
	if !isRange {
		if u.counted(s.node) {
			return nil, true
		}
		call, ok := u.before.Parent(s.node).(*parser.Call)
		if ok && call.Func.Name == "timestamp" {
			return nil, true
		}
		return s.node, true
	}
	call, ok := u.before.Parent(matrix).(*parser.Call)
	switch {
	case !ok:
		return nil, false
	case slices.Contains(unitless, call.Func.Name):
		return nil, true
	}
	return call, slices.Contains(linear, call.Func.Name)
}

// observed returns the function that makes a number of a histogram's buckets.
func (u *user) observed(n parser.Node) (parser.Node, bool) {
	for up := u.before.Parent(n); up != nil; up = u.before.Parent(up) {
		switch up := up.(type) {
		case *parser.Call:
			if asks, ok := ofHistogram[up.Func.Name]; ok {
				if !asks {
					return nil, true
				}
				return up, true
			}
			if up.Func.Name != "rate" && up.Func.Name != "increase" && up.Func.Name != "irate" {
				return nil, false
			}
		case *parser.AggregateExpr:
			if up.Op != parser.SUM {
				return nil, false
			}
		case *parser.MatrixSelector, *parser.ParenExpr, *parser.StepInvariantExpr:
		default:
			return nil, false
		}
	}
	return nil, false
}

// binds reports whether what stands around a node would take a part of a product there.
func (u *user) binds(n parser.Node) bool {
	switch up := u.before.Parent(n).(type) {
	case *parser.BinaryExpr:
		product := up.Op == parser.MUL || up.Op == parser.DIV || up.Op == parser.MOD || up.Op == parser.ATAN2
		return up.Op == parser.POW || product && parser.Node(up.RHS) == n
	case *parser.SubqueryExpr:
		return true
	case *parser.StepInvariantExpr:
		return u.binds(up)
	}
	return false
}

// factor returns the operation that makes a value so many times as large.
func factor(times float64) string {
	op := " * "
	if times < 1 {
		op, times = " / ", 1/times
	}
	if whole := math.Round(times); math.Abs(times-whole) < 1e-6*times {
		times = whole
	}
	return op + strconv.FormatFloat(times, 'f', -1, 64)
}
