package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/remote"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/internal/status"
	"github.com/dashgen/dashgen/internal/tree"
)

func newStatus() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status [packages]",
		Short: "Say how programs are now: every alert and headline number, as a page",
		Long: `Status evaluates every alert of the packages (default ./...), generated, declared and of the
rule files that inputs: in dashgen.yaml or --rules name, and the headline numbers of their
overview on a Prometheus server, once. It prints what is not as it should be, and writes
one HTML page that holds everything and asks nobody for anything.

Whether the server has the rules loaded makes no difference: an alert is pending or firing
as its expression, evaluated over its own for: and keep_firing_for:, has it. Red is where an
alert fires whose severity is critical, page, or what slos: in dashgen.yaml says of page;
orange where another one fires, any is pending, or one cannot be judged because series that
must exist do not; alerts of severity info or none do not count.

The token for --prometheus is read from ` + tokenVariable + `.

Exit status: 0 green, 3 orange or red, 1 where the server could not be asked.`,
		Example: `  dashgen status --prometheus http://localhost:9090
  dashgen status --prometheus https://prometheus.example.org --html public/status.html ./cmd/shop`,
	}
	f := cmd.Flags()
	address := f.String("prometheus", "", "ask the Prometheus server at this `address`")
	file := f.String("html", filepath.Join("status", "index.html"), "write the page to this `file`; empty: to none")
	var hand config.Inputs
	f.Var((*globFlag)(&hand.Rules), "rules", "evaluate the rules of these files, too: a `glob`, in which ** stands for any folders (repeatable)")
	flags := sourceFlags(cmd)
	color := colorFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		if *address == "" {
			return usageError{errors.New("status needs --prometheus")}
		}
		server, err := remote.New(*address, os.Getenv(tokenVariable))
		if err != nil {
			return usageError{err}
		}
		if err := server.Reach(cmd.Context()); err != nil {
			return err
		}
		all, err := buildAll(cmd, flags.of(patterns))
		if err != nil {
			return err
		}
		programs, err := watched(cmd.Context(), all, hand)
		if err != nil {
			return err
		}
		report := status.Sweep(cmd.Context(), server, programs, time.Now().Truncate(time.Second))
		report.Server = server.URL()
		if err := cmd.Context().Err(); err != nil {
			return errors.New("status: interrupted")
		}
		if err := writePage(*file, report); err != nil {
			return err
		}
		if err := report.Text(cmd.OutOrStdout(), color.on(cmd.OutOrStdout())); err != nil {
			return err
		}
		switch {
		case report.Failed():
			return fmt.Errorf("status: Prometheus at %s did not answer everything", server.URL())
		case report.Worst() != status.Green:
			return errFindings
		}
		return nil
	}
	return cmd
}

// watched returns what is watched of each program. Rules that people wrote by hand are the
// first one's.
func watched(ctx context.Context, all []*build.Result, flags config.Inputs) ([]status.Program, error) {
	reader := newInputReader(ctx, all)
	cfg, _, err := build.Config()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(reader.read(".", flags), reader.read(cfg.Dir, config.Inputs{Rules: cfg.Inputs.Rules, Mixins: cfg.Inputs.Mixins})); err != nil {
		return nil, err
	}
	if len(reader.findings) > 0 {
		return nil, fmt.Errorf("status: %s: %s", reader.findings[0].Pos, reader.findings[0].Message)
	}
	var programs []status.Program
	for i, res := range all {
		p := status.Program{
			Name: res.Config.Name, Boards: res.Boards, World: plan.World(res.Schema, res.Groups, res.Config),
			Scrape: res.Config.Intervals.Scrape, Evaluation: res.Config.Intervals.Evaluation, Paging: []string{res.Config.SLOs.Page.Severity},
		}
		for _, g := range res.Groups {
			p.Groups = append(p.Groups, asEngine(&g))
		}
		if i == 0 {
			for _, r := range reader.set.Rules {
				p.Groups = append(p.Groups, ruletest.Groups(r.Groups)...)
			}
		}
		for _, g := range p.Groups[len(res.Groups):] {
			for _, r := range g.Rules {
				if r.Record != "" {
					p.World.Recorded = append(p.World.Recorded, query.Recording{Name: r.Record, Expr: r.Expr, Labels: r.Labels})
				}
			}
		}
		programs = append(programs, p)
	}
	return programs, nil
}

// asEngine returns a planned group as the engine takes it.
func asEngine(g *plan.Group) engine.Group {
	out := engine.Group{Name: g.Name, Interval: g.Interval}
	for _, r := range g.Rules {
		out.Rules = append(out.Rules, engine.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, For: r.For, KeepFiringFor: r.KeepFiringFor, Labels: r.Labels, Annotations: r.Annotations})
	}
	return out
}

// writePage writes the page, whole or not at all.
func writePage(file string, report *status.Report) error {
	if file == "" {
		return nil
	}
	var page bytes.Buffer
	if err := report.HTML(&page); err != nil {
		return fmt.Errorf("status: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return fmt.Errorf("status: %w", err)
	}
	return tree.Replace(file, page.Bytes())
}
