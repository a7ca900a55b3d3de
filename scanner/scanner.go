package scanner

import (
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/token"
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
	Offline   bool     // download no module
	Progress  func(string)
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
	if len(cfg.Patterns) == 0 {
		cfg.Patterns = []string{"./..."}
	}
	if len(cfg.Platforms) == 0 {
		cfg.Platforms = []string{"linux/amd64"}
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	res := &Result{Read: map[string]bool{}, Unread: map[string]bool{}}
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
	s := &scan{ix: ix, ev: newEvaluator(ix), dir: dir, byCall: map[token.Pos][]*Definition{}, comments: newComments(ix)}
	s.run(func(l *Library) map[string]func(*Call) { return l.Defines })
	s.run(func(l *Library) map[string]func(*Call) { return l.Uses })
	s.shared()
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
	slices.SortStableFunc(res.Metrics, func(a, b *schema.Metric) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Name, b.Name))
	})
	res.Findings = schema.SortFindings(res.Findings)
}

// A scan is the state of one platform's scan.
type scan struct {
	ix       *index
	ev       *evaluator
	dir      string
	defs     []*Definition
	byCall   map[token.Pos][]*Definition // by the position of the defining call
	comments *comments
	findings []schema.Finding
}

func (s *scan) finding(f schema.Finding) { s.findings = append(s.findings, f) }

func (s *scan) pos(p token.Pos) schema.Pos {
	at := s.ix.fset.Position(p)
	return schema.Pos{File: relative(at.Filename, s.dir), Line: at.Line, Col: at.Column}
}

// run decodes every call that a library has an entry for, in every context.
func (s *scan) run(table func(*Library) map[string]func(*Call)) {
	decoders := map[string]func(*Call){}
	for _, l := range Libraries() {
		for name, d := range table(l) {
			decoders[name] = d
		}
	}
	for _, at := range s.ix.sites {
		name, _ := callee(at.pkg.TypesInfo, at.call)
		decode := decoders[name]
		if decode == nil {
			continue
		}
		s.ev.steps = maxSteps
		need := slices.Clone(at.call.Args)
		if sel, ok := ast.Unparen(at.call.Fun).(*ast.SelectorExpr); ok {
			need = append(need, sel.X)
		}
		envs, cut := s.ev.contexts(at, need)
		if cut {
			s.finding(schema.Finding{Pos: s.pos(at.call.Pos()), Check: "unresolved", Severity: schema.Warning,
				Message: fmt.Sprintf("this call is reached in more than %d ways, of which the first are read", maxContexts)})
		}
		for _, env := range envs {
			s.ev.steps = maxSteps
			decode(&Call{scan: s, site: at, env: env, Name: name})
		}
	}
}

// shared opens the label values of what is given to functions that are not read.
func (s *scan) shared() {
	for _, at := range s.ix.sites {
		name, obj := callee(at.pkg.TypesInfo, at.call)
		if s.ix.funcs[obj] != nil || s.known(name) {
			continue
		}
		for _, arg := range at.call.Args {
			if t := at.pkg.TypesInfo.TypeOf(arg); t == nil || !slices.ContainsFunc(Libraries(), func(l *Library) bool { return l.Shared != nil && l.Shared(t) }) {
				continue
			}
			envs, _ := s.ev.contexts(at, []ast.Expr{arg})
			for _, env := range envs {
				s.ev.steps = maxSteps
				c := &Call{scan: s, site: at, env: env}
				for _, v := range vectors(c, s.ev.eval(arg, env)) {
					for _, d := range v.defs {
						d.Open()
					}
				}
			}
		}
	}
}

// known reports whether a library has an entry for the callee, or it is a built-in.
func (s *scan) known(name string) bool {
	return name == "" || slices.ContainsFunc(Libraries(), func(l *Library) bool { return l.Defines[name] != nil || l.Uses[name] != nil })
}

func hasHole(s string) bool { return strings.Contains(s, Hole) }

