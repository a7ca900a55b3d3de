package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// This file evaluates strings.Builder and bytes.Buffer in local variables: strings, of
// the builder's type, that calls make longer ([flow]).

// isBuilder reports whether t is one of the types that build strings, or points to one.
func isBuilder(t types.Type) bool {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	name := qualifiedType(n)
	return name == "strings.Builder" || name == "bytes.Buffer"
}

func qualifiedType(n *types.Named) string { return n.Obj().Pkg().Path() + "." + n.Obj().Name() }

// fresh returns the zero value of a type, as a variable of it has it: an empty string where
// that builds one.
func fresh(t types.Type) Value {
	if isBuilder(t) && isStruct(t) {
		return Value{Kind: String, Type: t}
	}
	return zero(t)
}

// newBuffer evaluates bytes.NewBufferString.
func newBuffer(args []Value) Value {
	if len(args) != 1 {
		return Value{}
	}
	return args[0]
}

// A writer returns what a call adds to a builder.
type writer func(ev *evaluator, args []Value) Value

// builderWriters returns the methods and functions that add to a builder, by full name: those
// that are no method have it for their first argument.
func builderWriters() map[string]writer {
	return map[string]writer{
		"(*strings.Builder).WriteString": func(_ *evaluator, args []Value) Value { return args[0] },
		"(*strings.Builder).WriteByte":   func(_ *evaluator, args []Value) Value { return character(args[0]) },
		"(*strings.Builder).WriteRune":   func(_ *evaluator, args []Value) Value { return character(args[0]) },
		"(*strings.Builder).Write":       func(_ *evaluator, args []Value) Value { return args[0] },
		"(*bytes.Buffer).WriteString":    func(_ *evaluator, args []Value) Value { return args[0] },
		"(*bytes.Buffer).WriteByte":      func(_ *evaluator, args []Value) Value { return character(args[0]) },
		"(*bytes.Buffer).WriteRune":      func(_ *evaluator, args []Value) Value { return character(args[0]) },
		"(*bytes.Buffer).Write":          func(_ *evaluator, args []Value) Value { return args[0] },
		"io.WriteString":                 func(_ *evaluator, args []Value) Value { return args[1] },
		"fmt.Fprintf":                    func(ev *evaluator, args []Value) Value { return ev.sprintf(args[1:]) },
		"fmt.Fprint":                     func(ev *evaluator, args []Value) Value { return ev.sprint(args[1:]) },
		"fmt.Fprintln":                   func(ev *evaluator, args []Value) Value { return ev.sprintln(args[1:]) },
	}
}

// builderReads are the methods that leave a builder as it is.
var builderReads = map[string]bool{
	"(*strings.Builder).String": true, "(*strings.Builder).Len": true, "(*strings.Builder).Grow": true, "(*strings.Builder).Cap": true,
	"(*bytes.Buffer).String": true, "(*bytes.Buffer).Len": true, "(*bytes.Buffer).Grow": true, "(*bytes.Buffer).Cap": true,
}

func character(v Value) Value {
	if v.Kind != Number {
		return Value{Why: v.Why}
	}
	return v.written(string(rune(v.Num)))
}

// builds applies to the builder of a flow what a call of a function that is not read does
// to it. ok is false where the call is read, or of a method of something else.
func (f *flow) builds(call *ast.CallExpr, i int, name string, in state) (out state, ok bool) {
	write := f.ev.writers[name]
	switch {
	case builderReads[name]:
		return in, true
	case write != nil && i <= 0 && len(call.Args) > max(0, i):
	case strings.HasSuffix(name, ").Reset"):
	case i >= 0 && !types.IsInterface(orInvalid(parameterType(f.env.pkg.TypesInfo, call, i))):
		return nil, false
	default:
		return state{{}}, true
	}
	for _, old := range in {
		next := Value{Kind: String}
		if write != nil {
			args := f.ev.args(call, f.holding(old, call))
			next = mapStrings([]Value{old, write(f.ev, args)}, func(s []string) string { return s[0] + s[1] })
		}
		next.each(func(v Value) {
			v.Type = f.v.Type()
			out = append(out, v)
		})
	}
	return alternatives(choice(out)), true
}

