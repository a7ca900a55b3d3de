package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// This file runs what is written to the variable of a flow, or to a part of it.

// simple runs a statement or expression that has no statements in it.
func (f *flow) simple(n ast.Node, in state) state {
	if contains(n, f.stop) {
		f.found, f.done = in, true
		return in
	}
	if f.v == nil || !f.touched(n) {
		return in
	}
	in = f.effects(n, in)
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, lhs := range n.Lhs {
			in = f.assign(n, i, lhs, in)
		}
		f.alias(n)
	case *ast.IncDecStmt:
		in = f.set(n.X, in, unknown)
	case *ast.DeclStmt:
		in = f.declare(n, in)
	}
	return in
}

func (f *flow) declare(n *ast.DeclStmt, in state) state {
	gen, ok := n.Decl.(*ast.GenDecl)
	if !ok {
		return in
	}
	for _, spec := range gen.Specs {
		vs, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range vs.Names {
			v, _ := f.env.pkg.TypesInfo.Defs[name].(*types.Var)
			switch {
			case v == nil || !f.names.has(v):
			case len(vs.Values) == 0:
				in = state{fresh(v.Type())}
			case len(vs.Values) == len(vs.Names):
				in = state{f.ev.eval(vs.Values[i], f.env)}
			default:
				in = state{f.ev.result(vs.Values[0], i, f.env)}
			}
		}
	}
	return in
}

func (f *flow) assign(n *ast.AssignStmt, i int, lhs ast.Expr, in state) state {
	var rhs ast.Expr
	switch {
	case len(n.Lhs) == len(n.Rhs):
		rhs = n.Rhs[i]
	case len(n.Rhs) == 1:
		rhs = n.Rhs[0]
	}
	if v := local(f.env.pkg.TypesInfo, lhs); v != nil && v == f.v && v.Pos() == lhs.Pos() {
		if told, ok := f.env.choice(v); ok {
			return state{told}
		}
	}
	return f.set(lhs, in, func(old Value) Elem {
		env := f.holding(old, rhs)
		switch {
		case rhs == nil:
			return asElem(Value{})
		case n.Tok != token.ASSIGN && n.Tok != token.DEFINE:
			return asElem(operate(opOf(n.Tok), old, f.ev.eval(rhs, env)))
		case len(n.Lhs) != len(n.Rhs):
			return asElem(f.ev.result(rhs, i, env))
		case env != f.env && f.repeats():
			return asElem(f.ev.eval(rhs, env))
		}
		return Elem{Expr: rhs, Env: env}
	})
}

// repeats reports whether what runs is in a loop, which ends where nothing new comes out.
func (f *flow) repeats() bool {
	return slices.ContainsFunc(f.jumps, func(j *jump) bool { return j.loop })
}

// asElem returns v as what a write writes.
func asElem(v Value) Elem { return Elem{Value: &v} }

func unknown(Value) Elem { return asElem(Value{}) }

// opOf returns the operator of an assignment such as +=.
func opOf(tok token.Token) token.Token { return tok - token.ADD_ASSIGN + token.ADD }

// set applies a write to lhs to each value that the variable may hold; write is given
// what lhs holds and returns what it is to hold.
func (f *flow) set(lhs ast.Expr, in state, write func(Value) Elem) state {
	root, path := target(f.env.pkg.TypesInfo, lhs)
	if root == nil || !f.names.has(root) {
		return in
	}
	_, through := ast.Unparen(lhs).(*ast.StarExpr)
	if len(path) == 0 && !through && (root != f.v || f.lent) {
		f.names.remove(root) // refers to something else from now on
		return in
	}
	var out state
	for _, v := range in {
		if len(path) == 0 {
			out = append(out, alternatives(f.ev.elem(write(v)))...)
		} else {
			// What the new value depends on is told by its place: it holds the old whole.
			out = append(out, f.ev.put(v, path, f.env, func(Value) Elem { return write(v) }))
		}
	}
	if f.loose {
		out = append(out, Value{})
	}
	if len(out) == 1 && out[0].Kind != Choice {
		return out
	}
	return alternatives(choice(out))
}

