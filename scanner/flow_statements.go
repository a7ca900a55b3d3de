package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// This file runs the statements that branch and repeat.

func (f *flow) optional(s ast.Stmt, in state) state {
	if s == nil {
		return in
	}
	return f.stmt(s, in)
}

func (f *flow) branch(s *ast.BranchStmt, in state) state {
	if s.Tok == token.FALLTHROUGH {
		f.fall = in
		return nil
	}
	for _, j := range slices.Backward(f.jumps) {
		if s.Tok == token.CONTINUE && !j.loop {
			continue
		}
		if s.Tok == token.CONTINUE {
			j.next = f.join(j.next, in)
		} else {
			j.out = f.join(j.out, in)
		}
		if s.Label == nil {
			break
		}
	}
	return nil
}

// within runs body with a new target for break and continue.
func (f *flow) within(loop bool, body func(*jump) state) state {
	j := &jump{loop: loop}
	f.jumps = append(f.jumps, j)
	out := body(j)
	f.jumps = f.jumps[:len(f.jumps)-1]
	return f.join(out, j.out)
}

func (f *flow) ifStmt(s *ast.IfStmt, in state) state {
	if in = f.optional(s.Init, in); f.done {
		return in
	}
	if in = f.simple(s.Cond, in); f.done {
		return in
	}
	yes, no := f.split(s.Cond, in, func(env *Env) Value { return f.ev.eval(s.Cond, env) })
	yes, no = f.assumed(s, s.Body, yes, no)
	if yes = f.block(s.Body.List, f.entered(s.Body, yes)); f.done {
		return yes
	}
	if s.Else != nil {
		no = f.stmt(s.Else, no)
	}
	return f.join(yes, no)
}

// entered marks that the place asked for, in n, is not reached where in is empty.
func (f *flow) entered(n ast.Node, in state) state {
	f.done = f.done || len(in) == 0 && contains(n, f.stop)
	return in
}

// split divides a state into what makes a condition true and what makes it false; what
// does not decide it is in both.
func (f *flow) split(cond ast.Node, in state, eval func(*Env) Value) (yes, no state) {
	if len(in) > 0 && !f.mentions(cond) { // it says the same of all
		switch b := f.ev.condition(cond, f.env, eval); {
		case b.Kind != Boolean || b.Default && !f.defaults:
			return in, in
		case b.Bool:
			return in, nil
		}
		return nil, in
	}
	for _, v := range in {
		b := f.ev.condition(cond, f.holding(v, cond), eval)
		if alts, ok := f.narrowed(cond, v); ok {
			yes, no = append(yes, alts...), append(no, v)
			continue
		}
		if b.Kind != Boolean || b.Default || b.Bool {
			yes = append(yes, v)
		}
		if b.Kind != Boolean || b.Default || !b.Bool {
			no = append(no, v)
		}
	}
	return yes, no
}

// narrowed returns what the value v, a string that is not known, is where a condition holds.
func (f *flow) narrowed(cond ast.Node, v Value) (alts []Value, ok bool) {
	e, isExpr := cond.(ast.Expr)
	if !isExpr || v.Kind != Unknown || f.v == nil || !isString(f.v.Type()) || f.ev.deciding > 0 {
		return nil, false
	}
	alts, ok = f.ev.narrowed(e, f.names, f.env)
	return alts, ok && len(alts) > 0
}

// assumed narrows the ways through a branch to the one that is assumed.
func (f *flow) assumed(branch ast.Stmt, arm ast.Node, yes, no state) (state, state) {
	taken, ok := f.env.through(branch, arm)
	switch {
	case !ok || len(yes) == 0 || len(no) == 0:
		return yes, no
	case taken:
		return yes, nil
	}
	return nil, no
}

// holding returns the context in which the variable is v within n.
func (f *flow) holding(v Value, n ast.Node) *Env {
	if n == nil || !f.mentions(n) {
		return f.env
	}
	env := f.env
	for _, name := range *f.names {
		env = env.with(name, Elem{Value: &v}, n)
	}
	return env
}

func (f *flow) mentions(n ast.Node) bool {
	if f.names == nil {
		return false
	}
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			v, _ := f.env.pkg.TypesInfo.Uses[id].(*types.Var)
			found = found || v != nil && f.names.has(v)
		}
		return !found
	})
	return found
}

func (f *flow) switchStmt(s *ast.SwitchStmt, in state) state {
	if in = f.optional(s.Init, in); f.done {
		return in
	}
	if s.Tag != nil {
		if in = f.simple(s.Tag, in); f.done {
			return in
		}
	}
	return f.within(false, func(*jump) state {
		entries, left := f.entries(s, in)
		var out state
		for _, c := range s.Body.List {
			if f.done {
				return nil
			}
			c := c.(*ast.CaseClause)
			if c.List == nil {
				entries[c], left = left, nil
			}
			entry := f.join(entries[c], f.fall)
			f.fall = nil
			out = f.join(out, f.block(c.Body, f.entered(c, entry)))
		}
		return f.join(out, left)
	})
}

// entries returns the states in which a switch enters each of its cases, and what no
// case takes.
func (f *flow) entries(s *ast.SwitchStmt, in state) (map[*ast.CaseClause]state, state) {
	entries := map[*ast.CaseClause]state{}
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		for _, e := range c.List {
			if f.simple(e, in); f.done {
				return entries, in
			}
		}
		if c.List != nil {
			yes, no := f.split(c, in, func(env *Env) Value { return f.ev.selects(s.Tag, c.List, env) })
			entries[c], in = f.assumed(s, c, yes, no)
		}
	}
	return entries, in
}

