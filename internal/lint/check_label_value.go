package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "label-value",
		Doc: `A matcher asks for a label value that the code never sets.

Where every call sets a label to a constant, its values are known: metrics.json lists them.
A matcher that none of them satisfies selects nothing, whatever happens, so the panel stays
empty and the alert never fires. This is an error. An alternative of a regular expression
that is never set, and a negative matcher that excludes nothing, are warnings.

An equality with a pattern in it, such as code="5..", is the usual mistake: write =~. Else
write one of the values that the hint lists.`,
		Query: labelValue,
	})
}

func labelValue(p *Pass, q *Query) {
	eachMatcher(q, func(vs *parser.VectorSelector, m *labels.Matcher, values []string) {
		l := q.Inferred.At(vs).Before.Label(m.Name)
		if l == nil || l.Origin == query.FromBucket {
			return
		}
		f := schema.Finding{Pos: q.wordPos(vs, m.Name), Related: defined(l.Metric)}
		negative := m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp
		satisfied := slices.ContainsFunc(values, m.Matches)
		unset := unsetValues(m, values)
		switch {
		case !satisfied:
			f.Message = fmt.Sprintf("%s matches %s, but %q is only ever %s", q.Owner, m, m.Name, quotedList(l.Values))
			f.Hint = valueHint(m, l.Values)
			if platform := p.run.names.ported(vs.Name, m); platform != "" {
				f.Severity = schema.Note
				f.Message += fmt.Sprintf(" for %s", strings.Join(p.Config.Platforms, ", "))
				f.Hint = fmt.Sprintf("add %s to platforms: in dashgen.yaml if programs built for it are watched", platform)
			}
		case negative && !slices.ContainsFunc(values, func(v string) bool { return v != "" && !m.Matches(v) }) && m.Value != "":
			f.Severity = schema.Warning
			f.Message = fmt.Sprintf("%s excludes nothing by %s: %q is only ever %s", q.Owner, m, m.Name, quotedList(l.Values))
			f.Hint = valueHint(m, l.Values)
		case len(unset) > 0 && !negative:
			f.Severity = schema.Warning
			f.Message = fmt.Sprintf("%s matches %s, but %q is never %s", q.Owner, m, m.Name, quotedList(unset))
			f.Hint = "it is one of " + quotedList(l.Values)
		default:
			return
		}
		p.Report(f)
	})
}

// eachMatcher calls f with the matchers whose value is written and whose label has a
// closed set of values, the empty one among them where a series may lack it.
func eachMatcher(q *Query, f func(*parser.VectorSelector, *labels.Matcher, []string)) {
	if q.Inferred == nil {
		return
	}
	for n, info := range q.Inferred.All() {
		vs, ok := n.(*parser.VectorSelector)
		if !ok {
			continue
		}
		for _, m := range vs.LabelMatchers {
			if m.Name == labels.MetricName || query.HasVariable(m.Value) || !info.Before.Can(m.Name) {
				continue
			}
			if values, closed := info.Before.Values(m.Name); closed {
				f(vs, m, values)
			}
		}
	}
}

// unsetValues returns the alternatives of a regular expression that are not among values.
func unsetValues(m *labels.Matcher, values []string) []string {
	var unset []string
	for _, v := range m.SetMatches() {
		if v != "" && !slices.Contains(values, v) {
			unset = append(unset, v)
		}
	}
	return unset
}

var pattern = regexp.MustCompile(`[.*+?|^$\[\]()]`)

func valueHint(m *labels.Matcher, values []string) string {
	if m.Type == labels.MatchEqual && pattern.MatchString(m.Value) {
		if re, err := labels.NewMatcher(labels.MatchRegexp, m.Name, m.Value); err == nil && slices.ContainsFunc(values, re.Matches) {
			return fmt.Sprintf("for a regular expression write %s", re)
		}
	}
	if near := source.Nearest(m.Value, values); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// quotedList writes a few words: "a", "b" or "c".
func quotedList(words []string) string {
	var list []string
	for i, w := range words {
		if i == 8 && len(words) > 9 {
			list = append(list, fmt.Sprintf("%d others", len(words)-i))
			break
		}
		list = append(list, fmt.Sprintf("%q", w))
	}
	last := len(list) - 1
	if last < 1 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:last], ", ") + " or " + list[last]
}
