package scanner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"
)

// This file asks the go command, once, what packages there are.

// A listed is a package as the go command lists it.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles, CgoFiles     []string
	InvalidGoFiles        []string
	IgnoredGoFiles        []string // of other platforms, tags, or builds with or without C
	EmbedFiles            []string
	Imports               []string
	ImportMap             map[string]string // from the path in the source to the package, where they differ
	Export                string            // file of export data; empty: it does not compile
	Module                *packages.Module
	Standard, DepOnly     bool
	Match                 []string // the patterns that it matches
	Error                 *listError

	imports map[string]*listed // by the path in the source
	pkg     *packages.Package
	own     bool // of the modules that are worked on
	unbuilt bool // no compiler saw it with the files that it has here
	read    extent
	reads   bool // memo of tree.matters
	asked   bool
}

type listError struct {
	ImportStack []string
	Pos, Err    string
}

// listFields are the fields of a listed.
const listFields = "ImportPath,Name,Dir,GoFiles,CgoFiles,InvalidGoFiles,IgnoredGoFiles,EmbedFiles,Imports,ImportMap,Export,Module,Standard,DepOnly,Match,Error"

// list returns what the patterns match and what that imports, dependencies before what
// imports them. Packages are compiled for their export data: what go build would find in its
// cache is not compiled again.
func list(ctx context.Context, cfg Config, platform string, patterns []string) ([]*listed, error) {
	env, err := goEnv(platform, cfg.Offline)
	if err != nil {
		return nil, err
	}
	return goList(ctx, cfg, env, patterns, "-export")
}

