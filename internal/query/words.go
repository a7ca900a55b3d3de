package query

import (
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/markdown"
)

// This file says in English what an expression means, from its tree.

// Words says when an expression has a result, as an alert's must: "the per-second rate of `x`
// over the last 5 minutes is above 10". Names and values stand in backticks, as in Markdown.
func (in *Inferred) Words() string { return teller{in}.statement(in.Expr) }

// A teller says what the nodes of an expression mean.
type teller struct{ *Inferred }

// verbs say how two values compare.
var verbs = map[parser.ItemType]string{
	parser.GTR: "is above", parser.GTE: "is at least", parser.LSS: "is below", parser.LTE: "is at most",
	parser.EQLC: "is", parser.NEQ: "is not",
}

// mirror turns a comparison round.
var mirror = map[parser.ItemType]parser.ItemType{
	parser.GTR: parser.LSS, parser.GTE: parser.LTE, parser.LSS: parser.GTR, parser.LTE: parser.GTE,
	parser.EQLC: parser.EQLC, parser.NEQ: parser.NEQ,
}

// statement says when e has a series.
func (in teller) statement(e parser.Expr) string {
	switch e := Unparen(e).(type) {
	case *parser.BinaryExpr:
		switch {
		case e.Op.IsComparisonOperator() && !e.ReturnBool:
			return in.comparison(e)
		case e.Op == parser.LAND:
			return in.statement(e.LHS) + ", and " + in.statement(e.RHS)
		case e.Op == parser.LOR:
			return in.statement(e.LHS) + ", or " + in.statement(e.RHS)
		case e.Op == parser.LUNLESS:
			return in.statement(e.LHS) + ", unless " + in.statement(e.RHS)
		}
	case *parser.Call:
		switch e.Func.Name {
		case "absent":
			return "there is no " + in.noun(e.Args[0])
		case "absent_over_time":
			return "there was no " + in.noun(e.Args[0]) + over(e.Args[0])
		}
	}
	return "there is " + in.noun(e)
}

// comparison says what is compared with what. A number stands on the right.
func (in teller) comparison(e *parser.BinaryExpr) string {
	left, op, right := e.LHS, e.Op, e.RHS
	if _, number := constant(left); number {
		left, op, right = right, mirror[op], left
	}
	what := in.noun(left)
	if strings.Contains(what, ", ") && !strings.HasSuffix(what, ")") {
		what += ","
	}
	return what + " " + verbs[op] + " " + in.beside(right, left)
}

// beside says a value that another is compared with or added to: a number in the other's unit.
func (in teller) beside(e, other parser.Expr) string {
	v, number := constant(e)
	if !number {
		return in.noun(e)
	}
	info := in.At(other)
	return info.Unit.Amount(v, info.UnitKnown)
}

