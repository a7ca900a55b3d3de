package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// This file tells what a local variable holds at a place. The statements of its
// function are run in order, on values, as far as they concern the variable: where a
// condition is known, one way is run, else both; a loop over known elements is run
// for each of them, another until nothing new comes out.

// A state is what a variable may hold; empty: the place is not reached.
type state []Value

// A flow runs the statements of one function for the sake of one variable, or, with
// none, to see whether a place is reached.
type flow struct {
	ev       *evaluator
	env      *Env
	v        *types.Var            // nil: is stop reached?
	names    map[*types.Var]bool   // v and what refers to the same value
	stop     token.Pos             // where the state is asked for
	found    state                 // the state there
	returned func(*ast.ReturnStmt) // called at returns, in f.env; may be nil
	done     bool                  // it was found
	out      state                 // at returns
	jumps    []*jump               // of the statements around that break and continue leave
	fall     state                 // at a fallthrough
}

// A jump collects the states at the breaks and continues of one statement.
type jump struct {
	loop      bool
	out, next state
}

// local evaluates a local variable where it is named at use.
func (ev *evaluator) local(v *types.Var, use token.Pos, env *Env) Value {
	e, bound, final := env.lookup(v, use)
	if final {
		return ev.elem(e)
	}
	first := Value{Type: v.Type()}
	if bound {
		first = ev.elem(e)
	}
	if !bound && isResult(v, ev.ix.functionAt(v.Pos())) {
		first = zero(v.Type())
	}
	if first.Kind == Unknown {
		first = ev.enumeration(v.Type(), first)
	}
	if len(ev.ix.touches[v]) == 0 {
		return first
	}
	if ev.active[v] > maxActive || env.depth > maxDepth {
		ev.cuts++
		return Value{}
	}
	at := usage{v, use, env.pkg, env.scope, ev.deciding > 0}
	if known, ok := ev.locals[at]; ok {
		return known
	}
	cuts := ev.cuts
	ev.active[v]++
	told := choice(ev.stateAt(v, state{first}, ev.ix.functionAt(use), use, env.deeper(1)))
	ev.active[v]--
	if ev.cuts == cuts { // what was cut off may be told another time
		ev.locals[at] = told
	}
	return told
}

// isResult reports whether v is a named result of fn.
func isResult(v *types.Var, fn *function) bool {
	return fn != nil && slices.Contains(fn.results, types.Object(v))
}

// A usage is a local variable named at a place in a context.
type usage struct {
	v        *types.Var
	use      token.Pos
	pkg      *packages.Package
	scope    *scope
	deciding bool // for a condition, which is told with less
}

// maxActive bounds how often a variable's value is asked for while it is being told.
const maxActive = 3

// stateAt returns what v may hold at pos, in function fn.
func (ev *evaluator) stateAt(v *types.Var, first state, fn *function, pos token.Pos, env *Env) state {
	if fn == nil || fn.body == nil {
		return state{{}}
	}
	var region ast.Node = fn.body
	if fn.contains(v.Pos()) {
		region = regionOf(v, fn)
	} else if fn.outer != nil { // a closure: what v holds where it is made, and later
		first = ev.captured(v, first, fn, env)
	}
	f := &flow{ev: ev, env: env, v: v, names: map[*types.Var]bool{v: true}, stop: pos}
	f.run(region, first)
	if !f.done {
		return state{{}}
	}
	return f.closures(region, f.found)
}

// regionOf returns the node of fn outside which there is no v.
func regionOf(v *types.Var, fn *function) ast.Node {
	scopes := fn.pkg.TypesInfo.Scopes
	for _, n := range around(place{pkg: fn.pkg, fn: fn, pos: v.Pos()}) {
		if s := scopes[n]; s != nil && s == v.Parent() {
			return n
		}
	}
	return fn.body
}

// run runs a region: a block, or a statement with a scope of its own.
func (f *flow) run(region ast.Node, in state) {
	switch n := region.(type) {
	case *ast.RangeStmt: // its variables are new in each iteration
		f.block(n.Body.List, in)
	case *ast.CaseClause:
		f.block(n.Body, in)
	case *ast.CommClause:
		f.block(n.Body, f.optional(n.Comm, in))
	case ast.Stmt:
		f.stmt(n, in)
	}
}

