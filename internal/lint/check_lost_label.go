package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "lost-label",
		Doc: `A query uses a label that it has taken away before.

An aggregation leaves the labels behind by, or all but those behind without; matching on
labels leaves those; histogram_quantile takes le. What stands around it cannot aggregate by,
match on or copy what is gone: it makes one series of all, or none, without an error.

Keep the label in the inner aggregation as well; the finding shows where it is lost.`,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, _ *query.Info) {
				switch n := n.(type) {
				case *parser.AggregateExpr:
					if !n.Without {
						lostLabels(p, q, n, "aggregates by", n.Grouping, n.Expr)
					}
				case *parser.BinaryExpr:
					lostInMatching(p, q, n)
				case *parser.Call:
					if n.Func.Name == "label_replace" {
						lostLabels(p, q, n, "replaces from", []string{literal(n.Args[3])}, n.Args[0])
					}
				}
			})
		},
	})
}

func literal(e parser.Expr) string {
	if s, ok := e.(*parser.StringLiteral); ok {
		return s.Val
	}
	return ""
}

// lostLabels reports the names that none of the operands has any more, though one had.
func lostLabels(p *Pass, q *Query, n parser.Expr, does string, names []string, operands ...parser.Expr) {
	for _, name := range names {
		var gone *query.Removal
		for _, e := range operands {
			i := q.Inferred.At(e)
			if i.Labels.Can(name) {
				gone = nil
				break
			}
			if g := i.Labels.Gone(name); g != nil {
				gone = g
			}
		}
		if gone == nil {
			continue
		}
		p.Report(schema.Finding{
			Pos:     q.wordPos(n, name),
			Message: fmt.Sprintf("%s %s label %q, which is gone", q.Owner, does, name),
			Hint:    keeping(gone.Node, name),
			Related: []schema.Related{{Pos: q.pos(gone.Node), Message: fmt.Sprintf("%s is taken away here", name)}},
		})
	}
}

// keeping says how to write what takes a label away such that it does not.
func keeping(n parser.Node, label string) string {
	e, ok := n.(*parser.AggregateExpr)
	if !ok {
		return "keep it in the inner expression"
	}
	word, names := "by", append(e.Grouping[:len(e.Grouping):len(e.Grouping)], label)
	if e.Without {
		word, names = "without", slices.DeleteFunc(slices.Clone(e.Grouping), func(s string) bool { return s == label })
	}
	return fmt.Sprintf("keep it in the inner aggregation: %s %s (%s)", e.Op, word, strings.Join(names, ", "))
}

func lostInMatching(p *Pass, q *Query, e *parser.BinaryExpr) {
	m := e.VectorMatching
	if m == nil {
		return
	}
	if m.On {
		lostLabels(p, q, e, "matches on", m.MatchingLabels, e.LHS, e.RHS)
	}
	one := e.RHS
	if m.Card == parser.CardOneToMany {
		one = e.LHS
	}
	lostLabels(p, q, e, "takes by group_left or group_right", m.Include, one)
}
