package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "always-empty",
		Doc: `A part of a query can have no series, whatever happens.

Matchers on one label contradict each other, unless removes everything, absent asks for what
is always there, clamp has its bounds the wrong way round, topk keeps none. Prometheus
evaluates all of these to nothing, without a word. Causes that have a check of their own (a
label or a value that there is not, a comparison that is never true, series that cannot
match, a missing le) are reported by that.

Mend what the finding points at.`,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, i *query.Info) {
				if r := i.Empty.Reason; r != nil && r.Node == n {
					if words, ok := emptyBecause[r.Kind]; ok {
						alwaysEmpty(p, q, n, r, words)
					}
				} else if itself(n) && i.Empty.State != query.Always {
					alwaysEmpty(p, q, n, &query.Reason{Kind: query.Covered}, emptyBecause[query.Covered])
				}
			})
		},
	})
}

// emptyBecause says why an expression is always empty, for the reasons that have no check
// of their own.
var emptyBecause = map[query.ReasonKind]string{
	query.Contradiction: "its matchers on %q contradict each other",
	query.Covered:       "what stands behind unless removes everything",
	query.AlwaysThere:   "what it asks for is always there",
	query.Apart:         "no value is on both sides of and",
	query.NotNumbers:    "its upper bound is below its lower one",
	query.NotOne:        "it keeps fewer than one",
}

func alwaysEmpty(p *Pass, q *Query, n parser.Expr, r *query.Reason, words string) {
	f := schema.Finding{Pos: q.pos(n), Related: definitions(q.Inferred.At(n).Metrics)}
	if r.Word != "" {
		words = fmt.Sprintf(words, r.Word)
		f.Pos = q.wordPos(n, r.Word)
	}
	f.Message = fmt.Sprintf("%s queries %s, which is always empty: %s", q.Owner, shorten(q.text(n)), words)
	p.Report(f)
}

// itself reports whether an expression removes from something the very same.
func itself(e parser.Expr) bool {
	b, ok := e.(*parser.BinaryExpr)
	return ok && b.Op == parser.LUNLESS && query.Unparen(b.LHS).String() == query.Unparen(b.RHS).String()
}
