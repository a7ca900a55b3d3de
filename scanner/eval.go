package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// An evaluator tells what expressions mean. It knows functions of the standard
// library and those that the libraries hand in, by full name.
type evaluator struct {
	ix     *index
	funcs  map[string]func([]Value) Value
	vars   map[string]Value
	steps  int                // evaluations left for the current site
	active map[*types.Var]int // variables being evaluated, against cycles
}

func newEvaluator(ix *index) *evaluator {
	ev := &evaluator{ix: ix, funcs: standardFuncs(), vars: map[string]Value{}, active: map[*types.Var]int{}}
	ev.funcs["strings.Join"] = ev.joinStrings
	for _, lib := range Libraries() {
		for name, f := range lib.Funcs {
			ev.funcs[name] = func(args []Value) Value { return f(ev, args) }
		}
		maps.Copy(ev.vars, lib.Vars)
	}
	return ev
}

// maxSteps bounds the work for one site in one context.
const maxSteps = 20000

func (ev *evaluator) elem(e Elem) Value {
	if e.Value != nil {
		return *e.Value
	}
	if e.Expr == nil || e.Env == nil {
		return Value{}
	}
	return ev.eval(e.Expr, e.Env)
}

// eval returns what is known of e in env.
func (ev *evaluator) eval(e ast.Expr, env *Env) Value {
	if ev.steps--; ev.steps < 0 || env.depth > maxDepth {
		return Value{Why: e}
	}
	info := env.pkg.TypesInfo
	if tv, ok := info.Types[e]; ok && tv.Value != nil {
		return fromConstant(tv.Value, tv.Type)
	}
	v := ev.shape(e, env)
	if v.Type == nil {
		v.Type = info.TypeOf(e)
	}
	if v.Kind == Unknown && v.Why == nil {
		v.Why = e
	}
	return v
}

// shape evaluates e by its syntax.
func (ev *evaluator) shape(e ast.Expr, env *Env) Value {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return ev.eval(e.X, env)
	case *ast.StarExpr:
		return ev.eval(e.X, env)
	case *ast.TypeAssertExpr:
		return ev.eval(e.X, env)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return ev.eval(e.X, env)
		}
		if v := ev.eval(e.X, env); e.Op == token.SUB && v.Kind == Number {
			return num(-v.Num)
		}
	case *ast.BinaryExpr:
		return ev.binary(e, env)
	case *ast.Ident:
		return ev.ident(e, env)
	case *ast.SelectorExpr:
		return ev.selector(e, env)
	case *ast.CompositeLit:
		return ev.composite(e, env)
	case *ast.FuncLit:
		return Value{Kind: Func, Lit: e, Env: env}
	case *ast.IndexExpr:
		return ev.indexed(e, env)
	case *ast.SliceExpr:
		if e.Low == nil && e.High == nil {
			return ev.eval(e.X, env)
		}
	case *ast.CallExpr:
		return ev.call(e, env)
	}
	return Value{}
}

func (ev *evaluator) binary(e *ast.BinaryExpr, env *Env) Value {
	l, r := ev.eval(e.X, env), ev.eval(e.Y, env)
	if l.Kind == Number && r.Kind == Number {
		switch e.Op {
		case token.ADD:
			return num(l.Num + r.Num)
		case token.SUB:
			return num(l.Num - r.Num)
		case token.MUL:
			return num(l.Num * r.Num)
		case token.QUO:
			if r.Num != 0 {
				return num(l.Num / r.Num)
			}
		}
		return Value{}
	}
	if e.Op == token.ADD && isString(env.pkg.TypesInfo.TypeOf(e)) {
		return mapStrings([]Value{l, r}, func(s []string) string { return s[0] + s[1] })
	}
	return Value{}
}

