package scanner

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// Limits of evaluation. They are far above what programs written by hand need; what
// they cut off is reported.
const (
	maxCallers      = 12   // levels of callers that are followed upwards
	maxDepth        = 40   // levels of expressions and calls that are followed downwards
	maxContexts     = 500  // ways in which one call site is reached
	maxDefining     = 5000 // ways in which one that defines metrics is reached
	maxAlternatives = 64   // values that one expression may have
	maxString       = 1000 // bytes of a string
	maxFuel         = 2e6  // evaluations for all the callers of one call
)

// A finder enumerates the contexts of call sites.
type finder struct {
	ev     *evaluator
	active map[*function]bool    // on the way up: recursion ends there
	left   int                   // contexts that may still be made
	cut    bool                  // something was cut off
	self   map[types.Object]Elem // what is bound whoever calls
	fuel   int                   // evaluations that callers may be given beyond the first
	fork   bool                  // tell the ways through branches apart
	passed []*function           // those whose callers were asked for
	ended  []*function           // those that recursion ended at
	top    int                   // the highest level so far

	// defining asks which callers' calls are reached. Uses need not: they add what their
	// call would say if it were.
	defining bool
}

// contexts returns the ways in which a place is reached, as far as they matter to the
// expressions in need: no more than limit, and cut where there are more. Ways through
// branches before the place are told apart, but not while a field is being told, which
// would take too long.
func (ev *evaluator) contexts(p place, need []ast.Expr, limit int, defining bool) (envs []*Env, cut bool) {
	return ev.contextsWith(p, need, limit, defining, nil)
}

// contextsWith returns the contexts in which self is bound, whoever calls.
func (ev *evaluator) contextsWith(p place, need []ast.Expr, limit int, defining bool, self map[types.Object]Elem) (envs []*Env, cut bool) {
	f := &finder{ev: ev, self: self, active: map[*function]bool{}, left: limit, fork: ev.telling == 0, defining: defining}
	if f.defining && ev.telling == 0 {
		f.fuel = maxFuel
	}
	if ev.telling < 2 {
		defer func(steps int) { ev.steps = steps }(ev.steps)
	}
	switch {
	case ev.telling > 0:
	case defining:
		ev.steps = max(maxSteps, 10*limit)
	default:
		ev.steps = maxUse
	}
	envs = f.place(p, need, 0)
	return envs, f.cut
}

// known returns the contexts of a place, or where there are too many one that binds
// nothing: what holds in it holds whoever calls.
func (ev *evaluator) known(p place, need []ast.Expr, limit int) []*Env {
	envs, cut := ev.contexts(p, need, limit, false)
	if cut {
		return []*Env{{pkg: p.pkg}}
	}
	return envs
}

func (f *finder) place(p place, need []ast.Expr, level int) []*Env {
	free := f.ev.free(p, need, f.defining)
	envs := f.looped(p, free, level)
	if f.fork {
		for _, s := range f.ev.branches(p, free, need) {
			envs = f.assume(s, envs)
		}
	}
	return envs
}

// function returns the contexts of fn's body in which the parameters in free are
// bound by each of its callers. Where others than those that are known may call it,
// there is a context that binds nothing.
func (f *finder) function(fn *function, pkg *packages.Package, free map[types.Object]bool, level int) []*Env {
	if fn == nil {
		return []*Env{{pkg: pkg}}
	}
	switch {
	case f.self != nil || f.ev.deciding > 0:
		return f.callersOf(fn, pkg, free, level)
	case level > 0:
		return f.climbed(fn, pkg, free, level)
	}
	// The calls of one function often depend on the same parameters.
	key := f.reach(fn, free)
	if known, ok := f.ev.reaches[key]; ok {
		f.left, f.cut = known.left, known.cut
		return known.envs
	}
	before := f.ev.cutoffs
	envs := f.callersOf(fn, pkg, free, level)
	if f.ev.whole(before) { // what was cut off may be told another time
		f.ev.reaches[key] = reached{envs, f.left, f.cut}
	}
	return envs
}

// A climb is what climbed told of a function's body.
type climb struct {
	envs          []*Env
	passed        []*function // as finder's
	height, spent int         // levels above its own, and contexts that were counted
}

