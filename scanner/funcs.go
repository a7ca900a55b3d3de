package scanner

import (
	"go/ast"
	"go/types"
	"slices"
)

// This file evaluates calls: conversions, built-in functions, functions that the
// libraries know, and functions of the packages read.

func (ev *evaluator) call(e *ast.CallExpr, env *Env) Value { return ev.result(e, -1, env) }

// result evaluates result i of a call, or e itself where i is -1 or e is no call of a
// function with several results.
func (ev *evaluator) result(e ast.Expr, i int, env *Env) Value {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	switch {
	case !ok && i > 0: // the ok of v, ok := x
		return Value{Why: e}
	case !ok:
		return ev.eval(e, env)
	}
	info := env.pkg.TypesInfo
	if tv, ok := info.Types[call.Fun]; ok && tv.IsType() {
		return ev.converted(call, tv.Type, env)
	}
	if isBuiltin(info, call) {
		return ev.builtin(asIdent(call.Fun).Name, call, env)
	}
	name, obj := ev.ix.callee(info, call)
	if v, ok := ev.setting(call, name, env); ok && i <= 0 {
		return v
	}
	if f := ev.funcs[name]; f != nil {
		return ev.together(call, env, func(env *Env) Value {
			args := ev.args(call, env)
			if fn, ok := obj.(*types.Func); !ok || !fn.Signature().Variadic() && len(args) != fn.Signature().Params().Len() {
				return Value{Why: call} // ill-typed
			}
			return f(args)
		})
	}
	if v, ok := ev.standard(call, name, i, env); ok {
		return v
	}
	if ev.pure[name] {
		return ev.opaque(call, name, i, env) // a library asks for the call
	}
	if fn := ev.ix.function(obj); fn != nil && fn.obj == obj && isDeclared(obj) {
		return ev.inline(fn, nil, call, max(i, 0), env, nil)
	}
	if sel := ev.dispatched(info, call, obj); sel != nil {
		return ev.dynamic(sel, call, obj.(*types.Func), max(i, 0), env)
	}
	if isDeclared(obj) {
		return ev.opaque(call, name, i, env)
	}
	return ev.indirect(call, max(i, 0), env)
}

// dispatched returns the selector of a method that a call calls on a value of a type
// parameter or of an interface, or nil. A branch is decided by what is at hand: there,
// what is in an interface is not looked for.
func (ev *evaluator) dispatched(info *types.Info, call *ast.CallExpr, method types.Object) *ast.SelectorExpr {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if _, isMethod := method.(*types.Func); !ok || !isMethod {
		return nil
	}
	_, constrained := types.Unalias(orInvalid(info.TypeOf(sel.X))).(*types.TypeParam)
	if !constrained && (!isInterfaceMethod(method) || ev.deciding > 0) {
		return nil
	}
	return sel
}

// dynamic evaluates the call of a constraint's or an interface's method: that of each value
// that it may be called on.
func (ev *evaluator) dynamic(sel *ast.SelectorExpr, call *ast.CallExpr, method *types.Func, i int, env *Env) Value {
	var alts []Value
	ev.eval(sel.X, env).each(func(v Value) {
		if v.Kind == Nil {
			return // would panic
		}
		obj, _, _ := types.LookupFieldOrMethod(orInvalid(v.Type), true, method.Pkg(), method.Name())
		f, ok := origin(obj).(*types.Func)
		if fn := ev.ix.function(f); ok && fn != nil && !isInterfaceMethod(f) {
			alts = append(alts, ev.inline(fn, &Elem{Value: &v}, call, i, env, nil))
		} else {
			alts = append(alts, ev.opaque(call, method.FullName(), i, env))
		}
	})
	return choice(alts)
}

// opaque returns what stands for result i of a function that is not looked into.
func (ev *evaluator) opaque(call *ast.CallExpr, name string, i int, env *Env) Value {
	if i > 0 {
		return Value{Why: call}
	}
	return Value{Kind: Opaque, Call: call, Env: env, Callee: name}
}

// indirect evaluates the call of a value: each function that it may be.
func (ev *evaluator) indirect(call *ast.CallExpr, i int, env *Env) Value {
	var alts []Value
	ev.eval(call.Fun, env).each(func(f Value) {
		switch {
		case f.Kind == Nil: // would panic
		case f.Kind == Func && f.Fn != nil:
			alts = append(alts, ev.inline(f.Fn, f.Recv, call, i, env, f.Env))
		default:
			alts = append(alts, ev.opaque(call, f.Callee, i, env))
		}
	})
	return choice(alts)
}

