package scanner

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// This file tells where every run has what a call registers: two families of one name
// that one registry has in one run must agree.

// meets returns, for what a call registers with a registry in a context, the functions
// that surely run the call whenever they run, each with the registry: the one that the
// call stands in and, as far as there is just one, its callers, up to the programs.
func (s *scan) meets(at place, env *Env, registry string) []string {
	var meets []string
	for range maxCallers {
		if !s.ev.surely(at, nil) {
			return meets
		}
		if at.fn == nil || startsWith(at.fn) {
			for _, main := range s.runs(at) {
				meets = append(meets, main+" "+registry)
			}
			return meets
		}
		caller, from := env.caller()
		if caller == nil {
			meets = append(meets, fmt.Sprint(s.ix.fset.Position(at.fn.node.Pos()), " ", registry))
			sites, open := s.ev.callers(at.fn)
			if open || len(sites) != 1 {
				return meets
			}
			caller, from = sites[0], nil
		}
		at, env = caller.place, from
	}
	return meets
}

// startsWith reports whether every run of a program that has fn begins with it.
func startsWith(fn *function) bool {
	f, ok := fn.obj.(*types.Func)
	return ok && f.Signature().Recv() == nil && (f.Name() == "init" || f.Name() == "main" && f.Pkg().Name() == "main")
}

// runs returns the programs that begin with what stands at a place. Where none is
// read, somebody may make one of all packages.
func (s *scan) runs(at place) []string {
	var runs []string
	programs := false
	for p, library := range s.prog.whole {
		if programs = programs || !library; !library && (p == at.pkg || reachesPackage(p, at.pkg, map[*packages.Package]bool{})) {
			runs = append(runs, p.PkgPath)
		}
	}
	if !programs {
		return []string{"any"}
	}
	return runs
}

// reachesPackage reports whether p imports another package, directly or not.
func reachesPackage(p, other *packages.Package, seen map[*packages.Package]bool) bool {
	for _, imp := range p.Imports {
		if imp == other {
			return true
		}
		if !seen[imp] {
			seen[imp] = true
			if reachesPackage(imp, other, seen) {
				return true
			}
		}
	}
	return false
}

// surely reports whether a place is reached whenever its function runs, in a context, unless
// there was an error before.
func (ev *evaluator) surely(at place, env *Env) bool {
	holds := func(cond ast.Expr, is bool) bool {
		if env == nil {
			return false
		}
		v := ev.condition(cond, env, func(env *Env) Value { return ev.eval(cond, env) })
		return v.Kind == Boolean && !v.Default && v.Bool == is
	}
	for _, n := range around(at) {
		switch n := n.(type) {
		case *ast.IfStmt:
			if contains(n.Body, at.pos) && !holds(n.Cond, true) || n.Else != nil && contains(n.Else, at.pos) && !holds(n.Cond, false) {
				return false
			}
		case *ast.CaseClause, *ast.CommClause:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			if l, ok := asLoop(at.pkg.TypesInfo, n); !ok || contains(l.body, at.pos) && !l.boundBy(env, at.pos) {
				return false
			}
		case *ast.BinaryExpr:
			if (n.Op == token.LAND || n.Op == token.LOR) && contains(n.Y, at.pos) {
				return false
			}
		case *ast.BlockStmt:
			for _, before := range n.List {
				check, ok := before.(*ast.IfStmt)
				if before.End() < at.pos && ev.mayEnd(before) && !(ok && (isErrorCheck(at.pkg.TypesInfo, check) || isExitBlock(check.Body) || holds(check.Cond, false))) {
					return false
				}
			}
		}
	}
	return true
}

// boundBy reports whether a context is one of the iterations of a loop around a place.
func (l loop) boundBy(env *Env, at token.Pos) bool {
	for _, v := range []types.Object{l.key, l.value} {
		if env == nil || v == nil {
			continue
		}
		if _, bound, _ := env.lookup(v, at); bound {
			return true
		}
	}
	return false
}

// isExitBlock reports whether a block ends in a call that does not return.
func isExitBlock(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	s, ok := b.List[len(b.List)-1].(*ast.ExprStmt)
	return ok && isExit(s)
}

// isErrorCheck reports whether a statement is if err != nil { … }.
func isErrorCheck(info *types.Info, check *ast.IfStmt) bool {
	if check.Else != nil {
		return false
	}
	cond, ok := ast.Unparen(check.Cond).(*ast.BinaryExpr)
	return ok && cond.Op == token.NEQ && isError(info.TypeOf(cond.X)) && info.Types[cond.Y].IsNil()
}

// meets returns where every run has what the definition makes with a wrap. A descriptor
// need not be sent.
func (d *Definition) meets(s *scan, w Wrap) []string {
	if d.Metric.Type == "" {
		return nil
	}
	var meets []string
	if d.into != "" && len(d.regs) == 0 {
		meets = s.meets(d.site.place, d.env, d.into)
	}
	for _, r := range d.regs {
		if r.whole && len(r.wraps) == 1 && r.wraps[0].registry != "" && r.wraps[0].same(w) && r.env.compatible(d.env) {
			meets = append(meets, s.meets(r.site.place, r.env, r.wraps[0].registry+r.wraps[0].made)...)
		}
	}
	slices.Sort(meets)
	return slices.Compact(meets)
}

// madeBy tells what a call makes from what other calls of the same function make, or the
// same call for others.
func (s *scan) madeBy(v Value) string {
	if v.Kind != Opaque || v.Env.pkg == nil {
		return "" // the library's own
	}
	by := fmt.Sprint(" ", s.ix.fset.Position(v.Call.Pos()))
	for caller, from := v.Env.caller(); caller != nil; caller, from = from.caller() {
		by += fmt.Sprint(" ", s.ix.fset.Position(caller.call.Pos()))
	}
	return by
}
