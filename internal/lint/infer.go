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
