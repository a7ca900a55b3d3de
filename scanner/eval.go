package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"math"
	"slices"
	"strings"
)

// An evaluator tells what expressions mean. It knows functions of the standard
// library and those that the libraries hand in, by full name.
type evaluator struct {
	ix       *index
	funcs    map[string]func([]Value) Value
	vars     map[string]Value
	pure     map[string]bool                  // functions that libraries understand: they change nothing that they are given
	steps    int                              // evaluations left for the current site
	active   map[*types.Var]int               // variables being evaluated, against cycles
	ends     map[ast.Node]bool                // what mayEnd told
	told     map[*types.Var]Value             // what anywhere told
	locals   map[usage]Value                  // what local told
	frees    map[string]map[types.Object]bool // what free told, by place and expressions
	deciding int                              // how many conditions are being told
	cuts     int                              // how often evaluation was cut off
	telling  int                              // how many variables anywhere is telling
	unread   map[string][]*types.Interface    // interfaces of packages that are not read, by method
}

func newEvaluator(ix *index) *evaluator {
	ev := &evaluator{ix: ix, vars: map[string]Value{}, pure: map[string]bool{}, active: map[*types.Var]int{}, ends: map[ast.Node]bool{}, told: map[*types.Var]Value{}, locals: map[usage]Value{}, frees: map[string]map[types.Object]bool{}}
	ev.funcs = ev.standardFuncs()
	for _, lib := range Libraries() {
		for name, f := range lib.Funcs {
			ev.funcs[name] = func(args []Value) Value { return f(ev, args) }
		}
		for name := range lib.Defines {
			ev.pure[name] = true
		}
		for name := range lib.Uses {
			ev.pure[name] = true
		}
		maps.Copy(ev.vars, lib.Vars)
	}
	for name := range ev.funcs {
		ev.pure[name] = true
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
		ev.cuts++
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
		return ev.unary(e, env)
	case *ast.BinaryExpr:
		return ev.binary(e, env)
	case *ast.Ident:
		return ev.ident(e, env)
	case *ast.SelectorExpr:
		return ev.selector(e, env)
	case *ast.CompositeLit:
		return ev.composite(e, env)
	case *ast.FuncLit:
		return Value{Kind: Func, Fn: ev.ix.functionAt(e.Pos()), Env: env}
	case *ast.IndexExpr:
		return ev.indexed(e, env)
	case *ast.SliceExpr:
		return ev.sliced(e, env)
	case *ast.CallExpr:
		return ev.call(e, env)
	}
	return Value{}
}

func (ev *evaluator) unary(e *ast.UnaryExpr, env *Env) Value {
	v := ev.eval(e.X, env)
	switch {
	case e.Op == token.AND:
		return v
	case e.Op == token.SUB && v.Kind == Number:
		return num(-v.Num)
	case e.Op == token.NOT && v.Kind == Boolean:
		return Value{Kind: Boolean, Bool: !v.Bool, Default: v.Default}
	}
	return Value{}
}

func (ev *evaluator) binary(e *ast.BinaryExpr, env *Env) Value {
	l := ev.eval(e.X, env)
	if e.Op == token.LAND || e.Op == token.LOR {
		return ev.logic(e, l, env)
	}
	return operate(e.Op, l, ev.eval(e.Y, env))
}

// logic evaluates && and ||, where one side may be enough.
func (ev *evaluator) logic(e *ast.BinaryExpr, l Value, env *Env) Value {
	decisive := e.Op == token.LOR
	if l.Kind == Boolean && l.Bool == decisive {
		return l
	}
	r := ev.eval(e.Y, env)
	if r.Kind == Boolean && (r.Bool == decisive || l.Kind == Boolean) {
		r.Default = r.Default || l.Default
		return r
	}
	return Value{}
}

// operate applies a binary operator to values.
func operate(op token.Token, l, r Value) Value {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return compare(op, l, r)
	}
	switch {
	case l.Kind == Number && r.Kind == Number:
		return arithmetic(op, l.Num, r.Num, isInteger(l.Type) || isInteger(r.Type))
	case op == token.ADD && (mayBeString(l) && mayBeString(r)):
		return mapStrings([]Value{l, r}, func(s []string) string { return s[0] + s[1] })
	}
	return Value{}
}

