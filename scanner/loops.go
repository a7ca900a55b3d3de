package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
)

// This file recognises loops over what is known, and binds their variables.

// A loop runs over the elements of a value, or counts up to it.
type loop struct {
	node       ast.Stmt
	body       *ast.BlockStmt
	key, value types.Object // nil: not named
	over       ast.Expr
}

// loopsAround returns the loops around a place within its function, outermost first.
func loopsAround(p place) []loop {
	var loops []loop
	for _, n := range around(p) {
		if l, ok := asLoop(p.pkg.TypesInfo, n); ok && contains(l.body, p.pos) {
			loops = append(loops, l)
		}
	}
	return loops
}

// asLoop recognises range loops and for i := 0; i < n; i++.
func asLoop(info *types.Info, n ast.Node) (loop, bool) {
	switch n := n.(type) {
	case *ast.RangeStmt:
		l := loop{node: n, body: n.Body, over: n.X}
		if n.Key != nil {
			l.key = info.ObjectOf(asIdent(n.Key))
		}
		if n.Value != nil {
			l.value = info.ObjectOf(asIdent(n.Value))
		}
		return l, true
	case *ast.ForStmt:
		init, _ := n.Init.(*ast.AssignStmt)
		cond, _ := n.Cond.(*ast.BinaryExpr)
		post, _ := n.Post.(*ast.IncDecStmt)
		if init == nil || cond == nil || post == nil || init.Tok != token.DEFINE || len(init.Lhs) != 1 || cond.Op != token.LSS || post.Tok != token.INC {
			return loop{}, false
		}
		i := info.ObjectOf(asIdent(init.Lhs[0]))
		if zero := info.Types[init.Rhs[0]].Value; i == nil || zero == nil || zero.ExactString() != "0" ||
			info.ObjectOf(asIdent(cond.X)) != i || info.ObjectOf(asIdent(post.X)) != i {
			return loop{}, false
		}
		return loop{node: n, body: n.Body, key: i, over: cond.Y}, true
	}
	return loop{}, false
}

// iterations returns env once for each element that a loop runs over, with its
// variables bound. ok is false where the elements are not known.
func (ev *evaluator) iterations(l loop, env *Env) (envs []*Env, ok bool) {
	over := ev.eval(l.over, env)
	ok = true
	over.each(func(v Value) {
		switch v.Kind {
		case Nil:
		case List, Map:
			for i, e := range v.Elems {
				ev.steps--
				envs = append(envs, l.iteration(env, i, e))
			}
		case Number:
			if v.Num < 0 || v.Num > maxDefining {
				ok = false
				return
			}
			for i := range int(v.Num) {
				envs = append(envs, l.iteration(env, i, Elem{}))
			}
		default:
			ok = false
		}
	})
	return envs, ok
}

func (l loop) iteration(env *Env, i int, e Elem) *Env {
	if l.value != nil {
		env = env.with(l.value, Elem{Expr: e.Expr, Env: e.Env, Value: e.Value}, nil)
	}
	switch {
	case l.key == nil:
	case e.Key != nil:
		env = env.with(l.key, *e.Key, nil)
	default:
		n := num(float64(i))
		env = env.with(l.key, Elem{Value: &n}, l.body)
	}
	return env
}

// looped returns the contexts of a place in which parameters and loop variables are
// bound.
func (f *finder) looped(p place, free map[types.Object]bool, level int) []*Env {
	envs := f.function(p.fn, p.pkg, free, level)
	for _, l := range loopsAround(p) {
		if !free[l.key] && !free[l.value] {
			continue
		}
		var next []*Env
		for _, env := range envs {
			next = append(next, f.iterations(l, env)...)
		}
		envs = next
	}
	return envs
}

// iterations returns env once for each element that a loop runs over, or env itself
// where they are not known.
func (f *finder) iterations(l loop, env *Env) []*Env {
	all, ok := f.ev.iterations(l, env)
	if !ok {
		return []*Env{env}
	}
	if f.spend(len(all)); f.cut {
		return all[:min(len(all), maxDefining)]
	}
	return all
}
