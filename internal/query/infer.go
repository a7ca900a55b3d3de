package query

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/dashgen/dashgen/schema"
)

// inferWith walks an expression, operands first. find returns what is known of a
// series name.
func inferWith(w *World, find func(string) *Info, text string, e parser.Expr) *Inferred {
	in := &Inferred{Expr: e, Text: text, World: w, find: find, infos: make(map[parser.Node]*Info, 16), parents: make(map[parser.Node]parser.Node, 16), order: make([]parser.Expr, 0, 16)}
	if text != "" {
		in.holes = holes(text)
	}
	if n := len(in.holes); n > 0 {
		in.claimed, in.vars, in.ranges = make([]bool, n), map[parser.Node]bool{}, map[parser.Node]posrange.PositionRange{}
	}
	in.node(e)
	return in
}

// holes returns where Grafana's variables stand outside of quotes, as [from, to).
func holes(text string) [][2]int {
	all := variables(text)
	if len(all) == 0 {
		return nil
	}
	quoted := quotedSpans(text)
	return slices.DeleteFunc(all, func(h [2]int) bool { return within(quoted, h[0]) })
}

// unknown is what is known of somebody else's series.
func unknown() *Info {
	return &Info{Foreign: true, Labels: Labels{Open: true}, Values: Anything, Usual: Anything}
}

func (in *Inferred) node(e parser.Expr) *Info {
	for c := range parser.ChildrenIter(e) {
		in.parents[c] = e
		in.node(c.(parser.Expr))
	}
	in.claim(e)
	info := in.infer(e)
	in.infos[e] = info
	in.order = append(in.order, e)
	return info
}

// infer says what is known of a node whose operands are inferred.
func (in *Inferred) infer(e parser.Expr) *Info {
	switch e := e.(type) {
	case *parser.NumberLiteral:
		return in.number(e)
	case *parser.StringLiteral:
		return &Info{Type: String, Scalar: true, Values: Anything, Usual: Anything, Empty: Emptiness{State: Never}}
	case *parser.ParenExpr:
		return in.infos[e.Expr]
	case *parser.StepInvariantExpr:
		return in.infos[e.Expr]
	case *parser.VectorSelector:
		return in.selector(e)
	case *parser.MatrixSelector:
		return in.infos[e.VectorSelector]
	case *parser.SubqueryExpr:
		return in.subquery(e)
	case *parser.UnaryExpr:
		return in.unary(e)
	case *parser.AggregateExpr:
		return in.aggregate(e)
	case *parser.Call:
		return in.call(e)
	case *parser.BinaryExpr:
		return in.binary(e)
	}
	return unknown()
}

func (in *Inferred) number(e *parser.NumberLiteral) *Info {
	info := &Info{Type: Number, Scalar: true, Unit: Unit{Mul: 1}, UnitKnown: true, Values: point(e.Val), Empty: Emptiness{State: Never}}
	if in.Variable(e) {
		info.Values, info.UnitKnown = Anything, false
	}
	info.Usual = info.Values
	return info
}

// selector narrows what is known of a series name by matchers.
func (in *Inferred) selector(e *parser.VectorSelector) *Info {
	name := selectedName(e)
	inName, inMatchers := in.variablesOf(e)
	if name == "" || inName || inMatchers {
		info := unknown()
		info.Before = info.Labels
		info.Labels, info.Empty = narrow(e, info.Labels)
		return info
	}
	info := *in.find(name)
	info.Before = info.Labels
	if info.Empty.State == Always {
		r := Reason{Kind: NoSeries, Word: name, Rule: info.Rule}
		if info.Empty.Reason != nil {
			r.Kind = info.Empty.Reason.Kind
		}
		r.Node = e
		info.Empty = Emptiness{Always, &r}
	}
	if len(e.LabelMatchers) > 1 {
		ls, empty := narrow(e, info.Labels)
		info.Labels = ls
		if info.Empty.State != Always && empty.State == Always {
			info.Empty = empty
		}
	}
	return &info
}

