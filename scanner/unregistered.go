package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/dashgen/dashgen/schema"
)

// This file tells what is made and never exposed: a metric that the program only records in,
// and hands to nobody who could register it, and a descriptor that nothing sends.

// A Recording says what is done with metrics that are exposed only where somebody registers
// them.
type Recording struct {
	Constructors []string // of such metrics, by full name
	Methods      []string // that record in one, by name
	Parts        []string // methods that return a part of one, by name
	Functions    []string // that record in one which they are given, by full name
}

// dropUnregistered drops what is surely exposed by nobody, and reports it. What registers
// nothing at all, as far as is seen, leaves that to others.
func (s *scan) dropUnregistered() {
	if !slices.ContainsFunc(s.defs, func(d *Definition) bool { return len(d.regs) > 0 || d.into != "" }) {
		return
	}
	sent := s.sentNames()
	k := &keeper{scan: s, recorded: map[types.Object]bool{}, told: map[*site]bool{}}
	s.defs = slices.DeleteFunc(s.defs, func(d *Definition) bool {
		switch {
		case s.neverSent(d, sent):
			return s.unregistered(d, schema.Note, "nothing sends this descriptor", "send it: ch <- prometheus.MustNewConstMetric(…), or remove it")
		case k.never(d):
			return s.unregistered(d, schema.Warning, "nothing registers it", "register it: prometheus.MustRegister(…), or make it with promauto")
		}
		return false
	})
}

const checkUnregistered = "unregistered"

// unregistered reports that a metric is not exposed, unless a comment says to ignore it.
func (s *scan) unregistered(d *Definition, severity schema.Severity, why, hint string) bool {
	at := s.said(d.site, d.env)
	groups := s.beside(d, at)
	if s.ignores(groups, checkUnregistered) {
		return false
	}
	for _, g := range groups {
		s.comments.used[g] = true
	}
	if s.prog.report[at.pkg] {
		s.finding(schema.Finding{Pos: s.pos(at.call.Pos()), Check: checkUnregistered, Severity: severity,
			Message: strings.ReplaceAll(d.name, Hole, "*") + " is never exposed: " + why, Hint: hint})
	}
	return true
}

// A keeper tells whether what a constructor makes stays with those who record in it.
type keeper struct {
	*scan
	recorded map[types.Object]bool // variables and fields that are only recorded in, as far as is known by now
	told     map[*site]bool
}

// never reports whether nobody can register what a definition makes.
func (k *keeper) never(d *Definition) bool {
	l := libraryNamed(d.library)
	itself := func(r registration) bool { return r.whole } // else a collector that has it, and may not send it
	if slices.ContainsFunc(d.regs, itself) || l == nil || !isMain(d.site.pkg) || !slices.Contains(l.Recording.Constructors, d.callee) {
		return false
	}
	told, ok := k.told[d.site]
	if !ok {
		told = k.keeps(d.site.place, d.site.call, l.Recording)
		k.told[d.site] = told
	}
	return told
}

// keeps reports whether the value of an expression is only recorded in.
func (k *keeper) keeps(at place, e ast.Expr, by Recording) bool {
	nodes := upTo(at.pkg, e)
	for i := len(nodes) - 2; i >= 0; i-- {
		switch n := nodes[i].(type) {
		case *ast.ParenExpr:
			continue
		case *ast.SelectorExpr:
			if n.Sel == nodes[i+1] { // x.e
				continue
			}
			called, ok := nodes[max(i-1, 0)].(*ast.CallExpr)
			switch called = callOf(called, n); {
			case slices.Contains(by.Methods, n.Sel.Name):
				return true
			case ok && called != nil && slices.Contains(by.Parts, n.Sel.Name):
				return k.keeps(at, called, by)
			}
			return false
		case *ast.CallExpr:
			return k.given(at, n, slices.Index(n.Args, nodes[i+1].(ast.Expr)), by)
		}
		return k.held(at, nodes[i], nodes[i+1], by)
	}
	return false
}

// callOf returns the call if it calls fun, else nil.
func callOf(call *ast.CallExpr, fun ast.Expr) *ast.CallExpr {
	if call == nil || call.Fun != fun {
		return nil
	}
	return call
}

// held reports whether what a statement, or an element, does with an expression keeps it.
func (k *keeper) held(at place, n, e ast.Node, by Recording) bool {
	info := at.pkg.TypesInfo
	switch n := n.(type) {
	case *ast.ExprStmt:
		return true
	case *ast.BinaryExpr:
		return n.Op == token.EQL || n.Op == token.NEQ
	case *ast.AssignStmt:
		x := e.(ast.Expr)
		if slices.Contains(n.Lhs, x) {
			return true // written to
		}
		i := slices.Index(n.Rhs, x)
		return i >= 0 && i < len(n.Lhs) && (isNamed(n.Lhs[i], "_") || k.records(assignedObject(info, n.Lhs[i]), by))
	case *ast.ValueSpec:
		i := slices.Index(n.Values, e.(ast.Expr))
		return i >= 0 && i < len(n.Names) && (n.Names[i].Name == "_" || k.records(info.Defs[n.Names[i]], by))
	case *ast.KeyValueExpr:
		key := asIdent(n.Key)
		if key == nil {
			return false
		}
		v, ok := info.Uses[key].(*types.Var)
		return ok && v.IsField() && (n.Key == e || k.records(v, by))
	case *ast.ReturnStmt:
		return len(n.Results) == 1 && k.returned(at, e.Pos(), by)
	}
	return false
}