// metrics returns the families that a definition stands for: one for each way in which
// it is registered.
func (s *scan) metrics(d *Definition) []*schema.Metric {
	at := d.site
	if root := d.env.root(); root != nil && s.saidByCaller(d) {
		at = root
	}
	base := *d.Metric
	base.Package, base.Symbol = at.pkg.PkgPath, at.holder.symbol
	base.Pos = s.pos(at.call.Pos())
	base.Type = d.typ()
	base.Labels = d.labels()
	s.annotate(&base, s.comments.beside(s.places(at)...))
	var out []*schema.Metric
	for _, w := range d.wraps() {
		m := base
		m.Labels = slices.Clone(base.Labels)
		name := collapse(w.Prefix + d.name)
		if !s.named(&m, name, at) {
			return nil
		}
		if len(w.Labels) > 0 {
			m.ConstLabels = merged(w.Labels, m.ConstLabels)
		}
		m.Labels = append(m.Labels, w.Open...)
		if m.Unit == "" {
			m.Unit = schema.UnitOf(m.Name, m.Help, m.Buckets)
		}
		out = append(out, &m)
	}
	return out
}

// saidByCaller reports whether it is a caller that says the definition's name: without
// what callers bind, it is not known.
func (s *scan) saidByCaller(d *Definition) bool {
	if d.env.caller == nil {
		return false
	}
	for _, arg := range d.site.call.Args {
		for obj := range s.ev.free(d.site, []ast.Expr{arg}) {
			e, bound := d.env.bind[obj]
			if bound && (e.Value != nil || isString(obj.Type()) || isStruct(deref(obj.Type()))) {
				return true
			}
		}
	}
	return false
}

// places returns where comments about the definition may stand below: the call, what
// holds it, and where that is declared.
func (s *scan) places(at *site) []token.Pos {
	places := []token.Pos{at.call.Pos()}
	if at.holder.node != nil {
		places = append(places, at.holder.node.Pos())
	}
	if at.holder.obj != nil {
		places = append(places, at.holder.obj.Pos())
	}
	return places
}

// named sets the metric's name and certainty. A name with nothing fixed before what is
// not known would match anybody's metrics: it is a finding.
func (s *scan) named(m *schema.Metric, name string, at *site) bool {
	m.Name = strings.ReplaceAll(name, Hole, "*")
	if !hasHole(name) {
		return true
	}
	m.Certainty = schema.Pattern
	if fixed, _, _ := strings.Cut(name, Hole); strings.Trim(fixed, "_") != "" {
		return true
	}
	s.finding(schema.Finding{Pos: s.pos(at.call.Pos()), Check: "unresolved", Severity: schema.Warning,
		Message: "name of this metric cannot be told from the source",
		Hint:    "begin the name with a constant, or make it of constants"})
	return false
}

func (d *Definition) typ() schema.Type {
	switch {
	case d.Metric.Type != "":
		return d.Metric.Type
	case len(d.Types) == 1:
		for t := range d.Types {
			return t
		}
	}
	return schema.Untyped
}

// labels returns the variable labels with the values that were seen.
func (d *Definition) labels() []schema.Label {
	labels := slices.Clone(d.Metric.Labels)
	for i := range labels {
		set := d.vals[labels[i].Name]
		if set == nil || set.open || len(set.seen) == 0 {
			continue
		}
		for v := range set.seen {
			labels[i].Values = append(labels[i].Values, v)
		}
		slices.Sort(labels[i].Values)
	}
	slices.SortFunc(labels, func(a, b schema.Label) int { return strings.Compare(a.Name, b.Name) })
	return labels
}

// wraps returns the ways in which the definition is registered: in its own context
// where that is known, else in any.
func (d *Definition) wraps() []Wrap {
	ws := d.regs[d.env.key()]
	if len(ws) == 0 {
		for _, more := range d.regs {
			ws = append(ws, more...)
		}
	}
	if len(ws) == 0 {
		return []Wrap{{}}
	}
	slices.SortFunc(ws, func(a, b Wrap) int {
		return cmp.Or(cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(fmt.Sprint(a.Labels), fmt.Sprint(b.Labels)))
	})
	return slices.CompactFunc(ws, func(a, b Wrap) bool { return a.Prefix == b.Prefix && fmt.Sprint(a.Labels) == fmt.Sprint(b.Labels) })
}

func merged(ms ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range ms {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}
