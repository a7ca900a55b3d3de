package scanner

import (
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// An evaluator tells what expressions mean. It knows functions of the standard
// library and those that the libraries hand in, by full name.
type evaluator struct {
	ctx       context.Context
	ix        *index
	funcs     map[string]func([]Value) Value
	methods   map[string]standardMethod
	writers   map[string]writer
	selected  map[*ast.CallExpr][]selection // what selections told
	vars      map[string]Value
	pure      map[string]bool                  // functions that libraries understand: they change nothing that they are given
	work      int                              // evaluations so far
	steps     int                              // evaluations left for the current site
	active    map[*types.Var]int               // variables being evaluated, against cycles
	ends      map[ast.Node]bool                // what mayEnd told
	regions   map[*types.Var]ast.Node          // what region told
	told      map[*types.Var]Value             // what anywhere told
	locals    map[usage]Value                  // what local told
	nowhere   *types.Var                       // a field that no struct has
	frees     map[string]map[types.Object]bool // what free told, by place and expressions
	reachings map[string]reaching
	climbs    map[reach]climb
	entries   map[entry]*scope   // what enter made
	outcomes  map[outcome]Value  // what inline told
	arrivals  map[arrival]bool   // what reached told
	decisions map[decision]Value // what condition told
	likes     map[string]*scope  // the first that binds so
	numbers   map[any]int        // of what a likeness names
	failed    map[usage]int      // how many evaluations were left where local was cut off
	guardsOf  map[guardedUse][]ast.Expr
	asked     map[*function]callerList
	reaches   map[reach]reached // what finders told
	deciding  int               // how many conditions are being told
	cutoffs   cutoffs
	offs      map[*function]bool            // what offFunction told
	offWays   map[arrival]bool              // what offWithin told
	tracing   bool                          // values keep their sources
	telling   int                           // how many variables anywhere is telling
	ofObjects map[fieldOfObject]Value       // what ofObject told
	objs      map[objectsOf][]Elem          // what objects told
	unread    map[string][]*types.Interface // interfaces of packages that are not read, by method
	declared  map[keyed][]Elem              // defaults of the settings that are declared by name; nil: not asked yet
}

func newEvaluator(ctx context.Context, ix *index) *evaluator {
	ev := &evaluator{ctx: ctx, ix: ix, vars: map[string]Value{}, pure: map[string]bool{}, active: map[*types.Var]int{}, ends: map[ast.Node]bool{}, regions: map[*types.Var]ast.Node{}, told: map[*types.Var]Value{}, locals: map[usage]Value{}, nowhere: types.NewField(token.NoPos, nil, "", types.Typ[types.Invalid], false), objs: map[objectsOf][]Elem{}, ofObjects: map[fieldOfObject]Value{}, frees: map[string]map[types.Object]bool{}, asked: map[*function]callerList{}, reachings: map[string]reaching{}, failed: map[usage]int{}, outcomes: map[outcome]Value{}, climbs: map[reach]climb{}, arrivals: map[arrival]bool{}, decisions: map[decision]Value{}, likes: map[string]*scope{}, numbers: map[any]int{}, entries: map[entry]*scope{}, offs: map[*function]bool{}, offWays: map[arrival]bool{}, guardsOf: map[guardedUse][]ast.Expr{}, reaches: map[reach]reached{}, selected: map[*ast.CallExpr][]selection{}}
	ev.funcs, ev.methods, ev.writers = ev.standardFuncs(), standardMethods(), builderWriters()
	for _, lib := range Libraries() {
		for name, f := range lib.Funcs {
			ev.funcs[name] = func(args []Value) Value { return f(ev, args) }
		}
		for name := range lib.Defines {
			ev.pure[name] = true
		}
		for name := range lib.Uses {
			ev.pure[name] = true
		}
		for _, name := range lib.Parts {
			ev.pure[name] = true
		}
		maps.Copy(ev.vars, lib.Vars)
	}
	for name := range ev.funcs {
		ev.pure[name] = true
	}
	return ev
}

// maxSteps bounds the work for one site in one context.
const maxSteps = 20000

// maxUse bounds the work for the contexts of a call that says more about metrics which
// others define: there are many of those, and most say their share in few contexts.
const maxUse = maxSteps / 4

// A cutoffs counts how often evaluation was cut off.
type cutoffs struct {
	n      int
	cycles []*types.Var // for each that was because a variable was being told already
}

// cycle counts that evaluation was cut off because v depends on itself.
func (ev *evaluator) cycle(v *types.Var) {
	ev.cutoffs.n++
	ev.cutoffs.cycles = append(ev.cutoffs.cycles, v)
}

// whole reports whether what was evaluated since before is all that can be told, so that it
// need not be again: nothing was cut off, but for cycles within it.
func (ev *evaluator) whole(before cutoffs) bool {
	cycles := ev.cutoffs.cycles[len(before.cycles):]
	return ev.cutoffs.n-before.n == len(cycles) && !slices.ContainsFunc(cycles, func(v *types.Var) bool { return ev.active[v] > 0 })
}

func (ev *evaluator) elem(e Elem) Value {
	if e.Value != nil {
		return *e.Value
	}
	if e.Ways != nil {
		return ev.either(e.Ways)
	}
	if e.Expr == nil || e.Env == nil {
		return Value{}
	}
	return ev.eval(e.Expr, e.Env)
}

// elemFor is elem for the sake of one field of a struct of type t, if one is given.
func (ev *evaluator) elemFor(e Elem, only *types.Var, t types.Type) Value {
	if only == nil || e.Value != nil || e.Ways != nil || e.Expr == nil || e.Env == nil || !types.Identical(orInvalid(e.Env.pkg.TypesInfo.TypeOf(e.Expr)), t) {
		return ev.elem(e)
	}
	return ev.evalFor(e.Expr, only, e.Env)
}

// either evaluates what is one of several elements, once.
func (ev *evaluator) either(w *ways) Value {
	told := &w.told
	if ev.deciding > 0 {
		told = &w.decided
	}
	if *told != nil {
		return **told
	}
	before := ev.cutoffs
	var alts []Value
	for _, e := range w.alts {
		alts = append(alts, ev.elem(e))
	}
	v := choice(alts)
	if ev.whole(before) {
		*told = &v
	}
	return v
}

// works counts an evaluation, and ends the scan where its context is done.
func (ev *evaluator) works() {
	if ev.work++; ev.work%256 == 0 && ev.ctx.Err() != nil {
		panic(bailout{})
	}
}

// eval returns what is known of e in env.
func (ev *evaluator) eval(e ast.Expr, env *Env) Value { return ev.evalFor(e, nil, env) }

// evalFor is eval for the sake of one field of a struct, if one is given: others may be as
// they were earlier.
func (ev *evaluator) evalFor(e ast.Expr, only *types.Var, env *Env) Value {
	ev.works()
	if ev.steps--; ev.steps < 0 || env.depth > maxDepth {
		ev.cutoffs.n++
		return Value{Why: e}
	}
	info := env.pkg.TypesInfo
	tv, typed := info.Types[e]
	if tv.Value != nil {
		v := fromConstant(tv.Value, tv.Type)
		if ev.tracing {
			v = sourced(v, e, env)
		}
		return v
	}
	var v Value
	if of := local(info, e); of != nil && only != nil {
		v = ev.localFor(of, only, e.Pos(), env)
	} else {
		v = ev.shape(e, env)
	}
	switch {
	case v.Type != nil:
	case typed:
		v.Type = tv.Type
	default:
		v.Type = info.TypeOf(e)
	}
	if (v.Kind == Unknown || v.Absent && v.Configured) && v.Why == nil {
		v.Why = e
	}
	if ev.tracing {
		v = sourced(v, e, env)
	}
	return v
}

// shape evaluates e by its syntax.
func (ev *evaluator) shape(e ast.Expr, env *Env) Value {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return ev.eval(e.X, env)
	case *ast.StarExpr:
		return ev.eval(e.X, env)
	case *ast.TypeAssertExpr:
		return ev.eval(e.X, env)
	case *ast.UnaryExpr:
		return ev.unary(e, env)
	case *ast.BinaryExpr:
		return ev.binary(e, env)
	case *ast.Ident:
		return ev.ident(e, env)
	case *ast.SelectorExpr:
		return ev.selector(e, env)
	case *ast.CompositeLit:
		return ev.composite(e, env)
	case *ast.FuncLit:
		return Value{Kind: Func, Fn: ev.ix.functionAt(e.Pos()), Env: env}
	case *ast.IndexExpr:
		return ev.indexed(e, env)
	case *ast.SliceExpr:
		return ev.sliced(e, env)
	case *ast.CallExpr:
		return ev.call(e, env)
	}
	return Value{}
}

