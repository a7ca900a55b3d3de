package scanner

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
)

// This file tells apart what a local variable holds that is a struct out of a table, by a
// key which is not known: it is one of the table's, and what its fields hold goes together.

// choose returns each context once for every struct that each of the local variables in
// free may have been taken to be.
func (f *finder) choose(p place, free map[types.Object]bool, envs []*Env) []*Env {
	if !f.defining || f.ev.telling > 0 || p.fn == nil {
		return envs
	}
	for _, t := range f.ev.takenBefore(p, free) {
		var next []*Env
		for _, env := range envs {
			next = append(next, f.ev.chosen(t, env)...)
		}
		if f.spend(len(next) - len(envs)); f.cut {
			return envs
		}
		envs = next
	}
	return envs
}

// A taken is a local variable that is declared as an element of a list or map.
type taken struct {
	v    *types.Var
	from *ast.IndexExpr
}

// takenBefore returns the local variables in free that are declared in the place's
// function, before it, as elements that are structs of types that are read.
func (ev *evaluator) takenBefore(p place, free map[types.Object]bool) []taken {
	var found []taken
	for obj := range free {
		v, ok := obj.(*types.Var)
		if !ok || v.Pos() >= p.pos || !ev.isOwnType(v.Type()) || ev.ix.functionAt(v.Pos()) != p.fn {
			continue
		}
		if from := takenFrom(v, p.fn); from != nil {
			found = append(found, taken{v, from})
		}
	}
	slices.SortFunc(found, func(a, b taken) int { return cmp.Compare(a.v.Pos(), b.v.Pos()) })
	return found
}

// takenFrom returns the element that v is declared as, in fn, or nil.
func takenFrom(v *types.Var, fn *function) *ast.IndexExpr {
	for _, n := range around(place{pkg: fn.pkg, fn: fn, pos: v.Pos()}) {
		s, ok := n.(*ast.AssignStmt)
		if !ok {
			continue
		}
		for i, l := range s.Lhs {
			if l.Pos() == v.Pos() && i < len(s.Rhs) {
				from, _ := ast.Unparen(s.Rhs[i]).(*ast.IndexExpr)
				return from
			}
		}
	}
	return nil
}

// chosen returns env once for each struct that t.v may be declared as, bound to it, or env
// itself where these are not known.
func (ev *evaluator) chosen(t taken, env *Env) []*Env {
	told := ev.eval(t.from, env)
	if told.Kind != Choice {
		return []*Env{env}
	}
	var envs []*Env
	for _, v := range told.Alts {
		switch {
		case v.Kind == Nil || v.Absent:
		case !ev.isOwn(v):
			return []*Env{env}
		default:
			at := env.with(t.v, Elem{Value: &v}, nil)
			at.scope.object = told.isLoose()
			envs = append(envs, at)
		}
	}
	return envs
}

// choice returns what env says that v is declared as.
func (env *Env) choice(v *types.Var) (Value, bool) {
	e, bound, final := env.lookup(v, v.Pos())
	if !bound || final || e.Value == nil {
		return Value{}, false
	}
	return *e.Value, true
}
