package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "vector-matching",
		Doc: `The series of two operands can never match.

Between two vectors, series match where all their labels are equal, or those behind on. If
the code gives one side a label that the other cannot have, or the label has no value in
common, no series matches: the result of an operation is empty, and unless removes nothing.
Prometheus reports neither.

Aggregate both sides by the same labels, or say on which to match: a / on (job) b, with
group_left where the left side has several series for one on the right.`,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, i *query.Info) {
				if i.Match != nil && e.Op != parser.LOR && (i.Match.Never || i.Match.Unlikely) {
					vectorMatching(p, q, e, i.Match)
				}
			})
		},
	})
}

func vectorMatching(p *Pass, q *Query, e *parser.BinaryExpr, m *query.Match) {
	l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
	if l.Empty.State == query.Always || r.Empty.State == query.Always {
		return
	}
	then := "no series of the two match"
	if e.Op == parser.LUNLESS {
		then = "unless removes nothing"
	}
	f := schema.Finding{Pos: q.operator(e), Related: definitions(append(l.Metrics[:len(l.Metrics):len(l.Metrics)], r.Metrics...))}
	switch {
	case m.Left == nil:
		f.Message = fmt.Sprintf("%s matches %q, which the right side has and the left side does not: %s", q.Owner, m.Label, then)
	case m.Right == nil:
		f.Message = fmt.Sprintf("%s matches %q, which the left side has and the right side does not: %s", q.Owner, m.Label, then)
	default:
		f.Message = fmt.Sprintf("%s matches %q, which is %s on the left and %s on the right: %s", q.Owner, m.Label, valuesOf(m.Left), valuesOf(m.Right), then)
	}
	for _, side := range []query.Labels{l.Labels, r.Labels} {
		if gone := side.Gone(m.Label); gone != nil {
			f.Related = append(f.Related, schema.Related{Pos: q.pos(gone.Node), Message: fmt.Sprintf("%s is taken away here", m.Label)})
		}
	}
	f.Hint = fmt.Sprintf("leave it out of the match: ignoring (%s), with group_left or group_right for the side that has more series", m.Label)
	if e.VectorMatching.On {
		f.Hint = "match on labels that both sides have"
	}
	p.Report(f)
}

func valuesOf(l *query.Label) string {
	if l.Values == nil {
		return "any"
	}
	return quotedList(l.Values)
}
