package scanner

import (
	"cmp"
	"encoding/binary"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// Limits of evaluation. They are far above what programs written by hand need; what
// they cut off is reported.
const (
	maxCallers      = 12   // levels of callers that are followed upwards
	maxDepth        = 40   // levels of expressions and calls that are followed downwards
	maxContexts     = 500  // ways in which one call site is reached
	maxDefining     = 5000 // ways in which one that defines metrics is reached
	maxAlternatives = 64   // values that one expression may have
	maxString       = 1000 // bytes of a string
)

// An Env says what the parameters and loop variables of one function mean, in one
// way of reaching it.
type Env struct {
	pkg   *packages.Package
	scope *scope
	depth int // how far evaluation is from where it began
}

// A scope binds variables.
type scope struct {
	bind    map[types.Object]Elem
	only    ast.Node // the bindings hold in this node alone, and are final; nil: what the variables are at first
	outer   *scope   // what is bound around it: outer loops, or a closure's function
	loop    bool     // within a function: binds loop variables, or assumes
	assumed ast.Stmt // a branch that is taken through arm; nil: past it
	arm     ast.Node
	fn      *function // whose parameters are bound
	caller  *site     // the call that bound them; nil: not bound
	from    *Env      // the context of that call
}

// lookup returns what obj is bound to where it is named at pos. final reports whether
// it is that there; else it is what the variable is at first.
func (env *Env) lookup(obj types.Object, pos token.Pos) (e Elem, bound, final bool) {
	for s := env.scope; s != nil; s = s.outer {
		if b, ok := s.bind[obj]; ok && (s.only == nil || contains(s.only, pos)) {
			return b, true, s.only != nil
		}
	}
	return Elem{}, false, false
}

// through reports whether it is assumed which way is taken through a branch, and
// whether it is arm.
func (env *Env) through(branch ast.Stmt, arm ast.Node) (taken, assumed bool) {
	for s := env.scope; s != nil; s = s.outer {
		if s.assumed == branch {
			return s.arm == arm, true
		}
	}
	return false, false
}

// with returns env with obj bound as well; only may be nil.
func (env *Env) with(obj types.Object, e Elem, only ast.Node) *Env {
	s := &scope{bind: map[types.Object]Elem{obj: e}, only: only, outer: env.scope, loop: true}
	if env.scope != nil {
		s.fn, s.caller, s.from = env.scope.fn, env.scope.caller, env.scope.from
	}
	return &Env{pkg: env.pkg, scope: s, depth: env.depth}
}

// deeper returns a context that is env, n levels further from where evaluation began.
func (env *Env) deeper(n int) *Env {
	return &Env{pkg: env.pkg, scope: env.scope, depth: env.depth + n}
}

// same reports whether two contexts bind the same.
func (env *Env) same(other *Env) bool {
	return env == other || env != nil && other != nil && env.pkg == other.pkg && env.scope == other.scope
}

// caller returns the call that led to env and its context, or nil.
func (env *Env) caller() (*site, *Env) {
	if env == nil || env.scope == nil {
		return nil, nil
	}
	return env.scope.caller, env.scope.from
}

// calls returns how many of the calls that led to env are of fn.
func (env *Env) calls(fn *function) int {
	n := 0
	for env != nil && env.scope != nil && env.scope.caller != nil {
		if env.scope.fn == fn {
			n++
		}
		env = env.scope.from
	}
	return n
}

// root returns the site of the outermost call that led to env, or nil.
func (env *Env) root() *site {
	var root *site
	for s, from := env.caller(); s != nil; s, from = from.caller() {
		root = s
	}
	return root
}

// compatible reports whether the two may be the same way of reaching a place: the
// calls that led to one are the last of those that led to the other.
func (env *Env) compatible(other *Env) bool {
	if !env.iteration(other) {
		return false
	}
	for {
		s, from := env.caller()
		t, otherFrom := other.caller()
		if s == nil || t == nil {
			return true
		}
		if s.call != t.call {
			return false
		}
		env, other = from, otherFrom
		if !env.iteration(other) {
			return false
		}
	}
}

// iteration reports whether the two may be the same iteration of the loops around a
// place.
func (env *Env) iteration(other *Env) bool {
	theirs := other.loopVariables()
	for obj, e := range env.loopVariables() {
		if f, ok := theirs[obj]; ok && (e.Expr != f.Expr || e.Expr == nil && !e.same(f)) {
			return false
		}
	}
	return true
}

// loopVariables returns what is bound within the function.
func (env *Env) loopVariables() map[types.Object]Elem {
	vars := map[types.Object]Elem{}
	for s := env.scope; s != nil && s.loop; s = s.outer {
		for obj, e := range s.bind {
			if _, inner := vars[obj]; !inner {
				vars[obj] = e
			}
		}
	}
	return vars
}

// A finder enumerates the contexts of call sites.
type finder struct {
	ev     *evaluator
	active map[*function]bool // on the way up: recursion ends there
	left   int                // contexts that may still be made
	cut    bool               // something was cut off
	fork   bool               // tell the ways through branches apart
}

// contexts returns the ways in which a place is reached, as far as they matter to the
// expressions in need: no more than limit, and cut where there are more. Ways through
// branches before the place are told apart, but not while a field is being told, which
// would take too long.
func (ev *evaluator) contexts(p place, need []ast.Expr, limit int) (envs []*Env, cut bool) {
	f := &finder{ev: ev, active: map[*function]bool{}, left: limit, fork: ev.telling == 0}
	if ev.telling < 2 {
		defer func(steps int) { ev.steps = steps }(ev.steps)
	}
	if ev.telling == 0 {
		ev.steps = max(maxSteps, 10*limit)
	}
	envs = f.place(p, need, 0)
	return envs, f.cut
}

// known returns the contexts of a place, or where there are too many one that binds
// nothing: what holds in it holds whoever calls.
func (ev *evaluator) known(p place, need []ast.Expr, limit int) []*Env {
	envs, cut := ev.contexts(p, need, limit)
	if cut {
		return []*Env{{pkg: p.pkg}}
	}
	return envs
}

func (f *finder) place(p place, need []ast.Expr, level int) []*Env {
	free := f.ev.free(p, need)
	envs := f.looped(p, free, level)
	if f.fork {
		for _, s := range f.ev.branches(p, free, need) {
			envs = f.assume(s, envs)
		}
	}
	return envs
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

// function returns the contexts of fn's body in which the parameters in free are
// bound by each of its callers. Where others than those that are known may call it,
// there is a context that binds nothing.
func (f *finder) function(fn *function, pkg *packages.Package, free map[types.Object]bool, level int) []*Env {
	base := []*Env{{pkg: pkg}}
	if fn == nil {
		return base
	}
	if fn.outer != nil {
		base = f.looped(place{pkg: pkg, fn: fn.outer, pos: fn.node.Pos()}, free, level)
	}
	var params []types.Object
	for p := range fn.params {
		if free[p] {
			params = append(params, p)
		}
	}
	slices.SortFunc(params, func(a, b types.Object) int { return cmp.Compare(a.Pos(), b.Pos()) })
	if len(params) == 0 || f.active[fn] {
		return base
	}
	if level >= maxCallers {
		f.cut = true
		return base
	}
	f.active[fn] = true
	defer delete(f.active, fn)
	sites, open := f.ev.callers(fn)
	var envs []*Env
	for _, s := range sites {
		args, _ := f.arguments(fn, s, params)
		if len(args) == 0 {
			open = true // says nothing of what matters
		} else if s.fn != fn && !f.cut {
			envs = append(envs, f.called(fn, s, args, base, level)...)
		}
	}
	envs, endless := f.recursive(fn, sites, params, envs)
	if open || endless || len(envs) == 0 {
		envs = append(envs, base...)
	}
	return envs
}

// maxRecursion bounds how often a function's calls of itself are followed.
const maxRecursion = 3

// recursive adds the contexts in which fn calls itself. endless reports whether there
// are more.
func (f *finder) recursive(fn *function, sites []*site, params []types.Object, envs []*Env) (all []*Env, endless bool) {
	last := envs
	for i := 0; len(last) > 0; i++ {
		var next []*Env
		for _, s := range sites {
			args, repeats := f.arguments(fn, s, params)
			if s.fn != fn || repeats {
				continue
			}
			for _, from := range last {
				if f.ev.reached(s.fn, s.pos, from) && !f.cut {
					next = append(next, f.ev.bindCall(fn, s, args, from, from))
					f.spend(1)
				}
			}
		}
		if i == maxRecursion {
			return envs, len(next) > 0
		}
		envs, last = append(envs, next...), next
	}
	return envs, false
}

// spend counts n contexts more.
func (f *finder) spend(n int) {
	if f.left -= n; f.left < 0 {
		f.cut = true
	}
}

// arguments returns what s passes for the parameters. repeats reports whether it hands
// on what they are.
func (f *finder) arguments(fn *function, s *site, params []types.Object) (args map[types.Object]ast.Expr, repeats bool) {
	args = map[types.Object]ast.Expr{}
	repeats = s.fn == fn
	for _, p := range params {
		if arg := argument(s, fn, fn.params[p]); arg != nil {
			args[p] = arg
			repeats = repeats && s.pkg.TypesInfo.Uses[asIdent(arg)] == p
		}
	}
	return args, repeats
}

// called returns the contexts of fn's body when s calls it.
func (f *finder) called(fn *function, s *site, args map[types.Object]ast.Expr, base []*Env, level int) []*Env {
	var need []ast.Expr
	for _, arg := range args {
		need = append(need, arg)
	}
	var envs []*Env
	for _, from := range f.place(s.place, need, level+1) {
		if !f.ev.reached(s.fn, s.pos, from) {
			continue
		}
		for _, b := range base {
			if f.spend(1); f.cut {
				return envs
			}
			envs = append(envs, f.ev.bindCall(fn, s, args, from, b))
		}
	}
	return envs
}

func asIdent(e ast.Expr) *ast.Ident {
	id, _ := ast.Unparen(e).(*ast.Ident)
	return id
}

// bindCall returns the context of fn's body when s calls it.
func (ev *evaluator) bindCall(fn *function, s *site, args map[types.Object]ast.Expr, callerEnv, lexical *Env) *Env {
	sc := &scope{bind: map[types.Object]Elem{}, fn: fn, caller: s, from: callerEnv}
	if fn.outer != nil && lexical != nil {
		sc.outer = lexical.scope
	}
	for p, arg := range args {
		sc.bind[p] = Elem{Expr: arg, Env: callerEnv}
		if variadic(fn, fn.params[p]) && !s.call.Ellipsis.IsValid() {
			v := Value{Kind: List, Type: p.Type()}
			for _, a := range s.call.Args[fn.params[p]:] {
				v.Elems = append(v.Elems, Elem{Expr: a, Env: callerEnv})
			}
			sc.bind[p] = Elem{Value: &v}
		}
	}
	return &Env{pkg: fn.pkg, scope: sc, depth: callerEnv.depth + 1}
}

// argument returns what s passes for the parameter with that index, or nil. A variadic
// parameter that is given nothing has the call itself for an argument.
func argument(s *site, fn *function, index int) ast.Expr {
	switch {
	case index == receiver:
		if f, ok := calleeObject(s.pkg.TypesInfo, s.call).(*types.Func); ok && isInterfaceMethod(f) {
			return nil // whatever is in the interface
		}
		if sel, ok := calledExpr(s.pkg.TypesInfo, s.call).(*ast.SelectorExpr); ok {
			return sel.X
		}
	case index < len(s.call.Args):
		return s.call.Args[index]
	case index == len(s.call.Args) && variadic(fn, index):
		return s.call
	}
	return nil
}

// variadic reports whether the parameter with that index takes the rest of the
// arguments.
func variadic(fn *function, index int) bool {
	fields := fn.typ.Params.List
	if len(fields) == 0 {
		return false
	}
	_, ok := fields[len(fields)-1].Type.(*ast.Ellipsis)
	n := 0
	for _, f := range fields {
		n += max(1, len(f.Names))
	}
	return ok && index == n-1
}

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

// around returns the nodes around a place within its function, outermost first.
func around(p place) []ast.Node {
	if p.fn == nil || p.fn.body == nil {
		return nil
	}
	var nodes []ast.Node
	ast.Inspect(p.fn.body, func(n ast.Node) bool {
		if n == nil || !contains(n, p.pos) {
			return false
		}
		nodes = append(nodes, n)
		return true
	})
	return nodes
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

// free returns the parameters and loop variables that the expressions depend on,
// through the local variables that they name. Conditions count as far as they name
// parameters of plain types: flags and modes.
func (ev *evaluator) free(p place, need []ast.Expr) map[types.Object]bool {
	key := string(binary.AppendVarint(nil, int64(p.pos)))
	for _, e := range need {
		key = string(binary.AppendVarint(binary.AppendVarint([]byte(key), int64(e.Pos())), int64(e.End())))
	}
	if known, ok := ev.frees[key]; ok {
		return known
	}
	f := &dependencies{ev: ev, info: p.pkg.TypesInfo, free: map[types.Object]bool{}}
	defer func() { ev.frees[key] = f.free }()
	for _, e := range need {
		f.visit(e, false)
	}
	f.guards(p.pos)
	return f.free
}

type dependencies struct {
	ev   *evaluator
	info *types.Info
	free map[types.Object]bool
}

func (d *dependencies) visit(e ast.Node, condition bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := d.info.Uses[id].(*types.Var)
		if !ok || !isLocal(v) || d.free[v] || condition && !isBasic(v.Type()) {
			return true
		}
		d.free[v] = true
		if over := d.ev.ix.ranges[v]; over != nil && !condition {
			d.visit(over, false)
		}
		for _, t := range d.ev.ix.touches[v] {
			if t.from != nil {
				d.visit(t.from, false)
			}
			if v.Type() != nil && !condition {
				d.guards(t.pos)
			}
		}
		return true
	})
}

func isBasic(t types.Type) bool {
	_, ok := t.Underlying().(*types.Basic)
	return ok
}

// guards visits the conditions that decide whether pos is reached.
func (d *dependencies) guards(pos token.Pos) {
	fn := d.ev.ix.functionAt(pos)
	if fn == nil || fn.pkg.TypesInfo != d.info {
		return
	}
	for _, n := range around(place{pkg: fn.pkg, fn: fn, pos: pos}) {
		switch n := n.(type) {
		case *ast.IfStmt:
			d.visit(n.Cond, true)
		case *ast.SwitchStmt:
			d.switched(n)
		case *ast.BlockStmt:
			for _, s := range n.List {
				if s, ok := s.(*ast.IfStmt); ok && s.End() < pos && d.ev.mayEnd(s) {
					d.visit(s.Cond, true)
				}
			}
		}
	}
}

func (d *dependencies) switched(n *ast.SwitchStmt) {
	if n.Tag != nil {
		d.visit(n.Tag, true)
	}
	for _, c := range n.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			d.visit(e, true)
		}
	}
}
