package scanner

import (
	"encoding/binary"
	"go/ast"
	"maps"
	"math"
	"slices"
)

// This file tells conditions. Most say nothing about metrics, and are asked for in every
// context of their function: each is told once for all contexts that bind the same, whoever
// the callers are.

// maxCondition bounds the work for one condition.
const maxCondition = 400

// A decision is a condition in the contexts that bind the same.
type decision struct {
	cond  ast.Node
	scope *scope
}

// condition evaluates a condition in env, with a budget of its own.
func (ev *evaluator) condition(cond ast.Node, env *Env, eval func(*Env) Value) Value {
	env = ev.standing(env)
	at := decision{cond, env.scope}
	if known, ok := ev.decisions[at]; ok {
		return known
	}
	saved, before := ev.steps, ev.cutoffs
	ev.steps = min(saved, maxCondition)
	given := ev.steps
	ev.deciding++
	b := eval(env)
	ev.deciding--
	if ev.whole(before) {
		ev.decisions[at] = b
	}
	if given == maxCondition && ev.steps < 0 {
		ev.cutoffs = before // it will not be told another time either
	}
	ev.steps = saved - (given - max(ev.steps, 0))
	return b
}

// standing returns the context that stands for all that bind the same as env.
func (ev *evaluator) standing(env *Env) *Env {
	if s := ev.alike(env.scope); s != env.scope {
		return &Env{pkg: env.pkg, scope: s, depth: env.depth}
	}
	return env
}

// alike returns the scope that stands for all that bind the same as s. Who calls does not
// matter to a condition, nor where it is that a value is not known.
func (ev *evaluator) alike(s *scope) *scope {
	switch {
	case s == nil:
		return nil
	case s.stands != nil:
		return s.stands
	}
	k := &likeness{ev: ev}
	k.scope(s)
	first, ok := ev.likes[string(k.key)]
	switch {
	case len(k.key) > maxLikeness:
		first = s
	case !ok || s.depth() < first.depth():
		first, ev.likes[string(k.key)] = s, s
	}
	s.stands = first
	return first
}

// depth returns how far the call that bound s is from where evaluation began.
func (s *scope) depth() int {
	if s.from == nil {
		return 0
	}
	return s.from.depth
}

// maxLikeness bounds, in bytes, what is compared of a scope. One that binds more stands for
// itself.
const maxLikeness = 1 << 12

// A likeness puts in words what a scope binds.
type likeness struct {
	ev  *evaluator
	key []byte
}

// is adds what x is, a pointer or nil.
func (k *likeness) is(x any) {
	n, ok := k.ev.numbers[x]
	if !ok {
		n = len(k.ev.numbers)
		k.ev.numbers[x] = n
	}
	k.key = binary.AppendUvarint(k.key, uint64(n))
}

func (k *likeness) flags(flags ...bool) {
	var bits byte
	for i, set := range flags {
		if set {
			bits |= 1 << i
		}
	}
	k.key = append(k.key, bits)
}

func (k *likeness) scope(s *scope) {
	k.flags(s.loop, s.sent, (&Env{scope: s}).forked())
	for _, x := range []any{k.ev.alike(s.outer), s.fn, s.only, s.assumed, s.arm} {
		k.is(x)
	}
	for _, b := range s.bind {
		k.is(b.obj)
		k.elem(b.elem)
	}
}

func (k *likeness) elem(e Elem) {
	if len(k.key) > maxLikeness {
		return
	}
	k.flags(e.Optional, e.Key != nil, e.Value != nil, e.Ways != nil, e.Expr != nil)
	if e.Key != nil {
		k.elem(*e.Key)
	}
	switch {
	case e.Value != nil:
		k.value(*e.Value)
	case e.Ways != nil:
		for _, alt := range e.Ways.alts {
			k.elem(alt)
		}
	case e.Expr != nil && e.Env != nil:
		k.expr(e.Expr, e.Env)
	}
}

// expr adds what an expression means. A parameter that is handed on means what the caller's
// does.
func (k *likeness) expr(e ast.Expr, env *Env) {
	info := env.pkg.TypesInfo
	k.is(info.TypeOf(e))
	if v := local(info, e); v != nil && info.Types[e].Value == nil {
		held, bound, final := env.lookup(v, e.Pos())
		if final || bound && len(k.ev.ix.touches[v]) == 0 {
			k.elem(held)
			return
		}
		if len(k.ev.ix.touches[v]) == 0 && !isResult(v, k.ev.ix.functionAt(v.Pos())) {
			k.is(v.Type())
			return
		}
	}
	k.is(e)
	k.is(k.ev.alike(env.scope))
}

func (k *likeness) value(v Value) {
	if len(k.key) > maxLikeness {
		return
	}
	k.key = append(k.key, byte(v.Kind))
	k.flags(v.Default, v.Configured, v.Left, v.loose, v.Absent)
	k.is(v.Type)
	switch v.Kind {
	case String:
		k.text(v.Str)
	case Number:
		k.key = binary.BigEndian.AppendUint64(k.key, math.Float64bits(v.Num))
	case Boolean:
		k.flags(v.Bool)
	case List, Map:
		k.key = binary.AppendUvarint(k.key, uint64(len(v.Elems)))
		for _, e := range v.Elems {
			k.elem(e)
		}
	case Struct:
		k.flags(v.wasSent())
		k.key = binary.AppendUvarint(k.key, uint64(len(v.Fields)))
		for _, name := range slices.Sorted(maps.Keys(v.Fields)) {
			k.text(name)
			k.elem(v.Fields[name])
		}
	case Choice:
		k.key = binary.AppendUvarint(k.key, uint64(len(v.Alts)))
		for _, a := range v.Alts {
			k.value(a)
		}
	case Func, Opaque:
		k.text(v.Callee)
		k.is(v.Fn)
		k.is(v.Call)
		if k.flags(v.Env != nil, v.Recv != nil); v.Env != nil {
			k.is(k.ev.alike(v.Env.scope))
		}
		if v.Recv != nil {
			k.elem(*v.Recv)
		}
	}
}

func (k *likeness) text(s string) {
	k.key = binary.AppendUvarint(k.key, uint64(len(s)))
	k.key = append(k.key, s...)
}
