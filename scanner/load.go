package scanner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/dashgen/dashgen/schema"
)

// load lists what the patterns of several programs match, on one platform, and reads what
// of it has to do with metrics.
func load(ctx context.Context, cfg Config, platform string, programs [][]string) (*tree, error) {
	patterns := slices.Compact(slices.Sorted(slices.Values(slices.Concat(programs...))))
	all, err := list(ctx, cfg, platform, patterns)
	if err != nil {
		return nil, err
	}
	markOwn(all)
	if all, err = withC(ctx, cfg, platform, patterns, all); err != nil {
		return nil, err
	}
	link(all)
	t := newTree(cfg, all)
	t.wild = slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "...") || p == "all" || p == "work" })
	report := map[*listed]bool{}
	for _, patterns := range programs {
		maps.Copy(report, t.reported(t.matched(patterns)))
	}
	t.choose(report)
	return t, t.check(ctx, platform)
}

// A program is what one scan reads.
type program struct {
	pkgs   []*packages.Package        // read from source, sorted by import path
	report map[*packages.Package]bool // whose metrics and findings are asked for
	whole  map[*packages.Package]bool // that are no programs, so that all of them may be run

	seen *observer // notes what the scan depends on; nil: nobody wants to know

	alone    bool            // one package, of which neither callers nor imports are read
	standard map[string]bool // import paths of the standard library that it imports
}

// program returns what the packages and those that they import make.
func (t *tree) program(matched []*listed) *program {
	prog := &program{report: map[*packages.Package]bool{}, whole: map[*packages.Package]bool{}}
	for _, p := range matched {
		prog.whole[p.pkg] = p.Name != "main"
	}
	for p := range t.reported(matched) {
		prog.report[p.pkg] = true
	}
	for p := range closure(matched) {
		if p.read == whole {
			prog.pkgs = append(prog.pkgs, p.pkg)
		}
	}
	slices.SortFunc(prog.pkgs, func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	return prog
}

// silent returns the files that are read and not reported.
func (prog *program) silent(dir string) map[string]bool {
	files := map[string]bool{}
	for _, p := range prog.pkgs {
		if !prog.report[p] {
			for _, file := range p.GoFiles {
				files[relative(file, dir)] = true
			}
		}
	}
	return files
}

// reports returns the packages to be reported, sorted by import path.
func (prog *program) reports() []*packages.Package {
	return slices.SortedFunc(maps.Keys(prog.report), func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
}

// goEnv is the environment of the go command: the user's, for the platform asked for,
// with neither another toolchain nor another driver started.
func goEnv(platform string, offline bool) ([]string, error) {
	goos, goarch, ok := strings.Cut(platform, "/")
	if !ok || goos == "" || goarch == "" {
		return nil, fmt.Errorf("platform %q is not of the form GOOS/GOARCH", platform)
	}
	env := append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "GOTOOLCHAIN=local", "GOPACKAGESDRIVER=off")
	if offline {
		env = append(env, "GOPROXY=off")
	}
	return env, nil
}

// noEmbed is what the go command says of a //go:embed pattern that matches nothing.
const noEmbed = "no matching files found"

// maxErrors is how many errors of one package are reported one by one.
const maxErrors = 10

// loadFindings turns what is wrong with a package into findings.
func loadFindings(p *packages.Package, dir string) []schema.Finding {
	var fs []schema.Finding
	for i, e := range errorsOf(p) {
		if i == maxErrors {
			fs = append(fs, schema.Finding{Pos: fs[0].Pos, Check: "load", Severity: schema.Warning,
				Message: fmt.Sprintf("package %s has %d more errors", p.PkgPath, len(errorsOf(p))-maxErrors)})
			break
		}
		f := schema.Finding{Pos: errorPos(e.Pos, dir), Check: "load", Message: firstLine(e.Msg), Hint: loadHint(e.Msg)}
		if strings.Contains(e.Msg, noEmbed) {
			f.Severity = schema.Warning // the Go files are read all the same
		}
		if f.Pos.IsZero() && len(p.GoFiles) > 0 {
			f.Pos = schema.Pos{File: relative(p.GoFiles[0], dir)}
		}
		fs = append(fs, f)
	}
	return fs
}

// errorsOf returns the errors of a package: of an import that failed the reason, and
// none that only say that there are others.
func errorsOf(p *packages.Package) []packages.Error {
	var errs []packages.Error
	for _, e := range p.Errors {
		if len(p.Errors) > 1 && strings.HasPrefix(e.Msg, "# ") {
			continue // the go command's summary of what the compiler said
		}
		if rest, ok := strings.CutPrefix(e.Msg, "could not import "); ok {
			path, _, _ := strings.Cut(rest, " ")
			if imp := p.Imports[path]; imp != nil && len(imp.Errors) > 0 && strings.Contains(rest, "invalid package name") {
				e.Msg = imp.Errors[0].Msg
			}
		}
		errs = append(errs, e)
	}
	return errs
}

// loadHint says what to type against the errors that have one answer.
func loadHint(msg string) string {
	switch {
	case strings.Contains(msg, "no required module provides package"), strings.Contains(msg, "missing go.sum entry"), strings.Contains(msg, "updates to go.mod needed"):
		return "run go mod tidy"
	case strings.Contains(msg, "does not contain main module"), strings.Contains(msg, "go.mod file not found"):
		return "run it in a Go module, or make one: go mod init NAME"
	case strings.Contains(msg, "module lookup disabled by GOPROXY=off"):
		return "run go mod download, or leave --offline out"
	case strings.Contains(msg, "requires go >="), strings.Contains(msg, "requires newer Go version"), strings.Contains(msg, "package requires newer"):
		return "build dashgen with that Go version or a newer one"
	case strings.Contains(msg, noEmbed):
		return "build what is embedded first; the Go files of the package are read all the same"
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// errorPos parses the file:line:col of a packages.Error.
func errorPos(pos, dir string) schema.Pos {
	if pos == "" || pos == "-" {
		return schema.Pos{}
	}
	file, rest := pos, ""
	for range 2 {
		i := strings.LastIndexByte(file, ':')
		if i < 0 {
			break
		}
		if _, err := strconv.Atoi(file[i+1:]); err != nil {
			break
		}
		rest = file[i+1:] + ":" + rest
		file = file[:i]
	}
	p := schema.Pos{File: relative(file, dir)}
	line, col, _ := strings.Cut(strings.TrimSuffix(rest, ":"), ":")
	p.Line, _ = strconv.Atoi(line)
	p.Col, _ = strconv.Atoi(col)
	return p
}

// relative returns file below the working directory where it is, with slashes.
func relative(file, dir string) string {
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	wd, err := os.Getwd()
	if err != nil {
		return filepath.ToSlash(file)
	}
	rel, err := filepath.Rel(wd, file)
	if err != nil || strings.HasPrefix(rel, ".."+string(filepath.Separator)+"..") {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// within reports whether dir is in root or below.
func within(dir, root string) bool {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, abs)
	return err == nil && filepath.IsLocal(rel)
}

// errNoPackages says that nothing at all could be read.
var errNoPackages = errors.New("no package could be read")
