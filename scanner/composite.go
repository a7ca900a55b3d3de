package scanner

import (
	"go/ast"
	"go/types"
	"slices"
)

// This file evaluates lists, maps and structs, and their elements.

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
			return repeated(zeroElem(u.Elem()), int(n), t)
		}
	}
	return Value{Type: t}
}

// zeroElem returns the zero value of an element of a list of type t: an unknown one of bytes, which
// are made for others to read into.
func zeroElem(t types.Type) Value {
	if b, ok := t.Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
		return Value{Type: t}
	}
	return zero(t)
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
		if isBuilder(t) {
			return fresh(t)
		}
		v := Value{Kind: Struct, Type: t, Fields: map[string]Elem{}, lit: e, scope: env.scope}
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
		blank = zeroElem(u.Elem())
	case *types.Array:
		blank = zeroElem(u.Elem())
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
		switch {
		case !i.isKnown():
		case !k.isKnown():
			e = ev.keyed(e, i)
		case !k.same(i):
			continue
		}
		alts = append(alts, ev.elem(e))
		if k.isKnown() && i.isKnown() && !e.Optional {
			break
		}
	}
	return alts
}

// keyed returns the element that was written with a key which is not known, as it is where
// the key was i: what it is made of often names the same variable.
func (ev *evaluator) keyed(e Elem, i Value) Elem {
	if e.Expr == nil || e.Key.Expr == nil || e.Key.Env == nil || e.Env != e.Key.Env {
		return e
	}
	v := local(e.Key.Env.pkg.TypesInfo, e.Key.Expr)
	if v == nil || slices.ContainsFunc(ev.ix.touches[v], func(t touch) bool { return t.write }) {
		return e
	}
	e.Env = e.Env.with(v, Elem{Value: &i}, nil)
	return e
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
	if e.High != nil && ev.bound(e.High, 0, env) == 0 && !isString(x.Type) {
		return Value{Kind: List, Type: x.Type} // whatever x is
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
