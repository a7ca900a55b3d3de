package scanner

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

// This file hands calls to the libraries, in every context.

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