// converted evaluates T(x).
func (ev *evaluator) converted(call *ast.CallExpr, t types.Type, env *Env) Value {
	if len(call.Args) != 1 {
		return Value{Type: t}
	}
	v := ev.eval(call.Args[0], env)
	switch {
	case v.Kind == Number && isString(t), v.Kind == String && !isString(t):
		return Value{Type: t} // string(65), []byte("x")
	case v.Kind == Number && isInteger(t) && v.Num != float64(int64(v.Num)):
		return Value{Type: t}
	}
	v.Type = t
	return v
}

// args evaluates the arguments of a call; the last one of f(x...) is spread where it
// is known.
func (ev *evaluator) args(e *ast.CallExpr, env *Env) []Value {
	var vs []Value
	for _, a := range e.Args {
		vs = append(vs, ev.eval(a, env))
	}
	if n := len(vs); e.Ellipsis.IsValid() && n > 0 {
		last := vs[n-1]
		vs = vs[:n-1]
		if last.Kind != List {
			return append(vs, Value{Kind: Unknown, Why: e})
		}
		for _, el := range last.Elems {
			vs = append(vs, ev.elem(el))
		}
	}
	return vs
}

// arguments returns what a call passes for each named parameter.
func arguments(s *site, fn *function) []passed {
	args := make([]passed, 0, len(fn.named))
	for _, p := range fn.named {
		if arg := argument(s, fn, fn.params[p]); arg != nil {
			args = append(args, passed{p, arg})
		}
	}
	return args
}

// inline evaluates result i of a call by the return statements of the function called
// that can be reached. recv is what a method value is bound to, lexical what a closure
// was made in.
func (ev *evaluator) inline(fn *function, recv *Elem, call *ast.CallExpr, i int, env, lexical *Env) Value {
	switch {
	case fn.body == nil || env.calls(fn) > maxActive:
		return Value{Why: call}
	case env.depth > maxDepth:
		ev.cutoffs.n++
		return Value{Why: call}
	}
	inner := ev.entering(fn, recv, call, env, lexical)
	at := outcome{inner.scope, i, ev.deciding > 0}
	if known, ok := ev.outcomes[at]; ok {
		return known
	}
	before := ev.cutoffs
	var alts []Value
	f := &flow{ev: ev, env: inner}
	f.returned = func(r *ast.ReturnStmt) {
		vs := ev.returned(fn, r, i, f.env)
		alts = append(alts, vs...)
		f.done = ev.deciding > 0 && slices.ContainsFunc(vs, isUndecided)
	}
	f.block(fn.body.List, state{{Kind: Nil}})
	told := choice(alts)
	if len(told.Alts) > maxAlternatives {
		told = Value{Why: call}
	}
	if ev.whole(before) {
		ev.outcomes[at] = told
	}
	return told
}

// isUndecided reports whether no condition can be told with what may be v: with an error
// that is made, or with what is not known. A string may still be of an enumeration.
func isUndecided(v Value) bool {
	return v.Kind == Opaque && isError(v.Type) || v.Kind == Unknown && v.Type != nil && !isString(v.Type)
}

// An outcome is one result of a function in a context.
type outcome struct {
	scope    *scope
	result   int
	deciding bool // as a usage's
}

// An entry is a call in a context, of one of the functions that it may be of.
type entry struct {
	fn            *function
	call          *ast.CallExpr
	from, lexical *scope
	recv          ast.Expr // what a method value is bound to
	of            *scope
}

// entering returns the context of fn's body when a call in env runs it: the same each time,
// so that what its local variables hold is told once.
func (ev *evaluator) entering(fn *function, recv *Elem, call *ast.CallExpr, env, lexical *Env) *Env {
	at := entry{fn: fn, call: call, from: env.scope}
	if lexical != nil {
		at.lexical = lexical.scope
	}
	if recv != nil && recv.Env != nil {
		at.recv, at.of = recv.Expr, recv.Env.scope
	}
	sc, ok := ev.entries[at]
	switch {
	case recv != nil && recv.Expr == nil: // a value, which may be another each time
		sc = ev.enter(fn, recv, call, env, lexical)
	case !ok || sc.from.depth > env.depth:
		sc = ev.enter(fn, recv, call, env, lexical)
		ev.entries[at] = sc
	}
	if ev.deciding > 0 {
		sc = ev.alike(sc)
	}
	return &Env{pkg: fn.pkg, scope: sc, depth: env.depth + 1}
}

func (ev *evaluator) enter(fn *function, recv *Elem, call *ast.CallExpr, env, lexical *Env) *scope {
	s := &site{place: place{pkg: env.pkg, fn: ev.ix.functionAt(call.Pos()), pos: call.Pos()}, call: call}
	sc := ev.bindCall(fn, s, arguments(s, fn), env, lexical).scope
	if recv != nil {
		for p, index := range fn.params {
			if index == receiver {
				sc.binds(p, *recv)
			}
		}
	}
	return sc
}

