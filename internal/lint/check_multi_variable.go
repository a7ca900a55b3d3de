package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "multi-variable",
		Doc: `A matcher compares for equality with a variable of which several values can be chosen.

Of several values Grafana makes a regular expression, (a|b), and of all of them .* or the
like; even of a single one it escapes what means something in a pattern. = compares with that
as text: no series has such a value, and the panel is empty. With != nothing is left out. In a
panel that is repeated by the variable it has one value, and that is left alone.

Write =~ or !~, or let only one value be chosen.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			if q.Board == nil || !slices.ContainsFunc(q.Board.Templating, func(v input.Variable) bool { return v.Several }) {
				return
			}
			each(q, func(n parser.Expr, _ *query.Info) {
				if vs, ok := n.(*parser.VectorSelector); ok {
					for _, m := range vs.LabelMatchers {
						if m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual {
							multiVariable(p, q, vs, m)
						}
					}
				}
			})
		},
	})
}

func multiVariable(p *Pass, q *Query, vs *parser.VectorSelector, m *labels.Matcher) {
	for _, ref := range input.References(m.Value) {
		i := slices.IndexFunc(q.Board.Templating, func(v input.Variable) bool { return v.Name == ref.Name })
		if i < 0 || !q.Board.Templating[i].Several || q.repeatedBy(ref.Name) || formatted(m.Value[ref.Offset:]) {
			continue
		}
		v, pattern := &q.Board.Templating[i], labels.MatchRegexp
		if m.Type == labels.MatchNotEqual {
			pattern = labels.MatchNotRegexp
		}
		f := schema.Finding{
			Pos:     q.wordPos(vs, m.Name),
			Message: fmt.Sprintf("%s matches %s, but several values of $%s can be chosen: Grafana makes a regular expression of them", q.Owner, m, v.Name),
			Hint:    fmt.Sprintf("write %s%s%q", m.Name, pattern, m.Value),
			Related: []schema.Related{{Pos: v.Pos, Message: fmt.Sprintf("the variable %q", v.Name)}},
		}
		if reference := m.Value[ref.Offset:]; len(reference) == len(m.Value) && strings.Trim(reference, "${}[]") == ref.Name { // else a dot may mean a dot
			f.Edits = q.matchBy(vs, m, pattern)
		}
		p.Report(f)
		return
	}
}

// matchBy returns the edit that has a matcher compare otherwise; nothing where it is not
// written as label="value".
func (q *Query) matchBy(vs *parser.VectorSelector, m *labels.Matcher, by labels.MatchType) []schema.Edit {
	at := int(q.Inferred.Where(vs, m.Name).Start)
	op := strings.TrimPrefix(q.Expr[at:], m.Name)
	at += len(m.Name) + len(op) - len(strings.TrimLeft(op, " "))
	value := strings.TrimLeft(strings.TrimPrefix(q.Expr[min(at, len(q.Expr)):], m.Type.String()), " ")
	if value == "" || !strings.HasPrefix(value[1:], m.Value+value[:1]) {
		return nil
	}
	return q.edit(at, m.Type.String(), by.String())
}

// formatted reports whether a reference, which a text begins with, says how the value is
// written: ${name:raw}.
func formatted(text string) bool {
	name, _, _ := strings.Cut(text, "}")
	return strings.HasPrefix(text, "${") && strings.Contains(name, ":")
}

// repeatedBy reports whether the panel that a query is of is repeated by a variable.
func (q *Query) repeatedBy(name string) bool {
	return q.Panel >= 0 && slices.ContainsFunc(q.Board.Panels[q.Panel].Repeats, func(t input.Text) bool { return t.Text == name })
}
