// Package build conducts: it chains the phases from Go source to a tree of files.
//
// It owns the order of the phases and nothing else; the command and the tests call it.
// It imports every phase, and is the only package that does.
//
//	config -> scanner -> schema.Merge -> plan -> rules -> render -> tree
//
// Every phase reports findings and goes on; an error means that there is nothing to go
// on with. Where what is written would lose something that cannot be read now, the
// result says so: see [Result.Blocked] and [Result.Kept].
package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/scanner"
	"github.com/dashgen/dashgen/schema"
)

// Options say what to build. The zero value builds ./... of the working directory.
type Options struct {
	Patterns []string     // of packages; empty: ./...
	Offline  bool         // download no module
	NoCache  bool         // read everything anew, and remember nothing
	Tags     []string     // build tags
	Deps     bool         // report what the dependencies define, too
	Explain  bool         // say of each metric that the scan found how it was put together
	Progress func(string) // is told what goes on; may be nil
}

// A Result is everything that a build made on its way.
type Result struct {
	Config   *config.Config
	Scan     *scanner.Result
	Old      *schema.Schema // metrics.json as it is; empty where there is none
	Schema   *schema.Schema // metrics.json as it should be
	Signals  []plan.Signal
	Groups   []plan.Group
	Boards   []plan.Board
	Tree     tree.Tree // the generated files, below Out
	Out      string    // the output folder
	Findings []schema.Finding

	// Blocked says that the configuration or a declaration has errors, or that no package
	// could be read, so that writing would lose what they were to say.
	Blocked bool

	// Kept says that packages with known metrics could not be read. Alerts may be
	// declared in them, so the files of dashboards and rules that exist stay as they are.
	Kept bool
}

// metricsFile is the name of the schema in the output folder.
const metricsFile = "metrics.json"

// Config reads the configuration for the working directory.
func Config() (*config.Config, []schema.Finding, error) { return config.Load(".") }

// Run builds everything in memory. It writes nothing.
func Run(ctx context.Context, opts Options) (*Result, error) {
	if len(opts.Patterns) == 0 {
		opts.Patterns = []string{"./..."}
	}
	res := &Result{}
	cfg, findings, err := Config()
	if err != nil {
		return nil, err
	}
	res.Config = cfg
	res.add(findings)
	if res.Out = filepath.FromSlash(cfg.Out); !filepath.IsAbs(res.Out) {
		res.Out = filepath.Join(cfg.Dir, res.Out)
	}
	if res.Old, err = Memory(res.Out); err != nil {
		return nil, err
	}
	res.Scan, err = scanner.Scan(ctx, ScanConfig(cfg, opts))
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	res.add(res.Scan.Findings)
	res.Blocked = res.Blocked || len(res.Scan.Read) == 0
	return res, res.phases(opts)
}

// ScanConfig says what to scan, by the configuration and opts.
func ScanConfig(cfg *config.Config, opts Options) scanner.Config {
	return scanner.Config{
		Patterns:  opts.Patterns,
		Platforms: cfg.Platforms,
		Tags:      opts.Tags,
		Offline:   opts.Offline,
		NoCache:   opts.NoCache,
		Deps:      opts.Deps,
		Explain:   opts.Explain,
		Progress:  opts.Progress,
	}
}

// phases is the architecture in ten lines.
func (res *Result) phases(opts Options) error {
	cfg := res.Config
	found, conflicts := schema.New(res.Scan.Metrics)
	s, changes := schema.Merge(res.Old, found, res.scope(opts.Patterns))
	signals := plan.Signals(s, cfg)
	groups, declared := rules.Derive(signals, s, cfg)
	boards, drawn := render.Layout(signals, groups, s, cfg)
	res.Schema, res.Signals, res.Groups, res.Boards = s, signals, groups, boards
	for _, fs := range [][]schema.Finding{conflicts, changes, declared, drawn} {
		res.add(fs)
	}
	res.Findings = schema.SortFindings(res.Findings)
	return res.files()
}

// files puts what was planned into the tree.
func (res *Result) files() error {
	dashboards, err := render.Files(res.Boards)
	if err != nil {
		return fmt.Errorf("draw dashboards: %w", err)
	}
	ruleFiles, err := rules.Files(res.Groups, res.Boards, res.Config)
	if err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	for _, files := range []map[string][]byte{{metricsFile: res.Schema.Format()}, dashboards, ruleFiles} {
		if err := res.Tree.Add(files); err != nil {
			return err
		}
	}
	res.Tree.Claim(metricsFile) // Memory has read it
	res.Kept = len(res.Old.Metrics) > 0 && slices.ContainsFunc(res.Schema.Metrics, func(m *schema.Metric) bool { return m.Unread && m.RemovedIn == "" })
	if res.Kept {
		res.Tree.Keep("dashboards")
		res.Tree.Keep("rules")
	}
	return nil
}

// blocking are the checks whose errors mean that something declared is missing from
// what would be written.
var blocking = []string{"config", "jsonnet", "directive", "promql", "duplicate-alert", "duplicate-uid", "panel-type"}

func (res *Result) add(fs []schema.Finding) {
	res.Findings = append(res.Findings, fs...)
	res.Blocked = res.Blocked || slices.ContainsFunc(fs, func(f schema.Finding) bool { return f.Fails() && slices.Contains(blocking, f.Check) })
}

// scope says what the scan read. The program is there whole when ./... was asked for in
// the folder that the output belongs to; then a package that was not found is gone.
func (res *Result) scope(patterns []string) schema.Scope {
	whole := slices.Equal(patterns, []string{"./..."}) && filepath.Clean(res.Config.Dir) == "."
	return schema.Scope{Read: res.Scan.Read, Unread: res.Scan.Unread, Partial: !whole}
}

// Memory reads the metrics.json of an output folder. Without one the schema is empty; a
// damaged one is an error of type schema.ParseErrors.
func Memory(out string) (*schema.Schema, error) {
	file := filepath.Join(out, metricsFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &schema.Schema{Version: schema.Version}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return schema.Parse(filepath.ToSlash(file), data)
}
