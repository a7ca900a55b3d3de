package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

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
	only     *types.Var            // the field of v that is asked for; nil: all of v
	names    *names                // v and what refers to the same value
	loose    bool                  // others may write to v at any time
	lent     bool                  // v is a parameter, and what it refers to is a caller's
	defaults bool                  // conditions are what they are by default
	stop     token.Pos             // where the state is asked for
	found    state                 // the state there
	returned func(*ast.ReturnStmt) // called at returns, in f.env; may be nil
	done     bool                  // it was found
	out      state                 // at returns
	jumps    []*jump               // of the statements around that break and continue leave
	fall     state                 // at a fallthrough
}

// Names are variables that refer to one value. There are few.
type names []*types.Var

// has reports whether v is among the names, if there are any.
func (n *names) has(v *types.Var) bool { return n != nil && slices.Contains(*n, v) }

func (n *names) add(v *types.Var) {
	if !n.has(v) {
		*n = append(*n, v)
	}
}

func (n *names) remove(v *types.Var) {
	*n = slices.DeleteFunc(*n, func(w *types.Var) bool { return w == v })
}

// A jump collects the states at the breaks and continues of one statement.
type jump struct {
	loop      bool
	out, next state
}

// local evaluates a local variable where it is named at use.
func (ev *evaluator) local(v *types.Var, use token.Pos, env *Env) Value {
	return ev.localFor(v, nil, use, env)
}

// localFor evaluates a local variable for the sake of one field of the struct that it is or
// points to: what happens to others is not looked at. Without a field, it is local.
func (ev *evaluator) localFor(v, only *types.Var, use token.Pos, env *Env) Value {
	e, bound, final := env.lookup(v, use)
	if final {
		return ev.elemFor(e, only, v.Type())
	}
	first := Value{Type: v.Type()}
	if bound {
		first = ev.elemFor(e, only, v.Type())
	}
	if !bound && isResult(v, ev.ix.functionAt(v.Pos())) {
		first = zero(v.Type())
	}
	if first.Kind == Unknown {
		first = ev.enumeration(v.Type(), first)
	}
	if !slices.ContainsFunc(ev.ix.touches[v], func(t touch) bool { return t.concerns(only) }) {
		return ev.guarded(v, first, use, env)
	}
	if !bound {
		only = ev.sharing(v, only)
	}
	switch {
	case env.depth > maxDepth:
		ev.cutoffs.n++
		return Value{}
	case ev.active[v] > maxActive:
		ev.cycle(v)
		return Value{}
	}
	at := usage{v, only, use, env.pkg, env.scope, ev.deciding > 0}
	if told, ok := ev.locals[at]; ok {
		return told
	}
	if ev.steps <= 2*ev.failed[at] { // it takes more, and is not worth another try
		ev.steps = -1
		ev.cutoffs.n++
		return Value{}
	}
	before, steps := ev.cutoffs, ev.steps
	ev.active[v]++
	told := choice(ev.stateAt(v, only, state{first}, ev.ix.functionAt(use), use, env.deeper(1)))
	ev.active[v]--
	if ev.whole(before) { // what was cut off may be told another time
		ev.locals[at] = told
	} else if ev.steps < 0 {
		ev.failed[at] = steps
	}
	return told
}

// sharing returns the field for the sake of which v may be told instead of only, so that what
// is told for one holds for others: nil where nothing happens to others alone, and one that no
// struct has where nothing happens to only alone.
func (ev *evaluator) sharing(v, only *types.Var) *types.Var {
	own, others, refers := false, false, false
	for _, t := range ev.ix.touches[v] {
		own = own || t.field == only
		others = others || t.field != nil && t.field != only
		refers = refers || !t.write
	}
	switch {
	case only == nil || !others:
		return nil
	case !own && !refers:
		return ev.nowhere
	}
	return only
}

// isResult reports whether v is a named result of fn.
func isResult(v *types.Var, fn *function) bool {
	return fn != nil && slices.Contains(fn.results, types.Object(v))
}

// A usage is a local variable, or a field of one, named at a place in a context.
type usage struct {
	v, only  *types.Var
	use      token.Pos
	pkg      *packages.Package
	scope    *scope
	deciding bool // for a condition, which is told with less
}

// maxActive bounds how often a variable's value is asked for while it is being told.
const maxActive = 3

// stateAt returns what v may hold at pos, in function fn, as far as a field of it is
// concerned, if one is given.
func (ev *evaluator) stateAt(v, only *types.Var, first state, fn *function, pos token.Pos, env *Env) state {
	if fn == nil || fn.body == nil {
		return state{{}}
	}
	var region ast.Node = fn.body
	if fn.contains(v.Pos()) {
		region = ev.region(v, fn)
	} else if fn.outer != nil { // a closure: what v holds where it is made, and later
		first = ev.captured(v, only, first, fn, env)
	}
	f := &flow{ev: ev, env: env, v: v, only: only, names: &names{v}, stop: pos}
	f.run(region, first)
	if !f.done {
		return state{{}}
	}
	return f.closures(fn, region, f.found)
}

