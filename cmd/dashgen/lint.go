package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/internal/plan"
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
well. It exits 3 if a finding is an error.

What people wrote by hand elsewhere is checked like it: rule files, dashboards, Kubernetes
manifests that carry either, and monitoring mixins, as inputs: in dashgen.yaml or the flags
name them. In patterns ** stands for any folders. Of metrics that other programs expose
nothing is said, unless schemas: in dashgen.yaml names their metrics.json.

A finding is accepted by a comment with a reason, in Go above the metric
  //dashgen:ignore CHECK reason
and in dashgen.yaml or a rule file above the item
  # dashgen:ignore CHECK reason
and in the description of a panel or dashboard, as a line of its own, also within <!-- -->
  dashgen:ignore CHECK reason
or its severity is set, or it is switched off, under checks: in dashgen.yaml, for the whole
program or for the files that a glob matches. until=2027-01-31 behind
the reason has it expire. Where lint comes late, --baseline FILE --write-baseline writes down
what there is, and --baseline FILE reports only what is new. --against REF reports only what is
worse than at a commit, branch or tag: it is extracted to a temporary folder and linted in
the same way; findings are compared by what they say of which expression, not by line.
'dashgen explain CHECK' says what a check is about.

It writes nothing, but with --fix it mends what is certain, in hand-written files and in
dashgen.yaml: the name of a metric that another one of the same type, unit and labels
replaces, a misspelt metric, label or unit that can mean one thing only, = where several
values of a variable can be chosen. The rest of a file stays as it is, byte for byte. What is
generated is left alone, and so is what an ignore or a baseline accepts. --diff shows what
--fix would do.

