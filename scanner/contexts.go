package scanner

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Limits of evaluation. They are far above what programs written by hand need; what
// they cut off is reported.
const (
	maxCallers      = 12  // levels of callers that are followed upwards
	maxDepth        = 40  // levels of expressions and calls that are followed downwards
	maxContexts     = 500 // ways in which one call site is reached
	maxAlternatives = 64  // values that one expression may have
)

// An Env says what the parameters and loop variables of one function mean, in one
// way of reaching it.
type Env struct {
	pkg    *packages.Package
	bind   map[types.Object]Elem
	outer  *Env  // what is bound around it: outer loops, or a closure's function
	caller *site // the call that bound the parameters; nil: not bound
	from   *Env  // the context of that call
	depth  int
}

// lookup returns what obj is bound to.
func (env *Env) lookup(obj types.Object) (Elem, bool) {
	for e := env; e != nil; e = e.outer {
		if b, ok := e.bind[obj]; ok {
			return b, true
		}
	}
	return Elem{}, false
}

// with returns env with obj bound as well.
func (env *Env) with(obj types.Object, e Elem) *Env {
	inner := env.deeper(0)
	inner.bind = map[types.Object]Elem{obj: e}
	return inner
}

// deeper returns a context that is env, n levels further from where evaluation began.
func (env *Env) deeper(n int) *Env {
	return &Env{pkg: env.pkg, outer: env, caller: env.caller, from: env.from, depth: env.depth + n}
}

// root returns the site of the outermost call that led to env, or nil.
func (env *Env) root() *site {
	var s *site
	for ; env != nil && env.caller != nil; env = env.from {
		s = env.caller
	}
	return s
}

// key identifies the chain of calls that led to env.
func (env *Env) key() string {
	var b strings.Builder
	for ; env != nil && env.caller != nil; env = env.from {
		fmt.Fprintf(&b, "%d ", env.caller.call.Pos())
	}
	return b.String()
}

// A finder enumerates the contexts of call sites.
type finder struct {
	ev     *evaluator
	active map[*function]bool // on the way up: recursion ends there
	left   int                // contexts that may still be made
	cut    bool               // something was cut off
}

// contexts returns the ways in which a site is reached, as far as they matter to the
// expressions in need. cut reports whether there are more than were enumerated.
func (ev *evaluator) contexts(s *site, need []ast.Expr) (envs []*Env, cut bool) {
	f := &finder{ev: ev, active: map[*function]bool{}, left: maxContexts}
	return f.site(s, need, 0), f.cut
}

func (f *finder) site(s *site, need []ast.Expr, level int) []*Env {
	free := f.ev.free(s, need)
	envs := f.function(s.fn, s.pkg, free, level)
	for _, loop := range s.loops {
		key, value := rangeObjects(s.pkg.TypesInfo, loop)
		if !free[key] && !free[value] {
			continue
		}
		var next []*Env
		for _, env := range envs {
			next = append(next, f.elements(loop, key, value, env)...)
		}
		envs = next
	}
	return envs
}

// elements returns env once for each element that a range loop runs over, or env
// itself where they are not known.
func (f *finder) elements(loop *ast.RangeStmt, key, value types.Object, env *Env) []*Env {
	var envs []*Env
	over := f.ev.eval(loop.X, env)
	over.each(func(v Value) {
		if v.Kind != List && v.Kind != Map {
			return
		}
		for i, e := range v.Elems {
			if f.left--; f.left < 0 {
				f.cut = true
				return
			}
			inner := env
			if value != nil {
				inner = inner.with(value, e)
			}
			if key != nil && e.Key != nil {
				inner = inner.with(key, *e.Key)
			} else if key != nil {
				n := num(float64(i))
				inner = inner.with(key, Elem{Value: &n})
			}
			envs = append(envs, inner)
		}
	})
	if len(envs) == 0 {
		return []*Env{env}
	}
	return envs
}

