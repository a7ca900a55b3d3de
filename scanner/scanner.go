package scanner

import (
	"cmp"
	"context"
	"fmt"
	"go/ast"
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
	s := &scan{ix: ix, ev: newEvaluator(ix), dir: dir, byCall: map[token.Pos][]*Definition{}, defines: map[string]bool{}, own: map[*site]bool{}, called: map[string]bool{}, comments: newComments(ix)}
	defines, uses := map[string]func(*Call){}, map[string]func(*Call){}
	for _, l := range Libraries() {
		maps.Copy(defines, l.Defines)
		maps.Copy(uses, l.Uses)
	}
	s.know(defines)
	s.run(defines, true)
	s.run(uses, false)
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
	own        map[*site]bool              // the names that a call defines are said where it stands
	called     map[string]bool             // the functions that were called as values
	namesKnown bool                        // some of defines are used as values
	probed     []string                    // what a probe would define
	comments   *comments
	findings   []schema.Finding
}

// know notes which functions define metrics, and whether one is used as a value.
func (s *scan) know(defines map[string]func(*Call)) {
	for name := range defines {
		s.defines[name] = true
	}
	for obj := range s.ix.values {
		if f, ok := obj.(*types.Func); ok && s.defines[f.FullName()] {
			s.namesKnown = true
		}
	}
}

func (s *scan) finding(f schema.Finding) { s.findings = append(s.findings, f) }

func (s *scan) pos(p token.Pos) schema.Pos {
	at := s.ix.fset.Position(p)
	return schema.Pos{File: relative(at.Filename, s.dir), Line: at.Line, Col: at.Column}
}

// run decodes every call that a library has an entry for, in every context.
func (s *scan) run(decoders map[string]func(*Call), defining bool) {
	for _, at := range s.ix.sites {
		name, obj := callee(at.pkg.TypesInfo, at.call)
		if obj == nil || !isDeclared(obj) {
			s.indirect(at, decoders)
			continue
		}
		decode := decoders[name]
		if decode == nil && isInterfaceMethod(obj) {
			decode = decoders["."+obj.Name()]
		}
		if decode == nil {
			continue
		}
		s.each(at, need(at), defining, func(env *Env) { decode(&Call{scan: s, site: at, env: env, Name: name}) })
		if defining {
			s.probe(at, name, decode)
		}
	}
}

func isInterfaceMethod(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.Signature().Recv() != nil && types.IsInterface(f.Signature().Recv().Type())
}

// need returns the expressions that a call's meaning depends on.
func need(at *site) []ast.Expr {
	need := slices.Clone(at.call.Args)
	if sel, ok := ast.Unparen(at.call.Fun).(*ast.SelectorExpr); ok {
		need = append(need, sel.X)
	}
	return need
}

// each calls f in every context in which a site is reached. Where there are too many,
// one that defines metrics is read in the first of them.
func (s *scan) each(at *site, need []ast.Expr, defining bool, f func(*Env)) {
	s.ev.steps = maxSteps
	var envs []*Env
	if defining {
		var cut bool
		if envs, cut = s.ev.contexts(at.place, need, maxDefining); cut {
			s.finding(schema.Finding{Pos: s.pos(at.pos), Check: "unresolved", Severity: schema.Warning,
				Message: fmt.Sprintf("this call is reached in more than %d ways, of which the first are read", maxDefining)})
		}
	} else {
		envs = s.ev.known(at.place, need, maxContexts)
	}
	for _, env := range envs {
		s.ev.steps = maxSteps
		if s.ev.reached(at.fn, at.pos, env) {
			f(env)
		}
	}
}

// indirect decodes the call of a value that is a library's function.
func (s *scan) indirect(at *site, decoders map[string]func(*Call)) {
	if !s.namesKnown {
		return
	}
	s.each(at, append(need(at), at.call.Fun), true, func(env *Env) {
		s.ev.eval(at.call.Fun, env).each(func(f Value) {
			if decode := decoders[f.Callee]; decode != nil && f.Kind == Func && f.Recv == nil {
				decode(&Call{scan: s, site: at, env: env, Name: f.Callee})
				s.called[f.Callee] = true
			}
		})
	})
}

// probe tells whether a call says the names that it defines, or its callers do: without
// them, is there more to a name than its unit?
func (s *scan) probe(at *site, name string, decode func(*Call)) {
	s.ev.steps = maxSteps
	s.probed = nil
	decode(&Call{scan: s, site: at, env: &Env{pkg: at.pkg}, Name: name, probe: true})
	s.own[at] = slices.ContainsFunc(s.probed, ownName)
}

// ownName reports whether a symbolic name ends in more than what its parts are made
// into a name with.
func ownName(name string) bool {
	last := name[strings.LastIndex(name, Hole)+1:]
	for _, word := range strings.Split(last, "_") {
		if word != "" && !slices.Contains(unitWords, word) {
			return true
		}
	}
	return false
}

// unitWords are what helpers append to a name.
var unitWords = []string{"total", "seconds", "bytes", "ratio", "info", "count", "sum", "milliseconds", "microseconds", "nanoseconds", "timestamp"}

// said returns the call that says the names that at defines in env: itself, or one of
// the callers that led to it.
func (s *scan) said(at *site, env *Env) *site {
	need := at.call.Args
	if s.own[at] {
		return at
	}
	for {
		caller, from := env.caller()
		if caller == nil {
			return at
		}
		var args []ast.Expr
		free := s.ev.free(at.place, need)
		for p, i := range env.scope.fn.params {
			if free[p] && i != receiver && saysNames(p.Type()) {
				if arg := argument(caller, env.scope.fn, i); arg != nil {
					args = append(args, arg)
				}
			}
		}
		if len(args) == 0 {
			return at
		}
		at, env, need = caller, from, args
		if slices.ContainsFunc(args, func(e ast.Expr) bool { return saysText(at.pkg.TypesInfo, e) }) {
			return at
		}
	}
}

