package scanner

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// This file evaluates variables that outlive a call: those of packages, and fields.
// What they hold is everything that is written to them anywhere, in every context of
// the function that writes it.

// variable evaluates a variable that is named at use.
func (ev *evaluator) variable(v *types.Var, use token.Pos, env *Env) Value {
	if isLocal(v) {
		return ev.local(v, use, env)
	}
	if known, ok := ev.vars[qualified(v)]; ok && !slices.ContainsFunc(ev.ix.writes(v), func(w write) bool { return w.fn != nil }) {
		return known
	}
	if first, ok := ev.initializer(v); ok && (ev.ix.functionAt(use) == nil || len(ev.ix.writes(v)) == 1) && len(ev.ix.inside(v)) == 0 && len(ev.ix.elements(v)) == 0 {
		return first
	}
	return ev.anywhere(v)
}

// A global is a package variable of a library that stands for itself.
func global(name string) Value {
	return Value{Kind: Opaque, Callee: name, Call: &ast.CallExpr{Fun: ast.NewIdent(name)}, Env: &Env{}}
}

func qualified(v *types.Var) string {
	if v.Pkg() == nil {
		return v.Name()
	}
	return v.Pkg().Path() + "." + v.Name()
}

// initializer returns the value that a package variable is declared with: what it has
// while other package variables are initialized, and later if nothing else is written.
func (ev *evaluator) initializer(v *types.Var) (Value, bool) {
	if ev.active[v] > maxActive {
		return Value{}, false
	}
	for _, w := range ev.ix.writes(v) {
		if w.fn != nil || w.expr == nil {
			continue
		}
		ev.active[v]++
		defer func() { ev.active[v]-- }()
		first := ev.result(w.expr, w.result, &Env{pkg: w.pkg, depth: 1})
		// The linker sets strings that are initialized by constants, or not at all.
		if tv := w.pkg.TypesInfo.Types[w.expr]; tv.Value != nil && tv.Value.Kind() == constant.String {
			first.Default = true
		}
		return first, true
	}
	return Value{}, false
}

// maxTold bounds the work for one field or package variable.
const maxTold = maxSteps / 4

// anywhere evaluates a field or package variable by everything that is written to it.
// It does so once, with a budget of its own.
func (ev *evaluator) anywhere(v *types.Var) Value {
	if known, ok := ev.told[v]; ok {
		return known
	}
	otherwise := ev.enumeration(v.Type(), Value{Type: v.Type()})
	if ev.deciding > 0 { // a branch is decided by what is at hand, not by the whole program
		return otherwise
	}
	if ev.active[v] > 0 { // it depends on itself
		ev.cycle(v)
		return otherwise
	}
	if _, tagged := ev.ix.tag(v); len(ev.ix.writes(v))+len(ev.ix.elements(v)) == 0 && !tagged {
		return otherwise
	}
	saved, before := ev.steps, ev.cutoffs
	if ev.telling == 0 {
		ev.steps = maxTold
	}
	ev.active[v]++
	ev.telling++
	told := ev.everything(v)
	ev.telling--
	ev.active[v]--
	if ev.telling == 0 {
		ev.steps = saved
	}
	if ev.telling == 0 || ev.whole(before) { // what was cut off may be told another time
		ev.told[v] = told
	}
	return told
}

func (ev *evaluator) everything(v *types.Var) Value {
	writes, elements := ev.ix.writes(v), ev.ix.elements(v)
	env := &Env{}
	var alts, more []Value
	tag, tagged := ev.ix.tag(v)
	isSetting := func(w write) bool { return w.setting }
	switch z := zero(v.Type()); {
	case tagged:
		alts = append(alts, str(tag))
	case ev.ix.isOmitted(v) && z.Kind != Nil && !slices.ContainsFunc(writes, isSetting): // which are declared before they are read
		alts = append(alts, z) // a nil collector or registerer is never asked
	}
	for _, w := range writes {
		if list, self := appendedTo(v, w); self {
			more = append(more, ev.inContexts(w, list, env, false)...)
			continue
		}
		for _, told := range ev.inContexts(w, w.expr, env, true) {
			if w.setting {
				told = configured(told)
			}
			alts = append(alts, told)
		}
	}
	out := choice(alts)
	if len(alts) > maxAlternatives {
		return Value{Type: v.Type()}
	}
	if len(more) > 0 {
		out = ev.lengthened(out, more)
	}
	if len(elements) > 0 {
		out = ev.filled(out, v, elements, env, func(w write, need []ast.Expr, limit int) []*Env { return ev.known(w.place, need, limit) })
	}
	if len(ev.ix.inside(v)) > 0 && ev.mayChange(out, "") {
		return Value{Type: v.Type()}
	}
	out.Type = v.Type()
	out.loose = v.IsField() && len(more)+len(elements) > 0
	if v.IsField() && out.Kind == Choice {
		out.Alts = slices.Clone(out.Alts)
		for i := range out.Alts {
			out.Alts[i].loose = true
		}
	}
	if ev.ix.isDecoded(v) {
		return configured(out)
	}
	return out
}

