package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// This file tells what a string that is not known may be behind a condition that asks for it:
// if set[key], if key == "a" || key == "b", if slices.Contains(keys, key), case "a", "b".

// narrowed returns what v, which a condition names as one of names, is where that holds. ok is
// false where the condition does not say.
func (ev *evaluator) narrowed(cond ast.Expr, names *names, env *Env) (alts []Value, ok bool) {
	switch c := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch c.Op {
		case token.LAND:
			if alts, ok = ev.narrowed(c.X, names, env); !ok {
				alts, ok = ev.narrowed(c.Y, names, env)
			}
			return alts, ok
		case token.LOR:
			x, okX := ev.narrowed(c.X, names, env)
			y, okY := ev.narrowed(c.Y, names, env)
			return append(x, y...), okX && okY
		case token.EQL:
			for _, side := range [][2]ast.Expr{{c.X, c.Y}, {c.Y, c.X}} {
				if names.has(local(env.pkg.TypesInfo, side[0])) {
					return ev.wordsOf(ev.eval(side[1], env))
				}
			}
		}
	case *ast.IndexExpr:
		if names.has(local(env.pkg.TypesInfo, c.Index)) {
			return ev.members(ev.eval(c.X, env))
		}
	case *ast.CallExpr:
		name, _ := ev.ix.callee(env.pkg.TypesInfo, c)
		if name == "slices.Contains" && len(c.Args) == 2 && names.has(local(env.pkg.TypesInfo, c.Args[1])) {
			return ev.wordsOf(elements(ev.eval(c.Args[0], env), ev.elem)...)
		}
	}
	return nil, false
}

// elements returns the elements of a list that is known, else one that is not.
func elements(list Value, elem func(Elem) Value) []Value {
	if list.Kind != List {
		return []Value{{}}
	}
	var vs []Value
	for _, e := range list.Elems {
		vs = append(vs, elem(e))
	}
	return vs
}

// wordsOf returns values with ok where all are strings that are known.
func (ev *evaluator) wordsOf(vs ...Value) (words []Value, ok bool) {
	ok = true
	for _, v := range vs {
		v.each(func(v Value) {
			ok = ok && v.Kind == String && v.isKnown() && !v.Default
			words = append(words, v)
		})
	}
	return words, ok && len(words) <= maxAlternatives
}

// members returns the keys of a map of Booleans that are true in it.
func (ev *evaluator) members(set Value) (keys []Value, ok bool) {
	if set.Kind != Map {
		return nil, false
	}
	for _, e := range set.Elems {
		switch in := ev.elem(e); {
		case in.Kind != Boolean:
			return nil, false
		case in.Bool || in.Default:
			keys = append(keys, ev.elem(*e.Key))
		}
	}
	return ev.wordsOf(keys...)
}

// guarded returns what a string that nothing changes is, by the conditions around a place
// where it is named; v itself where they do not say.
func (ev *evaluator) guarded(obj *types.Var, v Value, use token.Pos, env *Env) Value {
	if v.Kind != Unknown || !isString(obj.Type()) || ev.deciding > 0 {
		return v
	}
	for _, cond := range ev.guards(obj, use) {
		if alts, ok := ev.narrowed(cond, &names{obj}, env); ok && len(alts) > 0 {
			return choice(alts)
		}
	}
	return v
}

// A guardedUse is where a variable is named.
type guardedUse struct {
	v   *types.Var
	use token.Pos
}

// guards returns the conditions that hold where a variable is named, and name it, innermost
// first.
func (ev *evaluator) guards(v *types.Var, use token.Pos) []ast.Expr {
	at := guardedUse{v, use}
	if known, ok := ev.guardsOf[at]; ok {
		return known
	}
	var found []ast.Expr
	if fn := ev.ix.functionAt(use); fn != nil && fn.contains(v.Pos()) {
		add := func(cond ast.Expr) {
			if mentions(fn.pkg.TypesInfo, []ast.Expr{cond}, v) > 0 {
				found = append(found, cond)
			}
		}
		for _, n := range slices.Backward(around(place{pkg: fn.pkg, fn: fn, pos: use})) {
			if s, ok := n.(*ast.IfStmt); ok && contains(s.Body, use) {
				add(s.Cond)
			}
		}
	}
	ev.guardsOf[at] = found
	return found
}