// region returns what regionOf does, told once.
func (ev *evaluator) region(v *types.Var, fn *function) ast.Node {
	n, ok := ev.regions[v]
	if !ok {
		n = regionOf(v, fn)
		ev.regions[v] = n
	}
	return n
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
func (ev *evaluator) captured(v, only *types.Var, first state, fn *function, env *Env) state {
	made := ev.stateAt(v, only, first, fn.outer, fn.node.Pos(), env)
	for _, t := range ev.ix.touches[v] {
		if t.pos < fn.node.End() || !t.concerns(only) {
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
func (f *flow) closures(fn *function, body ast.Node, in state) state {
	elsewhere := func(t touch) bool { return t.fn != fn }
	if !f.touchedBy(elsewhere) {
		return in
	}
	out := in
	ast.Inspect(body, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			return true
		}
		if !contains(lit, f.stop) && lit.Pos() < f.stop && f.touched(lit) {
			inner := &flow{ev: f.ev, env: f.env, v: f.v, only: f.only, names: f.names}
			out = f.join(out, f.join(inner.block(lit.Body.List, in), inner.out))
		}
		return false
	})
	return out
}

// reached reports whether control may reach pos, in function fn.
func (ev *evaluator) reached(fn *function, pos token.Pos, env *Env) bool {
	at := arrival{ev.sameWay(fn, pos), ev.alike(env.scope)}
	if known, ok := ev.arrivals[at]; ok {
		return known
	}
	before := ev.cutoffs
	told := ev.arrives(fn, pos, env)
	if ev.whole(before) {
		ev.arrivals[at] = told
	}
	return told
}

// sameWay returns the first place in the body of fn from which control surely comes to pos.
func (ev *evaluator) sameWay(fn *function, pos token.Pos) token.Pos {
	if fn == nil || fn.body == nil {
		return pos
	}
	at := slices.IndexFunc(fn.body.List, func(s ast.Stmt) bool { return contains(s, pos) })
	if at < 0 {
		return pos
	}
	switch fn.body.List[at].(type) {
	case *ast.AssignStmt, *ast.ExprStmt, *ast.DeclStmt, *ast.ReturnStmt:
	default:
		return pos
	}
	for at > 0 && !ev.mayEnd(fn.body.List[at-1]) {
		at--
	}
	return fn.body.List[at].Pos()
}

// An arrival is a place in the contexts that bind the same.
type arrival struct {
	pos   token.Pos
	scope *scope
}

func (ev *evaluator) arrives(fn *function, pos token.Pos, env *Env) bool {
	for ; fn != nil && fn.body != nil; fn = fn.outer {
		if !ev.passes(fn, pos, env, false) {
			return false
		}
		pos = fn.node.Pos()
	}
	return true
}

// passes reports whether control may come to pos in the body of fn: by default, or ever.
func (ev *evaluator) passes(fn *function, pos token.Pos, env *Env, defaults bool) bool {
	f := &flow{ev: ev, env: env, stop: pos, defaults: defaults}
	f.block(fn.body.List, state{{Kind: Nil}})
	return !f.done || len(f.found) > 0
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
	return f.touchedBy(func(t touch) bool { return contains(n, t.pos) })
}

func (f *flow) touchedBy(which func(touch) bool) bool {
	if f.names == nil {
		return false
	}
	for _, v := range *f.names {
		if slices.ContainsFunc(f.ev.ix.touches[v], func(t touch) bool { return t.concerns(f.only) && which(t) }) {
			return true
		}
	}
	return false
}

func (f *flow) stmt(s ast.Stmt, in state) state {
	if len(in) == 0 {
		f.done = f.done || contains(s, f.stop)
		return nil
	}
	f.ev.works()
	if f.ev.steps--; f.ev.steps < 0 {
		f.ev.cutoffs.n++
		f.found, f.done = state{{}}, true
		return f.found
	}
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return f.returnStmt(s, in)
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
	return f.compound(s, in)
}

func (f *flow) returnStmt(s *ast.ReturnStmt, in state) state {
	if in = f.simple(s, in); f.returned != nil {
		f.returned(s)
	}
	f.out = f.join(f.out, in)
	return nil
}

// compound runs a statement that may have others in it.
func (f *flow) compound(s ast.Stmt, in state) state {
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
		return state{f.eitherField(a[0], b[0])}
	case len(a) == 1 && len(b) == 1:
		return alternatives(either(a[0], b[0]))
	}
	return alternatives(choice(slices.Concat(a, b)))
}

// isOwn reports whether v is a struct of a type that is read. What such structs may be
// is told field by field; for others, options mostly, each stays whole.
func (ev *evaluator) isOwn(v Value) bool {
	return v.Kind == Struct && v.Type != nil && ev.isOwnType(v.Type)
}

func (ev *evaluator) isOwnType(t types.Type) bool {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && ev.ix.reads(n.Obj()) && isStruct(n)
}

// eitherField returns what is struct v on one way and w on another.
func (f *flow) eitherField(v, w Value) Value {
	st, ok := deref(v.Type).Underlying().(*types.Struct)
	if !ok {
		return Value{}
	}
	fields := map[string]Elem{}
	for field := range st.Fields() {
		name := field.Name()
		old, inV := v.Fields[name]
		e, inW := w.Fields[name]
		switch {
		case inV && inW && old.same(e):
			fields[name] = e
		case inV || inW:
			if !inV {
				old = asElem(zero(field.Type()))
			}
			if !inW {
				e = asElem(zero(field.Type()))
			}
			fields[name] = eitherElem(old, e)
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