// inContexts evaluates what a write writes in every way in which it is reached.
func (ev *evaluator) inContexts(w write, e ast.Expr, env *Env, whole bool) []Value {
	if e == nil {
		return []Value{{}}
	}
	envs := ev.known(w.place, []ast.Expr{e}, maxAlternatives)
	var vs []Value
	for _, at := range envs {
		at = at.deeper(env.depth + 2 - at.depth)
		if whole {
			vs = append(vs, ev.result(e, w.result, at))
		} else {
			call := e.(*ast.CallExpr)
			vs = append(vs, ev.appendArgs(call, at))
		}
	}
	return vs
}

// appendedTo recognises v = append(v, …) and returns the call.
func appendedTo(v *types.Var, w write) (ast.Expr, bool) {
	call, ok := ast.Unparen(orBad(w.expr)).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 || !isBuiltin(w.pkg.TypesInfo, call) || asIdent(call.Fun).Name != "append" {
		return nil, false
	}
	root, path := target(w.pkg.TypesInfo, call.Args[0])
	if len(path) > 0 {
		sel, ok := path[len(path)-1].(*ast.SelectorExpr)
		return call, ok && fieldOf(w.pkg.TypesInfo, sel) == v
	}
	return call, root == v
}

func orBad(e ast.Expr) ast.Expr {
	if e == nil {
		return &ast.BadExpr{}
	}
	return e
}

// lengthened returns the list v with elements that may have been appended.
func (ev *evaluator) lengthened(v Value, more []Value) Value {
	if v.Kind != List && v.Kind != Nil && v.Kind != Unknown || v.Kind == Unknown && v.Why != nil {
		return Value{}
	}
	list := Value{Kind: List, Elems: slices.Clone(v.Elems)}
	for _, m := range more {
		if m.Kind != List {
			return Value{}
		}
		for _, e := range m.Elems {
			e.Optional = true
			list.Elems = append(list.Elems, e)
		}
	}
	return list
}

// filled returns the map v with the elements that are written to it by key, in the
// contexts that known tells.
func (ev *evaluator) filled(v Value, of *types.Var, elements []write, env *Env, known func(write, []ast.Expr, int) []*Env) Value {
	m := Value{Kind: Map}
	if _, ok := of.Type().Underlying().(*types.Map); !ok {
		return Value{}
	}
	v.each(func(v Value) {
		m.Elems = append(m.Elems, v.Elems...)
	})
	for _, w := range elements {
		var need []ast.Expr
		for _, e := range []ast.Expr{w.key, w.expr} {
			if e != nil {
				need = append(need, e)
			}
		}
		for _, at := range known(w, need, maxDefining) {
			at = at.deeper(env.depth + 2 - at.depth)
			e := Elem{Key: &Elem{Expr: w.key, Env: at}, Expr: orBad(w.expr), Env: at, Optional: true}
			if key := ev.eval(w.key, at); key.isKnown() { // once, for all who look it up
				e.Key = &Elem{Value: &key}
			}
			if w.result >= 0 {
				part := ev.result(e.Expr, w.result, at)
				e.Expr, e.Value = nil, &part
			}
			m.Elems = append(m.Elems, e)
		}
		if len(m.Elems) > maxContexts {
			return Value{}
		}
	}
	return m
}

// enumeration returns the constants of a named string type of the packages read: all
// the values that such a variable has, if no string is converted to the type. Of other
// types it returns otherwise.
func (ev *evaluator) enumeration(t types.Type, otherwise Value) Value {
	n, ok := types.Unalias(orInvalid(t)).(*types.Named)
	if !ok || !isString(t) || !ev.ix.reads(n.Obj()) || ev.ix.isMade(n) || len(ev.ix.consts(n)) == 0 {
		return otherwise
	}
	values := slices.Compact(slices.Sorted(slices.Values(ev.ix.consts(n))))
	var alts []Value
	for _, s := range values {
		if s != "" { // the zero value is what was not set
			alts = append(alts, Value{Kind: String, Str: s, Type: t})
		}
	}
	v := choice(alts)
	v.Type = t
	return v
}