// variablesOf reports whether a Grafana variable stands in a selector's name, and in its
// braces outside of quotes; one behind offset says nothing of its series.
func (in *Inferred) variablesOf(e *parser.VectorSelector) (name, matchers bool) {
	if !in.Variable(e) {
		return false, false
	}
	at := in.ranges[e]
	brace := strings.LastIndexByte(in.Text[at.Start:at.End], '}') + int(at.Start)
	for _, h := range in.holes {
		name = name || int(at.Start) <= h[0] && h[0] < int(at.Start)+len(e.Name)
		matchers = matchers || int(at.Start)+len(e.Name) <= h[0] && h[0] < brace
	}
	return name, matchers
}

func (in *Inferred) subquery(e *parser.SubqueryExpr) *Info {
	info := in.infos[e.Expr].value()
	info.Scalar = false
	if info.Empty.State == Never && e.Range < 2*cmp.Or(e.Step, in.World.Evaluation, time.Minute) {
		info.Empty = Emptiness{} // no step may lie within the range
	}
	return &info
}

func (in *Inferred) unary(e *parser.UnaryExpr) *Info {
	info := in.infos[e.Expr].value()
	if e.Op != parser.SUB {
		return &info
	}
	info.Labels = info.Labels.nameless()
	info.Values, info.Usual = info.Values.neg(), info.Usual.neg()
	if info.Type != Number {
		info.Type = Gauge
	}
	return &info
}

// value returns a copy with what is known of the values, without what is said of the node
// that has them.
func (i *Info) value() Info {
	c := *i
	c.Metric, c.Suffix, c.Rule, c.Before = nil, "", "", Labels{}
	c.Match, c.Holds, c.Usually = nil, Sometimes, Sometimes
	return c
}

// either returns what is known of series that are of one of two kinds.
func either(a, b *Info) *Info {
	info := a.value()
	info.Labels = a.Labels.union(b.Labels)
	info.Values, info.Usual = a.Values.hull(b.Values), a.Usual.hull(b.Usual)
	info.Foreign = a.Foreign || b.Foreign
	info.Metrics = metricsOf(a, b)
	if a.Type != b.Type || a.Of != b.Of {
		info.Type, info.Of = Unknown, Unknown
		if a.Type == Number || b.Type == Number {
			info.Type, info.Of = a.Type, a.Of // or vector(0)
			if a.Type == Number {
				info.Type, info.Of = b.Type, b.Of
			}
		}
	}
	if a.Aggregated == nil {
		info.Aggregated = b.Aggregated
	}
	switch {
	case a.UnitKnown && b.Type == Number:
	case b.UnitKnown && a.Type == Number:
		info.Unit, info.UnitKnown = b.Unit, true
	default:
		l, r := a.Unit, b.Unit
		info.UnitKnown = a.UnitKnown && b.UnitKnown && l.Base == r.Base && l.Per == r.Per && near(l.scale(), r.scale())
	}
	switch {
	case a.Empty.State == Always && b.Empty.State == Always:
	case a.Empty.State == Never || b.Empty.State == Never:
		info.Empty = Emptiness{State: Never}
	default:
		info.Empty = Emptiness{}
	}
	return &info
}