// selects reports, as a Boolean, whether a switch over tag chooses the clause with
// these expressions.
func (ev *evaluator) selects(tag ast.Expr, list []ast.Expr, env *Env) Value {
	all := Value{Kind: Boolean}
	var told Value
	if tag != nil {
		if told = ev.eval(tag, env); !isOperand(token.EQL, told) {
			return Value{}
		}
	}
	for _, e := range list {
		b := ev.eval(e, env)
		if tag != nil {
			b = compare(token.EQL, told, b)
		}
		switch {
		case b.Kind == Boolean && !b.Default && b.Bool:
			return b
		case b.Kind != Boolean || b.Default:
			all = Value{}
		}
	}
	return all
}

// clauses runs each clause of a type switch or select.
func (f *flow) clauses(body *ast.BlockStmt, in state, mayPass bool) state {
	if f.done {
		return in
	}
	return f.within(false, func(*jump) state {
		var out state
		for _, c := range body.List {
			at := in
			list := []ast.Stmt(nil)
			switch c := c.(type) {
			case *ast.CaseClause:
				list = c.Body
				mayPass = mayPass && c.List != nil
			case *ast.CommClause:
				list = c.Body
				at = f.optional(c.Comm, at)
			}
			if !f.done {
				at = f.block(list, at)
			}
			if f.done {
				return at
			}
			out = f.join(out, at)
		}
		if mayPass {
			out = f.join(out, in)
		}
		return out
	})
}

func (f *flow) forStmt(s *ast.ForStmt, in state) state {
	if in = f.optional(s.Init, in); f.done {
		return in
	}
	body := func(in state) state {
		if s.Cond != nil {
			if in = f.simple(s.Cond, in); f.done {
				return in
			}
		}
		return f.block(s.Body.List, in)
	}
	if l, ok := asLoop(f.env.pkg.TypesInfo, s); ok && !f.counts(l) {
		if envs, ok := f.iterations(l, s); ok {
			return f.unroll(s.Body, envs, in)
		}
	}
	post := func(in state) state { return f.optional(s.Post, in) }
	return f.loop(s, in, s.Cond == nil, body, post)
}

func (f *flow) rangeStmt(s *ast.RangeStmt, in state) state {
	if in = f.simple(s.X, in); f.done {
		return in
	}
	l, _ := asLoop(f.env.pkg.TypesInfo, s)
	if envs, ok := f.iterations(l, s); ok {
		return f.unroll(s.Body, envs, in)
	}
	body := func(in state) state {
		for _, obj := range []types.Object{l.key, l.value} {
			if v, ok := obj.(*types.Var); ok && f.names.has(v) {
				if e, bound, _ := f.env.lookup(v, s.Body.Pos()); bound {
					in = state{f.ev.elem(e)}
				} else {
					in = state{{}}
				}
			}
		}
		return f.block(s.Body.List, in)
	}
	return f.loop(s, in, false, body, func(in state) state { return in })
}

// counts reports whether it is the flow's variable that a loop counts with.
func (f *flow) counts(l loop) bool {
	v, ok := l.key.(*types.Var)
	return ok && f.names.has(v)
}

// iterations returns the contexts of a loop's iterations. ok is false where they are not
// known, too many, or the place asked for is among them.
func (f *flow) iterations(l loop, s ast.Stmt) (envs []*Env, ok bool) {
	if f.v == nil && f.returned == nil || contains(s, f.stop) {
		return nil, false
	}
	envs, ok = f.ev.iterations(l, f.env)
	return envs, ok && len(envs) <= maxAlternatives
}

// unroll runs a loop's body in the context of each of its iterations.
func (f *flow) unroll(body *ast.BlockStmt, envs []*Env, in state) state {
	outer := f.env
	defer func() { f.env = outer }()
	return f.within(true, func(j *jump) state {
		for _, env := range envs {
			f.env = env
			in = f.join(f.block(body.List, in), j.next)
			j.next = nil
		}
		return in
	})
}

// loop runs a loop's body until nothing new comes out of it.
func (f *flow) loop(s ast.Stmt, in state, endless bool, body, post func(state) state) state {
	stop, out := f.stop, f.out
	f.stop = token.NoPos
	entry := in
	for i := 0; ; i++ {
		var next state
		f.within(true, func(j *jump) state {
			next = post(f.join(body(entry), j.next))
			return nil
		})
		next = f.join(entry, next)
		if slices.EqualFunc(next, entry, Value.same) {
			break
		}
		if entry = next; i == maxActive {
			entry = f.widened(next, body)
			break
		}
	}
	f.stop, f.out = stop, out
	return f.within(true, func(j *jump) state {
		last := body(entry)
		if f.done {
			return last
		}
		if last = post(f.join(last, j.next)); f.done || endless {
			return nil
		}
		return entry
	})
}

// widened returns what a loop's variable may hold after any number of iterations that each
// make something new of it: a string that begins alike each time, or what is not known.
func (f *flow) widened(in state, body func(state) state) state {
	front, ok := commonFront(in)
	if !ok {
		return state{{}}
	}
	wide := state{{Kind: String, Str: front + Hole, Type: in[0].Type}}
	var out state
	f.within(true, func(j *jump) state {
		out = f.join(body(wide), j.next)
		return nil
	})
	if again, ok := commonFront(out); !ok || !strings.HasPrefix(again, front) {
		return state{{}}
	}
	return wide
}

// commonFront returns what all of the strings in a state begin with. ok is false where that
// is nothing.
func commonFront(in state) (front string, ok bool) {
	for i, v := range in {
		if v.Kind != String {
			return "", false
		}
		s, _, _ := strings.Cut(v.Str, Hole)
		if i == 0 {
			front = s
		}
		for !strings.HasPrefix(s, front) {
			front = front[:len(front)-1]
		}
	}
	return front, front != ""
}
