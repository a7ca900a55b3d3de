package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/jsonnet"
	"github.com/dashgen/dashgen/schema"
)

// This file reads the files that people wrote by hand, as inputs: and flags name them.

// inputFlags adds the flags that name such files.
func inputFlags(cmd *cobra.Command) *config.Inputs {
	in := &config.Inputs{}
	f := cmd.Flags()
	f.Var((*globFlag)(&in.Rules), "rules", "check rule files by hand, too: a `glob`, in which ** stands for any folders (repeatable)")
	f.Var((*globFlag)(&in.Dashboards), "dashboards", "check dashboards by hand, too: a `glob` (repeatable)")
	f.Var((*globFlag)(&in.Mixins), "mixin", "check what a Jsonnet `file` evaluates to, too (repeatable)")
	return in
}

// A globFlag adds a pattern each time it is given.
type globFlag []config.Glob

func (g *globFlag) String() string { return "" }
func (g *globFlag) Type() string   { return "glob" }
func (g *globFlag) Set(s string) error {
	if s == "" {
		return fmt.Errorf("name a file")
	}
	*g = append(*g, config.Glob{Pattern: s})
	return nil
}

// A fileSet holds files, whatever path names them.
type fileSet map[string]bool

func (s fileSet) add(name string)      { s[absolute(name)] = true }
func (s fileSet) has(name string) bool { return s[absolute(name)] }

func absolute(name string) string {
	if abs, err := filepath.Abs(filepath.FromSlash(name)); err == nil {
		return abs
	}
	return name
}

// An inputReader reads files, each once.
type inputReader struct {
	ctx      context.Context
	base     string // the working directory, as seen from the root of the repository
	done     fileSet
	set      input.Set
	findings []schema.Finding
}

// newInputReader returns a reader that leaves out what the programs generate.
func newInputReader(ctx context.Context, all []*build.Result) *inputReader {
	r := &inputReader{ctx: ctx, base: repositoryBase(), done: fileSet{}}
	for _, res := range all {
		for _, name := range res.Tree.Names() {
			r.done.add(path.Join(filepath.ToSlash(res.Out), name))
		}
	}
	return r
}

// read reads the inputs whose patterns are relative to dir.
func (r *inputReader) read(dir string, in config.Inputs) error {
	for _, g := range in.Rules {
		if err := r.glob(dir, g, "rules", func(s *input.Set) bool { return len(s.Rules) > 0 }); err != nil {
			return err
		}
	}
	for _, g := range in.Dashboards {
		if err := r.glob(dir, g, "dashboards", func(s *input.Set) bool { return len(s.Dashboards) > 0 }); err != nil {
			return err
		}
	}
	for _, g := range in.Mixins {
		if err := r.mixins(dir, g); err != nil {
			return err
		}
	}
	return nil
}

// report reports that a pattern is of no use.
func (r *inputReader) report(g config.Glob, hint, format string, args ...any) {
	r.findings = append(r.findings, schema.Finding{Pos: g.Pos, Check: "inputs", Message: fmt.Sprintf("%q ", g.Pattern) + fmt.Sprintf(format, args...), Hint: hint})
}

// find returns the files that a pattern matches.
func (r *inputReader) find(dir string, g config.Glob) ([]string, error) {
	names, err := source.Glob(dir, g.Pattern)
	if err != nil {
		return nil, fmt.Errorf("find inputs: %w", err)
	}
	if len(names) == 0 {
		r.report(g, "mend the pattern: it is relative to "+path.Clean(filepath.ToSlash(dir)), "matches no file")
	}
	return names, nil
}

// glob reads the files that a pattern matches. has says whether one holds what is looked
// for; that none does is a finding, unless they were read before.
func (r *inputReader) glob(dir string, g config.Glob, what string, has func(*input.Set) bool) error {
	names, err := r.find(dir, g)
	if err != nil || len(names) == 0 {
		return err
	}
	found := false
	for _, name := range names {
		if r.done.has(name) {
			found = true
			continue
		}
		r.done.add(name)
		data, err := input.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read inputs: %w", err)
		}
		set, findings := input.Parse(name, data)
		r.set.Add(set)
		r.findings = append(r.findings, findings...)
		found = found || has(&set) || len(findings) > 0
	}
	if !found {
		r.report(g, "mend the pattern, or remove it", "matches %d files, and none holds %s", len(names), what)
	}
	return nil
}

