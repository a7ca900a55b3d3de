package scanner

import (
	"go/ast"
	"go/token"
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

// A sentStruct is where a struct is sent into a channel.
type sentStruct struct {
	place
	from *types.Var // that holds it, or nil
}

// objectsOf are the structs of a type, those that come through a channel or others.
type objectsOf struct {
	typ  *types.Named
	sent bool
}

// objects returns the structs of a type that the program makes, each in the contexts in
// which it does; sent says that they are those that come through a channel. ok is false
// where there may be others, or too many.
func (ev *evaluator) objects(t types.Type, sent bool) (objs []Elem, ok bool) {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || !isStruct(n) || !ev.ix.reads(n.Obj()) {
		return nil, false
	}
	known, ok := ev.objs[objectsOf{n, sent}]
	if !ok {
		ev.objs[objectsOf{n, sent}] = nil // while it is being told
		known = ev.findObjects(n, sent)
		ev.objs[objectsOf{n, sent}] = known
	}
	return known, len(known) > 0
}

func (ev *evaluator) findObjects(n *types.Named, sent bool) []Elem {
	if ev.filledLater(n) {
		return nil
	}
	saved := ev.steps
	ev.telling++ // ways through branches are not told apart
	defer func() { ev.steps = saved; ev.telling-- }()
	var objs []Elem
	for _, m := range ev.ix.objects(n.Obj()) {
		if ev.copied(m.lit) != nil {
			continue
		}
		ev.steps = maxSteps
		envs, cut := ev.contexts(m.place, ev.givenLater(m, n), maxContexts, false)
		if cut || len(objs)+len(envs) > maxObjects {
			return nil
		}
		for _, env := range envs {
			objs = append(objs, Elem{Expr: m.lit, Env: env.asObject(sent)})
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
func (f *finder) objects(envs []*Env, vars []types.Object, sent bool) []*Env {
	if !f.defining || f.ev.telling > 0 {
		return envs
	}
	for _, v := range vars {
		var next []*Env
		for _, env := range envs {
			objs, ok := f.ev.objects(v.Type(), sent)
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
	elsewhere := func(w write) bool {
		kept := ev.keeps(w.base) && !(v.wasSent() && ev.isSent(w))
		return !w.literal && !kept && !ev.ofAnother(v, w) && !isDecoder(w.fn) && !ev.copies(w, field)
	}
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
			if ev.reached(w.fn, w.pos, env.with(field, Elem{Value: &part}, nil)) {
				alts = append(alts, ev.result(w.expr, w.result, env.deeper(2)))
			}
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
		if out = ev.filled(out, field, []write{w}, &Env{}, func(write, []ast.Expr, int) []*Env { return envs }); out.Kind != Map {
			return Value{}, false
		}
		for i, env := range envs {
			out.Elems[len(out.Elems)-len(envs)+i].Optional = !ev.always(v, w, env)
		}
	}
	return out, true
}

// through returns the contexts of a write in which the variable that it goes through is v.
// ok is false where that is not told.
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
		if from := ev.copied(ev.ix.holds[w.base]); from != nil {
			self[from] = Elem{Value: &v}
		}
	}
	for obj := range ev.free(w.place, need, false) {
		for fn := w.fn; fn != nil; fn = fn.outer {
			if _, param := fn.params[obj]; param && self[obj].Value == nil {
				return ev.throughCallers(v, w, need)
			}
		}
	}
	envs, cut := ev.contextsWith(w.place, need, maxAlternatives, false, self)
	return envs, !cut
}

// throughCallers is through for what a write takes of its callers besides: those count that
// give it v.
func (ev *evaluator) throughCallers(v Value, w write, need []ast.Expr) (envs []*Env, ok bool) {
	base := baseOf(w.to)
	if base == nil {
		return nil, false
	}
	all, cut := ev.contexts(w.place, append(slices.Clone(need), base), maxContexts, false)
	if cut {
		return nil, false
	}
	for _, env := range all {
		if !ev.led(w.place, env) { // where nothing is told of what it binds
			continue
		}
		held := Value{}
		if e, bound, _ := env.lookup(w.base, w.base.Pos()); bound { // as its function is given it
			held = ev.elem(e)
		}
		is, may := ev.isObject(held, v)
		if is = is || may && w.fn.obj == nil && isParameter(w.base, w.fn) && ev.isOnly(v); may && !is {
			return nil, false
		}
		if is {
			envs = append(envs, env)
		}
	}
	return envs, true
}

// baseOf returns the variable that x.f, or x.f[i], begins with, or nil.
func baseOf(e ast.Expr) ast.Expr {
	for {
		switch x := ast.Unparen(orBad(e)).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.Ident:
			return x
		default:
			return nil
		}
	}
}

// isObject reports whether a value is the struct v, or may be.
func (ev *evaluator) isObject(x, v Value) (is, may bool) {
	x.each(func(x Value) {
		switch {
		case x.Kind == Nil:
		case x.Kind != Struct || x.lit == nil:
			may = true
		case x.lit == v.lit && (&Env{scope: x.scope}).compatible(&Env{scope: v.scope}):
			is, may = true, true
		}
	})
	return is && x.Kind != Choice, may
}

// isOnly reports whether no other literal than that of v makes a struct of its type.
func (ev *evaluator) isOnly(v Value) bool {
	n, ok := types.Unalias(deref(orInvalid(v.Type))).(*types.Named)
	if !ok || ev.filledLater(n) {
		return false
	}
	made := ev.ix.objects(n.Obj())
	return len(made) == 1 && made[0].lit == v.lit
}

// led reports whether control may reach a place in a context, through the calls that led
// there.
func (ev *evaluator) led(at place, env *Env) bool {
	for {
		if !ev.reached(at.fn, at.pos, env) {
			return false
		}
		caller, from := env.caller()
		if caller == nil {
			return true
		}
		at, env = caller.place, from
	}
}

// always reports whether every struct v has what is written through a variable: the write
// is surely run, and no other is sent instead of that variable.
func (ev *evaluator) always(v Value, w write, env *Env) bool {
	if v.wasSent() && ev.isSent(w) {
		n := types.Unalias(deref(v.Type)).(*types.Named)
		for _, s := range ev.ix.sends(n.Obj()) {
			if s.from != w.base && !ev.isReceived(s.from) || s.from == w.base && s.pos < w.pos {
				return false
			}
		}
		return ev.surely(w.place, env)
	}
	for at := w.place; ; {
		if !ev.surely(at, env) {
			return false
		}
		caller, from := env.caller()
		if caller == nil {
			return true
		}
		at, env = caller.place, from
	}
}

// wasSent reports whether a struct came through a channel.
func (v Value) wasSent() bool { return v.scope != nil && v.scope.sent }

// isSent reports whether a write is to a struct that the variable is sent as later.
func (ev *evaluator) isSent(w write) bool {
	if w.base == nil || !isStruct(deref(w.base.Type())) {
		return false
	}
	n, ok := types.Unalias(deref(w.base.Type())).(*types.Named)
	return ok && slices.ContainsFunc(ev.ix.sends(n.Obj()), func(s sentStruct) bool { return s.from == w.base })
}

// sentChanged reports whether a field of a struct that came through a channel was written
// to where it was sent.
func (ev *evaluator) sentChanged(v Value, field *types.Var) bool {
	changes := func(w write) bool { return !w.literal && ev.isSent(w) }
	return v.lit != nil && v.wasSent() &&
		(slices.ContainsFunc(ev.ix.writes(field), changes) || slices.ContainsFunc(ev.ix.elements(field), changes))
}

// isReceived reports whether a variable holds what comes out of a channel.
func (ev *evaluator) isReceived(v *types.Var) bool {
	if v == nil {
		return false
	}
	if fn := ev.ix.functionAt(v.Pos()); ev.ix.ranges[v] != nil && fn != nil {
		_, ok := orInvalid(fn.pkg.TypesInfo.TypeOf(ev.ix.ranges[v])).Underlying().(*types.Chan)
		return ok
	}
	return slices.ContainsFunc(ev.ix.touches[v], func(t touch) bool {
		u, ok := ast.Unparen(orBad(t.from)).(*ast.UnaryExpr)
		return t.write && ok && u.Op == token.ARROW
	})
}

// copied returns the variable of the same type of which a literal is a copy, or nil: what
// it does not take from that is a number, or filled later.
func (ev *evaluator) copied(lit *ast.CompositeLit) *types.Var {
	if lit == nil {
		return nil
	}
	fn := ev.ix.functionAt(lit.Pos())
	if fn == nil {
		return nil
	}
	info := fn.pkg.TypesInfo
	t := deref(orInvalid(info.TypeOf(lit)))
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var from *types.Var
	for i, e := range lit.Elts {
		f, value := literalField(info, st, i, e)
		if f == nil {
			return nil
		}
		if sel, ok := ast.Unparen(value).(*ast.SelectorExpr); ok && fieldOf(info, sel) == f.Origin() {
			v := local(info, sel.X)
			if v == nil || from != nil && v != from || !types.Identical(deref(v.Type()), t) {
				return nil
			}
			from = v
			continue
		}
		call, ok := ast.Unparen(value).(*ast.CallExpr)
		if made := ok && isBuiltin(info, call) && asIdent(call.Fun).Name == "make"; !made && !isMeasured(f.Type()) {
			return nil
		}
	}
	return from
}

// copies reports whether a write fills a copy with what the original has.
func (ev *evaluator) copies(w write, field *types.Var) bool {
	from := ev.copied(ev.ix.holds[w.base])
	key, ok := ast.Unparen(orBad(w.key)).(*ast.Ident)
	if from == nil || !ok {
		return false
	}
	over, ok := ast.Unparen(orBad(ev.ix.ranges[w.pkg.TypesInfo.Uses[key]])).(*ast.SelectorExpr)
	return ok && fieldOf(w.pkg.TypesInfo, over) == field && local(w.pkg.TypesInfo, over.X) == from
}

// ofAnother reports whether a write is to a struct that another literal makes.
func (ev *evaluator) ofAnother(v Value, w write) bool {
	if w.base == nil || !isLocal(w.base) {
		return false
	}
	lit, ok := ev.ix.holds[w.base]
	return ok && lit != v.lit && ev.copied(lit) == nil
}

// isDecoder reports whether fn reads a struct that a process of the same program wrote:
// the methods that github.com/tinylib/msgp generates.
func isDecoder(fn *function) bool {
	if fn == nil || fn.obj == nil || fn.recv == nil {
		return false
	}
	return fn.obj.Name() == "DecodeMsg" || fn.obj.Name() == "UnmarshalMsg"
}
