package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// This file visits the syntax once and fills the index.

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
		if d, ok := n.(*ast.FuncDecl); ok && w.ix.skipped[d] {
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
			if l.value != nil && l.step == 0 && isFunc(l.value.Type()) {
				w.table(l.over, nil)
			}
		}
	case *ast.IncDecStmt:
		w.write(n.X, n, nil, -1)
	case *ast.SendStmt:
		w.send(n)
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

// send records a struct of a type of the program that is sent into a channel.
func (w *walker) send(n *ast.SendStmt) {
	named, ok := types.Unalias(deref(orInvalid(w.info.TypeOf(n.Value)))).(*types.Named)
	if ok && isStruct(named) && w.ix.reads(named.Obj()) {
		w.ix.facts.sends[named.Obj()] = append(w.ix.facts.sends[named.Obj()], sentStruct{w.here(n), sentVariable(w.info, n.Value)})
	}
}

// sentVariable returns the variable whose value, or address, is sent, or nil.
func sentVariable(info *types.Info, e ast.Expr) *types.Var {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	return local(info, e)
}

func (w *walker) function(f *function) {
	f.pkg, f.outer = w.pkg, w.fn
	f.index(w.info)
	w.ix.all = append(w.ix.all, f)
	if f.obj != nil {
		w.ix.facts.funcs[f.obj] = f
	}
	w.fn = f
}

// receiver is the parameter index of a method's receiver.
const receiver = -1

func (f *function) index(info *types.Info) {
	f.params = map[types.Object]int{}
	add := func(obj types.Object, i int) {
		f.params[obj] = i
		f.named = append(f.named, obj)
	}
	eachName(info, f.recv, func(obj types.Object, _ int) { add(obj, receiver) })
	eachName(info, f.typ.Params, add)
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
	s := &site{place: w.here(n), call: n, holder: w.holder(n), guard: w.guard(), alone: w.alone()}
	w.ix.sites = append(w.ix.sites, s)
	if obj := calleeObject(w.info, n); obj != nil {
		w.ix.facts.callers[obj] = append(w.ix.facts.callers[obj], s)
	} else if index, ok := ast.Unparen(n.Fun).(*ast.IndexExpr); ok {
		w.table(index.X, s)
	}
	if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "new" && len(n.Args) == 1 {
		w.declared(w.holder(n).obj, w.info.TypeOf(n.Args[0]))
	}
	if tv := w.info.Types[n.Fun]; tv.IsType() && len(n.Args) == 1 && isString(tv.Type) && w.info.Types[n.Args[0]].Value == nil {
		if t := w.info.TypeOf(n.Args[0]); t != nil && !types.Identical(t, tv.Type) {
			w.ix.facts.made[types.Unalias(tv.Type)] = true
		}
	}
	if sel := methodOn(w.info, n); sel != nil {
		if v := local(w.info, sel.X); v != nil && (isStruct(v.Type()) || isBuilder(v.Type())) {
			w.touch(v, n.Pos(), n)
		}
	}
	for i, arg := range n.Args { // what a function is given, it may change
		if t := w.info.TypeOf(arg); t != nil && isStruct(deref(t)) && deref(t) != t && !isBuiltin(w.info, n) && !w.info.Types[n.Fun].IsType() {
			w.ix.handed = append(w.ix.handed, handed{t, calleeObject(w.info, n), parameterType(w.info, n, i)})
		} else if t != nil && isStruct(t) && types.IsInterface(orInvalid(parameterType(w.info, n, i))) {
			w.box(t.Underlying().(*types.Struct))
		}
		if obj := local(w.info, arg); obj != nil && isReference(obj.Type()) {
			w.touch(obj, arg.Pos(), n)
		}
	}
}

// table records a call of an element of what is no local variable.
func (w *walker) table(e ast.Expr, call *site) {
	if v := namedVar(w.info, e); v != nil && !isLocal(v) {
		w.ix.facts.tables[v] = append(w.ix.facts.tables[v], call)
	}
}