// goList starts the go command and returns what it lists.
func goList(ctx context.Context, cfg Config, env, patterns []string, flags ...string) ([]*listed, error) {
	args := append([]string{"list", "-e", "-deps", "-json=" + listFields, "-buildvcs=false", "-pgo=off"}, flags...)
	if len(cfg.Tags) > 0 {
		args = append(args, "-tags="+strings.Join(cfg.Tags, ","))
	}
	cmd := exec.CommandContext(ctx, "go", append(append(args, "--"), patterns...)...)
	cmd.Dir, cmd.Env = cfg.Dir, env
	if cfg.Dir != "" {
		if dir, err := filepath.Abs(cfg.Dir); err == nil {
			cmd.Env = append(env, "PWD="+dir)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	ran := waiting(cfg, cmd.Run)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	pkgs, err := decodeList(&stdout)
	if err == nil && len(pkgs) == 0 {
		err = notListed(ran, stderr.String())
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", strings.Join(patterns, " "), err)
	}
	return pkgs, nil
}

// listSlow is how long the go command may take without a word.
const listSlow = 3 * time.Second

// waiting calls run, and says what takes so long if it does.
func waiting(cfg Config, run func() error) error {
	done := make(chan error)
	go func() { done <- run() }()
	select {
	case err := <-done:
		return err
	case <-time.After(listSlow):
		cfg.Progress("go list -export: the go command compiles what is not in its build cache, as go build would")
	}
	return <-done
}

// notListed says why the go command listed nothing. (Where it lists something, what it
// could not compile has no export data, and its exit status says no more.)
func notListed(err error, stderr string) error {
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("go command required, not found")
	case err == nil, strings.Contains(stderr, "matched no packages"):
		return errors.New("no packages")
	}
	return fmt.Errorf("%w: stderr: %s", err, stderr)
}

// decodeList reads the output of go list. Of a package that is listed twice, the one
// without an error counts: the other says what is wrong with its importer.
func decodeList(r io.Reader) ([]*listed, error) {
	var order []*listed
	byPath := map[string]*listed{}
	for dec := json.NewDecoder(r); ; {
		p := new(listed)
		if err := dec.Decode(p); err == io.EOF {
			return order, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		if old := byPath[p.ImportPath]; old == nil {
			byPath[p.ImportPath] = p
			order = append(order, p)
		} else if err := old.again(p); err != nil && len(err.ImportStack) > 0 {
			if from := byPath[err.ImportStack[len(err.ImportStack)-1]]; from != nil && from.Error == nil {
				from.Error = err
			}
		}
	}
}

// again makes one of two listings of a package, and returns the error of the one that is
// left out.
func (p *listed) again(other *listed) *listError {
	if p.Error == nil {
		return other.Error
	}
	err := p.Error
	*p = *other
	return err
}

// newPackage returns the package as the rest of the scanner knows it.
func (p *listed) newPackage() *packages.Package {
	pkg := &packages.Package{ID: p.ImportPath, Name: p.Name, PkgPath: p.ImportPath, Dir: p.Dir, ExportFile: p.Export, Module: p.Module, Imports: map[string]*packages.Package{}}
	for _, file := range slices.Concat(p.GoFiles, p.CgoFiles, p.InvalidGoFiles) {
		if !filepath.IsAbs(file) {
			file = filepath.Join(p.Dir, file)
		}
		if !slices.Contains(pkg.GoFiles, file) {
			pkg.GoFiles = append(pkg.GoFiles, file)
		}
	}
	if p.Error != nil {
		pkg.Errors = []packages.Error{{Pos: p.Error.Pos, Msg: p.Error.text(), Kind: packages.ListError}}
	}
	return pkg
}

func (e *listError) text() string {
	msg := strings.TrimSpace(e.Err)
	if msg == importCycle && len(e.ImportStack) > 0 {
		msg += fmt.Sprintf(": import stack: %v", e.ImportStack)
	}
	return msg
}

const importCycle = "import cycle not allowed"

// link resolves the imports of all packages. An import that closes a cycle is left out.
func link(pkgs []*listed) map[string]*listed {
	byPath := map[string]*listed{}
	for _, p := range pkgs {
		byPath[p.ImportPath] = p
		p.pkg = p.newPackage()
	}
	for _, p := range pkgs {
		p.imports = map[string]*listed{}
		for path, to := range p.ImportMap {
			p.imports[path] = byPath[to]
		}
		for _, path := range p.Imports {
			if !slices.ContainsFunc(sortedValues(p.ImportMap), func(to string) bool { return to == path }) {
				p.imports[path] = byPath[path]
			}
		}
	}
	state := map[*listed]int{}
	for _, p := range pkgs {
		p.breakCycles(state)
	}
	for _, p := range pkgs {
		for path, imp := range p.imports {
			p.pkg.Imports[path] = imp.pkg
		}
	}
	return byPath
}

func sortedValues(m map[string]string) []string {
	var vs []string
	for _, v := range m {
		vs = append(vs, v)
	}
	slices.Sort(vs)
	return vs
}

// breakCycles removes the imports that are not there or lead back; state is 1 on the way
// and 2 when done.
func (p *listed) breakCycles(state map[*listed]int) {
	if state[p] != 0 {
		return
	}
	state[p] = 1
	for _, path := range sortedPaths(p.imports) {
		if imp := p.imports[path]; imp == nil || state[imp] == 1 {
			delete(p.imports, path)
		} else {
			imp.breakCycles(state)
		}
	}
	state[p] = 2
}

func sortedPaths(m map[string]*listed) []string {
	paths := make([]string, 0, len(m))
	for path := range m {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// repository returns the folder of the repository that dir is in, or dir itself.
func repository(dir string) string {
	for at := dir; ; {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		up := filepath.Dir(at)
		if up == at {
			return dir
		}
		at = up
	}
}

// markOwn marks the packages of the modules that are worked on: the main module, or all
// of go.work, and those of the same repository that replace others.
func markOwn(pkgs []*listed) {
	var roots []string
	for _, p := range pkgs {
		if m := p.Module; m != nil && m.Main && m.Dir != "" {
			if root := repository(m.Dir); !slices.Contains(roots, root) {
				roots = append(roots, root)
			}
		}
	}
	for _, p := range pkgs {
		m := p.Module
		switch {
		case p.Standard:
		case m == nil:
			p.own = !p.DepOnly // files, or a folder without a module
		case m.Main:
			p.own = true
		case m.Replace != nil && m.Replace.Version == "":
			p.own = slices.ContainsFunc(roots, func(root string) bool {
				rel, err := filepath.Rel(root, m.Dir)
				return err == nil && filepath.IsLocal(rel)
			})
		}
	}
}
