package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// This file answers what the syntax and the type checker say of one expression.

func contains(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// around returns the nodes around a place within its function, outermost first.
func around(p place) []ast.Node {
	if p.fn == nil || p.fn.body == nil {
		return nil
	}
	var nodes []ast.Node
	ast.Inspect(p.fn.body, func(n ast.Node) bool {
		if n == nil || !contains(n, p.pos) {
			return false
		}
		nodes = append(nodes, n)
		return true
	})
	return nodes
}

// upTo returns the nodes around a node of a package, outermost first, and the node.
func upTo(p *packages.Package, e ast.Node) []ast.Node {
	var nodes []ast.Node
	for _, f := range p.Syntax {
		if !contains(f, e.Pos()) {
			continue
		}
		found := false
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil || found || !contains(n, e.Pos()) {
				return false
			}
			nodes = append(nodes, n)
			found = n == e
			return !found
		})
	}
	return nodes
}

func asIdent(e ast.Expr) *ast.Ident {
	id, _ := ast.Unparen(e).(*ast.Ident)
	return id
}

// target returns the variable that an assignment's left side is, or is a part of, with
// the selectors and indexes that lead from it to the part. The variable is nil where
// the part belongs to what no variable names.
func target(info *types.Info, lhs ast.Expr) (root *types.Var, path []ast.Expr) {
	switch e := lhs.(type) {
	case *ast.ParenExpr:
		return target(info, e.X)
	case *ast.StarExpr:
		return target(info, e.X)
	case *ast.IndexExpr:
		root, path = target(info, e.X)
		return root, append(path, e)
	case *ast.SelectorExpr:
		if fieldOf(info, e) == nil {
			v, _ := info.Uses[e.Sel].(*types.Var)
			return v, nil
		}
		root, path = target(info, e.X)
		return root, append(path, e)
	case *ast.Ident:
		v, _ := info.ObjectOf(e).(*types.Var)
		return v, nil
	}
	return nil, nil
}

func fieldOf(info *types.Info, sel *ast.SelectorExpr) *types.Var {
	if v, ok := info.Uses[sel.Sel].(*types.Var); ok && v.IsField() {
		return v.Origin()
	}
	return nil
}

// selected returns the fields that a selector goes through: embedded ones, and its own.
func selected(info *types.Info, sel *ast.SelectorExpr) []*types.Var {
	s := info.Selections[sel]
	if s == nil {
		return nil
	}
	var fields []*types.Var
	t := s.Recv()
	for _, i := range s.Index() {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return fields
		}
		f := st.Field(i)
		fields, t = append(fields, f.Origin()), f.Type()
	}
	return fields
}

// fieldPath returns the fields that lead from a struct type to a field of it, or of
// what it embeds; nil where it has no such field.
func fieldPath(t types.Type, field *types.Var) []*types.Var {
	if st, ok := deref(orInvalid(t)).Underlying().(*types.Struct); ok { // mostly its own
		for f := range st.Fields() {
			if f.Origin() == field {
				return []*types.Var{f}
			}
		}
	}
	type step struct {
		t    types.Type
		path []*types.Var
	}
	seen := map[types.Type]bool{nil: true}
	for queue := []step{{t: t}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		if seen[s.t] {
			continue
		}
		seen[s.t] = true
		st, ok := deref(s.t).Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range st.Fields() {
			if f.Origin() == field {
				return append(slices.Clone(s.path), f)
			}
			if f.Embedded() {
				queue = append(queue, step{f.Type(), append(slices.Clone(s.path), f)})
			}
		}
	}
	return nil
}

// literalField returns the field that element i of a struct literal gives, and its value.
func literalField(info *types.Info, st *types.Struct, i int, e ast.Expr) (*types.Var, ast.Expr) {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		if id, ok := kv.Key.(*ast.Ident); ok {
			f, _ := info.Uses[id].(*types.Var)
			return f, kv.Value
		}
		return nil, nil
	}
	if i < st.NumFields() {
		return st.Field(i), e
	}
	return nil, nil
}

