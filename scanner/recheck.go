package scanner

import (
	"context"
	"go/ast"
	"go/types"
	"os"
	"reflect"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/dashgen/dashgen/schema"
)

// This file answers where nothing changed but what makes no difference: the packages that
// changed are type-checked by themselves, against the export data of what they import, and
// held against their outline.

// same reports whether the files that changed leave a result as it was, and returns how far
// their declarations moved, by the names that positions have. The outline is of the files as they are then.
func (o *outline) same(ctx context.Context, cfg Config, changed []string) (moved map[string][]move, ok bool) {
	moved = map[string][]move{}
	for _, name := range changed {
		if o.Files[name] == nil {
			return nil, false
		}
	}
	left := len(changed)
	for _, q := range o.Packages {
		theirs := slices.DeleteFunc(slices.Clone(changed), func(name string) bool { return !slices.Contains(q.Files, name) })
		if len(theirs) == 0 {
			continue
		}
		left -= len(theirs)
		now, ok := o.recheck(ctx, cfg, q)
		if !ok {
			return nil, false
		}
		for _, name := range theirs {
			moved[relative(name, cfg.Dir)] = moves(o.Files[name], now[name])
		}
		for name, out := range now {
			o.Files[name] = out
		}
	}
	return moved, left == 0
}

// recheck outlines a package anew, and reports whether that is as it was.
func (o *outline) recheck(ctx context.Context, cfg Config, q *outlinedPackage) (map[string]*outlinedFile, bool) {
	pkg := o.typed(ctx, cfg, q)
	if pkg == nil {
		return nil, false
	}
	s := o.sorted(q, pkg)
	now := map[string]*outlinedFile{}
	r := rechecked{outline: o, sorting: s, pkg: pkg, run: map[types.Object]bool{}, out: map[types.Object]bool{}}
	for i, f := range pkg.Syntax {
		src, err := os.ReadFile(q.Files[i])
		if err != nil {
			return nil, false
		}
		out, left, ok := s.outline(pkg.Fset, f, src)
		if !ok || !o.Files[q.Files[i]].equal(out) {
			return nil, false
		}
		now[q.Files[i]] = out
		r.leaves(f, left, o.Files[q.Files[i]], out)
	}
	return now, r.inert() && r.leads()
}

// typed type-checks a package; nil: something is wrong with it.
func (o *outline) typed(ctx context.Context, cfg Config, q *outlinedPackage) *packages.Package {
	p := &listed{ImportPath: q.Path, Name: q.Name, Dir: q.Dir, GoFiles: q.Files, Module: &packages.Module{GoVersion: q.GoVersion}, read: whole, imports: map[string]*listed{}}
	p.pkg = p.newPackage()
	for path, to := range q.Imports {
		if to != "unsafe" {
			p.imports[path] = &listed{ImportPath: to, Export: o.Exports[to]}
		}
	}
	t := &tree{cfg: cfg, all: []*listed{p}}
	if err := t.check(ctx, cfg.Platforms[0]); err != nil || len(p.pkg.Errors) > 0 || len(p.pkg.Syntax) != len(q.Files) {
		return nil
	}
	return p.pkg
}

// sorted sorts what a package declares now as it was sorted when it was scanned. What is new
// is left out, if it may be.
func (o *outline) sorted(q *outlinedPackage, pkg *packages.Package) sorting {
	s := sorting{inert: map[string]bool{}, kept: map[string]bool{}}
	for _, name := range q.Files {
		for _, d := range o.Files[name].Decls {
			for _, symbol := range d.Names {
				s.kept[symbol] = true
				s.inert[symbol] = d.Inert
			}
		}
	}
	for _, f := range pkg.Syntax {
		for _, decl := range f.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok && !s.kept[funcSymbol(d)] {
				s.inert[funcSymbol(d)] = s.leaves(decl)
			}
		}
	}
	return s
}

// equal reports whether two outlines hold the same.
func (f *outlinedFile) equal(other *outlinedFile) bool {
	return slices.EqualFunc(f.Decls, other.Decls, func(a, b outlinedDecl) bool { return a.Sum == b.Sum && a.Inert == b.Inert })
}

// Rechecked is a package that is held against its outline.
type rechecked struct {
	*outline
	sorting
	pkg  *packages.Package
	run  map[types.Object]bool // functions that are left out, and may be run
	out  map[types.Object]bool // what is left out
	fns  []recheckedFunc
	gone []uint64 // what functions that are not there any more lead to
	lost map[uint64]bool
	dead bool
}

