package render

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file turns what alerts compare with into the steps of a panel. A step colours
// its own value and all above, so that "> 0" begins at the next value that there is.

// steps returns the thresholds of alerts as the steps of a panel, nil where there
// are none: green between the bounds, the alert's colour beyond. A comparison with
// == or != is no bound; a state's colour says it.
func steps(alerts []*alert) []plan.Step {
	var lower, upper []plan.Step // from where it is green again, and from where no more
	for _, a := range alerts {
		s := plan.Step{Value: a.value, Color: a.color()}
		if (a.op == "<=" || a.op == ">") && a.rests() {
			s.Value = a.next
		}
		switch {
		case math.IsInf(s.Value, 0): // no value is beyond it
		case a.op == "<" || a.op == "<=":
			lower = append(lower, s)
		case a.op == ">" || a.op == ">=":
			upper = append(upper, s)
		}
	}
	byValue := func(a, b plan.Step) int { return cmp.Compare(a.Value, b.Value) }
	slices.SortStableFunc(lower, byValue)
	slices.SortStableFunc(upper, byValue)
	if len(lower)+len(upper) == 0 {
		return nil
	}
	if n := len(lower); n > 0 && len(upper) > 0 && lower[n-1].Value >= upper[0].Value {
		lower = nil // they overlap, so nothing between them is green
	}
	all := []plan.Step{{Color: "green"}}
	for i, s := range lower {
		all[i].Color = s.Color
		all = append(all, plan.Step{Value: s.Value, Color: "green"})
	}
	for _, s := range upper {
		if last := &all[len(all)-1]; len(all) > 1 && last.Value == s.Value {
			last.Color = s.Color
			continue
		}
		all = append(all, s)
	}
	return all
}

// equals marks the first value that an alert with == watches for, and no other. Below
// 0 there is nothing to mark.
func equals(alerts []*alert) []plan.Step {
	for _, a := range alerts {
		if a.op != "==" {
			continue
		}
		all := []plan.Step{{Color: a.color()}}
		if a.value != 0 {
			all = []plan.Step{{Color: "green"}, {Value: a.value, Color: a.color()}}
		}
		if !math.IsInf(a.next, 0) {
			all = append(all, plan.Step{Value: a.next, Color: "green"})
		}
		return all
	}
	return nil
}

// rests reports whether values may well stay at the bound itself: at 0, or at a small
// whole number. Elsewhere the step is the alert's own number, which people know.
func (a *alert) rests() bool {
	return a.value == 0 || math.Abs(a.value) < 10 && a.next-a.value >= 1
}

// finest is the smallest difference that a step makes: the least that JSON writes
// without an exponent.
const finest = 1e-6

// above returns a value just above v that is readable: v and a millionth, less where v
// itself is small.
func above(v float64) float64 {
	x, digits := math.Round((v+finest)/finest)*finest, 15
	if v != 0 && math.Abs(v) < 1000*finest {
		x, digits = v+math.Abs(v)/1000, 6
	}
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64) // drops the noise of the arithmetic
	if x > v {
		return x
	}
	return math.Nextafter(v, math.Inf(1))
}

// next returns the least value above v that an expression has: of a state the next of
// its values, positive infinity where there is none; of a count the next whole
// number; else one just above.
func (l *layout) next(expr string, v float64) float64 {
	expr = canonical(expr)
	added := false
	op, arg := call(expr)
	for slices.Contains([]string{"sum", "min", "max"}, op) {
		added = added || op == "sum"
		expr = arg
		op, arg = call(expr)
	}
	var values []float64
	whole := slices.Contains(counting, op)
	if m := aSelector.FindStringSubmatch(expr); m != nil {
		values = l.valuesOf(m[1])
		whole = l.counts(m[1])
	}
	if values != nil && !added {
		i := slices.IndexFunc(values, func(x float64) bool { return x > v })
		if i < 0 {
			return math.Inf(1)
		}
		return values[i]
	}
	if values != nil {
		whole = all(values, func(x float64) bool { return x == math.Trunc(x) })
	}
	// Extrapolation makes an increase larger, never smaller: it is 0, or 1 and more.
	if whole || op == "increase" && v == 0 && l.unit(expr) == "short" {
		return math.Floor(v) + 1
	}
	return above(v)
}

// counting are what PromQL has to count with.
var counting = []string{"count", "group", "absent", "absent_over_time", "changes", "resets", "count_over_time"}

var (
	aCall     = regexp.MustCompile(`^(\w+)(?: (?:by|without) \([^)]*\))? ?\((.*)\)$`)
	aSelector = regexp.MustCompile(`^(\w+)(?:\{[^{}]*\})?$`)
)

// call returns the function or aggregation that a canonical expression of one argument
// is, and the argument; "" where it is none.
func call(expr string) (name, arg string) {
	m := aCall.FindStringSubmatch(expr)
	if m == nil {
		return "", ""
	}
	if _, err := query.Parse(m[2]); err != nil {
		return "", "" // the brackets at its ends are two pairs
	}
	return m[1], m[2]
}

// valuesOf returns the values of the state of that name in ascending order, nil where
// it is no state.
func (l *layout) valuesOf(name string) []float64 {
	if name == "up" {
		return []float64{0, 1}
	}
	var values []float64
	for i := range l.signals {
		if s := &l.signals[i]; s.Kind == plan.State && len(s.Metrics) > 0 && s.Metrics[0].Name == name {
			for _, t := range stateTexts(s.Metrics[0]) {
				values = append(values, number(t[0]))
			}
		}
	}
	slices.Sort(values)
	return values
}

// countWords end the names of gauges that count, helpCounts is how help texts say it.
var (
	countWords = []string{"count", "depth", "height", "lag", "length", "pending", "queue", "queued"}
	helpCounts = regexp.MustCompile(`(?i)\b(?:number of|count of|how many)\b`)
)

// counts reports whether a gauge is certain to count things, so that its values are
// whole: bytes, or what its help says to be a number, or whose name ends in a plural or
// in such a word.
func (l *layout) counts(name string) bool {
	m, _ := l.schema.Series(name)
	if m == nil || m.Type != schema.Gauge || m.Unit != "" {
		return m != nil && m.Unit == "bytes"
	}
	parts := strings.Split(strings.ToLower(strings.TrimSuffix(name, "_total")), "_")
	last := parts[len(parts)-1]
	plural := strings.HasSuffix(last, "s") && !strings.HasSuffix(last, "ss")
	return plural || slices.Contains(countWords, last) || helpCounts.MatchString(m.Help)
}
