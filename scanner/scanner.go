package scanner

import (
	"cmp"
	"context"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// A Config says what to scan. The zero value scans ./... of the working directory for
// linux/amd64.
type Config struct {
	Dir       string       // the go command runs here; empty: the working directory
	Patterns  []string     // package patterns; empty: ./...
	Platforms []string     // GOOS/GOARCH; the result is their union; empty: linux/amd64
	Tags      []string     // build tags
	Offline   bool         // download no module
	Deps      bool         // report what the dependencies define, too
	CacheDir  string       // where results are remembered; empty: the user's cache folder
	NoCache   bool         // remember nothing, and use nothing remembered
	Explain   bool         // say how each metric was put together: fill in Metric.How
	Progress  func(string) `json:"-"`

	Constructors []Constructor // what defines metrics, as the authors of the program say

	parts int // from how many defining calls on they are decoded in parts; 0: minParts
}

// A Result is what was found.
type Result struct {
	Metrics  []*schema.Metric // sorted by position; one for each definition, names may repeat
	Findings []schema.Finding // sorted
	Read     map[string]bool  // import paths read completely
	Unread   map[string]bool  // import paths that could not be read, or only in part
	Module   string           // path of the main module; empty: none
	ModDir   string           // its folder
	Programs bool             // the patterns match main packages only: all that these run was read, if Unread is empty
	Unnamed  []schema.Pos     // what defines metrics whose names cannot be told, nor how they begin; sorted

	matched map[int]bool // by index, the constructors that are functions or types of what was read
}

// Scan reads the metric definitions of the packages that cfg names. What cannot be read
// is a finding; an error means that nothing could be read at all, or that ctx was done
// before all was told.
func Scan(ctx context.Context, cfg Config) (*Result, error) {
	cfg = cfg.withDefaults()
	all, err := scanAll(ctx, cfg, [][]string{cfg.Patterns})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// ScanPrograms reads the metric definitions of several programs of one repository, each
// as Scan reads the packages that one pattern names: its main package. All are loaded at
// once. cfg.Patterns is not used.
func ScanPrograms(ctx context.Context, cfg Config, mains []string) ([]*Result, error) {
	var programs [][]string
	for _, main := range mains {
		programs = append(programs, []string{main})
	}
	return scanAll(ctx, cfg.withDefaults(), programs)
}

// scanAll scans several lists of patterns.
func scanAll(ctx context.Context, cfg Config, programs [][]string) ([]*Result, error) {
	mem := newMemory(cfg, programs)
	if known := mem.recall(ctx, cfg); known != nil {
		return known, nil
	}
	var seen *observer
	if mem != nil && len(cfg.Platforms) == 1 && !cfg.Explain {
		seen = newObserver(cfg)
	}
	var trees []*tree
	all := make([]*Result, len(programs))
	for i := range all {
		all[i] = newResult()
	}
	for _, platform := range slices.Sorted(slices.Values(cfg.Platforms)) {
		cfg.Progress("loading packages for " + platform)
		t, err := load(ctx, cfg, platform, programs)
		if err != nil {
			return nil, err
		}
		trees = append(trees, t)
		for i, patterns := range programs {
			matched := t.matched(patterns)
			all[i].Programs = !slices.ContainsFunc(matched, func(p *listed) bool { return p.Name != "main" })
			prog := t.program(matched)
			prog.seen = seen
			cfg.Progress(fmt.Sprintf("scanning %d packages for %s", len(prog.pkgs), platform))
			if err := scanPlatform(ctx, all[i], prog, cfg); err != nil {
				return nil, fmt.Errorf("scan for %s: %w", platform, err)
			}
		}
	}
	matched := map[int]bool{} // in any program
	for i, res := range all {
		if len(res.Read)+len(res.Unread) == 0 {
			return nil, fmt.Errorf("load %s: %w", strings.Join(programs[i], " "), errNoPackages)
		}
		maps.Copy(matched, res.matched)
	}
	for _, res := range all {
		res.Findings = append(res.Findings, unmatched(cfg.Constructors, matched)...)
		finish(res)
	}
	mem.keep(trees, all, seen)
	return all, nil
}

func (cfg Config) withDefaults() Config {
	if len(cfg.Patterns) == 0 {
		cfg.Patterns = []string{"./..."}
	}
	if len(cfg.Platforms) == 0 {
		cfg.Platforms = []string{"linux/amd64"}
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	return cfg
}

func newResult() *Result {
	return &Result{Read: map[string]bool{}, Unread: map[string]bool{}, matched: map[int]bool{}}
}

// A bailout is panicked with by an evaluator whose context is done, and recovered from by
// scanPlatform: nothing of what was told until then is used.
type bailout struct{}

// scanPlatform adds what a program defines on one platform. The error is ctx's.
func scanPlatform(ctx context.Context, res *Result, prog *program, cfg Config) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case bailout:
			err = ctx.Err()
		default:
			panic(r)
		}
	}()
	for _, p := range prog.reports() {
		if m := p.Module; m != nil && m.Main && (res.Module == "" || within(cfg.Dir, m.Dir)) {
			res.Module, res.ModDir = m.Path, m.Dir
		}
		found := loadFindings(p, cfg.Dir)
		res.Findings = append(res.Findings, found...)
		if slices.ContainsFunc(found, schema.Finding.Fails) {
			res.Unread[p.PkgPath] = true
		} else {
			res.Read[p.PkgPath] = true
		}
	}
	ix := newIndex(prog, structsOf(cfg.Constructors))
	if ix.fset == nil {
		return nil
	}
	if prog.seen != nil {
		ix.asked = newAsked()
	}
	s := newScan(ctx, ix, prog, cfg)
	s.matched = res.matched
	s.tell(cfg)
	res.Metrics = append(res.Metrics, s.families()...)
	if !prog.alone {
		s.strayDirectives()
	}
	res.Findings = append(res.Findings, s.findings...)
	res.Unnamed = append(res.Unnamed, s.nameless...)
	if prog.seen != nil {
		prog.seen.add(s)
	}
	return nil
}

