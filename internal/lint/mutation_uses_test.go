package lint

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file says which queries depend on which facts, for TestMutations: by what stands
// around a selector, and by what is inferred of the schema as it is.

// asksUnit says whether a panel or an alert's text writes the value in the unit of the
// metric.
func asksUnit(u use) schema.Severity {
	root := u.q.Inferred.Root()
	if !root.UnitKnown || root.Unit.Base != u.metric().Unit {
		return ""
	}
	if says := unitMeanings[u.q.Unit.ID]; says != "" && unitMeanings[root.Unit.Grafana()] == says {
		return schema.Warning
	}
	if u.q.alert() && slices.ContainsFunc(slices.Collect(maps.Values(u.q.Rule.Annotations)), printsUnit.MatchString) {
		return schema.Warning
	}
	return ""
}

// printsUnit matches the functions of templates that are for one unit.
var printsUnit = regexp.MustCompile(`humanize(Percentage|Duration|Timestamp)`)

func asksType(from, to schema.Type) func(use) schema.Severity {
	return func(u use) schema.Severity {
		f := u.function()
		switch {
		case from == schema.Counter && slices.Contains([]string{"rate", "irate", "increase"}, f):
			return schema.Error
		case from == schema.Gauge && slices.Contains([]string{"delta", "deriv", "predict_linear", "avg_over_time"}, f):
			return schema.Warning
		case from == schema.Gauge && u.q.alert() && u.comparedWith(func(v float64) bool { return v != 0 && v != 1 }):
			return schema.Warning
		case from == schema.Histogram && to == schema.Summary && u.suffix == "_bucket",
			from == schema.Histogram && to == schema.Gauge,
			from == schema.Summary && (to == schema.Histogram) == (u.suffix == ""):
			return schema.Error
		}
		return ""
	}
}

// metric returns the metric whose series are selected.
func (u use) metric() *schema.Metric { return u.q.Inferred.At(u.selector).Metric }

// function returns the innermost function that takes the series.
func (u use) function() string {
	for _, n := range u.around {
		if c, ok := n.(*parser.Call); ok {
			return c.Func.Name
		}
	}
	return ""
}

// comparedWith reports whether the series as they stand, aggregated or not, are compared
// with a number of which is holds.
func (u use) comparedWith(is func(float64) bool) bool {
	for i, n := range u.around[1:] {
		switch n := n.(type) {
		case *parser.ParenExpr, *parser.AggregateExpr:
		case *parser.BinaryExpr:
			v, ok := number(otherSide(n, u.around[i]))
			return ok && n.Op.IsComparisonOperator() && is(v)
		default:
			return false
		}
	}
	return false
}

// otherSide returns the operand of an operation that is not one.
func otherSide(e *parser.BinaryExpr, one parser.Node) parser.Expr {
	if e.LHS == one {
		return e.RHS
	}
	return e.LHS
}

func number(e parser.Expr) (float64, bool) {
	n, ok := query.Unparen(e).(*parser.NumberLiteral)
	if !ok {
		return 0, false
	}
	return n.Val, true
}

// asksLabel says whether a label of the metric is matched, aggregated by, matched on or
// printed.
func asksLabel(name string) func(use) schema.Severity {
	return func(u use) schema.Severity {
		asks := schema.Severity("")
		for _, m := range u.selector.LabelMatchers {
			if m.Name == name {
				asks = schema.Error
			}
		}
		carried := u.carry(name, func(n parser.Node, from parser.Node) {
			switch n := n.(type) {
			case *parser.AggregateExpr:
				if slices.Contains(n.Grouping, name) {
					asks = worst(asks, map[bool]schema.Severity{false: schema.Error, true: schema.Warning}[n.Without])
				}
			case *parser.BinaryExpr:
				asks = worst(asks, u.asksMatch(n, from, name))
			case *parser.Call:
				if n.Func.Name == "label_replace" && literal(n.Args[3]) == name {
					asks = schema.Error
				}
			}
		})
		if !carried {
			return asks
		}
		if strings.Contains(u.q.Legend, "{{"+name+"}}") {
			asks = worst(asks, map[bool]schema.Severity{false: schema.Warning, true: schema.Error}[u.q.Own])
		}
		if u.q.alert() {
			for _, text := range u.q.Rule.Annotations {
				if slices.Contains(templateLabels(text), name) {
					asks = schema.Error
				}
			}
		}
		return asks
	}
}

// asksMatch says whether two operands, of which one comes from the metric, are matched by a
// label.
func (u use) asksMatch(e *parser.BinaryExpr, from parser.Node, name string) schema.Severity {
	m := e.VectorMatching
	if m == nil {
		return ""
	}
	listed := slices.Contains(m.MatchingLabels, name)
	one := m.Card == parser.CardOneToMany && e.LHS == from || m.Card == parser.CardManyToOne && e.RHS == from
	other := u.q.Inferred.At(otherSide(e, from)).Labels.Label(name)
	switch {
	case m.On && listed, one && slices.Contains(m.Include, name):
		return schema.Error
	case listed:
		return schema.Warning
	case !m.On && e.Op != parser.LOR && other != nil && other.Metric != nil && other.Metric.Name != u.metric().Name:
		return schema.Error
	}
	return ""
}

