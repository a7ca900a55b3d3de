package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "unknown-label",
		Doc: `A query uses a label that the metric does not have.

A matcher on such a label selects nothing, and an aggregation by it makes one series of all:
the panel is empty or wrong, the alert never fires or says nothing of where. Prometheus does
not complain about either. A metric has the labels that code gives it, le or quantile, and
those that scraping adds: target_labels in dashgen.yaml, by default job and instance, and
until it is written namespace, pod, container, service, endpoint, node and cluster, too. One
of its own that is called like one of these arrives as exported_NAME.

Labels behind without and ignoring are only a warning: naming one that is not there changes
nothing. Metrics that no code here defines are left alone, and so is a matcher for the empty
value, which holds where the label is not there.

Write the label that the hint offers. If scraping adds it, say so under target_labels.`,
		Query: unknownLabel,
	})
}

func unknownLabel(p *Pass, q *Query) {
	if q.Inferred == nil {
		return
	}
	for n := range q.Inferred.All() {
		switch n := n.(type) {
		case *parser.VectorSelector:
			for _, m := range n.LabelMatchers {
				unknownMatcher(p, q, n, m)
			}
		case *parser.AggregateExpr:
			if !q.Inferred.Variable(n) {
				unknownGrouping(p, q, n)
			}
		case *parser.Call:
			unknownSource(p, q, n)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil && !q.Inferred.Variable(n) {
				unknownMatching(p, q, n)
			}
		}
	}
}

func unknownMatcher(p *Pass, q *Query, vs *parser.VectorSelector, m *labels.Matcher) {
	info := q.Inferred.At(vs)
	if m.Name == labels.MetricName || info.Before.Can(m.Name) || m.Type == labels.MatchEqual && m.Value == "" {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.wordPos(vs, m.Name),
		Message: fmt.Sprintf("%s matches label %q, which %s", q.Owner, m.Name, q.lacks(vs)),
		Hint:    labelHint(m.Name, info.Before),
		Related: definitions(info.Metrics),
		Edits:   q.renameLabel(vs, m.Name, matched(vs), info.Before),
	})
}

func unknownGrouping(p *Pass, q *Query, e *parser.AggregateExpr) {
	of := q.Inferred.At(e.Expr)
	word, severity := "by", schema.Error
	if e.Without {
		word, severity = "without", schema.Warning
	}
	for _, name := range e.Grouping {
		if name == "le" && of.Type == query.NativeHistogram {
			continue // as written for a classic one; the result is the same
		}
		if neverThere(name, of.Labels) {
			p.Report(schema.Finding{
				Pos: q.wordPos(e, name), Severity: severity,
				Message: fmt.Sprintf("%s aggregates %s label %q, which %s", q.Owner, word, name, q.lacks(e.Expr)),
				Hint:    labelHint(name, of.Labels),
				Related: definitions(of.Metrics),
				Edits:   q.renameLabel(e, name, e.Grouping, of.Labels),
			})
		}
	}
}

// neverThere reports whether a set lacks a label, and no operation took it away: that
// is another finding.
func neverThere(name string, sets ...query.Labels) bool {
	for _, ls := range sets {
		if name == labels.MetricName || ls.Can(name) || ls.Gone(name) != nil {
			return false
		}
	}
	return true
}

func unknownMatching(p *Pass, q *Query, e *parser.BinaryExpr) {
	l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
	m := e.VectorMatching
	word, severity := "ignoring", schema.Warning
	if m.On {
		word, severity = "on", schema.Error
	}
	for _, name := range m.MatchingLabels {
		if neverThere(name, l.Labels, r.Labels) {
			p.Report(schema.Finding{
				Pos: q.wordPos(e, name), Severity: severity,
				Message: fmt.Sprintf("%s matches %s label %q, which neither side has", q.Owner, word, name),
				Hint:    labelHint(name, l.Labels, r.Labels),
				Related: definitions(append(l.Metrics[:len(l.Metrics):len(l.Metrics)], r.Metrics...)),
				Edits:   q.renameLabel(e, name, m.MatchingLabels, l.Labels, r.Labels),
			})
		}
	}
	one, side, from := r, e.RHS, "group_left"
	if m.Card == parser.CardOneToMany {
		one, side, from = l, e.LHS, "group_right"
	}
	for _, name := range m.Include {
		if neverThere(name, one.Labels) {
			p.Report(schema.Finding{
				Pos:     q.wordPos(e, name),
				Message: fmt.Sprintf("%s takes label %q by %s, which %s", q.Owner, name, from, q.lacks(side)),
				Hint:    labelHint(name, one.Labels),
				Related: definitions(one.Metrics),
				Edits:   q.renameLabel(e, name, m.Include, one.Labels),
			})
		}
	}
}

// unknownSource reports label_replace and label_join of labels that are not there.
func unknownSource(p *Pass, q *Query, e *parser.Call) {
	var from []parser.Expr
	switch {
	case e.Func.Name == "label_replace":
		from = e.Args[3:4]
	case e.Func.Name == "label_join" && len(e.Args) > 3:
		from = e.Args[3:]
	}
	for _, arg := range from {
		s, ok := arg.(*parser.StringLiteral)
		of := q.Inferred.At(e.Args[0])
		if !ok || query.HasVariable(s.Val) || q.Inferred.Variable(e) || s.Val == "" || !neverThere(s.Val, of.Labels) {
			continue
		}
		p.Report(schema.Finding{
			Pos:     q.pos(arg),
			Message: fmt.Sprintf("%s takes label %q by %s, which %s", q.Owner, s.Val, e.Func.Name, q.lacks(e.Args[0])),
			Hint:    labelHint(s.Val, of.Labels),
			Related: definitions(of.Metrics),
		})
	}
}
