package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/schema"
)

// printFindings writes findings as text and returns errFindings if one of them fails.
func printFindings(w io.Writer, findings []schema.Finding) error {
	return writeFindings(w, "text", findings)
}

// writeFindings writes findings in one of lint's formats and returns errFindings if one
// of them fails.
func writeFindings(w io.Writer, format string, findings []schema.Finding) error {
	return report(w, format, findings, lint.Options{})
}

// report is writeFindings with options, of which it sets those that are always the same.
func report(w io.Writer, format string, findings []schema.Finding, opts lint.Options) error {
	opts.Base = repositoryBase()
	if v, _ := version(); v != "devel" {
		opts.Version = strings.TrimPrefix(v, "v")
	}
	if err := lint.Write(w, format, findings, opts); err != nil {
		return err
	}
	if slices.ContainsFunc(findings, schema.Finding.Fails) {
		return errFindings
	}
	return nil
}

// repositoryBase returns the working directory relative to the root of the git
// repository that it is in; empty where it is the root, or in none.
func repositoryBase() string {
	wd, err := os.Getwd()
	if err != nil {
		return ""
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, wd)
			if err != nil || rel == "." {
				return ""
			}
			return filepath.ToSlash(rel)
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
	}
}

// unread returns the findings that say what could not be read.
func unread(findings []schema.Finding) []schema.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f schema.Finding) bool {
		return f.Check != "load" && f.Check != "unread-package"
	})
}

// A progress line is written over itself on a terminal, and nowhere else.
type progress struct {
	w    io.Writer
	last int
}

// newProgress returns what shows progress on the command's standard error; done takes
// the line away.
func newProgress(cmd *cobra.Command) (show func(string), done func()) {
	if !isTerminal(cmd.ErrOrStderr()) {
		return func(string) {}, func() {}
	}
	p := &progress{w: cmd.ErrOrStderr()}
	return p.show, func() { p.show("") }
}

func (p *progress) show(s string) {
	pad := max(0, p.last-len(s))
	line := "\r" + s + string(slices.Repeat([]byte(" "), pad))
	if s == "" {
		line += "\r"
	}
	io.WriteString(p.w, line)
	p.last = len(s)
}

// buildAll runs the build that most subcommands begin with, of each program.
func buildAll(cmd *cobra.Command, opts build.Options) ([]*build.Result, error) {
	if err := packageArgs(opts.Patterns); err != nil {
		return nil, err
	}
	show, done := newProgress(cmd)
	defer done()
	opts.Progress = show
	all, err := build.Run(cmd.Context(), opts)
	return all, fromBuild(err)
}

// fromBuild tells wrong usage, and what the go command says, from other errors of a build.
func fromBuild(err error) error {
	var none build.NoProgramError
	if errors.As(err, &none) {
		return usageError{err}
	}
	return fromGo(err)
}

// findingsOf returns the findings of several programs.
func findingsOf(all []*build.Result) []schema.Finding {
	var findings []schema.Finding
	for _, res := range all {
		findings = append(findings, res.Findings...)
	}
	return schema.SortFindings(findings)
}

// A choice is the value of a flag that takes one of a few words.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.of, "|") }
func (c *choice) Set(s string) error {
	if !slices.Contains(c.of, s) {
		return fmt.Errorf("there are %s", strings.Join(c.of, ", "))
	}
	c.value = s
	return nil
}

// formatFlag adds --format, text where it is not given.
func formatFlag(cmd *cobra.Command, formats ...string) *string {
	c := &choice{"text", formats}
	cmd.Flags().Var(c, "format", "format of the output")
	if err := cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag was added in the line above
	}
	return &c.value
}

// sourceOptions are what the flags of sourceFlags say.
type sourceOptions struct{ opts build.Options }

// sourceFlags adds the flags that say how Go source is read.
func sourceFlags(cmd *cobra.Command) *sourceOptions {
	o := &sourceOptions{}
	f := cmd.Flags()
	f.BoolVar(&o.opts.Offline, "offline", false, "download no module")
	f.BoolVar(&o.opts.NoCache, "no-cache", false, "read everything anew, and remember nothing")
	f.StringSliceVar(&o.opts.Tags, "tags", nil, "build `tags`, separated by commas")
	f.StringSliceVar(&o.opts.Exposition, "from-exposition", nil, "read the metrics from a `file` with what /metrics exposed, not from Go source")
	return o
}

// of returns the options of a build of packages.
func (o *sourceOptions) of(patterns []string) build.Options {
	opts := o.opts
	opts.Patterns = patterns
	return opts
}
