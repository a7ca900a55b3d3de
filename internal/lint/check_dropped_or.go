package lint

import (
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "dropped-or",
		Doc: `What stands behind or is dropped, because it has the same labels.

Of two series with equal labels, or keeps the one on the left. rate and all arithmetic take
the metric's name away, so rate(a_total[5m]) or rate(b_total[5m]) returns b for no target
that also exposes a: b is never drawn, and no alert sees it. Between a metric and the one
that it replaces this is what is wanted, and so it is for a default such as "or vector(0)";
these are left alone.

Draw them as two queries, write two alerts, or compare each before or:
rate(a_total[5m]) > 1 or rate(b_total[5m]) > 1.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				if e.Op == parser.LOR && droppedOr(q, e) {
					l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
					p.Report(schema.Finding{
						Pos:     q.operator(e),
						Message: fmt.Sprintf("%s drops %s: %s has the same labels", q.Owner, shorten(q.text(e.RHS)), shorten(q.text(e.LHS))),
						Hint:    "make two queries of them, or compare each before or",
						Related: definitions(append(l.Metrics[:len(l.Metrics):len(l.Metrics)], r.Metrics...)),
					})
				}
			})
		},
	})
}

// droppedOr reports whether both sides are the growth of one counter of this program each,
// of different ones that live side by side, with the same labels and values.
func droppedOr(q *Query, e *parser.BinaryExpr) bool {
	l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
	if !grows(l) || !grows(r) || l.Metrics[0] == r.Metrics[0] || chooses(e.LHS) || chooses(e.RHS) || e.VectorMatching.On || len(e.VectorMatching.MatchingLabels) > 0 {
		return false
	}
	if _, constant := r.Values.Point(); constant {
		return false // a default, such as 0 * sum(x)
	}
	a, b := l.Labels, r.Labels
	if !a.Closed() || !b.Closed() || len(a.All()) != len(b.All()) {
		return false
	}
	for i, x := range a.All() {
		y := b.All()[i]
		if x.Name != y.Name || x.Presence != y.Presence {
			return false
		}
		for _, v := range x.Values {
			if values, closed := b.Values(y.Name); closed && !slices.Contains(values, v) {
				return false
			}
		}
	}
	return true
}

// grows reports whether a value is the rate or increase of one living metric of this
// program, aggregated or not.
func grows(i *query.Info) bool {
	return !i.Foreign && (i.Type == query.Rate || i.Type == query.Increase) && len(i.Metrics) == 1 && i.Metrics[0].Live() && i.Empty.State != query.Always
}
