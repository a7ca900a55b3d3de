package scanner

import (
	"go/ast"
	"go/types"
	"slices"
)

// This file tells structs apart that nobody names: a value of a type of the program that
// comes out of a channel or an interface is one of those that the program makes, and what
// its fields hold goes together.

// maxObjects bounds how many structs of one type are told apart.
const maxObjects = 1000

// A madeStruct is a literal of a struct.
type madeStruct struct {
	place
	lit *ast.CompositeLit
}

// objects returns the structs of a type that the program makes, each in the contexts in
// which it does. ok is false where there may be others, or too many.
func (ev *evaluator) objects(t types.Type) (objs []Elem, ok bool) {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || !isStruct(n) || !ev.ix.reads(n.Obj()) {
		return nil, false
	}
	known, ok := ev.objs[n]
	if !ok {
		ev.objs[n] = nil // while it is being told
		known = ev.findObjects(n)
		ev.objs[n] = known
	}
	return known, len(known) > 0
}

func (ev *evaluator) findObjects(n *types.Named) []Elem {
	if ev.filledLater(n) {
		return nil
	}
	saved := ev.steps
	ev.telling++ // ways through branches are not told apart
	defer func() { ev.steps = saved; ev.telling-- }()
	var objs []Elem
	for _, m := range ev.ix.objects(n.Obj()) {
		ev.steps = maxSteps
		envs, cut := ev.contexts(m.place, ev.givenLater(m, n), maxContexts, false)
		if cut || len(objs)+len(envs) > maxObjects {
			return nil
		}
		for _, env := range envs {
			objs = append(objs, Elem{Expr: m.lit, Env: env.asObject()})
		}
	}
	return objs
}

// givenLater returns the literal and what the function that it stands in writes to its
// fields through the variable that holds it.
func (ev *evaluator) givenLater(m madeStruct, n *types.Named) []ast.Expr {
	need := []ast.Expr{m.lit}
	for f := range n.Underlying().(*types.Struct).Fields() {
		for _, w := range slices.Concat(ev.ix.writes(f.Origin()), ev.ix.elements(f.Origin())) {
			if w.fn != m.fn || ev.ix.holds[w.base] != m.lit {
				continue
			}
			for _, e := range []ast.Expr{w.key, w.expr} {
				if e != nil {
					need = append(need, e)
				}
			}
		}
	}
	return need
}

// filledLater reports whether structs of the type are made without a literal and filled
// field by field, or by decoders.
func (ev *evaluator) filledLater(n *types.Named) bool {
	st := n.Underlying().(*types.Struct)
	for f := range st.Fields() {
		if ev.ix.isDecoded(f.Origin()) {
			return true
		}
	}
	return slices.ContainsFunc(ev.ix.zeroed(st), func(z zeroed) bool {
		if z.lit != nil || z.held == nil {
			return false
		}
		for f := range st.Fields() {
			if slices.ContainsFunc(ev.ix.writes(f.Origin()), func(w write) bool { return types.Object(w.base) == z.held }) {
				return true
			}
		}
		return false
	})
}

// objects binds each of vars that is a struct, and that env does not bind, to each of the
// structs that it may be. It does so once in a context: two at a time would be combined as
// no run may combine them.
func (f *finder) objects(envs []*Env, vars []types.Object) []*Env {
	if !f.defining || f.ev.telling > 0 {
		return envs
	}
	for _, v := range vars {
		var next []*Env
		for _, env := range envs {
			objs, ok := f.ev.objects(v.Type())
			if _, bound, _ := env.lookup(v, v.Pos()); bound || !ok || env.forked() {
				next = append(next, env)
				continue
			}
			if f.spend(len(objs)); f.cut {
				return envs
			}
			for _, o := range objs {
				at := env.with(v, o, nil)
				at.scope.object = len(objs) > 1
				next = append(next, at)
			}
		}
		envs = next
	}
	return envs
}

// A fieldOfObject is a field of the struct that a literal makes in a context.
type fieldOfObject struct {
	field *types.Var
	lit   *ast.CompositeLit
	scope *scope
}

