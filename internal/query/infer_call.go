package query

import (
	"math"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// A function says what is known of a call from what is known of its arguments. info
// is a copy of the vector argument's, without its name: rules change what is not
// so.
type function struct {
	info   func(in *Inferred, e *parser.Call, info *Info)
	values func(of Bounds) Bounds // of the vector argument's; nil: info sets them, or they stay
	named  bool                   // the metric's name stays
}

// functions are those of PromQL that do more to a vector than to drop its name. What is not
// listed makes numbers of which nothing is known.
// See https://prometheus.io/docs/prometheus/latest/querying/functions/.
var functions = map[string]function{
	"abs":   {values: absolute},
	"ceil":  {values: func(b Bounds) Bounds { b = b.monotone(math.Ceil); b.Int = true; return b }},
	"floor": {values: func(b Bounds) Bounds { b = b.monotone(math.Floor); b.Int = true; return b }},
	"round": {info: round},
	"sgn":   {info: counted, values: func(b Bounds) Bounds { b = b.monotone(sign); b.Int = true; return b }},
	"clamp": {info: clamp}, "clamp_min": {info: clamp}, "clamp_max": {info: clamp},
	"sqrt":  {info: unitless, values: func(b Bounds) Bounds { return domain(b, 0, math.Sqrt) }},
	"exp":   {info: unitless, values: func(b Bounds) Bounds { return b.monotone(math.Exp).wide() }},
	"ln":    {info: unitless, values: func(b Bounds) Bounds { return domain(b, 0, math.Log) }},
	"log2":  {info: unitless, values: func(b Bounds) Bounds { return domain(b, 0, math.Log2) }},
	"log10": {info: unitless, values: func(b Bounds) Bounds { return domain(b, 0, math.Log10) }},
	"sin":   {info: unitless, values: wave}, "cos": {info: unitless, values: wave},

	"sort": {named: true}, "sort_desc": {named: true}, "sort_by_label": {named: true}, "sort_by_label_desc": {named: true},
	"info": {info: joined, named: true}, "histogram_quantiles": {info: joined},
	"label_replace": {info: labelReplace, named: true},
	"label_join":    {info: labelJoin, named: true},

	"rate": {info: rate}, "irate": {info: rate}, "increase": {info: increase},
	"delta": {info: delta}, "idelta": {info: delta}, "deriv": {info: deriv},
	"predict_linear": {info: gauge, values: anything}, "double_exponential_smoothing": {info: gauge, values: anything}, "holt_winters": {info: gauge, values: anything},
	"changes": {info: counted, values: natural}, "resets": {info: counted, values: natural},

	"avg_over_time":  {info: average, values: mean},
	"min_over_time":  {},
	"max_over_time":  {},
	"last_over_time": {named: true}, "first_over_time": {named: true},
	"sum_over_time":      {info: total, values: summed},
	"quantile_over_time": {info: quantileOverTime},
	"stddev_over_time":   {info: deviation}, "stdvar_over_time": {info: deviation}, "mad_over_time": {info: deviation},
	"count_over_time":   {info: counted, values: func(Bounds) Bounds { return Bounds{Lo: 1, Hi: most, Int: true} }},
	"present_over_time": {info: counted, values: func(Bounds) Bounds { return point(1) }},
	"absent":            {info: absent}, "absent_over_time": {info: absent},

	"histogram_quantile": {info: histogramQuantile}, "histogram_fraction": {info: histogramFraction},
	"histogram_count": {info: histogramCount}, "histogram_sum": {info: histogramSum}, "histogram_avg": {info: histogramAvg},
	"histogram_stddev": {info: histogramDeviation}, "histogram_stdvar": {info: histogramDeviation},

	"time": {info: now}, "timestamp": {info: timestamp}, "pi": {info: pi}, "vector": {info: vector}, "scalar": {info: scalar},
	"minute": {info: calendar(0, 59)}, "hour": {info: calendar(0, 23)}, "day_of_week": {info: calendar(0, 6)},
	"day_of_month": {info: calendar(1, 31)}, "day_of_year": {info: calendar(1, 366)}, "days_in_month": {info: calendar(28, 31)},
	"month": {info: calendar(1, 12)}, "year": {info: calendar(math.Inf(-1), math.Inf(1))},
}

// call infers a function call.
func (in *Inferred) call(e *parser.Call) *Info {
	var of *Info
	for _, arg := range e.Args {
		if t := arg.Type(); of == nil && (t == parser.ValueTypeVector || t == parser.ValueTypeMatrix) {
			of = in.infos[arg]
		}
	}
	if of == nil {
		of = &Info{Scalar: true, Values: Anything, Usual: Anything, Empty: Emptiness{State: Never}}
	}
	info := of.value()
	info.Scalar = e.Type() == parser.ValueTypeScalar
	f, known := functions[e.Func.Name]
	if !known {
		f = function{info: unitless, values: anything}
	}
	if !f.named {
		info.Labels = info.Labels.nameless()
	}
	if info.Empty.State == Never && (mayHoldHistogram(of) || strings.HasPrefix(e.Func.Name, "histogram_")) {
		info.Empty = Emptiness{} // functions of numbers leave histograms out, and the other way round
	}
	if f.values != nil {
		info.Values, info.Usual = f.values(of.Values), f.values(of.Usual)
	}
	if f.info != nil {
		f.info(in, e, &info)
	}
	if info.Empty.State == Never && len(e.Args) > 0 && e.Args[0].Type() == parser.ValueTypeMatrix && !always[e.Func.Name] {
		info.Empty = Emptiness{} // one sample makes no rate
	}
	if !info.Type.Cumulative() {
		info.Aggregated = nil
	}
	return &info
}

// always are the functions of a range that make a value of every series that has a
// sample in it.
var always = map[string]bool{"count_over_time": true, "present_over_time": true, "last_over_time": true, "first_over_time": true, "absent_over_time": true}

func anything(Bounds) Bounds { return Anything }

// joined is for functions that add labels of which nothing is known here.
func joined(_ *Inferred, _ *parser.Call, info *Info) { info.Labels.Any = true }

func natural(Bounds) Bounds { return Bounds{Lo: 0, Hi: most, Int: true} }

func wave(b Bounds) Bounds {
	return Bounds{Lo: -1, Hi: 1, NaN: b.NaN || b.Lo == -inf || b.Hi == inf}
}

func sign(v float64) float64 {
	switch {
	case v < 0:
		return -1
	case v > 0:
		return 1
	}
	return v
}

func absolute(b Bounds) Bounds {
	if b.Lo > b.Hi {
		return b
	}
	lo, hi := math.Abs(b.Lo), math.Abs(b.Hi)
	out := Bounds{Lo: min(lo, hi), Hi: max(lo, hi), NaN: b.NaN, Int: b.Int}
	if b.Lo <= 0 && b.Hi >= 0 {
		out.Lo = 0
	}
	return out
}

// domain returns what a growing function that is defined from least on makes of bounds.
func domain(b Bounds, least float64, f func(float64) float64) Bounds {
	if b.Lo < least {
		b.NaN, b.Lo = true, least
	}
	return b.monotone(f).wide()
}

// unitless is of what has no unit of its own.
func unitless(_ *Inferred, _ *parser.Call, info *Info) {
	info.Type, info.Of, info.UnitKnown = Unknown, Unknown, false
}

// counted is of what PromQL counts.
func counted(_ *Inferred, _ *parser.Call, info *Info) {
	info.Type, info.Of, info.Unit, info.UnitKnown = Number, Unknown, Unit{Mul: 1}, true
}

// gauge is of what computes a value like those it is computed of.
func gauge(_ *Inferred, _ *parser.Call, info *Info) {
	info.Type, info.Of = ofUnit(Gauge, info.Unit), Unknown
}

func rate(_ *Inferred, e *parser.Call, info *Info) {
	info.Type, info.Of = Rate, info.Type
	if info.Of == NativeHistogram {
		info.Type = NativeHistogram
		info.Of = Rate
	}
	info.UnitKnown = info.UnitKnown && !info.Unit.Time && info.Unit.Per == ""
	info.Unit.Per = "second"
	info.Values, info.Usual = grown(info.Values), grown(info.Usual)
}

// grown returns the growth of a counter of some bounds: if it is never negative,
// neither is its growth, since a fall counts as a reset.
func grown(of Bounds) Bounds {
	if of.Lo >= 0 && of.finite() {
		return Bounds{Lo: 0, Hi: most, NaN: of.NaN}
	}
	if of.Lo >= 0 {
		return Bounds{Lo: 0, Hi: inf, NaN: true}
	}
	return Anything
}

func increase(_ *Inferred, _ *parser.Call, info *Info) {
	info.Type, info.Of = Increase, info.Type
	if info.Of == NativeHistogram {
		info.Type = NativeHistogram
		info.Of = Increase
	}
	info.UnitKnown = info.UnitKnown && !info.Unit.Time
	info.Values, info.Usual = grown(info.Values), grown(info.Usual)
}

func delta(_ *Inferred, _ *parser.Call, info *Info) {
	info.Unit.Time = false
	info.Type, info.Of = ofUnit(Gauge, info.Unit), Unknown
	info.Values, info.Usual = Anything, Anything
}

func deriv(_ *Inferred, _ *parser.Call, info *Info) {
	info.Type, info.Of = Gauge, Unknown
	info.UnitKnown = info.UnitKnown && !info.Unit.Time && info.Unit.Per == ""
	info.Unit.Per = "second"
	info.Values, info.Usual = Anything, Anything
}

func average(_ *Inferred, _ *parser.Call, info *Info) {
	if info.Type == Bool {
		info.Type, info.Unit, info.UnitKnown = Ratio, Unit{Base: "ratio", Mul: 1}, true
	}
}

func total(_ *Inferred, _ *parser.Call, info *Info) {
	switch {
	case info.Type == Bool || info.Type == InfoMetric:
		info.Type = Number
	case info.Unit.Time:
		info.Type, info.UnitKnown = Unknown, false
	}
}

func deviation(_ *Inferred, e *parser.Call, info *Info) {
	info.Type, info.Of, info.Unit.Time = Gauge, Unknown, false
	info.UnitKnown = info.UnitKnown && e.Func.Name != "stdvar_over_time"
	for _, b := range []*Bounds{&info.Values, &info.Usual} {
		*b = Bounds{Lo: 0, Hi: inf, NaN: b.NaN || b.Lo == -inf || b.Hi == inf}
	}
}

func quantileOverTime(in *Inferred, e *parser.Call, info *Info) {
	q := in.infos[e.Args[0]].Values
	info.Values, info.Usual = quantileOf(q, info.Values), quantileOf(q, info.Usual)
}

func round(in *Inferred, e *parser.Call, info *Info) {
	to := point(1)
	if len(e.Args) > 1 {
		to = in.infos[e.Args[1]].Values
	}
	v, ok := to.Point()
	for _, b := range []*Bounds{&info.Values, &info.Usual} {
		if !ok || v <= 0 || v == inf {
			*b = Anything
			continue
		}
		inverse := 1 / v
		*b = b.monotone(func(x float64) float64 { return math.Floor(x*inverse+0.5) / inverse })
		b.Int = v == math.Trunc(v) && v == 1
	}
}

func clamp(in *Inferred, e *parser.Call, info *Info) {
	lo, hi := point(math.Inf(-1)), point(math.Inf(1))
	switch e.Func.Name {
	case "clamp":
		lo, hi = in.infos[e.Args[1]].Values, in.infos[e.Args[2]].Values
	case "clamp_min":
		lo = in.infos[e.Args[1]].Values
	case "clamp_max":
		hi = in.infos[e.Args[1]].Values
	}
	if e.Func.Name == "clamp" && lo.Lo > hi.Hi && !lo.NaN && !hi.NaN {
		info.Empty = Emptiness{Always, &Reason{Kind: NotNumbers, Node: e}}
	} else if e.Func.Name == "clamp" && !(lo.Hi <= hi.Lo) && info.Empty.State == Never {
		info.Empty = Emptiness{}
	}
	for _, b := range []*Bounds{&info.Values, &info.Usual} {
		if b.Lo > b.Hi {
			continue
		}
		b.Int = b.Int && lo.Int && hi.Int
		b.Lo, b.Hi = min(max(b.Lo, lo.Lo), hi.Lo), max(min(b.Hi, hi.Hi), lo.Hi)
		b.NaN = b.NaN || lo.NaN || hi.NaN
	}
}

func now(_ *Inferred, _ *parser.Call, info *Info) {
	*info = Info{Type: Timestamp, Scalar: true, Unit: Unit{Base: "seconds", Time: true, Mul: 1}, UnitKnown: true, Values: Bounds{Lo: 0, Hi: inf}, Empty: Emptiness{State: Never}}
	info.Usual = info.Values
}

func timestamp(_ *Inferred, _ *parser.Call, info *Info) {
	info.Type, info.Of = Timestamp, Unknown
	info.Unit, info.UnitKnown = Unit{Base: "seconds", Time: true, Mul: 1}, true
	info.Values, info.Usual = Anything.clean(), Bounds{Lo: 0, Hi: inf}
}

func pi(_ *Inferred, _ *parser.Call, info *Info) {
	*info = Info{Type: Number, Scalar: true, Unit: Unit{Mul: 1}, UnitKnown: true, Values: point(math.Pi), Usual: point(math.Pi), Empty: Emptiness{State: Never}}
}

func vector(in *Inferred, e *parser.Call, info *Info) {
	*info = in.infos[e.Args[0]].value()
	info.Scalar, info.Labels, info.Empty = false, Labels{}, Emptiness{State: Never}
}

// scalar is NaN where there is not exactly one sample.
func scalar(in *Inferred, e *parser.Call, info *Info) {
	info.Labels, info.Empty = Labels{}, Emptiness{State: Never}
	info.Values.NaN, info.Usual.NaN = true, true
	if of := in.infos[e.Args[0]]; of.Empty.State == Always {
		info.Values, info.Usual = point(math.NaN()), point(math.NaN())
	} else if of.Empty.State == Never && of.Labels.Closed() && len(of.Labels.list) == 0 {
		info.Values.NaN, info.Usual.NaN = of.Values.NaN, of.Usual.NaN
	}
}

// calendar is of a part of a date.
func calendar(lo, hi float64) func(*Inferred, *parser.Call, *Info) {
	return func(_ *Inferred, e *parser.Call, info *Info) {
		if len(e.Args) == 0 {
			info.Labels, info.Empty = Labels{}, Emptiness{State: Never}
		}
		info.Type, info.Of, info.Unit, info.UnitKnown = Number, Unknown, Unit{Mul: 1}, true
		info.Scalar = false
		info.Values = Bounds{Lo: lo, Hi: hi, Int: true}
		info.Usual = info.Values
	}
}

// absent is 1 with the labels of the equalities in a selector.
// Source: promql.createLabelsForAbsentFunction.
func absent(in *Inferred, e *parser.Call, info *Info) {
	of := *info
	*info = Info{Type: Bool, Unit: Unit{Mul: 1}, UnitKnown: true, Values: point(1), Usual: point(1), Foreign: of.Foreign, Metrics: of.Metrics}
	switch of.Empty.State {
	case Never:
		info.Empty = Emptiness{Always, &Reason{Kind: AlwaysThere, Node: e}}
	case Always:
		info.Empty = Emptiness{State: Never}
	}
	var list []*labels.Matcher
	switch arg := Unparen(e.Args[0]).(type) {
	case *parser.VectorSelector:
		list = arg.LabelMatchers
	case *parser.MatrixSelector:
		list = arg.VectorSelector.(*parser.VectorSelector).LabelMatchers
	}
	seen := map[string]bool{}
	ls := of.Labels.keep(nil, e)
	for _, m := range list {
		switch {
		case m.Name == nameLabel:
		case m.Type == labels.MatchEqual && !seen[m.Name]:
			seen[m.Name] = true
			one := Label{Name: m.Name, Presence: Guaranteed, Origin: FromAbsent, Values: []string{m.Value}, Pos: e.PositionRange()}
			switch {
			case HasVariable(m.Value):
				one.Presence, one.Values = Declared, nil
			case m.Value == "":
				continue
			}
			ls = ls.with(one)
		default:
			ls = ls.without([]string{m.Name}, e)
		}
	}
	info.Labels = ls
}

// text returns what a string argument says.
func text(e parser.Expr) string {
	if s, ok := Unparen(e).(*parser.StringLiteral); ok {
		return s.Val
	}
	return ""
}
