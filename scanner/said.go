package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// This file tells where the names that a call defines are said: where it stands, or
// where it is called.

// probe tells whether a call says the names that it defines, or its callers do: without
// them, is there more to a name than its unit?
func (s *scan) probe(at *site, name string, found []decoder) {
	s.ev.steps = maxSteps
	s.probed = nil
	if !s.prog.report[at.pkg] { // what a dependency keeps in fields, its callers said
		s.ev.deciding++
		defer func() { s.ev.deciding-- }()
	}
	for _, d := range found {
		d.decode(&Call{scan: s, site: at, env: &Env{pkg: at.pkg}, Name: name, library: d.library, probe: true})
	}
	s.own[at] = slices.ContainsFunc(s.probed, ownName)
	s.saysAll[at] = len(s.probed) > 0 && !slices.ContainsFunc(s.probed, hasHole) && !slices.ContainsFunc(found, func(d decoder) bool { return !d.named })
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
		free := s.ev.free(at.place, need, false)
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

// beside returns the comments about the definition whose name at says.
func (s *scan) beside(d *Definition, at *site) []*ast.CommentGroup {
	places := s.places(at)
	if at != d.site {
		places = append(places, s.places(d.site)...)
	}
	return s.comments.beside(places...)
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