// box records that whoever is given a struct may read its exported fields.
func (w *walker) box(st *types.Struct) {
	for f := range st.Fields() {
		if f.Exported() {
			w.ix.facts.boxed[f.Origin()] = true
		}
	}
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

// named records that a function is named without being called, so that anybody may call it,
// and where what is of a library's type is named.
func (w *walker) named(id *ast.Ident) {
	obj := origin(w.info.Uses[id])
	if obj == nil || obj.Type() == nil {
		return
	}
	if _, ok := obj.(*types.Var); ok && w.ix.instruments(obj.Type()) {
		w.ix.facts.mentions[obj] = append(w.ix.facts.mentions[obj], naming{w.here(id), id})
	}
	if isFunc(obj.Type()) && !w.calledHere(id) {
		w.ix.facts.values[obj] = append(w.ix.facts.values[obj], mention{w.here(id), w.stack[len(w.stack)-1]})
	}
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

func (w *walker) touch(v types.Object, pos token.Pos, from ast.Expr) {
	w.touchPart(v, nil, touch{pos: pos, from: from})
}

// touchPart records a touch of the part of v that path leads to.
func (w *walker) touchPart(v types.Object, path []ast.Expr, t touch) {
	t.fn = w.fn
	if len(path) > 0 {
		t.field = firstField(w.info, path[0])
	}
	w.ix.touches[v] = append(w.ix.touches[v], t)
}

// firstField returns the field of x that the selector x.f begins with: f, or what x embeds
// that has it; nil where e is no such selector.
func firstField(info *types.Info, e ast.Expr) *types.Var {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	fields := selected(info, sel)
	if len(fields) == 0 {
		return nil
	}
	return fields[0]
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
	if len(path) > 0 {
		if sel, ok := path[len(path)-1].(*ast.SelectorExpr); ok {
			if f := fieldOf(w.info, sel); f != nil && !isStruct(f.Type()) {
				given := setsTo(w.info, w.stack, n)
				w.record(f, write{place: w.here(n), expr: given, result: -1, base: root, setting: given != nil})
			}
		}
	}
	switch {
	case root == nil:
	case isLocal(root):
		call, _ := w.stack[len(w.stack)-1].(*ast.CallExpr)
		w.touchPart(root, path, touch{pos: n.Pos(), from: exprOrNil(call)})
	case len(path) > 0:
		w.inside(root, append(path, n), n, nil)
	case !isStruct(root.Type()):
		given := setsTo(w.info, w.stack, n)
		w.record(root, write{place: w.here(n), expr: given, result: -1, setting: given != nil})
	}
}

func exprOrNil(call *ast.CallExpr) ast.Expr {
	if call == nil {
		return nil
	}
	return call
}

// write records what statement n writes to lhs.
func (w *walker) write(lhs ast.Expr, n ast.Node, rhs ast.Expr, result int) {
	root, path := target(w.info, lhs)
	if root != nil && isLocal(root) {
		w.touchPart(root, path, touch{pos: n.Pos(), from: rhs, write: true})
		for _, e := range path {
			if i, ok := e.(*ast.IndexExpr); ok {
				w.touchPart(root, path, touch{pos: n.Pos(), from: i.Index})
			}
		}
	}
	wr := write{place: w.here(n), expr: rhs, result: result, base: root, to: lhs, cond: w.conditional()}
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
			w.ix.facts.elements[of] = append(w.ix.facts.elements[of], wr)
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
		w.ix.facts.inside[root] = append(w.ix.facts.inside[root], wr)
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
			w.ix.facts.inside[f] = append(w.ix.facts.inside[f], wr)
		}
	}
}

// record keeps a write to a field or package variable; what is written to local
// variables is told by running their function ([flow]).
func (w *walker) record(v *types.Var, wr write) {
	if v != nil && !isLocal(v) {
		w.ix.facts.writes[v] = append(w.ix.facts.writes[v], wr)
	}
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
	if len(w.ix.structs) > 0 && w.ix.structs[structName(t)] {
		w.ix.literals = append(w.ix.literals, literal{w.here(n), n, w.holder(n)})
	}
	if store, ok := flagStore(t); ok {
		w.ix.flags = append(w.ix.flags, flagLiteral{w.here(n), n, store})
	}
	if named, ok := types.Unalias(deref(t)).(*types.Named); ok && w.ix.reads(named.Obj()) {
		w.ix.facts.objects[named.Obj()] = append(w.ix.facts.objects[named.Obj()], madeStruct{w.here(n), n})
		if held := w.holder(n).obj; held != nil && w.holdsAlone() {
			w.ix.holds[held] = n
		}
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
		w.ix.facts.zeroed = append(w.ix.facts.zeroed, zeroed{st: st, given: given, held: w.holder(n).obj, lit: n})
	}
}

// holdsAlone reports whether the literal about to be entered, or its address, is itself
// what is assigned.
func (w *walker) holdsAlone() bool {
	outer := &walker{stack: w.stack}
	if u, ok := w.stack[len(w.stack)-1].(*ast.UnaryExpr); ok && u.Op == token.AND {
		outer.stack = w.stack[:len(w.stack)-1]
	}
	return outer.assignedHere()
}

// declared records a variable of a struct type that is declared without a value.
func (w *walker) declared(v types.Object, t types.Type) {
	if t == nil {
		return
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		w.ix.facts.zeroed = append(w.ix.facts.zeroed, zeroed{st: st, held: v})
	}
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
