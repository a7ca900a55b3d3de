package scanner

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
	"unicode"
)

// This file evaluates calls: conversions, built-in functions, functions of the
// standard library that make strings, and functions of the packages read.

func (ev *evaluator) call(e *ast.CallExpr, env *Env) Value {
	info := env.pkg.TypesInfo
	if tv, ok := info.Types[e.Fun]; ok && tv.IsType() && len(e.Args) == 1 {
		v := ev.eval(e.Args[0], env)
		if v.Kind == Unknown {
			if enum := ev.enumeration(info.TypeOf(e.Args[0])); enum.Kind != Unknown {
				return enum
			}
		}
		v.Type = tv.Type
		return v
	}
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		if b, ok := info.Uses[id].(*types.Builtin); ok {
			return ev.builtin(b.Name(), e, env)
		}
	}
	name, obj := callee(info, e)
	if f := ev.funcs[name]; f != nil {
		return f(ev.args(e, env))
	}
	if name == "fmt.Sprintf" || name == "fmt.Sprint" {
		return sprintf(name, ev.args(e, env))
	}
	if fn := ev.ix.funcs[obj]; fn != nil && fn.body != nil && obj != nil {
		if _, isFunc := obj.(*types.Func); isFunc {
			return ev.inline(fn, e, env, env)
		}
	}
	if fun := ev.eval(e.Fun, env); fun.Kind == Func {
		fn := &function{pkg: fun.Env.pkg, typ: fun.Lit.Type, body: fun.Lit.Body, outer: &function{}}
		fn.index(fun.Env.pkg.TypesInfo)
		return ev.inline(fn, e, env, fun.Env)
	}
	return Value{Kind: Opaque, Call: e, Env: env, Callee: name}
}

// callee returns the full name and the object of what a call calls; both are empty
// where that is not one declared function.
func callee(info *types.Info, e *ast.CallExpr) (string, types.Object) {
	obj := calleeObject(info, e)
	f, ok := obj.(*types.Func)
	if !ok {
		return "", obj
	}
	return f.FullName(), obj
}

// args evaluates the arguments of a call; the last one of f(x...) is spread where it
// is known.
func (ev *evaluator) args(e *ast.CallExpr, env *Env) []Value {
	var vs []Value
	for _, a := range e.Args {
		vs = append(vs, ev.eval(a, env))
	}
	if n := len(vs); e.Ellipsis.IsValid() && n > 0 && vs[n-1].Kind == List {
		last := vs[n-1]
		vs = vs[:n-1]
		for _, el := range last.Elems {
			vs = append(vs, ev.elem(el))
		}
	}
	return vs
}

// inline evaluates a call by the return statements of the function called.
func (ev *evaluator) inline(fn *function, e *ast.CallExpr, env, lexical *Env) Value {
	if env.depth > maxDepth {
		return Value{}
	}
	s := &site{pkg: env.pkg, call: e}
	args := map[types.Object]ast.Expr{}
	for p, i := range fn.params {
		if arg := argument(s, fn, i); arg != nil {
			args[p] = arg
		}
	}
	inner := ev.bindCall(fn, s, args, env, lexical)
	var alts []Value
	for _, r := range returns(fn.body) {
		if len(r.Results) == 0 {
			return Value{} // named results
		}
		if v := ev.eval(r.Results[0], inner); v.Kind != Nil {
			alts = append(alts, v)
		}
	}
	if len(alts) > maxAlternatives {
		return Value{}
	}
	return choice(alts)
}

// returns finds the return statements of a function's body, not of the literals in it.
func returns(body *ast.BlockStmt) []*ast.ReturnStmt {
	var found []*ast.ReturnStmt
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = append(found, n)
		}
		return true
	})
	return found
}

func (ev *evaluator) builtin(name string, e *ast.CallExpr, env *Env) Value {
	switch name {
	case "append":
		if len(e.Args) == 0 {
			return Value{}
		}
		base, more := ev.eval(e.Args[0], env), ev.appendArgs(e, env)
		if base.Kind != List && base.Kind != Nil || more.Kind != List {
			return Value{}
		}
		v := Value{Kind: List}
		v.Elems = append(append(v.Elems, base.Elems...), more.Elems...)
		return v
	case "make":
		switch env.pkg.TypesInfo.TypeOf(e).Underlying().(type) {
		case *types.Slice:
			if n := ev.lengthOf(e, env); n == 0 {
				return Value{Kind: List}
			}
		}
	case "len":
		if v := ev.eval(e.Args[0], env); v.Kind == List || v.Kind == Map {
			return num(float64(len(v.Elems)))
		}
	case "min", "max":
		return Value{}
	}
	return Value{}
}

// lengthOf returns the length that make is given, or -1.
func (ev *evaluator) lengthOf(e *ast.CallExpr, env *Env) int {
	if len(e.Args) < 2 {
		return 0
	}
	if v := ev.eval(e.Args[1], env); v.Kind == Number {
		return int(v.Num)
	}
	return -1
}

