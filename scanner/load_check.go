package scanner

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// This file parses and type-checks the packages that are read from source, against the
// export data of what they import.

// check fills in the packages to be read. All share one FileSet, in which the files stand
// in the order of the list, whatever is parsed first.
func (t *tree) check(ctx context.Context, platform string) error {
	read := slices.DeleteFunc(slices.Clone(t.all), func(p *listed) bool { return p.read == exported })
	fset := token.NewFileSet()
	files := sources(read)
	size := 1
	for _, f := range files {
		f.base = size
		size += len(f.src) + 1
	}
	room := fset.AddFile("", 1, size) // keeps what export data adds behind the sources
	c := &checker{tree: t, fset: fset, types: map[string]*types.Package{"unsafe": types.Unsafe}, failed: map[string]error{},
		sizes: types.SizesFor("gc", platform[strings.IndexByte(platform, '/')+1:]),
		cgo:   slices.ContainsFunc(read, func(p *listed) bool { return len(p.CgoFiles) > 0 })}
	var export sync.WaitGroup
	export.Go(func() { c.readExported(read) })
	parallel(len(files), func(i int) { files[i].parse() })
	export.Wait()
	fset.RemoveFile(room)
	for _, f := range files {
		f.add(fset)
	}
	return c.inOrder(ctx, read)
}

// parallel calls f for 0 to n-1 on all processors.
func parallel(n int, f func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// A sourceFile is one file to be parsed.
type sourceFile struct {
	of   *listed
	name string
	src  []byte
	base int
	file *token.File
	tree *ast.File
	errs []packages.Error
}

// sources reads the files of packages.
func sources(read []*listed) []*sourceFile {
	var files []*sourceFile
	for _, p := range read {
		for _, name := range p.pkg.GoFiles {
			files = append(files, &sourceFile{of: p, name: name})
		}
	}
	parallel(len(files), func(i int) {
		f := files[i]
		src, err := os.ReadFile(f.name)
		if err != nil {
			f.errs = append(f.errs, packages.Error{Pos: f.name + ":1", Msg: err.Error(), Kind: packages.ParseError})
		}
		f.src = src
	})
	return files
}

// parse parses a file at its place. Nobody needs the comments of a package that is only
// read for its declarations.
func (f *sourceFile) parse() {
	if len(f.errs) > 0 {
		return
	}
	own := token.NewFileSet()
	if f.base > 1 {
		own.AddFile("", 1, f.base-2)
	}
	mode := parser.SkipObjectResolution | parser.AllErrors
	if f.of.read == whole {
		mode |= parser.ParseComments
	}
	tree, err := parser.ParseFile(own, f.name, f.src, mode)
	var list scanner.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			f.errs = append(f.errs, packages.Error{Pos: e.Pos.String(), Msg: e.Msg, Kind: packages.ParseError})
		}
	}
	f.tree, f.file = tree, own.File(token.Pos(f.base))
	f.src = nil
}

// add hands the file to its package.
func (f *sourceFile) add(fset *token.FileSet) {
	f.of.pkg.Errors = append(f.of.pkg.Errors, f.errs...)
	if f.file != nil {
		fset.AddExistingFiles(f.file)
	}
	if f.tree != nil {
		f.of.pkg.Syntax = append(f.of.pkg.Syntax, f.tree)
	}
}

type checker struct {
	tree   *tree
	fset   *token.FileSet
	types  map[string]*types.Package // by import path; those of source are added when created
	failed map[string]error          // what could not be read of export data
	sizes  types.Sizes
	cgo    bool // C is used somewhere, and what it says is not known to the type checker
}

// readExported reads the export data of what the packages read import.
func (c *checker) readExported(read []*listed) {
	for _, p := range read {
		c.types[p.ImportPath] = types.NewPackage(p.ImportPath, p.Name)
	}
	for _, p := range read {
		for _, path := range sortedPaths(p.imports) {
			imp := p.imports[path]
			if have := c.types[imp.ImportPath]; imp.read != exported || have != nil && have.Complete() {
				continue
			}
			if err := c.readExport(imp); err != nil {
				c.failed[imp.ImportPath] = err
			}
		}
	}
}

