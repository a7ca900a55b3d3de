package scanner

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// An index holds what one pass over the syntax of all packages finds: where
// functions are called and what is written to variables and fields. Its maps are
// keyed by the type checker's objects, which packages loaded together share.
type index struct {
	fset    *token.FileSet
	pkgs    []*packages.Package
	pkgOf   map[*types.Package]*packages.Package
	all     []*function                // sorted by position
	funcs   map[types.Object]*function // declared functions and methods
	callers map[types.Object][]*site   // by static callee, or by the variable that holds a closure
	methods map[string][]*types.Func   // methods of interfaces that are called or used as values
	sites   []*site                    // every call, in order
	values  map[types.Object][]mention // where a function is named without being called

	writes   map[types.Object][]write  // to package variables and fields
	elements map[types.Object][]write  // to their elements, by key
	inside   map[types.Object][]write  // within package variables and fields
	ranges   map[types.Object]ast.Expr // what a loop variable runs over
	touches  map[types.Object][]touch  // where something may change a local variable
	omitted  map[types.Object]bool     // fields that a literal, or new, leaves zero
	zeroed   []zeroed
	consts   map[types.Type][]string // the values that constants of a named string type have
	made     map[types.Type]bool     // the string types that strings are converted to
	handed   []handed
	decoded  map[*types.Var]bool // fields that functions which are not read may set
}

// A function is a declared function or a function literal.
type function struct {
	pkg     *packages.Package
	obj     types.Object // *types.Func, or the variable that holds the literal, or nil
	node    ast.Node
	typ     *ast.FuncType
	recv    *ast.FieldList
	body    *ast.BlockStmt // nil: written in another language
	outer   *function      // of a literal: the function that it stands in
	params  map[types.Object]int
	results []types.Object // where they have names
	called  *site          // of a literal that is called where it stands
}

// contains reports whether pos is in the function, its parameters included.
func (f *function) contains(pos token.Pos) bool { return f != nil && contains(f.node, pos) }

func contains(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// A place is a position with what is around it.
type place struct {
	pkg *packages.Package
	fn  *function // nil: at package level
	pos token.Pos
}

// A mention is a place where a function is named.
type mention struct {
	place
	parent ast.Node
}

// A site is one call.
type site struct {
	place
	call   *ast.CallExpr
	holder holder
}

// A write is one value given to a package variable or field.
type write struct {
	place
	expr    ast.Expr   // nil: a value that cannot be told
	result  int        // index of the result where expr is a call with several; else -1
	key     ast.Expr   // of an element that is written
	literal bool       // a field's value in a struct literal
	cond    bool       // behind a condition, seen from the function's body
	base    *types.Var // the variable that x.f = … names
}

// A touch is a place where a local variable, or what it refers to, may change.
type touch struct {
	pos   token.Pos
	from  ast.Expr // what the change depends on, or nil
	write bool     // surely a change
}

func newIndex(pkgs []*packages.Package) *index {
	ix := &index{
		pkgs:     pkgs,
		pkgOf:    map[*types.Package]*packages.Package{},
		funcs:    map[types.Object]*function{},
		callers:  map[types.Object][]*site{},
		values:   map[types.Object][]mention{},
		methods:  map[string][]*types.Func{},
		writes:   map[types.Object][]write{},
		touches:  map[types.Object][]touch{},
		omitted:  map[types.Object]bool{},
		inside:   map[types.Object][]write{},
		ranges:   map[types.Object]ast.Expr{},
		elements: map[types.Object][]write{},
		consts:   map[types.Type][]string{},
		made:     map[types.Type]bool{},
		decoded:  map[*types.Var]bool{},
	}
	pkgs = slices.DeleteFunc(slices.Clone(pkgs), func(p *packages.Package) bool { return p.Types == nil || p.TypesInfo == nil })
	for _, p := range pkgs {
		ix.fset = p.Fset
		ix.pkgOf[p.Types] = p
	}
	for _, p := range pkgs {
		for _, f := range p.Syntax {
			(&walker{ix: ix, pkg: p, info: p.TypesInfo}).walk(f)
		}
		ix.stringConstants(p.TypesInfo)
	}
	for _, h := range ix.handed {
		if ix.funcs[h.to] == nil {
			ix.decode(h.t)
		}
	}
	ix.interfaceMethods()
	slices.SortFunc(ix.all, func(a, b *function) int { return cmp.Compare(a.node.Pos(), b.node.Pos()) })
	ix.leaveZero()
	return ix
}

// interfaceMethods lists the methods of interfaces that are called, by name.
func (ix *index) interfaceMethods() {
	seen := map[types.Object]bool{}
	add := func(obj types.Object) {
		f, ok := obj.(*types.Func)
		if !ok || seen[f] || f.Signature().Recv() == nil || !types.IsInterface(f.Signature().Recv().Type()) {
			return
		}
		seen[f] = true
		ix.methods[f.Name()] = append(ix.methods[f.Name()], f)
	}
	for _, s := range ix.sites {
		add(calleeObject(s.pkg.TypesInfo, s.call))
	}
	for obj := range ix.values {
		add(obj)
	}
	for _, list := range ix.methods {
		slices.SortFunc(list, func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) })
	}
}