func isString(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func (ev *evaluator) ident(e *ast.Ident, env *Env) Value {
	obj := env.pkg.TypesInfo.Uses[e]
	if obj == nil {
		obj = env.pkg.TypesInfo.Defs[e]
	}
	switch obj := obj.(type) {
	case *types.Nil:
		return Value{Kind: Nil}
	case *types.Var:
		if b, ok := env.lookup(obj); ok {
			v := ev.elem(b)
			if v.Kind == Unknown {
				v = ev.enumeration(obj.Type())
			}
			return v
		}
		return ev.variable(obj, env)
	}
	return Value{}
}

// variable evaluates a variable by what is written to it.
func (ev *evaluator) variable(v *types.Var, env *Env) Value {
	writes := ev.ix.writes[v.Origin()]
	if len(writes) == 0 && v.Pkg() != nil {
		if known, ok := ev.vars[v.Pkg().Path()+"."+v.Name()]; ok {
			return known
		}
	}
	if len(writes) == 0 || env.depth > maxDepth || ev.active[v] > 2 {
		return ev.enumeration(v.Type())
	}
	ev.active[v]++
	defer func() { ev.active[v]-- }()
	var alts []Value
	for _, w := range writes {
		at := ev.writeEnv(v, w, env)
		if list, ok := ev.appended(v, w, at, alts); ok {
			alts = []Value{list}
			continue
		}
		if mentions(w.expr, v, w.pkg.TypesInfo) {
			return Value{} // x = f(x): how often is not known
		}
		alts = append(alts, ev.written(w, at))
	}
	if len(alts) > maxAlternatives {
		return Value{}
	}
	return ev.withFields(choice(alts), v, env)
}

// withFields returns a struct held by the variable v with what x.f = … writes to it.
// One write that is always reached replaces the literal's value; others are
// alternatives to it.
func (ev *evaluator) withFields(s Value, v *types.Var, env *Env) Value {
	writes := ev.ix.fieldWrites[v]
	if s.Kind != Struct || len(writes) == 0 {
		return s
	}
	count := map[string]int{}
	for _, w := range writes {
		count[w.field]++
	}
	s.Fields = maps.Clone(s.Fields)
	for _, w := range writes {
		e := Elem{Expr: w.expr, Env: ev.writeEnv(v, w.write, env)}
		if old, ok := s.Fields[w.field]; ok && (count[w.field] > 1 || w.cond || len(w.loops) > 0) {
			both := choice([]Value{ev.elem(old), ev.elem(e)})
			e = Elem{Value: &both}
		}
		s.Fields[w.field] = e
	}
	return s
}

// mentions reports whether e names v.
func mentions(e ast.Expr, v *types.Var, info *types.Info) bool {
	found := false
	if e != nil {
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && info.Uses[id] == v {
				found = true
			}
			return !found
		})
	}
	return found
}

// writeEnv returns the context in which a write's expression is evaluated: the
// current one for a local variable, none for others.
func (ev *evaluator) writeEnv(v *types.Var, w write, env *Env) *Env {
	local := v.Parent() != nil && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
	if local && w.pkg == env.pkg {
		return env.deeper(1)
	}
	return &Env{pkg: w.pkg, depth: env.depth + 1}
}

// written evaluates what a write writes.
func (ev *evaluator) written(w write, env *Env) Value {
	switch {
	case w.expr == nil:
		return Value{}
	case w.result > 0:
		return Value{Why: w.expr}
	}
	return ev.eval(w.expr, env)
}