// metricsOf joins the metrics of operands, each once.
func metricsOf(infos ...*Info) []*schema.Metric {
	if len(infos) == 2 && (len(infos[1].Metrics) == 0 || slices.Equal(infos[0].Metrics, infos[1].Metrics)) {
		return infos[0].Metrics
	}
	var all []*schema.Metric
	for _, i := range infos {
		for _, m := range i.Metrics {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}

// aggregate infers sum, count, topk and the others.
func (in *Inferred) aggregate(e *parser.AggregateExpr) *Info {
	of := in.infos[e.Expr]
	info := of.value()
	info.Scalar = false
	switch e.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO: // choose series
		if in.none(e) {
			info.Empty = Emptiness{Always, &Reason{Kind: NotOne, Node: e}}
		} else if info.Empty.State == Never {
			info.Empty = Emptiness{}
		}
		return &info
	}
	info.Labels = in.grouped(e, of.Labels)
	if info.Empty.State == Never && mayHoldHistogram(of) {
		info.Empty = Emptiness{}
	}
	info.Values, info.Usual = in.aggregated(e, of.Values), in.aggregated(e, of.Usual)
	switch e.Op {
	case parser.COUNT, parser.GROUP, parser.COUNT_VALUES:
		info.Type, info.Of, info.Unit, info.UnitKnown = Number, Unknown, Unit{Mul: 1}, true
		if e.Op == parser.GROUP {
			info.Type = Bool
		}
		info.Aggregated = nil
		return &info
	case parser.STDDEV, parser.STDVAR:
		info.Type, info.Of, info.Unit.Time, info.Unit.Noun = Gauge, Unknown, false, ""
		info.UnitKnown = of.UnitKnown && e.Op == parser.STDDEV
	case parser.SUM:
		if of.Type == Bool || of.Type == InfoMetric {
			info.Type = Number
		}
		if of.Type == Timestamp {
			info.Type, info.UnitKnown = Unknown, false
		}
	case parser.AVG:
		if of.Type == Bool {
			info.Type, info.Unit, info.UnitKnown = Ratio, Unit{Base: "ratio", Mul: 1}, true // the share of those that are 1
		}
	}
	if of.Type.Cumulative() && info.Type.Cumulative() && info.Aggregated == nil {
		info.Aggregated = &Aggregation{Node: e}
	}
	return &info
}

// none reports whether topk(k, …) keeps nothing.
func (in *Inferred) none(e *parser.AggregateExpr) bool {
	k := in.infos[e.Param]
	if k == nil {
		return false
	}
	v, ok := k.Values.Point()
	return ok && (e.Op == parser.LIMIT_RATIO && v == 0 || e.Op != parser.LIMIT_RATIO && v < 1)
}

// grouped returns the labels behind by or without.
func (in *Inferred) grouped(e *parser.AggregateExpr, of Labels) Labels {
	var out Labels
	switch {
	case in.Variable(e):
		out = of.nameless().union(Labels{Open: true})
	case e.Without:
		out = of.without(e.Grouping, e).nameless()
	default:
		out = of.keep(e.Grouping, e)
	}
	if e.Op == parser.COUNT_VALUES {
		if s, ok := e.Param.(*parser.StringLiteral); ok && !(e.Without && slices.Contains(e.Grouping, s.Val)) {
			out = out.with(Label{Name: s.Val, Presence: Guaranteed, Origin: FromCount, Pos: e.PositionRange()})
		}
	}
	return out
}

// aggregated returns the values of an aggregation over at least one sample.
func (in *Inferred) aggregated(e *parser.AggregateExpr, of Bounds) Bounds {
	switch e.Op {
	case parser.SUM:
		return summed(of)
	case parser.AVG:
		return mean(of)
	case parser.COUNT, parser.COUNT_VALUES:
		return Bounds{Lo: 1, Hi: most, Int: true}
	case parser.GROUP:
		return point(1)
	case parser.STDDEV, parser.STDVAR:
		return Bounds{Lo: 0, Hi: inf, NaN: of.NaN || math.IsInf(of.Lo, 0) || math.IsInf(of.Hi, 0)}
	case parser.QUANTILE:
		return quantileOf(in.infos[e.Param].Values, of)
	}
	return of // min, max
}

// summed returns the sum of at least one value.
func summed(of Bounds) Bounds {
	if of.Lo > of.Hi {
		return of
	}
	out := Bounds{Lo: of.Lo, Hi: of.Hi, NaN: of.NaN || of.Lo == -inf && of.Hi == inf, Int: of.Int}
	if of.Lo < 0 {
		out.Lo = -inf
	}
	if of.Hi > 0 {
		out.Hi = inf
	}
	if of.finite() {
		return out.limited()
	}
	return out
}

// mean returns the mean of at least one value.
func mean(of Bounds) Bounds {
	if of.Lo > of.Hi {
		return of
	}
	out := of.wide()
	out.NaN = of.NaN || of.Lo == -inf && of.Hi == inf
	return out
}

// quantileOf returns the q-quantile of at least one value.
func quantileOf(q, of Bounds) Bounds {
	if of.Lo > of.Hi { // NaN, if anything
		if q.Lo < 0 || q.Hi > 1 {
			return Anything
		}
		return of
	}
	out := of.wide().real()
	out.NaN = of.NaN || q.NaN || math.IsInf(of.Lo, 0) || math.IsInf(of.Hi, 0)
	if q.Lo < 0 {
		out.Lo = -inf
	}
	if q.Hi > 1 {
		out.Hi = inf
	}
	switch v, ok := q.Point(); {
	case ok && v < 0:
		out.Hi = -inf
	case ok && v > 1:
		out.Lo = inf
	}
	return out
}