func (ev *evaluator) ident(e *ast.Ident, env *Env) Value {
	switch obj := env.pkg.TypesInfo.ObjectOf(e).(type) {
	case *types.Nil:
		return Value{Kind: Nil}
	case *types.Func:
		return ev.funcValue(obj, nil)
	case *types.Var:
		return ev.variable(obj, e.Pos(), env)
	}
	return Value{}
}

// funcValue returns the function obj, with the receiver that is bound to it, if any.
func (ev *evaluator) funcValue(obj *types.Func, recv *Elem) Value {
	obj = obj.Origin()
	return Value{Kind: Func, Fn: ev.ix.function(obj), Recv: recv, Callee: obj.FullName()}
}

func (ev *evaluator) selector(e *ast.SelectorExpr, env *Env) Value {
	switch obj := env.pkg.TypesInfo.Uses[e.Sel].(type) {
	case *types.Func:
		s := env.pkg.TypesInfo.Selections[e]
		switch {
		case s == nil:
			return ev.funcValue(obj, nil)
		case s.Kind() == types.MethodVal:
			return ev.funcValue(obj, &Elem{Expr: e.X, Env: env})
		}
	case *types.Var:
		if !obj.IsField() {
			return ev.variable(obj, e.Pos(), env)
		}
		field := obj.Origin()
		if ev.deciding > 0 && ev.changed(field, e, env) { // no object is told apart
			return ev.fieldValue(Value{}, field, e, env)
		}
		return ev.fieldValue(ev.evalFor(e.X, firstField(env.pkg.TypesInfo, e), env), field, e, env)
	}
	return Value{}
}

