package scanner

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/packages"

	"github.com/dashgen/dashgen/schema"
)

// FuzzScan scans mutated Go source, most of it ill-typed: nothing panics, nothing takes
// long, every name that becomes an entry is one that Prometheus would take, and the result
// is the same whether or not it is explained.
// The source is changed by the fuzzer byte by byte, and token by token as seed says.
func FuzzScan(f *testing.F) {
	for i, src := range corpusFiles(f) {
		for seed := range uint64(4) {
			f.Add(src, seed*1000+uint64(i)*seed)
		}
	}
	for _, path := range importable { // now: the fuzzer gives an input ten seconds
		if _, err := imports.Import(path); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, seed uint64) {
		if len(src) > 1<<14 {
			t.Skip()
		}
		src = mutate(src, seed)
		first := scanSource(t, src, Config{Dir: "."})
		check(t, src, first)
		if explained := scanSource(t, src, Config{Dir: ".", Explain: true}); said(first) != said(explained) {
			t.Errorf("not the same when explained:\n%s\n%s\n%s", said(first), said(explained), src)
		}
	})
}

// corpusFiles returns the Go files of the archives.
func corpusFiles(f *testing.F) [][]byte {
	var files [][]byte
	for _, a := range readArchives(f) {
		for _, file := range a.files {
			if strings.HasSuffix(file.Name, ".go") {
				files = append(files, file.Data)
			}
		}
	}
	return files
}

// mutate changes some tokens of src: none for seed 0.
func mutate(src []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	tokens := tokensOf(src)
	if seed == 0 || len(tokens) == 0 {
		return src
	}
	for range 1 + r.IntN(6) {
		i, j := r.IntN(len(tokens)), r.IntN(len(tokens))
		switch r.IntN(5) {
		case 0:
			tokens = slices.Delete(tokens, i, i+1)
		case 1:
			tokens = slices.Insert(tokens, i, tokens[j])
		case 2, 3:
			tokens[i] = tokens[j]
		case 4: // part of the file again, elsewhere
			part := slices.Clone(tokens[min(i, j):min(max(i, j), min(i, j)+40)])
			tokens = slices.Insert(tokens, r.IntN(len(tokens)), part...)
		}
		if len(tokens) == 0 {
			break
		}
	}
	return []byte(strings.Join(tokens, " "))
}

func tokensOf(src []byte) []string {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, src, nil, scanner.ScanComments)
	var tokens []string
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return tokens
		case tok == token.COMMENT:
			lit += "\n"
		case tok == token.SEMICOLON:
			lit = "\n"
		case lit == "":
			lit = tok.String()
		}
		tokens = append(tokens, lit)
	}
}

// maxScan is how long one small file may take.
const maxScan = 20 * time.Second

// scanSource type-checks one file, as far as it goes, and scans it.
func scanSource(t *testing.T, src []byte, cfg Config) *Result {
	t.Helper()
	done := make(chan *Result, 1)
	failed := make(chan any, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				failed <- fmt.Sprintf("%v\n%s", p, debug.Stack())
			}
		}()
		res := newResult()
		p := checked(src)
		if err := scanPlatform(t.Context(), res, &program{pkgs: []*packages.Package{p}, report: map[*packages.Package]bool{p: true}, whole: map[*packages.Package]bool{p: p.Name != "main"}}, cfg); err != nil {
			panic(err)
		}
		finish(res)
		done <- res
	}()
	select {
	case res := <-done:
		return res
	case p := <-failed:
		t.Fatalf("panic: %v\n%s", p, src)
	case <-time.After(maxScan):
		t.Fatalf("takes longer than %s\n%s", maxScan, src)
	}
	return nil
}

// checked returns the package of one file.
func checked(src []byte) *packages.Package {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "fuzz.go", src, parser.ParseComments|parser.SkipObjectResolution)
	p := &packages.Package{PkgPath: "fuzz", Fset: fset, TypesInfo: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	if file != nil {
		p.Syntax = []*ast.File{file}
	}
	cfg := types.Config{Importer: imports, Error: func(error) {}, DisableUnusedImportCheck: true}
	p.Types, _ = cfg.Check("fuzz", fset, p.Syntax, p.TypesInfo)
	return p
}

