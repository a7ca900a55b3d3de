package scanner

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"slices"

	"golang.org/x/tools/go/packages"
)

// An index holds what one pass over the syntax of all packages finds: where
// functions are called and what is written to variables and fields. Its maps are
// keyed by the type checker's objects, which packages loaded together share.
type index struct {
	facts
	fset      *token.FileSet
	pkgs      []*packages.Package
	pkgOf     map[*types.Package]*packages.Package
	all       []*function               // sorted by position
	sites     []*site                   // every call, in order
	ranges    map[types.Object]ast.Expr // what a loop variable runs over
	touches   map[types.Object][]touch  // where something may change a local variable
	handed    []handed
	libraries map[string]bool // the libraries' own packages, by path
	structs   map[string]bool // the full names of types whose literals are kept
	reach     *reacher
	skipped   map[*ast.FuncDecl]bool // functions that are not run, and are in none of these
	literals  []literal
	flags     []flagLiteral
	holds     map[types.Object]*ast.CompositeLit // the literals that local variables are declared with
	asked     asked
	names     map[*types.Func]string // what callee told
	paths     map[string]bool        // those of the packages that are read, where one function is looked at alone; else nil
}

// Facts are what is told of objects that more than one function may name. They are asked
// for through the methods of asked.go.
type facts struct {
	funcs    map[types.Object]*function // declared functions and methods
	callers  map[types.Object][]*site   // by static callee, or by the variable that holds a closure
	methods  map[string][]*types.Func   // methods of interfaces that are called or used as values
	values   map[types.Object][]mention // where a function is named without being called
	mentions map[types.Object][]naming  // where a variable or field of a library's type is named
	tables   map[types.Object][]*site   // calls of the elements of a map: table[key](…); a nil one is made in a loop over it
	writes   map[types.Object][]write   // to package variables and fields
	elements map[types.Object][]write   // to their elements, by key
	inside   map[types.Object][]write   // within package variables and fields
	omitted  map[types.Object]bool      // fields that a literal, or new, leaves zero
	zeroed   []zeroed
	consts   map[types.Type][]string       // the values that constants of a named string type have
	made     map[types.Type]bool           // the string types that strings are converted to
	decoded  map[types.Object]bool         // fields that functions which are not read may set
	boxed    map[types.Object]bool         // exported fields of structs that are given away as interfaces
	tagged   map[types.Object]string       // the defaults that their struct tags say
	objects  map[types.Object][]madeStruct // by the name of their type
	sends    map[types.Object][]sentStruct // into channels, by the name of their type
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
	named   []types.Object // the keys of params, in their order
	results []types.Object // where they have names
	called  *site          // of a literal that is called where it stands
}

// contains reports whether pos is in the function, its parameters included.
func (f *function) contains(pos token.Pos) bool { return f != nil && contains(f.node, pos) }

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

// A naming is a place where a variable or field is named.
type naming struct {
	place
	id *ast.Ident
}

// A site is one call.
type site struct {
	place
	call   *ast.CallExpr
	holder holder
	guard  ast.Expr // condition that it stands behind; nil: none
	alone  bool     // nothing is done with its result
}

// callee returns what the function callee does, and makes each name once.
func (ix *index) callee(info *types.Info, call *ast.CallExpr) (string, types.Object) {
	obj := calleeObject(info, call)
	f, ok := obj.(*types.Func)
	if !ok {
		return "", obj
	}
	name, ok := ix.names[f]
	if !ok {
		name = f.FullName()
		ix.names[f] = name
	}
	return name, obj
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
	to      ast.Expr   // x.f, where it is written so
	setting bool       // a flag's variable, which expr declares
}

// A touch is a place where a local variable, or what it refers to, may change.
type touch struct {
	pos   token.Pos
	from  ast.Expr   // what the change depends on, or nil
	write bool       // surely a change
	field *types.Var // of a struct, the field that the change is in; nil: it may be anywhere
	fn    *function
}

// concerns reports whether the touch may change the field, or without one anything.
func (t touch) concerns(field *types.Var) bool {
	return field == nil || t.field == nil || t.field == field
}

// newIndex indexes what a program may run of the packages read. Of the literals of structs,
// those of the types called so are kept.
func newIndex(prog *program, structs map[string]bool) *index {
	ix := emptyIndex(structs)
	ix.pkgs, ix.reach = prog.pkgs, prog.reach()
	ix.skipped = ix.reach.unreached()
	pkgs := slices.DeleteFunc(slices.Clone(prog.pkgs), func(p *packages.Package) bool { return p.Types == nil || p.TypesInfo == nil })
	for _, p := range pkgs {
		ix.fset = p.Fset
		ix.pkgOf[p.Types] = p
	}
	ix.visit(pkgs)
	for _, h := range ix.handed {
		if ix.facts.funcs[h.to] == nil || h.hides() {
			ix.decode(h.t)
		}
	}
	ix.interfaceMethods()
	slices.SortFunc(ix.all, func(a, b *function) int { return cmp.Compare(a.node.Pos(), b.node.Pos()) })
	ix.leaveZero()
	return ix
}

