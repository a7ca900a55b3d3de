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

	"golang.org/x/tools/go/packages"

	"github.com/dashgen/dashgen/schema"
)

// A Config says what to scan. The zero value scans ./... of the working directory for
// linux/amd64.
type Config struct {
	Dir       string   // the go command runs here; empty: the working directory
	Patterns  []string // package patterns; empty: ./...
	Platforms []string // GOOS/GOARCH; the result is their union; empty: linux/amd64
	Tags      []string // build tags
	Offline   bool     // download no module
	Deps      bool     // report what the dependencies define, too
	CacheDir  string   // where results are remembered; empty: the user's cache folder
	NoCache   bool     // remember nothing, and use nothing remembered
	Progress  func(string)

	// Constructors are functions and types of the module that define metrics, as its
	// authors say.
	Constructors []Constructor
}

// A Constructor is a function or a struct type that defines a metric family in a way that no
// evaluator should guess. Either Func or Type is set.
type Constructor struct {
	Func   string                 // full name, as go doc writes it: example.com/m/pkg.NewCounterDef, (*example.com/m/pkg.Registry).Counter
	Type   string                 // full name of a struct type, each literal of which is a family
	Name   []Part                 // its name is these, joined by _ as BuildFQName does
	Help   Part                   // zero: not said
	Labels Part                   // label names; zero: none
	Kind   schema.Type            // empty: TypeOf says it, else untyped
	TypeOf Part                   // an argument or field whose value, mapped by Types, is the type
	Types  map[string]schema.Type // by the value's name or text; nil: the names of the types themselves
	Pos    schema.Pos             // where it is written
}

// A Part is an argument of a function, counted from zero, a field of a type, or a text. The
// zero Part is argument 0 and never stands for itself: see Set.
type Part struct {
	Set   bool
	Arg   int
	Field string
	Text  string
}

// A Result is what was found.
type Result struct {
	Metrics  []*schema.Metric // sorted by position; one for each definition, names may repeat
	Findings []schema.Finding // sorted
	Read     map[string]bool  // import paths read completely
	Unread   map[string]bool  // import paths that could not be read, or only in part
	Module   string           // path of the main module; empty: none
	ModDir   string           // its folder
}

// Scan reads the metric definitions of the packages that cfg names. What cannot be read
// is a finding; an error means that nothing could be read at all.
func Scan(ctx context.Context, cfg Config) (*Result, error) {
	cfg = cfg.withDefaults()
	res := newResult()
	for _, platform := range slices.Sorted(slices.Values(cfg.Platforms)) {
		cfg.Progress("loading packages for " + platform)
		pkgs, err := load(ctx, cfg, platform)
		if err != nil {
			return nil, err
		}
		cfg.Progress(fmt.Sprintf("scanning %d packages for %s", len(pkgs), platform))
		scanPlatform(res, pkgs, cfg.Dir)
	}
	if len(res.Read)+len(res.Unread) == 0 {
		return nil, errNoPackages
	}
	finish(res)
	return res, nil
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

func newResult() *Result { return &Result{Read: map[string]bool{}, Unread: map[string]bool{}} }

// scanPlatform adds what the packages of one platform define.
func scanPlatform(res *Result, pkgs []*packages.Package, dir string) {
	for _, p := range pkgs {
		if p.Module != nil && p.Module.Main {
			res.Module, res.ModDir = p.Module.Path, p.Module.Dir
		}
		found := loadFindings(p, dir)
		res.Findings = append(res.Findings, found...)
		if slices.ContainsFunc(found, schema.Finding.Fails) {
			res.Unread[p.PkgPath] = true
		} else {
			res.Read[p.PkgPath] = true
		}
	}
	ix := newIndex(pkgs)
	if ix.fset == nil {
		return
	}
	s := &scan{ix: ix, ev: newEvaluator(ix), dir: dir, byCall: map[token.Pos][]*Definition{}, defines: map[string]bool{}, own: map[*site]bool{}, called: map[string]bool{}, inner: map[string]bool{}, notes: map[string][]Value{}, comments: newComments(ix)}
	defines, uses := decoders{}, decoders{}
	for _, l := range Libraries() {
		defines.add(l, l.Defines)
		uses.add(l, l.Uses)
		for _, p := range l.Packages {
			s.inner[p] = true
		}
	}
	s.know(defines)
	s.run(defines, true)
	s.run(uses, false)
	s.finishLibraries()
	for _, l := range Libraries() {
		s.escapes(l)
	}
	s.namedValues()
	for _, d := range s.defs {
		res.Metrics = append(res.Metrics, s.metrics(d)...)
	}
	s.strayDirectives()
	res.Findings = append(res.Findings, s.findings...)
}

// finish sorts and removes what several platforms said alike.
func finish(res *Result) {
	for p := range res.Unread {
		delete(res.Read, p)
	}
	res.Metrics = unite(res.Metrics)
	res.Findings = schema.SortFindings(res.Findings)
}

// A scan is the state of one platform's scan.
type scan struct {
	ix         *index
	ev         *evaluator
	dir        string
	defs       []*Definition
	byCall     map[token.Pos][]*Definition // by the position of the defining call
	defines    map[string]bool             // the functions that define
	inner      map[string]bool             // packages of libraries, whose calls of other libraries are their own business
	notes      map[string][]Value          // what libraries noted of the program
	own        map[*site]bool              // the names that a call defines are said where it stands
	called     map[string]bool             // the functions that were called as values
	namesKnown bool                        // some of defines are used as values
	probed     []string                    // what a probe would define
	comments   *comments
	findings   []schema.Finding
}

func (s *scan) finding(f schema.Finding) { s.findings = append(s.findings, f) }

func (s *scan) pos(p token.Pos) schema.Pos {
	at := s.ix.fset.Position(p)
	return schema.Pos{File: relative(at.Filename, s.dir), Line: at.Line, Col: at.Column}
}

// sortedKeys returns objects in the order of their positions and names.
func sortedKeys[V any](m map[types.Object]V) []types.Object {
	return slices.SortedFunc(maps.Keys(m), func(a, b types.Object) int {
		return cmp.Or(cmp.Compare(a.Pos(), b.Pos()), cmp.Compare(a.Id(), b.Id()), cmp.Compare(a.String(), b.String()))
	})
}

func hasHole(s string) bool { return strings.Contains(s, Hole) }
