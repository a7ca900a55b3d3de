package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// This file recognises loops over what is known, and binds their variables.

// A loop runs over the elements of a value, or counts while a condition holds.
type loop struct {
	node       ast.Stmt
	body       *ast.BlockStmt
	key, value types.Object // nil: not named
	over       ast.Expr     // the value, or the condition
	from       ast.Expr     // where it begins to count
	step       float64      // what it counts by; zero: it runs over a value
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

// asLoop recognises range loops and those that count: for i := 0; i < n; i += 2.
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
		if _, ok := orInvalid(info.TypeOf(n.X)).Underlying().(*types.Chan); ok {
			l.key, l.value = nil, l.key
		}
		return l, true
	case *ast.ForStmt:
		init, _ := n.Init.(*ast.AssignStmt)
		if init == nil || init.Tok != token.DEFINE || len(init.Lhs) != 1 || n.Cond == nil {
			return loop{}, false
		}
		l := loop{node: n, body: n.Body, key: info.ObjectOf(asIdent(init.Lhs[0])), over: n.Cond, from: init.Rhs[0]}
		l.step = stepOf(info, n.Post, l.key)
		return l, l.key != nil && l.step != 0
	}
	return loop{}, false
}

// stepOf returns by how much a statement counts v on, or zero.
func stepOf(info *types.Info, post ast.Stmt, v types.Object) float64 {
	switch s := post.(type) {
	case *ast.IncDecStmt:
		if info.ObjectOf(asIdent(s.X)) == v {
			return map[token.Token]float64{token.INC: 1, token.DEC: -1}[s.Tok]
		}
	case *ast.AssignStmt:
		if info.ObjectOf(asIdent(s.Lhs[0])) == v && info.Types[s.Rhs[0]].Value != nil {
			by := fromConstant(info.Types[s.Rhs[0]].Value, nil).Num
			return map[token.Token]float64{token.ADD_ASSIGN: by, token.SUB_ASSIGN: -by}[s.Tok]
		}
	}
	return 0
}

// iterations returns env once for each element that a loop runs over, with its
// variables bound. ok is false where the elements are not known.
func (ev *evaluator) iterations(l loop, env *Env) (envs []*Env, ok bool) {
	if l.step != 0 {
		return ev.counts(l, env)
	}
	over := ev.eval(l.over, env)
	ok = true
	over.each(func(v Value) {
		switch v.Kind {
		case Nil:
		case List, Map:
			for i, e := range v.Elems {
				ev.steps--
				if v.Configured { // and so is each of its elements
					one := configured(ev.elem(e))
					e = Elem{Key: e.Key, Value: &one, Optional: e.Optional}
				}
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

// counts returns env once for each number that a loop counts. ok is false where they are
// not known, or the loop's body changes them.
func (ev *evaluator) counts(l loop, env *Env) (envs []*Env, ok bool) {
	from := ev.eval(l.from, env)
	if from.Kind != Number || slices.ContainsFunc(ev.ix.touches[l.key], func(t touch) bool { return contains(l.body, t.pos) }) {
		return nil, false
	}
	for i := from; len(envs) <= maxDefining; i = num(i.Num + l.step) {
		at := env.with(l.key, Elem{Value: &i}, l.node)
		switch more := ev.eval(l.over, at); {
		case more.Kind != Boolean || more.Default:
			return nil, false
		case !more.Bool:
			return envs, true
		}
		envs = append(envs, at)
	}
	return nil, false
}

func (l loop) iteration(env *Env, i int, e Elem) *Env {
	if l.value != nil {
		env = env.with(l.value, Elem{Expr: e.Expr, Env: e.Env, Value: e.Value, Ways: e.Ways}, nil)
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
	return f.choose(p, free, envs)
}

// iterations returns env once for each element that a loop runs over, or env itself
// where they are not known.
func (f *finder) iterations(l loop, env *Env) []*Env {
	all, ok := f.ev.iterations(l, env)
	if !ok && l.value != nil {
		_, channel := orInvalid(env.pkg.TypesInfo.TypeOf(l.over)).Underlying().(*types.Chan)
		return f.objects([]*Env{env}, []types.Object{l.value}, channel)
	}
	if !ok {
		return []*Env{env}
	}
	if f.spend(len(all)); f.cut {
		return all[:min(len(all), maxDefining)]
	}
	return all
}

// within returns the contexts of a place in which its function's is env: one for each
// iteration of the loops around it, as far as these are known. ok is false where there are
// more than limit.
func (ev *evaluator) within(p place, env *Env, limit int) (envs []*Env, ok bool) {
	f := &finder{ev: ev, left: limit}
	envs = []*Env{env}
	for _, l := range loopsAround(p) {
		var next []*Env
		for _, env := range envs {
			next = append(next, f.iterations(l, env)...)
		}
		envs = next
	}
	return envs, !f.cut
}