The text shows the lines that a finding is about, --format=line does not.`,
		Example: `  dashgen lint ./...
  dashgen lint --rules 'deploy/**/*.yaml' --dashboards 'grafana/**/*.json' --mixin mixin/mixin.libsonnet ./...
  dashgen lint --format=line ./...             # no excerpts
  dashgen lint --diff ./...                    # what --fix would mend
  dashgen lint --format=github ./...           # annotations in a pull request
  dashgen lint --against origin/main ./...     # what this branch makes worse
  dashgen lint --format=sarif ./... > dashgen.sarif`,
	}
	format := formatFlag(cmd, lint.Formats()...)
	flags := sourceFlags(cmd)
	inputs := inputFlags(cmd)
	known := baselineFlags(cmd)
	against := againstFlag(cmd)
	fixes := fixFlags(cmd)
	color := colorFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		var others []string
		look := func() (findings []schema.Finding, err error) {
			findings, others, err = lintAll(cmd, flags.of(patterns), *inputs, repositoryBase())
			if err == nil && *against != "" {
				findings, err = worse(cmd, *against, flags.of(patterns), *inputs, findings)
			}
			if err != nil {
				return nil, err
			}
			return known.compare(findings)
		}
		if known.write && *against != "" {
			return usageError{errors.New("--write-baseline writes down everything, --against leaves most out: give one of them")}
		}
		if known.write && (fixes.write || fixes.show) {
			return usageError{errors.New("--write-baseline accepts what --fix would mend: run one after the other")}
		}
		findings, err := look()
		if err != nil {
			return err
		}
		if fixes.show {
			return fixes.print(cmd.OutOrStdout(), cmd.ErrOrStderr(), findings)
		}
		if fixes.write {
			changed, err := fixes.apply(cmd.ErrOrStderr(), findings)
			if err != nil {
				return err
			}
			if changed {
				if findings, err = look(); err != nil {
					return err
				}
			}
		}
		found := report(cmd.OutOrStdout(), *format, findings, lint.Options{Source: sourceOf, Color: color.on(cmd.OutOrStdout())})
		sayOthers(cmd.ErrOrStderr(), others)
		if n := fixable(findings); n > 0 && !fixes.write {
			fmt.Fprintf(cmd.ErrOrStderr(), "dashgen: --fix can mend %d of %s\n", n, count(len(findings), "finding"))
		}
		return found
	}
	return cmd
}

// sayOthers says in a line which series are somebody else's.
func sayOthers(w io.Writer, names []string) {
	if len(names) == 0 {
		return
	}
	const most = 5
	list := strings.Join(names[:min(most, len(names))], ", ")
	if len(names) > most {
		list += fmt.Sprintf(" and %d more", len(names)-most)
	}
	fmt.Fprintf(w, "dashgen: %s of other programs left alone: %s\n", count(len(names), "series name"), list)
}

// lintAll builds everything in memory and checks it together with what is on disk. A
// metrics.json that is damaged, or a go.mod, is a finding like others, but nothing else
// can be said. others are the names in hand-written files that other programs expose. base is the working directory as seen from the root of the repository.
func lintAll(cmd *cobra.Command, opts build.Options, inputs config.Inputs, base string) (findings []schema.Finding, others []string, err error) {
	all, err := buildAll(cmd, opts)
	var damaged schema.ParseErrors
	var unlisted goError
	switch {
	case errors.As(err, &damaged):
		return damaged.Findings(), nil, nil
	case errors.As(err, &unlisted):
		return []schema.Finding{unlisted.Finding}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	found, others, err := lintBuilt(cmd.Context(), opts, all, inputs, base)
	return schema.SortFindings(slices.Concat(found...)), others, err
}

// lintBuilt checks programs together with what is on disk. found has one list for each of them,
// and a last one about hand-written files where there are several. others and base are as
// lintAll has them.
func lintBuilt(ctx context.Context, opts build.Options, all []*build.Result, inputs config.Inputs, base string) (found [][]schema.Finding, others []string, err error) {
	hand := newInputReader(ctx, all)
	hand.base = base
	if err := hand.read(".", inputs); err != nil {
		return nil, nil, err
	}
	cfg, _, err := build.Config()
	if err != nil {
		return nil, nil, err
	}
	if len(cfg.Programs) <= len(all) { // else they may show a program that was not read
		if err := hand.read(cfg.Dir, cfg.Inputs); err != nil {
			return nil, nil, err
		}
	}
	schemas, err := hand.schemas(cfg.Dir, cfg.Schemas)
	if err != nil {
		return nil, nil, err
	}
	for _, res := range all {
		in := lint.Input{Others: schemas}
		if len(all) == 1 {
			in.Dashboards, in.Rules, in.Findings = hand.set.Dashboards, hand.set.Rules, hand.findings
		}
		one, foreign, err := lintOne(ctx, opts, res, in, hand.done)
		if err != nil {
			return nil, nil, err
		}
		found, others = append(found, one), append(others, foreign...)
	}
	if len(all) > 1 {
		one, foreign, err := lintTogether(ctx, opts, all, hand, schemas)
		if err != nil {
			return nil, nil, err
		}
		found, others = append(found, one), append(others, foreign...)
	}
	slices.Sort(others)
	return found, slices.Compact(others), nil
}

// lintTogether checks what people wrote by hand against several programs, since a
// dashboard may show them all.
func lintTogether(ctx context.Context, opts build.Options, all []*build.Result, hand *inputReader, others []*schema.Schema) (findings []schema.Finding, foreign []string, err error) {
	var metrics []*schema.Metric
	in := lint.Input{Judged: true, Today: today(), Others: others, Dashboards: hand.set.Dashboards, Rules: hand.set.Rules, Findings: hand.findings}
	for _, res := range all {
		metrics = append(metrics, res.Schema.Metrics...)
		in.Groups = append(in.Groups, res.Groups...)
	}
	in.Schema, _ = schema.New(metrics)
	cfg := *all[0].Config
	cfg.Owned, cfg.Dashboards, cfg.Alerts = nil, nil, nil
	for _, res := range all {
		cfg.Owned = append(cfg.Owned, res.Config.Owned...)
		cfg.Alerts = append(cfg.Alerts, res.Config.Alerts...)
	}
	return judge(ctx, opts, in, &cfg, all)
}

// judge runs the checks over what was made of some programs, and returns the names of other
// programs beside the findings. Names that no code defines are looked for in code for other
// platforms first.
func judge(ctx context.Context, opts build.Options, in lint.Input, cfg *config.Config, of []*build.Result) (findings []schema.Finding, foreign []string, err error) {
	var cfgs []*config.Config
	for _, res := range of {
		cfgs, in.Unnamed = append(cfgs, res.Config), append(in.Unnamed, res.Scan.Unnamed...)
	}
	ports, err := build.Elsewhere(ctx, cfgs, opts, lint.Missing(in, cfg))
	if err != nil {
		return nil, nil, err
	}
	for _, p := range ports {
		s, _ := schema.New(p.Metrics)
		in.Ports = append(in.Ports, lint.Port{Platform: p.Platform, Schema: s})
	}
	in.Findings = append(in.Findings, build.NeverFires(ctx, in.Rules, in.Groups, in.Schema, cfg, opts.NoCache)...)
	return saidOnce(lint.Run(in, cfg)), lint.Foreign(in, cfg), nil
}

// saidOnce leaves out that no scenario makes an alert fire where another finding says why.
func saidOnce(findings []schema.Finding) []schema.Finding {
	alert := func(f schema.Finding) string {
		parts := strings.SplitN(f.Message, `"`, 3)
		if len(parts) < 3 || parts[0] != "alert " {
			return ""
		}
		return f.Pos.File + ": " + parts[1]
	}
	why := map[string]bool{}
	for _, f := range findings {
		if f.Check != "never-fires" && f.Severity != schema.Note && alert(f) != "" {
			why[alert(f)] = true
		}
	}
	return slices.DeleteFunc(findings, func(f schema.Finding) bool { return f.Check == "never-fires" && why[alert(f)] })
}

