package query

import (
	"math"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/schema"
)

// This file infers what the functions of histograms return.

// histogramQuantile is the quantile of what a histogram observes: at most the top
// bound that is a number.
func histogramQuantile(in *Inferred, e *parser.Call, info *Info) {
	of := in.infos[e.Args[1]]
	observed(of, info)
	info.Type, info.Of = Quantile, Unknown
	info.Labels = info.Labels.without([]string{"le"}, e)
	needsBuckets(e, of, info)
	info.Values = quantileBounds(in.infos[e.Args[0]].Values, of)
	info.Usual = info.Values
}

// needsBuckets says that a function of classic buckets has no series where there are none.
func needsBuckets(e *parser.Call, of, info *Info) {
	switch {
	case info.Empty.State == Always:
	case !of.Foreign && !of.Labels.Can("le") && !mayBeNative(of):
		info.Empty = Emptiness{Always, &Reason{Kind: NoBucket, Node: e, Word: "le"}}
	default:
		info.Empty = Emptiness{}
	}
}

// mayHoldHistogram reports whether samples may be native histograms, which operators and
// functions of numbers leave out.
func mayHoldHistogram(i *Info) bool {
	return i.Foreign || slices.ContainsFunc(i.Metrics, func(m *schema.Metric) bool {
		return m.Native != nil || m.Type == schema.Histogram && len(m.Buckets) == 0 || m.Type == schema.Untyped || m.Type == ""
	})
}

// mayBeNative reports whether a value may be a native histogram.
func mayBeNative(i *Info) bool {
	if i.Type == NativeHistogram || i.Type == Unknown {
		return true
	}
	return slices.ContainsFunc(i.Metrics, func(m *schema.Metric) bool { return m.Native != nil })
}

// quantileBounds returns the values of a quantile of classic buckets.
// Source: promql.BucketQuantile.
func quantileBounds(q Bounds, of *Info) Bounds {
	if of.Foreign || mayBeNative(of) {
		return Anything
	}
	le := of.Labels.exact("le")
	if le == nil || le.Values == nil || q.NaN || q.Lo < 0 || q.Hi > 1 || of.Values.Lo < 0 {
		return Anything
	}
	out := Bounds{Lo: inf, Hi: -inf, NaN: true} // of no observation
	ends := []float64{0}
	for _, v := range le.Values {
		if b, ok := number(v); ok && !math.IsInf(b, 0) {
			out.Lo, out.Hi = min(out.Lo, b), max(out.Hi, b)
			ends = append(ends, b)
		}
	}
	if len(ends) == 1 {
		return Anything
	}
	if out.Lo > 0 { // interpolated from 0
		out.Lo = 0
	}
	for _, start := range ends {
		out.Hi = max(out.Hi, start+(out.Hi-start)) // as rounded as the engine's
	}
	return out
}

func observed(of, info *Info) {
	info.Unit, info.UnitKnown = Unit{}, false
	for i, m := range of.Metrics {
		u := MetricUnit(m)
		if i > 0 && (u.Base != info.Unit.Base || u.Time != info.Unit.Time) {
			info.UnitKnown = false
			return
		}
		info.Unit, info.UnitKnown = u, true
	}
}

func histogramFraction(in *Inferred, e *parser.Call, info *Info) {
	info.Type, info.Of, info.Unit, info.UnitKnown = Ratio, Unknown, Unit{Base: "ratio", Mul: 1}, true
	info.Labels = info.Labels.without([]string{"le"}, e)
	needsBuckets(e, in.infos[e.Args[2]], info)
	info.Values = Anything
	info.Usual = Bounds{Lo: 0, Hi: 1, NaN: true}
}

func histogramCount(in *Inferred, e *parser.Call, info *Info) {
	of := *info
	info.Type, info.Of = ofHistogram(&of, Count)
	info.Unit, info.UnitKnown = Unit{Mul: 1}, true
	if of.Of == Rate {
		info.Unit.Per = "second"
	}
	info.Values, info.Usual = Anything, Bounds{Lo: 0, Hi: inf}
}

func histogramSum(in *Inferred, e *parser.Call, info *Info) {
	of := *info
	observed(&of, info)
	info.Type, info.Of = ofHistogram(&of, Sum)
	if of.Of == Rate {
		info.Unit.Per = "second"
	}
	info.Values, info.Usual = Anything, Anything
}

// ofHistogram returns the type of a native histogram's count or sum.
func ofHistogram(of *Info, part Type) (t, whole Type) {
	if of.Type == NativeHistogram && of.Of != Unknown {
		return of.Of, part
	}
	return part, Unknown
}

func histogramAvg(in *Inferred, e *parser.Call, info *Info) {
	of := *info
	observed(&of, info)
	info.Type, info.Of = ofUnit(Gauge, info.Unit), Unknown
	info.Values, info.Usual = Anything, Anything
}

func histogramDeviation(in *Inferred, e *parser.Call, info *Info) {
	histogramAvg(in, e, info)
	info.Unit.Time = false
	info.UnitKnown = info.UnitKnown && e.Func.Name == "histogram_stddev"
}