// ofObject returns a field of the struct v, made by a literal, though it is written
// elsewhere: what the literal gives it, and what is written to it otherwise than through
// variables that hold other literals. ok is false where that is not told by v alone.
func (ev *evaluator) ofObject(v Value, field *types.Var) (told Value, ok bool) {
	if v.lit == nil || ev.active[field] > 0 || ev.deciding > 0 {
		return Value{}, false
	}
	at := fieldOfObject{field, v.lit, v.scope}
	if known, ok := ev.ofObjects[at]; ok {
		return known, known.Kind != Unknown
	}
	ev.active[field]++
	ev.telling++
	told, ok = ev.tellObject(v, field)
	ev.telling--
	ev.active[field]--
	ev.ofObjects[at] = told
	return told, ok && told.Kind != Unknown
}

func (ev *evaluator) tellObject(v Value, field *types.Var) (Value, bool) {
	part, ok := ev.part(v, field)
	elsewhere := func(w write) bool { return !w.literal && !ev.keeps(w.base) && !ev.ofAnother(v, w) && !isDecoder(w.fn) }
	if !ok || slices.ContainsFunc(ev.ix.inside(field), elsewhere) && ev.mayChange(part, "") {
		return Value{}, false
	}
	var alts []Value
	for _, w := range ev.ix.writes(field) {
		if !elsewhere(w) {
			continue
		}
		envs, ok := ev.through(v, w, w.expr)
		if !ok {
			return Value{}, false
		}
		for _, env := range envs {
			alts = append(alts, ev.result(w.expr, w.result, env.deeper(2)))
		}
	}
	if !part.Left || len(alts) == 0 {
		alts = append(alts, part)
	}
	out := choice(alts)
	for _, w := range ev.ix.elements(field) {
		if !elsewhere(w) {
			continue
		}
		envs, ok := ev.through(v, w, w.key, w.expr)
		if out.Type = field.Type(); !ok {
			return Value{}, false
		}
		out = ev.filled(out, field, []write{w}, &Env{}, func(write, []ast.Expr, int) []*Env { return envs })
	}
	return out, true
}

// through returns the contexts of a write in which the variable that it goes through is v.
// ok is false where what it writes depends on callers besides.
func (ev *evaluator) through(v Value, w write, need ...ast.Expr) (envs []*Env, ok bool) {
	need = slices.DeleteFunc(need, func(e ast.Expr) bool { return e == nil })
	if len(need) == 0 {
		return nil, false
	}
	if made := ev.ix.functionAt(v.lit.Pos()); made != nil && made == w.fn && ev.ix.holds[w.base] == v.lit {
		return ev.within(w.place, &Env{pkg: w.pkg, scope: v.scope}, maxContexts)
	}
	self := map[types.Object]Elem{}
	if w.base != nil && types.Identical(deref(w.base.Type()), deref(orInvalid(v.Type))) {
		self[w.base] = Elem{Value: &v}
	}
	for obj := range ev.free(w.place, need, false) {
		for fn := w.fn; fn != nil; fn = fn.outer {
			if _, param := fn.params[obj]; param && obj != types.Object(w.base) {
				return nil, false
			}
		}
	}
	envs, cut := ev.contextsWith(w.place, need, maxAlternatives, false, self)
	return envs, !cut
}

// ofAnother reports whether a write is to a struct that another literal makes.
func (ev *evaluator) ofAnother(v Value, w write) bool {
	if w.base == nil || !isLocal(w.base) {
		return false
	}
	lit, ok := ev.ix.holds[w.base]
	return ok && lit != v.lit
}

// isDecoder reports whether fn reads a struct that a process of the same program wrote:
// the methods that github.com/tinylib/msgp generates.
func isDecoder(fn *function) bool {
	if fn == nil || fn.obj == nil || fn.recv == nil {
		return false
	}
	return fn.obj.Name() == "DecodeMsg" || fn.obj.Name() == "UnmarshalMsg"
}