// climbed returns what callersOf does: once, where several functions have fn among those that
// led to them.
func (f *finder) climbed(fn *function, pkg *packages.Package, free map[types.Object]bool, level int) []*Env {
	key := f.reach(fn, free)
	key.left, key.telling = 0, f.ev.telling > 0
	isActive := func(fn *function) bool { return f.active[fn] }
	if known, ok := f.ev.climbs[key]; ok && level+known.height <= maxCallers && known.spent <= f.left && !slices.ContainsFunc(known.passed, isActive) {
		f.spend(known.spent)
		f.passed = append(f.passed, known.passed...)
		f.top = max(f.top, level+known.height)
		return slices.Clone(known.envs)
	}
	before, passed, ended, left, top := f.ev.cutoffs, len(f.passed), len(f.ended), f.left, f.top
	f.top = level
	envs := f.callersOf(fn, pkg, free, level)
	if f.ev.whole(before) && !f.cut && !slices.ContainsFunc(f.ended[ended:], isActive) {
		f.ev.climbs[key] = climb{slices.Clone(envs), slices.Clone(f.passed[passed:]), f.top - level, left - f.left}
	}
	f.top = max(top, f.top)
	return envs
}

// A reach is what the contexts of a function's body depend on.
type reach struct {
	fn             *function
	free           string // the positions of what is free
	left           int
	fork, defining bool
	telling        bool // while climbing
}

// A reached is what callersOf told.
type reached struct {
	envs []*Env
	left int
	cut  bool
}

func (f *finder) reach(fn *function, free map[types.Object]bool) reach {
	var at []int
	for obj := range free {
		_, looped := f.ev.ix.ranges[obj]
		for of := fn; of != nil; of = of.outer {
			if _, ok := of.params[obj]; ok || looped || of != fn && of.contains(obj.Pos()) && f.ev.isOwnType(obj.Type()) {
				at = append(at, int(obj.Pos()))
				break
			}
		}
	}
	slices.Sort(at)
	return reach{fn: fn, free: fmt.Sprint(at), left: f.left, fork: f.fork, defining: f.defining}
}

// callersOf returns the contexts that function does.
func (f *finder) callersOf(fn *function, pkg *packages.Package, free map[types.Object]bool, level int) []*Env {
	base := []*Env{{pkg: pkg}}
	if fn.outer != nil {
		base = f.looped(place{pkg: pkg, fn: fn.outer, pos: fn.node.Pos()}, free, level)
	}
	var params []types.Object
	for p := range fn.params {
		if self, ok := f.self[p]; ok {
			base = bindAll(base, p, self)
		} else if free[p] {
			params = append(params, p)
		}
	}
	slices.SortFunc(params, func(a, b types.Object) int { return cmp.Compare(a.Pos(), b.Pos()) })
	if len(params) == 0 {
		return base
	}
	if f.active[fn] {
		f.ended = append(f.ended, fn)
		return base
	}
	if level >= maxCallers {
		f.cut = true
		return base
	}
	if level == 0 && fn.outer == nil {
		return f.remembered(fn, params, func() []*Env { return f.bound(fn, params, base, 0) })
	}
	return f.bound(fn, params, base, level)
}

// A reaching is the ways in which a function is reached.
type reaching struct {
	envs []*Env
	cut  bool
}

// remembered returns the contexts of a function of which one asks first; the calls that
// stand in it share them.
func (f *finder) remembered(fn *function, params []types.Object, find func() []*Env) []*Env {
	key := fmt.Appendf(nil, "%d %t %t %d", fn.node.Pos(), f.defining, f.fork, f.left)
	for _, p := range params {
		key = fmt.Appendf(key, " %d", p.Pos())
	}
	if f.ev.telling > 0 || f.ev.deciding > 0 {
		return find()
	}
	known, ok := f.ev.reachings[string(key)]
	if !ok {
		known = reaching{find(), f.cut}
		f.ev.reachings[string(key)] = known
	}
	f.cut = f.cut || known.cut
	return known.envs
}

