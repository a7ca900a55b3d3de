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
		Long: `Scan prints the metrics that the packages (default ./...) define, one a line: name and
labels, type, unit, how certain the name is, and where it is defined; and what could not
be read. A label is followed by its values where the source shows all of them, and by ?
where it is not always there. A name is marked default where a flag's or configuration's
default is in it, and pattern where it holds * for what is known only at run time.

Nothing is written, metrics.json is not consulted, and what could not be read does not
fail the command. Where dashgen.yaml names several programs, and the packages are none
but those, each is printed for itself. 'dashgen explain METRIC' says how one name was put
together.`,
		Example: `  dashgen scan ./...
  dashgen scan --deps ./cmd/shop           # what its dependencies define, too
  dashgen scan --unresolved ./...          # what could not be told, and what to write
  dashgen scan --tags=integration ./...
  dashgen scan --format=json ./cmd/shop | jq '.metrics[].name'`,
	}
	format := formatFlag(cmd, "text", "json")
	flags := sourceFlags(cmd)
	deps := cmd.Flags().Bool("deps", false, "print what the dependencies define, too")
	unresolved := cmd.Flags().Bool("unresolved", false, "print only what could not be told, and what to write")
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		opts := flags.of(patterns)
		opts.Deps, opts.Explain = *deps, *unresolved
		all, err := scanAll(cmd, opts)
		for _, s := range all {
			if err != nil {
				break
			}
			switch {
			case *unresolved:
				err = printUnresolved(cmd.OutOrStdout(), *format, s)
			case *format == "json":
				err = scanJSON(cmd.OutOrStdout(), s)
			default:
				err = scanText(cmd.OutOrStdout(), cmd.ErrOrStderr(), s)
			}
		}
		return err
	}
	return cmd
}

// A scanned is what a scan found in one program, or in the packages named.
type scanned struct {
	program  string // empty: there is one
	metrics  []*schema.Metric
	findings []schema.Finding
}

// scanAll scans packages, each program of the configuration for itself.
func scanAll(cmd *cobra.Command, opts build.Options) ([]scanned, error) {
	if err := packageArgs(opts.Patterns); err != nil {
		return nil, err
	}
	cfg, findings, err := build.Config()
	if err != nil {
		return nil, err
	}
	cfgs, err := build.Programs(cfg, opts.Patterns)
	if err != nil {
		cfgs = []*config.Config{cfg} // other packages, which may be scanned all the same
	}
	show, done := newProgress(cmd)
	opts.Progress = show
	results, err := build.Scan(cmd.Context(), cfgs, opts)
	done()
	if err != nil {
		return nil, fromGo(err)
	}
	var all []scanned
	for i, res := range results {
		s, conflicts := schema.New(res.Metrics)
		one := scanned{metrics: s.Metrics, findings: schema.SortFindings(slices.Concat(findings, res.Findings, conflicts))}
		if len(results) > 1 {
			one.program = cfgs[i].Name
		}
		findings = nil // of the configuration: they are said once
		all = append(all, one)
	}
	return all, nil
}

// A placed is a metric as scan prints it: an entry of metrics.json, and where it is
// defined.
type placed struct {
	*schema.Metric
	Module string `json:"module,omitempty"` // path of the module that defines it
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Col    int    `json:"col,omitempty"`
}

// scanJSON prints {"metrics":[…],"findings":[…]} with metrics.json's own field names, and
// "program" before them where there are several.
func scanJSON(out io.Writer, s scanned) error {
	var list bytes.Buffer
	if err := writeFindings(&list, "json", s.findings); err != nil && err != errFindings {
		return err
	}
	metrics := []placed{}
	for _, m := range s.metrics {
		metrics = append(metrics, placed{m, m.Module, m.Pos.File, m.Pos.Line, m.Pos.Col})
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Program  string          `json:"program,omitempty"`
		Metrics  []placed        `json:"metrics"`
		Findings json.RawMessage `json:"findings"`
	}{s.program, metrics, list.Bytes()})
}

// scanText prints one line a metric, below the name of the program where there are several.
func scanText(out, errs io.Writer, s scanned) error {
	if s.program != "" {
		if _, err := fmt.Fprintf(out, "%s:\n", s.program); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	exact := !slices.ContainsFunc(s.metrics, func(m *schema.Metric) bool { return m.Certainty != schema.Exact })
	for _, m := range s.metrics {
		fmt.Fprintf(w, "%s\t%s\t%s\t", m.Name+labelText(m), m.Type, m.Unit)
		if !exact {
			fmt.Fprintf(w, "%s\t", m.Certainty)
		}
		fmt.Fprintln(w, m.Pos)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := printFindings(errs, s.findings); err != nil && err != errFindings {
		return err
	}
	_, err := fmt.Fprintln(errs, count(len(s.metrics), "metric"))
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