// function returns the contexts of fn's body in which the parameters in free are
// bound by each of its callers.
func (f *finder) function(fn *function, pkg *packages.Package, free map[types.Object]bool, level int) []*Env {
	base := []*Env{{pkg: pkg}}
	if fn == nil {
		return base
	}
	if fn.outer != nil {
		base = f.function(fn.outer, pkg, free, level)
	}
	var params []types.Object
	for p := range fn.params {
		if free[p] {
			params = append(params, p)
		}
	}
	if len(params) == 0 || fn.obj == nil || f.active[fn] {
		return base
	}
	if level >= maxCallers {
		f.cut = true
		return base
	}
	f.active[fn] = true
	defer delete(f.active, fn)
	var envs []*Env
	for _, s := range f.ev.ix.callers[fn.obj] {
		args := map[types.Object]ast.Expr{}
		var need []ast.Expr
		for _, p := range params {
			if arg := argument(s, fn, fn.params[p]); arg != nil {
				args[p] = arg
				need = append(need, arg)
			}
		}
		for _, callerEnv := range f.site(s, need, level+1) {
			for _, b := range base {
				if f.left--; f.left < 0 {
					f.cut = true
					return envs
				}
				envs = append(envs, f.ev.bindCall(fn, s, args, callerEnv, b))
			}
		}
	}
	if len(envs) == 0 {
		return base
	}
	return envs
}

// bindCall returns the context of fn's body when s calls it.
func (ev *evaluator) bindCall(fn *function, s *site, args map[types.Object]ast.Expr, callerEnv, lexical *Env) *Env {
	env := &Env{pkg: fn.pkg, bind: map[types.Object]Elem{}, caller: s, from: callerEnv, depth: callerEnv.depth + 1}
	if fn.outer != nil {
		env.outer = lexical
	}
	for p, arg := range args {
		if variadic(fn, fn.params[p]) && !s.call.Ellipsis.IsValid() {
			v := Value{Kind: List, Type: p.Type()}
			for i := fn.params[p]; i < len(s.call.Args); i++ {
				v.Elems = append(v.Elems, Elem{Expr: s.call.Args[i], Env: callerEnv})
			}
			env.bind[p] = Elem{Value: &v, Env: callerEnv}
			continue
		}
		env.bind[p] = Elem{Expr: arg, Env: callerEnv}
	}
	return env
}

// argument returns what s passes for the parameter with that index, or nil.
func argument(s *site, fn *function, index int) ast.Expr {
	if index == receiver {
		if sel, ok := ast.Unparen(s.call.Fun).(*ast.SelectorExpr); ok {
			return sel.X
		}
		return nil
	}
	if index < len(s.call.Args) {
		return s.call.Args[index]
	}
	return nil
}

// variadic reports whether the parameter with that index takes the rest of the
// arguments.
func variadic(fn *function, index int) bool {
	fields := fn.typ.Params.List
	if len(fields) == 0 {
		return false
	}
	_, ok := fields[len(fields)-1].Type.(*ast.Ellipsis)
	n := 0
	for _, f := range fields {
		n += max(1, len(f.Names))
	}
	return ok && index == n-1
}

func rangeObjects(info *types.Info, loop *ast.RangeStmt) (key, value types.Object) {
	if loop.Key != nil {
		key = targetObject(info, loop.Key)
	}
	if loop.Value != nil {
		value = targetObject(info, loop.Value)
	}
	return key, value
}

// free returns the parameters and loop variables that the expressions depend on,
// through the local variables that they name.
func (ev *evaluator) free(s *site, need []ast.Expr) map[types.Object]bool {
	free := map[types.Object]bool{}
	seen := map[types.Object]bool{}
	var visit func(e ast.Node)
	visit = func(e ast.Node) {
		ast.Inspect(e, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			v, ok := s.pkg.TypesInfo.Uses[id].(*types.Var)
			if !ok || v.IsField() || seen[v] || s.pkg.Types != nil && v.Parent() == s.pkg.Types.Scope() {
				return true
			}
			seen[v] = true
			free[v] = true
			for _, w := range ev.ix.writes[v] {
				if w.expr != nil && w.pkg == s.pkg {
					visit(w.expr)
				}
			}
			return true
		})
	}
	for _, e := range need {
		visit(e)
	}
	return free
}