// mayBeString reports whether a string may come out of v: it is one, or it has the type.
func mayBeString(v Value) bool { return v.Kind == String || isString(v.Type) }

func isInteger(t types.Type) bool {
	b, ok := types.Default(orInvalid(t)).Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

func orInvalid(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

func arithmetic(op token.Token, l, r float64, integer bool) Value {
	switch op {
	case token.ADD:
		return num(l + r)
	case token.SUB:
		return num(l - r)
	case token.MUL:
		return num(l * r)
	case token.QUO:
		switch {
		case r == 0:
		case integer:
			return num(math.Trunc(l / r))
		default:
			return num(l / r)
		}
	}
	return Value{}
}

// compare compares two values, as far as both are known. Where they have alternatives,
// all of these must agree.
func compare(op token.Token, l, r Value) Value {
	if l.Kind == Choice || r.Kind == Choice {
		var alts []Value
		l.each(func(l Value) {
			r.each(func(r Value) { alts = append(alts, compare(op, l, r)) })
		})
		if all := choice(alts); all.Kind == Boolean {
			return all
		}
		return Value{}
	}
	truth := func(b bool) Value { return Value{Kind: Boolean, Bool: b, Default: l.Default || r.Default} }
	order := 0
	switch {
	case l.Kind == Nil && r.Kind == Nil:
	case l.Kind == Nil && r.isComposite() || r.Kind == Nil && l.isComposite():
		order = 1
	case l.Kind == Boolean && r.Kind == Boolean:
		if l.Bool != r.Bool {
			order = 1
		}
	case l.Kind == Number && r.Kind == Number:
		order = cmpFloat(l.Num, r.Num)
	case l.Kind == String && r.Kind == String && !hasHole(l.Str) && !hasHole(r.Str):
		order = strings.Compare(l.Str, r.Str)
	default:
		return Value{}
	}
	switch op {
	case token.EQL:
		return truth(order == 0)
	case token.NEQ:
		return truth(order != 0)
	case token.LSS:
		return truth(order < 0)
	case token.LEQ:
		return truth(order <= 0)
	case token.GTR:
		return truth(order > 0)
	}
	return truth(order >= 0)
}

func (ev *evaluator) ident(e *ast.Ident, env *Env) Value {
	switch obj := env.pkg.TypesInfo.ObjectOf(e).(type) {
	case *types.Nil:
		return Value{Kind: Nil}
	case *types.Func:
		return ev.funcValue(obj, nil)
	case *types.Var:
		return ev.variable(obj, e.Pos(), env)
	}
	return Value{}
}

// funcValue returns the function obj, with the receiver that is bound to it, if any.
func (ev *evaluator) funcValue(obj *types.Func, recv *Elem) Value {
	obj = obj.Origin()
	return Value{Kind: Func, Fn: ev.ix.funcs[obj], Recv: recv, Callee: obj.FullName()}
}

func (ev *evaluator) selector(e *ast.SelectorExpr, env *Env) Value {
	switch obj := env.pkg.TypesInfo.Uses[e.Sel].(type) {
	case *types.Func:
		s := env.pkg.TypesInfo.Selections[e]
		switch {
		case s == nil:
			return ev.funcValue(obj, nil)
		case s.Kind() == types.MethodVal:
			return ev.funcValue(obj, &Elem{Expr: e.X, Env: env})
		}
	case *types.Var:
		if !obj.IsField() {
			return ev.variable(obj, e.Pos(), env)
		}
		return ev.fieldValue(ev.eval(e.X, env), obj.Origin(), e, env)
	}
	return Value{}
}

// receiver evaluates what a method is called on; where it is promoted, the embedded
// field that has it.
func (ev *evaluator) receiver(sel *ast.SelectorExpr, env *Env) Value {
	v := ev.eval(sel.X, env)
	s := env.pkg.TypesInfo.Selections[sel]
	if s == nil || len(s.Index()) < 2 {
		return v
	}
	t := s.Recv()
	for _, i := range s.Index()[:len(s.Index())-1] {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok {
			return Value{}
		}
		f := st.Field(i)
		if v.Kind == Opaque {
			return v // the library's own struct
		}
		v = ev.fieldValue(v, f.Origin(), sel, env)
		t = f.Type()
	}
	return v
}

// fieldValue returns a field of each struct that x may be, or else what it may hold
// in any.
func (ev *evaluator) fieldValue(x Value, field *types.Var, e *ast.SelectorExpr, env *Env) Value {
	var alts []Value
	told := !ev.changed(field, e, env)
	x.each(func(v Value) {
		if v.Kind == Nil {
			return // would panic
		}
		part, ok := ev.part(v, field)
		part.Default = part.Default || ev.ix.decoded[field]
		told = told && ok
		alts = append(alts, part)
	})
	if told && len(alts) > 0 {
		return choice(alts)
	}
	return ev.anywhere(field)
}

// part returns a field of v, or of what v embeds.
func (ev *evaluator) part(v Value, field *types.Var) (Value, bool) {
	path := fieldPath(v.Type, field)
	if path == nil {
		return Value{}, false
	}
	for _, f := range path {
		if v.Kind != Struct {
			return Value{}, false
		}
		e, ok := v.Fields[f.Name()]
		if !ok {
			v = zero(f.Type())
			continue
		}
		if v = ev.elem(e); v.Type == nil {
			v.Type = f.Type()
		}
	}
	return v, true
}

// changed reports whether a field is ever assigned to by x.f = …, other than to the
// local variable that e selects it from: then what a struct was made with need not hold
// any more.
func (ev *evaluator) changed(field *types.Var, e *ast.SelectorExpr, env *Env) bool {
	if !ev.ix.reads(field) {
		return false
	}
	base, path := target(env.pkg.TypesInfo, e.X)
	if base != nil && isLocal(base) && len(path) == 0 && isStruct(base.Type()) {
		return false // nobody else has it, or its flow says so
	}
	fn := ev.ix.functionAt(e.Pos())
	elsewhere := func(w write) bool {
		return !w.literal && (base == nil || w.base != base || w.fn != fn || !isLocal(base))
	}
	return slices.ContainsFunc(ev.ix.inside[field], elsewhere) || slices.ContainsFunc(ev.ix.writes[field], elsewhere) ||
		slices.ContainsFunc(ev.ix.elements[field], elsewhere)
}

// zero returns the zero value of a type.
func zero(t types.Type) Value {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return Value{Kind: String, Type: t}
		case u.Info()&types.IsNumeric != 0:
			return Value{Kind: Number, Type: t}
		case u.Info()&types.IsBoolean != 0:
			return Value{Kind: Boolean, Type: t}
		}
	case *types.Struct:
		return Value{Kind: Struct, Type: t, Fields: map[string]Elem{}}
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface, *types.Signature, *types.Chan:
		return Value{Kind: Nil, Type: t}
	case *types.Array:
		if n := u.Len(); n >= 0 && n <= maxContexts {
			return repeated(zero(u.Elem()), int(n), t)
		}
	}
	return Value{Type: t}
}

