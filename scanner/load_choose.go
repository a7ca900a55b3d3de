package scanner

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// This file chooses which packages are read from source.

// An extent is how much of a package is read.
type extent int

const (
	exported extent = iota // its export data, where somebody needs it
	declared               // its declarations: it stands between packages that are read
	whole
)

// instruments returns the import paths whose importers may define metrics: those of what
// the libraries know, but for the standard library's that are only used, and those of the
// user's own constructors.
func instruments(cfg Config) map[string]bool {
	paths := map[string]bool{}
	for _, l := range Libraries() {
		for name := range l.Defines {
			paths[pathOf(name)] = true
		}
		for name := range l.Uses {
			if path := pathOf(name); strings.Contains(path, ".") {
				paths[path] = true
			}
		}
		for _, path := range l.Packages {
			paths[path] = true
		}
	}
	for _, c := range cfg.Constructors {
		name := unbraced(c.target())
		for at := strings.LastIndexByte(name, '/') + 1; at < len(name); at++ {
			if name[at] == '.' { // which of the dots is the one behind the path is not said
				paths[name[:at]] = true
			}
		}
	}
	delete(paths, "")
	return paths
}

// pathOf returns the import path in the full name of a function, method or type; none for
// a method of any interface.
func pathOf(name string) string {
	if rest, ok := strings.CutPrefix(name, "("); ok {
		name, _, _ = strings.Cut(strings.TrimPrefix(rest, "*"), ")")
	}
	return name[:max(strings.LastIndexByte(name, '.'), 0)]
}

// A tree is all that the go command listed.
type tree struct {
	cfg          Config
	all          []*listed
	instruments  map[string]bool
	constructors map[string]map[string]bool  // the import paths of the functions that define metrics, by name without package or type
	inner        map[string]bool             // the libraries' own packages, by path
	carried      map[*listed]map[string]bool // what carriers told
	wild         bool                        // a pattern may match packages that are not there yet
}

func newTree(cfg Config, all []*listed) *tree {
	t := &tree{cfg: cfg, all: all, instruments: instruments(cfg), constructors: map[string]map[string]bool{}, inner: map[string]bool{}, carried: map[*listed]map[string]bool{}}
	for _, l := range Libraries() {
		for name := range l.Defines {
			last := name[strings.LastIndexByte(name, '.')+1:]
			if t.constructors[last] == nil {
				t.constructors[last] = map[string]bool{}
			}
			t.constructors[last][pathOf(name)] = true
		}
		for _, path := range l.Packages {
			t.inner[path] = true
		}
	}
	return t
}

// matched returns the packages that one of the patterns matches.
func (t *tree) matched(patterns []string) []*listed {
	patterns = canonical(patterns)
	var found []*listed
	for _, p := range t.all {
		if !p.DepOnly && (len(p.Match) == 0 || slices.ContainsFunc(p.Match, func(m string) bool { return slices.Contains(patterns, m) })) {
			found = append(found, p)
		}
	}
	return found
}

// canonical returns patterns as the go command says that a package matches them: ./cmd/shop/
// as ./cmd/shop, and ./ as a dot.
// Source: CleanPatterns in cmd/go/internal/search.
func canonical(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		clean := path.Clean(filepath.ToSlash(p))
		if strings.HasPrefix(filepath.ToSlash(p), "./") && clean != "." {
			clean = "./" + clean
		}
		all = append(all, clean)
	}
	return all
}

// closure returns what the packages import, directly or not, and themselves.
func closure(from []*listed) map[*listed]bool {
	seen := map[*listed]bool{}
	var visit func(p *listed)
	visit = func(p *listed) {
		if !seen[p] {
			seen[p] = true
			for _, imp := range p.imports {
				visit(imp)
			}
		}
	}
	for _, p := range from {
		visit(p)
	}
	return seen
}

// reported returns the packages whose metrics are asked for: those matched, of the programs
// among them all that is our own, and with Deps all.
func (t *tree) reported(matched []*listed) map[*listed]bool {
	report := map[*listed]bool{}
	var mains []*listed
	for _, p := range matched {
		report[p] = true
		if p.Name == "main" {
			mains = append(mains, p)
		}
	}
	if t.cfg.Deps {
		mains = matched
	}
	for p := range closure(mains) {
		if p.own || t.cfg.Deps && t.candidate(p) {
			report[p] = true
		}
	}
	return report
}

// candidate reports whether a package may be read for what it defines: a dependency that is
// a library is not, since all that it defines is known by its name.
func (t *tree) candidate(p *listed) bool {
	return p.own || t.cfg.Deps && !t.inner[p.ImportPath] && (!p.Standard || t.instruments[p.ImportPath])
}

