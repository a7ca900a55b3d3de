package build

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dashgen/dashgen"

// mayImport says which of dashgen's packages each package imports: one way, from the
// command down to schema. scanner, render, rules and lint never import one another.
var mayImport = map[string]string{
	"cmd/dashgen":           "internal/build internal/config internal/engine internal/exposition internal/gitref internal/grafana internal/input internal/input/source internal/jsonnet internal/lint internal/markdown internal/overlay internal/picture internal/plan internal/preview internal/prove internal/query internal/remote internal/ruletest internal/stack internal/status internal/top internal/tree internal/view render rules scanner schema",
	"generated":             "",
	"internal/build":        "internal/bundle internal/config internal/engine internal/exposition internal/input internal/overlay internal/plan internal/prove internal/query internal/ruletest internal/tree render rules scanner schema",
	"internal/bundle":       "internal/jsonnet internal/query",
	"internal/config":       "internal/input/source internal/jsonnet internal/query schema",
	"internal/engine":       "internal/query schema",
	"internal/enginetest":   "internal/engine internal/query schema",
	"internal/exposition":   "internal/remote schema",
	"internal/gitref":       "",
	"internal/grafana":      "",
	"internal/grafanatest":  "",
	"internal/input":        "internal/config internal/input/source internal/query schema",
	"internal/input/source": "schema",
	"internal/jsonnet":      "schema",
	"internal/lint":         "internal/config internal/input internal/input/source internal/plan internal/query schema",
	"internal/look":         "",
	"internal/live":         "internal/engine internal/exposition",
	"internal/markdown":     "",
	"internal/overlay":      "internal/config internal/jsonnet internal/plan schema",
	"internal/picture":      "internal/engine internal/plan internal/view",
	"internal/plan":         "internal/config internal/query schema",
	"internal/preview":      "internal/config internal/engine internal/live internal/plan internal/prove internal/query internal/simulate internal/view schema",
	"internal/preview/web":  "",
	"internal/prove":        "internal/engine internal/query internal/ruletest schema",
	"internal/query":        "internal/markdown schema",
	"internal/remote":       "internal/engine",
	"internal/ruletest":     "internal/config internal/engine internal/input internal/input/source schema",
	"internal/schematest":   "schema",
	"internal/simulate":     "internal/engine internal/plan internal/prove internal/query schema",
	"internal/stack":        "internal/bundle internal/tree",
	"internal/status":       "internal/engine internal/look internal/plan internal/query internal/remote internal/view",
	"internal/top":          "internal/engine internal/plan internal/view",
	"internal/tree":         "",
	"internal/view":         "internal/engine internal/plan",
	"render":                "internal/config internal/markdown internal/plan internal/query schema",
	"rules":                 "internal/config internal/plan internal/query schema",
	"scanner":               "schema",
	"schema":                "",
}

// owners says which packages may import what comes from outside, by prefix of the import
// path. What is not listed here is imported by nobody.
var owners = map[string]string{
	"github.com/charmbracelet/bubbletea":               "cmd/dashgen internal/top",
	"github.com/charmbracelet/lipgloss":                "internal/top",
	"github.com/evanw/esbuild":                         "internal/preview/web",
	"github.com/google/go-jsonnet":                     "internal/jsonnet",
	"github.com/grafana/grafana-foundation-sdk":        "render",
	"github.com/prometheus/client_golang/api":          "cmd/dashgen internal/exposition internal/remote",
	"github.com/prometheus/common/model":               "internal/bundle internal/config internal/engine internal/exposition internal/input internal/overlay internal/preview internal/prove internal/remote internal/ruletest rules",
	"github.com/prometheus/prometheus/model":           "internal/engine", // histogram, labels, rulefmt, timestamp, value
	"github.com/prometheus/prometheus/model/histogram": "internal/exposition internal/simulate",
	"github.com/prometheus/prometheus/model/labels":    "internal/exposition internal/lint internal/prove internal/query",
	"github.com/prometheus/prometheus/model/rulefmt":   "internal/input rules",
	"github.com/prometheus/prometheus/model/textparse": "internal/exposition",
	"github.com/prometheus/prometheus/promql":          "internal/engine",
	"github.com/prometheus/prometheus/promql/parser":   "internal/enginetest internal/input internal/lint internal/prove internal/query rules",
	"github.com/prometheus/prometheus/storage":         "internal/engine",
	"github.com/prometheus/prometheus/template":        "internal/engine",
	"github.com/prometheus/prometheus/tsdb/chunkenc":   "internal/engine", // the iterator that storage is read with
	"github.com/prometheus/prometheus/tsdb/chunks":     "internal/engine",
	"github.com/prometheus/prometheus/util":            "internal/engine", // annotations
	"github.com/prometheus/prometheus/util/junitxml":   "internal/ruletest",
	"github.com/rogpeppe/go-internal/diff":             "cmd/dashgen",
	"github.com/spf13/cobra":                           "cmd/dashgen",
	"go.yaml.in/yaml/v3":                               "internal/bundle internal/config internal/input internal/input/source rules",
	"golang.org/x/image":                               "internal/picture",
	"golang.org/x/mod":                                 "scanner",
	"golang.org/x/tools":                               "scanner",
}

