package scanner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"
	"golang.org/x/tools/go/packages"

	"github.com/dashgen/dashgen/schema"
)

// This file scans one package as go vet hands it to a vet tool: by a file that names its
// sources and the export data of what it imports.

// A Unit is what was found in one package that the go command, or another build system,
// had checked.
type Unit struct {
	ID, Dir  string
	VetxOnly bool             // only facts are asked for, and nothing is to be printed
	Stdout   string           // the file that standard output belongs in; empty: none
	Metrics  []*schema.Metric // sorted by name, one entry a name
	Findings []schema.Finding // sorted; file names are relative to Dir
}

// ScanUnit scans the package that a file in the JSON format of unitchecker.Config
// describes, its tests left out, and writes the facts asked for: none, since nothing of
// other packages is used but their export data. What other packages may still say, as
// callers or in variables, is neither guessed nor a finding. Of a unit that only facts
// are asked of nothing is read.
func ScanUnit(ctx context.Context, cfgFile string) (*Unit, error) {
	cfg, err := readUnit(cfgFile)
	if err != nil {
		return nil, err
	}
	u := &Unit{ID: cfg.ID, Dir: cfg.Dir, VetxOnly: cfg.VetxOnly, Stdout: cfg.Stdout}
	if cfg.VetxOutput != "" {
		if err := os.WriteFile(cfg.VetxOutput, nil, 0o666); err != nil {
			return nil, fmt.Errorf("write facts of %s: %w", cfg.ID, err)
		}
	}
	files := slices.DeleteFunc(cfg.GoFiles, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	if cfg.VetxOnly || len(files) == 0 {
		return u, nil
	}
	p, err := unitPackage(cfg, files)
	if err != nil {
		return nil, fmt.Errorf("read package %s: %w", cfg.ID, err)
	}
	res, err := scanUnit(ctx, cfg, p)
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", cfg.ID, err)
	}
	if cfg.SucceedOnTypecheckFailure && len(res.Unread) > 0 {
		return u, nil
	}
	s, conflicts := schema.New(res.Metrics)
	u.Metrics, u.Findings = s.Metrics, schema.SortFindings(append(res.Findings, conflicts...))
	return u, nil
}

func readUnit(file string) (*unitchecker.Config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	cfg := new(unitchecker.Config)
	if err := json.Unmarshal(data, cfg); err != nil {
		return nil, fmt.Errorf("read unit %s: %w", file, err)
	}
	if cfg.ImportPath == "" {
		return nil, fmt.Errorf("read unit %s: no ImportPath", file)
	}
	return cfg, nil
}

// unitPackage returns the package of a unit as if the go command had listed it, linked
// with what it imports.
func unitPackage(cfg *unitchecker.Config, files []string) (*listed, error) {
	first, err := parser.ParseFile(token.NewFileSet(), files[0], nil, parser.PackageClauseOnly)
	if first == nil || first.Name == nil {
		return nil, errors.Join(errors.New("no package clause"), err)
	}
	p := &listed{ImportPath: cfg.ImportPath, Name: first.Name.Name, Dir: cfg.Dir, GoFiles: files, ImportMap: cfg.ImportMap}
	p.Module = &packages.Module{Path: cfg.ModulePath, Version: cfg.ModuleVersion, Main: cfg.ModulePath != "" && cfg.ModuleVersion == "",
		GoVersion: strings.TrimPrefix(cfg.GoVersion, "go")}
	all := []*listed{p}
	for _, path := range slices.Compact(sortedValues(cfg.ImportMap)) {
		all = append(all, &listed{ImportPath: path, Export: cfg.PackageFile[path], Standard: cfg.Standard[path], DepOnly: true})
	}
	link(all)
	p.own = true
	return p, nil
}

// scanUnit scans a package if it has to do with metrics.
func scanUnit(ctx context.Context, unit *unitchecker.Config, p *listed) (*Result, error) {
	cfg := Config{Dir: unit.Dir}.withDefaults()
	all := []*listed{p}
	for _, path := range sortedPaths(p.imports) {
		all = append(all, p.imports[path])
	}
	t, res := newTree(cfg, all), newResult()
	if !t.matters(p) && !p.directed() {
		return res, nil
	}
	p.read = whole
	if err := t.check(ctx, build.Default.GOOS+"/"+build.Default.GOARCH); err != nil {
		return nil, err
	}
	prog := t.program([]*listed{p})
	prog.alone, prog.standard = true, unit.Standard
	if err := scanPlatform(ctx, res, prog, cfg); err != nil {
		return nil, err
	}
	finish(res)
	return res, nil
}

// settled reports whether nothing but the package itself, and the standard library, says
// what an expression of it is: no source that is not read could tell more.
func (s *scan) settled(why ast.Expr) bool {
	if !s.prog.alone {
		return true
	}
	if why == nil || len(s.ix.pkgs) != 1 {
		return false
	}
	v := settler{scan: s, pkg: s.ix.pkgs[0], seen: map[types.Object]bool{}}
	return v.expr(why)
}

type settler struct {
	*scan
	pkg  *packages.Package
	seen map[types.Object]bool
}

func (v settler) expr(e ast.Node) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ok = false // may be called by others
		case *ast.Ident:
			ok = ok && v.object(v.pkg.TypesInfo.Uses[n])
		}
		return ok
	})
	return ok
}

func (v settler) object(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil || v.seen[obj] {
		return true
	}
	v.seen[obj] = true
	if obj.Pkg() != v.pkg.Types {
		return v.prog.standard[obj.Pkg().Path()] || isConstant(obj)
	}
	switch obj := obj.(type) {
	case *types.Var:
		return v.variable(obj)
	case *types.Func:
		return false // what it returns is not followed here
	}
	return true
}

func isConstant(obj types.Object) bool {
	_, ok := obj.(*types.Const)
	return ok
}

// variable reports whether all that is written to a variable is settled. Fields and
// parameters are what other packages say.
func (v settler) variable(obj *types.Var) bool {
	if obj.IsField() || v.parameter(obj) {
		return false
	}
	if over := v.ix.ranges[obj]; over != nil && !v.expr(over) {
		return false
	}
	if isLocal(obj) {
		return !slices.ContainsFunc(v.ix.touches[obj], func(t touch) bool { return t.from == nil || !v.expr(t.from) })
	}
	if obj.Exported() && v.pkg.Name != "main" {
		return false
	}
	return !slices.ContainsFunc(v.ix.writes(obj), func(w write) bool { return w.expr == nil || !v.expr(w.expr) })
}

func (v settler) parameter(obj *types.Var) bool {
	fn := v.ix.functionAt(obj.Pos())
	return fn != nil && parameterOf(fn, obj) != nil
}
