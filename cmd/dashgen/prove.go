package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/schema"
)

// world returns what alerts are judged against: the metrics.json of every program.
func world(groups []engine.Group) (*query.World, error) {
	cfg, _, err := build.Config()
	if err != nil {
		return nil, err
	}
	all := &schema.Schema{Version: schema.Version}
	for _, one := range cfg.ByProgram() {
		s, _, err := build.Memory(build.OutFolder(one))
		if err != nil {
			return nil, err
		}
		for _, m := range s.Metrics {
			if all.Lookup(m.Name) == nil {
				all.Metrics = append(all.Metrics, m)
			}
		}
		slices.SortFunc(all.Metrics, func(a, b *schema.Metric) int { return strings.Compare(a.Name, b.Name) })
	}
	w := plan.World(all, nil, cfg)
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				w.Recorded = append(w.Recorded, query.Recording{Name: r.Record, Expr: r.Expr, Labels: r.Labels})
			}
		}
	}
	return w, nil
}

// generateTests writes unit tests of the alerts in rule files, a file for each.
func generateTests(ctx context.Context, cmd *cobra.Command, folder string, globs []string) error {
	if len(globs) == 0 {
		return usageError{errors.New("name the rule files that --generate makes tests of")}
	}
	names, err := testFiles(globs)
	if err != nil {
		return err
	}
	var groups []engine.Group
	var findings []schema.Finding
	of := map[string][]string{}
	files := map[string]string{}
	for _, name := range names {
		data, err := input.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
		read, found := input.ParseRules(name, data)
		if findings = append(findings, found...); read == nil {
			continue
		}
		for _, g := range ruletest.Groups(read.Groups) {
			if files[g.Name] != "" {
				return fmt.Errorf("test: %s and %s both have a group %q", files[g.Name], name, g.Name)
			}
			groups, files[g.Name] = append(groups, g), name
			of[name] = append(of[name], g.Name)
		}
	}
	if err := printFindings(cmd.ErrOrStderr(), findings); err != nil {
		return err
	}
	w, err := world(groups)
	if err != nil {
		return err
	}
	p := prove.New(w, groups)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("test: %w", err)
	}
	var never error
	for _, name := range slices.Sorted(maps.Keys(of)) {
		for _, group := range of[name] {
			tests := p.File(group)
			proofs := p.Prove(ctx, p.Alerts(group), tests.Evaluation)
			printProofs(cmd, group, proofs)
			if slices.ContainsFunc(proofs, func(p *prove.Proof) bool { return p.Never }) {
				never = errFindings
			}
			if tests.Tests = prove.Tests(proofs); len(tests.Tests) == 0 {
				continue
			}
			for _, need := range p.Needs(group) {
				rel, err := seenFrom(folder, files[need])
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(tests.RuleFiles, func(o ruletest.Pattern) bool { return o.Glob == rel }) {
					tests.RuleFiles = append(tests.RuleFiles, ruletest.Pattern{Glob: rel})
				}
			}
			file := filepath.Join(folder, testName(name, group, len(of[name]) > 1))
			if err := tree.Replace(file, ruletest.Format("# Made by dashgen test --generate; yours to change.\n", tests)); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", filepath.ToSlash(file), count(len(tests.Tests), "test"))
		}
	}
	return never
}

// testName returns the name of the file with the tests of a group.
func testName(rules, group string, several bool) string {
	base := path.Base(filepath.ToSlash(rules))
	base = strings.TrimSuffix(strings.TrimSuffix(base, path.Ext(base)), ".rules")
	if several {
		base += "-" + regexp.MustCompile(`[^\w.-]+`).ReplaceAllString(group, "-")
	}
	return base + "_test.yaml"
}

// seenFrom returns a file's path as seen from a folder.
func seenFrom(folder, file string) (string, error) {
	from, err := filepath.Abs(folder)
	to, also := filepath.Abs(filepath.FromSlash(file))
	if err = errors.Join(err, also); err != nil {
		return "", fmt.Errorf("test: %w", err)
	}
	rel, err := filepath.Rel(from, to)
	return filepath.ToSlash(rel), err
}

// printProofs says which alerts are not proven, and why.
func printProofs(cmd *cobra.Command, group string, proofs []*prove.Proof) {
	for _, p := range proofs {
		switch {
		case p.Never:
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: alert %s never fires: %s (never-fires)\n", group, p.Alert, p.Reason)
		case !p.Proven():
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: alert %s is not proven: %s\n", group, p.Alert, p.Reason)
		}
	}
}

// mutateAlerts changes the alerts that test files load and says which changes no test notices.
func mutateAlerts(ctx context.Context, cmd *cobra.Command, names []string, only *regexp.Regexp) error {
	var suites []prove.Suite
	var groups []engine.Group
	for _, name := range names {
		data, err := input.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read tests: %w", err)
		}
		f, findings := ruletest.Parse(name, data)
		if f == nil || slices.ContainsFunc(findings, schema.Finding.Fails) {
			return printFindings(cmd.ErrOrStderr(), findings)
		}
		loaded, found, err := f.Groups()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(found, schema.Finding.Fails) {
			return printFindings(cmd.ErrOrStderr(), found)
		}
		f.Tests = slices.DeleteFunc(f.Tests, func(t *ruletest.Test) bool { return !only.MatchString(t.Name) })
		suites = append(suites, prove.Suite{File: f, Groups: loaded})
		for _, g := range loaded {
			if !slices.ContainsFunc(groups, func(o engine.Group) bool { return o.Name == g.Name }) {
				groups = append(groups, g)
			}
		}
	}
	w, err := world(groups)
	if err != nil {
		return err
	}
	printMutants(cmd, prove.Mutate(ctx, w, groups, suites))
	return cmd.Context().Err()
}

// printMutants writes a line for each alert, below it the mutants that are not killed, and
// the score of all.
func printMutants(cmd *cobra.Command, mutants []*prove.Mutant) {
	out := cmd.OutOrStdout()
	for i := 0; i < len(mutants); {
		end := i
		for end < len(mutants) && mutants[end].Alert == mutants[i].Alert && mutants[end].Group == mutants[i].Group {
			end++
		}
		fmt.Fprintf(out, "%s %s: %s\n", mutants[i].Group, mutants[i].Alert, scoreText(prove.Count(mutants[i:end])))
		for _, m := range mutants[i:end] {
			switch m.Fate {
			case prove.Survived, prove.Equivalent:
				fmt.Fprintf(out, "\t%s: %s: %s\n", m.Fate, m.What, m.Why)
			case prove.NotRun:
				fmt.Fprintf(out, "\t%s: %s\n", m.Fate, m.What)
			}
		}
		i = end
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", count(len(mutants), "mutant"), scoreText(prove.Count(mutants)))
}

func scoreText(s prove.Score) string {
	text := fmt.Sprintf("%.0f%%: %d killed, %d survived", s.Percent(), s.Killed, s.Survived)
	if s.Equivalent > 0 {
		text += fmt.Sprintf(", %d equivalent", s.Equivalent)
	}
	if s.NotRun > 0 {
		text += fmt.Sprintf(", %d not run", s.NotRun)
	}
	return text
}
