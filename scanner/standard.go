package scanner

import (
	"go/ast"
	"go/types"
	"maps"
	"regexp"
	"strings"
)

// This file evaluates methods of the standard library, and its functions with several
// results.

// A standardMethod evaluates a method by its receiver and its arguments.
type standardMethod func(ev *evaluator, recv Value, args []Value) Value

// standardMethods returns the methods of the standard library that are evaluated, by full
// name.
func standardMethods() map[string]standardMethod {
	methods := map[string]standardMethod{
		"(*strings.Replacer).Replace":       (*evaluator).replaced,
		"(*regexp.Regexp).ReplaceAllString": (*evaluator).replacedMatches,
	}
	maps.Copy(methods, reflectMethods)
	return methods
}

// standard evaluates result i of a call of the standard library. ok is false where it is
// none, or one that is not evaluated.
func (ev *evaluator) standard(call *ast.CallExpr, name string, i int, env *Env) (v Value, ok bool) {
	if f := stringResults[name]; f != nil {
		return ev.stringResult(f, call, max(i, 0), env), true
	}
	if i > 0 {
		return Value{}, false
	}
	if told, ok := ev.built(call, name, env); ok {
		return told, true
	}
	if name == "reflect.TypeFor" {
		return reflected(typeArgument(env.pkg.TypesInfo, call)), true
	}
	f := ev.methods[name]
	if f == nil {
		return Value{}, false
	}
	sel, ok := calledExpr(env.pkg.TypesInfo, call).(*ast.SelectorExpr)
	if !ok {
		return Value{}, false
	}
	args := ev.args(call, env)
	var alts []Value
	ev.receiver(sel, env).each(func(recv Value) { alts = append(alts, f(ev, recv, args)) })
	return choice(alts), true
}

// stringResult evaluates result i of a function, or method of a string, with several.
func (ev *evaluator) stringResult(f func([]string) []string, call *ast.CallExpr, i int, env *Env) Value {
	args := ev.args(call, env)
	if sel, ok := calledExpr(env.pkg.TypesInfo, call).(*ast.SelectorExpr); ok && env.pkg.TypesInfo.Selections[sel] != nil {
		args = append([]Value{ev.receiver(sel, env)}, args...)
	}
	if len(args) != 2 {
		return Value{} // ill-typed
	}
	told := known(args, func(s []string) string {
		if results := f(s); i < len(results) {
			return results[i]
		}
		return Hole
	})
	if isBool(orInvalid(resultType(env.pkg.TypesInfo, call, i))) {
		return truth(told)
	}
	return told
}

// typeArgument returns the type that a call of a generic function names, or nil.
func typeArgument(info *types.Info, call *ast.CallExpr) types.Type {
	fun := ast.Unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		return info.TypeOf(index.Index)
	}
	return nil
}

// resultType returns the type of result i of a call.
func resultType(info *types.Info, call *ast.CallExpr, i int) types.Type {
	if tuple, ok := info.TypeOf(call).(*types.Tuple); ok && i < tuple.Len() {
		return tuple.At(i).Type()
	}
	return nil
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// replaced evaluates Replace of a strings.Replacer that a call of NewReplacer makes.
func (ev *evaluator) replaced(recv Value, args []Value) Value {
	if recv.Kind != Opaque || recv.Callee != "strings.NewReplacer" {
		return Value{}
	}
	pairs := ev.args(recv.Call, recv.Env)
	if len(pairs)%2 != 0 {
		return Value{} // would panic
	}
	return known(append(pairs, args...), func(s []string) string {
		n := len(s) - 1
		return strings.NewReplacer(s[:n]...).Replace(s[n])
	})
}

// replacedMatches evaluates ReplaceAllString of a regular expression that is known.
func (ev *evaluator) replacedMatches(recv Value, args []Value) Value {
	if recv.Kind != Opaque || recv.Callee != "regexp.MustCompile" || len(recv.Call.Args) != 1 || len(args) != 2 {
		return Value{}
	}
	return known(append(ev.args(recv.Call, recv.Env), args...), func(s []string) string {
		re, err := regexp.Compile(s[0])
		if err != nil {
			return Hole // would panic
		}
		return re.ReplaceAllString(s[1], s[2])
	})
}
