package scanner

import (
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
	funcs   map[types.Object]*function // declared functions and methods
	callers map[types.Object][]*site   // by static callee, or by the variable that holds a closure
	writes  map[types.Object][]write   // to variables and struct fields
	omitted map[types.Object]bool      // fields that a literal, or new, leaves zero
	zeroed  []zeroed
	// fieldWrites holds x.f = … by the variable x, besides writes, which has it by f.
	fieldWrites map[types.Object][]fieldWrite
	sites       []*site // every call, in order
	pkgOf       map[*types.Package]*packages.Package
}

// A function is a declared function or a function literal.
type function struct {
	pkg    *packages.Package
	obj    types.Object // *types.Func, or the variable that holds the literal, or nil
	typ    *ast.FuncType
	recv   *ast.FieldList
	body   *ast.BlockStmt
	outer  *function // of a literal: the function that it stands in
	params map[types.Object]int
}

// A site is one call with the places around it.
type site struct {
	pkg    *packages.Package
	call   *ast.CallExpr
	fn     *function // nil: at package level
	loops  []*ast.RangeStmt
	holder holder
}

// A holder is what keeps the result of a call.
type holder struct {
	obj    types.Object // variable or field; nil where there is none
	symbol string       // Var, Type.Field or Func
	node   ast.Node     // the statement, spec or element whose comments speak of it
}

// A write is one value given to a variable or field.
type write struct {
	pkg    *packages.Package
	fn     *function
	expr   ast.Expr // nil: a value that cannot be told (range, multiple results, +=)
	result int      // index of the result where expr is a call with several; else -1
	cond   bool     // behind a condition, seen from the function's body
	loops  []*ast.RangeStmt

	literal bool // a field's value in a struct literal
}

type fieldWrite struct {
	field string
	write
}

func newIndex(pkgs []*packages.Package) *index {
	ix := &index{
		pkgs:    pkgs,
		funcs:   map[types.Object]*function{},
		callers: map[types.Object][]*site{},
		writes:  map[types.Object][]write{},

		omitted: map[types.Object]bool{},

		fieldWrites: map[types.Object][]fieldWrite{},
		pkgOf:       map[*types.Package]*packages.Package{},
	}
	for _, p := range pkgs {
		if p.Types == nil || p.TypesInfo == nil {
			continue
		}
		ix.fset = p.Fset
		ix.pkgOf[p.Types] = p
		for _, f := range p.Syntax {
			w := &walker{ix: ix, pkg: p}
			w.node(f)
		}
	}
	ix.leaveZero()
	return ix
}

// A walker visits one file and keeps what is around the node it is at.
type walker struct {
	ix    *index
	pkg   *packages.Package
	stack []ast.Node
	fn    *function
}

func (w *walker) node(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			top := w.stack[len(w.stack)-1]
			w.stack = w.stack[:len(w.stack)-1]
			switch top.(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				w.fn = w.fn.outer
			}
			return false
		}
		w.enter(n)
		w.stack = append(w.stack, n)
		return true
	})
}

func (w *walker) enter(n ast.Node) {
	info := w.pkg.TypesInfo
	switch n := n.(type) {
	case *ast.FuncDecl:
		f := &function{pkg: w.pkg, obj: info.Defs[n.Name], typ: n.Type, recv: n.Recv, body: n.Body, outer: w.fn}
		f.index(info)
		if f.obj != nil {
			w.ix.funcs[f.obj] = f
		}
		w.fn = f
	case *ast.FuncLit:
		f := &function{pkg: w.pkg, typ: n.Type, body: n.Body, outer: w.fn}
		if w.assignedHere() {
			f.obj = w.holder(n).obj
		}
		f.index(info)
		if f.obj != nil {
			w.ix.funcs[f.obj] = f
		}
		w.fn = f
	case *ast.CallExpr:
		s := &site{pkg: w.pkg, call: n, fn: w.fn, loops: w.loops(), holder: w.holder(n)}
		w.ix.sites = append(w.ix.sites, s)
		if obj := calleeObject(info, n); obj != nil {
			w.ix.callers[obj] = append(w.ix.callers[obj], s)
		}
		if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "new" && len(n.Args) == 1 {
			w.declared(w.holder(n).obj, info.TypeOf(n.Args[0]))
		}
	case *ast.AssignStmt:
		w.assign(n)
	case *ast.ValueSpec:
		w.spec(n)
	case *ast.IncDecStmt:
		w.write(n.X, nil, -1)
	case *ast.UnaryExpr:
		// The address of a variable may be written through, as flag.StringVar does.
		if id, ok := ast.Unparen(n.X).(*ast.Ident); ok && n.Op == token.AND {
			if v, ok := info.Uses[id].(*types.Var); ok && !isStruct(v.Type()) {
				w.write(n.X, nil, -1)
			}
		}
	case *ast.CompositeLit:
		w.literal(n)
	}
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func (f *function) index(info *types.Info) {
	f.params = map[types.Object]int{}
	i := 0
	add := func(fields *ast.FieldList, at int) {
		if fields == nil {
			return
		}
		for _, field := range fields.List {
			for _, name := range field.Names {
				if obj := info.Defs[name]; obj != nil {
					f.params[obj] = at + i
				}
				i++
			}
			if len(field.Names) == 0 {
				i++
			}
		}
	}
	add(f.recv, receiver)
	i = 0
	add(f.typ.Params, 0)
}

// receiver is the parameter index of a method's receiver.
const receiver = -1

func (w *walker) assign(n *ast.AssignStmt) {
	for i, l := range n.Lhs {
		switch {
		case n.Tok != token.ASSIGN && n.Tok != token.DEFINE:
			w.write(l, nil, -1)
		case len(n.Lhs) == len(n.Rhs):
			w.write(l, n.Rhs[i], -1)
		case len(n.Rhs) == 1:
			w.write(l, n.Rhs[0], i)
		}
	}
}

func (w *walker) spec(n *ast.ValueSpec) {
	for i, name := range n.Names {
		switch {
		case len(n.Values) == 0 && n.Type != nil:
			w.declared(w.pkg.TypesInfo.Defs[name], w.pkg.TypesInfo.TypeOf(n.Type))
		case len(n.Values) == len(n.Names):
			w.write(name, n.Values[i], -1)
		case len(n.Values) == 1:
			w.write(name, n.Values[0], i)
		}
	}
}

// literal records what a struct literal writes to its fields.
func (w *walker) literal(n *ast.CompositeLit) {
	t := w.pkg.TypesInfo.TypeOf(n)
	if t == nil {
		return
	}
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return
	}
	if len(n.Elts) == 0 || isKeyed(n) {
		w.omit(st, n, w.holder(n).obj)
	}
	for i, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				w.writeObject(w.pkg.TypesInfo.Uses[id], kv.Value, -1, true)
			}
		} else if i < st.NumFields() {
			w.writeObject(st.Field(i), e, -1, true)
		}
	}
}

