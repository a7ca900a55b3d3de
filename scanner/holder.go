package scanner

import (
	"go/ast"
	"go/types"
)

// This file finds what keeps the result of a call, which names the symbol of a metric
// and says where comments about it may stand.

// A holder is what keeps the result of a call.
type holder struct {
	obj    types.Object // variable or field; nil where there is none
	symbol string       // Var, Type.Field or Func
	node   ast.Node     // the statement, spec or element whose comments speak of it
}

// assignedHere reports whether the node about to be entered is itself, not as a part
// of something, what is assigned.
func (w *walker) assignedHere() bool {
	switch w.stack[len(w.stack)-1].(type) {
	case *ast.AssignStmt, *ast.ValueSpec, *ast.KeyValueExpr:
		return true
	}
	return false
}

// holder finds what keeps the value of root, the node that is about to be entered.
func (w *walker) holder(root ast.Node) holder {
	var inner ast.Node
	for i := len(w.stack) - 1; i >= 0; i-- {
		child := root
		if i+1 < len(w.stack) {
			child = w.stack[i+1]
		}
		switch n := w.stack[i].(type) {
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && w.info.Uses[id] != nil {
				if v, ok := w.info.Uses[id].(*types.Var); ok && v.IsField() {
					return holder{obj: v.Origin(), symbol: w.literalType(i) + v.Name(), node: n}
				}
			}
			if inner == nil {
				inner = n
			}
		case *ast.ValueSpec:
			name := n.Names[position(n.Values, child, len(n.Names))]
			return holder{obj: w.info.Defs[name], symbol: name.Name, node: firstNode(inner, n)}
		case *ast.AssignStmt:
			return w.assigned(n, n.Lhs[position(n.Rhs, child, len(n.Lhs))], inner)
		case *ast.FuncDecl:
			return holder{symbol: funcSymbol(n), node: inner}
		case *ast.FuncLit:
			return holder{node: inner, symbol: w.enclosing(i)}
		case ast.Stmt:
			inner = firstNode(inner, n)
		case ast.Expr:
			if _, ok := n.(*ast.CompositeLit); ok && inner == nil && i+1 < len(w.stack) {
				inner = w.stack[i+1]
			}
		}
	}
	return holder{node: inner}
}

// assignedObject returns the variable or field that an assignment's left side names.
func assignedObject(info *types.Info, lhs ast.Expr) types.Object {
	switch lhs := ast.Unparen(lhs).(type) {
	case *ast.Ident:
		return info.ObjectOf(lhs)
	case *ast.SelectorExpr:
		return info.Uses[lhs.Sel]
	}
	return nil
}

// position returns the index of child among values where they pair with n names,
// else 0.
func position(values []ast.Expr, child ast.Node, n int) int {
	for i, v := range values {
		if v == child && i < n {
			return i
		}
	}
	return 0
}

func firstNode(inner, outer ast.Node) ast.Node {
	if inner != nil {
		return inner
	}
	return outer
}

// assigned returns the holder that an assignment names.
func (w *walker) assigned(n *ast.AssignStmt, lhs ast.Expr, inner ast.Node) holder {
	obj := assignedObject(w.info, lhs)
	h := holder{obj: origin(obj), node: firstNode(inner, n)}
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		if sel, ok := ast.Unparen(lhs).(*ast.SelectorExpr); ok {
			h.symbol = typeName(w.info.TypeOf(sel.X)) + v.Name()
		}
	} else if obj != nil {
		h.symbol = obj.Name()
		if obj.Parent() != nil && w.pkg.Types != nil && obj.Parent() != w.pkg.Types.Scope() {
			h.symbol = w.enclosing(len(w.stack)) + "." + obj.Name()
		}
	}
	return h
}

// literalType returns "Type." of the struct literal below stack index i.
func (w *walker) literalType(i int) string {
	for ; i >= 0; i-- {
		if lit, ok := w.stack[i].(*ast.CompositeLit); ok {
			return typeName(w.info.TypeOf(lit))
		}
	}
	return ""
}

func typeName(t types.Type) string {
	if t == nil {
		return ""
	}
	if n, ok := deref(t).(*types.Named); ok {
		return n.Obj().Name() + "."
	}
	return ""
}

// enclosing returns the symbol of the declared function around stack index i.
func (w *walker) enclosing(i int) string {
	for i = min(i, len(w.stack)) - 1; i >= 0; i-- {
		if f, ok := w.stack[i].(*ast.FuncDecl); ok {
			return funcSymbol(f)
		}
	}
	return ""
}

func funcSymbol(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
			continue
		case *ast.IndexExpr:
			t = x.X
			continue
		case *ast.IndexListExpr:
			t = x.X
			continue
		case *ast.Ident:
			return x.Name + "." + f.Name.Name
		}
		return f.Name.Name
	}
}