// reads reports whether the source of an object's package is read.
func (ix *index) reads(obj types.Object) bool {
	return obj != nil && obj.Pkg() != nil && ix.pkgOf[obj.Pkg()] != nil
}

// functionAt returns the innermost function that pos is in, or nil.
func (ix *index) functionAt(pos token.Pos) *function {
	i, found := slices.BinarySearchFunc(ix.all, pos, func(f *function, pos token.Pos) int { return cmp.Compare(f.node.Pos(), pos) })
	if !found {
		i--
	}
	if i < 0 || i >= len(ix.all) {
		return nil
	}
	f := ix.all[i]
	for f != nil && !f.contains(pos) {
		f = f.outer
	}
	return f
}

// stringConstants records the values that constants of named string types have.
func (ix *index) stringConstants(info *types.Info) {
	for _, tv := range info.Types {
		if tv.Value == nil || !isString(tv.Type) {
			continue
		}
		if n, ok := types.Unalias(tv.Type).(*types.Named); ok && ix.reads(n.Obj()) {
			ix.consts[n] = append(ix.consts[n], fromConstant(tv.Value, n).Str)
		}
	}
}

// A handed is a pointer to a struct that a call gives to a function.
type handed struct {
	t  types.Type
	to types.Object
}

// decode marks the exported fields of t, and of what it is made of: whoever has a
// pointer may set them, as decoders do.
func (ix *index) decode(t types.Type) {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		ix.decode(u.Elem())
	case *types.Slice:
		ix.decode(u.Elem())
	case *types.Map:
		ix.decode(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if f = f.Origin(); f.Exported() && ix.reads(f) && !ix.decoded[f] {
				ix.decoded[f] = true
				ix.decode(f.Type())
			}
		}
	}
}

// A walker visits one file and keeps what is around the node it is at.
type walker struct {
	ix    *index
	pkg   *packages.Package
	info  *types.Info
	stack []ast.Node
	fn    *function
}

func (w *walker) walk(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			top := w.stack[len(w.stack)-1]
			w.stack = w.stack[:len(w.stack)-1]
			if w.fn != nil && w.fn.node == top {
				w.fn = w.fn.outer
			}
			return false
		}
		w.enter(n)
		w.stack = append(w.stack, n)
		return true
	})
}

func (w *walker) here(n ast.Node) place { return place{pkg: w.pkg, fn: w.fn, pos: n.Pos()} }