// given reports whether what a function is given as argument i is only recorded in.
func (k *keeper) given(at place, call *ast.CallExpr, i int, by Recording) bool {
	name, obj := callee(at.pkg.TypesInfo, call)
	if i < 0 || slices.Contains(by.Functions, name) {
		return i >= 0
	}
	fn := k.ix.function(obj)
	if fn == nil || !isDeclared(obj) || isInterfaceMethod(obj) || fn.body == nil || variadic(fn, i) {
		return false
	}
	for _, p := range fn.named {
		if fn.params[p] == i {
			return k.records(p, by)
		}
	}
	return true // has no name there
}

// returned reports whether all who call the function around a place only record in what it
// returns.
func (k *keeper) returned(at place, pos token.Pos, by Recording) bool {
	fn := k.ix.functionAt(pos)
	if fn == nil || !isDeclared(fn.obj) || !k.closed(fn.obj) {
		return false
	}
	sites, open := k.ev.callers(fn)
	return !open && !slices.ContainsFunc(sites, func(s *site) bool { return !k.keeps(s.place, s.call, by) })
}

// records reports whether what a variable or field holds is only recorded in.
func (k *keeper) records(obj types.Object, by Recording) bool {
	obj = origin(obj)
	v, ok := obj.(*types.Var)
	if !ok || v.Embedded() || !k.ix.instruments(v.Type()) || !k.closed(v) {
		return false
	}
	if told, ok := k.recorded[v]; ok {
		return told
	}
	k.recorded[v] = true // while it is being told
	all := k.ix.mentions(v)
	unused := v.IsField() && !slices.ContainsFunc(all, func(m naming) bool { return !isKey(m) }) // by name: whoever has the struct may use it otherwise
	k.recorded[v] = !unused && !slices.ContainsFunc(all, func(m naming) bool { return !k.keeps(m.place, m.id, by) })
	return k.recorded[v]
}

// isKey reports whether a field is named as the key of an element of a literal.
func isKey(m naming) bool {
	nodes := upTo(m.pkg, m.id)
	if len(nodes) < 2 {
		return false
	}
	kv, ok := nodes[len(nodes)-2].(*ast.KeyValueExpr)
	return ok && kv.Key == m.id
}

// elsewhere drops what was said of metrics that are exposed on another platform.
func elsewhere(res *Result) {
	exposed := map[schema.Pos]map[string]bool{}
	for _, m := range res.Metrics {
		if exposed[m.Pos] == nil {
			exposed[m.Pos] = map[string]bool{}
		}
		exposed[m.Pos][m.Name] = true
	}
	res.Findings = slices.DeleteFunc(res.Findings, func(f schema.Finding) bool {
		name, _, _ := strings.Cut(f.Message, " ")
		return f.Check == checkUnregistered && exposed[f.Pos][name]
	})
}

// closed reports whether all that may name an object is read: it is of one package alone, or
// the packages are those of programs.
func (k *keeper) closed(obj types.Object) bool {
	p := k.ix.pkgOf[obj.Pkg()]
	if p == nil || len(p.Errors) > 0 {
		return false
	}
	v, isVar := obj.(*types.Var)
	if isVar && v.IsField() && v.Exported() && (k.ix.isDecoded(v) || k.ix.isBoxed(v)) {
		return false // whoever has the struct may read it by reflection
	}
	if isVar && isLocal(v) || !obj.Exported() {
		return true
	}
	return k.seesAll(p)
}

// seesAll reports whether all that may name what a package exports is read: it is of the main
// module, and so are the programs that are asked for.
func (s *scan) seesAll(p *packages.Package) bool {
	for _, library := range s.prog.whole {
		if library {
			return false
		}
	}
	broken := func(p *packages.Package) bool { return len(p.Errors) > 0 }
	return len(s.prog.whole) > 0 && isMain(p) && !slices.ContainsFunc(s.ix.pkgs, broken)
}

func isMain(p *packages.Package) bool { return p.Module != nil && p.Module.Main }

// sentNames returns the names of the descriptors that the program may send, as patterns.
func (s *scan) sentNames() []string {
	names := map[string]bool{}
	for _, d := range s.defs {
		if d.descriptor && (d.maySend || len(d.Types)+len(d.MayTypes) > 0) {
			names[strings.ReplaceAll(d.name, Hole, "*")] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// neverSent reports whether a definition is a descriptor that the program surely does not
// send, nor another of its name: Describe often makes its own.
func (s *scan) neverSent(d *Definition, sent []string) bool {
	if !d.descriptor || d.maySend || len(d.Types)+len(d.MayTypes) > 0 || !s.seesAll(d.site.pkg) || s.ownMetrics() {
		return false
	}
	return !slices.ContainsFunc(sent, func(name string) bool {
		is, err := path.Match(name, strings.ReplaceAll(d.name, Hole, "*"))
		return is || err != nil
	})
}

// ownMetrics reports whether the program has a type of metrics of its own, which have the
// descriptors that they are made with.
func (s *scan) ownMetrics() bool {
	return slices.ContainsFunc(s.ix.all, func(fn *function) bool {
		f, ok := fn.obj.(*types.Func)
		return ok && f.Name() == "Desc" && f.Signature().Recv() != nil
	})
}
