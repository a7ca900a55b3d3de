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
	"github.com/dashgen/dashgen/internal/overlay"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/scanner"
	"github.com/dashgen/dashgen/schema"
)

// Options say what to build. The zero value builds every program of the configuration, or
// ./... of the working directory where it names none.
type Options struct {
	Patterns []string     // of packages; of programs, where the configuration names some, names or main packages; empty, or ./...: all
	Dir      string       // that they are relative to, for Scan; empty: the working directory
	Offline  bool         // download no module
	NoCache  bool         // read everything anew, and remember nothing
	Tags     []string     // build tags; nil: the configuration's
	Deps     bool         // report what the dependencies define, too
	Explain  bool         // say of each metric that the scan found how it was put together
	Unproved bool         // leave out the tests of alerts, which take the longest to make, for who writes nothing
	Progress func(string) // is told what goes on; may be nil

	Exposition []string // files, relative to the working directory, that metrics are read from instead of Go source; nil: the configuration's

	// Accept, which may be nil, is told a program's name and changes what metrics.json is to
	// say, before anything is made of it. An error ends the build.
	Accept func(program string, s *schema.Schema) error
}

// A Result is everything that a build made on its way, of one program.
type Result struct {
	Config   *config.Config // of this program
	Scan     *scanner.Result
	Old      *schema.Schema // metrics.json as it is; empty where there is none
	Schema   *schema.Schema // metrics.json as it should be
	Signals  []plan.Signal
	Groups   []plan.Group
	Boards   []plan.Board
	Overlaid []string  // uids of those that an overlay changes: their files say otherwise than Boards
	Tree     tree.Tree // the generated files, below Out
	Out      string    // the output folder
	Findings []schema.Finding

	// Blocked says that the configuration or a declaration has errors, or that no package
	// could be read, so that writing would lose what they were to say.
	Blocked bool

	// Kept says that packages with known metrics could not be read. Alerts may be
	// declared in them, so the files besides metrics.json that exist stay as they are.
	Kept bool

	unproved bool // Options.Unproved
}

// metricsFile is the name of the schema in the output folder.
const metricsFile = "metrics.json"

// Config reads the configuration for the working directory.
func Config() (*config.Config, []schema.Finding, error) { return config.Load(".") }