// A source is one Go file of the product, tests and examples left out.
type source struct {
	file string // relative to the module
	pkg  string // its folder
	ast  *ast.File
	fset *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && rel != "." || rel == "testdata" || strings.HasPrefix(rel, "zz_") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		all = append(all, source{rel, path.Dir(rel), f, fset})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("found %d files only", len(all))
	}
	return all
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := mayImport[s.pkg]
		if !known {
			t.Errorf("%s: package %s has no line in mayImport", s.file, s.pkg)
		}
		for _, spec := range s.ast.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			own, isOwn := strings.CutPrefix(imp, module+"/")
			switch {
			case isOwn && !slices.Contains(strings.Fields(allowed), own):
				t.Errorf("%s imports %s", s.file, own)
			case !isOwn && strings.Contains(strings.Split(imp, "/")[0], ".") && !ownsImport(s.pkg, imp):
				t.Errorf("%s imports %s, which is not its to import", s.file, imp)
			}
		}
	}
}

func ownsImport(pkg, imp string) bool {
	for prefix, pkgs := range owners {
		if (imp == prefix || strings.HasPrefix(imp, prefix+"/")) && slices.Contains(strings.Fields(pkgs), pkg) {
			return true
		}
	}
	return false
}

// registering are the prefixes of files that register exactly one thing in init.
var registering = []string{"alert_", "check_", "lib_", "panel_", "report_"}

// Nothing global but registries, each entry in a file of its own: init stands only
// there, and only registers.
func TestInit(t *testing.T) {
	for _, s := range sources(t) {
		base := path.Base(s.file)
		prefixed := slices.ContainsFunc(registering, func(p string) bool { return strings.HasPrefix(base, p) })
		inits := 0
		for _, decl := range s.ast.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Name.Name != "init" || f.Recv != nil {
				continue
			}
			inits++
			for _, stmt := range f.Body.List {
				if !registers(stmt) {
					t.Errorf("%s: init does more than register", s.fset.Position(stmt.Pos()))
				}
			}
		}
		if inits > 0 && !prefixed || inits > 1 {
			t.Errorf("%s has %d init functions", s.file, inits)
		}
	}
}

// registers reports whether a statement is register(…) or registry[…] = ….
func registers(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		call, ok := stmt.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && strings.HasPrefix(id.Name, "register")
	case *ast.AssignStmt:
		_, ok := stmt.Lhs[0].(*ast.IndexExpr)
		return ok
	}
	return false
}

// Every package has a comment that is its manual, and every exported name says what it
// is.
func TestDocs(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		documented[s.pkg] = documented[s.pkg] || s.ast.Doc != nil
		for _, decl := range s.ast.Decls {
			for _, name := range undocumented(decl) {
				t.Errorf("%s: %s has no doc comment", s.fset.Position(decl.Pos()), name)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(documented)) {
		if !documented[pkg] {
			t.Errorf("package %s has no comment", pkg)
		}
	}
}

func undocumented(decl ast.Decl) []string {
	var names []string
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Name.IsExported() && decl.Doc == nil && exportedReceiver(decl) && decl.Name.Name != "String" && decl.Name.Name != "Error" {
			names = append(names, decl.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && spec.Doc == nil && decl.Doc == nil {
					names = append(names, spec.Name.Name)
				}
			case *ast.ValueSpec:
				if spec.Names[0].IsExported() && spec.Doc == nil && spec.Comment == nil && decl.Doc == nil {
					names = append(names, spec.Names[0].Name)
				}
			}
		}
	}
	return names
}

// exportedReceiver reports whether a function is no method, or one of an exported type.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if ix, ok := t.(*ast.IndexExpr); ok {
		t = ix.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// The module is installed with go install …@latest, which refuses replace directives.
func TestNoReplace(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "replace") {
			t.Errorf("go.mod: %s", line)
		}
	}
}