func (w *walker) enter(n ast.Node) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		w.function(&function{obj: w.info.Defs[n.Name], node: n, typ: n.Type, recv: n.Recv, body: n.Body})
	case *ast.FuncLit:
		f := &function{node: n, typ: n.Type, body: n.Body}
		if s := w.calls(n); s != nil {
			f.called = s
		} else if obj := w.holder(n).obj; obj != nil && w.assignedHere() && isFunc(obj.Type()) {
			f.obj = obj
		}
		w.function(f)
	case *ast.CallExpr:
		w.call(n)
	case *ast.AssignStmt:
		w.assign(n)
	case *ast.ValueSpec:
		w.spec(n)
	case *ast.RangeStmt, *ast.ForStmt:
		if l, ok := asLoop(w.info, n); ok {
			for _, v := range []types.Object{l.key, l.value} {
				if v != nil {
					w.ix.ranges[v] = l.over
				}
			}
		}
	case *ast.IncDecStmt:
		w.write(n.X, n, nil, -1)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			w.address(n)
		}
	case *ast.CompositeLit:
		w.literal(n)
	case *ast.Ident:
		w.named(n)
	}
}

func (w *walker) function(f *function) {
	f.pkg, f.outer = w.pkg, w.fn
	f.index(w.info)
	w.ix.all = append(w.ix.all, f)
	if f.obj != nil {
		w.ix.funcs[f.obj] = f
	}
	w.fn = f
}

// receiver is the parameter index of a method's receiver.
const receiver = -1

func (f *function) index(info *types.Info) {
	f.params = map[types.Object]int{}
	eachName(info, f.recv, func(obj types.Object, _ int) { f.params[obj] = receiver })
	eachName(info, f.typ.Params, func(obj types.Object, i int) { f.params[obj] = i })
	eachName(info, f.typ.Results, func(obj types.Object, _ int) { f.results = append(f.results, obj) })
}