// noun says what the value of e is.
func (in teller) noun(e parser.Expr) string {
	if v, number := constant(e); number {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	switch e := Unparen(e).(type) {
	case *parser.VectorSelector:
		return selected(e)
	case *parser.MatrixSelector:
		return in.noun(e.VectorSelector)
	case *parser.SubqueryExpr:
		return in.operand(e.Expr)
	case *parser.UnaryExpr:
		return "minus " + in.operand(e.Expr)
	case *parser.StringLiteral:
		return markdown.Code(e.Val)
	case *parser.AggregateExpr:
		return in.aggregate(e)
	case *parser.Call:
		return in.call(e)
	case *parser.BinaryExpr:
		return in.binary(e)
	}
	return markdown.Code(e.String())
}

// operand is noun, in brackets where it would run together with what stands around it.
func (in teller) operand(e parser.Expr) string {
	text := in.noun(e)
	if _, binary := Unparen(e).(*parser.BinaryExpr); binary || strings.Contains(text, ", ") {
		return "(" + text + ")"
	}
	return text
}

// between says what stands between two operands.
var between = map[parser.ItemType]string{
	parser.ADD: "plus", parser.SUB: "minus", parser.MUL: "times", parser.DIV: "divided by",
	parser.MOD: "modulo", parser.POW: "to the power of", parser.ATAN2: "as the arc tangent over",
}

func (in teller) binary(e *parser.BinaryExpr) string {
	switch e.Op {
	case parser.LAND:
		return in.operand(e.LHS) + ", while " + in.statement(e.RHS)
	case parser.LUNLESS:
		return in.operand(e.LHS) + ", unless " + in.statement(e.RHS)
	case parser.LOR:
		return in.operand(e.LHS) + " or, where there is none, " + in.operand(e.RHS)
	case parser.DIV:
		if text := in.quotient(e); text != "" {
			return text
		}
	case parser.SUB:
		if now, ok := Unparen(e.LHS).(*parser.Call); ok && now.Func.Name == "time" {
			return "the time since " + in.operand(e.RHS)
		}
		if now, ok := Unparen(e.RHS).(*parser.Call); ok && now.Func.Name == "time" {
			return "the time until " + in.operand(e.LHS)
		}
	}
	switch {
	case e.Op.IsComparisonOperator() && e.ReturnBool:
		return "1 where " + in.comparison(e) + " and 0 elsewhere"
	case e.Op.IsComparisonOperator():
		if _, number := constant(e.LHS); number {
			return in.operand(e.RHS) + " where it " + verbs[mirror[e.Op]] + " " + in.beside(e.LHS, e.RHS)
		}
		return in.operand(e.LHS) + " where it " + verbs[e.Op] + " " + in.beside(e.RHS, e.LHS)
	}
	return in.operand(e.LHS) + " " + between[e.Op] + " " + in.operand(e.RHS)
}

// quotient says a division of which there is more to say: the mean of a histogram or summary,
// the share of what some more matchers select, the share of one in another. Else it is "".
func (in teller) quotient(e *parser.BinaryExpr) string {
	l, r := soleSelector(e.LHS), soleSelector(e.RHS)
	if l != nil && r != nil {
		li, ri := in.At(l), in.At(r)
		if li.Suffix == "_sum" && ri.Suffix == "_count" && li.Metric == ri.Metric && strings.ReplaceAll(e.LHS.String(), l.Name, r.Name) == e.RHS.String() {
			return "the mean of " + in.observed(e.LHS)
		}
		if more := moreMatchers(l, r); more != nil && withMatchers(e.LHS, l, r.LabelMatchers) == Unparen(e.RHS).String() {
			text := "the share of " + in.noun(e.RHS)
			if strings.Contains(text, ", ") {
				text += ","
			}
			return text + " where " + matchersInWords(more)
		}
	}
	if _, number := constant(e.RHS); !number && in.At(e).UnitKnown && in.At(e).Unit.Base == "ratio" && in.At(e).Unit.scale() == 1 && !in.At(e.RHS).Scalar {
		return in.operand(e.LHS) + " as a share of " + in.operand(e.RHS)
	}
	return ""
}

// soleSelector returns the only vector selector of an expression; nil where there are others.
func soleSelector(e parser.Expr) *parser.VectorSelector {
	var found []*parser.VectorSelector
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if vs, ok := n.(*parser.VectorSelector); ok {
			found = append(found, vs)
		}
		return nil
	})
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// moreMatchers returns the matchers that l has and r has not, where it has all of r's; nil
// where it does not, or has no more.
func moreMatchers(l, r *parser.VectorSelector) []*labels.Matcher {
	has := func(list []*labels.Matcher, m *labels.Matcher) bool {
		return slices.ContainsFunc(list, func(o *labels.Matcher) bool { return o.String() == m.String() })
	}
	if slices.ContainsFunc(r.LabelMatchers, func(m *labels.Matcher) bool { return !has(l.LabelMatchers, m) }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(l.LabelMatchers), func(m *labels.Matcher) bool { return has(r.LabelMatchers, m) })
}

