package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

func newScan() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan [packages]",
		Short: "Print the metrics that packages define",
		Long: `Scan prints the metrics that the packages (default ./...) define, and what could not
be read. Nothing is written, metrics.json is not consulted, and what could not be read
does not fail the command. Where dashgen.yaml names several programs, and the packages are
none but those, each is printed for itself.`,
		Example: `  dashgen scan ./...
  dashgen scan --format=json ./cmd/shop | jq '.metrics[].name'`,
	}
	format := formatFlag(cmd, "text", "json")
	flags := sourceFlags(cmd)
	deps := cmd.Flags().Bool("deps", false, "print what the dependencies define, too")
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		if err := packageArgs(patterns); err != nil {
			return err
		}
		cfg, findings, err := build.Config()
		if err != nil {
			return err
		}
		show, done := newProgress(cmd)
		opts := flags.of(patterns)
		opts.Deps, opts.Progress = *deps, show
		cfgs, err := build.Programs(cfg, patterns)
		if err != nil {
			cfgs = []*config.Config{cfg} // other packages, which may be scanned all the same
		}
		all, err := build.Scan(cmd.Context(), cfgs, opts)
		done()
		if err != nil {
			return fromGo(err)
		}
		for i, res := range all {
			program := ""
			if len(all) > 1 {
				program = cfgs[i].Name
			}
			s, conflicts := schema.New(res.Metrics)
			found := schema.SortFindings(slices.Concat(findings, res.Findings, conflicts))
			findings = nil // of the configuration: they are said once
			if *format == "json" {
				err = scanJSON(cmd.OutOrStdout(), program, s, found)
			} else {
				err = scanText(cmd.OutOrStdout(), cmd.ErrOrStderr(), program, s, found)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}

// scanJSON prints {"metrics":[…],"findings":[…]} with metrics.json's own field names, and
// "program" before them where there are several.
func scanJSON(out io.Writer, program string, s *schema.Schema, findings []schema.Finding) error {
	var list bytes.Buffer
	if err := writeFindings(&list, "json", findings); err != nil && err != errFindings {
		return err
	}
	metrics := s.Metrics
	if metrics == nil {
		metrics = []*schema.Metric{}
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Program  string           `json:"program,omitempty"`
		Metrics  []*schema.Metric `json:"metrics"`
		Findings json.RawMessage  `json:"findings"`
	}{program, metrics, list.Bytes()})
}

// scanText prints one line a metric, below the name of the program where there are several.
func scanText(out, errs io.Writer, program string, s *schema.Schema, findings []schema.Finding) error {
	if program != "" {
		if _, err := fmt.Fprintf(out, "%s:\n", program); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, m := range s.Metrics {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.Name+labelText(m), m.Type, m.Unit, m.Pos)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := printFindings(errs, findings); err != nil && err != errFindings {
		return err
	}
	_, err := fmt.Fprintln(errs, count(len(s.Metrics), "metric"))
	return err
}

// labelText shows labels as {code=200|500,method}.
func labelText(m *schema.Metric) string {
	var parts []string
	for _, l := range m.Labels {
		text := l.Name
		if l.Optional {
			text += "?"
		}
		if n := len(l.Values); n > 0 && n <= 6 {
			text += "=" + strings.Join(l.Values, "|")
		} else if n > 6 {
			text += fmt.Sprintf("=%s|…%d more", strings.Join(l.Values[:5], "|"), n-5)
		}
		parts = append(parts, text)
	}
	for k, v := range m.ConstLabels {
		parts = append(parts, k+"="+v)
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ",") + "}"
}
