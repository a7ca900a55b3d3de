package scanner

import (
	"go/ast"
	"go/parser"
	"maps"
	"path"
	"slices"
	"strconv"

	"golang.org/x/tools/go/packages"
)

// This file tells whether a program may gather a registry. What is registered only with one
// that nothing gathers is never exposed.

// A Gathering says how a registry is gathered: by whoever names one of the package-level
// objects, or asserts that a value is of one of the types, by full name. (Dot imports of
// their packages are not seen.)
type Gathering struct{ Named, Asserted []string }

// neverGathered returns the registries that nothing in the program can gather, by what
// gives them. A program that is not seen to gather any does so in another way.
func (s *scan) neverGathered() map[string]bool {
	if len(s.prog.whole) == 0 || slices.Contains(slices.Collect(maps.Values(s.prog.whole)), true) {
		return nil // whoever uses packages that are no program may do anything
	}
	never := map[string]bool{}
	exposes := false
	all := linked(slices.Collect(maps.Keys(s.prog.whole)))
	for _, l := range Libraries() {
		exposes = exposes || s.mayGather(all, Gathering{Named: l.Gathers})
		for registry, by := range l.Gathered {
			if !s.mayGather(all, by) {
				never[registry] = true
			}
		}
	}
	if !exposes {
		return nil
	}
	return never
}

// linked returns packages with all that they import.
func linked(from []*packages.Package) []*packages.Package {
	var all []*packages.Package
	packages.Visit(from, nil, func(p *packages.Package) { all = append(all, p) })
	return all
}

// mayGather reports whether the program, made of the packages linked, may gather a registry
// so: what it may run of those read does, or the text of another looks so.
func (s *scan) mayGather(linked []*packages.Package, by Gathering) bool {
	return slices.ContainsFunc(linked, func(p *packages.Package) bool { return !s.inner[p.PkgPath] && s.gathers(p, by) })
}

// gathers reports whether a package may gather a registry.
func (s *scan) gathers(p *packages.Package, by Gathering) bool {
	imported := map[string]bool{}
	for _, object := range slices.Concat(by.Named, by.Asserted) {
		if path := pathOf(object); p.Imports[path] != nil {
			imported[path] = true
		}
	}
	if len(imported) == 0 {
		return false
	}
	files := p.Syntax
	if s.ix.pkgOf[p.Types] != p {
		files = nil
		for _, name := range p.GoFiles {
			f, err := parseImporter(name, imported, parser.SkipObjectResolution)
			if err != nil {
				return true
			}
			if f != nil {
				files = append(files, f)
			}
		}
	}
	return slices.ContainsFunc(files, func(f *ast.File) bool {
		return gatherer{by, s.ix.skipped, importNames(f)}.names(f, by.Named)
	})
}

// gathererOf returns what looks in a file for what gathers a registry of any library.
func gathererOf(f *ast.File) gatherer {
	g := gatherer{imports: importNames(f)}
	paths := slices.Collect(maps.Values(g.imports))
	add := func(to *[]string, objects []string) {
		for _, object := range objects {
			if slices.Contains(paths, pathOf(object)) {
				*to = append(*to, object)
			}
		}
	}
	for _, l := range Libraries() {
		add(&g.by.Named, l.Gathers)
		for _, by := range l.Gathered {
			add(&g.by.Named, by.Named)
			add(&g.by.Asserted, by.Asserted)
		}
	}
	return g
}

// importNames returns the import paths of a file by the names that they have in it.
func importNames(f *ast.File) map[string]string {
	paths := map[string]string{}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // ill-formed
		}
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		paths[name] = p
	}
	return paths
}

// A gatherer looks for what gathers a registry, by its spelling.
type gatherer struct {
	by      Gathering
	skipped map[*ast.FuncDecl]bool
	imports map[string]string
}

// names reports whether one of the objects is named in n, or a type asserted.
func (g gatherer) names(n ast.Node, objects []string) bool {
	if len(objects)+len(g.by.Asserted) == 0 {
		return false
	}
	found := false
	ast.Inspect(n, func(at ast.Node) bool {
		switch at := at.(type) {
		case *ast.FuncDecl:
			return !found && !g.skipped[at]
		case *ast.TypeAssertExpr:
			found = found || at.Type != nil && g.names(at.Type, g.by.Asserted)
		case *ast.CaseClause:
			found = found || slices.ContainsFunc(at.List, func(e ast.Expr) bool { return g.names(e, g.by.Asserted) })
		case *ast.SelectorExpr:
			found = found || slices.ContainsFunc(objects, func(object string) bool { return g.is(at, object) })
		}
		return !found
	})
	return found
}

func (g gatherer) is(sel *ast.SelectorExpr, object string) bool {
	pkg, ok := sel.X.(*ast.Ident)
	return ok && g.imports[pkg.Name]+"."+sel.Sel.Name == object
}

// dropUngathered drops what is only in registries that nothing gathers. What is registered
// where that is not seen stays.
func (s *scan) dropUngathered() {
	never := s.neverGathered()
	s.defs = slices.DeleteFunc(s.defs, func(d *Definition) bool {
		in := d.registries
		for _, r := range d.regs {
			for _, w := range r.wraps {
				in = append(in, w.registry)
			}
		}
		return len(in) > 0 && !slices.ContainsFunc(in, func(registry string) bool { return !never[registry] })
	})
}