// withMatchers returns an expression as the parser prints it, its selector with other matchers.
func withMatchers(e parser.Expr, of *parser.VectorSelector, matchers []*labels.Matcher) string {
	before := of.LabelMatchers
	defer func() { of.LabelMatchers = before }()
	of.LabelMatchers = matchers
	return Unparen(e).String()
}

// selected says which series a selector selects, and of when.
func selected(vs *parser.VectorSelector) string {
	text := "any series"
	if name := selectedName(vs); name != "" {
		text = markdown.Code(name)
	}
	if where := matchersInWords(vs.LabelMatchers); where != "" {
		text += " where " + where
	}
	return text + past(vs.OriginalOffset)
}

// past says an offset.
func past(offset time.Duration) string {
	switch {
	case offset > 0:
		return " " + Lasting(offset) + " ago"
	case offset < 0:
		return " " + Lasting(-offset) + " ahead"
	}
	return ""
}

// matchersInWords says what matchers ask for, but for the name.
func matchersInWords(list []*labels.Matcher) string {
	var parts []string
	for _, m := range list {
		if m.Name != nameLabel || m.Type != labels.MatchEqual {
			parts = append(parts, matcherInWords(m))
		}
	}
	return enumerate(parts, "and")
}

func matcherInWords(m *labels.Matcher) string {
	name := markdown.Code(m.Name)
	switch {
	case m.Type == labels.MatchEqual && m.Value == "", m.Type == labels.MatchRegexp && m.Value == "":
		return name + " is empty"
	case m.Type == labels.MatchNotEqual && m.Value == "", m.Type == labels.MatchRegexp && m.Value == ".+":
		return name + " is set"
	case m.Type == labels.MatchEqual:
		return name + " is " + markdown.Code(m.Value)
	case m.Type == labels.MatchNotEqual:
		return name + " is not " + markdown.Code(m.Value)
	}
	verb, none := " matches ", " is "
	if m.Type == labels.MatchNotRegexp {
		verb, none = " does not match ", " is none of "
	}
	if words := alternatives(m.Value); len(words) > 0 {
		if len(words) == 1 && m.Type == labels.MatchNotRegexp {
			none = " is not "
		}
		return name + none + enumerate(words, "or")
	}
	return name + verb + markdown.Code(m.Value)
}

// alternatives returns the words, as code, that a regular expression lists; nil where it is
// more than a list.
func alternatives(expr string) []string {
	var words []string
	for _, word := range strings.Split(expr, "|") {
		if word == "" || regexp.QuoteMeta(word) != word {
			return nil
		}
		words = append(words, markdown.Code(word))
	}
	if _, err := syntax.Parse(expr, syntax.Perl); err != nil {
		return nil
	}
	return words
}

// gathered says how an aggregation makes one series of several: before what it is of, and
// behind it.
var gathered = map[parser.ItemType]struct{ before, behind string }{
	parser.SUM: {"", ", summed"}, parser.AVG: {"", ", averaged"},
	parser.MIN: {"the least value of ", ","}, parser.MAX: {"the greatest value of ", ","},
	parser.COUNT: {"the number of series of ", ","}, parser.GROUP: {"1 for ", ","},
	parser.STDDEV: {"the standard deviation of ", ","}, parser.STDVAR: {"the variance of ", ","},
	parser.COUNT_VALUES: {"how many series have each value of ", ","},
}

