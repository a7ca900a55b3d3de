package main

import (
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/schema"
)

// print writes findings as text and returns errFindings if one of them fails.
func print(w io.Writer, findings []schema.Finding) error {
	if err := lint.Write(w, "text", findings, lint.Options{}); err != nil {
		return err
	}
	if slices.ContainsFunc(findings, schema.Finding.Fails) {
		return errFindings
	}
	return nil
}

// A progress line is written over itself on a terminal, and nowhere else.
type progress struct {
	w    io.Writer
	last int
}

// newProgress returns what shows progress on the command's standard error; done takes
// the line away.
func newProgress(cmd *cobra.Command) (show func(string), done func()) {
	f, ok := cmd.ErrOrStderr().(*os.File)
	if !ok {
		return func(string) {}, func() {}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 || os.Getenv("TERM") == "dumb" {
		return func(string) {}, func() {}
	}
	p := &progress{w: f}
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

// buildAll runs the build that most subcommands begin with.
func buildAll(cmd *cobra.Command, patterns []string, offline bool) (*build.Result, error) {
	show, done := newProgress(cmd)
	defer done()
	return build.Run(cmd.Context(), build.Options{Patterns: patterns, Offline: offline, Progress: show})
}

// offlineFlag adds --offline.
func offlineFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("offline", false, "download no module")
}
