package scanner

import (
	"encoding/binary"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// This file tells which parameters and loop variables an expression depends on.

// free returns the parameters and loop variables that the expressions depend on,
// through the local variables that they name. Conditions count as far as they name
// parameters of plain types: flags and modes. With guards, those that decide whether the
// place is reached count, too.
func (ev *evaluator) free(p place, need []ast.Expr, guards bool) map[types.Object]bool {
	key := binary.AppendVarint(strconv.AppendBool(nil, guards), int64(p.pos))
	for _, e := range need {
		key = binary.AppendVarint(binary.AppendVarint(key, int64(e.Pos())), int64(e.End()))
	}
	if known, ok := ev.frees[string(key)]; ok {
		return known
	}
	f := &dependencies{ev: ev, info: p.pkg.TypesInfo, free: map[types.Object]bool{}, seen: map[part]bool{}}
	defer func() { ev.frees[string(key)] = f.free }()
	for _, e := range need {
		f.visit(e, false)
	}
	if guards {
		f.guards(p.pos)
	}
	return f.free
}

type dependencies struct {
	ev   *evaluator
	info *types.Info
	free map[types.Object]bool
	seen map[part]bool
}

// A part is a field of a local variable, or all of it.
type part struct{ v, only *types.Var }

func (d *dependencies) visit(e ast.Node, condition bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if v := local(d.info, n.X); v != nil {
				d.variable(v, firstField(d.info, n), condition)
				return false
			}
		case *ast.Ident:
			if v, ok := d.info.Uses[n].(*types.Var); ok && isLocal(v) {
				d.variable(v, nil, condition)
			}
		}
		return true
	})
}

// variable visits what a local variable depends on, or a field of it.
func (d *dependencies) variable(v, only *types.Var, condition bool) {
	if d.seen[part{v, nil}] || d.seen[part{v, only}] || condition && !isBasic(v.Type()) && !d.isRest(v) {
		return
	}
	d.free[v], d.seen[part{v, only}] = true, true
	if over := d.ev.ix.ranges[v]; over != nil && !condition {
		d.visit(over, false)
	}
	for _, t := range d.ev.ix.touches[v] {
		if !t.concerns(only) {
			continue
		}
		if t.from != nil {
			d.visit(t.from, condition)
		}
		if v.Type() != nil && !condition {
			d.guards(t.pos)
		}
	}
}

// isRest reports whether v is a variadic parameter: how many arguments there are decides
// more than what any other list has in it.
func (d *dependencies) isRest(v *types.Var) bool {
	fn := d.ev.ix.functionAt(v.Pos())
	if fn == nil {
		return false
	}
	i, ok := fn.params[v]
	return ok && i != receiver && variadic(fn, i)
}

// guards visits the conditions that decide whether pos is reached.
func (d *dependencies) guards(pos token.Pos) {
	fn := d.ev.ix.functionAt(pos)
	if fn == nil || fn.pkg.TypesInfo != d.info {
		return
	}
	for _, n := range around(place{pkg: fn.pkg, fn: fn, pos: pos}) {
		switch n := n.(type) {
		case *ast.IfStmt:
			d.visit(n.Cond, true)
		case *ast.SwitchStmt:
			d.switched(n)
		case *ast.BlockStmt:
			for _, s := range n.List {
				if s, ok := s.(*ast.IfStmt); ok && s.End() < pos && d.ev.mayEnd(s) {
					d.visit(s.Cond, true)
				}
			}
		}
	}
}

func (d *dependencies) switched(n *ast.SwitchStmt) {
	if n.Tag != nil {
		d.visit(n.Tag, true)
	}
	for _, c := range n.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			d.visit(e, true)
		}
	}
}