// receiver evaluates what a method is called on; where it is promoted, the embedded
// field that has it.
func (ev *evaluator) receiver(sel *ast.SelectorExpr, env *Env) Value {
	v := ev.eval(sel.X, env)
	s := env.pkg.TypesInfo.Selections[sel]
	if s == nil || len(s.Index()) < 2 {
		return v
	}
	t := s.Recv()
	for _, i := range s.Index()[:len(s.Index())-1] {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok {
			return Value{}
		}
		f := st.Field(i)
		if v.Kind == Opaque {
			return v // the library's own struct
		}
		v = ev.fieldValue(v, f.Origin(), sel, env)
		t = f.Type()
	}
	return v
}

// fieldValue returns a field of each struct that x may be, or else what it may hold
// in any.
func (ev *evaluator) fieldValue(x Value, field *types.Var, e *ast.SelectorExpr, env *Env) Value {
	if held, bound, _ := env.lookup(field, e.Pos()); bound {
		return ev.elem(held)
	}
	var alts []Value
	told := !ev.changed(field, e, env)
	x.each(func(v Value) {
		if v.Kind == Nil {
			return // would panic
		}
		part, ok := ev.part(v, field)
		if ev.ix.isDecoded(field) {
			part = ev.decodedPart(part, field)
		}
		told = told && ok && !ev.sentChanged(v, field)
		alts = append(alts, part)
	})
	if told && len(alts) > 0 {
		return loosened(choice(alts), x)
	}
	if v, ok := ev.ofObject(x, field); ok {
		return v
	}
	v := ev.anywhere(field)
	if (v.loose || v.isLoose()) && env.forked() {
		return Value{Type: v.Type} // which goes with this struct is not known
	}
	return v
}

