package query

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// A Selector is one vector selector of an expression.
type Selector struct {
	Name     string // of the series; empty where it is selected by other labels only
	Offset   int    // of the selector in the expression, in bytes
	End      int    // behind its closing brace
	Matchers []*labels.Matcher
}

// Selectors returns the vector selectors of an expression in their order.
func Selectors(e parser.Expr) []Selector {
	var found []Selector
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if vs, ok := n.(*parser.VectorSelector); ok {
			pos := vs.PositionRange()
			found = append(found, Selector{Name: selectedName(vs), Offset: int(pos.Start), End: int(pos.End), Matchers: vs.LabelMatchers})
		}
		return nil
	})
	slices.SortStableFunc(found, func(a, b Selector) int { return a.Offset - b.Offset })
	return found
}

func selectedName(vs *parser.VectorSelector) string {
	if vs.Name != "" {
		return vs.Name
	}
	for _, m := range vs.LabelMatchers {
		if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return ""
}

// Names returns the series names that an expression selects, sorted, without
// repeats. What does not parse names nothing.
func Names(expr string) []string {
	e, err := Parse(expr)
	if err != nil {
		return nil
	}
	var names []string
	for _, s := range Selectors(e) {
		if s.Name != "" {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Foreign reports whether a series is made by Prometheus itself rather than by the
// program that is scraped.
// See https://prometheus.io/docs/concepts/jobs_instances/.
func Foreign(name string) bool {
	switch name {
	case "up", "ALERTS", "ALERTS_FOR_STATE":
		return true
	}
	return strings.HasPrefix(name, "scrape_")
}

// WithMatchers puts matchers, for instance `job=~"$job",instance=~"$instance"`,
// into every selector of expr that names a series, except those of ALERTS and
// ALERTS_FOR_STATE, whose labels are the alert's. A matcher on a label that a
// selector already matches is left out there. Everything else, white space
// included, stays as it is.
func WithMatchers(expr, matchers string) (string, error) {
	return WithMatchersOn(expr, matchers, func(string) bool { return true })
}

// WithMatchersOn is WithMatchers for the selectors of the series that on reports true for.
func WithMatchersOn(expr, matchers string, on func(series string) bool) (string, error) {
	e, err := Parse(expr)
	if err != nil {
		return "", err
	}
	add := strings.Split(matchers, ",")
	sel := Selectors(e)
	for i := len(sel) - 1; i >= 0; i-- { // from the back, so that offsets stay true
		s := sel[i]
		if matchers == "" || strings.HasPrefix(s.Name, "ALERTS") || !on(s.Name) {
			continue
		}
		var put []string
		for _, m := range add {
			if !slices.ContainsFunc(s.Matchers, func(have *labels.Matcher) bool { return have.Name == labelOf(m) }) {
				put = append(put, m)
			}
		}
		if len(put) > 0 {
			expr = insert(expr, s, strings.Join(put, ","))
		}
	}
	return expr, nil
}

// labelOf returns the label name that a matcher as text begins with.
func labelOf(matcher string) string {
	return strings.TrimSpace(matcher[:strings.IndexAny(matcher+"=", "=!")])
}

// insert puts matchers into the selector s of expr.
func insert(expr string, s Selector, matchers string) string {
	text := expr[s.Offset:s.End]
	brace := strings.LastIndexByte(text, '}')
	if brace < 0 {
		return expr[:s.Offset+len(s.Name)] + "{" + matchers + "}" + expr[s.Offset+len(s.Name):]
	}
	inside := strings.TrimRight(text[:brace], " \t\n")
	if !strings.HasSuffix(inside, "{") && !strings.HasSuffix(inside, ",") {
		matchers = "," + matchers
	}
	at := s.Offset + len(inside)
	return expr[:at] + matchers + expr[at:]
}
