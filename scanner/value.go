package scanner

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// A Kind says what shape a Value has.
type Kind int

const (
	Unknown   Kind = iota // nothing is known; Why may say what it depends on
	String                // Str
	Number                // Num
	Boolean               // Bool
	List                  // Elems
	Map                   // Elems, each with a Key
	Struct                // Fields
	Func                  // Fn, or else the function that is called Callee
	Opaque                // the result of Call, which could not be looked into
	Choice                // one of Alts
	Nil                   // the nil of any type
	Reflected             // a reflect.Type, or a reflect.Value, of Type
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
	Fn     *function
	Recv   *Elem // of a method value
	Call   *ast.CallExpr
	Callee string            // full name of Call's callee, or of a Func
	Env    *Env              // in which Fn or Call stands
	lit    *ast.CompositeLit // of a Struct: what made it, where known, in a context with scope
	scope  *scope
	Alts   []Value
	Why    ast.Expr // Unknown: the expression that could not be told

	// Default says that another value may come from outside: from the linker (-X), or from
	// what a struct is decoded from. It is what names are made of, but not the only value
	// of a label.
	Default bool

	// Configured says that the other value is a user's: this is the default of a flag, an
	// environment variable or a configuration. What is named with it says so.
	Configured bool

	// Left says that this is the zero value of a field that nothing is written to.
	Left bool

	// loose says that this is one of several values that are written to a field anywhere, or
	// holds what is: which goes with which of another field is not known.
	loose bool

	// Absent says that this is the zero value of an element that a map may not have, or
	// stands beside an error. Conditions see it; names and label values are not made of it.
	Absent bool

	from *source // where it came from; nil where nobody asks
}

// An Elem is an element of a composite value, evaluated when it is asked for.
type Elem struct {
	Key      *Elem // of a map's element
	Expr     ast.Expr
	Env      *Env
	Value    *Value // set instead of Expr where it is known already
	Ways     *ways  // set instead of Expr where it is what several ways left
	Optional bool   // appended behind a condition
}

// Ways are what an element is on several ways through branches.
type ways struct {
	alts          []Elem
	told, decided *Value // by [evaluator.either], the latter for conditions; nil: not yet
}

// eitherElem returns what is e on one way and f on another.
func eitherElem(e, f Elem) Elem {
	var alts []Elem
	for _, way := range []Elem{e, f} {
		all := []Elem{way}
		if way.Ways != nil {
			all = way.Ways.alts
		}
		for _, alt := range all {
			if !slices.ContainsFunc(alts, alt.same) {
				alts = append(alts, alt)
			}
		}
	}
	return Elem{Ways: &ways{alts: alts}}
}

func str(s string) Value { return Value{Kind: String, Str: s} }

func num(f float64) Value { return Value{Kind: Number, Num: f} }

// fromConstant turns what the type checker folded into a Value.
func fromConstant(c constant.Value, t types.Type) Value {
	switch c.Kind() {
	case constant.String:
		return Value{Kind: String, Str: strings.ReplaceAll(constant.StringVal(c), Hole, ""), Type: t}
	case constant.Int, constant.Float:
		f, exact := constant.Float64Val(c)
		if !exact && c.Kind() == constant.Int {
			return Value{Type: t} // too large to be printed again
		}
		return Value{Kind: Number, Num: f, Type: t}
	case constant.Bool:
		return Value{Kind: Boolean, Bool: constant.BoolVal(c), Type: t}
	}
	return Value{Type: t}
}

// choice returns the one value that alts hold, or a Choice of them, flattened and
// without repeats.
func choice(alts []Value) Value {
	if len(alts) == 1 && alts[0].Kind != Choice {
		return alts[0]
	}
	flat := make([]Value, 0, len(alts))
	for _, v := range alts {
		v.each(func(v Value) {
			for i := range flat {
				if flat[i].same(v) {
					return
				}
			}
			flat = append(flat, v)
		})
	}
	switch len(flat) {
	case 0:
		return Value{}
	case 1:
		return flat[0]
	}
	return Value{Kind: Choice, Alts: flat, Type: flat[0].Type}
}

// same reports whether the same is known of two values.
func (v Value) same(w Value) bool {
	if v.Kind != w.Kind || v.Default != w.Default || v.Configured != w.Configured || v.Absent != w.Absent {
		return false
	}
	switch v.Kind {
	case String:
		return v.Str == w.Str
	case Number:
		return v.Num == w.Num
	case Boolean:
		return v.Bool == w.Bool
	case Nil:
		return true
	case Reflected:
		return types.Identical(orInvalid(v.Type), orInvalid(w.Type))
	case Unknown:
		return v.Why == w.Why
	case Opaque:
		return v.Call == w.Call && v.Env.same(w.Env)
	case List, Map:
		return slices.EqualFunc(v.Elems, w.Elems, Elem.same)
	case Struct:
		return maps.EqualFunc(v.Fields, w.Fields, Elem.same)
	case Func:
		return v.Fn == w.Fn && v.Env.same(w.Env) && v.Recv == w.Recv && v.Callee == w.Callee
	case Choice:
		return slices.EqualFunc(v.Alts, w.Alts, Value.same)
	}
	return false
}