// captured returns what v, of an outer function, may hold when the closure fn runs.
func (ev *evaluator) captured(v *types.Var, first state, fn *function, env *Env) state {
	made := ev.stateAt(v, first, fn.outer, fn.node.Pos(), env)
	for _, t := range ev.ix.touches[v] {
		if t.pos < fn.node.End() {
			continue
		}
		changes := func(v Value) bool { return ev.mayChange(v, "") }
		if t.write || slices.ContainsFunc(made, changes) {
			return append(made, Value{}) // it may change before the closure runs
		}
	}
	return made
}

// closures adds what the closures in body that may have run before stop leave.
func (f *flow) closures(body ast.Node, in state) state {
	out := in
	ast.Inspect(body, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			return true
		}
		if !contains(lit, f.stop) && lit.Pos() < f.stop && f.touched(lit) {
			inner := &flow{ev: f.ev, env: f.env, v: f.v, names: f.names}
			out = f.join(out, f.join(inner.block(lit.Body.List, in), inner.out))
		}
		return false
	})
	return out
}

// reached reports whether control may reach pos, in function fn.
func (ev *evaluator) reached(fn *function, pos token.Pos, env *Env) bool {
	for ; fn != nil && fn.body != nil; fn = fn.outer {
		f := &flow{ev: ev, env: env, stop: pos}
		f.block(fn.body.List, state{{Kind: Nil}})
		if f.done && len(f.found) == 0 {
			return false
		}
		pos = fn.node.Pos()
	}
	return true
}

// block runs statements in order.
func (f *flow) block(list []ast.Stmt, in state) state {
	for _, s := range list {
		if in = f.stmt(s, in); f.done {
			break
		}
	}
	return in
}

// concerns reports whether running n can matter.
func (f *flow) concerns(n ast.Node) bool {
	return contains(n, f.stop) || f.touched(n) || f.v == nil && f.ev.mayEnd(n)
}

func (f *flow) touched(n ast.Node) bool {
	for v := range f.names {
		for _, t := range f.ev.ix.touches[v] {
			if contains(n, t.pos) {
				return true
			}
		}
	}
	return false
}