func isKeyed(n *ast.CompositeLit) bool {
	_, ok := n.Elts[0].(*ast.KeyValueExpr)
	return ok
}

// omit records the fields of a struct that a literal, held by v, does not give; a nil
// literal gives none.
func (w *walker) omit(st *types.Struct, n *ast.CompositeLit, v types.Object) {
	given := map[string]bool{}
	if n != nil {
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					given[id.Name] = true
				}
			}
		}
	}
	w.ix.zeroed = append(w.ix.zeroed, zeroed{st: st, given: given, held: v})
}

// A zeroed is a struct some of whose fields begin as zero.
type zeroed struct {
	st    *types.Struct
	given map[string]bool
	held  types.Object // the variable that holds it, or nil
}

// leaveZero fills in omitted: fields that are neither given nor always assigned through
// the variable that holds the struct.
func (ix *index) leaveZero() {
	for _, z := range ix.zeroed {
		for f := range z.st.Fields() {
			later := slices.ContainsFunc(ix.fieldWrites[z.held], func(w fieldWrite) bool { return w.field == f.Name() && !w.cond })
			if !z.given[f.Name()] && (z.held == nil || !later) {
				ix.omitted[f.Origin()] = true
			}
		}
	}
}

// declared records a variable of a struct type that is declared without a value.
func (w *walker) declared(v types.Object, t types.Type) {
	if t == nil {
		return
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		w.omit(st, nil, v)
	}
}

func (w *walker) write(lhs, rhs ast.Expr, result int) {
	info := w.pkg.TypesInfo
	w.writeObject(targetObject(info, lhs), rhs, result, false)
	sel, ok := ast.Unparen(lhs).(*ast.SelectorExpr)
	if !ok || rhs == nil || result > 0 {
		return
	}
	if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok {
		if v, ok := info.Uses[id].(*types.Var); ok && !v.IsField() {
			w.ix.fieldWrites[v] = append(w.ix.fieldWrites[v], fieldWrite{field: sel.Sel.Name, write: w.newWrite(rhs, result, false)})
		}
	}
}

func (w *walker) writeObject(obj types.Object, rhs ast.Expr, result int, literal bool) {
	v, ok := obj.(*types.Var)
	if !ok {
		return
	}
	v = v.Origin()
	w.ix.writes[v] = append(w.ix.writes[v], w.newWrite(rhs, result, literal))
}

func (w *walker) newWrite(rhs ast.Expr, result int, literal bool) write {
	return write{pkg: w.pkg, fn: w.fn, expr: rhs, result: result, cond: w.conditional(), loops: w.loops(), literal: literal}
}

// targetObject returns the variable or field that an assignment's left side names.
func targetObject(info *types.Info, lhs ast.Expr) types.Object {
	switch lhs := ast.Unparen(lhs).(type) {
	case *ast.Ident:
		if obj := info.Defs[lhs]; obj != nil {
			return obj
		}
		return info.Uses[lhs]
	case *ast.SelectorExpr:
		return info.Uses[lhs.Sel]
	}
	return nil
}