// tell runs the libraries over the program: what it defines is in s.defs then.
func (s *scan) tell(cfg Config) {
	defines, uses := decoders{}, decoders{}
	for _, l := range Libraries() {
		defines.add(l, l.Defines)
		uses.add(l, l.Uses)
		for _, p := range l.Packages {
			s.inner[p] = true
		}
	}
	defines.add(constructed, s.constructors(cfg.Constructors))
	s.know(defines)
	s.define(defines, cmp.Or(cfg.parts, minParts))
	s.literals(defines)
	s.run(s.ix.sites, uses, false)
	s.finishLibraries()
	if !s.prog.alone { // what is out of sight of a package by itself, others may well see
		s.dropUngathered()
		s.escapes()
		s.dropUnregistered()
		s.namedValues()
	}
	if !cfg.Deps {
		s.defs = slices.DeleteFunc(s.defs, func(d *Definition) bool { return d.fromLibrary })
	}
}

// finish sorts and removes what several platforms said alike.
func finish(res *Result) {
	for p := range res.Unread {
		delete(res.Read, p)
	}
	res.Metrics = unite(res.Metrics)
	elsewhere(res)
	res.Findings = schema.SortFindings(res.Findings)
	slices.SortFunc(res.Unnamed, schema.Pos.Compare)
	res.Unnamed = slices.Compact(res.Unnamed)
}

// A scan is the state of one platform's scan.
type scan struct {
	ix        *index
	ev        *evaluator
	prog      *program
	silent    map[string]bool // files whose findings nobody asks for
	dir       string
	defs      []*Definition
	byCall    map[token.Pos][]*Definition // by the position of the defining call
	defines   map[string]bool             // the functions that define
	inner     map[string]bool             // packages of libraries, whose calls of other libraries are their own business
	notes     map[string][]Value          // what libraries noted of the program
	matched   map[int]bool                // as Result's
	described map[*types.Var]bool         // fields that name what the user's constructors define
	own       map[*site]bool              // the names that a call defines are said where it stands
	saysAll   map[*site]bool              // calls that say their names by themselves, whoever calls
	called    map[string]bool             // the functions that were called as values
	sent      map[sending]bool            // what was sent, each descriptor by a call
	asValues  []*types.Signature          // those of defines that are used as values
	probed    []string                    // what a probe would define
	comments  *comments
	findings  []schema.Finding
	nameless  []schema.Pos // as Result.Unnamed
	decoding  *Call        // nil: none
}

func newScan(ctx context.Context, ix *index, prog *program, cfg Config) *scan {
	s := &scan{
		ix:        ix,
		ev:        newEvaluator(ctx, ix),
		prog:      prog,
		silent:    prog.silent(cfg.Dir),
		dir:       cfg.Dir,
		byCall:    map[token.Pos][]*Definition{},
		defines:   map[string]bool{},
		own:       map[*site]bool{},
		saysAll:   map[*site]bool{},
		called:    map[string]bool{},
		sent:      map[sending]bool{},
		inner:     map[string]bool{},
		notes:     map[string][]Value{},
		described: map[*types.Var]bool{},
		comments:  newComments(ix),
	}
	s.ev.tracing = cfg.Explain
	return s
}

func (s *scan) finding(f schema.Finding) {
	if !s.silent[f.Pos.File] {
		s.findings = append(s.findings, f)
	}
}

// unnameable reports something that defines metrics under names that could not be told.
func (s *scan) unnameable(f schema.Finding) {
	if !s.silent[f.Pos.File] {
		s.nameless = append(s.nameless, f.Pos)
	}
	s.finding(f)
}

func (s *scan) pos(p token.Pos) schema.Pos {
	at := s.ix.fset.Position(p)
	return schema.Pos{File: relative(at.Filename, s.dir), Line: at.Line, Col: at.Column}
}

// sortedKeys returns objects in the order of their positions and names.
func sortedKeys[V any](m map[types.Object]V) []types.Object {
	return slices.SortedFunc(maps.Keys(m), func(a, b types.Object) int {
		if c := cmp.Or(cmp.Compare(a.Pos(), b.Pos()), cmp.Compare(a.Name(), b.Name())); c != 0 {
			return c
		}
		return cmp.Compare(a.String(), b.String()) // dear, and seldom needed
	})
}

func hasHole(s string) bool { return strings.Contains(s, Hole) }