// appended recognises v = append(v, elements...) and returns the list so far with
// the elements added; they are optional behind a condition.
func (ev *evaluator) appended(v *types.Var, w write, env *Env, sofar []Value) (Value, bool) {
	call, ok := w.expr.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 || len(sofar) > 1 {
		return Value{}, false
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	self, isIdent := ast.Unparen(call.Args[0]).(*ast.Ident)
	info := w.pkg.TypesInfo
	if !ok || !isIdent || id.Name != "append" || info.Uses[self] != v {
		return Value{}, false
	}
	if b, isBuiltin := info.Uses[id].(*types.Builtin); !isBuiltin || b.Name() != "append" {
		return Value{}, false
	}
	list := Value{Kind: List, Type: v.Type()}
	if len(sofar) == 1 && sofar[0].Kind == List {
		list.Elems = append(list.Elems, sofar[0].Elems...)
	} else if len(sofar) == 1 && sofar[0].Kind != Nil {
		return Value{}, false
	}
	more := ev.appendArgs(call, env)
	if more.Kind != List || len(w.loops) > 0 {
		return Value{}, true
	}
	for _, e := range more.Elems {
		e.Optional = e.Optional || w.cond
		list.Elems = append(list.Elems, e)
	}
	return list, true
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

// enumeration returns the constants of a named string type of the packages read: all
// the values that such a variable is meant to have. Other types are unknown.
func (ev *evaluator) enumeration(t types.Type) Value {
	n, ok := t.(*types.Named)
	if !ok || !isString(t) || n.Obj().Pkg() == nil || ev.ix.pkgOf[n.Obj().Pkg()] == nil {
		return Value{Type: t}
	}
	scope := n.Obj().Pkg().Scope()
	var alts []Value
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(c.Type(), t) {
			alts = append(alts, fromConstant(c.Val(), t))
		}
	}
	v := choice(alts)
	v.Type = t
	return v
}

func (ev *evaluator) selector(e *ast.SelectorExpr, env *Env) Value {
	info := env.pkg.TypesInfo
	obj, ok := info.Uses[e.Sel].(*types.Var)
	if !ok {
		return Value{}
	}
	if !obj.IsField() {
		return ev.variable(obj, env)
	}
	var alts []Value
	known := true
	x := ev.eval(e.X, env)
	x.each(func(v Value) {
		f, ok := v.Fields[obj.Name()]
		switch {
		case v.Kind == Struct && ok && !ev.assigned(obj):
			alts = append(alts, ev.elem(f))
		case v.Kind == Struct && len(ev.ix.writes[obj.Origin()]) == 0:
			alts = append(alts, zero(obj.Type()))
		default:
			known = false
		}
	})
	if known && len(alts) > 0 {
		return choice(alts)
	}
	return ev.field(obj, env)
}

// assigned reports whether a field of the packages read is ever assigned to by x.f = …:
// then what a literal says of it need not hold any more.
func (ev *evaluator) assigned(field *types.Var) bool {
	if field.Pkg() == nil || ev.ix.pkgOf[field.Pkg()] == nil {
		return false
	}
	return slices.ContainsFunc(ev.ix.writes[field.Origin()], func(w write) bool { return !w.literal })
}

// zero returns the zero value of a type.
func zero(t types.Type) Value {
	b, ok := t.Underlying().(*types.Basic)
	switch {
	case ok && b.Info()&types.IsString != 0:
		return Value{Kind: String, Type: t}
	case ok && b.Info()&types.IsNumeric != 0:
		return Value{Kind: Number, Type: t}
	case ok && b.Info()&types.IsBoolean != 0:
		return Value{Kind: Boolean, Type: t}
	case ok:
		return Value{Type: t}
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface, *types.Signature, *types.Chan:
		return Value{Kind: Nil, Type: t}
	}
	return Value{Type: t}
}

// field evaluates a struct field by everything that is written to it anywhere, in
// every context of the function that writes it.
func (ev *evaluator) field(v *types.Var, env *Env) Value {
	writes := ev.ix.writes[v.Origin()]
	if len(writes) == 0 || env.depth > maxDepth/2 {
		return ev.enumeration(v.Type())
	}
	var alts []Value
	if z := zero(v.Type()); ev.ix.omitted[v.Origin()] && z.Kind != Nil {
		alts = append(alts, z) // a nil collector or registerer is never asked
	}
	for _, w := range writes {
		if w.expr == nil || w.result > 0 {
			return Value{Type: v.Type()}
		}
		s := &site{pkg: w.pkg, fn: w.fn, loops: w.loops}
		envs, cut := ev.contexts(s, []ast.Expr{w.expr})
		if cut || len(alts)+len(envs) > maxAlternatives {
			return Value{Type: v.Type()}
		}
		for _, at := range envs {
			at = at.deeper(env.depth + 2 - at.depth)
			alts = append(alts, ev.eval(w.expr, at))
		}
	}
	return choice(alts)
}

func (ev *evaluator) composite(e *ast.CompositeLit, env *Env) Value {
	t := env.pkg.TypesInfo.TypeOf(e)
	if t == nil {
		return Value{}
	}
	switch u := deref(t).Underlying().(type) {
	case *types.Struct:
		v := Value{Kind: Struct, Type: t, Fields: map[string]Elem{}}
		for i, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					v.Fields[id.Name] = Elem{Expr: kv.Value, Env: env}
				}
			} else if i < u.NumFields() {
				v.Fields[u.Field(i).Name()] = Elem{Expr: elt, Env: env}
			}
		}
		return v
	case *types.Slice, *types.Array:
		v := Value{Kind: List, Type: t}
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			v.Elems = append(v.Elems, Elem{Expr: elt, Env: env})
		}
		return v
	case *types.Map:
		v := Value{Kind: Map, Type: t}
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				v.Elems = append(v.Elems, Elem{Key: &Elem{Expr: kv.Key, Env: env}, Expr: kv.Value, Env: env})
			}
		}
		return v
	}
	return Value{}
}

// indexed evaluates x[i] of a literal list or map; where i is not known, every
// element is possible.
func (ev *evaluator) indexed(e *ast.IndexExpr, env *Env) Value {
	x := ev.eval(e.X, env)
	i := ev.eval(e.Index, env)
	switch {
	case x.Kind == List && i.Kind == Number && int(i.Num) >= 0 && int(i.Num) < len(x.Elems):
		return ev.elem(x.Elems[int(i.Num)])
	case x.Kind == Map && i.Kind == String && !strings.Contains(i.Str, Hole):
		for _, el := range x.Elems {
			if k := ev.elem(*el.Key); k.Kind == String && k.Str == i.Str {
				return ev.elem(el)
			}
		}
		return Value{}
	case (x.Kind == List || x.Kind == Map) && i.Kind != Number && len(x.Elems) <= maxAlternatives:
		var alts []Value
		for _, el := range x.Elems {
			alts = append(alts, ev.elem(el))
		}
		return choice(alts)
	}
	return Value{}
}