// Run builds everything in memory: a Result for each program, in the order in which the
// configuration names them, and one where it names none. It writes nothing. An error of
// type NoProgramError says that the patterns name none of them.
func Run(ctx context.Context, opts Options) ([]*Result, error) {
	cfg, findings, err := Config()
	if err != nil {
		return nil, err
	}
	cfgs, err := Programs(cfg, opts.Patterns)
	if err != nil {
		return nil, err
	}
	var all []*Result
	for _, cfg := range cfgs {
		res := &Result{Config: cfg, Out: OutFolder(cfg)}
		res.add(findings)
		var conflict []schema.Finding
		if res.Old, conflict, err = Memory(res.Out); err != nil {
			return nil, err
		}
		res.add(conflict)
		all = append(all, res)
	}
	scans, err := Scan(ctx, cfgs, opts)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, res := range all {
		res.Scan = scans[i]
		res.add(res.Scan.Findings)
		res.Blocked = res.Blocked || len(res.Scan.Read) == 0
		if err := res.phases(opts); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// OutFolder returns the output folder of a program, relative to the working directory.
func OutFolder(cfg *config.Config) string {
	out := filepath.FromSlash(cfg.Out)
	if filepath.IsAbs(out) {
		return out
	}
	return filepath.Join(cfg.Dir, out)
}

// phases is the architecture in ten lines.
func (res *Result) phases(opts Options) error {
	cfg := res.Config
	found, conflicts := schema.New(res.Scan.Metrics)
	s, changes := schema.Merge(res.Old, found, res.scope(opts.Patterns))
	if opts.Accept != nil {
		if err := opts.Accept(cfg.Name, s); err != nil {
			return err
		}
	}
	signals := plan.Signals(s, cfg)
	groups, declared := rules.Derive(signals, s, cfg)
	groups, overlaid, err := overlaidRules(groups, s, cfg)
	if err != nil {
		return err
	}
	boards, drawn := render.Layout(signals, groups, s, cfg)
	res.Schema, res.Signals, res.Groups, res.Boards, res.unproved = s, signals, groups, boards, opts.Unproved
	for _, fs := range [][]schema.Finding{conflicts, changes, declared, overlaid, drawn} {
		res.add(fs)
	}
	res.Findings = schema.SortFindings(res.Findings)
	return res.files()
}

// overlaidRules returns the groups as overlays change them, those of them that can be written.
func overlaidRules(groups []plan.Group, s *schema.Schema, cfg *config.Config) ([]plan.Group, []schema.Finding, error) {
	if len(cfg.Overlays) == 0 {
		return groups, nil, nil
	}
	groups, findings, err := overlay.Rules(cfg, groups)
	if err != nil {
		return nil, nil, fmt.Errorf("apply overlays: %w", err)
	}
	groups, refused := rules.Valid(groups, s)
	return groups, append(findings, refused...), nil
}

// files puts what was planned into the tree.
func (res *Result) files() error {
	dashboards, err := render.Files(res.Boards)
	if err != nil {
		return fmt.Errorf("draw dashboards: %w", err)
	}
	changed, wrong, err := overlay.Apply(res.Config, res.Boards, dashboards)
	if err != nil {
		return fmt.Errorf("apply overlays: %w", err)
	}
	res.Overlaid = changed
	res.add(wrong)
	ruleFiles, err := rules.Files(res.Groups, res.Boards, res.Config)
	if err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	for _, files := range []map[string][]byte{{metricsFile: res.Schema.Format()}, dashboards, ruleFiles, render.MetricsPage(res.reference())} {
		if err := res.Tree.Add(files); err != nil {
			return err
		}
	}
	if err := res.extras(); err != nil {
		return err
	}
	res.Tree.Claim(metricsFile) // Memory has read it
	res.Tree.Own(owner(res.Config, res.Out))
	res.Kept = len(res.Old.Metrics) > 0 && slices.ContainsFunc(res.Schema.Metrics, func(m *schema.Metric) bool { return m.Unread && m.RemovedIn == "" })
	if res.Kept {
		res.Tree.KeepAllBut(metricsFile)
	}
	return res.takeText()
}

// owner returns the path of a program's configuration as seen from its output folder; none
// without a file, or where the path would say where this machine has its folders.
func owner(cfg *config.Config, out string) string {
	from, err := filepath.Abs(out)
	to, also := filepath.Abs(filepath.FromSlash(cfg.File))
	if cfg.File == "" || filepath.IsAbs(filepath.FromSlash(cfg.Out)) || err != nil || also != nil {
		return ""
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return "" // on another drive
	}
	return filepath.ToSlash(rel)
}

// blocking are the checks whose errors mean that something declared is missing from
// what would be written.
var blocking = []string{"config", "exposition", "jsonnet", "directive", "overlay", "promql", "duplicate-alert", "duplicate-uid", "panel-type", "slo"}

func (res *Result) add(fs []schema.Finding) {
	res.Findings = append(res.Findings, fs...)
	res.Blocked = res.Blocked || slices.ContainsFunc(fs, func(f schema.Finding) bool { return f.Fails() && slices.Contains(blocking, f.Check) })
}

// scope says what the scan read. A package that was not found is gone where the program is
// there whole: where ./... was asked for in the folder that the output belongs to, or where
// everything that its main package needs could be read. So do label values stay open where it
// may not be.
func (res *Result) scope(patterns []string) schema.Scope {
	whole := everything(patterns) && filepath.Clean(res.Config.Dir) == "."
	if res.Config.Main != "" || res.Scan.Programs && len(res.Old.Metrics) == 0 { // with a memory, of more programs
		whole = len(res.Scan.Unread) == 0
	}
	return schema.Scope{Read: res.Scan.Read, Unread: res.Scan.Unread, Partial: !whole}
}

// Memory reads the metrics.json of an output folder. Without one the schema is empty; one
// with conflict markers is what both sides say, with findings; a damaged one is an error of
// type schema.ParseErrors.
func Memory(out string) (*schema.Schema, []schema.Finding, error) {
	file := filepath.Join(out, metricsFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &schema.Schema{Version: schema.Version}, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the schema: %w", err)
	}
	if schema.Conflicted(data) {
		return schema.ParseConflict(filepath.ToSlash(file), data)
	}
	s, err := schema.Parse(filepath.ToSlash(file), data)
	return s, nil, err
}