func emptyIndex(structs map[string]bool) *index {
	return &index{
		facts: facts{
			funcs:    map[types.Object]*function{},
			callers:  map[types.Object][]*site{},
			values:   map[types.Object][]mention{},
			mentions: map[types.Object][]naming{},
			tables:   map[types.Object][]*site{},
			methods:  map[string][]*types.Func{},
			writes:   map[types.Object][]write{},
			elements: map[types.Object][]write{},
			inside:   map[types.Object][]write{},
			omitted:  map[types.Object]bool{},
			consts:   map[types.Type][]string{},
			made:     map[types.Type]bool{},
			decoded:  map[types.Object]bool{},
			boxed:    map[types.Object]bool{},
			tagged:   map[types.Object]string{},
			objects:  map[types.Object][]madeStruct{},
			sends:    map[types.Object][]sentStruct{},
		},
		libraries: libraryPackages(),
		structs:   structs,
		pkgOf:     map[*types.Package]*packages.Package{},
		touches:   map[types.Object][]touch{},
		ranges:    map[types.Object]ast.Expr{},
		holds:     map[types.Object]*ast.CompositeLit{},
		names:     map[*types.Func]string{},
	}
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
		ix.facts.methods[f.Name()] = append(ix.facts.methods[f.Name()], f)
	}
	for _, s := range ix.sites {
		add(calleeObject(s.pkg.TypesInfo, s.call))
	}
	for obj := range ix.facts.values {
		add(obj)
	}
	for _, list := range ix.facts.methods {
		slices.SortFunc(list, func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) })
	}
}

// instruments reports whether t is a type of a library, or a pointer to one.
func (ix *index) instruments(t types.Type) bool {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && ix.libraries[n.Obj().Pkg().Path()]
}

// reads reports whether the source of an object's package is read.
func (ix *index) reads(obj types.Object) bool {
	if ix.paths != nil {
		return obj != nil && obj.Pkg() != nil && ix.paths[obj.Pkg().Path()]
	}
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
			ix.facts.consts[n] = append(ix.facts.consts[n], fromConstant(tv.Value, n).Str)
		}
	}
}

// A handed is a pointer to a struct that a call gives to a function.
type handed struct {
	t  types.Type
	to types.Object
	as types.Type // the parameter's, or nil
}

// hides reports whether the function may hand the pointer on as something else.
func (h handed) hides() bool {
	f, ok := h.to.(*types.Func)
	return types.IsInterface(orInvalid(h.as)) || ok && f.Signature().TypeParams().Len() > 0
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
		for i := range u.NumFields() {
			if f := u.Field(i).Origin(); f.Exported() && !isSkipped(u, i) && ix.reads(f) && !ix.facts.decoded[f] {
				ix.facts.decoded[f] = true
				if v, ok := tagDefault(u.Tag(i)); ok && isString(f.Type()) {
					ix.facts.tagged[f] = v
				}
				ix.decode(f.Type())
			}
		}
	}
}

var tagKey = regexp.MustCompile(`([^\s":]+):"`)

// isSkipped reports whether each decoder that the struct has tags for leaves field i alone:
// `json:"-"`.
func isSkipped(st *types.Struct, i int) bool {
	tagged := false
	for other := range st.NumFields() {
		for _, key := range tagKey.FindAllStringSubmatch(st.Tag(other), -1) {
			if tagged = true; reflect.StructTag(st.Tag(i)).Get(key[1]) != "-" {
				return false
			}
		}
	}
	return tagged
}

// A zeroed is a struct some of whose fields begin as zero.
type zeroed struct {
	st    *types.Struct
	given map[string]bool
	held  types.Object      // the variable that holds it, or nil
	lit   *ast.CompositeLit // nil: new(T), or a declaration
}

// leaveZero fills in omitted: fields that are neither given nor always assigned through
// the variable that holds the struct.
func (ix *index) leaveZero() {
	for _, z := range ix.facts.zeroed {
		for f := range z.st.Fields() {
			f = f.Origin()
			later := z.held != nil && slices.ContainsFunc(ix.facts.writes[f], func(w write) bool { return w.base != nil && types.Object(w.base) == z.held && !w.cond })
			if !z.given[f.Name()] && !later {
				ix.facts.omitted[f] = true
			}
		}
	}
}
