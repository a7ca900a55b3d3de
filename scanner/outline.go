package scanner

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// This file remembers, file by file, what of the source a result depends on: all but
// inert functions (inert.go), and what nobody but those names.

// An outline is what a result depends on in the packages that are worked on.
type outline struct {
	Observer *observer
	Files    map[string]*outlinedFile // by name
	Packages []*outlinedPackage
	Exports  map[string]string // files of export data, by import path
}

// An outlinedPackage is a package as the go command listed it.
type outlinedPackage struct {
	Path, Name, Dir, GoVersion string
	Files                      []string
	Imports                    map[string]string // from the path in the source to the import path

	pkg *packages.Package
}

// An outlinedFile is what a result depends on in a file: the package clause with what is
// above it, and declarations, in their order.
type outlinedFile struct {
	Decls []outlinedDecl
	Left  map[string]outlinedDecl // the functions that are left out
}

// An outlinedDecl is a declaration.
type outlinedDecl struct {
	Names     []string // of a function (as funcSymbol), or of constants
	Sum       [16]byte // of the text, without an inert body
	Line, End int      // of that text
	Inert     bool
	Run       bool     // an inert function is run
	Leads     []uint64 // what it is the first to name

	node ast.Decl
}

// newOutline returns the outline of the packages of a tree.
func newOutline(t *tree, seen *observer) *outline {
	o := &outline{Observer: seen, Files: map[string]*outlinedFile{}, Exports: map[string]string{}}
	var all []*outlinedPackage
	for _, p := range t.all {
		o.Exports[p.ImportPath] = p.Export
		if q := p.outlined(); q != nil {
			all = append(all, q)
		}
	}
	files := make([]map[string]*outlinedFile, len(all))
	parallel(len(all), func(i int) { files[i] = seen.outline(all[i]) })
	for i, q := range all {
		if files[i] != nil {
			o.Packages = append(o.Packages, q)
			maps.Copy(o.Files, files[i])
		}
	}
	return o
}

// outlined returns a package that may be outlined, or nil.
func (p *listed) outlined() *outlinedPackage {
	if !p.own || p.read != whole || len(p.CgoFiles) > 0 || p.pkg.TypesInfo == nil || len(p.pkg.Syntax) != len(p.pkg.GoFiles) {
		return nil
	}
	q := &outlinedPackage{Path: p.ImportPath, Name: p.Name, Dir: p.Dir, Files: p.pkg.GoFiles, Imports: map[string]string{}, pkg: p.pkg}
	if p.Module != nil {
		q.GoVersion = p.Module.GoVersion
	}
	for path, imp := range p.imports {
		q.Imports[path] = imp.ImportPath
	}
	return q
}

// A sorting says what of a package an outline holds.
type sorting struct {
	inert map[string]bool // by symbol: the functions that are inert
	kept  map[string]bool // the functions and constants that are not left out
}

// sort sorts the declarations of a package as it was scanned.
func (o *observer) sort(q *outlinedPackage) sorting {
	s := sorting{inert: map[string]bool{}, kept: map[string]bool{}}
	times := map[string]int{}
	for _, f := range q.pkg.Syntax {
		gathers := gathererOf(f)
		for _, decl := range f.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok {
				name := funcSymbol(d)
				times[name]++
				s.inert[name] = d.Body != nil && times[name] == 1 && o.inert(q.pkg, f, gathers, d, o.run[d])
			}
		}
	}
	for _, f := range q.pkg.Syntax {
		for _, decl := range f.Decls {
			for _, name := range symbolsOf(decl) {
				s.kept[name] = s.kept[name] || !s.inert[name] && !isConstants(decl) || isConstants(decl) && o.says(q.pkg.TypesInfo, decl)
			}
			for obj := range s.outside(q.pkg, decl) {
				s.kept[obj.Name()] = true
			}
		}
	}
	return s
}

// outside returns the functions and constants of a package that a declaration, without its
// body if that is inert, names. Constants declared together name none of their own.
func (s sorting) outside(p *packages.Package, decl ast.Decl) map[types.Object]bool {
	found := map[types.Object]bool{}
	own := symbolsOf(decl)
	d, isFunc := decl.(*ast.FuncDecl)
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return !(isFunc && n == d.Body && s.inert[funcSymbol(d)])
		case *ast.Ident:
			obj := p.TypesInfo.Uses[n]
			if obj != nil && obj.Pkg() == p.Types && obj.Parent() == p.Types.Scope() && !(isConstants(decl) && slices.Contains(own, obj.Name())) {
				found[obj] = true
			}
		}
		return true
	})
	return found
}

func isConstants(decl ast.Decl) bool {
	g, ok := decl.(*ast.GenDecl)
	return ok && g.Tok == token.CONST
}