// carry follows a label of the metric outwards, through what keeps it, and calls at for
// each node and its operand. It reports whether the label is in the result.
func (u use) carry(name string, at func(n, from parser.Node)) bool {
	for i, n := range u.around[1:] {
		from := u.around[i]
		at(n, from)
		kept := true
		switch n := n.(type) {
		case *parser.AggregateExpr:
			choice := slices.Contains([]parser.ItemType{parser.TOPK, parser.BOTTOMK, parser.LIMITK}, n.Op)
			kept = choice || n.Without != slices.Contains(n.Grouping, name)
		case *parser.BinaryExpr:
			kept = n.VectorMatching == nil || keeps(n, from, name)
		case *parser.Call:
			kept = !slices.Contains([]string{"absent", "absent_over_time", "scalar"}, n.Func.Name)
		}
		if !kept {
			return false
		}
	}
	return true
}

// keeps reports whether an operation keeps a label of an operand.
func keeps(e *parser.BinaryExpr, from parser.Node, name string) bool {
	m := e.VectorMatching
	listed := slices.Contains(m.MatchingLabels, name)
	switch {
	case e.Op == parser.LOR:
		return true
	case e.Op.IsSetOperator():
		return e.LHS == from
	case m.Card == parser.CardManyToOne:
		return e.LHS == from || slices.Contains(m.Include, name)
	case m.Card == parser.CardOneToMany:
		return e.RHS == from || slices.Contains(m.Include, name)
	}
	return m.On == listed
}

// asksForNoMore says whether a further label of the metric ends a match with other series.
func asksForNoMore(name string) func(use) schema.Severity {
	return func(u use) schema.Severity {
		asks := schema.Severity("")
		u.carry(name, func(n, from parser.Node) {
			e, ok := n.(*parser.BinaryExpr)
			if !ok || e.VectorMatching == nil || e.Op == parser.LOR {
				return
			}
			m, other := e.VectorMatching, u.q.Inferred.At(otherSide(e, from))
			if slices.ContainsFunc(other.Metrics, func(o *schema.Metric) bool { return o.Name == u.metric().Name }) {
				return // which has the label, too
			}
			single := m.Card == parser.CardOneToOne || m.Card == parser.CardOneToMany && e.LHS == from || m.Card == parser.CardManyToOne && e.RHS == from
			switch {
			case !m.On:
				asks = schema.Error
			case single && !e.Op.IsSetOperator():
				asks = worst(asks, schema.Warning)
			}
		})
		return asks
	}
}

// asksValue says whether a matcher asks for a value of a label or leaves it out.
func asksValue(name, value string, rest []string) func(use) schema.Severity {
	return func(u use) schema.Severity {
		asks := schema.Severity("")
		for _, m := range u.selector.LabelMatchers {
			if m.Name != name || query.HasVariable(m.Value) {
				continue
			}
			positive := m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp
			differs := func(v string) bool { return m.Matches(v) == positive }
			switch {
			case !positive && m.Matches(value) && !slices.ContainsFunc(rest, m.Matches):
				asks = schema.Error
			case !differs(value):
			case positive && !slices.ContainsFunc(rest, m.Matches):
				asks = schema.Error
			case positive && slices.Contains(m.SetMatches(), value), !positive && !slices.ContainsFunc(rest, differs):
				asks = worst(asks, schema.Warning)
			}
		}
		return asks
	}
}

// asksBucket says whether a matcher names a bound, or an alert's threshold depends on it.
func asksBucket(bound float64, rest []float64) func(use) schema.Severity {
	return func(u use) schema.Severity {
		if u.suffix != "_bucket" {
			return ""
		}
		if s := asksNumber(u.selector, "le", bound); s != "" {
			return s
		}
		top := slices.Max(append(rest, math.Inf(-1)))
		asks := schema.Severity("")
		quantile := false
		for i, n := range u.around[1:] {
			switch n := n.(type) {
			case *parser.Call:
				quantile = quantile || n.Func.Name == "histogram_quantile"
			case *parser.BinaryExpr:
				v, ok := number(otherSide(n, u.around[i]))
				switch greater := n.Op == parser.GTR && n.LHS == u.around[i]; {
				case !quantile || !ok || !u.q.alert():
				case greater && bound > top && v >= top && v < bound:
					asks = schema.Error
				case n.Op.IsComparisonOperator() && v == bound:
					asks = schema.Note
				}
				return asks
			}
		}
		return asks
	}
}

func asksQuantile(q float64) func(use) schema.Severity {
	return func(u use) schema.Severity { return asksNumber(u.selector, "quantile", q) }
}

// asksNumber says whether a matcher on le or quantile names a number.
func asksNumber(vs *parser.VectorSelector, label string, v float64) schema.Severity {
	for _, m := range vs.LabelMatchers {
		if m.Name == label && m.Type != labels.MatchNotEqual && (m.Matches(fmt.Sprint(v)) || query.SameNumber(m.Value, fmt.Sprint(v))) {
			return schema.Error
		}
	}
	return ""
}
