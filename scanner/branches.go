package scanner

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
)

// This file tells ways through branches apart, so that two variables that one branch
// changes are not combined as no run combines them.

// assume returns each context once for every way through a branch.
func (f *finder) assume(branch ast.Stmt, envs []*Env) []*Env {
	var next []*Env
	for _, env := range envs {
		for _, arm := range arms(branch) {
			s := &scope{assumed: branch, arm: arm, outer: env.scope, loop: true}
			if env.scope != nil {
				s.fn, s.caller, s.from = env.scope.fn, env.scope.caller, env.scope.from
			}
			next = append(next, &Env{pkg: env.pkg, scope: s, depth: env.depth})
		}
	}
	f.spend(len(next) - len(envs))
	return next
}

// arms returns the bodies of a branch, and nil for the way past them.
func arms(branch ast.Stmt) []ast.Node {
	switch s := branch.(type) {
	case *ast.IfStmt:
		return []ast.Node{s.Body, nil}
	case *ast.SwitchStmt:
		all := []ast.Node{nil}
		for _, c := range s.Body.List {
			all = append(all, c)
		}
		return all
	}
	return []ast.Node{nil}
}

// maxBranches bounds how many branches are told apart.
const maxBranches = 4

// branches returns the branches before a place that change strings which are named more
// than once in need. Where their conditions are not known, each way is a context of its
// own, so that two strings are not combined as no run combines them.
func (ev *evaluator) branches(p place, free map[types.Object]bool, need []ast.Expr) []ast.Stmt {
	changed := map[ast.Stmt]int{} // how often what a branch changes is named
	for v := range free {
		named := mentions(p.pkg.TypesInfo, need, v)
		for s := range ev.changing(v, p) {
			changed[s] += named
		}
	}
	var found []ast.Stmt
	for s, n := range changed {
		if n > 1 {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b ast.Stmt) int { return cmp.Compare(a.Pos(), b.Pos()) })
	return found[:min(len(found), maxBranches)]
}

// mentions returns how often expressions name v.
func mentions(info *types.Info, exprs []ast.Expr, v types.Object) int {
	n := 0
	for _, e := range exprs {
		ast.Inspect(e, func(node ast.Node) bool {
			if id, ok := node.(*ast.Ident); ok && info.Uses[id] == v {
				n++
			}
			return true
		})
	}
	return n
}

// changing returns the branches before a place within which v is written.
func (ev *evaluator) changing(v types.Object, p place) map[ast.Stmt]bool {
	found := map[ast.Stmt]bool{}
	for _, t := range ev.ix.touches[v] {
		if !t.write || !p.fn.contains(t.pos) || t.pos > p.pos {
			continue
		}
		for _, n := range around(place{pkg: p.pkg, fn: p.fn, pos: t.pos}) {
			if s, ok := n.(ast.Stmt); ok && len(arms(s)) > 1 && s.End() <= p.pos {
				found[s] = true
			}
		}
	}
	return found
}