// lintOne checks one program, and with it what in holds already. read are the files that
// were read for that.
func lintOne(ctx context.Context, opts build.Options, res *build.Result, in lint.Input, read fileSet) (findings []schema.Finding, others []string, err error) {
	in.Schema, in.Changes = res.Schema, schema.Diff(res.Old, res.Schema, today())
	in.Groups, in.Boards, in.Today = res.Groups, drawn(res, &in), today()
	in.Findings = append(in.Findings, res.Findings...)
	in.Sizes = map[string]int{}
	for _, b := range res.Boards {
		in.Sizes[b.UID] = len(res.Tree.Data("dashboards/" + b.UID + ".json"))
	}
	ds, err := res.Tree.Diff(res.Out)
	if err != nil {
		return nil, nil, err
	}
	if !res.Blocked && generates(res) { // blocked, what would be written is not what was meant
		in.Stale = staleFiles(res, ds)
	}
	if err := foreign(res, &in, read); err != nil {
		return nil, nil, err
	}
	return judge(ctx, opts, in, res.Config, []*build.Result{res})
}

// generates reports whether the program has generated output: where there is neither
// dashgen.yaml nor a metrics.json, only what people wrote by hand is linted.
func generates(res *build.Result) bool {
	_, err := os.Stat(filepath.Join(res.Out, "metrics.json"))
	return err == nil || res.Config.File != ""
}

// drawn returns the boards that are as they were drawn. Those that overlays change are read
// from their files.
func drawn(res *build.Result, in *lint.Input) []plan.Board {
	var boards []plan.Board
	for _, b := range res.Boards {
		if !slices.Contains(res.Overlaid, b.UID) {
			boards = append(boards, b)
			continue
		}
		name := "dashboards/" + b.UID + ".json"
		d, findings := input.ParseDashboard(path.Join(filepath.ToSlash(res.Out), name), res.Tree.Data(name))
		in.Findings = append(in.Findings, findings...)
		if d != nil {
			in.Dashboards = append(in.Dashboards, d)
		}
	}
	return boards
}

// sourceOf returns the content of a file that a finding names, nil where it cannot be read.
func sourceOf(file string) []byte {
	data, err := input.ReadFile(file)
	if err != nil {
		return nil
	}
	return data
}

// today is the day by which ignores expire.
func today() string { return time.Now().UTC().Format(time.DateOnly) }

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
// generate: somebody put them there, and Grafana and Prometheus load them. Those that were
// read are done.
func foreign(res *build.Result, in *lint.Input, done fileSet) error {
	read := func(pattern string, parse func(file string, data []byte)) error {
		names, err := res.Tree.Others(res.Out, pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			file := filepath.Join(res.Out, filepath.FromSlash(name))
			if done.has(file) {
				continue
			}
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
