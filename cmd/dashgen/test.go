package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/schema"
)

// testFormats are the formats of test's results.
var testFormats = map[string]func(io.Writer, []*ruletest.Result) error{
	"text": ruletest.WriteText, "junit": ruletest.WriteJUnit,
}

func newTest() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [files]",
		Short: "Run unit tests of rules",
		Long: `Test runs unit tests of alerts and recording rules, in the format of promtool test rules,
on Prometheus' own engine. Files are named, as globs in which ** stands for any folders;
default: the *_test.yaml below rules-tests/ in the output folder of each program.

A test that fails is told with its place in the file, what is missing, what was not
expected, and when the alert was pending, firing and inactive. Then it says which alerts no
test has fire, or has not fire.

With --mutate it says what the tests are worth: each alert that they load is changed in one place
after the other (comparison, number, range, offset, matcher, aggregation, operator, for), and a
change that no test notices is listed with what no test looks at.

With --generate FOLDER the files are rule files, which are loaded together: for each, FOLDER gets
a file of unit tests that show every alert to fire and to stay quiet, found by search and confirmed
by the engine, and what could not be proven is said with the reason. For generated rules, have
outputs: [rules-tests] in dashgen.yaml.

Exit status: 0 where all pass, 3 where one fails, a file cannot be read, or --generate finds
an alert that no scenario makes fire.`,
		Example: `  dashgen test
  dashgen test 'deploy/**/*_test.yaml'
  dashgen test --mutate
  dashgen test --generate tests/ deploy/rules.yaml
  dashgen test --run 'high latency' --format=junit > tests.xml`,
	}
	format := formatFlag(cmd, slices.Sorted(maps.Keys(testFormats))...)
	*format = "text"
	pattern := cmd.Flags().String("run", "", "run only tests whose name matches `regexp`")
	uncovered := cmd.Flags().Bool("coverage", false, "list each alert that no test has fire, or has not fire")
	generate := cmd.Flags().String("generate", "", "write unit tests of the rule files into `folder`")
	mutate := cmd.Flags().Bool("mutate", false, "change the alerts and list the changes that no test notices")
	limit := cmd.Flags().Duration("timeout", 10*time.Minute, "`time` after which --generate and --mutate stop")
	cmd.MarkFlagsMutuallyExclusive("generate", "mutate")
	cmd.RunE = func(cmd *cobra.Command, globs []string) error {
		ctx, stop := context.WithTimeout(cmd.Context(), *limit)
		defer stop()
		if *generate != "" {
			return generateTests(ctx, cmd, *generate, globs)
		}
		only, err := regexp.Compile(*pattern)
		if err != nil {
			return usageError{fmt.Errorf("--run: %w", err)}
		}
		names, err := testFiles(globs)
		if err != nil {
			return err
		}
		if *mutate {
			return mutateAlerts(ctx, cmd, names, only)
		}
		tests, err := runTests(cmd.Context(), names, only)
		if err != nil {
			return err
		}
		found := printFindings(cmd.ErrOrStderr(), schema.SortFindings(tests.findings))
		if found != nil && found != errFindings {
			return found
		}
		if err := testFormats[*format](cmd.OutOrStdout(), tests.results); err != nil {
			return err
		}
		if *pattern == "" {
			printCoverage(cmd.ErrOrStderr(), ruletest.Covered(tests.groups, tests.results), *uncovered)
		}
		failed := 0
		for _, r := range tests.results {
			if len(r.Failures) > 0 {
				failed++
			}
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s in %s: %d failed\n", count(len(tests.results), "test"), count(len(names), "file"), failed)
		if failed > 0 {
			return errFindings
		}
		return found
	}
	return cmd
}

// testFiles returns the files that globs name, or those of the output folders.
func testFiles(globs []string) ([]string, error) {
	hint := ""
	if len(globs) == 0 {
		hint = "; name yours, or have generate write some: outputs: [rules-tests] in dashgen.yaml"
		cfg, _, err := build.Config()
		if err != nil {
			return nil, err
		}
		for _, one := range cfg.ByProgram() {
			globs = append(globs, filepath.ToSlash(filepath.Join(build.OutFolder(one), "rules-tests", "*_test.yaml")))
		}
	}
	var names []string
	for _, glob := range globs {
		found, err := source.Glob(".", glob)
		if err != nil {
			return nil, usageError{err}
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("test: no file is called %s%s", glob, hint)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// A testRun is what came of all files.
type testRun struct {
	results  []*ruletest.Result
	groups   []engine.Group // of all rule files, each file's once
	findings []schema.Finding
}

// runTests runs the files one behind the other, the tests of each in parallel.
func runTests(ctx context.Context, names []string, only *regexp.Regexp) (*testRun, error) {
	all := &testRun{}
	for _, name := range names {
		data, err := input.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read tests: %w", err)
		}
		f, findings := ruletest.Parse(name, data)
		all.findings = append(all.findings, findings...)
		if f == nil || slices.ContainsFunc(findings, schema.Finding.Fails) {
			continue
		}
		groups, findings, err := f.Groups()
		if err != nil {
			return nil, err
		}
		all.findings = append(all.findings, findings...)
		if slices.ContainsFunc(findings, schema.Finding.Fails) {
			continue
		}
		f.Tests = slices.DeleteFunc(f.Tests, func(t *ruletest.Test) bool { return !only.MatchString(t.Name) })
		all.findings = append(all.findings, f.Unknown(groups)...)
		all.groups = append(all.groups, groups...)
		all.results = append(all.results, f.Run(ctx, groups)...)
	}
	if ctx.Err() != nil {
		return nil, errors.New("test: interrupted")
	}
	return all, nil
}

// printCoverage says how many alerts no test speaks of, and which.
func printCoverage(w io.Writer, c ruletest.Coverage, list bool) {
	for _, part := range []struct {
		names []string
		what  string
	}{{c.NeverFires, "no test has fire"}, {c.NeverQuiet, "no test has not fire"}} {
		if len(part.names) == 0 {
			continue
		}
		names := part.names
		rest := ""
		if most := 3; !list && len(names) > most {
			names, rest = names[:most], ", …; --coverage lists them"
		}
		fmt.Fprintf(w, "%d of %s: %s: %s%s\n", len(part.names), count(len(c.Alerts), "alert"), part.what, strings.Join(names, ", "), rest)
	}
}