// schemas reads the metrics.json of other programs. A damaged one is findings, and left out.
func (r *inputReader) schemas(dir string, globs []config.Glob) ([]*schema.Schema, error) {
	var list []*schema.Schema
	for _, g := range globs {
		names, err := r.find(dir, g)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if r.done.has(name) {
				continue
			}
			r.done.add(name)
			data, err := input.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("read schemas: %w", err)
			}
			s, err := schema.Parse(name, data)
			var damaged schema.ParseErrors
			if errors.As(err, &damaged) {
				r.findings = append(r.findings, damaged.Findings()...)
				continue
			}
			if err != nil {
				return nil, err
			}
			list = append(list, s)
		}
	}
	return list, nil
}

// mixins evaluates the Jsonnet files that a pattern matches.
func (r *inputReader) mixins(dir string, g config.Glob) error {
	names, err := r.find(dir, g)
	if err != nil {
		return err
	}
	for _, name := range names {
		if r.done.has(name) {
			continue
		}
		r.done.add(name)
		if err := r.mixin(name); err != nil {
			return err
		}
	}
	return nil
}

// mixin evaluates a Jsonnet file in a process of its own, and reads what comes of it.
func (r *inputReader) mixin(name string) error {
	root, file, err := withinRepository(r.base, name)
	if err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("evaluate %s: %w", name, err)
	}
	res, err := jsonnet.Isolated(r.ctx, []string{exe, evaluateCommand, root, file}, root, file)
	if err != nil {
		return err
	}
	if res.Finding != nil {
		res.Finding.Pos.File = path.Clean(res.Finding.Pos.File)
		r.findings = append(r.findings, *res.Finding)
		return nil
	}
	for _, f := range res.Lint {
		f.Pos.File = path.Clean(f.Pos.File)
		r.findings = append(r.findings, f)
	}
	m := input.Mixin{File: name, Value: res.Value}
	for _, file := range res.Files {
		if strings.HasPrefix(file, "vendor/") || strings.Contains(file, "/vendor/") {
			continue
		}
		name := file
		if rel, err := filepath.Rel(filepath.FromSlash(r.base), filepath.FromSlash(file)); err == nil {
			name = filepath.ToSlash(rel)
		}
		data, err := input.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read what %s imports: %w", m.File, err)
		}
		m.Sources = append(m.Sources, input.Source{File: name, Data: data})
	}
	set, findings := input.ParseMixin(m)
	r.set.Add(set)
	r.findings = append(r.findings, findings...)
	return nil
}

// withinRepository returns the root of the repository that the working directory is in,
// the working directory itself where it is in none, and the path of a file below it.
func withinRepository(base, name string) (root, file string, err error) {
	root = "."
	if base != "" && base != "." {
		root = strings.TrimSuffix(strings.Repeat("../", strings.Count(base, "/")+1), "/")
	}
	from, err := filepath.Abs(root)
	if err != nil {
		return "", "", fmt.Errorf("find the repository: %w", err)
	}
	to, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return "", "", fmt.Errorf("find %s: %w", name, err)
	}
	file, err = filepath.Rel(from, to)
	if err != nil || !filepath.IsLocal(file) {
		return "", "", usageError{fmt.Errorf("mixin %s lies outside of the repository, where its imports would not be found", name)}
	}
	return root, filepath.ToSlash(file), nil
}

// evaluateCommand is the command with which dashgen starts itself to evaluate Jsonnet,
// because only a process can be kept from taking too much time or memory.
const evaluateCommand = "evaluate-jsonnet"

func newEvaluate() *cobra.Command {
	return &cobra.Command{
		Use:    evaluateCommand + " ROOT FILE",
		Short:  "Evaluate a mixin (dashgen lint calls it)",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return jsonnet.Serve(args[0], args[1], input.MixinFields(), cmd.OutOrStdout())
		},
	}
}