// A recheckedFunc is a function that must be inert.
type recheckedFunc struct {
	file    *ast.File
	gathers gatherer
	node    *ast.FuncDecl
	run     bool
	had     []uint64
}

// leaves notes what is left out of a file, and what was, and its inert functions.
func (r *rechecked) leaves(f *ast.File, left []*ast.FuncDecl, was, now *outlinedFile) {
	info, gathers := r.pkg.TypesInfo, gathererOf(f)
	for _, d := range left {
		old, known := was.Left[d.Name.Name]
		old.Run = old.Run || !known
		now.Left[d.Name.Name] = old
		obj := info.Defs[d.Name]
		r.out[obj] = true
		r.run[obj] = old.Run
		r.fns = append(r.fns, recheckedFunc{f, gathers, d, old.Run, old.Leads})
	}
	for name, old := range was.Left {
		if _, ok := now.Left[name]; !ok {
			r.gone = append(r.gone, old.Leads...)
			r.lose(r.pkg.PkgPath + "." + name)
		}
	}
	for i, d := range now.Decls {
		if now.Decls[i].Run, now.Decls[i].Leads = was.Decls[i].Run, was.Decls[i].Leads; d.Inert {
			r.fns = append(r.fns, recheckedFunc{f, gathers, d.node.(*ast.FuncDecl), was.Decls[i].Run, was.Decls[i].Leads})
		}
	}
	for _, decl := range f.Decls {
		if isConstants(decl) && r.sorting.leaves(decl) {
			r.dead = r.dead || r.Observer.says(info, decl)
			for _, spec := range decl.(*ast.GenDecl).Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					r.out[info.Defs[id]] = true
				}
			}
		}
	}
}

func (r *rechecked) lose(name string) {
	if r.lost == nil {
		r.lost = map[uint64]bool{}
	}
	r.lost[keyOfAsk(askNames, name)] = true
}

// inert reports whether what is left out and what may be replaced makes no difference, and
// nothing else names what is left out.
func (r *rechecked) inert() bool {
	for _, f := range r.pkg.Syntax {
		for _, decl := range f.Decls {
			if r.sorting.leaves(decl) {
				continue
			}
			for obj := range r.outside(r.pkg, decl) {
				if r.out[obj] {
					return false
				}
			}
		}
	}
	return !r.dead && !slices.ContainsFunc(r.fns, func(f recheckedFunc) bool { return !r.Observer.inert(r.pkg, f.file, f.gathers, f.node, f.run) })
}

// leads reports whether what is run still leads to all that it led to, and to nothing else.
func (r *rechecked) leads() bool {
	for _, f := range r.fns {
		if !f.run {
			continue
		}
		keys, ok := r.Observer.named(r.pkg.TypesInfo, f.node, r.run)
		if !ok || slices.ContainsFunc(f.had, func(key uint64) bool { return !keys[key] && !r.lost[key] }) {
			return false
		}
	}
	return !slices.ContainsFunc(r.gone, func(key uint64) bool { return !r.lost[key] })
}

// A move says that the lines of a declaration stand elsewhere.
type move struct{ from, to, by int }

func moves(was, now *outlinedFile) []move {
	var all []move
	for i, d := range was.Decls {
		all = append(all, move{d.Line, d.End, now.Decls[i].Line - d.Line})
	}
	return all
}

// moveAll moves all positions in results. It reports whether each is in something that
// moved as a whole.
func moveAll(results []*Result, moved map[string][]move) bool {
	ok := true
	eachPos(reflect.ValueOf(results), func(pos *schema.Pos) {
		moves, changed := moved[pos.File]
		if !changed || pos.Line == 0 {
			return
		}
		i := slices.IndexFunc(moves, func(m move) bool { return m.from <= pos.Line && pos.Line <= m.to })
		if i < 0 {
			ok = false
			return
		}
		pos.Line += moves[i].by
	})
	return ok
}

var posType = reflect.TypeFor[schema.Pos]()

// eachPos calls f for the positions in v.
func eachPos(v reflect.Value, f func(*schema.Pos)) {
	switch {
	case v.Type() == posType && v.CanAddr() && v.CanInterface():
		f(v.Addr().Interface().(*schema.Pos))
		return
	case v.Type() == posType:
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachPos(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachPos(v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachPos(v.Field(i), f)
			}
		}
	}
}