// eachName calls f for each named field of a list with its index among all.
func eachName(info *types.Info, fields *ast.FieldList, f func(obj types.Object, index int)) {
	if fields == nil {
		return
	}
	i := 0
	for _, field := range fields.List {
		for _, name := range field.Names {
			if obj := info.Defs[name]; obj != nil {
				f(obj, i)
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
}

func (w *walker) call(n *ast.CallExpr) {
	s := &site{place: w.here(n), call: n, holder: w.holder(n)}
	w.ix.sites = append(w.ix.sites, s)
	if obj := calleeObject(w.info, n); obj != nil {
		w.ix.callers[obj] = append(w.ix.callers[obj], s)
	}
	if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "new" && len(n.Args) == 1 {
		w.declared(w.holder(n).obj, w.info.TypeOf(n.Args[0]))
	}
	if tv := w.info.Types[n.Fun]; tv.IsType() && len(n.Args) == 1 && isString(tv.Type) && w.info.Types[n.Args[0]].Value == nil {
		if t := w.info.TypeOf(n.Args[0]); t != nil && !types.Identical(t, tv.Type) {
			w.ix.made[types.Unalias(tv.Type)] = true
		}
	}
	if sel := methodOn(w.info, n); sel != nil {
		if v := local(w.info, sel.X); v != nil && isStruct(v.Type()) {
			w.touch(v, n.Pos(), n)
		}
	}
	for _, arg := range n.Args { // what a function is given, it may change
		if t := w.info.TypeOf(arg); t != nil && isStruct(deref(t)) && deref(t) != t {
			w.ix.handed = append(w.ix.handed, handed{t, calleeObject(w.info, n)})
		}
		if obj := local(w.info, arg); obj != nil && isReference(obj.Type()) {
			w.touch(obj, arg.Pos(), n)
		}
	}
}

// methodOn returns the selector of a method that a call calls on a variable's address.
func methodOn(info *types.Info, call *ast.CallExpr) *ast.SelectorExpr {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	f, ok := info.Uses[sel.Sel].(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return nil
	}
	if _, pointer := f.Signature().Recv().Type().(*types.Pointer); !pointer {
		return nil
	}
	return sel
}

// calls returns the call of the function literal that is about to be entered, where
// it is called as it stands.
func (w *walker) calls(lit *ast.FuncLit) *site {
	for i := len(w.stack) - 1; i >= 0; i-- {
		switch n := w.stack[i].(type) {
		case *ast.ParenExpr:
			continue
		case *ast.CallExpr:
			if ast.Unparen(n.Fun) == lit {
				return &site{place: w.here(n), call: n}
			}
		}
		break
	}
	return nil
}

// isReference reports whether a copy of a value of type t shares what is in it.
func isReference(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice:
		return true
	}
	return false
}

// local returns the local variable that e names, or nil.
func local(info *types.Info, e ast.Expr) *types.Var {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if v, ok := info.ObjectOf(id).(*types.Var); ok && isLocal(v) {
			return v
		}
	}
	return nil
}

func isLocal(v *types.Var) bool {
	return !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

func (w *walker) touch(v types.Object, pos token.Pos, from ast.Expr) {
	w.ix.touches[v] = append(w.ix.touches[v], touch{pos: pos, from: from})
}

// named records that a function is named without being called: anybody may call it.
func (w *walker) named(id *ast.Ident) {
	obj := origin(w.info.Uses[id])
	if obj == nil || obj.Type() == nil {
		return
	}
	if isFunc(obj.Type()) && !w.calledHere(id) {
		w.ix.values[obj] = append(w.ix.values[obj], mention{w.here(id), w.stack[len(w.stack)-1]})
	}
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// calledHere reports whether the identifier about to be entered is what a call calls,
// or what an assignment assigns to.
func (w *walker) calledHere(id *ast.Ident) bool {
	var child ast.Node = id
	for i := len(w.stack) - 1; i >= 0; i-- {
		switch n := w.stack[i].(type) {
		case *ast.SelectorExpr:
			if s := w.info.Selections[n]; s != nil && s.Kind() == types.MethodExpr {
				return false
			}
		case *ast.ParenExpr, *ast.IndexExpr, *ast.IndexListExpr:
		case *ast.CallExpr:
			return n.Fun == child
		case *ast.AssignStmt:
			return slices.Contains(n.Lhs, child.(ast.Expr))
		case *ast.KeyValueExpr:
			return n.Key == child
		default:
			return false
		}
		child = w.stack[i]
	}
	return false
}

func (w *walker) assign(n *ast.AssignStmt) {
	for i, l := range n.Lhs {
		switch {
		case n.Tok != token.ASSIGN && n.Tok != token.DEFINE:
			w.write(l, n, nil, -1)
		case len(n.Lhs) == len(n.Rhs):
			w.write(l, n, n.Rhs[i], -1)
		case len(n.Rhs) == 1:
			w.write(l, n, n.Rhs[0], i)
		}
	}
	for _, r := range n.Rhs { // p := v makes p another name of what v refers to
		if v := local(w.info, r); v != nil && isReference(v.Type()) {
			w.touch(v, r.Pos(), nil)
		}
	}
}

func (w *walker) spec(n *ast.ValueSpec) {
	for i, name := range n.Names {
		switch {
		case len(n.Values) == 0 && n.Type != nil:
			w.declared(w.info.Defs[name], w.info.TypeOf(n.Type))
			if v, ok := w.info.Defs[name].(*types.Var); ok {
				w.touch(v, name.Pos(), nil)
			}
		case len(n.Values) == len(n.Names):
			w.write(name, n, n.Values[i], -1)
		case len(n.Values) == 1:
			w.write(name, n, n.Values[0], i)
		}
	}
}

// address records that the address of a variable, or of a part of it, is taken: it may
// be written through, as flag.StringVar does.
func (w *walker) address(n *ast.UnaryExpr) {
	root, path := target(w.info, n.X)
	switch {
	case root == nil:
	case isLocal(root):
		call, _ := w.stack[len(w.stack)-1].(*ast.CallExpr)
		w.touch(root, n.Pos(), exprOrNil(call))
	case len(path) > 0:
		w.inside(root, append(path, n), n, nil)
	case !isStruct(root.Type()):
		w.record(root, write{place: w.here(n)})
	}
}

func exprOrNil(call *ast.CallExpr) ast.Expr {
	if call == nil {
		return nil
	}
	return call
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// write records what statement n writes to lhs.
func (w *walker) write(lhs ast.Expr, n ast.Node, rhs ast.Expr, result int) {
	root, path := target(w.info, lhs)
	if root != nil && isLocal(root) {
		w.ix.touches[root] = append(w.ix.touches[root], touch{pos: n.Pos(), from: rhs, write: true})
		for _, e := range path {
			if i, ok := e.(*ast.IndexExpr); ok {
				w.touch(root, n.Pos(), i.Index)
			}
		}
	}
	wr := write{place: w.here(n), expr: rhs, result: result, base: root, cond: w.conditional()}
	if len(path) == 0 {
		w.record(root, wr)
		return
	}
	switch e := path[len(path)-1].(type) {
	case *ast.SelectorExpr:
		w.record(fieldOf(w.info, e), wr)
	case *ast.IndexExpr:
		within := path[:len(path)-1]
		of := w.holds(root, within)
		if of != nil && !isLocal(of) {
			wr.key = e.Index
			w.ix.elements[of] = append(w.ix.elements[of], wr)
		}
		if path = within; len(path) == 0 {
			return
		}
	}
	w.inside(root, path, n, rhs)
}

// holds returns the field, or else the variable, that a path ends at, where it ends
// there directly.
func (w *walker) holds(root *types.Var, path []ast.Expr) *types.Var {
	if len(path) == 0 {
		return root
	}
	if sel, ok := path[len(path)-1].(*ast.SelectorExpr); ok {
		return fieldOf(w.info, sel)
	}
	return nil
}

// inside records that something is written within the variable and within the fields
// of the path, but for the last.
func (w *walker) inside(root *types.Var, path []ast.Expr, n ast.Node, rhs ast.Expr) {
	wr := write{place: w.here(n), expr: rhs, result: -1, base: root}
	if root != nil && !isLocal(root) {
		w.ix.inside[root] = append(w.ix.inside[root], wr)
	}
	for i, e := range path {
		sel, ok := e.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		fields := selected(w.info, sel)
		if i == len(path)-1 && len(fields) > 0 {
			fields = fields[:len(fields)-1]
		}
		for _, f := range fields {
			w.ix.inside[f] = append(w.ix.inside[f], wr)
		}
	}
}

// selected returns the fields that a selector goes through: embedded ones, and its own.
func selected(info *types.Info, sel *ast.SelectorExpr) []*types.Var {
	s := info.Selections[sel]
	if s == nil {
		return nil
	}
	var fields []*types.Var
	t := s.Recv()
	for _, i := range s.Index() {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return fields
		}
		f := st.Field(i)
		fields, t = append(fields, f.Origin()), f.Type()
	}
	return fields
}

// record keeps a write to a field or package variable; what is written to local
// variables is told by running their function ([flow]).
func (w *walker) record(v *types.Var, wr write) {
	if v != nil && !isLocal(v) {
		w.ix.writes[v] = append(w.ix.writes[v], wr)
	}
}

func fieldOf(info *types.Info, sel *ast.SelectorExpr) *types.Var {
	if v, ok := info.Uses[sel.Sel].(*types.Var); ok && v.IsField() {
		return v.Origin()
	}
	return nil
}

// target returns the variable that an assignment's left side is, or is a part of, with
// the selectors and indexes that lead from it to the part. The variable is nil where
// the part belongs to what no variable names.
func target(info *types.Info, lhs ast.Expr) (root *types.Var, path []ast.Expr) {
	switch e := lhs.(type) {
	case *ast.ParenExpr:
		return target(info, e.X)
	case *ast.StarExpr:
		return target(info, e.X)
	case *ast.IndexExpr:
		root, path = target(info, e.X)
		return root, append(path, e)
	case *ast.SelectorExpr:
		if fieldOf(info, e) == nil {
			v, _ := info.Uses[e.Sel].(*types.Var)
			return v, nil
		}
		root, path = target(info, e.X)
		return root, append(path, e)
	case *ast.Ident:
		v, _ := info.ObjectOf(e).(*types.Var)
		return v, nil
	}
	return nil, nil
}

// literal records what a struct literal writes to its fields.
func (w *walker) literal(n *ast.CompositeLit) {
	t := w.info.TypeOf(n)
	if t == nil {
		return
	}
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return
	}
	given := map[string]bool{}
	for i, e := range n.Elts {
		f, value := literalField(w.info, st, i, e)
		if f != nil {
			given[f.Name()] = true
			w.record(f.Origin(), write{place: w.here(value), expr: value, result: -1, literal: true})
		}
	}
	if len(given) < st.NumFields() {
		w.ix.zeroed = append(w.ix.zeroed, zeroed{st: st, given: given, held: w.holder(n).obj, lit: n})
	}
}

// literalField returns the field that element i of a struct literal gives, and its value.
func literalField(info *types.Info, st *types.Struct, i int, e ast.Expr) (*types.Var, ast.Expr) {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		if id, ok := kv.Key.(*ast.Ident); ok {
			f, _ := info.Uses[id].(*types.Var)
			return f, kv.Value
		}
		return nil, nil
	}
	if i < st.NumFields() {
		return st.Field(i), e
	}
	return nil, nil
}

// A zeroed is a struct some of whose fields begin as zero.
type zeroed struct {
	st    *types.Struct
	given map[string]bool
	held  types.Object      // the variable that holds it, or nil
	lit   *ast.CompositeLit // nil: new(T), or a declaration
}

// declared records a variable of a struct type that is declared without a value.
func (w *walker) declared(v types.Object, t types.Type) {
	if t == nil {
		return
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		w.ix.zeroed = append(w.ix.zeroed, zeroed{st: st, held: v})
	}
}

// leaveZero fills in omitted: fields that are neither given nor always assigned through
// the variable that holds the struct.
func (ix *index) leaveZero() {
	for _, z := range ix.zeroed {
		for f := range z.st.Fields() {
			f = f.Origin()
			later := z.held != nil && slices.ContainsFunc(ix.writes[f], func(w write) bool { return w.base != nil && types.Object(w.base) == z.held && !w.cond })
			if !z.given[f.Name()] && !later {
				ix.omitted[f] = true
			}
		}
	}
}

// calleeObject returns the function or closure variable that a call calls, or nil.
func calleeObject(info *types.Info, call *ast.CallExpr) types.Object {
	switch f := calledExpr(info, call).(type) {
	case *ast.Ident:
		return origin(info.Uses[f])
	case *ast.SelectorExpr:
		if s := info.Selections[f]; s != nil && s.Kind() == types.MethodExpr {
			return nil // its receiver is an argument
		}
		return origin(info.Uses[f.Sel])
	}
	return nil
}

// calledExpr returns what a call calls, without parentheses and type arguments.
func calledExpr(info *types.Info, call *ast.CallExpr) ast.Expr {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		if _, generic := info.TypeOf(f.X).(*types.Signature); generic {
			return ast.Unparen(f.X)
		}
	case *ast.IndexListExpr:
		return ast.Unparen(f.X)
	}
	return fun
}

func origin(obj types.Object) types.Object {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Origin()
	case *types.Var:
		return obj.Origin()
	}
	return nil
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// conditional reports whether the current node stands behind a condition.
func (w *walker) conditional() bool {
	for i := len(w.stack) - 1; i >= 0; i-- {
		switch w.stack[i].(type) {
		case *ast.IfStmt, *ast.CaseClause, *ast.CommClause, *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}