// put returns v with the part at path replaced by what write makes of it. What cannot
// be told makes all of v unknown.
func (ev *evaluator) put(v Value, path []ast.Expr, env *Env, write func(Value) Elem) Value {
	if len(path) == 0 {
		return ev.elem(write(v))
	}
	switch e := path[0].(type) {
	case *ast.SelectorExpr:
		field := fieldOf(env.pkg.TypesInfo, e)
		if v.Kind != Struct || field == nil {
			return v
		}
		return ev.putField(v, fieldPath(v.Type, field), path[1:], env, write)
	case *ast.IndexExpr:
		return ev.putElement(v, e, path[1:], env, write)
	}
	return Value{}
}

// putField is put for the field that names lead to, through embedded structs.
func (ev *evaluator) putField(v Value, names []*types.Var, rest []ast.Expr, env *Env, write func(Value) Elem) Value {
	if len(names) == 0 {
		return Value{}
	}
	old, ok := v.Fields[names[0].Name()]
	if !ok {
		z := zero(names[0].Type())
		old = Elem{Value: &z}
	}
	var part Elem
	switch {
	case len(names) > 1:
		embedded := ev.elem(old)
		if embedded.Kind != Struct {
			return Value{}
		}
		part = asElem(ev.putField(embedded, names[1:], rest, env, write))
	case len(rest) > 0:
		part = asElem(ev.put(ev.elem(old), rest, env, write))
	default:
		part = write(Value{}) // evaluated when it is asked for
	}
	v.Fields = maps.Clone(v.Fields)
	v.Fields[names[0].Name()] = part
	return v
}

// putElement is put for an element of a list or map. A key that is not known may be that
// of any element, or of a new one.
func (ev *evaluator) putElement(v Value, e *ast.IndexExpr, rest []ast.Expr, env *Env, write func(Value) Elem) Value {
	key := ev.eval(e.Index, env)
	part := func(old Value) Elem {
		p := ev.put(old, rest, env, write)
		return Elem{Value: &p}
	}
	elems := slices.Clone(v.Elems)
	switch {
	case v.Kind == List && key.Kind == Number && key.Num >= 0 && int(key.Num) < len(elems):
		elems[int(key.Num)] = part(ev.elem(elems[int(key.Num)]))
	case v.Kind != Map:
		return Value{}
	case len(rest) > 0 && !key.isKnown():
		for i, el := range elems {
			old := ev.elem(el)
			p := either(old, *part(old).Value)
			elems[i] = Elem{Key: el.Key, Value: &p, Optional: el.Optional}
		}
		elems = uniqueElems(elems)
	default:
		added := part(Value{})
		at := slices.IndexFunc(elems, func(el Elem) bool { return !el.Optional && key.isKnown() && ev.elem(*el.Key).same(key) })
		if at >= 0 && len(rest) > 0 {
			added = part(ev.elem(elems[at]))
		}
		added.Key = &Elem{Value: &key}
		switch again := func(el Elem) bool { el.Optional = false; return el.same(added) }; {
		case at >= 0:
			elems[at] = added
		case !slices.ContainsFunc(elems, again): // else it is a loop that adds it again
			elems = append(elems, added)
		}
	}
	v.Elems = elems
	return v
}

// uniqueElems drops elements that are the same as one before them.
func uniqueElems(elems []Elem) []Elem {
	var out []Elem
	for _, e := range elems {
		if !slices.ContainsFunc(out, e.same) {
			out = append(out, e)
		}
	}
	return out
}

// alias records that what n assigns the variable, or its address, to is another name
// of it.
func (f *flow) alias(n *ast.AssignStmt) {
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	info := f.env.pkg.TypesInfo
	for i, r := range n.Rhs {
		other := local(info, n.Lhs[i])
		r = ast.Unparen(r)
		if u, ok := r.(*ast.UnaryExpr); ok && u.Op == token.AND {
			r = u.X
		} else if v := local(info, r); v == nil || !isReference(v.Type()) {
			continue
		}
		if v := local(info, r); v != nil && f.names.has(v) && other != nil {
			f.names.add(other)
		}
	}
}