func (e Elem) same(f Elem) bool {
	if e.Expr != f.Expr || e.Optional != f.Optional || (e.Key == nil) != (f.Key == nil) || (e.Value == nil) != (f.Value == nil) || (e.Ways == nil) != (f.Ways == nil) {
		return false
	}
	if e.Ways != nil {
		return e.Ways == f.Ways || slices.EqualFunc(e.Ways.alts, f.Ways.alts, Elem.same)
	}
	if e.Key != nil && !e.Key.same(*f.Key) {
		return false
	}
	if e.Value != nil {
		return e.Value == f.Value || e.Value.same(*f.Value)
	}
	return e.Env.same(f.Env)
}

// either returns what is v on one way and w on another. Elements that one of two lists
// has beyond the other are optional.
func either(v, w Value) Value {
	if long, ok := extended(v, w); ok {
		return long
	}
	if long, ok := extended(w, v); ok {
		return long
	}
	return choice([]Value{v, w})
}

// extended returns long with what it has beyond short made optional, where short is
// its beginning.
func extended(short, long Value) (Value, bool) {
	n := len(short.Elems)
	if short.Kind == Nil {
		n = 0
	} else if short.Kind != long.Kind {
		return Value{}, false
	}
	if long.Kind != List && long.Kind != Map || len(long.Elems) < n || !slices.EqualFunc(short.Elems, long.Elems[:n], Elem.same) {
		return Value{}, false
	}
	long.Elems = slices.Clone(long.Elems)
	for i := n; i < len(long.Elems); i++ {
		long.Elems[i].Optional = true
	}
	return long, true
}

// each calls f for v, or for each of its alternatives.
func (v Value) each(f func(Value)) {
	if v.Kind != Choice {
		f(v)
		return
	}
	for _, a := range v.Alts {
		a.Default, a.Configured = a.Default || v.Default, a.Configured || v.Configured
		f(a)
	}
}

// A wording is a symbolic string that a value may be.
type wording struct {
	str        string
	configured bool // a default that users may change is in it, or stands beside it
}

// texts returns the alternatives of v as symbolic strings: Hole for what is not a known
// string. Nothing is made of what is absent; where users may set it, that is not known
// unless something stands in for it.
func (v Value) texts() []wording {
	var out []wording
	stands := false // for what users may set
	v.each(func(v Value) {
		t := wording{Hole, v.Configured}
		if v.Kind == String {
			t.str = v.Str
		}
		switch {
		case v.Absent:
			stands = stands || v.Configured
		default:
			if i := slices.IndexFunc(out, func(o wording) bool { return o.str == t.str }); i >= 0 {
				out[i].configured = out[i].configured && t.configured
				return
			}
			out = append(out, t)
		}
	})
	if len(out) == 0 && stands {
		return []wording{{str: Hole}}
	}
	if slices.ContainsFunc(out, func(t wording) bool { return t.str == Hole }) { // which may be empty, too
		out = slices.DeleteFunc(out, func(t wording) bool { return t.str == "" })
	}
	for i := range out {
		out[i].configured = out[i].configured || stands
	}
	return out
}

// symbolic returns the alternatives of v as symbolic strings: Hole for what is not
// a known string.
func (v Value) symbolic() []string {
	var out []string
	for _, t := range v.texts() {
		out = append(out, t.str)
	}
	return out
}

// mapStrings applies f to every combination of the alternatives of args as symbolic
// strings. Beyond maxAlternatives combinations the result is unknown.
func mapStrings(args []Value, f func([]string) string) Value {
	type combo struct {
		parts      []string
		configured bool
	}
	loose := 0
	for _, a := range args {
		if a.isLoose() {
			loose++
		}
	}
	combos := []combo{{}}
	for _, a := range args {
		if loose > 1 && a.isLoose() { // no run may combine them as all would be
			a = str(Hole)
		}
		var next []combo
		for _, c := range combos {
			for _, t := range a.texts() {
				next = append(next, combo{append(slices.Clone(c.parts), t.str), c.configured || t.configured})
			}
		}
		if len(next) > maxAlternatives {
			return str(Hole)
		}
		combos = next
	}
	isDefault := slices.ContainsFunc(args, Value.isDefault)
	alts := make([]Value, 0, len(combos))
	for _, c := range combos {
		s := collapse(f(c.parts))
		if len(s) > maxString {
			s = Hole
		}
		v := str(s)
		v.Default, v.Configured = isDefault, c.configured
		v.loose = loose == 1
		v.from, v.Why = partsOf(args, c.parts), whyAny(args, c.parts)
		alts = append(alts, v)
	}
	return choice(alts)
}

func (v Value) isDefault() bool { return v.Default || slices.ContainsFunc(v.Alts, Value.isDefault) }

// isLoose reports whether v is one of several values of a field.
func (v Value) isLoose() bool {
	return v.Kind == Choice && slices.ContainsFunc(v.Alts, func(a Value) bool { return a.loose })
}

// isKnown reports whether v is one value of a basic type, known completely.
func (v Value) isKnown() bool {
	return v.Kind == String && !hasHole(v.Str) || v.Kind == Number || v.Kind == Boolean
}

// isZero reports whether v is the zero value of its kind.
func (v Value) isZero() bool {
	return v.Kind == Nil || v.Kind == String && v.Str == "" || v.Kind == Number && v.Num == 0 || v.Kind == Boolean && !v.Bool
}

// isComposite reports whether v is surely not nil.
func (v Value) isComposite() bool {
	return v.Kind == Struct || v.Kind == List || v.Kind == Map || v.Kind == Func
}

// collapse folds neighbouring holes into one.
func collapse(s string) string {
	for strings.Contains(s, Hole+Hole) {
		s = strings.ReplaceAll(s, Hole+Hole, Hole)
	}
	return s
}