// bound returns the contexts in which the callers of fn bind the parameters.
func (f *finder) bound(fn *function, params []types.Object, base []*Env, level int) []*Env {
	f.active[fn] = true
	f.passed, f.top = append(f.passed, fn), max(f.top, level)
	defer delete(f.active, fn)
	sites, open := f.ev.callers(fn)
	var envs []*Env
	for _, s := range sites {
		f.refuel()
		args, _ := f.arguments(fn, s, params)
		if len(args) == 0 {
			open = true // says nothing of what matters
		} else if s.fn != fn && !f.cut {
			called := f.called(fn, s, args, base, level)
			envs = append(envs, slices.DeleteFunc(called, func(env *Env) bool { return handsOn(env, params) })...)
		}
	}
	envs, endless := f.recursive(fn, sites, params, envs)
	switch {
	case open || endless:
		envs = append(envs, f.objects(base, params, false)...)
	case len(envs) == 0:
		envs = base
	}
	return envs
}

// handsOn reports whether a context binds each of params to itself, as it was when functions
// that call one another began to: whoever called then said it already.
func handsOn(env *Env, params []types.Object) bool {
	return !slices.ContainsFunc(params, func(p types.Object) bool {
		e, bound, _ := env.lookup(p, p.Pos())
		for bound && e.Value == nil && e.Env != nil {
			id, ok := ast.Unparen(orBad(e.Expr)).(*ast.Ident)
			if !ok {
				return true
			}
			v := e.Env.pkg.TypesInfo.Uses[id]
			if v == p {
				return false
			}
			if v == nil {
				return true
			}
			e, bound, _ = e.Env.lookup(v, id.Pos())
		}
		return true
	})
}

// bindAll returns envs with obj bound as well.
func bindAll(envs []*Env, obj types.Object, e Elem) []*Env {
	bound := make([]*Env, len(envs))
	for i, env := range envs {
		bound[i] = env.with(obj, e, nil)
	}
	return bound
}

// refuel gives the next caller as many evaluations as the first had: what one says should
// not depend on how many there are.
func (f *finder) refuel() {
	if need := maxSteps - max(f.ev.steps, 0); need > 0 && f.fuel >= need {
		f.fuel -= need
		f.ev.steps = maxSteps
	}
}

// maxRecursion bounds how often a function's calls of itself are followed.
const maxRecursion = 3

// recursive adds the contexts in which fn calls itself. endless reports whether there
// are more.
func (f *finder) recursive(fn *function, sites []*site, params []types.Object, envs []*Env) (all []*Env, endless bool) {
	last := envs
	for i := 0; len(last) > 0; i++ {
		var next []*Env
		for _, s := range sites {
			args, repeats := f.arguments(fn, s, params)
			if s.fn != fn || repeats {
				continue
			}
			for _, from := range last {
				if f.ev.reached(s.fn, s.pos, from) && !f.cut {
					next = append(next, f.ev.bindCall(fn, s, args, from, from))
					f.spend(1)
				}
			}
		}
		if i == maxRecursion {
			return envs, len(next) > 0
		}
		envs, last = append(envs, next...), next
	}
	return envs, false
}

// spend counts n contexts more.
func (f *finder) spend(n int) {
	if f.left -= n; f.left < 0 {
		f.cut = true
	}
}

// A passed is an argument of a call. Those of one call are in the order of the parameters.
type passed struct {
	param types.Object
	arg   ast.Expr
}

// arguments returns what s passes for the parameters. repeats reports whether it hands
// on what they are.
func (f *finder) arguments(fn *function, s *site, params []types.Object) (args []passed, repeats bool) {
	repeats = s.fn == fn
	for _, p := range params {
		if arg := argument(s, fn, fn.params[p]); arg != nil {
			args = append(args, passed{p, arg})
			repeats = repeats && s.pkg.TypesInfo.Uses[asIdent(arg)] == p
		}
	}
	return args, repeats
}

// called returns the contexts of fn's body when s calls it.
func (f *finder) called(fn *function, s *site, args []passed, base []*Env, level int) []*Env {
	var need []ast.Expr
	for _, a := range args {
		need = append(need, a.arg)
	}
	froms := slices.DeleteFunc(f.place(s.place, need, level+1), func(from *Env) bool {
		return f.defining && !f.ev.reached(s.fn, s.pos, from)
	})
	var envs []*Env
	froms, envs = f.alike(fn, s, args, froms, base)
	for _, from := range froms {
		for _, b := range base {
			if f.spend(1); f.cut {
				return envs
			}
			envs = append(envs, f.ev.bindCall(fn, s, args, from, b))
		}
	}
	return envs
}