// calleeObject returns the function or closure variable that a call calls, or nil.
func calleeObject(info *types.Info, call *ast.CallExpr) types.Object {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr: // an instantiated generic function
		fun = ast.Unparen(f.X)
	case *ast.IndexListExpr:
		fun = ast.Unparen(f.X)
	}
	switch f := fun.(type) {
	case *ast.Ident:
		return origin(info.Uses[f])
	case *ast.SelectorExpr:
		return origin(info.Uses[f.Sel])
	}
	return nil
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
		case *ast.IfStmt, *ast.CaseClause, *ast.CommClause, *ast.ForStmt:
			return true
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}

// loops returns the range statements around the current node, outermost first, up
// to the function's border.
func (w *walker) loops() []*ast.RangeStmt {
	var loops []*ast.RangeStmt
	for i := len(w.stack) - 1; i >= 0; i-- {
		switch n := w.stack[i].(type) {
		case *ast.RangeStmt:
			loops = append([]*ast.RangeStmt{n}, loops...)
		case *ast.FuncDecl, *ast.FuncLit:
			return loops
		}
	}
	return loops
}

// assignedHere reports whether the node about to be entered is itself, not as a part
// of something, what is assigned.
func (w *walker) assignedHere() bool {
	switch w.stack[len(w.stack)-1].(type) {
	case *ast.AssignStmt, *ast.ValueSpec, *ast.KeyValueExpr:
		return true
	}
	return false
}

// holder finds what keeps the value of root, the node that is about to be entered.
func (w *walker) holder(root ast.Node) holder {
	info := w.pkg.TypesInfo
	var inner ast.Node
	for i := len(w.stack) - 1; i >= 0; i-- {
		child := root
		if i+1 < len(w.stack) {
			child = w.stack[i+1]
		}
		switch n := w.stack[i].(type) {
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && info.Uses[id] != nil {
				if v, ok := info.Uses[id].(*types.Var); ok && v.IsField() {
					return holder{obj: v.Origin(), symbol: w.literalType(i) + v.Name(), node: n}
				}
			}
			if inner == nil {
				inner = n
			}
		case *ast.ValueSpec:
			name := n.Names[position(n.Values, child, len(n.Names))]
			return holder{obj: info.Defs[name], symbol: name.Name, node: either(inner, n)}
		case *ast.AssignStmt:
			return w.assigned(n, n.Lhs[position(n.Rhs, child, len(n.Lhs))], inner)
		case *ast.FuncDecl:
			return holder{symbol: funcSymbol(n), node: inner}
		case *ast.FuncLit:
			return holder{node: inner, symbol: w.enclosing(i)}
		case ast.Stmt:
			inner = either(inner, n)
		case ast.Expr:
			if _, ok := n.(*ast.CompositeLit); ok && inner == nil && i+1 < len(w.stack) {
				inner = w.stack[i+1]
			}
		}
	}
	return holder{node: inner}
}

// position returns the index of child among values where they pair with n names,
// else 0.
func position(values []ast.Expr, child ast.Node, n int) int {
	for i, v := range values {
		if v == child && i < n {
			return i
		}
	}
	return 0
}

func either(inner, outer ast.Node) ast.Node {
	if inner != nil {
		return inner
	}
	return outer
}

// assigned returns the holder that an assignment names.
func (w *walker) assigned(n *ast.AssignStmt, lhs ast.Expr, inner ast.Node) holder {
	obj := targetObject(w.pkg.TypesInfo, lhs)
	h := holder{obj: origin(obj), node: either(inner, n)}
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		if sel, ok := ast.Unparen(lhs).(*ast.SelectorExpr); ok {
			h.symbol = typeName(w.pkg.TypesInfo.TypeOf(sel.X)) + v.Name()
		}
	} else if obj != nil {
		h.symbol = obj.Name()
		if obj.Parent() != nil && w.pkg.Types != nil && obj.Parent() != w.pkg.Types.Scope() {
			h.symbol = w.enclosing(len(w.stack)) + "." + obj.Name()
		}
	}
	return h
}

// literalType returns "Type." of the struct literal below stack index i.
func (w *walker) literalType(i int) string {
	for ; i >= 0; i-- {
		if lit, ok := w.stack[i].(*ast.CompositeLit); ok {
			return typeName(w.pkg.TypesInfo.TypeOf(lit))
		}
	}
	return ""
}

func typeName(t types.Type) string {
	if t == nil {
		return ""
	}
	if n, ok := deref(t).(*types.Named); ok {
		return n.Obj().Name() + "."
	}
	return ""
}

// enclosing returns the symbol of the declared function around stack index i.
func (w *walker) enclosing(i int) string {
	for i = min(i, len(w.stack)) - 1; i >= 0; i-- {
		if f, ok := w.stack[i].(*ast.FuncDecl); ok {
			return funcSymbol(f)
		}
	}
	return ""
}

func funcSymbol(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
			continue
		case *ast.IndexExpr:
			t = x.X
			continue
		case *ast.IndexListExpr:
			t = x.X
			continue
		case *ast.Ident:
			return x.Name + "." + f.Name.Name
		}
		return f.Name.Name
	}
}
