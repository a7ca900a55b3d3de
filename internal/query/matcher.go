package query

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// This file says what is left of a series' labels behind the matchers of a selector.

// HasVariable reports whether a Grafana variable stands in a matcher's value, so that
// nobody knows what it matches.
func HasVariable(value string) bool { return len(variables(value)) > 0 }

// narrow returns the labels of the series that all matchers of a selector match, and
// why there are none if that is so.
func narrow(vs *parser.VectorSelector, ls Labels) (Labels, Emptiness) {
	var empty Emptiness
	whole := ls
	for _, m := range vs.LabelMatchers {
		if m.Name == nameLabel && m.Type == labels.MatchEqual || HasVariable(m.Value) {
			continue
		}
		next, ok := match(vs, ls, m)
		if ok {
			ls = next
			continue
		}
		if empty.State == Always {
			continue
		}
		empty = Emptiness{State: Always, Reason: &Reason{Kind: kindOfMismatch(whole, m), Node: vs, Word: m.Name, Matcher: m}}
	}
	return ls, empty
}

// kindOfMismatch says why a matcher leaves nothing: already among all series of the
// metric, or only behind other matchers.
func kindOfMismatch(whole Labels, m *labels.Matcher) ReasonKind {
	switch values, closed := whole.Values(m.Name); {
	case !whole.Can(m.Name):
		return NoLabel
	case closed && !slices.ContainsFunc(values, m.Matches):
		return NoValue
	case !closed && whole.Must(m.Name) && m.Type == labels.MatchEqual && m.Value == "":
		return NoValue
	}
	return Contradiction
}

// match narrows a label set by one matcher; ok is false where no series can match.
func match(vs *parser.VectorSelector, ls Labels, m *labels.Matcher) (Labels, bool) {
	if values, closed := ls.Values(m.Name); closed {
		var left []string
		for _, v := range values {
			if m.Matches(v) {
				left = append(left, v)
			}
		}
		if len(left) == 0 {
			return ls, false
		}
		return ls.narrowedTo(vs, m.Name, left), true
	}
	if m.Type == labels.MatchEqual && m.Value == "" {
		if ls.Must(m.Name) {
			return ls, false
		}
		return ls.without([]string{m.Name}, vs), true
	}
	if m.Matches("") {
		return ls, true // says what values are, where there are any; nothing that is kept
	}
	one := Label{Name: m.Name, Origin: FromMatcher}
	if l := ls.Label(m.Name); l != nil {
		one = *l
		one.Name = m.Name
	}
	one.Presence = Guaranteed
	switch {
	case m.Type == labels.MatchEqual:
		one.Values = []string{m.Value}
	case m.Type == labels.MatchRegexp && len(m.SetMatches()) > 0:
		one.Values = slices.Clone(m.SetMatches())
	}
	return ls.with(one), true
}

// narrowedTo leaves a label some of its known values, the empty one among them where
// it may be absent.
func (ls Labels) narrowedTo(vs *parser.VectorSelector, name string, values []string) Labels {
	l := ls.exact(name)
	if l == nil {
		return ls // not there, and the matcher asks for that
	}
	one := *l
	switch {
	case len(values) == 1 && values[0] == "":
		return ls.without([]string{name}, vs)
	case !slices.Contains(values, ""):
		one.Presence = Guaranteed
	case one.Presence == Possible:
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	}
	one.Values = values
	return ls.with(one)
}
