package scanner

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

// This file hands calls to the libraries, in every context.

// Decoders are what libraries make of a call, by its callee.
type decoders map[string][]decoder

type decoder struct {
	library string
	named   bool // as Library.Named says
	sends   bool // in Library.Sends
	decode  func(*Call)
}

func (ds decoders) add(l *Library, calls map[string]func(*Call)) {
	for name, decode := range calls {
		ds[name] = append(ds[name], decoder{l.Name, l.Named != nil && l.Named(name), slices.Contains(l.Sends, name), decode})
	}
}

// of returns the decoders of a callee: of its name, or of any interface's method that is
// called so.
func (ds decoders) of(name string, obj types.Object) []decoder {
	if found := ds[name]; found != nil || !isInterfaceMethod(obj) {
		return found
	}
	return ds["."+obj.Name()]
}

// call decodes a call in one context.
func (ds decoders) call(s *scan, found []decoder, at *site, env *Env, name string) {
	for _, d := range found {
		s.decoding = &Call{scan: s, site: at, env: env, Name: name, library: d.library}
		d.decode(s.decoding)
		s.decoding = nil
	}
}

// know notes which functions define metrics, and whether one is used as a value.
func (s *scan) know(defines decoders) {
	for name := range defines {
		s.defines[name] = true
	}
	for obj := range s.ix.facts.values {
		if f, ok := obj.(*types.Func); ok && s.defines[f.FullName()] {
			s.asValues = append(s.asValues, f.Signature())
		}
	}
}

// run decodes every call that a library has an entry for, in every context.
func (s *scan) run(sites []*site, ds decoders, defining bool) {
	for _, at := range sites {
		name, obj := s.ix.callee(at.pkg.TypesInfo, at.call)
		if obj == nil || !isDeclared(obj) {
			s.indirect(at, ds)
			continue
		}
		found := ds.of(name, obj)
		if found == nil || defining && s.internal(at) {
			continue
		}
		if defining {
			s.probe(at, name, found)
		}
		s.each(at, need(at, defining), workFor(found, defining), func(env *Env) { ds.call(s, found, at, env, name) })
	}
}

// internal reports whether a call that defines is how a library, or what the user says
// to be a constructor, does what its own functions and types are known to do.
func (s *scan) internal(at *site) bool {
	if s.inner[at.pkg.PkgPath] || s.readsDescribed(at.pkg.TypesInfo, at.call.Args...) {
		return true
	}
	for fn := at.fn; fn != nil; fn = fn.outer {
		if f, ok := fn.obj.(*types.Func); ok && s.defines[f.FullName()] {
			return true
		}
	}
	return false
}

// need returns the expressions that a call's meaning depends on. What a call that defines
// nothing measures, and for whom, is none of it.
func need(at *site, defining bool) []ast.Expr {
	need := slices.DeleteFunc(slices.Clone(at.call.Args), func(e ast.Expr) bool { return !defining && isMeasured(at.pkg.TypesInfo.TypeOf(e)) })
	if sel, ok := ast.Unparen(at.call.Fun).(*ast.SelectorExpr); ok {
		need = append(need, sel.X)
	}
	return need
}

// isMeasured reports whether t is that of a plain number, or context.Context.
func isMeasured(t types.Type) bool {
	if b, ok := types.Unalias(orInvalid(t)).(*types.Basic); ok {
		return b.Info()&types.IsNumeric != 0
	}
	n, ok := types.Unalias(orInvalid(t)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context" && n.Obj().Name() == "Context"
}

// maxWork bounds the work for all contexts of a call that says more about metrics which
// others define. What holds where nothing is bound holds for the contexts that are left.
const maxWork = 3 * maxSteps

// maxSending is maxWork for calls without which the type of a metric is not known.
const maxSending = 20 * maxSteps

// workFor returns the bound of work for a call that is decoded so, or zero for none.
func workFor(found []decoder, defining bool) int {
	switch {
	case defining:
		return 0
	case slices.ContainsFunc(found, func(d decoder) bool { return d.sends }):
		return maxSending
	}
	return maxWork
}

// each calls f in every context in which a site is reached. Where there are too many,
// one that defines metrics is read in the first of them. Any other, which is given a bound of
// work, is read in as many as that allows.
func (s *scan) each(at *site, need []ast.Expr, work int, f func(*Env)) {
	defining := work == 0
	s.ev.steps = maxSteps
	var envs []*Env
	if defining {
		limit := maxDefining
		if s.saysAll[at] {
			limit = maxContexts
		}
		var cut bool
		if envs, cut = s.ev.contexts(at.place, need, limit, true); cut && s.saysAll[at] {
			envs, cut = s.ev.contexts(at.place, nil, maxDefining, true)
		}
		if cut {
			s.unnameable(schema.Finding{Pos: s.pos(at.pos), Check: "unresolved", Severity: schema.Warning,
				Message: fmt.Sprintf("this call is reached in more than %d ways, of which the first are read", maxDefining),
				Hint:    "take what its arguments do not depend on out of the branches and loops around it and its callers"})
		}
	} else {
		envs = s.ev.known(at.place, need, maxDefining)
		if len(envs) == 0 && work == maxSending { // it is for what nothing is known to be in
			envs = []*Env{{pkg: at.pkg}}
		}
	}
	before := s.ev.work
	for _, env := range envs {
		if !defining && s.ev.work-before > work {
			f(&Env{pkg: at.pkg})
			return
		}
		s.ev.steps = maxSteps
		if s.ev.reached(at.fn, at.pos, env) {
			f(env)
		}
	}
}

// indirect decodes the call of a value that is a library's function.
func (s *scan) indirect(at *site, ds decoders) {
	of := at.pkg.TypesInfo.TypeOf(at.call.Fun)
	if of == nil || !slices.ContainsFunc(s.asValues, func(sig *types.Signature) bool { return types.Identical(sig, of.Underlying()) }) {
		return
	}
	s.each(at, append(need(at, true), at.call.Fun), 0, func(env *Env) {
		s.ev.eval(at.call.Fun, env).each(func(f Value) {
			if found := ds[f.Callee]; found != nil && f.Kind == Func && f.Recv == nil {
				ds.call(s, found, at, env, f.Callee)
				s.called[f.Callee] = true
			}
		})
	})
}

// namedValues reports the functions that define metrics and are used as values that
// nothing read calls.
func (s *scan) namedValues() {
	for _, obj := range sortedKeys(s.ix.facts.values) {
		f, ok := obj.(*types.Func)
		if !ok || !s.defines[f.FullName()] || s.called[f.FullName()] {
			continue
		}
		for _, at := range s.ix.facts.values[obj] {
			s.unnameable(schema.Finding{Pos: s.pos(at.pos), Check: "unresolved", Severity: schema.Warning,
				Message: fmt.Sprintf("%s.%s is used as a value here, and what it defines cannot be told", f.Pkg().Name(), f.Name()),
				Hint:    "call it where the metric is defined"})
		}
	}
}
