package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
)

// This file tells when a metric's series are there: whether it is registered behind a
// condition, and whether series with labels are made before anything happens.

// guard returns the condition that the node about to be entered stands behind: of an if
// without else, seen from its function's body. A check for nil is none, nor for an error:
// what is made once is made there.
func (w *walker) guard() ast.Expr {
	for i := len(w.stack) - 1; i >= 0; i-- {
		switch n := w.stack[i].(type) {
		case *ast.IfStmt:
			if inside := i+1 < len(w.stack) && w.stack[i+1] == n.Body; inside && n.Else == nil {
				if cond := besidesNil(w.info, n.Cond); cond != nil {
					return cond
				}
			}
		case *ast.FuncDecl, *ast.FuncLit:
			return nil
		}
	}
	return nil
}

// besidesNil returns what a condition asks besides checks for nil; nil: nothing.
func besidesNil(info *types.Info, cond ast.Expr) ast.Expr {
	if both, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && both.Op == token.LAND {
		x, y := besidesNil(info, both.X), besidesNil(info, both.Y)
		switch {
		case x == nil:
			return y
		case y == nil:
			return x
		}
		return both
	}
	if asksForNil(info, cond) {
		return nil
	}
	return cond
}

// asksForNil reports whether a condition compares with nil, or looks something up.
func asksForNil(info *types.Info, cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok {
			_, isNil := info.Uses[id].(*types.Nil)
			found = found || isNil || id.Name == "ok"
		}
		return !found
	})
	return found
}

// alone reports whether nothing is done with the result of the call about to be entered
// but to make it: it is a statement, or 0 is added to it.
func (w *walker) alone() bool {
	n := len(w.stack)
	if _, ok := w.stack[n-1].(*ast.ExprStmt); ok {
		return true
	}
	if n < 3 {
		return false
	}
	sel, isSel := w.stack[n-1].(*ast.SelectorExpr)
	call, isCall := w.stack[n-2].(*ast.CallExpr)
	_, isStmt := w.stack[n-3].(*ast.ExprStmt)
	if !isSel || !isCall || !isStmt || sel.Sel.Name != "Add" || len(call.Args) != 1 {
		return false
	}
	zero, ok := ast.Unparen(call.Args[0]).(*ast.BasicLit)
	return ok && (zero.Kind == token.INT || zero.Kind == token.FLOAT) && w.info.Types[zero].Value != nil && w.info.Types[zero].Value.ExactString() == "0"
}

// conditional reports whether the definition is made behind a condition that is not
// known, or every registration of it stands behind one.
func (s *scan) conditional(d *Definition) bool {
	if s.behind(d.site, d.env) {
		return true
	}
	guarded := 0
	for _, r := range d.regs {
		switch {
		case !r.env.compatible(d.env):
		case r.site == nil || !s.behind(r.site, r.env):
			return false
		default:
			guarded++
		}
	}
	return guarded > 0
}

// behind reports whether a call, or one of those that led to it in env, stands behind a
// condition that is not known.
func (s *scan) behind(at *site, env *Env) bool {
	for range maxCallers {
		if at == nil {
			break
		}
		if at.guard != nil {
			b := s.ev.condition(at.guard, env, func(env *Env) Value { return s.ev.eval(at.guard, env) })
			if b.Kind != Boolean || b.Default {
				return true
			}
		}
		at, env = env.caller()
	}
	return false
}