// local returns the local variable that e names, or nil.
func local(info *types.Info, e ast.Expr) *types.Var {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if v, ok := info.ObjectOf(id).(*types.Var); ok && isLocal(v) {
			return v
		}
	}
	return nil
}

// namedVar returns the variable or field that e names, or nil.
func namedVar(info *types.Info, e ast.Expr) *types.Var {
	v, _ := origin(assignedObject(info, e)).(*types.Var)
	return v
}

func isLocal(v *types.Var) bool {
	return !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

// callee returns the full name and the object of what a call calls; both are empty
// where that is not one declared function.
func callee(info *types.Info, e *ast.CallExpr) (string, types.Object) {
	obj := calleeObject(info, e)
	f, ok := obj.(*types.Func)
	if !ok {
		return "", obj
	}
	return f.FullName(), obj
}

// calleeObject returns the function or closure variable that a call calls, or nil.
func calleeObject(info *types.Info, call *ast.CallExpr) types.Object {
	switch f := calledExpr(info, call).(type) {
	case *ast.Ident:
		return origin(info.Uses[f])
	case *ast.SelectorExpr:
		if s := info.Selections[f]; s != nil && s.Kind() == types.MethodExpr {
			return nil // its receiver is an argument
		}
		return origin(info.Uses[f.Sel])
	}
	return nil
}

// calledExpr returns what a call calls, without parentheses and type arguments.
func calledExpr(info *types.Info, call *ast.CallExpr) ast.Expr {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		if _, generic := info.TypeOf(f.X).(*types.Signature); generic {
			return ast.Unparen(f.X)
		}
	case *ast.IndexListExpr:
		return ast.Unparen(f.X)
	}
	return fun
}

// methodOn returns the selector of a method that a call calls on a variable's address.
func methodOn(info *types.Info, call *ast.CallExpr) *ast.SelectorExpr {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	f, ok := info.Uses[sel.Sel].(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return nil
	}
	if _, pointer := f.Signature().Recv().Type().(*types.Pointer); !pointer {
		return nil
	}
	return sel
}

func origin(obj types.Object) types.Object {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Origin()
	case *types.Var:
		return obj.Origin()
	}
	return nil
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func orInvalid(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

func isBuiltin(info *types.Info, call *ast.CallExpr) bool {
	id := asIdent(call.Fun)
	if id == nil {
		return false
	}
	_, ok := info.Uses[id].(*types.Builtin)
	return ok
}

func isDeclared(obj types.Object) bool {
	_, ok := obj.(*types.Func)
	return ok
}

func isInterfaceMethod(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.Signature().Recv() != nil && types.IsInterface(f.Signature().Recv().Type())
}

func isLiteral(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.FuncLit)
	return ok
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// isReference reports whether a copy of a value of type t shares what is in it.
func isReference(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice:
		return true
	}
	return false
}

// isAny reports whether t is an interface without methods.
func isAny(t types.Type) bool {
	i, ok := orInvalid(t).Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

func isList(t types.Type) bool {
	switch orInvalid(t).Underlying().(type) {
	case *types.Slice, *types.Map, *types.Basic:
		return true
	}
	return false
}

func isBasic(t types.Type) bool {
	_, ok := t.Underlying().(*types.Basic)
	return ok
}

func isString(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func isInteger(t types.Type) bool {
	b, ok := types.Default(orInvalid(t)).Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// variadic reports whether the parameter with that index takes the rest of the
// arguments.
func variadic(fn *function, index int) bool {
	fields := fn.typ.Params.List
	if len(fields) == 0 {
		return false
	}
	_, ok := fields[len(fields)-1].Type.(*ast.Ellipsis)
	n := 0
	for _, f := range fields {
		n += max(1, len(f.Names))
	}
	return ok && index == n-1
}

// parameterType returns the type of what argument i of a call is given to, or nil.
func parameterType(info *types.Info, call *ast.CallExpr, i int) types.Type {
	sig, ok := orInvalid(info.TypeOf(call.Fun)).Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		t := sig.Params().At(n - 1).Type()
		if slice, ok := t.Underlying().(*types.Slice); ok && !call.Ellipsis.IsValid() {
			return slice.Elem()
		}
		return t
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return nil
}
