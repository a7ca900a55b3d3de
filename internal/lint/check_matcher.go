package lint

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "matcher",
		Doc: `A matcher does not do what it is written for, or nothing.

= compares as text: code="5.." asks for a code that is spelt with two dots. A regular
expression is anchored at both ends by itself, so ^ and $ around it say nothing, and one
without any pattern in it is an equality that is slower to read. x=~".*" matches all series,
also those without the label.

Write =~ for a pattern and = for a text, leave the anchors out, and leave out a matcher that
matches everything.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, i *query.Info) {
				vs, ok := n.(*parser.VectorSelector)
				if !ok {
					return
				}
				for _, m := range vs.LabelMatchers {
					if m.Name != labels.MetricName && !query.HasVariable(m.Value) {
						matcher(p, q, vs, i, m)
					}
				}
			})
		},
	})
}

func matcher(p *Pass, q *Query, vs *parser.VectorSelector, i *query.Info, m *labels.Matcher) {
	f := schema.Finding{Pos: q.wordPos(vs, m.Name), Severity: schema.Note}
	switch m.Type {
	case labels.MatchEqual, labels.MatchNotEqual:
		_, closed := i.Before.Values(m.Name)
		if closed || i.Foreign || !i.Before.Can(m.Name) || !patternText.MatchString(m.Value) {
			return // label-value says so of a closed set
		}
		f.Severity = schema.Warning
		f.Message = fmt.Sprintf("%s matches %s, a pattern that is compared as text", q.Owner, m)
		f.Hint = fmt.Sprintf("for a regular expression write %s%s~%q", m.Name, strings.TrimSuffix(m.Type.String(), "="), m.Value)
		if m.Type == labels.MatchEqual {
			f.Hint = fmt.Sprintf("for a regular expression write %s=~%q", m.Name, m.Value)
		}
	default:
		equal := strings.TrimSuffix(m.Type.String(), "~")
		if equal == "!" {
			equal = "!="
		}
		re, err := syntax.Parse(m.Value, syntax.Perl)
		switch inner := strings.TrimSuffix(strings.TrimPrefix(m.Value, "^"), "$"); {
		case err != nil || m.Value == "":
			return
		case m.Value == ".*":
			f.Message = fmt.Sprintf("%s matches %s, which holds for all series", q.Owner, m)
			f.Hint = "leave it out"
			if m.Type == labels.MatchNotRegexp {
				f.Severity = schema.Error
				f.Message = fmt.Sprintf("%s matches %s, which holds for no series", q.Owner, m)
				f.Hint = fmt.Sprintf("for series without the label write %s=\"\"", m.Name)
			}
		case inner != m.Value && anchored(re):
			f.Message = fmt.Sprintf("%s matches %s, whose anchors say nothing", q.Owner, m)
			f.Hint = fmt.Sprintf("write %s%s%q", m.Name, m.Type, inner)
		case re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0 && string(re.Rune) == m.Value:
			f.Message = fmt.Sprintf("%s matches %s, where nothing is a pattern", q.Owner, m)
			f.Hint = fmt.Sprintf("write %s%s%q", m.Name, equal, m.Value)
		default:
			return
		}
	}
	p.Report(f)
}

// patternText matches what people write of a regular expression and hardly ever mean as a
// text: .*, .+, 5.., a|b, [0-9], ^a$.
var patternText = regexp.MustCompile(`\.[*+]|^\d(\.\.|xx)$|\w\|\w|\[[^\]]+-[^\]]+\]|^\^|\$$`)

// anchored reports whether a regular expression as a whole begins or ends with an anchor,
// so that it means the same without: not one of several alternatives.
func anchored(re *syntax.Regexp) bool {
	return re.Op == syntax.OpConcat && (re.Sub[0].Op == syntax.OpBeginText || re.Sub[len(re.Sub)-1].Op == syntax.OpEndText)
}
