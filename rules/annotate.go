package rules

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file says of declared alerts what nobody wrote.

// annotate fills in the summary and the description of a declared alert where it has
// none. The summary is static, since it is what an alert is grouped and searched by.
func annotate(p *Pass, r *plan.Rule) {
	e, err := query.Parse(r.Expr)
	if err != nil || r.Alert == "" {
		return
	}
	if r.Annotations == nil {
		r.Annotations = map[string]string{}
	}
	m := soleMetric(p, e)
	if r.Annotations["summary"] == "" {
		r.Annotations["summary"] = literal(summary(p, m, r))
	}
	if r.Annotations["description"] == "" {
		text := "The value is " + valueTemplate(query.UnitOf(e, p.Schema))
		if isAbsent(e) {
			text = "There is no such series"
		}
		if name := p.targetLabel(); carries(p, e, name) {
			text += " on " + p.Target()
		}
		if m == nil {
			m = &schema.Metric{}
		}
		r.Annotations["description"] = describe(m, text+".")
	}
}

// soleMetric returns the metric that an alert watches, nil where it watches several or
// one that the schema does not have.
func soleMetric(p *Pass, e parser.Expr) *schema.Metric {
	var sole *schema.Metric
	several := false
	watching(e, func(s *parser.VectorSelector) {
		m, _ := p.Schema.Series(query.Selectors(s)[0].Name)
		several = several || m == nil || sole != nil && m != sole
		sole = m
	})
	if several {
		return nil
	}
	return sole
}

// summary says what is compared and with what: "Queue length: above 100". Where what is
// compared is not simply a metric, the alert's name says it.
func summary(p *Pass, m *schema.Metric, r *plan.Rule) string {
	left, op, value, compared := query.Threshold(r.Expr)
	title := ""
	if e, err := query.Parse(left); compared && err == nil && m != nil {
		title = subject(p, m, e)
	} else if e, err := query.Parse(r.Expr); m != nil && err == nil && isAbsent(e) {
		return titleOf(p, m) + " is absent"
	}
	of := title
	if title == "" {
		of = nameInWords(r.Alert)
	}
	e, err := query.Parse(left)
	if !compared || err != nil {
		return of
	}
	amount := quantity(value, e, p.Schema)
	switch op {
	case "==", "!=":
		if title == "" {
			return of // the name says which state it is
		}
		return of + map[string]string{"==": " is ", "!=": " is not "}[op] + amount
	}
	return of + map[string]string{">": ": above ", ">=": ": at least ", "<": ": below ", "<=": ": at most "}[op] + amount
}

// subject returns a title of an expression that shows a metric as it is: scaled,
// aggregated, smoothed, its rate, its increase, its age or one of its quantiles. It
// returns "" for any other.
func subject(p *Pass, m *schema.Metric, e parser.Expr) string {
	switch e := query.Unparen(e).(type) {
	case *parser.VectorSelector:
		return titleOf(p, m)
	case *parser.MatrixSelector:
		return titleOf(p, m)
	case *parser.AggregateExpr:
		if slices.Contains([]parser.ItemType{parser.SUM, parser.AVG, parser.MIN, parser.MAX, parser.TOPK, parser.BOTTOMK}, e.Op) {
			return subject(p, m, e.Expr)
		}
	case *parser.BinaryExpr:
		return scaled(p, m, e)
	case *parser.Call:
		return called(p, m, e)
	}
	return ""
}

// scaled returns the title of a metric times a number, or of the time since one.
func scaled(p *Pass, m *schema.Metric, e *parser.BinaryExpr) string {
	_, byNumber := query.Unparen(e.RHS).(*parser.NumberLiteral)
	now, isCall := query.Unparen(e.LHS).(*parser.Call)
	switch {
	case byNumber && (e.Op == parser.MUL || e.Op == parser.DIV):
		return subject(p, m, e.LHS)
	case isCall && now.Func.Name == "time" && e.Op == parser.SUB:
		if title := subject(p, m, e.RHS); title != "" {
			return stem(title) + ", age"
		}
	}
	return ""
}

// called returns the title of what a function makes of a metric.
func called(p *Pass, m *schema.Metric, e *parser.Call) string {
	switch name := e.Func.Name; name {
	case "rate", "irate", "avg_over_time", "min_over_time", "max_over_time", "last_over_time":
		return subject(p, m, e.Args[0])
	case "increase":
		over, ok := e.Args[0].(*parser.MatrixSelector)
		if !ok {
			return ""
		}
		return subject(p, m, over) + " in " + model.Duration(over.Range).String()
	case "histogram_quantile":
		q, isNumber := e.Args[0].(*parser.NumberLiteral)
		title := subject(p, m, e.Args[1])
		if !isNumber || title == "" {
			return ""
		}
		return title + ", p" + strconv.FormatFloat(q.Val*100, 'g', 6, 64)
	}
	return ""
}