// imports imports the stubs from source, and some of the standard library.
var imports = &stubImporter{done: map[string]*types.Package{}}

type stubImporter struct {
	mu   sync.Mutex
	std  bool // is loaded
	done map[string]*types.Package
}

func (im *stubImporter) Import(path string) (*types.Package, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	return im.load(path)
}

// importable are the packages of the standard library that are there: those that the
// archives and the stubs import, and some of what libraries know.
var importable = []string{
	"bytes", "context", "encoding/json", "errors", "expvar", "flag", "fmt", "io", "log", "maps", "math", "net/http", "os", "path",
	"path/filepath", "reflect", "regexp", "slices", "sort", "strconv", "strings", "sync", "sync/atomic", "time",
}

func (im *stubImporter) load(path string) (*types.Package, error) {
	if p := im.done[path]; p != nil {
		return p, nil
	}
	if dir, err := stubDir(path); dir != "" || err != nil {
		if err != nil {
			return nil, err
		}
		p, err := checkDir(token.NewFileSet(), dir, path, importerFunc(im.load))
		if err == nil {
			im.done[path] = p
		}
		return p, err
	}
	if !slices.Contains(importable, path) {
		return nil, fmt.Errorf("no package %s", path)
	}
	if !im.std {
		pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes}, importable...)
		if err != nil {
			return nil, err
		}
		for _, p := range pkgs {
			im.done[p.PkgPath] = p.Types
		}
		im.std = true
	}
	return im.done[path], nil
}

// stubDir returns the folder of a package of the stubs; empty where it is of none.
func stubDir(path string) (string, error) {
	mods, err := filepath.Glob("../testdata/stubs/*/go.mod")
	if err != nil {
		return "", err
	}
	best, dir := "", ""
	for _, mod := range mods {
		data, err := os.ReadFile(mod)
		if err != nil {
			return "", err
		}
		module := modfile.ModulePath(data)
		if (path == module || strings.HasPrefix(path, module+"/")) && len(module) > len(best) {
			best, dir = module, filepath.Join(filepath.Dir(mod), strings.TrimPrefix(path, module))
		}
	}
	return dir, nil
}

type importerFunc func(string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// check holds a result against what is to be true of any.
func check(t *testing.T, src []byte, res *Result) {
	t.Helper()
	for _, m := range res.Metrics {
		if m.Name == "" || strings.Contains(m.Name, Hole) || strings.Contains(m.Name, "*") != (m.Certainty == schema.Pattern) || m.Pos.Line == 0 {
			t.Errorf("metric %+v\n%s", m, src)
		}
		for _, l := range m.Labels {
			if strings.Contains(strings.Join(l.Values, "")+l.Name, Hole) || l.Name == "" {
				t.Errorf("metric %s: label %+v\n%s", m.Name, l, src)
			}
		}
	}
	for _, f := range res.Findings {
		if f.Message == "" || f.Check == "" {
			t.Errorf("finding %+v", f)
		}
	}
	s, _ := schema.New(res.Metrics)
	if _, err := schema.Parse("metrics.json", s.Format()); err != nil {
		t.Errorf("what was found is no schema: %v\n%s", err, src)
	}
	for _, m := range s.Metrics {
		if !validName.MatchString(strings.ReplaceAll(m.Name, "*", "_")) {
			t.Errorf("metric name %q\n%s", m.Name, src)
		}
		for _, l := range m.Labels {
			if !validLabel.MatchString(strings.ReplaceAll(l.Name, "*", "_")) {
				t.Errorf("metric %s: label name %q\n%s", m.Name, l.Name, src)
			}
		}
		for name := range m.ConstLabels {
			if !validLabel.MatchString(name) {
				t.Errorf("metric %s: constant label name %q\n%s", m.Name, name, src)
			}
		}
	}
}

// What Prometheus takes, before names in UTF-8.
var (
	validName  = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	validLabel = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
)

// said is all that a result says, as text.
func said(res *Result) string {
	var b strings.Builder
	for _, m := range res.Metrics {
		fmt.Fprintln(&b, m.Pos, describe(m))
	}
	for _, f := range res.Findings {
		fmt.Fprintln(&b, f)
	}
	return b.String()
}
