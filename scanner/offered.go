package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// This file tells what a program does not run by default: what stands behind a flag that is
// off, and the functions that are kept in a table and called from it only where one is on.

// off reports whether a place is not reached by default, in a context.
func (ev *evaluator) off(at place, env *Env) bool {
	for range maxCallers {
		if ev.offWithin(at, env) {
			return true
		}
		caller, from := env.caller()
		if caller == nil {
			return at.fn != nil && ev.offFunction(at.fn)
		}
		at, env = caller.place, from
	}
	return false
}

// offWithin reports whether control does not come to a place by default when its function, and
// those around that, are run: the same in all contexts that bind the same.
func (ev *evaluator) offWithin(at place, env *Env) bool {
	if env == nil {
		env = &Env{pkg: at.pkg}
	}
	way := arrival{ev.sameWay(at.fn, at.pos), ev.alike(env.scope)}
	if known, ok := ev.offWays[way]; ok {
		return known
	}
	before := ev.cutoffs
	off := ev.findOff(at, env)
	if ev.whole(before) {
		ev.offWays[way] = off
	}
	return off
}

// findOff returns what offWithin does.
func (ev *evaluator) findOff(at place, env *Env) bool {
	pos := at.pos
	for fn := at.fn; fn != nil && fn.body != nil; fn = fn.outer {
		if ev.asks(fn, pos) && !ev.passes(fn, pos, env, true) {
			return true
		}
		pos = fn.node.Pos()
	}
	return false
}

// asks reports whether a function has conditions before a place, or around it.
func (ev *evaluator) asks(fn *function, pos token.Pos) bool {
	return slices.ContainsFunc(fn.body.List, func(s ast.Stmt) bool {
		return s.Pos() <= pos && (ev.mayEnd(s) || contains(s, pos) && hasBranch(s))
	})
}

// hasBranch reports whether a statement is one that branches, or holds one.
func hasBranch(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.IfStmt, *ast.SwitchStmt:
			found = true
		}
		return !found
	})
	return found
}

// offFunction reports whether a function is not run by default.
func (ev *evaluator) offFunction(fn *function) bool {
	if off, ok := ev.offs[fn]; ok {
		return off
	}
	ev.offs[fn] = false
	ev.steps = maxSteps
	if fn.outer != nil {
		ev.offs[fn] = ev.offFunction(fn.outer)
		return ev.offs[fn]
	}
	f, ok := fn.obj.(*types.Func)
	if !ok {
		return false
	}
	if recv := receiverName(f); recv != nil {
		ev.offs[fn] = ev.neverMade(recv)
		return ev.offs[fn]
	}
	sites, values := ev.ix.callers(f), ev.ix.values(f)
	if len(sites)+len(values) == 0 {
		return false
	}
	on := func(at place) bool { return !ev.off(at, &Env{pkg: at.pkg}) }
	ev.offs[fn] = !slices.ContainsFunc(sites, func(s *site) bool { return on(s.place) }) &&
		!slices.ContainsFunc(values, func(m mention) bool { return !ev.offTable(m) })
	return ev.offs[fn]
}

// neverMade reports whether the program makes no struct of a type by default.
func (ev *evaluator) neverMade(t *types.TypeName) bool {
	made := ev.ix.objects(t)
	return len(made) > 0 && !slices.ContainsFunc(made, func(m madeStruct) bool { return !ev.off(m.place, &Env{pkg: m.pkg}) })
}

// offTable reports whether a function is named as the argument of one that keeps it in a
// table, from which it is not called by default.
func (ev *evaluator) offTable(m mention) bool {
	call, ok := m.parent.(*ast.CallExpr)
	if !ok {
		return false
	}
	keeper := ev.ix.function(calleeObject(m.pkg.TypesInfo, call))
	i := slices.IndexFunc(call.Args, func(e ast.Expr) bool { return contains(e, m.pos) })
	if keeper == nil || i < 0 {
		return false
	}
	p := slices.IndexFunc(keeper.named, func(p types.Object) bool { return keeper.params[p] == i })
	if p < 0 || len(ev.ix.callers(keeper.named[p])) > 0 {
		return false
	}
	at := &site{place: m.place, call: call}
	env := ev.bindCall(keeper, at, arguments(at, keeper), &Env{pkg: m.pkg}, nil)
	kept := ev.ix.values(keeper.named[p])
	return len(kept) > 0 && !slices.ContainsFunc(kept, func(k mention) bool { return !ev.offElement(k, env) })
}

// offElement reports whether a mention of a function in env writes it to an element of a map
// with a key that is known, which is called and not by default.
func (ev *evaluator) offElement(k mention, env *Env) bool {
	s, ok := k.parent.(*ast.AssignStmt)
	if !ok || len(s.Lhs) != 1 {
		return false
	}
	index, ok := ast.Unparen(s.Lhs[0]).(*ast.IndexExpr)
	if !ok {
		return false
	}
	table := namedVar(k.pkg.TypesInfo, index.X)
	key := ev.eval(index.Index, env)
	if table == nil || isLocal(table) || !key.isKnown() {
		return false
	}
	calls := ev.ix.tables(table)
	return len(calls) > 0 && !slices.ContainsFunc(calls, func(c *site) bool { return c == nil || !ev.offCall(c, key) })
}

// offCall reports whether a call of table[key](…) is not reached by default for a key.
func (ev *evaluator) offCall(c *site, key Value) bool {
	index := ast.Unparen(c.call.Fun).(*ast.IndexExpr)
	v := local(c.pkg.TypesInfo, index.Index)
	if v == nil {
		return false
	}
	envs := []*Env{(&Env{pkg: c.pkg}).with(v, Elem{Value: &key}, nil)}
	for _, l := range loopsAround(c.place) {
		if l.key != types.Object(v) {
			continue
		}
		all, ok := ev.iterations(l, &Env{pkg: c.pkg})
		if !ok {
			return false
		}
		envs = slices.DeleteFunc(all, func(env *Env) bool { return !ev.eval(index.Index, env).same(key) })
	}
	return len(envs) > 0 && !slices.ContainsFunc(envs, func(env *Env) bool { return !ev.offWithin(c.place, env) })
}
