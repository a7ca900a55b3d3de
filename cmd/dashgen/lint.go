package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/schema"
)

func newLint() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lint [packages]",
		Short: "Check metrics, queries, dashboards, rules and that generated files are current",
		Long: `Lint runs every check over the metrics that the packages (default ./...) define, over
dashgen.yaml, and over the output folder: generated files must be as generate would
write them, and dashboards and rule files that somebody put beside them are checked as
well. It writes nothing and exits 3 if a finding is an error.

A finding is accepted by a comment with a reason, in Go above the metric
  //dashgen:ignore CHECK reason
and in dashgen.yaml above the item
  # dashgen:ignore CHECK reason
or switched off for the whole program under checks: in dashgen.yaml.
'dashgen explain CHECK' says what a check is about.`,
		Example: `  dashgen lint ./...
  dashgen lint --format=github ./...           # annotations in a pull request
  dashgen lint --format=sarif ./... > dashgen.sarif`,
	}
	format := formatFlag(cmd, lint.Formats()...)
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		findings, err := lintAll(cmd, flags.of(patterns))
		if err != nil {
			return err
		}
		return writeFindings(cmd.OutOrStdout(), *format, findings)
	}
	return cmd
}

// lintAll builds everything in memory and checks it together with what is on disk. A
// metrics.json that is damaged, or a go.mod, is a finding like others, but nothing else
// can be said.
func lintAll(cmd *cobra.Command, opts build.Options) ([]schema.Finding, error) {
	all, err := buildAll(cmd, opts)
	var damaged schema.ParseErrors
	var unlisted goError
	switch {
	case errors.As(err, &damaged):
		return damaged.Findings(), nil
	case errors.As(err, &unlisted):
		return []schema.Finding{unlisted.Finding}, nil
	}
	if err != nil {
		return nil, err
	}
	var findings []schema.Finding
	for _, res := range all {
		found, err := lintOne(res)
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
	}
	return schema.SortFindings(findings), nil
}

// lintOne checks one program.
func lintOne(res *build.Result) ([]schema.Finding, error) {
	in := lint.Input{
		Schema:   res.Schema,
		Changes:  schema.Diff(res.Old, res.Schema),
		Groups:   res.Groups,
		Boards:   res.Boards,
		Findings: res.Findings,
	}
	ds, err := res.Tree.Diff(res.Out)
	if err != nil {
		return nil, err
	}
	if !res.Blocked { // else what would be written is not what was meant
		in.Stale = staleFiles(res, ds)
	}
	if err := foreign(res, &in); err != nil {
		return nil, err
	}
	return lint.Run(in, res.Config), nil
}

// staleFiles says what the checks call the differences of a tree.
func staleFiles(res *build.Result, ds []tree.Difference) []lint.Stale {
	is := map[tree.State]string{tree.Missing: "missing", tree.Stale: "different", tree.Foreign: "different", tree.Extra: "left over"}
	var stale []lint.Stale
	for _, d := range ds {
		stale = append(stale, lint.Stale{File: path.Join(filepath.ToSlash(res.Out), d.Name), Is: is[d.State]})
	}
	return stale
}

// foreign reads the dashboards and rule files in the output folder that dashgen did not
// generate: somebody put them there, and Grafana and Prometheus load them.
func foreign(res *build.Result, in *lint.Input) error {
	read := func(pattern string, parse func(file string, data []byte)) error {
		names, err := res.Tree.Others(res.Out, pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			file := filepath.Join(res.Out, filepath.FromSlash(name))
			data, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("read what stands beside generated files: %w", err)
			}
			parse(filepath.ToSlash(file), data)
		}
		return nil
	}
	err := read("dashboards/*.json", func(file string, data []byte) {
		d, findings := input.ParseDashboard(file, data)
		in.Findings = append(in.Findings, findings...)
		if d != nil {
			in.Dashboards = append(in.Dashboards, d)
		}
	})
	if err != nil {
		return err
	}
	return read("rules/*.y*ml", func(file string, data []byte) {
		r, findings := input.ParseRules(file, data)
		in.Findings = append(in.Findings, findings...)
		if r != nil {
			in.Rules = append(in.Rules, r)
		}
	})
}
