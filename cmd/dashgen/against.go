package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/gitref"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/schema"
)

// againstFlag adds the flag that leaves out what was found before.
func againstFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("against", "", "report only what is worse than at this `commit`, branch or tag")
}

// worse returns the findings that were not there at a commit. That is extracted to a
// temporary folder and linted there in the same way, with the configuration that it has.
func worse(cmd *cobra.Command, ref string, opts build.Options, inputs config.Inputs, findings []schema.Finding) ([]schema.Finding, error) {
	for _, globs := range [][]config.Glob{inputs.Rules, inputs.Dashboards, inputs.Mixins} {
		for _, g := range globs {
			if filepath.IsAbs(filepath.FromSlash(g.Pattern)) {
				return nil, usageError{fmt.Errorf("--against needs a pattern relative to the working directory, not %s", g.Pattern)}
			}
		}
	}
	dst, err := os.MkdirTemp("", "dashgen-")
	if err != nil {
		return nil, fmt.Errorf("extract %s: %w", ref, err)
	}
	defer os.RemoveAll(dst)
	if dst, err = filepath.EvalSymlinks(dst); err != nil {
		return nil, fmt.Errorf("extract %s: %w", ref, err)
	}
	dir, err := gitref.Extract(cmd.Context(), ".", ref, dst)
	if err != nil {
		return nil, err
	}
	opts.NoCache = true // the folder is never seen again
	before, err := lintThere(cmd, dst, dir, opts, inputs)
	if err != nil {
		return nil, fmt.Errorf("at %s: %w", ref, err)
	}
	if missed := unread(before); len(missed) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "dashgen: %s could not be read as a whole, so more may seem new: %s\n", ref, missed[0].Message)
	}
	return lint.Worse(before, findings), nil
}

// lintThere lints the folder dir of a repository that was extracted to root, and returns the
// findings as if that stood where the repository is. A folder that is not there has none.
func lintThere(cmd *cobra.Command, root, dir string, opts build.Options, inputs config.Inputs) ([]schema.Finding, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	err = os.Chdir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	base, err := filepath.Rel(root, dir)
	if err != nil {
		return nil, err
	}
	findings, _, err := lintAll(cmd, opts, inputs, filepath.ToSlash(base))
	if err := os.Chdir(wd); err != nil {
		return nil, err
	}
	here := wd
	if base != "." {
		here = strings.TrimSuffix(wd, string(filepath.Separator)+base)
	}
	for i := range findings {
		f := &findings[i]
		f.Pos.File = strings.ReplaceAll(f.Pos.File, filepath.ToSlash(root), filepath.ToSlash(here))
		f.Message = strings.ReplaceAll(f.Message, root, here)
	}
	return findings, err
}