// maxAlike is how many contexts of a call that say the same are told apart.
const maxAlike = 8

// alike makes one context of those, where they are many, in which a call passes the same
// plain values: who it was that said them, far above, is not told apart. rest are the
// others.
func (f *finder) alike(fn *function, s *site, args []passed, froms, base []*Env) (rest, envs []*Env) {
	if len(froms) <= maxAlike || fn.typ.Params != nil && variadic(fn, fn.typ.Params.NumFields()-1) {
		return froms, nil
	}
	groups := map[string][]*Env{}
	values := map[string]map[types.Object]Value{}
	var keys []string
	for _, from := range froms {
		key, vs := f.plain(args, from)
		if vs == nil {
			rest = append(rest, from)
			continue
		}
		if groups[key] == nil {
			keys = append(keys, key)
			values[key] = vs
		}
		groups[key] = append(groups[key], from)
	}
	for _, key := range keys {
		if len(groups[key]) <= maxAlike {
			rest = append(rest, groups[key]...)
			continue
		}
		for _, b := range base {
			f.spend(1)
			env := f.ev.bindCall(fn, s, args, &Env{pkg: s.pkg}, b)
			for p, v := range values[key] {
				env.scope.binds(p, Elem{Value: &v})
			}
			envs = append(envs, env)
		}
	}
	return rest, envs
}

// plain returns the values of arguments in a context, and a key that is the same for the
// same values; nil where one is more than a plain value.
func (f *finder) plain(args []passed, from *Env) (string, map[types.Object]Value) {
	vs := map[types.Object]Value{}
	cuts := f.ev.cutoffs.n
	var key []byte
	for _, a := range args {
		v := f.ev.eval(a.arg, from)
		switch v.Kind {
		case Unknown:
			at := a.arg.Pos()
			if v.Why != nil {
				at = v.Why.Pos()
			}
			key = fmt.Appendf(key, "?%d,", at)
		case Nil, String, Number, Boolean:
			key = fmt.Appendf(key, "%d%q %v %t %t,", v.Kind, v.Str, v.Num, v.Bool, v.Default)
		default:
			return "", nil
		}
		if f.ev.cutoffs.n != cuts { // all would be the same, unknown
			return "", nil
		}
		vs[a.param] = v
	}
	return string(key), vs
}

// bindCall returns the context of fn's body when s calls it.
func (ev *evaluator) bindCall(fn *function, s *site, args []passed, callerEnv, lexical *Env) *Env {
	sc := &scope{bind: make(bindings, 0, len(args)), fn: fn, caller: s, from: callerEnv}
	if fn.outer != nil && lexical != nil {
		sc.outer = lexical.scope
	}
	for _, a := range args {
		e := Elem{Expr: a.arg, Env: callerEnv}
		if variadic(fn, fn.params[a.param]) && !s.call.Ellipsis.IsValid() {
			v := Value{Kind: List, Type: a.param.Type()}
			for _, more := range s.call.Args[fn.params[a.param]:] {
				v.Elems = append(v.Elems, Elem{Expr: more, Env: callerEnv})
			}
			e = Elem{Value: &v}
		}
		sc.bind = append(sc.bind, binding{a.param, e})
	}
	return &Env{pkg: fn.pkg, scope: sc, depth: callerEnv.depth + 1}
}

// argument returns what s passes for the parameter with that index, or nil. A variadic
// parameter that is given nothing has the call itself for an argument.
func argument(s *site, fn *function, index int) ast.Expr {
	switch {
	case index == receiver:
		if f, ok := calleeObject(s.pkg.TypesInfo, s.call).(*types.Func); ok && isInterfaceMethod(f) {
			return nil // whatever is in the interface
		}
		if sel, ok := calledExpr(s.pkg.TypesInfo, s.call).(*ast.SelectorExpr); ok {
			return sel.X
		}
	case index < len(s.call.Args):
		return s.call.Args[index]
	case index == len(s.call.Args) && variadic(fn, index):
		return s.call
	}
	return nil
}
