package scanner

import (
	"go/ast"
	"go/types"
)

// This file keeps what the fields of one struct hold together where a call is given several
// of them: fmt.Sprintf("%s/%d", c.Name, c.Version).

// A selection is the fields that a call is given of one struct.
type selection struct {
	of     ast.Expr
	fields []*types.Var
	first  *ast.SelectorExpr
}

// selections returns the structs of which a call is given two fields or more, each by a
// variable or a field that holds it.
func (ev *evaluator) selections(call *ast.CallExpr, info *types.Info) []selection {
	known, ok := ev.selected[call]
	if ok {
		return known
	}
	var all, several []selection
	for _, arg := range call.Args {
		sel, ok := ast.Unparen(arg).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		field := fieldOf(info, sel)
		if root, _ := target(info, sel.X); field == nil || root == nil {
			continue
		}
		all = selectAlso(all, sel, field)
	}
	for _, s := range all {
		if len(s.fields) > 1 {
			several = append(several, s)
		}
	}
	ev.selected[call] = several
	return several
}

func selectAlso(all []selection, sel *ast.SelectorExpr, field *types.Var) []selection {
	for i, s := range all {
		if types.ExprString(s.of) == types.ExprString(sel.X) {
			all[i].fields = append(s.fields, field)
			return all
		}
	}
	return append(all, selection{sel.X, []*types.Var{field}, sel})
}

// together calls f in the contexts that tell apart which of several structs each selection
// of the call is of.
func (ev *evaluator) together(call *ast.CallExpr, env *Env, f func(*Env) Value) Value {
	envs := []*Env{env}
	for _, s := range ev.selections(call, env.pkg.TypesInfo) {
		if len(envs) > 1 {
			break // two at a time would be combined as no run may combine them
		}
		envs = ev.apart(call, s, env)
	}
	var alts []Value
	for _, env := range envs {
		alts = append(alts, f(env))
	}
	return choice(alts)
}

// apart returns env once for each struct that a selection may be of, with the selected
// fields bound to what they hold in it.
func (ev *evaluator) apart(call *ast.CallExpr, s selection, env *Env) []*Env {
	of := ev.eval(s.of, env)
	if of.Kind != Choice || len(of.Alts) > maxAlternatives {
		return []*Env{env}
	}
	var envs []*Env
	for _, v := range of.Alts {
		if v.Kind != Struct {
			return []*Env{env}
		}
		at := env
		for _, field := range s.fields {
			part := ev.fieldValue(v, field, s.first, env)
			at = at.with(field, Elem{Value: &part}, call)
		}
		envs = append(envs, at)
	}
	return envs
}
