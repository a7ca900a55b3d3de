package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// This file runs what calls do to the variable of a flow, and tells which never return.

// effects applies what the calls in n do to what they are given, and what is stored in n.
func (f *flow) effects(n ast.Node, in state) state {
	given := func(t touch) bool { return !t.write && contains(n, t.pos) }
	if !f.touchedBy(given) {
		return in
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // closures run later
		case *ast.CallExpr:
			if sel := methodOn(f.env.pkg.TypesInfo, n); sel != nil {
				in = f.given(n, receiver, sel.X, in)
			}
			for i, arg := range n.Args {
				in = f.given(n, i, arg, in)
			}
			if s, ok := orInvalid(f.env.pkg.TypesInfo.TypeOf(n)).Underlying().(*types.Slice); ok && isBuiltin(f.env.pkg.TypesInfo, n) {
				in = f.stored(n.Args, s.Elem(), in)
			}
		case *ast.CompositeLit:
			if t, ok := orInvalid(f.env.pkg.TypesInfo.TypeOf(n)).Underlying().(interface{ Elem() types.Type }); ok {
				in = f.stored(n.Elts, t.Elem(), in)
			}
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if t := f.env.pkg.TypesInfo.TypeOf(lhs); len(n.Lhs) == len(n.Rhs) && t != nil {
					in = f.stored(n.Rhs[i:i+1], t, in)
				}
			}
		}
		return true
	})
	return in
}

// stored makes the variable unknown, for good, where its address, or that of a part, is among
// values that are stored as an empty interface: whoever is given one writes by reflection.
func (f *flow) stored(values []ast.Expr, as types.Type, in state) state {
	if !isAny(as) {
		return in
	}
	for _, e := range values {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		u, ok := ast.Unparen(e).(*ast.UnaryExpr)
		if !ok || u.Op != token.AND {
			continue
		}
		if root, _ := target(f.env.pkg.TypesInfo, u.X); root != nil && f.names.has(root) {
			f.loose = true
			in = f.set(u.X, in, unknown)
		}
	}
	return in
}

// given applies what a call does to the variable, or its address, as argument i.
func (f *flow) given(call *ast.CallExpr, i int, arg ast.Expr, in state) state {
	info := f.env.pkg.TypesInfo
	arg = ast.Unparen(arg)
	u, address := arg.(*ast.UnaryExpr)
	if address = address && u.Op == token.AND; address {
		arg = u.X
	}
	address = address || i == receiver
	root, path := target(info, arg)
	if root == nil || !f.names.has(root) || !address && (len(path) > 0 || !isReference(root.Type())) {
		return in
	}
	name, obj := f.ev.ix.callee(info, call)
	fn := f.ev.ix.function(obj)
	if isBuilder(root.Type()) && len(path) == 0 {
		if out, ok := f.builds(call, i, name, in); ok {
			return out
		}
	}
	switch {
	case address && sets(info, call, i):
		return f.set(arg, in, func(Value) Elem { return asElem(configured(f.ev.eval(call, f.env))) })
	case info.Types[call.Fun].IsType(), f.ev.pure[name]:
		return in
	case name == "" && isBuiltin(info, call):
		if id := asIdent(call.Fun); i == 0 && (id.Name == "delete" || id.Name == "clear" || id.Name == "copy") {
			return f.set(arg, in, unknown)
		}
		return in
	case address && i != receiver && isAny(parameterType(info, call, i)):
		return f.set(arg, in, unknown) // whoever is given it writes by reflection
	case len(path) == 0 && fn != nil && fn.body != nil:
		return f.through(fn, f.env, call, i, in)
	case len(path) == 0 && !isDeclared(obj):
		return f.throughAny(call, i, in)
	case i == receiver:
		return in // its own methods
	case address:
		return f.set(arg, in, unknown)
	}
	var out state
	for _, v := range in {
		if f.ev.mayChange(v, name) {
			v = Value{}
		}
		out = append(out, v)
	}
	return out
}

// mayChange reports whether a function that is not read, given v, may change it: maps,
// structs of other packages, and lists that are sorted.
func (ev *evaluator) mayChange(v Value, callee string) bool {
	switch v.Kind {
	case Map:
		return true
	case Struct:
		n, ok := deref(v.Type).(*types.Named)
		return !ok || !ev.ix.reads(n.Obj())
	case String:
		return isBuilder(v.Type)
	case List:
		return strings.HasPrefix(callee, "sort.") || strings.HasPrefix(callee, "slices.")
	}
	return false
}

// throughAny is through for the call of a value: of each function that it may be.
func (f *flow) throughAny(call *ast.CallExpr, i int, in state) state {
	var out state
	f.ev.eval(call.Fun, f.env).each(func(fun Value) {
		if fun.Kind == Func && fun.Fn != nil {
			out = f.join(out, f.through(fun.Fn, fun.Env, call, i, in))
		} else if fun.Kind != Nil {
			out = f.join(out, state{{}})
		}
	})
	return out
}

// through runs the function that a call calls for the sake of its parameter i, to which
// the variable is given.
func (f *flow) through(fn *function, lexical *Env, call *ast.CallExpr, i int, in state) state {
	for p, index := range fn.params {
		v, ok := p.(*types.Var)
		if index != i || !ok || isStruct(v.Type()) || variadic(fn, i) {
			continue
		}
		if isAny(v.Type()) || slices.ContainsFunc(f.ev.ix.touches[v], func(t touch) bool { return t.fn != fn }) {
			return state{{}} // what is given on within, or in a closure, is not followed
		}
		if len(f.ev.ix.touches[v]) == 0 {
			continue
		}
		switch {
		case f.env.depth > maxDepth:
			f.ev.cutoffs.n++
			return state{{}}
		case f.ev.active[v] > maxActive:
			f.ev.cycle(v)
			return state{{}}
		}
		f.ev.active[v]++
		defer func() { f.ev.active[v]-- }()
		env := f.ev.entering(fn, nil, call, f.env.deeper(1), lexical)
		inner := &flow{ev: f.ev, env: env, v: v, names: &names{v}, lent: true}
		if types.Identical(v.Type(), f.v.Type()) {
			inner.only = f.only
		}
		return f.join(inner.block(fn.body.List, in), inner.out)
	}
	return in
}

// mayEnd reports whether a statement holds one that leaves the statements around it.
func (ev *evaluator) mayEnd(n ast.Node) bool {
	if ends, ok := ev.ends[n]; ok {
		return ends
	}
	ends := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.BranchStmt:
			ends = true
		case *ast.ExprStmt:
			_, ok := n.X.(*ast.CallExpr)
			ends = ends || ok && isExit(n)
		}
		return !ends
	})
	ev.ends[n] = ends
	return ends
}

// isExit reports whether a statement looks like a call that does not return.
func isExit(s *ast.ExprStmt) bool {
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name == "panic"
	case *ast.SelectorExpr:
		return fun.Sel.Name == "Exit" || strings.HasPrefix(fun.Sel.Name, "Fatal") || strings.HasPrefix(fun.Sel.Name, "Panic")
	}
	return false
}

var exits = map[string]bool{
	"os.Exit": true, "log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true, "log.Panic": true, "log.Panicf": true, "log.Panicln": true,
	"runtime.Goexit": true,
}

// endsProgram reports whether a statement is a call that does not return.
func (ev *evaluator) endsProgram(s *ast.ExprStmt, info *types.Info) bool {
	if !isExit(s) {
		return false
	}
	call := s.X.(*ast.CallExpr)
	if isBuiltin(info, call) {
		return true
	}
	name, _ := callee(info, call)
	return exits[name]
}
