package lint

import (
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

// This file holds what the checks share that look at what package query infers.

// calls calls f with every function call of a query.
func calls(q *Query, f func(*parser.Call, *query.Info)) {
	each(q, func(n parser.Expr, i *query.Info) {
		if c, ok := n.(*parser.Call); ok {
			f(c, i)
		}
	})
}

// operations calls f with every binary operation of a query.
func operations(q *Query, f func(*parser.BinaryExpr, *query.Info)) {
	each(q, func(n parser.Expr, i *query.Info) {
		if b, ok := n.(*parser.BinaryExpr); ok {
			f(b, i)
		}
	})
}

// each calls f with every node of a query, operands first.
func each(q *Query, f func(parser.Expr, *query.Info)) {
	if q.Inferred == nil {
		return
	}
	for n, i := range q.Inferred.All() {
		f(n, i)
	}
}

// pos returns where a node begins.
func (q *Query) pos(n parser.Node) schema.Pos { return q.At(int(n.PositionRange().Start)) }

// text returns a node as it is written.
func (q *Query) text(n parser.Node) string {
	p := n.PositionRange()
	return q.Expr[p.Start:p.End]
}

// operator returns where the operator of a binary operation stands.
func (q *Query) operator(b *parser.BinaryExpr) schema.Pos {
	return q.wordPos(b, b.Op.String())
}

// position returns where a value of a rule begins, or where its expression does.
func (q *Query) position(place string) schema.Pos {
	if pos, ok := q.Rule.Places[place]; ok {
		return pos
	}
	return q.Pos
}

// alert reports whether the expression is an alert's.
func (q *Query) alert() bool { return q.Rule != nil && q.Rule.Alert != "" }

// guards reports whether a node only says when another counts: it stands behind and or
// unless.
func (q *Query) guards(n parser.Node) bool {
	for up := q.Inferred.Parent(n); up != nil; n, up = up, q.Inferred.Parent(up) {
		if b, ok := up.(*parser.BinaryExpr); ok && (b.Op == parser.LAND || b.Op == parser.LUNLESS) && b.RHS == n {
			return true
		}
	}
	return false
}

// unscaled returns an expression without the numbers that it is multiplied and divided by, and
// what these come to.
func (q *Query) unscaled(e parser.Expr) (parser.Expr, float64) {
	e = query.Unparen(e)
	b, ok := e.(*parser.BinaryExpr)
	if !ok || b.Op != parser.MUL && b.Op != parser.DIV {
		return e, 1
	}
	number := func(side parser.Expr) (float64, bool) {
		n, known := q.Inferred.At(side).Values.Point()
		return n, known && n > 0 && side.Type() == parser.ValueTypeScalar
	}
	if n, ok := number(b.RHS); ok {
		if b.Op == parser.DIV {
			n = 1 / n
		}
		rest, more := q.unscaled(b.LHS)
		return rest, n * more
	}
	if n, ok := number(b.LHS); ok && b.Op == parser.MUL {
		rest, more := q.unscaled(b.RHS)
		return rest, n * more
	}
	return e, 1
}

// chooses reports whether an expression is a comparison that keeps some samples.
func chooses(e parser.Expr) bool {
	b, ok := query.Unparen(e).(*parser.BinaryExpr)
	return ok && b.Op.IsComparisonOperator() && !b.ReturnBool
}

// mains returns the expressions whose samples comparisons and set operations choose from:
// of "a > 5 and b or c" these are a and c.
func mains(e parser.Expr) []parser.Expr {
	e = query.Unparen(e)
	b, ok := e.(*parser.BinaryExpr)
	switch {
	case !ok:
		return []parser.Expr{e}
	case b.Op == parser.LOR:
		return append(mains(b.LHS), mains(b.RHS)...)
	case b.Op == parser.LAND || b.Op == parser.LUNLESS:
		return mains(b.LHS)
	case chooses(b) && b.LHS.Type() == parser.ValueTypeScalar:
		return mains(b.RHS)
	case chooses(b):
		return mains(b.LHS)
	}
	return []parser.Expr{e}
}