func (in teller) aggregate(e *parser.AggregateExpr) string {
	how, known := gathered[e.Op]
	of := in.noun(e.Expr)
	if b, ok := Unparen(e.Expr).(*parser.BinaryExpr); ok && e.Op == parser.COUNT && b.Op.IsComparisonOperator() && !b.ReturnBool {
		how.before, of = "the number of series for which ", in.comparison(b)
	} else if strings.Contains(of, ", ") || ok {
		of = "(" + of + ")"
	}
	param, isNumber := constant(orNumber(e.Param))
	switch {
	case known:
	case e.Op == parser.QUANTILE && isNumber:
		how.before, how.behind = "the "+percentile(param)+" over the series of ", ","
	case e.Op == parser.TOPK && isNumber:
		how.before, how.behind = fmt.Sprintf("the %g greatest of ", param), ","
	case e.Op == parser.BOTTOMK && isNumber:
		how.before, how.behind = fmt.Sprintf("the %g least of ", param), ","
	default:
		how.before, how.behind = markdown.Code(e.Op.String())+" of ", ","
	}
	return how.before + of + strings.TrimSuffix(how.behind+grouped(e), ",")
}

// orNumber returns e, or what is no number where it is nil.
func orNumber(e parser.Expr) parser.Expr {
	if e == nil {
		return &parser.StringLiteral{}
	}
	return e
}

// grouped says over what an aggregation goes.
func grouped(e *parser.AggregateExpr) string {
	var names []string
	for _, name := range e.Grouping {
		names = append(names, markdown.Code(name))
	}
	switch {
	case len(names) > 0 && e.Without:
		return " over every " + enumerate(names, "and")
	case len(names) > 0:
		return " for each " + enumerate(names, "and")
	case e.Without || e.Op == parser.TOPK || e.Op == parser.BOTTOMK:
		return ""
	}
	return " over all series"
}

// makes says what a function makes of its last vector: % is what that is. What is
// computed over a range says which behind it.
var makes = map[string]string{
	"rate": "the per-second rate of %", "irate": "the latest per-second rate of %", "increase": "the increase of %",
	"delta": "the change of %", "idelta": "the latest change of %", "deriv": "the per-second slope of %",
	"changes": "the number of changes of %", "resets": "the number of resets of %",
	"avg_over_time": "the average of %", "min_over_time": "the least value of %", "max_over_time": "the greatest value of %",
	"sum_over_time": "the sum of the samples of %", "count_over_time": "the number of samples of %", "last_over_time": "the last %",
	"present_over_time": "1 for each %", "stddev_over_time": "the standard deviation of %", "stdvar_over_time": "the variance of %",
	"histogram_count": "the number of observations in %", "histogram_sum": "the sum of the observations in %", "histogram_avg": "the mean of the observations in %",
	"abs": "the absolute value of %", "ceil": "% rounded up", "floor": "% rounded down", "round": "% rounded",
	"sqrt": "the square root of %", "exp": "e to the power of %", "ln": "the natural logarithm of %", "log2": "the binary logarithm of %", "log10": "the decimal logarithm of %",
	"timestamp": "the time of the last sample of %", "absent": "1 if there is no %", "absent_over_time": "1 if there was no %",
	"scalar": "%", "vector": "%", "sort": "%", "sort_desc": "%", "label_replace": "%", "label_join": "%",
	"hour": "the hour (UTC) of %", "minute": "the minute of %", "day_of_week": "the day of the week of %", "day_of_month": "the day of the month of %",
	"month": "the month of %", "year": "the year of %",
}

func (in teller) call(e *parser.Call) string {
	if text := in.parametrised(e); text != "" {
		return text
	}
	name := e.Func.Name
	template, known := makes[name]
	switch {
	case name == "time":
		return "the time now"
	case known && len(e.Args) == 0:
		return strings.Replace(template, "%", "now", 1)
	case known:
		of := in.noun(e.Args[0])
		if template != "%" {
			of = in.operand(e.Args[0])
		}
		return strings.Replace(template, "%", of, 1) + over(e.Args[0])
	}
	var args []string
	for _, a := range e.Args {
		args = append(args, in.operand(a)+over(a))
	}
	return markdown.Code(name) + " of " + enumerate(args, "and")
}