func (c *checker) readExport(p *listed) error {
	switch {
	case p.Error != nil:
		return errors.New(p.Error.text())
	case p.Export == "":
		return errors.New("no export data: it does not compile")
	}
	f, err := os.Open(p.Export)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return fmt.Errorf("read export data of %s: %w", p.ImportPath, err)
	}
	_, err = gcexportdata.Read(r, c.fset, c.types, p.ImportPath)
	return err
}

// inOrder checks packages as soon as all that they import is checked.
func (c *checker) inOrder(ctx context.Context, read []*listed) error {
	waits := map[*listed]int{}
	importers := map[*listed][]*listed{}
	for _, p := range read {
		for _, imp := range p.imports {
			if imp.read != exported {
				waits[p]++
				importers[imp] = append(importers[imp], p)
			}
		}
	}
	ready := make(chan *listed, len(read))
	done := make(chan *listed, len(read))
	for _, p := range read {
		if waits[p] == 0 {
			ready <- p
		}
	}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for p := range ready {
				if ctx.Err() == nil {
					c.checkPackage(p)
				}
				done <- p
			}
		})
	}
	for range read {
		for _, p := range importers[<-done] {
			if waits[p]--; waits[p] == 0 {
				ready <- p
			}
		}
	}
	close(ready)
	wg.Wait()
	return ctx.Err()
}

// checkPackage checks one package.
func (c *checker) checkPackage(p *listed) {
	pkg := p.pkg
	pkg.Fset, pkg.TypesSizes = c.fset, c.sizes
	pkg.Types = c.types[p.ImportPath]
	size := 0
	for _, f := range pkg.Syntax {
		size += int(f.FileEnd - f.FileStart)
	}
	info := &types.Info{ // as large as most packages fill them
		Types:      make(map[ast.Expr]types.TypeAndValue, size/18),
		Defs:       make(map[*ast.Ident]types.Object, size/120),
		Uses:       make(map[*ast.Ident]types.Object, size/25),
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes:     map[ast.Node]*types.Scope{},
	}
	cfg := &types.Config{
		Importer:                 importFrom{c, p},
		Sizes:                    c.sizes,
		IgnoreFuncBodies:         p.read == declared,
		DisableUnusedImportCheck: p.read == declared,
		FakeImportC:              true, // what C says names no metrics, and needs no C compiler
		Error: func(err error) {
			if !c.cgo || p.Export == "" && !p.unbuilt { // what compiles is right, whatever C.x is
				pkg.Errors = append(pkg.Errors, typeError(err))
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		cfg.GoVersion = "go" + p.Module.GoVersion
	}
	if p.read == declared {
		cfg.Error = func(error) {}
		info = nil
	}
	before := len(pkg.Errors)
	err := types.NewChecker(cfg, c.fset, pkg.Types, info).Files(pkg.Syntax)
	if p.read == declared {
		pkg.Syntax = nil
		return
	}
	pkg.TypesInfo = info
	if err != nil && len(pkg.Errors) == before && strings.HasPrefix(err.Error(), "package requires newer Go version") && len(pkg.Syntax) > 0 {
		pkg.Errors = append(pkg.Errors, packages.Error{Pos: c.fset.Position(pkg.Syntax[0].Package).String(), Msg: err.Error(), Kind: packages.TypeError})
	}
}

func typeError(err error) packages.Error {
	e, ok := err.(types.Error)
	if !ok {
		return packages.Error{Pos: "-", Msg: err.Error(), Kind: packages.TypeError}
	}
	return packages.Error{Pos: e.Fset.Position(e.Pos).String(), Msg: e.Msg, Kind: packages.TypeError}
}

// An importFrom imports for one package.
type importFrom struct {
	*checker
	p *listed
}

// Import implements types.Importer.
func (i importFrom) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	imp := i.p.imports[path]
	if imp == nil {
		if e := i.p.Error; e != nil && strings.TrimSpace(e.Err) == importCycle || slices.Contains(i.p.Imports, path) {
			return nil, errors.New(importCycle)
		}
		return nil, fmt.Errorf("the go command does not list %s", path)
	}
	if err := i.failed[imp.ImportPath]; err != nil {
		return nil, err
	}
	if pkg := i.types[imp.ImportPath]; pkg != nil && pkg.Name() != "" && (imp.read == exported || len(imp.pkg.Syntax) > 0 || pkg.Complete()) {
		return pkg, nil
	}
	if imp.Error != nil {
		return nil, errors.New(imp.Error.text())
	}
	return nil, fmt.Errorf("package %s has no Go files that can be read", path)
}
