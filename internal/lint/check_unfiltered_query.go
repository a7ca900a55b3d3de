package lint

import (
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "unfiltered-query",
		Doc: `A panel shows more than what is chosen above it.

The dashboard has a variable job or instance, and a selector in the panel does not match by it:
the panel goes on showing all programs while the others show one. This is dashboard-linter's
target-job-rule and target-instance-rule, for dashboards that have such variables, and for
series that can have the label.

Write job=~"$job" into every selector.`,
		Severity: schema.Note,
		Optional: true,
		Query: func(p *Pass, q *Query) {
			if q.Board == nil || q.Panel < 0 {
				return
			}
			for _, name := range []string{"job", "instance"} {
				if slices.ContainsFunc(q.Board.Templating, func(v input.Variable) bool { return v.Name == name }) {
					unfiltered(p, q, name)
				}
			}
		},
	})
}

func unfiltered(p *Pass, q *Query, name string) {
	each(q, func(n parser.Expr, i *query.Info) {
		vs, ok := n.(*parser.VectorSelector)
		if !ok || !i.Before.Can(name) || slices.ContainsFunc(vs.LabelMatchers, func(m *labels.Matcher) bool {
			return slices.ContainsFunc(input.References(m.Value), func(ref input.Reference) bool { return m.Name == name || ref.Name == name })
		}) {
			return
		}
		p.Report(schema.Finding{
			Pos:     q.pos(vs),
			Message: fmt.Sprintf("%s does not match %s by the variable $%s of its dashboard", q.Owner, q.subject(vs), name),
			Hint:    fmt.Sprintf("write %s=~%q", name, "$"+name),
		})
	})
}
