package scanner

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// This file holds contexts: what variables mean in one way of reaching a place.

// An Env says what the parameters and loop variables of one function mean, in one
// way of reaching it.
type Env struct {
	pkg   *packages.Package
	scope *scope
	depth int // how far evaluation is from where it began
}

// A scope binds variables.
type scope struct {
	bind    bindings
	only    ast.Node // the bindings hold in this node alone, and are final; nil: what the variables are at first
	outer   *scope   // what is bound around it: outer loops, or a closure's function
	loop    bool     // within a function: binds loop variables, or assumes
	assumed ast.Stmt // a branch that is taken through arm; nil: past it
	arm     ast.Node
	object  bool      // binds one of the structs that a variable may be
	sent    bool      // and it came through a channel
	fn      *function // whose parameters are bound
	caller  *site     // the call that bound them; nil: not bound
	from    *Env      // the context of that call
	stands  *scope    // what alike told; nil: not asked yet
}

// Bindings say what variables are, in the order of their positions. There are few.
type bindings []binding

type binding struct {
	obj  types.Object
	elem Elem
}

func (b bindings) find(obj types.Object) (at int, found bool) {
	for i := range b {
		if b[i].obj == obj {
			return i, true
		}
	}
	return 0, false
}

// binds binds a variable, anew if it is bound.
func (s *scope) binds(obj types.Object, e Elem) {
	if at, found := s.bind.find(obj); found {
		s.bind[at].elem = e
		return
	}
	at, _ := slices.BinarySearchFunc(s.bind, obj.Pos(), func(b binding, pos token.Pos) int { return cmp.Compare(b.obj.Pos(), pos) })
	s.bind = slices.Insert(s.bind, at, binding{obj, e})
}

// lookup returns what obj is bound to where it is named at pos. final reports whether
// it is that there; else it is what the variable is at first.
func (env *Env) lookup(obj types.Object, pos token.Pos) (e Elem, bound, final bool) {
	for s := env.scope; s != nil; s = s.outer {
		if at, ok := s.bind.find(obj); ok && (s.only == nil || contains(s.only, pos)) {
			return s.bind[at].elem, true, s.only != nil
		}
	}
	return Elem{}, false, false
}

// through reports whether it is assumed which way is taken through a branch, and
// whether it is arm.
func (env *Env) through(branch ast.Stmt, arm ast.Node) (taken, assumed bool) {
	for s := env.scope; s != nil; s = s.outer {
		if s.assumed == branch {
			return s.arm == arm, true
		}
	}
	return false, false
}

// with returns env with obj bound as well; only may be nil.
func (env *Env) with(obj types.Object, e Elem, only ast.Node) *Env {
	s := &scope{bind: bindings{{obj, e}}, only: only, outer: env.scope, loop: true}
	if env.scope != nil {
		s.fn, s.caller, s.from = env.scope.fn, env.scope.caller, env.scope.from
	}
	return &Env{pkg: env.pkg, scope: s, depth: env.depth}
}

// filled returns env, a way of reaching fn, with the parameters that it does not bind as other
// does. whole reports that it binds all that other does.
func (env *Env) filled(other *Env, fn *function) (filled *Env, whole bool) {
	filled = env
	for _, p := range fn.named {
		if _, bound, _ := env.lookup(p, p.Pos()); bound {
			continue
		}
		if e, bound, _ := other.lookup(p, p.Pos()); bound {
			filled = filled.with(p, e, nil)
		}
	}
	return filled, filled == env
}

// forked reports whether env, or one of the calls that led to it, binds a variable to one
// of the structs that it may be.
func (env *Env) forked() bool {
	for env != nil {
		for s := env.scope; s != nil; s = s.outer {
			if s.object {
				return true
			}
		}
		_, env = env.caller()
	}
	return false
}

// asObject returns env as the context in which one of several structs is made. sent says
// that it comes through a channel.
func (env *Env) asObject(sent bool) *Env {
	s := &scope{outer: env.scope, loop: true, object: true, sent: sent}
	if env.scope != nil {
		s.fn, s.caller, s.from = env.scope.fn, env.scope.caller, env.scope.from
	}
	return &Env{pkg: env.pkg, scope: s, depth: env.depth}
}

// deeper returns a context that is env, n levels further from where evaluation began.
func (env *Env) deeper(n int) *Env {
	return &Env{pkg: env.pkg, scope: env.scope, depth: env.depth + n}
}

// same reports whether two contexts bind the same.
func (env *Env) same(other *Env) bool {
	return env == other || env != nil && other != nil && env.pkg == other.pkg && env.scope == other.scope
}

// caller returns the call that led to env and its context, or nil.
func (env *Env) caller() (*site, *Env) {
	if env == nil || env.scope == nil {
		return nil, nil
	}
	return env.scope.caller, env.scope.from
}

// calls returns how many of the calls that led to env are of fn.
func (env *Env) calls(fn *function) int {
	n := 0
	for env != nil && env.scope != nil && env.scope.caller != nil {
		if env.scope.fn == fn {
			n++
		}
		env = env.scope.from
	}
	return n
}

// compatible reports whether the two may be the same way of reaching a place: the
// calls that led to one are the last of those that led to the other.
func (env *Env) compatible(other *Env) bool {
	if !env.iteration(other) {
		return false
	}
	for {
		s, from := env.caller()
		t, otherFrom := other.caller()
		if s == nil || t == nil || env.scope.fn != other.scope.fn {
			return true // a closure is reached by whoever calls it, or by whoever made it
		}
		if s.call != t.call {
			return false
		}
		env, other = from, otherFrom
		if !env.iteration(other) {
			return false
		}
	}
}

// iteration reports whether the two may be the same iteration of the loops around a
// place.
func (env *Env) iteration(other *Env) bool {
	theirs := other.loopVariables()
	for obj, e := range env.loopVariables() {
		if f, ok := theirs[obj]; ok && e.differs(f) {
			return false
		}
	}
	return true
}

// differs reports whether two elements cannot be the same one, though each may have been
// told in a context of its own.
func (e Elem) differs(f Elem) bool {
	if e.Expr != f.Expr || e.Value == nil || f.Value == nil {
		return e.Expr != f.Expr || e.Expr == nil && !e.same(f)
	}
	v, w := *e.Value, *f.Value
	switch {
	case v.Kind != w.Kind:
		return true
	case v.Kind == List || v.Kind == Map:
		return !slices.EqualFunc(v.Elems, w.Elems, func(a, b Elem) bool { return !a.differs(b) })
	case v.Kind == Struct && v.lit != nil:
		return v.lit != w.lit
	}
	return !v.same(w)
}

// loopVariables returns what is bound within the function.
func (env *Env) loopVariables() map[types.Object]Elem {
	vars := map[types.Object]Elem{}
	for s := env.scope; s != nil && s.loop; s = s.outer {
		for _, b := range s.bind {
			if _, inner := vars[b.obj]; !inner {
				vars[b.obj] = b.elem
			}
		}
	}
	return vars
}