// built evaluates what a method tells of a builder that a local variable holds.
func (ev *evaluator) built(call *ast.CallExpr, name string, env *Env) (told Value, ok bool) {
	if !builderReads[name] {
		return Value{}, false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !ev.followed(sel.X, env, 0) {
		return Value{Why: call}, true
	}
	v := ev.eval(sel.X, env)
	if sel.Sel.Name == "Len" {
		return ev.length(v), true
	}
	var alts []Value
	v.each(func(v Value) {
		if v.Kind != String {
			v = Value{Why: v.Why}
		}
		v.Type = nil
		alts = append(alts, v)
	})
	return choice(alts), sel.Sel.Name == "String"
}

// followed reports whether all that is done to the builder that e names can be seen: it is
// a local variable that is called and handed to calls, or a parameter given such a one.
func (ev *evaluator) followed(e ast.Expr, env *Env, depth int) bool {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	v := local(env.pkg.TypesInfo, e)
	if v == nil || depth > maxActive {
		return false
	}
	fn := ev.ix.functionAt(e.Pos())
	if fn == nil || fn.body == nil || !fn.contains(v.Pos()) || !seenThrough(env.pkg.TypesInfo, v, fn.body) {
		return false
	}
	if _, param := fn.params[v]; !param {
		return true
	}
	given, bound, _ := env.lookup(v, e.Pos())
	return bound && given.Expr != nil && given.Env != nil && ev.followed(given.Expr, given.Env, depth+1)
}

// seenThrough reports whether a variable is only declared, made anew, called, and handed to
// calls, none of them later or at the same time.
func seenThrough(info *types.Info, v *types.Var, body ast.Node) bool {
	var stack []ast.Node
	seen := true
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if id, ok := n.(*ast.Ident); ok && info.ObjectOf(id) == v {
			seen = seen && plainUse(info, id, stack)
		}
		stack = append(stack, n)
		return true
	})
	return seen
}

// plainUse reports whether an identifier, in the nodes of stack, is used as seenThrough says.
func plainUse(info *types.Info, id *ast.Ident, stack []ast.Node) bool {
	for _, n := range stack {
		switch n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			return false
		}
	}
	var use ast.Expr = id
	for i := len(stack) - 1; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.ParenExpr:
			use = n
		case *ast.UnaryExpr:
			if n.Op != token.AND {
				return false
			}
			use = n
		case *ast.SelectorExpr:
			call, ok := stack[max(i-1, 0)].(*ast.CallExpr)
			return ok && call.Fun == n
		case *ast.CallExpr:
			return n.Fun != use && !info.Types[n.Fun].IsType() && !isBuiltin(info, n)
		case *ast.ValueSpec:
			return len(n.Values) == 0 || len(n.Values) == len(n.Names) && !containsUse(n.Values, use) && allNew(info, n.Values)
		case *ast.AssignStmt:
			return len(n.Lhs) == len(n.Rhs) && !containsUse(n.Rhs, use) && allNew(info, n.Rhs)
		default:
			return false
		}
	}
	return false
}

func containsUse(list []ast.Expr, use ast.Expr) bool {
	for _, e := range list {
		if contains(e, use.Pos()) {
			return true
		}
	}
	return false
}

// allNew reports whether each expression makes a builder, empty or of a string.
func allNew(info *types.Info, list []ast.Expr) bool {
	for _, e := range list {
		e = ast.Unparen(e)
		if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
			e = u.X
		}
		switch e := e.(type) {
		case *ast.CompositeLit:
		case *ast.CallExpr:
			if name, _ := callee(info, e); name != "bytes.NewBufferString" && !isBuiltin(info, e) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