// symbolsOf returns the symbol of a function, or the names of constants.
func symbolsOf(decl ast.Decl) []string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return []string{funcSymbol(d)}
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.CONST {
				for _, id := range v.Names {
					names = append(names, id.Name)
				}
			}
		}
		return names
	}
	return nil
}

// leaves reports whether a declaration is left out: of functions and constants, what nobody
// outside the package can name, and in it only inert functions do.
func (s sorting) leaves(decl ast.Decl) bool {
	exposed := func(name string) bool {
		return token.IsExported(name) || name == "_" || s.kept[name] || types.Universe.Lookup(name) != nil
	}
	names := symbolsOf(decl)
	if len(names) == 0 || slices.ContainsFunc(names, exposed) {
		return false
	}
	d, ok := decl.(*ast.FuncDecl)
	return !ok || d.Recv == nil && d.Body != nil && d.Name.Name != "init" && d.Name.Name != "main" && !directs(d.Doc)
}

// directs reports whether a comment speaks to the go command, or to dashgen.
func directs(g *ast.CommentGroup) bool {
	return g != nil && (speaks(g) || slices.ContainsFunc(g.List, func(c *ast.Comment) bool {
		return strings.HasPrefix(c.Text, "//go:") && !strings.HasPrefix(c.Text, "//go:generate") || strings.HasPrefix(c.Text, "//export ") ||
			strings.HasPrefix(c.Text, "//line ") || strings.HasPrefix(c.Text, "/*line ")
	}))
}

// outline outlines the files of a package as it was scanned; nil: that cannot be done.
func (o *observer) outline(q *outlinedPackage) map[string]*outlinedFile {
	s := o.sort(q)
	files := map[string]*outlinedFile{}
	for i, f := range q.pkg.Syntax {
		src, err := os.ReadFile(q.Files[i])
		if err != nil {
			return nil
		}
		out, left, ok := s.outline(q.pkg.Fset, f, src)
		if !ok {
			return nil
		}
		for j := range out.Decls {
			if d, ok := out.Decls[j].node.(*ast.FuncDecl); ok {
				out.Decls[j].Run, out.Decls[j].Leads = o.run[d], o.leads[d]
			}
		}
		for _, d := range left {
			out.Left[d.Name.Name] = outlinedDecl{Run: o.run[d], Leads: o.leads[d]}
		}
		files[q.Files[i]] = out
	}
	return files
}

// outline returns what a result depends on in a file, and the functions that are left out.
// It reports whether there is nothing else that it may depend on.
func (s sorting) outline(fset *token.FileSet, f *ast.File, src []byte) (out *outlinedFile, left []*ast.FuncDecl, ok bool) {
	file := fset.File(f.Pos())
	if file.Size() != len(src) {
		return nil, nil, false // it was changed since
	}
	out = &outlinedFile{Left: map[string]outlinedDecl{}}
	var covered [][2]token.Pos
	add := func(d outlinedDecl, from, to token.Pos) {
		at := file.PositionFor(from, false)
		d.Sum = sumOf(fmt.Appendf(nil, "%d %t %s", at.Column, d.Inert, src[at.Offset:file.Offset(to)]))
		d.Line, d.End = at.Line, file.PositionFor(to, false).Line
		out.Decls = append(out.Decls, d)
		covered = append(covered, [2]token.Pos{from, to})
	}
	add(outlinedDecl{}, token.Pos(file.Base()), f.Name.End())
	for _, decl := range f.Decls {
		fn, isFunc := decl.(*ast.FuncDecl)
		if s.leaves(decl) {
			if isFunc {
				left = append(left, fn)
			}
			continue
		}
		d := outlinedDecl{Names: symbolsOf(decl), Inert: isFunc && s.inert[funcSymbol(fn)], node: decl}
		from, to := begin(decl), decl.End()
		if d.Inert {
			to = fn.Body.Lbrace + 1
		}
		add(d, from, to)
	}
	uncovered := func(g *ast.CommentGroup) bool {
		return directs(g) && !slices.ContainsFunc(covered, func(c [2]token.Pos) bool { return c[0] <= g.Pos() && g.End() <= c[1] })
	}
	return out, left, !slices.ContainsFunc(f.Comments, uncovered) && !bytes.Contains(src, []byte("//line ")) && !bytes.Contains(src, []byte("/*line "))
}

// begin returns where a declaration begins, with its comment.
func begin(decl ast.Decl) token.Pos {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			return d.Doc.Pos()
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			return d.Doc.Pos()
		}
	}
	return decl.Pos()
}

func sumOf(data []byte) [16]byte {
	sum := sha256.Sum256(data)
	return [16]byte(sum[:])
}