func (f *flow) stmt(s ast.Stmt, in state) state {
	if len(in) == 0 {
		f.done = f.done || contains(s, f.stop)
		return nil
	}
	if f.ev.steps--; f.ev.steps < 0 {
		f.ev.cuts++
		f.found, f.done = state{{}}, true
		return f.found
	}
	switch s := s.(type) {
	case *ast.ReturnStmt:
		if in = f.simple(s, in); f.returned != nil {
			f.returned(s)
		}
		f.out = f.join(f.out, in)
		return nil
	case *ast.BranchStmt:
		return f.branch(s, in)
	case *ast.ExprStmt:
		if in = f.simple(s, in); f.ev.endsProgram(s, f.env.pkg.TypesInfo) && !f.done {
			return nil
		}
		return in
	}
	if !f.concerns(s) {
		return in
	}
	switch s := s.(type) {
	case *ast.BlockStmt:
		return f.block(s.List, in)
	case *ast.LabeledStmt:
		return f.stmt(s.Stmt, in)
	case *ast.IfStmt:
		return f.ifStmt(s, in)
	case *ast.SwitchStmt:
		return f.switchStmt(s, in)
	case *ast.TypeSwitchStmt:
		if in = f.optional(s.Init, in); !f.done {
			in = f.simple(s.Assign, in)
		}
		return f.clauses(s.Body, in, true)
	case *ast.SelectStmt:
		return f.clauses(s.Body, in, false)
	case *ast.ForStmt:
		return f.forStmt(s, in)
	case *ast.RangeStmt:
		return f.rangeStmt(s, in)
	}
	return f.simple(s, in)
}

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
	told := f.v == nil || !f.mentions(cond)
	var b Value
	for i, v := range in {
		if i == 0 || !told {
			b = f.ev.condition(func() Value { return eval(f.holding(v, cond)) })
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

// maxCondition bounds the work for one condition: most say nothing about metrics.
const maxCondition = 200

// condition evaluates a condition with a budget of its own.
func (ev *evaluator) condition(eval func() Value) Value {
	saved := ev.steps
	ev.steps = min(saved, maxCondition)
	given := ev.steps
	ev.deciding++
	b := eval()
	ev.deciding--
	ev.steps = saved - (given - max(ev.steps, 0))
	return b
}

// holding returns the context in which the variable is v within n.
func (f *flow) holding(v Value, n ast.Node) *Env {
	if f.v == nil || n == nil || !f.mentions(n) {
		return f.env
	}
	env := f.env
	for name := range f.names {
		env = env.with(name, Elem{Value: &v}, n)
	}
	return env
}

func (f *flow) mentions(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			v, _ := f.env.pkg.TypesInfo.Uses[id].(*types.Var)
			found = found || v != nil && f.names[v]
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
	for _, e := range list {
		b := ev.eval(e, env)
		if tag != nil {
			b = compare(token.EQL, ev.eval(tag, env), b)
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
	post := func(in state) state { return f.optional(s.Post, in) }
	return f.loop(s, in, s.Cond == nil, body, post)
}

func (f *flow) rangeStmt(s *ast.RangeStmt, in state) state {
	if in = f.simple(s.X, in); f.done {
		return in
	}
	l, _ := asLoop(f.env.pkg.TypesInfo, s)
	if (f.v != nil || f.returned != nil) && !contains(s, f.stop) {
		if envs, ok := f.ev.iterations(l, f.env); ok && len(envs) <= maxAlternatives {
			return f.unroll(s, envs, in)
		}
	}
	body := func(in state) state {
		for _, obj := range []types.Object{l.key, l.value} {
			if v, ok := obj.(*types.Var); ok && f.names[v] {
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

// unroll runs a loop's body in the context of each of its iterations.
func (f *flow) unroll(s *ast.RangeStmt, envs []*Env, in state) state {
	outer := f.env
	defer func() { f.env = outer }()
	return f.within(true, func(j *jump) state {
		for _, env := range envs {
			f.env = env
			in = f.join(f.block(s.Body.List, in), j.next)
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
			entry = state{{}}
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

// join returns what either state holds.
func (f *flow) join(a, b state) state {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	case f.v == nil:
		return a
	case len(a) == 1 && len(b) == 1 && f.ev.isOwn(a[0]) && f.ev.isOwn(b[0]) && types.Identical(a[0].Type, b[0].Type):
		return state{f.ev.eitherField(a[0], b[0])}
	case len(a) == 1 && len(b) == 1:
		return alternatives(either(a[0], b[0]))
	}
	return alternatives(choice(slices.Concat(a, b)))
}

// isOwn reports whether v is a struct of a type that is read. What such structs may be
// is told field by field; for others, options mostly, each stays whole.
func (ev *evaluator) isOwn(v Value) bool {
	if v.Kind != Struct || v.Type == nil {
		return false
	}
	n, ok := types.Unalias(deref(v.Type)).(*types.Named)
	return ok && ev.ix.reads(n.Obj())
}

// eitherField returns what is struct v on one way and w on another.
func (ev *evaluator) eitherField(v, w Value) Value {
	st, ok := deref(v.Type).Underlying().(*types.Struct)
	if !ok {
		return Value{}
	}
	fields := map[string]Elem{}
	for f := range st.Fields() {
		old, inV := v.Fields[f.Name()]
		e, inW := w.Fields[f.Name()]
		switch {
		case inV && inW && old.same(e):
			fields[f.Name()] = e
		case inV || inW:
			z := zero(f.Type())
			if !inV {
				old = Elem{Value: &z}
			}
			if !inW {
				e = Elem{Value: &z}
			}
			both := choice([]Value{ev.elem(old), ev.elem(e)})
			fields[f.Name()] = Elem{Value: &both}
		}
	}
	v.Fields = fields
	return v
}

// alternatives returns the values that v may be, or that it is not known.
func alternatives(v Value) state {
	if v.Kind != Choice {
		return state{v}
	}
	if len(v.Alts) > maxAlternatives {
		return state{{}}
	}
	return v.Alts
}

// simple runs a statement or expression that has no statements in it.
func (f *flow) simple(n ast.Node, in state) state {
	if contains(n, f.stop) {
		f.found, f.done = in, true
		return in
	}
	if f.v == nil || !f.touched(n) {
		return in
	}
	in = f.effects(n, in)
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, lhs := range n.Lhs {
			in = f.assign(n, i, lhs, in)
		}
		f.alias(n)
	case *ast.IncDecStmt:
		in = f.set(n.X, in, func(Value) Value { return Value{} })
	case *ast.DeclStmt:
		in = f.declare(n, in)
	}
	return in
}

func (f *flow) declare(n *ast.DeclStmt, in state) state {
	gen, ok := n.Decl.(*ast.GenDecl)
	if !ok {
		return in
	}
	for _, spec := range gen.Specs {
		vs, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range vs.Names {
			v, _ := f.env.pkg.TypesInfo.Defs[name].(*types.Var)
			switch {
			case v == nil || !f.names[v]:
			case len(vs.Values) == 0:
				in = state{zero(v.Type())}
			case len(vs.Values) == len(vs.Names):
				in = state{f.ev.eval(vs.Values[i], f.env)}
			default:
				in = state{f.ev.result(vs.Values[0], i, f.env)}
			}
		}
	}
	return in
}

func (f *flow) assign(n *ast.AssignStmt, i int, lhs ast.Expr, in state) state {
	var rhs ast.Expr
	switch {
	case len(n.Lhs) == len(n.Rhs):
		rhs = n.Rhs[i]
	case len(n.Rhs) == 1:
		rhs = n.Rhs[0]
	}
	return f.set(lhs, in, func(old Value) Value {
		env := f.holding(old, rhs)
		switch {
		case rhs == nil:
			return Value{}
		case n.Tok != token.ASSIGN && n.Tok != token.DEFINE:
			return operate(opOf(n.Tok), old, f.ev.eval(rhs, env))
		case len(n.Lhs) == len(n.Rhs):
			return f.ev.eval(rhs, env)
		}
		return f.ev.result(rhs, i, env)
	})
}

// opOf returns the operator of an assignment such as +=.
func opOf(tok token.Token) token.Token { return tok - token.ADD_ASSIGN + token.ADD }

// set applies a write to lhs to each value that the variable may hold; write is given
// what lhs holds and returns what it is to hold.
func (f *flow) set(lhs ast.Expr, in state, write func(Value) Value) state {
	root, path := target(f.env.pkg.TypesInfo, lhs)
	if root == nil || !f.names[root] {
		return in
	}
	_, through := ast.Unparen(lhs).(*ast.StarExpr)
	if len(path) == 0 && !through && root != f.v {
		delete(f.names, root) // refers to something else from now on
		return in
	}
	var out state
	for _, v := range in {
		if len(path) == 0 {
			out = append(out, alternatives(write(v))...)
		} else {
			// What the new value depends on is told by its place: it holds the old whole.
			out = append(out, f.ev.put(v, path, f.env, func(Value) Value { return write(v) }))
		}
	}
	return alternatives(choice(out))
}

// put returns v with the part at path replaced by what write makes of it. What cannot
// be told makes all of v unknown.
func (ev *evaluator) put(v Value, path []ast.Expr, env *Env, write func(Value) Value) Value {
	if len(path) == 0 {
		return write(v)
	}
	switch e := path[0].(type) {
	case *ast.SelectorExpr:
		field := fieldOf(env.pkg.TypesInfo, e)
		if v.Kind != Struct || field == nil {
			return v
		}
		return ev.putField(v, fieldPath(v.Type, field), path[1:], env, write)
	case *ast.IndexExpr:
		return ev.putElement(v, e, path[1:], env, write)
	}
	return Value{}
}

// putField is put for the field that names lead to, through embedded structs.
func (ev *evaluator) putField(v Value, names []*types.Var, rest []ast.Expr, env *Env, write func(Value) Value) Value {
	if len(names) == 0 {
		return Value{}
	}
	old, ok := v.Fields[names[0].Name()]
	if !ok {
		z := zero(names[0].Type())
		old = Elem{Value: &z}
	}
	var part Value
	if len(names) > 1 {
		if part = ev.elem(old); part.Kind != Struct {
			return Value{}
		}
		part = ev.putField(part, names[1:], rest, env, write)
	} else {
		part = ev.put(ev.elem(old), rest, env, write)
	}
	v.Fields = maps.Clone(v.Fields)
	v.Fields[names[0].Name()] = Elem{Value: &part}
	return v
}

// putElement is put for an element of a list or map. A key that is not known may be that
// of any element, or of a new one.
func (ev *evaluator) putElement(v Value, e *ast.IndexExpr, rest []ast.Expr, env *Env, write func(Value) Value) Value {
	key := ev.eval(e.Index, env)
	part := func(old Value) Elem {
		p := ev.put(old, rest, env, write)
		return Elem{Value: &p}
	}
	elems := slices.Clone(v.Elems)
	switch {
	case v.Kind == List && key.Kind == Number && key.Num >= 0 && int(key.Num) < len(elems):
		elems[int(key.Num)] = part(ev.elem(elems[int(key.Num)]))
	case v.Kind != Map:
		return Value{}
	case len(rest) > 0 && !key.isKnown():
		for i, el := range elems {
			old := ev.elem(el)
			p := either(old, *part(old).Value)
			elems[i].Value, elems[i].Expr = &p, nil
		}
		elems = uniqueElems(elems)
	default:
		added := part(Value{})
		at := slices.IndexFunc(elems, func(el Elem) bool { return !el.Optional && key.isKnown() && ev.elem(*el.Key).same(key) })
		if at >= 0 && len(rest) > 0 {
			added = part(ev.elem(elems[at]))
		}
		added.Key = &Elem{Value: &key}
		switch again := func(el Elem) bool { el.Optional = false; return el.same(added) }; {
		case at >= 0:
			elems[at] = added
		case !slices.ContainsFunc(elems, again): // else it is a loop that adds it again
			elems = append(elems, added)
		}
	}
	v.Elems = elems
	return v
}

// uniqueElems drops elements that are the same as one before them.
func uniqueElems(elems []Elem) []Elem {
	var out []Elem
	for _, e := range elems {
		if !slices.ContainsFunc(out, e.same) {
			out = append(out, e)
		}
	}
	return out
}

// fieldPath returns the fields that lead from a struct type to a field of it, or of
// what it embeds; nil where it has no such field.
func fieldPath(t types.Type, field *types.Var) []*types.Var {
	type step struct {
		t    types.Type
		path []*types.Var
	}
	seen := map[types.Type]bool{nil: true}
	for queue := []step{{t: t}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		if seen[s.t] {
			continue
		}
		seen[s.t] = true
		st, ok := deref(s.t).Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range st.Fields() {
			path := append(slices.Clone(s.path), f)
			if f.Origin() == field {
				return path
			}
			if f.Embedded() {
				queue = append(queue, step{f.Type(), path})
			}
		}
	}
	return nil
}

// alias records that what n assigns the variable, or its address, to is another name
// of it.
func (f *flow) alias(n *ast.AssignStmt) {
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	info := f.env.pkg.TypesInfo
	for i, r := range n.Rhs {
		other := local(info, n.Lhs[i])
		r = ast.Unparen(r)
		if u, ok := r.(*ast.UnaryExpr); ok && u.Op == token.AND {
			r = u.X
		} else if v := local(info, r); v == nil || !isReference(v.Type()) {
			continue
		}
		if v := local(info, r); v != nil && f.names[v] && other != nil {
			f.names[other] = true
		}
	}
}

// effects applies what the calls in n do to what they are given.
func (f *flow) effects(n ast.Node, in state) state {
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
		}
		return true
	})
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
	if root == nil || !f.names[root] || !address && (len(path) > 0 || !isReference(root.Type())) {
		return in
	}
	unknown := func(Value) Value { return Value{} }
	name, obj := callee(info, call)
	fn := f.ev.ix.funcs[obj]
	switch {
	case info.Types[call.Fun].IsType(), f.ev.pure[name]:
		return in
	case name == "" && isBuiltin(info, call):
		if id := asIdent(call.Fun); i == 0 && (id.Name == "delete" || id.Name == "clear" || id.Name == "copy") {
			return f.set(arg, in, unknown)
		}
		return in
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
	s := &site{place: place{pkg: f.env.pkg, pos: call.Pos()}, call: call}
	for p, index := range fn.params {
		v, ok := p.(*types.Var)
		if index != i || !ok || variadic(fn, i) || len(f.ev.ix.touches[v]) == 0 {
			continue
		}
		if f.env.depth > maxDepth || f.ev.active[v] > maxActive {
			f.ev.cuts++
			return state{{}}
		}
		f.ev.active[v]++
		defer func() { f.ev.active[v]-- }()
		env := f.ev.bindCall(fn, s, arguments(s, fn), f.env.deeper(1), lexical)
		inner := &flow{ev: f.ev, env: env, v: v, names: map[*types.Var]bool{v: true}}
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

func isBuiltin(info *types.Info, call *ast.CallExpr) bool {
	id := asIdent(call.Fun)
	if id == nil {
		return false
	}
	_, ok := info.Uses[id].(*types.Builtin)
	return ok
}
