package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/gitref"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/schema"
)

func newDiff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff [packages]",
		Short: "Print how the code's metrics changed, and which queries that breaks",
		Long: `Diff compares the metrics that the packages (default ./...) define with those that
metrics.json says were defined, and says of each change how bad it is and which panels,
alerts and recording rules it breaks: generated ones, those that dashgen.yaml declares, and
those that inputs: in dashgen.yaml or the flags name. Where it is known how, it prints the
expression as it should be.

With --against it compares with a commit, branch or tag: with the metrics.json that is
committed there, or where none is, with what the code there defines. That code is extracted
to a temporary folder; the work tree is not touched.

How bad a change is depends on the metric's stability (//dashgen:stability, or the
library's own level): stable promises that nothing changes, beta that labels stay, alpha
nothing. A metric without a level counts as beta. Unless the metric is alpha, a change that
breaks a query is an error, except in files that 'dashgen generate' writes anew.

Exit status: 0 where no change is an error, 3 where one is, or where a package or an input
could not be read. --fail-on=warning is stricter, --fail-on=never never fails for a change.`,
		Example: `  dashgen diff ./...
  dashgen diff --against origin/main --format=markdown ./...   # for a pull request
  dashgen diff --against v1.2.0 --rules 'deploy/**/*.yaml' ./...
  dashgen diff --against old/metrics.json ./...`,
	}
	against := cmd.Flags().String("against", "", "compare with this commit, branch or tag, or with a metrics.json `file`; default: the output folder's")
	failOn := &choice{"error", []string{"error", "warning", "never"}}
	cmd.Flags().Var(failOn, "fail-on", "exit 3 where a change is so bad")
	format := formatFlag(cmd, slices.Sorted(maps.Keys(changeFormats))...)
	*format = "text"
	flags := sourceFlags(cmd)
	inputs := inputFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		opts := flags.of(patterns)
		before, err := readBefore(cmd, *against)
		if err != nil {
			return err
		}
		all, err := buildAll(cmd, opts)
		if err != nil {
			return err
		}
		unreadable, err := before.fill(cmd, all, opts)
		if err != nil {
			return err
		}
		changes, findings, err := impacts(cmd.Context(), all, *inputs)
		if err != nil {
			return err
		}
		found := printFindings(cmd.ErrOrStderr(), schema.SortFindings(slices.Concat(unread(findingsOf(all)), unreadable, findings)))
		if found != nil && found != errFindings {
			return found
		}
		if err := changeFormats[*format](cmd.OutOrStdout(), changes); err != nil {
			return err
		}
		if *format == "text" && len(changes) > 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), tally(changes))
		}
		if slices.ContainsFunc(changes, func(c change) bool { return c.fails(failOn.value) }) {
			return errFindings
		}
		return found
	}
	return cmd
}

// A change is how one metric of a program differs.
type change struct {
	lint.Impact
	pos     schema.Pos
	program string // empty: there is but one
}

// fails reports whether a change is as bad as on says.
func (c change) fails(on string) bool {
	return on != "never" && (c.Severity == schema.Error || on == "warning" && c.Severity == schema.Warning)
}

// A before says what to compare with: a file's schema, or a commit. The zero value is the
// metrics.json of each program.
type before struct {
	file *schema.Schema
	ref  string
}

// readBefore reads what --against names: a file where there is one of that name.
func readBefore(cmd *cobra.Command, against string) (before, error) {
	if against == "" {
		return before{}, nil
	}
	data, err := os.ReadFile(against)
	if err == nil {
		s, err := schema.Parse(filepath.ToSlash(against), data)
		return before{file: s}, err
	}
	if strings.HasSuffix(against, ".json") || !errors.Is(err, os.ErrNotExist) {
		return before{}, fmt.Errorf("read the schema to compare with: %w", err)
	}
	if _, err := gitref.Files(cmd.Context(), ".", against); err != nil {
		return before{}, err
	}
	return before{ref: against}, nil
}

// fill puts what is compared with into each result, and returns what could not be read of it.
func (b before) fill(cmd *cobra.Command, all []*build.Result, opts build.Options) ([]schema.Finding, error) {
	if b.file != nil {
		if len(all) > 1 {
			return nil, usageError{errors.New("diff: --against FILE compares one program: give its name or main package")}
		}
		all[0].Old = b.file
	}
	if b.ref == "" {
		return nil, nil
	}
	var without []*build.Result
	for _, res := range all {
		name := path.Join(filepath.ToSlash(res.Out), "metrics.json")
		files, err := gitref.Files(cmd.Context(), ".", b.ref, name)
		if err != nil {
			return nil, err
		}
		if files[name] == nil {
			without = append(without, res)
			continue
		}
		if res.Old, err = schema.Parse(b.ref+":"+name, files[name]); err != nil {
			return nil, err
		}
	}
	if len(without) == 0 {
		return nil, nil
	}
	return b.scan(cmd, without, len(all) == 1, opts)
}

