package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/schema"
)

func newDiff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff [packages]",
		Short: "Print how the code's metrics differ from metrics.json",
		Long: `Diff compares the metrics that the packages (default ./...) define with those that
metrics.json says were defined, and says of each change whether it is compatible with
queries that people have written. It exits 3 if one is not, or if a package could not be
read.`,
		Example: `  dashgen diff ./...
  git show v1.2.0:monitoring/metrics.json > /tmp/old.json && dashgen diff --against /tmp/old.json`,
	}
	against := cmd.Flags().String("against", "", "compare with this metrics.json `file`; default: the output folder's")
	format := formatFlag(cmd, "text", "json")
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		var old *schema.Schema
		if *against != "" {
			data, err := os.ReadFile(*against)
			if err != nil {
				return fmt.Errorf("read the schema to compare with: %w", err)
			}
			if old, err = schema.Parse(filepath.ToSlash(*against), data); err != nil {
				return err
			}
		}
		all, err := buildAll(cmd, flags.of(patterns))
		if err != nil {
			return err
		}
		if old != nil {
			if len(all) > 1 {
				return usageError{errors.New("diff: --against compares one program: give its name or main package")}
			}
			all[0].Old = old
		}
		return printChanges(cmd, *format, all)
	}
	return cmd
}

// A change is how one metric of a program differs.
type change struct {
	schema.Change
	pos     schema.Pos
	program string // empty: there is but one
}

// printChanges prints how the code differs from what it was; what could not be read goes
// to standard error.
func printChanges(cmd *cobra.Command, format string, all []*build.Result) error {
	found := printFindings(cmd.ErrOrStderr(), unread(findingsOf(all)))
	if found != nil && found != errFindings {
		return found
	}
	var changes []change
	for _, res := range all {
		for _, c := range schema.Diff(res.Old, res.Schema) {
			one := change{Change: c, pos: place(c, res.Old)}
			if len(all) > 1 {
				one.program = res.Config.Name
			}
			changes = append(changes, one)
		}
	}
	out := cmd.OutOrStdout()
	if format == "json" {
		if err := changesJSON(out, changes); err != nil {
			return err
		}
	} else {
		for _, c := range changes {
			of := ""
			if c.program != "" {
				of = " (" + c.program + ")"
			}
			fmt.Fprintf(out, "%v: %v%s\n", c.pos, c.Change, of)
		}
	}
	if slices.ContainsFunc(changes, func(c change) bool { return !c.Compatible }) {
		return errFindings
	}
	return found
}

// place returns where a change is to be looked at: at the definition, or, where there is
// none any more, at the entry in metrics.json.
func place(c schema.Change, old *schema.Schema) schema.Pos {
	if c.New != nil {
		return c.New.Pos
	}
	return old.PosOf(c.Metric)
}

func changesJSON(out io.Writer, changes []change) error {
	type entry struct {
		Program    string `json:"program,omitempty"`
		File       string `json:"file,omitempty"`
		Line       int    `json:"line,omitempty"`
		Col        int    `json:"col,omitempty"`
		Metric     string `json:"metric"`
		Kind       string `json:"kind"`
		Compatible bool   `json:"compatible"`
		Message    string `json:"message"`
	}
	list := []entry{}
	for _, c := range changes {
		list = append(list, entry{c.program, c.pos.File, c.pos.Line, c.pos.Col, c.Metric, c.Kind, c.Compatible, c.Message})
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}
