package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
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
				if cond := w.besidesNil(n.Cond); cond != nil {
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
func (w *walker) besidesNil(cond ast.Expr) ast.Expr {
	if both, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && both.Op == token.LAND {
		x, y := w.besidesNil(both.X), w.besidesNil(both.Y)
		switch {
		case x == nil:
			return y
		case y == nil:
			return x
		}
		return both
	}
	if w.asksForNil(cond) {
		return nil
	}
	return cond
}

// asksForNil reports whether a condition compares with nil, or asks whether something was
// found.
func (w *walker) asksForNil(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok {
			_, isNil := w.info.Uses[id].(*types.Nil)
			found = found || isNil || id.Name == "ok" || w.isFound(w.info.Uses[id])
		}
		return !found
	})
	return found
}

// isFound reports whether a variable says whether a map has an element: v, found := m[k].
func (w *walker) isFound(v types.Object) bool {
	return v != nil && isBool(v.Type()) && slices.ContainsFunc(w.ix.touches[v], func(t touch) bool {
		index, ok := ast.Unparen(orBad(t.from)).(*ast.IndexExpr)
		if !ok || !t.write {
			return false
		}
		m, ok := orInvalid(w.info.TypeOf(index.X)).Underlying().(*types.Map)
		return ok && !isBool(m.Elem())
	})
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
	s.ev.steps = maxSteps
	if s.behind(d.site, d.env) || s.unsentByDefault(d) {
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

// unsentByDefault reports whether a definition is a descriptor that nothing sends by default.
func (s *scan) unsentByDefault(d *Definition) bool {
	if !d.descriptor || d.maySend || len(d.sentAt) == 0 {
		return false
	}
	return !slices.ContainsFunc(d.sentAt, func(at sentAt) bool { return !s.ev.off(at.place, at.env) })
}

// behind reports whether a call, or one of those that led to it in env, stands behind a
// condition that is not known, or is not reached by default.
func (s *scan) behind(at *site, env *Env) bool {
	call, from := at, env
	for range maxCallers {
		if call == nil {
			break
		}
		if call.guard != nil {
			b := s.ev.condition(call.guard, from, func(env *Env) Value { return s.ev.eval(call.guard, env) })
			if b.Kind != Boolean || b.Default {
				return true
			}
		}
		call, from = from.caller()
	}
	return at != nil && s.ev.off(at.place, env)
}