// loosened returns a field of x: where that is one of several values of another field, which
// one goes with what else is not known.
func loosened(part, x Value) Value {
	if part.Kind != Choice || !x.isLoose() {
		return part
	}
	part.Alts = slices.Clone(part.Alts)
	for i := range part.Alts {
		part.Alts[i].loose = true
	}
	return part
}

// decodedPart returns what a field that decoders may set is by default: what the program
// gives it, or its struct tag says. Where it has neither, nobody knows.
func (ev *evaluator) decodedPart(part Value, field *types.Var) Value {
	if tag, ok := ev.ix.tag(field); ok && part.Left {
		return configured(str(tag))
	}
	if part.Left && part.Kind == String {
		return Value{Type: part.Type}
	}
	return configured(part)
}

// part returns a field of v, or of what v embeds.
func (ev *evaluator) part(v Value, field *types.Var) (Value, bool) {
	path := fieldPath(v.Type, field)
	if path == nil {
		return Value{}, false
	}
	for _, f := range path {
		if v.Kind != Struct {
			return Value{}, false
		}
		e, ok := v.Fields[f.Name()]
		if !ok {
			v = zero(f.Type())
			v.Left = true
			continue
		}
		if v = ev.elem(e); v.Type == nil {
			v.Type = f.Type()
		}
	}
	return v, true
}

// changed reports whether a field is ever assigned to by x.f = …, other than to the
// local variable that e selects it from: then what a struct was made with need not hold
// any more.
func (ev *evaluator) changed(field *types.Var, e *ast.SelectorExpr, env *Env) bool {
	if !ev.ix.reads(field) {
		return false
	}
	base, path := target(env.pkg.TypesInfo, e.X)
	fn := ev.ix.functionAt(e.Pos())
	if base != nil && isLocal(base) && len(path) == 0 && isStruct(base.Type()) {
		// Nobody else has it, or its flow says so: but what it was copied from others had. What
		// decoders write there, other processes of the program wrote: see elsewhere.
		filled := func(w write) bool {
			return !w.literal && w.fn != fn && w.base != nil && isReference(w.base.Type()) && !isDecoder(w.fn)
		}
		return isParameter(base, fn) && slices.ContainsFunc(slices.Concat(ev.ix.writes(field), ev.ix.elements(field)), filled)
	}
	elsewhere := func(w write) bool {
		return !w.literal && (base == nil || w.base != base || w.fn != fn || !isLocal(base)) && !ev.keeps(w.base) && !isDecoder(w.fn)
	}
	return slices.ContainsFunc(ev.ix.inside(field), elsewhere) || slices.ContainsFunc(ev.ix.writes(field), elsewhere) ||
		slices.ContainsFunc(ev.ix.elements(field), elsewhere)
}

// isParameter reports whether v is a parameter or the receiver of fn, or of what it stands in.
func isParameter(v types.Object, fn *function) bool {
	for ; fn != nil; fn = fn.outer {
		if _, ok := fn.params[v]; ok {
			return true
		}
	}
	return false
}

// keeps reports whether v is a local struct that nothing else refers to.
func (ev *evaluator) keeps(v *types.Var) bool {
	refers := func(t touch) bool { return !t.write }
	return v != nil && isLocal(v) && isStruct(v.Type()) && !slices.ContainsFunc(ev.ix.touches[v], refers)
}
