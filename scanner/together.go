package scanner

import (
	"go/ast"
	"go/types"
	"slices"
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
	var alts []Value
	for _, env := range ev.apartAll(call, env) {
		alts = append(alts, f(env))
	}
	return choice(alts)
}

// apartAll returns the contexts that tell apart which of several structs a selection of the
// call is of.
func (ev *evaluator) apartAll(call *ast.CallExpr, env *Env) []*Env {
	envs := []*Env{env}
	for _, s := range ev.selections(call, env.pkg.TypesInfo) {
		if len(envs) > 1 {
			break // two at a time would be combined as no run may combine them
		}
		envs = ev.apart(call, s, env)
	}
	return envs
}

// apart returns env once for each struct that a selection may be of, with the selected
// fields bound to what they hold in it.
func (ev *evaluator) apart(call *ast.CallExpr, s selection, env *Env) []*Env {
	of := ev.eval(s.of, env)
	if of.Type == nil {
		of.Type = env.pkg.TypesInfo.TypeOf(s.of)
	}
	f := &rowFinder{ev: ev, at: s.first, env: env}
	rows, ok := f.rows(of, s.fields)
	if !ok || len(rows) < 2 {
		return []*Env{env}
	}
	var envs []*Env
	for _, row := range rows {
		at := env
		for i, field := range s.fields {
			at = at.with(field, Elem{Value: &row[i]}, call)
		}
		envs = append(envs, at)
	}
	return envs
}

// A rowFinder tells what fields hold together.
type rowFinder struct {
	ev  *evaluator
	at  *ast.SelectorExpr // that selects one of them, in env
	env *Env
	in  []types.Type // whose structs are being told: one that is a copy of another would have no end

	copies int // of which the struct that is being told is one
}

// maxCopies is how many times what a struct holds is followed to one that it was copied from.
const maxCopies = 4

// rows returns what the fields hold in each struct that x may be, and ok where that is
// told of all of them: where x is unknown, it is one of those that the program makes.
func (f *rowFinder) rows(x Value, fields []*types.Var) (rows [][]Value, ok bool) {
	ok = true
	x.each(func(v Value) {
		unset := x.Kind == Choice && v.Kind == Struct && v.lit == nil && len(v.Fields) == 0 // names nothing beside those that are
		if !ok || v.Kind == Nil || unset {
			return
		}
		var more [][]Value
		if v.Kind == Unknown {
			more, ok = f.made(x.Type, fields)
		} else {
			more, ok = f.rowsOf(v, fields)
		}
		for _, row := range more {
			if !slices.ContainsFunc(rows, func(r []Value) bool { return slices.EqualFunc(r, row, Value.same) }) {
				rows = append(rows, row)
			}
		}
		ok = ok && len(rows) <= maxAlternatives
	})
	return rows, ok
}

// made returns what the fields hold in each struct of type t that the program makes.
func (f *rowFinder) made(t types.Type, fields []*types.Var) (rows [][]Value, ok bool) {
	t = deref(orInvalid(t))
	objs, ok := f.ev.objects(t, false)
	if !ok || len(objs) > maxAlternatives || slices.ContainsFunc(f.in, func(in types.Type) bool { return types.Identical(in, t) }) {
		return nil, false
	}
	f.in = append(f.in, t)
	defer func() { f.in = f.in[:len(f.in)-1] }()
	for _, o := range objs {
		more, told := f.rows(f.ev.elem(o), fields)
		if rows = append(rows, more...); !told || len(rows) > maxAlternatives {
			return nil, false
		}
	}
	return rows, true
}

// rowsOf returns what the fields hold in the struct v.
func (f *rowFinder) rowsOf(v Value, fields []*types.Var) (rows [][]Value, ok bool) {
	if v.Kind != Struct {
		return nil, false
	}
	if from, same, ok := f.ev.copiedFrom(v, fields); ok && f.copies < maxCopies {
		f.copies++
		rows, ok := f.rows(from, same)
		if f.copies--; ok {
			return rows, true
		}
	}
	var row []Value
	for _, field := range fields {
		row = append(row, f.ev.fieldValue(v, field, f.at, f.env))
	}
	return [][]Value{row}, true
}

// copiedFrom returns the struct of which v holds the fields, as same: one that it embeds, or
// that the literal which makes v takes each of them from.
func (ev *evaluator) copiedFrom(v Value, fields []*types.Var) (from Value, same []*types.Var, ok bool) {
	var of ast.Expr
	var env *Env
	for _, field := range fields {
		path := fieldPath(v.Type, field)
		if path == nil {
			return Value{}, nil, false
		}
		e := v.Fields[path[0].Name()]
		if e.Expr == nil {
			return Value{}, nil, false
		}
		x := e.Expr
		if len(path) == 1 {
			sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
			if !ok || fieldOf(e.Env.pkg.TypesInfo, sel) == nil {
				return Value{}, nil, false
			}
			x, field = sel.X, fieldOf(e.Env.pkg.TypesInfo, sel)
		}
		if of != nil && types.ExprString(of) != types.ExprString(x) {
			return Value{}, nil, false
		}
		of, env, same = x, e.Env, append(same, field)
	}
	if from = ev.eval(of, env); from.Type == nil {
		from.Type = env.pkg.TypesInfo.TypeOf(of)
	}
	return from, same, true
}