// matters reports whether a package may have to do with metrics: it imports an
// instrumentation library, or a package that has to do with metrics.
func (t *tree) matters(p *listed) bool {
	if p.asked {
		return p.reads
	}
	p.asked = true
	p.reads = t.instruments[p.ImportPath] && t.candidate(p)
	for _, imp := range p.imports {
		p.reads = p.reads || t.instruments[imp.ImportPath] || t.candidate(imp) && t.matters(imp) || t.carries(imp)
	}
	return p.reads
}

// carries reports whether a dependency may define metrics under the names that its callers
// say.
func (t *tree) carries(p *listed) bool { return len(t.carriers(p)) > 0 }

// carriers returns the names of the functions of a dependency that call one which defines
// metrics, as far as its name says, with what is not the same each time: one of a library, or
// such a function of another dependency. (Most dependencies define theirs under names of
// their own.)
func (t *tree) carriers(p *listed) map[string]bool {
	if t.candidate(p) || p.Standard || t.instruments[p.ImportPath] {
		return nil
	}
	found, asked := t.carried[p]
	if asked {
		return found
	}
	defining := map[string]bool{} // import paths
	for _, imp := range p.imports {
		if t.instruments[imp.ImportPath] {
			defining[imp.ImportPath] = true
		}
		for name := range t.carriers(imp) {
			defining[imp.ImportPath] = true
			if t.constructors[name] == nil {
				t.constructors[name] = map[string]bool{}
			}
			t.constructors[name][imp.ImportPath] = true
		}
	}
	if len(defining) > 0 {
		found = map[string]bool{}
		for _, file := range p.pkg.GoFiles {
			if f, err := parseImporter(file, defining, 0); err == nil && f != nil {
				t.passNames(f, found)
			}
		}
	}
	t.carried[p] = found
	return found
}

// passNames adds the functions of a file that give a constructor what is not the same each
// time.
func (t *tree) passNames(f *ast.File, to map[string]bool) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || to[fn.Name.Name] {
			continue
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && importsAny(f, t.constructors[sel.Sel.Name]) && slices.ContainsFunc(call.Args, namesLocal) {
					to[fn.Name.Name] = true
				}
			}
			return !to[fn.Name.Name]
		})
	}
}

// parseImporter parses a file that imports one of the packages; of another, it returns nil.
func parseImporter(name string, paths map[string]bool, mode parser.Mode) (*ast.File, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil || !importsAny(f, paths) {
		return nil, err
	}
	return parser.ParseFile(token.NewFileSet(), name, src, mode)
}

// importsAny reports whether a file imports one of the packages.
func importsAny(f *ast.File, paths map[string]bool) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return paths[strings.Trim(i.Path.Value, "\"`")] })
}

// namesLocal reports whether an expression names a variable of the function that it stands
// in.
func namesLocal(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id.Obj == nil || id.Obj.Kind != ast.Var {
			return !found
		}
		switch id.Obj.Decl.(type) {
		case *ast.Field, *ast.AssignStmt: // not a package variable's
			found = true
		}
		return !found
	})
	return found
}

// choose decides what is read for the packages to be reported.
func (t *tree) choose(report map[*listed]bool) {
	var roots []*listed
	for _, p := range t.all {
		if report[p] && (t.matters(p) || p.Export == "" || p.Error != nil || p.directed()) {
			roots = append(roots, p)
		}
	}
	below := closure(roots)
	for _, p := range t.all {
		if slices.Contains(roots, p) || below[p] && (p.own || t.candidate(p) && t.matters(p)) {
			p.read = whole
		}
	}
	for _, p := range slices.Backward(t.all) { // dependencies come first
		if p.read != whole || !t.matters(p) && !t.carries(p) {
			continue
		}
		for _, imp := range p.imports {
			if t.carries(imp) {
				imp.read = whole
			}
		}
	}
	t.connect()
}

// connect chooses what stands between: a package that is imported by one that is read, and
// that imports one that is read or has no export data, is read as far as its declarations,
// so that all agree on what the types are.
func (t *tree) connect() {
	for more := true; more; {
		more = false
		above := map[*listed]bool{}
		for _, p := range t.all { // dependencies come first
			above[p] = p.read != exported
			for _, imp := range p.imports {
				above[p] = above[p] || above[imp]
			}
		}
		for _, p := range t.all {
			if p.read == exported {
				continue
			}
			for _, imp := range p.imports {
				if imp.read == exported && imp.ImportPath != "unsafe" && (above[imp] || imp.Export == "") && len(imp.pkg.GoFiles) > 0 {
					imp.read, more = declared, true
				}
			}
		}
	}
}

// directed reports whether a directive stands in the source of a package.
func (p *listed) directed() bool {
	return slices.ContainsFunc(p.pkg.GoFiles, func(file string) bool {
		src, err := os.ReadFile(file)
		return err == nil && bytes.Contains(src, []byte(directivePrefix))
	})
}
