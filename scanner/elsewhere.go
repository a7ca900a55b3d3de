package scanner

import (
	"context"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file looks for names in code for other platforms than those that are scanned.

// A Port is what is defined on a platform.
type Port struct {
	Platform string
	Metrics  []*schema.Metric // sorted by position; names may repeat
}

// Elsewhere looks for metrics or series that Scan did not find, by their names, in code for
// other platforms: those among the given ones, preferred in their order, where own source
// files that Scan left out seem to speak of a name. It is type-checked against what
// dependencies are on the first platform of cfg, and as far as that goes.
func Elsewhere(ctx context.Context, cfg Config, platforms, names []string) ([]Port, error) {
	cfg = cfg.withDefaults()
	base := slices.Min(cfg.Platforms)
	all, err := list(ctx, cfg, base, cfg.Patterns)
	if err != nil {
		return nil, err
	}
	markOwn(all)
	var ports []Port
	for left, files := names, leftOut(all); len(left) > 0; {
		files = speaking(files, left)
		i := slices.IndexFunc(platforms, func(p string) bool { return len(files) > 0 && files[0].on(cfg, p) })
		if i < 0 && len(files) > 0 {
			files = files[1:] // for none of the platforms
			continue
		}
		if i < 0 {
			break
		}
		p, err := portTo(ctx, cfg, all, platforms[i])
		if err != nil {
			return nil, err
		}
		files = slices.DeleteFunc(files, func(f *leftFile) bool { return f.on(cfg, p.Platform) })
		found, _ := schema.New(p.Metrics)
		unknown := slices.DeleteFunc(slices.Clone(left), func(name string) bool { m, _ := found.Series(name); return m != nil })
		if len(unknown) < len(left) {
			left, ports = unknown, append(ports, *p)
		}
	}
	return ports, nil
}

// A leftFile is a source file that the build for a platform leaves out.
type leftFile struct {
	of       *listed
	name     string
	literals []string // that may be parts of names
	score    int
}

// leftOut returns the files of our own that were left out.
func leftOut(all []*listed) []*leftFile {
	var files []*leftFile
	for _, p := range all {
		for _, name := range p.IgnoredGoFiles {
			if p.own && !strings.HasSuffix(name, "_test.go") {
				files = append(files, &leftFile{of: p, name: name, literals: p.literals(name)})
			}
		}
	}
	return files
}

// literals returns the strings in a file of the package's folder.
func (p *listed) literals(name string) []string {
	f, _ := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
	if f == nil {
		return nil
	}
	var all []string
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && s != "" {
				all = append(all, s)
			}
		}
		return true
	})
	return all
}

// speaking returns the files in which a third of one of the names stands at least, those
// with the longest part of one first.
func speaking(files []*leftFile, names []string) []*leftFile {
	var found []*leftFile
	for _, f := range files {
		f.score = 0
		for _, lit := range f.literals {
			for _, name := range names {
				if 3*len(lit) >= len(name) && strings.Contains(name, lit) {
					f.score = max(f.score, len(lit))
				}
			}
		}
		if f.score > 0 {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b *leftFile) int { return b.score - a.score })
	return found
}

func (f *leftFile) on(cfg Config, platform string) bool {
	return f.of.has(buildContext(cfg, platform), f.name)
}

// portTo reads what is defined on another platform than that for which packages were listed.
func portTo(ctx context.Context, cfg Config, all []*listed, platform string) (*Port, error) {
	build := buildContext(cfg, platform)
	var there []*listed
	for _, p := range all {
		there = append(there, p.under(build))
	}
	link(there)
	t := newTree(cfg, there)
	matched := t.matched(cfg.Patterns)
	t.choose(t.reported(matched))
	if err := t.check(ctx, platform); err != nil {
		return nil, err
	}
	res := newResult()
	if err := scanPlatform(ctx, res, t.program(matched), cfg); err != nil {
		return nil, err
	}
	finish(res)
	return &Port{platform, res.Metrics}, nil
}

// under returns the package with the files of another build, if it is our own. Of what only
// they import nothing is known.
func (p *listed) under(build *build.Context) *listed {
	q := *p
	if !p.own {
		return &q
	}
	q.unbuilt = true
	q.GoFiles, q.CgoFiles, q.Imports = nil, nil, slices.Clone(p.Imports)
	for _, name := range slices.Sorted(slices.Values(slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles))) {
		if !p.has(build, name) {
			continue
		}
		q.GoFiles = append(q.GoFiles, name)
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range f.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil && !slices.Contains(q.Imports, path) {
				q.Imports = append(q.Imports, path)
			}
		}
	}
	return &q
}
