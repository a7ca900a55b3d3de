package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "alert-condition",
		Doc: `An alert has no condition, or one that chooses nothing.

An alert fires for every series that its expression returns, whatever the value. Without a
comparison it fires for as long as the metric is there, also when the value is 0. With bool
a comparison returns 0 instead of nothing, so it fires either way, and as a guard behind
and it lets everything through. "or vector(0)" returns a series where nothing is wrong.

Compare: up == 0, rate(errors_total[5m]) > 1. Take out bool and "or vector(0)". An alert
that shall always fire, to show that alerts arrive, says so as vector(1).`,
		Query: func(p *Pass, q *Query) {
			if q.Inferred != nil && q.Rule != nil {
				boolGuard(p, q)
			}
			if q.Inferred != nil && q.alert() {
				alertCondition(p, q)
			}
		},
	})
}

func alertCondition(p *Pass, q *Query) {
	for _, part := range alternatives(q.Tree) {
		root := q.Inferred.At(part)
		f := schema.Finding{Pos: q.pos(part), Related: definitions(root.Metrics)}
		b, isBinary := part.(*parser.BinaryExpr)
		switch {
		case isBinary && b.Op.IsComparisonOperator() && b.ReturnBool:
			f.Pos = q.wordPos(b, "bool")
			f.Message = fmt.Sprintf("%s compares with bool: it fires whether %s holds or not", q.Owner, shorten(q.text(part)))
			f.Hint = "take out bool"
		case isVector(part) && part != query.Unparen(q.Tree):
			f.Message = fmt.Sprintf("%s fires always: %s has a value where the rest has none", q.Owner, shorten(q.text(part)))
			f.Hint = "take out or " + q.text(part)
		case root.Foreign || isVector(part) || conditional(q, part):
			continue
		default:
			f.Message = fmt.Sprintf("%s has no condition: it fires as long as there is %s", q.Owner, shorten(q.text(part)))
			f.Hint = "compare it with something"
		}
		p.Report(f)
	}
}

// alternatives returns the operands of or, or the expression itself.
func alternatives(e parser.Expr) []parser.Expr {
	e = query.Unparen(e)
	if b, ok := e.(*parser.BinaryExpr); ok && b.Op == parser.LOR {
		return append(alternatives(b.LHS), alternatives(b.RHS)...)
	}
	return []parser.Expr{e}
}

// isVector reports whether an expression is vector of a number.
func isVector(e parser.Expr) bool {
	call, ok := e.(*parser.Call)
	return ok && call.Func.Name == "vector"
}

// conditional reports whether an expression may be empty by what it asks, not only because
// there are no series: there is a comparison or the like in it, or a series that is itself
// recorded under a condition, or made by an alert.
func conditional(q *Query, e parser.Expr) bool {
	found := false
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.BinaryExpr:
			found = found || n.Op.IsComparisonOperator() && !n.ReturnBool || n.Op == parser.LAND || n.Op == parser.LUNLESS
		case *parser.Call:
			found = found || n.Func.Name == "absent" || n.Func.Name == "absent_over_time"
		case *parser.VectorSelector:
			i := q.Inferred.At(n)
			found = found || i.Rule != "" || i.Foreign || i.Metric == nil && n.Name != "up"
		}
		return nil
	})
	return found
}

// boolGuard reports comparisons with bool behind and, which keep everything.
func boolGuard(p *Pass, q *Query) {
	operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
		if e.Op != parser.LAND && e.Op != parser.LUNLESS {
			return
		}
		for _, part := range alternatives(e.RHS) {
			if b, ok := part.(*parser.BinaryExpr); ok && b.Op.IsComparisonOperator() && b.ReturnBool {
				p.Report(schema.Finding{
					Pos:     q.wordPos(b, "bool"),
					Message: fmt.Sprintf("%s guards with %s, which has a value whether it holds or not", q.Owner, shorten(q.text(b))),
					Hint:    "take out bool",
				})
			}
		}
	})
}
