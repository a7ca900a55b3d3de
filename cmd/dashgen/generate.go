package main

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/tree"
)

func newGenerate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "generate [packages]",
		Short: "Write metrics.json, dashboards, rules and their reference pages",
		Long: `Generate scans the packages (default ./...), merges what they define with what
metrics.json remembers, and writes metrics.json, dashboards/, rules/ and docs/metrics.md
into the output folder (default monitoring/, see out: in dashgen.yaml), and what outputs:
in dashgen.yaml names, such as a runbook page for each alert. Where dashgen.yaml names
several programs, each has a folder of its own there; those whose names or main packages
are given are generated, or all.

A metric that is gone from the code stays in metrics.json with "deprecated": true and
leaves the dashboards. Files are replaced atomically, one by one; only files that an
earlier run generated are ever removed. Nothing is written where the configuration or
a directive has errors. Where a package with known metrics cannot be read, its metrics
are kept, and all other files that exist stay as they are. What people wrote into a runbook
page, between the two lines that say so, is kept; a page that has lost these lines, or whose
alert is gone, is left as it is, with a finding.`,
		Example: `  dashgen generate ./...
  dashgen generate --check ./...   # in CI: write nothing, exit 3 with a diff
  dashgen generate ./cmd/worker    # one of several programs`,
	}
	check := cmd.Flags().Bool("check", false, "write nothing; exit 3 with a diff where files differ")
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		all, err := buildAll(cmd, flags.of(patterns))
		if err != nil {
			return err
		}
		return settle(cmd, all, func(res *build.Result) error {
			if *check {
				return checkTree(cmd.OutOrStdout(), res)
			}
			return writeTree(cmd, res, len(all) > 1)
		})
	}
	return cmd
}

// writeAll writes the files of all programs.
func writeAll(cmd *cobra.Command, all []*build.Result) error {
	return settle(cmd, all, func(res *build.Result) error { return writeTree(cmd, res, len(all) > 1) })
}

// settle prints what was found and does something with each program, unless one is blocked.
func settle(cmd *cobra.Command, all []*build.Result, do func(*build.Result) error) error {
	found := printFindings(cmd.ErrOrStderr(), findingsOf(all))
	if found != nil && found != errFindings {
		return found
	}
	if slices.ContainsFunc(all, func(res *build.Result) bool { return res.Blocked }) {
		fmt.Fprintln(cmd.ErrOrStderr(), "dashgen: nothing written: mend the errors above first")
		return errFindings
	}
	for _, res := range all {
		err := do(res)
		if err != nil && err != errFindings {
			return err
		}
		found = cmp.Or(found, err)
	}
	return found
}

// writeTree writes the files of a program and says which changed; named says that there
// are other programs.
func writeTree(cmd *cobra.Command, res *build.Result, named bool) error {
	ds, err := res.Tree.Write(res.Out)
	if err != nil {
		return err
	}
	if res.Kept {
		fmt.Fprintln(cmd.ErrOrStderr(), "dashgen: all but metrics.json stays as it is: packages with known metrics were not read")
	}
	out := cmd.OutOrStdout()
	printChanges(out, res.Out, ds)
	if named {
		fmt.Fprintf(out, "%s: ", res.Config.Name)
	}
	fmt.Fprintln(out, summary(res, len(ds)))
	return nil
}

// printChanges says which files of a folder were written or removed.
func printChanges(out io.Writer, dir string, ds []tree.Difference) {
	verbs := map[tree.State]string{tree.Missing: "new", tree.Stale: "changed", tree.Extra: "removed"}
	for _, d := range ds {
		fmt.Fprintf(out, "%-8s %s\n", verbs[d.State], filepath.ToSlash(filepath.Join(dir, d.Name)))
	}
}

// summary says in one line what was made.
func summary(res *build.Result, changed int) string {
	live, drawn, panels, rules := 0, 0, 0, 0
	shown := map[string]bool{}
	for _, b := range res.Boards {
		for _, row := range b.Rows {
			panels += len(row.Panels)
			for _, p := range row.Panels {
				for _, name := range p.Metrics {
					shown[name] = true
				}
			}
		}
	}
	for _, m := range res.Schema.Metrics {
		if m.Live() {
			live++
			if shown[m.Name] {
				drawn++
			}
		}
	}
	for _, g := range res.Groups {
		rules += len(g.Rules)
	}
	made := count(live, "metric")
	if !res.Kept {
		if drawn < live {
			made += fmt.Sprintf(" (%d on no panel)", live-drawn)
		}
		made = fmt.Sprintf("%s, %s with %s, %s", made, count(len(res.Boards), "dashboard"), count(panels, "panel"), count(rules, "rule"))
	}
	return fmt.Sprintf("%s; %s changed", made, count(changed, "file"))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// checkTree prints how the files on disk differ from what generate would write.
func checkTree(out io.Writer, res *build.Result) error {
	ds, err := res.Tree.Diff(res.Out)
	if err != nil {
		return err
	}
	for _, d := range ds {
		name := path.Join(filepath.ToSlash(res.Out), d.Name)
		old, new := name, name+" (generated)"
		switch d.State {
		case tree.Missing:
			old = "/dev/null"
		case tree.Extra:
			new = "/dev/null"
		}
		if _, err := out.Write(diff.Diff(old, d.Old, new, d.New)); err != nil {
			return err
		}
	}
	if len(ds) > 0 {
		return errFindings
	}
	return nil
}
