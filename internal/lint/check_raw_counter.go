package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "raw-counter",
		Doc: `An alert compares a counter as it stands, or a query divides two.

A counter counts since the program started. How large it is depends on how long ago that
was: the alert fires some day for a program that runs well, and is silent after a restart of
one that does not. That a counter is above 0 says something ("it ever happened"), and so does
a comparison with its own value of some time ago; both are left alone.

The quotient of two counters is the ratio since the start, over days or weeks: it hardly
moves, however much goes wrong now.

Compare what happened lately: rate(x[5m]) > 0.1, increase(x[1h]) > 10. Divide rates.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				if e.Op == parser.DIV {
					rawRatio(p, q, e)
				}
				if e.Op.IsComparisonOperator() && q.alert() && !q.guards(e) {
					rawCounter(p, q, e, e.LHS, e.RHS)
					rawCounter(p, q, e, e.RHS, e.LHS)
				}
			})
		},
	})
}

func rawCounter(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	of, number := q.Inferred.At(side), q.Inferred.At(with)
	if of.Foreign || !of.Type.Cumulative() || of.Empty.State == query.Always {
		return
	}
	if v, ok := number.Values.Point(); !ok || v == 0 || v == 1 && (e.Op == parser.GTE || e.Op == parser.LSS) {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.pos(side),
		Message: fmt.Sprintf("%s compares a %s as it stands, %s, which counts since the program started", q.Owner, of.Type, q.subject(side)),
		Hint:    "compare its rate or its increase",
		Related: definitions(of.Metrics),
	})
}

// rawRatio reports the quotient of two counters, but not of one by itself some time ago.
func rawRatio(p *Pass, q *Query, e *parser.BinaryExpr) {
	l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
	if l.Foreign || r.Foreign || !l.Type.Cumulative() || !r.Type.Cumulative() || shifted(e.LHS) || shifted(e.RHS) || l.Empty.State == query.Always || r.Empty.State == query.Always {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.operator(e),
		Message: fmt.Sprintf("%s divides counters as they stand, which count since the program started", q.Owner),
		Hint:    fmt.Sprintf("divide their rates: rate(%s[5m])", q.text(leaf(e.LHS))),
		Related: definitions(append(l.Metrics[:len(l.Metrics):len(l.Metrics)], r.Metrics...)),
	})
}

// shifted reports whether an expression selects what was some time ago.
func shifted(e parser.Expr) bool {
	found := false
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		vs, ok := n.(*parser.VectorSelector)
		found = found || ok && (vs.OriginalOffset != 0 || vs.OriginalOffsetExpr != nil || vs.Timestamp != nil)
		return nil
	})
	return found
}

// leaf returns the first selector of an expression, or the expression where it has none.
func leaf(e parser.Expr) parser.Node {
	var first parser.Node = e
	found := false
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if _, ok := n.(*parser.VectorSelector); ok && !found {
			first, found = n, true
		}
		return nil
	})
	return first
}
