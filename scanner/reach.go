package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"
)

// This file tells which functions a program may run. What it does not run defines nothing
// and says nothing of what others define.
//
// Whatever a package's initialisation does is run. A function is run where one that is run
// names it, called or not; a method also where its type is named and others may find it: it
// is exported, for interfaces and reflection anywhere, or called so through an interface.
// That is more than what may be run, never less.

// A reacher follows what is run to what that names.
type reacher struct {
	funcs   map[*types.Func]code
	types   map[*types.TypeName]code
	methods map[*types.TypeName][]*types.Func
	named   map[string]map[*types.Func]bool // methods that are not exported, of types that are named
	called  map[string]bool                 // methods of interfaces that are named
	seen    map[types.Object]bool
	todo    []code
	from    ast.Node                    // the declaration that is being followed; nil: what runs by itself
	leads   map[ast.Node][]types.Object // what a declaration is the first to name
}

// A code is a declaration.
type code struct {
	pkg  *packages.Package
	node ast.Node
}

// reach follows what a program may run.
func (prog *program) reach() *reacher {
	r := &reacher{funcs: map[*types.Func]code{}, types: map[*types.TypeName]code{}, methods: map[*types.TypeName][]*types.Func{},
		named: map[string]map[*types.Func]bool{}, called: map[string]bool{}, seen: map[types.Object]bool{}, leads: map[ast.Node][]types.Object{}}
	for _, p := range prog.pkgs {
		if p.TypesInfo == nil {
			continue
		}
		for _, f := range p.Syntax {
			for _, d := range f.Decls {
				r.declare(code{p, d}, prog.whole[p])
			}
		}
	}
	for len(r.todo) > 0 {
		c := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		r.from = c.node
		ast.Inspect(c.node, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				r.name(c.pkg.TypesInfo.Uses[id])
			}
			return true
		})
	}
	return r
}

// unreached returns the functions that the program does not run.
func (r *reacher) unreached() map[*ast.FuncDecl]bool {
	unreached := map[*ast.FuncDecl]bool{}
	for f, c := range r.funcs {
		if !r.seen[f] {
			unreached[c.node.(*ast.FuncDecl)] = true
		}
	}
	return unreached
}

// declare notes a declaration, and that it is run where it is a package variable, a function
// that the run time calls, or of a package that others may call all of.
func (r *reacher) declare(c code, all bool) {
	switch d := c.node.(type) {
	case *ast.FuncDecl:
		f, ok := c.pkg.TypesInfo.Defs[d.Name].(*types.Func)
		if !ok {
			return // ill-typed
		}
		r.funcs[f] = c
		if recv := receiverName(f); recv != nil {
			r.methods[recv] = append(r.methods[recv], f)
		}
		if all || starts(f, d) {
			r.name(f)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			s, ok := spec.(*ast.TypeSpec)
			if !ok {
				if d.Tok == token.VAR {
					r.todo = append(r.todo, code{c.pkg, spec})
				}
				continue
			}
			if tn, ok := c.pkg.TypesInfo.Defs[s.Name].(*types.TypeName); ok {
				r.types[tn] = code{c.pkg, s}
			}
		}
	}
}

// starts reports whether a function is run without being named in Go.
func starts(f *types.Func, d *ast.FuncDecl) bool {
	if d.Recv == nil && (f.Name() == "init" || f.Name() == "main" && f.Pkg().Name() == "main") {
		return true
	}
	if d.Doc != nil {
		for _, c := range d.Doc.List {
			if strings.HasPrefix(c.Text, "//export ") || strings.HasPrefix(c.Text, "//go:linkname ") {
				return true
			}
		}
	}
	return false
}

// receiverName returns the type that f is a method of, or nil.
func receiverName(f *types.Func) *types.TypeName {
	recv := f.Signature().Recv()
	if recv == nil {
		return nil
	}
	n, ok := types.Unalias(deref(recv.Type())).(*types.Named)
	if !ok {
		return nil
	}
	return n.Origin().Obj()
}

// name notes that what is run names obj.
func (r *reacher) name(obj types.Object) {
	switch o := obj.(type) {
	case *types.Func:
		if !r.seen[o.Origin()] {
			r.leads[r.from] = append(r.leads[r.from], o.Origin())
		}
		r.function(o.Origin())
	case *types.TypeName:
		if !r.seen[o] {
			r.leads[r.from] = append(r.leads[r.from], o)
		}
		if n, ok := types.Unalias(o.Type()).(*types.Named); ok {
			r.typ(n.Origin().Obj())
		}
		r.typ(o)
	}
}

func (r *reacher) function(f *types.Func) {
	if r.seen[f] {
		return
	}
	r.seen[f] = true
	if c, ok := r.funcs[f]; ok {
		r.todo = append(r.todo, c)
	}
	if isInterfaceMethod(f) && !f.Exported() {
		r.called[f.Name()] = true
		for m := range r.named[f.Name()] {
			r.function(m)
		}
	}
}

func (r *reacher) typ(tn *types.TypeName) {
	if r.seen[tn] {
		return
	}
	r.seen[tn] = true
	if c, ok := r.types[tn]; ok {
		r.todo = append(r.todo, c)
	}
	for _, m := range r.methods[tn] {
		if m.Exported() || r.called[m.Name()] {
			r.function(m)
			continue
		}
		if r.named[m.Name()] == nil {
			r.named[m.Name()] = map[*types.Func]bool{}
		}
		r.named[m.Name()][m] = true
	}
}