// repeated returns a list of n times v.
func repeated(v Value, n int, t types.Type) Value {
	list := Value{Kind: List, Type: t}
	for range n {
		list.Elems = append(list.Elems, Elem{Value: &v})
	}
	return list
}

func (ev *evaluator) composite(e *ast.CompositeLit, env *Env) Value {
	t := env.pkg.TypesInfo.TypeOf(e)
	if t == nil {
		return Value{}
	}
	ev.steps -= len(e.Elts) / 8
	switch u := deref(t).Underlying().(type) {
	case *types.Struct:
		v := Value{Kind: Struct, Type: t, Fields: map[string]Elem{}}
		for i, elt := range e.Elts {
			if f, value := literalField(env.pkg.TypesInfo, u, i, elt); f != nil {
				v.Fields[f.Name()] = Elem{Expr: value, Env: env}
			}
		}
		return v
	case *types.Slice:
		return ev.list(e, t, -1, env)
	case *types.Array:
		return ev.list(e, t, u.Len(), env)
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

// list evaluates a literal of a slice, or of an array of size n. Elements with keys
// stand at their index.
func (ev *evaluator) list(e *ast.CompositeLit, t types.Type, n int64, env *Env) Value {
	v := Value{Kind: List, Type: t}
	var blank Value
	switch u := t.Underlying().(type) {
	case *types.Slice:
		blank = zero(u.Elem())
	case *types.Array:
		blank = zero(u.Elem())
	}
	at := 0
	for _, elt := range e.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			i := ev.eval(kv.Key, env)
			if i.Kind != Number || i.Num < 0 || i.Num > maxContexts {
				return Value{}
			}
			at, elt = int(i.Num), kv.Value
		}
		for len(v.Elems) <= at {
			v.Elems = append(v.Elems, Elem{Value: &blank})
		}
		v.Elems[at] = Elem{Expr: elt, Env: env}
		at++
	}
	for n <= maxContexts && int64(len(v.Elems)) < n {
		v.Elems = append(v.Elems, Elem{Value: &blank})
	}
	return v
}