// scan scans the commit for the programs that have no metrics.json there. A program that
// was not there defined nothing; only says that there is but one, whatever it was called.
func (b before) scan(cmd *cobra.Command, programs []*build.Result, only bool, opts build.Options) ([]schema.Finding, error) {
	dst, err := os.MkdirTemp("", "dashgen-")
	if err != nil {
		return nil, fmt.Errorf("extract %s: %w", b.ref, err)
	}
	defer os.RemoveAll(dst)
	dir, err := gitref.Extract(cmd.Context(), ".", b.ref, dst)
	if err != nil {
		return nil, err
	}
	show, done := newProgress(cmd)
	defer done()
	opts.Progress = func(s string) { show(b.ref + ": " + s) }
	defs, err := build.Definitions(cmd.Context(), dir, opts)
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", b.ref, fromGo(err))
	}
	var unreadable []schema.Finding
	for _, res := range programs {
		res.Old = &schema.Schema{}
		for _, d := range defs {
			if !only && d.Config.Name != res.Config.Name {
				continue
			}
			for _, m := range d.Schema.Metrics {
				m.Pos = b.at(dir, m.Pos)
			}
			for _, f := range unread(d.Findings) {
				f.Pos, f.Related = b.at(dir, f.Pos), nil
				unreadable = append(unreadable, f)
			}
			res.Old = d.Schema
		}
	}
	return unreadable, nil
}

// at returns a place in the extracted folder as one of the commit: v1.2.0:shop.go:8:14.
func (b before) at(dir string, pos schema.Pos) schema.Pos {
	if pos.File == "" {
		return pos
	}
	file, err := filepath.Abs(filepath.FromSlash(pos.File))
	if err != nil {
		return pos
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return pos
	}
	if rel, err := filepath.Rel(from, file); err == nil && filepath.IsLocal(rel) {
		pos.File = b.ref + ":" + filepath.ToSlash(rel)
	}
	return pos
}

// impacts returns the changes of all programs with the queries that they concern, and what
// is wrong with the files that hold these.
func impacts(ctx context.Context, all []*build.Result, inputs config.Inputs) ([]change, []schema.Finding, error) {
	hand := newInputReader(ctx, all)
	if err := hand.read(".", inputs); err != nil {
		return nil, nil, err
	}
	cfg, _, err := build.Config()
	if err != nil {
		return nil, nil, err
	}
	if err := hand.read(cfg.Dir, cfg.Inputs); err != nil {
		return nil, nil, err
	}
	var changes []change
	for _, res := range all {
		in := lint.Input{Schema: res.Schema, Groups: res.Groups, Dashboards: hand.set.Dashboards, Rules: hand.set.Rules}
		if err := foreign(res, &in, hand.done); err != nil {
			return nil, nil, err
		}
		generated, err := written(res, &in)
		if err != nil {
			return nil, nil, err
		}
		for _, i := range lint.Impacts(in, res.Config, res.Old, schema.Diff(res.Old, res.Schema, today()), generated) {
			one := change{Impact: i, pos: place(i.Change, res.Old)}
			if len(all) > 1 {
				one.program = res.Config.Name
			}
			changes = append(changes, one)
		}
	}
	return changes, hand.findings, nil
}

// written adds the dashboards and rules of the output folder that dashgen generated, as
// they are now, and returns the names of their files.
func written(res *build.Result, in *lint.Input) (map[string]bool, error) {
	files := map[string]bool{}
	for _, name := range res.Tree.Names() {
		file := filepath.Join(res.Out, filepath.FromSlash(name))
		if !strings.HasPrefix(name, "dashboards/") && !strings.HasPrefix(name, "rules/") {
			continue
		}
		data, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read generated files: %w", err)
		}
		set, _ := input.Parse(filepath.ToSlash(file), data) // generate writes it anew, whatever is wrong with it
		in.Dashboards = append(in.Dashboards, set.Dashboards...)
		in.Rules = append(in.Rules, set.Rules...)
		files[filepath.ToSlash(file)] = true
	}
	return files, nil
}

// place returns where a change is to be looked at: at the definition, or, where there is
// none any more, where it was: in metrics.json or in the source.
func place(c schema.Change, old *schema.Schema) schema.Pos {
	if c.New != nil && !c.New.Pos.IsZero() {
		return c.New.Pos
	}
	if pos := old.PosOf(c.Metric); !pos.IsZero() {
		return pos
	}
	if c.Old != nil {
		return c.Old.Pos
	}
	return schema.Pos{}
}

// tally says in one line what changed.
func tally(changes []change) string {
	bySeverity := map[schema.Severity]int{}
	broken := map[schema.Pos]bool{}
	for _, c := range changes {
		bySeverity[c.Severity]++
		for _, u := range c.Uses {
			if u.Breaks {
				broken[u.Pos] = true
			}
		}
	}
	line := fmt.Sprintf("%s: %s, %s", count(len(changes), "change"), count(bySeverity[schema.Error], "error"), count(bySeverity[schema.Warning], "warning"))
	if len(broken) > 0 {
		line += fmt.Sprintf("; %d places in queries break", len(broken))
	}
	return line
}