// saysText reports whether an expression holds a string constant.
func saysText(info *types.Info, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok {
			tv := info.Types[x]
			found = found || tv.Value != nil && isString(tv.Type) && ownName(fromConstant(tv.Value, nil).Str)
		}
		return !found
	})
	return found
}

// escapes tells the libraries what is out of sight: arguments of functions that are not
// read, fields of structs of other packages, methods that are used as values.
func (s *scan) escapes(l *Library) {
	if l.Shared == nil {
		return
	}
	for _, at := range s.ix.sites {
		name, obj := callee(at.pkg.TypesInfo, at.call)
		if s.ix.funcs[obj] != nil || s.ev.pure[name] || at.pkg.TypesInfo.Types[at.call.Fun].IsType() || isBuiltin(at.pkg.TypesInfo, at.call) || isLiteral(at.call.Fun) {
			continue
		}
		for i, arg := range at.call.Args {
			s.escape(l, at.place, arg, parameterType(at, i))
		}
	}
	for _, obj := range sortedKeys(s.ix.writes) {
		if s.ix.reads(obj) {
			continue
		}
		for _, w := range s.ix.writes[obj] {
			if w.expr != nil {
				s.escape(l, w.place, w.expr, obj.Type())
			}
		}
	}
	for _, obj := range sortedKeys(s.ix.values) {
		f, ok := obj.(*types.Func)
		if !ok || l.Uses[f.FullName()] == nil {
			continue
		}
		for _, at := range s.ix.values[obj] {
			if sel, ok := at.parent.(*ast.SelectorExpr); ok {
				s.escape(l, at.place, sel.X, nil)
			}
		}
	}
}

func isLiteral(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.FuncLit)
	return ok
}

// escape tells a library that what e is goes out of sight as a value of type to.
func (s *scan) escape(l *Library, p place, e ast.Expr, to types.Type) {
	if t := p.pkg.TypesInfo.TypeOf(e); t == nil || !l.Shared(t, to) {
		return
	}
	s.each(&site{place: p, call: &ast.CallExpr{Fun: e}}, []ast.Expr{e}, false, func(env *Env) {
		c := &Call{scan: s, site: &site{place: p}, env: env}
		l.Escaped(c, s.ev.eval(e, env))
	})
}

// parameterType returns the type of what argument i of a call is given to, or nil.
func parameterType(at *site, i int) types.Type {
	sig, ok := orInvalid(at.pkg.TypesInfo.TypeOf(at.call.Fun)).Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		t := sig.Params().At(n - 1).Type()
		if slice, ok := t.Underlying().(*types.Slice); ok && !at.call.Ellipsis.IsValid() {
			return slice.Elem()
		}
		return t
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return nil
}

// namedValues reports the functions that define metrics and are used as values that
// nothing read calls.
func (s *scan) namedValues() {
	for _, obj := range sortedKeys(s.ix.values) {
		f, ok := obj.(*types.Func)
		if !ok || !s.defines[f.FullName()] || s.called[f.FullName()] {
			continue
		}
		for _, at := range s.ix.values[obj] {
			s.finding(schema.Finding{Pos: s.pos(at.pos), Check: "unresolved", Severity: schema.Warning,
				Message: fmt.Sprintf("%s.%s is used as a value here, and what it defines cannot be told", f.Pkg().Name(), f.Name()),
				Hint:    "call it where the metric is defined"})
		}
	}
}

// sortedKeys returns objects in the order of their positions and names.
func sortedKeys[V any](m map[types.Object]V) []types.Object {
	return slices.SortedFunc(maps.Keys(m), func(a, b types.Object) int {
		return cmp.Or(cmp.Compare(a.Pos(), b.Pos()), cmp.Compare(a.Id(), b.Id()), cmp.Compare(a.String(), b.String()))
	})
}

func hasHole(s string) bool { return strings.Contains(s, Hole) }

// metrics returns the families that a definition stands for: one for each way in which
// it is registered.
func (s *scan) metrics(d *Definition) []*schema.Metric {
	at := s.said(d.site, d.env)
	base := *d.Metric
	base.Package, base.Symbol = at.pkg.PkgPath, at.holder.symbol
	base.Pos = s.pos(at.call.Pos())
	base.Type = d.typ()
	base.Labels = d.labels()
	places := s.places(at)
	if at != d.site {
		places = append(places, s.places(d.site)...)
	}
	s.annotate(&base, s.comments.beside(places...))
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
			m.Unit = schema.UnitOf(&m)
		}
		out = append(out, &m)
	}
	return out
}

// saysNames reports whether a value of that type may say names: strings, lists of them,
// options.
func saysNames(t types.Type) bool {
	switch u := deref(t).Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		return saysNames(u.Elem())
	case *types.Map:
		return saysNames(u.Elem())
	case *types.Struct:
		return true
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
	case len(d.Types) == 0:
		return only(d.MayTypes)
	}
	return only(d.Types)
}

// only returns the one type in a set, or that it has none.
func only(types map[schema.Type]bool) schema.Type {
	if len(types) == 1 {
		for t := range types {
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
	var ws []Wrap
	for _, r := range d.regs {
		if r.env.compatible(d.env) {
			ws = append(ws, r.wraps...)
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
