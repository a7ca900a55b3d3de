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
		Name: "many-to-many",
		Doc: `Several series of one side have the same labels to match on.

An arithmetic operation or a comparison needs one series on each side, or, with group_left
and group_right, one on the side that is named last. If a metric has a label that the match
leaves out, there are as many series as the label has values, and Prometheus refuses the
whole query: "found duplicate series for the match group". le and quantile always have
several values: this is an error. Another label of the metric may have one value today and
two tomorrow: this is a warning.

Aggregate first, as in sum by (job) (x), match on the label as well, or say with group_left
or group_right which side has more.`,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, i *query.Info) {
				if i.Match != nil && !e.Op.IsSetOperator() && !i.Match.Never && !q.Inferred.Variable(e) {
					manyToMany(p, q, e)
				}
			})
		},
	})
}

func manyToMany(p *Pass, q *Query, e *parser.BinaryExpr) {
	m := e.VectorMatching
	sides := []parser.Expr{e.LHS, e.RHS}
	switch m.Card {
	case parser.CardManyToOne:
		sides = sides[1:]
	case parser.CardOneToMany:
		sides = sides[:1]
	}
	for _, side := range sides {
		of := q.Inferred.At(side)
		if oneOfEach(q, side, m) {
			continue
		}
		for _, l := range of.Labels.All() {
			certain, several := multiplies(l, of)
			if !certain && len(m.Include) > 0 {
				continue // what labels are taken from has one series for each
			}
			if !several || matchedOn(m, l.Name) || !certain && chosen(side, l.Name) {
				continue
			}
			f := schema.Finding{Pos: q.operator(e), Severity: schema.Warning, Related: definitions(of.Metrics)}
			then := "fails as soon as"
			if certain {
				f.Severity, then = schema.Error, "fails, because"
			}
			f.Message = fmt.Sprintf("%s matches without label %q of %s: the query %s it has two values", q.Owner, l.Name, q.subject(side), then)
			f.Hint = fmt.Sprintf("aggregate %s before, or match on %q", q.subject(side), l.Name)
			if m.Card == parser.CardOneToOne {
				f.Hint += ", or add group_left or group_right"
			}
			p.Report(f)
			return
		}
	}
}

// multiplies reports whether a label makes several series of one target: a metric's own,
// with more than one value. That is certain of buckets and quantiles only.
func multiplies(l *query.Label, of *query.Info) (certain, several bool) {
	if of.Foreign || of.Type == query.InfoMetric || l.Presence < query.Declared || l.Metric == nil {
		return false, false
	}
	switch l.Origin {
	case query.FromBucket:
		for _, v := range l.Values {
			if !query.SameNumber(v, l.Values[0]) {
				return true, true
			}
		}
	case query.FromMetric:
		return false, l.Name != "__name__" && len(l.Values) != 1
	}
	return false, false
}

// oneOfEach reports whether an expression chooses one series, or one of each group of series
// that the match tells apart: topk by (pod) (1, x) has one for each pod.
func oneOfEach(q *Query, side parser.Expr, m *parser.VectorMatching) bool {
	e, ok := query.Unparen(side).(*parser.AggregateExpr)
	if !ok || e.Without || q.Inferred.Variable(e) || !slices.Contains([]parser.ItemType{parser.TOPK, parser.BOTTOMK, parser.LIMITK}, e.Op) {
		return false
	}
	k, known := q.Inferred.At(e.Param).Values.Point()
	return known && k < 2 && !slices.ContainsFunc(e.Grouping, func(label string) bool { return !matchedOn(m, label) })
}

// matchedOn reports whether two series must agree in a label to match.
func matchedOn(m *parser.VectorMatching, name string) bool {
	for _, l := range m.MatchingLabels {
		if l == name {
			return m.On
		}
	}
	return !m.On
}

// chosen reports whether a Grafana variable says which values a label has: one, as far as
// is known here.
func chosen(e parser.Expr, label string) bool {
	for _, s := range query.Selectors(e) {
		for _, m := range s.Matchers {
			if m.Name == label && query.HasVariable(m.Value) {
				return true
			}
		}
	}
	return false
}