// parametrised says a call whose other arguments have a part in it; "" for any other.
func (in teller) parametrised(e *parser.Call) string {
	number := func(i int) (float64, bool) {
		if i >= len(e.Args) {
			return 0, false
		}
		return constant(e.Args[i])
	}
	switch e.Func.Name {
	case "histogram_quantile":
		if q, ok := number(0); ok {
			return "the " + percentile(q) + " of " + in.observed(e.Args[1])
		}
	case "quantile_over_time":
		if q, ok := number(0); ok {
			return "the " + percentile(q) + " of " + in.operand(e.Args[1]) + over(e.Args[1])
		}
	case "predict_linear":
		if ahead, ok := number(1); ok {
			return "what " + in.operand(e.Args[0]) + " will be in " + Lasting(time.Duration(ahead*float64(time.Second))) + ", going on as" + over(e.Args[0])
		}
	case "clamp_min":
		return in.operand(e.Args[0]) + ", but at least " + in.beside(e.Args[1], e.Args[0])
	case "clamp_max":
		return in.operand(e.Args[0]) + ", but at most " + in.beside(e.Args[1], e.Args[0])
	case "clamp":
		return in.operand(e.Args[0]) + ", but at least " + in.beside(e.Args[1], e.Args[0]) + " and at most " + in.beside(e.Args[2], e.Args[0])
	}
	return ""
}

// observed says the observations of a histogram whose buckets an expression has: "`x` over
// the last 5 minutes, for each `job`".
func (in teller) observed(e parser.Expr) string {
	vs := soleSelector(e)
	if vs == nil || in.At(vs).Metric == nil {
		return in.operand(e)
	}
	text := strings.Replace(selected(vs), markdown.Code(selectedName(vs)), markdown.Code(in.At(vs).Metric.Name), 1)
	by := ""
	for e = Unparen(e); ; {
		switch n := e.(type) {
		case *parser.AggregateExpr:
			c := *n
			c.Grouping = slices.DeleteFunc(slices.Clone(n.Grouping), func(l string) bool { return l == "le" })
			if by == "" {
				by = "," + grouped(&c)
			}
			e = Unparen(n.Expr)
			continue
		case *parser.Call:
			if slices.Contains([]string{"rate", "increase", "irate"}, n.Func.Name) {
				return text + over(n.Args[0]) + by
			}
		case *parser.VectorSelector:
			return text + " since the program started" + by
		}
		return in.operand(e)
	}
}

// over says over which range a matrix goes; "" for what is none.
func over(e parser.Expr) string {
	switch e := Unparen(e).(type) {
	case *parser.MatrixSelector:
		return " over the last " + Lasting(e.Range)
	case *parser.SubqueryExpr:
		return " over the last " + Lasting(e.Range) + past(e.OriginalOffset)
	}
	return ""
}

// percentile says a quantile: 99th percentile, median.
func percentile(q float64) string {
	switch p := math.Round(q*1e8) / 1e6; p {
	case 0:
		return "minimum"
	case 50:
		return "median"
	case 100:
		return "maximum"
	default:
		number, end := strconv.FormatFloat(p, 'f', -1, 64), "th"
		if last := number[len(number)-1]; !strings.HasSuffix("0"+number, "1"+string(last)) && last >= '1' && last <= '3' {
			end = map[byte]string{'1': "st", '2': "nd", '3': "rd"}[last]
		}
		return number + end + " percentile"
	}
}

// Lasting says a duration in words: 5 minutes, 1 hour and 30 minutes.
func Lasting(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}, {time.Millisecond, "millisecond"}} {
		if n := d / unit.size; n > 0 {
			name := unit.name
			if n > 1 {
				name += "s"
			}
			parts, d = append(parts, fmt.Sprintf("%d %s", n, name)), d%unit.size
		}
	}
	if parts == nil {
		return "0 seconds"
	}
	return enumerate(parts, "and")
}

// enumerate says a list: a, b and c.
func enumerate(list []string, word string) string {
	if last := len(list) - 1; last > 0 {
		return strings.Join(list[:last], ", ") + " " + word + " " + list[last]
	}
	return strings.Join(list, "")
}
