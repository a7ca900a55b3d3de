package scanner

import (
	"go/ast"
	"go/types"
	"slices"
)

// This file tells who may call a function: those who name it, those who call a method
// of an interface that its type implements, and others, who are not known.

// callers returns the calls of fn. open reports whether there may be more: fn is used
// as a value, or implements an interface of a package that is not read.
func (ev *evaluator) callers(fn *function) (sites []*site, open bool) {
	known, ok := ev.asked[fn]
	if !ok {
		known.sites, known.open = ev.findCallers(fn)
		ev.asked[fn] = known
	}
	return known.sites, known.open
}

// A callerList is what callers told.
type callerList struct {
	sites []*site
	open  bool
}

func (ev *evaluator) findCallers(fn *function) (sites []*site, open bool) {
	if fn.called != nil {
		return []*site{fn.called}, false
	}
	if fn.obj == nil {
		return nil, true // a function literal that is handed on
	}
	sites = ev.ix.callers(fn.obj)
	open = len(ev.ix.values(fn.obj)) > 0
	method, ok := fn.obj.(*types.Func)
	if !ok || method.Signature().Recv() == nil {
		return sites, open
	}
	recv := method.Signature().Recv().Type()
	if named, ok := deref(recv).(*types.Named); ok {
		recv = types.NewPointer(named) // has the methods of both
	}
	sites = slices.Clone(sites)
	for _, im := range ev.ix.methods(method.Name()) {
		if implements(recv, im) {
			sites = append(sites, ev.ix.callers(im)...)
			open = open || len(ev.ix.values(im)) > 0
		}
	}
	for _, i := range ev.unreadInterfaces()[method.Name()] {
		open = open || types.Implements(recv, i)
	}
	return sites, open
}

// unused reports whether a value that is not known is a parameter, or a part of one,
// of a function that nobody calls.
func (ev *evaluator) unused(v Value, env *Env) bool {
	if v.Kind != Unknown || v.Why == nil {
		return false
	}
	root, _ := target(env.pkg.TypesInfo, v.Why)
	fn := ev.ix.functionAt(v.Why.Pos())
	if root == nil || fn == nil {
		return false
	}
	if _, ok := fn.params[root]; !ok {
		return false
	}
	sites, open := ev.callers(fn)
	return len(sites) == 0 && !open
}

// implements reports whether t has all methods of the interface that im is of.
func implements(t types.Type, im *types.Func) bool {
	i, ok := im.Signature().Recv().Type().Underlying().(*types.Interface)
	return ok && types.Implements(t, i)
}

// unreadInterfaces returns the exported interfaces of the packages that those read
// import, by the names of their methods.
func (ev *evaluator) unreadInterfaces() map[string][]*types.Interface {
	if ev.unread != nil {
		return ev.unread
	}
	ev.unread = map[string][]*types.Interface{}
	seen := map[*types.Package]bool{}
	for _, p := range ev.ix.pkgs {
		if p.Types == nil {
			continue
		}
		for _, imp := range p.Types.Imports() {
			if !seen[imp] && ev.ix.pkgOf[imp] == nil {
				seen[imp] = true
				ev.addInterfaces(imp.Scope())
			}
		}
	}
	return ev.unread
}

func (ev *evaluator) addInterfaces(scope *types.Scope) {
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !tn.Exported() {
			continue
		}
		if n, ok := tn.Type().(*types.Named); ok && n.TypeParams().Len() > 0 {
			continue
		}
		i, ok := tn.Type().Underlying().(*types.Interface)
		if !ok {
			continue
		}
		for m := range i.Methods() {
			ev.unread[m.Name()] = append(ev.unread[m.Name()], i)
		}
	}
}

// escapes tells the libraries what is out of sight: arguments of functions that are not
// read, fields of structs of other packages, methods that are used as values.
func (s *scan) escapes() {
	given := s.given()
	values := sortedKeys(s.ix.facts.values)
	for _, l := range Libraries() {
		if l.Shared == nil {
			continue
		}
		for _, e := range given {
			s.escape(l, e)
		}
		for _, obj := range values {
			f, ok := obj.(*types.Func)
			if !ok || l.Uses[f.FullName()] == nil {
				continue
			}
			for _, at := range s.ix.facts.values[obj] {
				if sel, ok := at.parent.(*ast.SelectorExpr); ok {
					s.escape(l, escaping{at.place, sel.X, nil})
				}
			}
		}
	}
}

// An escaping is an expression that goes out of sight as a value of type to, nil if that
// is not known.
type escaping struct {
	place
	expr ast.Expr
	to   types.Type
}

// given returns what is given to functions that are not read, and to fields and variables
// of other packages.
func (s *scan) given() []escaping {
	var given []escaping
	for _, at := range s.ix.sites {
		name, obj := s.ix.callee(at.pkg.TypesInfo, at.call)
		if s.ix.facts.funcs[obj] != nil || s.ev.pure[name] || at.pkg.TypesInfo.Types[at.call.Fun].IsType() || isBuiltin(at.pkg.TypesInfo, at.call) || isLiteral(at.call.Fun) {
			continue
		}
		for i, arg := range at.call.Args {
			given = append(given, escaping{at.place, arg, parameterType(at.pkg.TypesInfo, at.call, i)})
		}
	}
	for _, obj := range sortedKeys(s.ix.facts.writes) {
		if s.ix.reads(obj) {
			continue
		}
		for _, w := range s.ix.facts.writes[obj] {
			if w.expr != nil {
				given = append(given, escaping{w.place, w.expr, obj.Type()})
			}
		}
	}
	return given
}

// escape tells a library what goes out of sight.
func (s *scan) escape(l *Library, e escaping) {
	if t := e.pkg.TypesInfo.TypeOf(e.expr); t == nil || !l.Shared(t, e.to) {
		return
	}
	s.each(&site{place: e.place, call: &ast.CallExpr{Fun: e.expr}}, []ast.Expr{e.expr}, maxWork, func(env *Env) {
		c := &Call{scan: s, site: &site{place: e.place}, env: env}
		l.Escaped(c, s.ev.eval(e.expr, env))
	})
}
