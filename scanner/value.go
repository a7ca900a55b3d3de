package scanner

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"
)

// A Kind says what shape a Value has.
type Kind int

const (
	Unknown Kind = iota // nothing is known; Why may say what it depends on
	String              // Str
	Number              // Num
	Boolean             // Bool
	List                // Elems
	Map                 // Elems, each with a Key
	Struct              // Fields
	Func                // Lit, in Env
	Opaque              // the result of Call, which could not be looked into
	Choice              // one of Alts
	Nil                 // the nil of any type
)

// Hole stands in a symbolic string for what is known only at run time. It cannot
// occur in a metric's name.
const Hole = "\x00"

// A Value is what is known of an expression. The zero value is Unknown.
type Value struct {
	Kind   Kind
	Str    string // may hold Hole
	Num    float64
	Bool   bool
	Elems  []Elem
	Fields map[string]Elem
	Type   types.Type // of the expression, where known
	Lit    *ast.FuncLit
	Call   *ast.CallExpr
	Callee string // full name of Call's callee
	Env    *Env   // in which Lit or Call stands
	Alts   []Value
	Why    ast.Expr // Unknown: the expression that could not be told
}

// An Elem is an element of a composite value, evaluated when it is asked for.
type Elem struct {
	Key      *Elem // of a map's element
	Expr     ast.Expr
	Env      *Env
	Value    *Value // set instead of Expr where it is known already
	Optional bool   // appended behind a condition
}

func str(s string) Value { return Value{Kind: String, Str: s} }

func num(f float64) Value { return Value{Kind: Number, Num: f} }

// fromConstant turns what the type checker folded into a Value.
func fromConstant(c constant.Value, t types.Type) Value {
	switch c.Kind() {
	case constant.String:
		return Value{Kind: String, Str: strings.ReplaceAll(constant.StringVal(c), Hole, ""), Type: t}
	case constant.Int, constant.Float:
		f, _ := constant.Float64Val(c)
		return Value{Kind: Number, Num: f, Type: t}
	case constant.Bool:
		return Value{Kind: Boolean, Bool: constant.BoolVal(c), Type: t}
	}
	return Value{Type: t}
}

// choice returns the one value that alts hold, or a Choice of them, flattened and
// without repeats of equal strings.
func choice(alts []Value) Value {
	var flat []Value
	for _, v := range alts {
		if v.Kind == Choice {
			flat = append(flat, v.Alts...)
		} else {
			flat = append(flat, v)
		}
	}
	seen := map[string]bool{}
	flat = slices.DeleteFunc(flat, func(v Value) bool {
		if v.Kind != String {
			return false
		}
		dup := seen[v.Str]
		seen[v.Str] = true
		return dup
	})
	switch len(flat) {
	case 0:
		return Value{}
	case 1:
		return flat[0]
	}
	return Value{Kind: Choice, Alts: flat, Type: flat[0].Type}
}

// each calls f for v, or for each of its alternatives.
func (v Value) each(f func(Value)) {
	if v.Kind != Choice {
		f(v)
		return
	}
	for _, a := range v.Alts {
		f(a)
	}
}

// symbolic returns the alternatives of v as symbolic strings: Hole for what is not
// a known string.
func (v Value) symbolic() []string {
	var out []string
	v.each(func(v Value) {
		s := Hole
		if v.Kind == String {
			s = v.Str
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	})
	return out
}

// mapStrings applies f to every combination of the alternatives of args as symbolic
// strings. Beyond maxAlternatives combinations the result is unknown.
func mapStrings(args []Value, f func([]string) string) Value {
	combos := [][]string{nil}
	for _, a := range args {
		var next [][]string
		for _, c := range combos {
			for _, s := range a.symbolic() {
				next = append(next, append(slices.Clone(c), s))
			}
		}
		if len(next) > maxAlternatives {
			return str(Hole)
		}
		combos = next
	}
	alts := make([]Value, 0, len(combos))
	for _, c := range combos {
		alts = append(alts, str(collapse(f(c))))
	}
	return choice(alts)
}

// collapse folds neighbouring holes into one.
func collapse(s string) string {
	for strings.Contains(s, Hole+Hole) {
		s = strings.ReplaceAll(s, Hole+Hole, Hole)
	}
	return s
}