// titleOf returns the title of a metric's signal; of one among siblings its name in words.
func titleOf(p *Pass, m *schema.Metric) string {
	for _, s := range p.Signals {
		switch title := s.TitleOf(m); {
		case title == "" || s.Kind == plan.Ratio && m.Unit != "ratio":
		case s.Kind == plan.Age:
			return stem(title)
		default:
			return title
		}
	}
	name := strings.TrimPrefix(strings.TrimSuffix(m.Name, "_total"), p.Config.Name+"_")
	return plan.Words(strings.Split(name, "_"))
}

// stem returns the title of an age without the words that say so.
func stem(title string) string {
	title, _, _ = strings.Cut(title, ", ")
	return title
}

func isAbsent(e parser.Expr) bool {
	c, ok := query.Unparen(e).(*parser.Call)
	return ok && (c.Func.Name == "absent" || c.Func.Name == "absent_over_time")
}

// nameInWords turns HighErrorRate into "High error rate".
func nameInWords(name string) string {
	var parts []string
	from := 0
	runes := []rune(name)
	for i, r := range runes {
		if r > unicode.MaxASCII {
			return name
		}
		begins := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if between := !unicode.IsLetter(r) && !unicode.IsDigit(r); between || begins {
			parts = append(parts, string(runes[from:i]))
			if from = i; between {
				from = i + 1
			}
		}
	}
	if words := plan.Words(append(parts, string(runes[from:]))); words != "" {
		return words
	}
	return name
}

// quantity writes a number that an expression is compared with as people say it: 5%,
// 2 minutes, 1 GiB, 0.5 a second.
func quantity(v float64, e parser.Expr, s *schema.Schema) string {
	u, known := query.UnitOf(e, s)
	return u.Amount(v, known)
}

// valueTemplate returns the template of an alert's value in its unit.
func valueTemplate(u query.Unit, ok bool) string {
	const plain = "{{ $value | humanize }}"
	text := plain
	switch {
	case !ok || u.Mul != 0 && (u.Mul < 0.999999 || u.Mul > 1.000001) || u.Time:
		return plain
	case u.Base == "ratio" && u.Per == "":
		return "{{ $value | humanizePercentage }}"
	case u.Base == "seconds" && u.Per == "":
		return "{{ $value | humanizeDuration }}"
	case u.Base == "percent":
		text = plain + "%"
	case u.Base == "bytes":
		text = "{{ $value | humanize1024 }}B"
	case u.Base != "":
		text = plain + " " + u.Base
	}
	if u.Per == "second" {
		text += " a second"
	}
	return text
}

// carries reports whether the result of an expression surely has a label that scraping
// adds. A recording rule may have taken it away.
func carries(p *Pass, e parser.Expr, label string) bool {
	if label == "" {
		return false
	}
	switch e := query.Unparen(e).(type) {
	case *parser.VectorSelector:
		name := query.Selectors(e)[0].Name
		m, _ := p.Schema.Series(name)
		return m != nil || name == "up"
	case *parser.MatrixSelector:
		return carries(p, e.VectorSelector, label)
	case *parser.SubqueryExpr:
		return carries(p, e.Expr, label)
	case *parser.UnaryExpr:
		return carries(p, e.Expr, label)
	case *parser.AggregateExpr:
		if slices.Contains([]parser.ItemType{parser.TOPK, parser.BOTTOMK}, e.Op) {
			return carries(p, e.Expr, label)
		}
		return slices.Contains(e.Grouping, label) != e.Without && carries(p, e.Expr, label)
	case *parser.BinaryExpr:
		return carriesBoth(p, e, label)
	case *parser.Call:
		if strings.HasPrefix(e.Func.Name, "absent") || strings.HasPrefix(e.Func.Name, "label_") || e.Func.Name == "info" {
			return false
		}
		return slices.ContainsFunc(e.Args, func(arg parser.Expr) bool {
			return (arg.Type() == parser.ValueTypeVector || arg.Type() == parser.ValueTypeMatrix) && carries(p, arg, label)
		})
	}
	return false
}

// carriesBoth is carries for an operation on two sides.
func carriesBoth(p *Pass, e *parser.BinaryExpr, label string) bool {
	left, right := carries(p, e.LHS, label), carries(p, e.RHS, label)
	match := e.VectorMatching
	switch {
	case match == nil: // one side is a number
		return left || right
	case e.Op == parser.LOR:
		return left && right
	case e.Op == parser.LAND || e.Op == parser.LUNLESS:
		return left
	case match.Card == parser.CardManyToOne:
		return left && !slices.Contains(match.Include, label)
	case match.Card == parser.CardOneToMany:
		return right && !slices.Contains(match.Include, label)
	}
	return left && right && slices.Contains(match.MatchingLabels, label) == match.On
}

// targetLabel is the label that Target names, "" where it names none.
func (p *Pass) targetLabel() string {
	_, rest, _ := strings.Cut(p.Target(), "$labels.")
	name, _, _ := strings.Cut(rest, " ")
	return name
}
