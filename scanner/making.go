package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// This file tells what structs of one type a function makes: the literals that stand in
// it and in the functions that it calls, with what is assigned to their fields later on.

// maxMade bounds the structs that are told apart.
const maxMade = 500

// Made returns the structs of a type, by its full name, that fn makes when it is called.
// Functions are looked into as far as they deal with types of the same package. A list
// that is not known is one of an optional element that is not known.
func (c *Call) Made(fn Value, typ string) []Value {
	c.scan.ev.steps = maxSteps
	m := &maker{ev: c.scan.ev, typ: typ, active: map[*function]bool{}}
	fn.each(func(fn Value) {
		if fn.Kind == Func && fn.Fn != nil {
			m.run(fn.Fn, fn.Env)
		}
	})
	return m.made
}

// A maker runs functions for the sake of the structs that they make.
type maker struct {
	ev     *evaluator
	typ    string
	made   []Value // as far as is known by now
	active map[*function]bool
}

// run visits the body of a function in its order. env binds its parameters, or is that in
// which a closure was made.
func (m *maker) run(fn *function, env *Env) {
	if fn.body == nil || m.active[fn] {
		return
	}
	if env == nil {
		env = &Env{pkg: fn.pkg}
	}
	m.active[fn] = true
	defer delete(m.active, fn)
	var open []ast.Node
	ast.Inspect(fn.body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false // runs when it is called
		}
		if n != nil {
			open = append(open, n)
			return true
		}
		done := open[len(open)-1]
		open = open[:len(open)-1]
		m.ev.steps = maxSteps
		switch n := done.(type) {
		case *ast.CompositeLit:
			m.literal(fn, n, env)
		case *ast.CallExpr:
			m.call(fn, n, env)
		case *ast.AssignStmt:
			m.assign(fn, n, env)
		}
		return false
	})
}

// around returns the contexts of a place within its function: one for each iteration of
// the loops around it, as far as these are known.
func (m *maker) around(fn *function, pos token.Pos, env *Env) []*Env {
	if !m.ev.reached(fn, pos, env) {
		return nil
	}
	if envs, ok := m.ev.within(place{pkg: fn.pkg, fn: fn, pos: pos}, env, maxMade); ok {
		return envs
	}
	return []*Env{env}
}

func (m *maker) literal(fn *function, lit *ast.CompositeLit, env *Env) {
	made := fn.pkg.TypesInfo.TypeOf(lit)
	if !m.is(made) {
		return
	}
	for _, env := range m.around(fn, lit.Pos(), env) {
		v := m.ev.eval(lit, env)
		told := map[string]Value{}
		for name, e := range v.Fields {
			told[name] = m.ev.elem(e)
		}
		m.make(Value{Kind: Struct, Type: deref(made)}, told)
	}
}

// make adds v with fields set: once for each combination of what they may be.
func (m *maker) make(v Value, fields map[string]Value) {
	made := []Value{v}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		var next []Value
		for _, v := range made {
			fields[name].each(func(told Value) {
				if _, list := orInvalid(told.Type).Underlying().(*types.Slice); list && told.Kind == Unknown {
					told = Value{Kind: List, Type: told.Type, Elems: []Elem{{Value: &Value{Why: told.Why}, Optional: true}}}
				}
				with := maps.Clone(v.Fields)
				if with == nil {
					with = map[string]Elem{}
				}
				with[name] = Elem{Value: &told}
				next = append(next, Value{Kind: Struct, Type: v.Type, Fields: with})
			})
		}
		made = next
	}
	for _, v := range made {
		m.add(v)
	}
}

// add keeps what was made, once.
func (m *maker) add(v Value) {
	for _, known := range m.made {
		if v.same(known) {
			return
		}
	}
	if len(m.made) < maxMade {
		m.made = append(m.made, v)
	}
}

func (m *maker) is(t types.Type) bool {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path()+"."+n.Obj().Name() == m.typ
}

// call runs what a call calls.
func (m *maker) call(fn *function, call *ast.CallExpr, env *Env) {
	info := fn.pkg.TypesInfo
	sig, ok := orInvalid(info.TypeOf(call.Fun)).Underlying().(*types.Signature)
	if !ok || !m.concerns(sig.Params()) && !m.concerns(sig.Results()) {
		return
	}
	s := &site{place: place{pkg: fn.pkg, fn: fn, pos: call.Pos()}, call: call}
	if obj := calleeObject(info, call); isDeclared(obj) {
		if to := m.ev.ix.function(obj); to != nil {
			m.run(to, m.ev.bindCall(to, s, arguments(s, to), env, nil))
		}
		return
	}
	m.ev.eval(call.Fun, env).each(func(f Value) {
		if f.Kind == Func && f.Fn != nil {
			m.run(f.Fn, m.ev.bindCall(f.Fn, s, arguments(s, f.Fn), env, f.Env))
		}
	})
}

// concerns reports whether one of a function's parameters or results is of a type of the
// package that has the struct's.
func (m *maker) concerns(list *types.Tuple) bool {
	for v := range list.Variables() {
		t := v.Type()
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
		n, ok := types.Unalias(deref(t)).(*types.Named)
		if ok && n.Obj().Pkg() != nil && len(m.typ) > len(n.Obj().Pkg().Path()) && m.typ[:len(n.Obj().Pkg().Path())+1] == n.Obj().Pkg().Path()+"." {
			return true
		}
	}
	return false
}

// assign applies x.F = e to all that was made before. An e that names the field itself
// gives each another value; any other is for those that do not have the field yet.
func (m *maker) assign(fn *function, s *ast.AssignStmt, env *Env) {
	before := m.made
	written := map[string]ast.Expr{}
	results := map[string]int{}
	for i, lhs := range s.Lhs {
		sel, ok := ast.Unparen(lhs).(*ast.SelectorExpr)
		if !ok || !m.is(fn.pkg.TypesInfo.TypeOf(sel.X)) {
			continue
		}
		if written[sel.Sel.Name], results[sel.Sel.Name] = s.Rhs[0], i; len(s.Rhs) == len(s.Lhs) {
			written[sel.Sel.Name], results[sel.Sel.Name] = s.Rhs[i], -1
		}
	}
	if len(written) == 0 || !m.ev.reached(fn, s.Pos(), env) {
		return
	}
	m.made = nil
	for _, v := range before {
		held := m.holding(s, v, env)
		told := map[string]Value{}
		for name, e := range written {
			if _, has := v.Fields[name]; !has || m.names(fn, e, name) {
				told[name] = m.ev.result(e, results[name], held)
			}
		}
		m.make(v, told)
	}
}

// holding returns the context of a statement in which the fields of every struct of the
// type are those of v.
func (m *maker) holding(s ast.Stmt, v Value, env *Env) *Env {
	st, ok := orInvalid(v.Type).Underlying().(*types.Struct)
	if !ok {
		return env
	}
	for f := range st.Fields() {
		e, ok := v.Fields[f.Name()]
		if !ok {
			z := zero(f.Type())
			e = Elem{Value: &z}
		}
		env = env.with(f.Origin(), e, s)
	}
	return env
}

// names reports whether an expression names a field of the type.
func (m *maker) names(fn *function, e ast.Expr, field string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == field && m.is(fn.pkg.TypesInfo.TypeOf(sel.X))
		return !found
	})
	return found
}