// sprintf formats as far as the arguments are known.
func sprintf(name string, args []Value) Value {
	if name == "fmt.Sprint" {
		return mapStrings(texts(args), func(s []string) string { return strings.Join(s, "") })
	}
	if len(args) == 0 {
		return Value{}
	}
	return mapStrings(texts(args), func(s []string) string { return format(s[0], s[1:]) })
}

// texts turns numbers into strings, alternatives among them.
func texts(args []Value) []Value {
	out := make([]Value, len(args))
	for i, a := range args {
		var alts []Value
		a.each(func(v Value) {
			if v.Kind == Number {
				v = str(strconv.FormatFloat(v.Num, 'f', -1, 64))
			}
			alts = append(alts, v)
		})
		out[i] = choice(alts)
	}
	return out
}

// format replaces each verb of a format by the next argument; a verb that is not
// plain becomes a hole.
func format(f string, args []string) string {
	var b strings.Builder
	for i := 0; i < len(f); i++ {
		if f[i] != '%' || i+1 == len(f) {
			b.WriteByte(f[i])
			continue
		}
		from := i
		for i++; i < len(f)-1 && strings.IndexByte("+-# 0123456789.[]*", f[i]) >= 0; i++ {
		}
		if f[i] == '%' {
			b.WriteByte('%')
			continue
		}
		arg := Hole
		if len(args) > 0 {
			arg, args = args[0], args[1:]
		}
		if i-from > 1 || strings.IndexByte("svd", f[i]) < 0 {
			arg = Hole
		}
		b.WriteString(arg)
	}
	return b.String()
}

// stringFuncs are the functions of the standard library that make strings of
// strings. Only the first argument may hold holes: what is known around them is kept.
var stringFuncs = map[string]func([]string) string{
	"strings.ToLower":    func(s []string) string { return strings.ToLower(s[0]) },
	"strings.ToUpper":    func(s []string) string { return strings.ToUpper(s[0]) },
	"strings.ToTitle":    func(s []string) string { return strings.ToTitle(s[0]) },
	"strings.Title":      func(s []string) string { return upperFirst(s[0]) },
	"strings.Clone":      func(s []string) string { return s[0] },
	"strings.TrimSpace":  func(s []string) string { return strings.TrimSpace(s[0]) },
	"strings.TrimPrefix": func(s []string) string { return strings.TrimPrefix(s[0], s[1]) },
	"strings.TrimSuffix": func(s []string) string { return strings.TrimSuffix(s[0], s[1]) },
	"strings.Trim":       func(s []string) string { return strings.Trim(s[0], s[1]) },
	"strings.TrimLeft":   func(s []string) string { return strings.TrimLeft(s[0], s[1]) },
	"strings.TrimRight":  func(s []string) string { return strings.TrimRight(s[0], s[1]) },
	"strings.ReplaceAll": func(s []string) string { return strings.ReplaceAll(s[0], s[1], s[2]) },
	"strings.Replace":    replace,
	"strings.Repeat":     repeat,
	"strconv.Itoa":       func(s []string) string { return s[0] },
	"strconv.Quote":      func(s []string) string { return strconv.Quote(s[0]) },
	"path.Base":          func(s []string) string { return s[0][strings.LastIndexByte(s[0], '/')+1:] },
}

func replace(s []string) string {
	n, err := strconv.Atoi(s[3])
	if err != nil {
		return Hole
	}
	return strings.Replace(s[0], s[1], s[2], n)
}

func repeat(s []string) string {
	n, err := strconv.Atoi(s[1])
	if err != nil || n < 0 || n*len(s[0]) > 1000 {
		return Hole
	}
	return strings.Repeat(s[0], n)
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// standardFuncs returns the functions of the standard library that are evaluated.
func standardFuncs() map[string]func([]Value) Value {
	funcs := map[string]func([]Value) Value{}
	for name, f := range stringFuncs {
		funcs[name] = func(args []Value) Value {
			if len(args) == 0 {
				return Value{}
			}
			return mapStrings(texts(args), func(s []string) string {
				if strings.Contains(strings.Join(s[1:], ""), Hole) {
					return Hole
				}
				return f(s)
			})
		}
	}
	return funcs
}

// joinStrings evaluates strings.Join, which needs the elements of its list.
func (ev *evaluator) joinStrings(args []Value) Value {
	if len(args) != 2 || args[0].Kind != List || args[1].Kind != String {
		return str(Hole)
	}
	var parts []Value
	for _, e := range args[0].Elems {
		if e.Optional {
			return str(Hole)
		}
		parts = append(parts, ev.elem(e))
	}
	if len(parts) == 0 {
		return str("")
	}
	return mapStrings(parts, func(s []string) string { return strings.Join(s, args[1].Str) })
}
