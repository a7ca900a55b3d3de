package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/exposition"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/internal/remote"
	"github.com/dashgen/dashgen/schema"
)

// tokenVariable holds the bearer token for a Prometheus server.
const tokenVariable = "DASHGEN_PROMETHEUS_TOKEN"

func newVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [packages]",
		Short: "Compare the code's metrics with what a running program exposes",
		Long: `Verify compares the metrics that the packages (default ./...) and their dependencies
define with what the program really exposes: at addresses, in files that were saved from
there, or in a Prometheus server that scrapes it. It reads the text format, OpenMetrics and
protobuf with native histograms. Several addresses or files are taken together, as
instances of one program.

Reported are metrics that are defined and not exposed, or exposed and not defined; another
type, unit or bucket bounds; labels and label values that the code does not declare; labels
that no series carries; and metrics of more series than series_limit: in dashgen.yaml. A
metric with labels may be missing until its first event, and one that is registered behind
a condition always. Names that are not this program's (owned: in dashgen.yaml) are counted
and left alone.

The token for --prometheus is read from ` + tokenVariable + `.`,
		Example: `  dashgen verify --url http://localhost:8080/metrics ./cmd/shop
  dashgen verify --file quiet.prom --file busy.prom ./cmd/shop
  dashgen verify --prometheus http://prometheus:9090 --job shop ./cmd/shop
  dashgen verify --schema monitoring/metrics.json --url http://localhost:9000/metrics`,
	}
	var src exposed
	f := cmd.Flags()
	f.StringArrayVar(&src.urls, "url", nil, "scrape this `address`; may be repeated")
	f.StringArrayVar(&src.files, "file", nil, "read this `file`, saved from such an address; may be repeated")
	f.StringVar(&src.prometheus, "prometheus", "", "ask the Prometheus server at this `address`")
	f.StringVar(&src.job, "job", "", "job label of the targets that Prometheus scrapes; default: job: in dashgen.yaml")
	against := f.String("schema", "", "compare with this metrics.json `file`, and read no code")
	format := formatFlag(cmd, lint.Formats()...)
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		p, err := promised(cmd, *against, flags.of(patterns))
		if err != nil {
			return err
		}
		families, damaged, err := src.read(cmd.Context(), p.cfg)
		if err != nil {
			return err
		}
		p.SeriesLimit, p.Stored = p.cfg.SeriesLimit, src.prometheus != ""
		found, foreign := exposition.Verify(p.schema, families, p.Options)
		if *format == "text" {
			compared(cmd.ErrOrStderr(), families, foreign)
		}
		return writeFindings(cmd.OutOrStdout(), *format, schema.SortFindings(slices.Concat(p.unread, damaged, found)))
	}
	return cmd
}

// A promise is what is compared with, and how.
type promise struct {
	exposition.Options
	cfg    *config.Config
	schema *schema.Schema
	unread []schema.Finding // what could not be read of it
}

// promised returns the metrics of a metrics.json, or of the code and its dependencies.
func promised(cmd *cobra.Command, file string, opts build.Options) (promise, error) {
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return promise{}, fmt.Errorf("read the schema to compare with: %w", err)
		}
		cfg, _, err := build.Config()
		if err != nil {
			return promise{}, err
		}
		s, err := schema.Parse(filepath.ToSlash(file), data)
		if err != nil {
			return promise{}, err
		}
		p := promise{cfg: cfg, schema: s}
		p.Owned = lint.Owned(s, cfg)
		return p, nil
	}
	opts.Deps = true
	all, err := buildAll(cmd, opts)
	if err != nil {
		return promise{}, err
	}
	if len(all) > 1 {
		return promise{}, usageError{errors.New("verify compares one program: give its name or main package")}
	}
	res := all[0]
	p := promise{cfg: res.Config, schema: res.Schema, unread: unread(res.Findings)}
	// What libraries expose by themselves depends on their version, the platform and Go's.
	p.Expected = func(m *schema.Metric) bool { return m.Module == res.Scan.Module && !lint.WellKnown(m.Name) }
	own := slices.DeleteFunc(slices.Clone(res.Schema.Metrics), func(m *schema.Metric) bool { return !p.Expected(m) })
	p.Owned = lint.Owned(&schema.Schema{Metrics: own}, p.cfg)
	return p, nil
}

// exposed says where to find what a program exposes.
type exposed struct {
	urls, files     []string
	prometheus, job string
}

// read returns the families of all sources together, and what of them is damaged.
func (e exposed) read(ctx context.Context, cfg *config.Config) ([]*exposition.Family, []schema.Finding, error) {
	var all [][]*exposition.Family
	var damaged []schema.Finding
	add := func(name, contentType string, data []byte) {
		families, findings := exposition.Parse(name, contentType, data)
		all, damaged = append(all, families), append(damaged, findings...)
	}
	for _, url := range e.urls {
		data, contentType, err := exposition.Fetch(ctx, url)
		if err != nil {
			return nil, nil, err
		}
		add(url, contentType, data)
	}
	for _, name := range e.files {
		data, err := readFile(name)
		if err != nil {
			return nil, nil, err
		}
		add(filepath.ToSlash(name), "", data)
	}
	if e.prometheus != "" {
		job := e.job
		if job == "" {
			job = cfg.Job
		}
		if job == "" {
			return nil, nil, usageError{errors.New("verify --prometheus needs --job, or job: in dashgen.yaml")}
		}
		server, err := remote.New(e.prometheus, os.Getenv(tokenVariable))
		if err != nil {
			return nil, nil, usageError{err}
		}
		families, err := exposition.Stored(ctx, server, job)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, families)
	}
	if len(all) == 0 {
		return nil, nil, usageError{errors.New("verify needs --url, --file or --prometheus")}
	}
	return exposition.Unite(all...), damaged, nil
}

// readFile reads a file, or standard input for -.
func readFile(name string) ([]byte, error) {
	f := os.Stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, fmt.Errorf("read an exposition: %w", err)
		}
		defer f.Close()
	}
	data, err := exposition.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read the exposition %s: %w", name, err)
	}
	return data, nil
}

// compared says how much was compared.
func compared(w io.Writer, families []*exposition.Family, foreign []string) {
	line := count(len(families)-len(foreign), "metric") + " compared"
	if len(foreign) > 0 {
		line += "; " + count(len(foreign), "metric") + " of somebody else left alone: " + strings.Join(foreign[:min(3, len(foreign))], ", ")
	}
	if len(foreign) > 3 {
		line += ", …"
	}
	fmt.Fprintln(w, line)
}