// indexed evaluates x[i] of a list or map; where i is not known, every element is
// possible.
func (ev *evaluator) indexed(e *ast.IndexExpr, env *Env) Value {
	if fun, ok := env.pkg.TypesInfo.TypeOf(e.X).(*types.Signature); ok && fun != nil {
		return ev.eval(e.X, env) // an instance of a generic function
	}
	i := ev.eval(e.Index, env)
	var alts []Value
	x := ev.eval(e.X, env)
	x.each(func(x Value) {
		ev.steps -= len(x.Elems) / 8
		switch x.Kind {
		case List:
			alts = append(alts, ev.listElement(x, i)...)
		case Map:
			alts = append(alts, ev.mapElement(x, i)...)
			if m, ok := orInvalid(env.pkg.TypesInfo.TypeOf(e.X)).Underlying().(*types.Map); ok && !ev.holds(x, i) {
				absent := zero(m.Elem())
				absent.Absent = true
				alts = append(alts, absent)
			}
		case Nil:
		default:
			alts = append(alts, Value{})
		}
	})
	if len(alts) > maxAlternatives {
		return Value{}
	}
	return choice(alts)
}

func (ev *evaluator) listElement(x, i Value) []Value {
	certain := !slices.ContainsFunc(x.Elems, func(e Elem) bool { return e.Optional })
	if i.Kind == Number && certain {
		if at := int(i.Num); at >= 0 && at < len(x.Elems) {
			return []Value{ev.elem(x.Elems[at])}
		}
		return []Value{{}}
	}
	var alts []Value
	for _, e := range x.Elems {
		alts = append(alts, ev.elem(e))
	}
	return alts
}

func (ev *evaluator) mapElement(x, i Value) []Value {
	var alts []Value
	for _, e := range slices.Backward(x.Elems) { // the last one written counts
		k := ev.elem(*e.Key)
		if k.isKnown() && i.isKnown() && !k.same(i) {
			continue
		}
		alts = append(alts, ev.elem(e))
		if k.isKnown() && i.isKnown() && !e.Optional {
			break
		}
	}
	return alts
}

// holds reports whether a map surely has an element for the key i.
func (ev *evaluator) holds(x, i Value) bool {
	return i.isKnown() && slices.ContainsFunc(x.Elems, func(e Elem) bool { return !e.Optional && ev.elem(*e.Key).same(i) })
}

// sliced evaluates x[low:high].
func (ev *evaluator) sliced(e *ast.SliceExpr, env *Env) Value {
	x := ev.eval(e.X, env)
	if e.Low == nil && e.High == nil {
		return x
	}
	size := len(x.Elems)
	if x.Kind == String && !hasHole(x.Str) {
		size = len(x.Str)
	} else if x.Kind != List || slices.ContainsFunc(x.Elems, func(e Elem) bool { return e.Optional }) {
		return Value{}
	}
	low, high := ev.bound(e.Low, 0, env), ev.bound(e.High, size, env)
	if low < 0 || high < low || high > size {
		return Value{}
	}
	if x.Kind == String {
		x.Str = x.Str[low:high]
		return x
	}
	x.Elems = x.Elems[low:high:high]
	return x
}

// bound evaluates a bound of a slice expression; -1 where it is not known.
func (ev *evaluator) bound(e ast.Expr, otherwise int, env *Env) int {
	if e == nil {
		return otherwise
	}
	if v := ev.eval(e, env); v.Kind == Number && v.Num >= 0 && v.Num < 1e6 {
		return int(v.Num)
	}
	return -1
}