// returned evaluates result i of a return statement. A nil pointer or interface beside
// an error is not looked at.
func (ev *evaluator) returned(fn *function, r *ast.ReturnStmt, i int, env *Env) []Value {
	var v Value
	switch {
	case i < len(r.Results) && (len(r.Results) > 1 || i == 0 && fn.typ.Results.NumFields() == 1):
		v = ev.eval(r.Results[i], env)
	case len(r.Results) == 1:
		v = ev.result(r.Results[0], i, env)
	case len(r.Results) == 0 && i < len(fn.results):
		if named, ok := fn.results[i].(*types.Var); ok {
			v = ev.local(named, r.Pos(), env)
		}
	}
	if v.Kind == Nil && !isList(v.Type) {
		return nil
	}
	v.Absent = v.Absent || v.isZero() && ev.fails(r, i, env)
	return []Value{v}
}

// fails reports whether a return statement has a false or an error beside result i.
func (ev *evaluator) fails(r *ast.ReturnStmt, i int, env *Env) bool {
	for j, e := range r.Results {
		if j == i {
			continue
		}
		v := ev.eval(e, env)
		if v.Kind == Boolean && !v.Bool || v.Kind != Nil && isError(env.pkg.TypesInfo.TypeOf(e)) {
			return true
		}
	}
	return false
}

func (ev *evaluator) builtin(name string, e *ast.CallExpr, env *Env) Value {
	if len(e.Args) == 0 {
		return Value{}
	}
	switch name {
	case "append":
		return ev.appended(e, env)
	case "make":
		return ev.made(e, env)
	case "new":
		if t := env.pkg.TypesInfo.TypeOf(e.Args[0]); t != nil {
			return fresh(t)
		}
	case "len":
		return ev.length(ev.eval(e.Args[0], env))
	case "min", "max":
		return ev.extreme(name, e, env)
	}
	return Value{}
}

// appended evaluates append(list, elements...).
func (ev *evaluator) appended(e *ast.CallExpr, env *Env) Value {
	base, more := ev.eval(e.Args[0], env), ev.appendArgs(e, env)
	for _, v := range []Value{base, more} {
		if v.Kind != List && v.Kind != Nil {
			return Value{Why: v.Why}
		}
	}
	ev.steps -= len(base.Elems) / 8
	v := Value{Kind: List}
	v.Elems = append(append(v.Elems, base.Elems...), more.Elems...)
	return v
}

// appendArgs returns what append's arguments behind the first add.
func (ev *evaluator) appendArgs(call *ast.CallExpr, env *Env) Value {
	if call.Ellipsis.IsValid() {
		return ev.eval(call.Args[len(call.Args)-1], env)
	}
	v := Value{Kind: List}
	for _, a := range call.Args[1:] {
		v.Elems = append(v.Elems, Elem{Expr: a, Env: env})
	}
	return v
}

// made evaluates make.
func (ev *evaluator) made(e *ast.CallExpr, env *Env) Value {
	switch t := orInvalid(env.pkg.TypesInfo.TypeOf(e)).Underlying().(type) {
	case *types.Map:
		return Value{Kind: Map}
	case *types.Slice:
		n := Value{Kind: Number}
		if len(e.Args) > 1 {
			n = ev.eval(e.Args[1], env)
		}
		if n.Kind == Number && n.Num >= 0 && n.Num <= maxContexts {
			return repeated(zeroElem(t.Elem()), int(n.Num), nil)
		}
	}
	return Value{}
}

// length evaluates len(v).
func (ev *evaluator) length(v Value) Value {
	switch v.Kind {
	case Choice:
		var alts []Value
		v.each(func(v Value) { alts = append(alts, ev.length(v)) })
		return choice(alts)
	case Nil:
		return num(0)
	case String:
		if !hasHole(v.Str) {
			return Value{Kind: Number, Num: float64(len(v.Str)), Default: v.Default}
		}
	case List, Map:
		for _, e := range v.Elems {
			if e.Optional || v.Kind == Map && !ev.elem(*e.Key).isKnown() {
				return Value{}
			}
		}
		return num(float64(len(v.Elems)))
	}
	return Value{}
}

// extreme evaluates min and max of numbers.
func (ev *evaluator) extreme(name string, e *ast.CallExpr, env *Env) Value {
	best := ev.eval(e.Args[0], env)
	for _, a := range e.Args[1:] {
		v := ev.eval(a, env)
		if v.Kind != Number {
			return Value{}
		}
		if (v.Num < best.Num) == (name == "min") {
			best = v
		}
	}
	if best.Kind != Number {
		return Value{}
	}
	return best
}
