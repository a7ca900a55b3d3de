package scanner

import (
	"go/ast"
	"go/types"
	"math"
	"path"
	"strconv"
	"strings"
	"unicode"
)

// This file evaluates the functions of the standard library that make strings.

// sprintf evaluates fmt.Sprintf as far as the format and the arguments are known.
func (ev *evaluator) sprintf(args []Value) Value {
	if len(args) == 0 {
		return Value{}
	}
	texts := []Value{args[0]}
	for _, a := range args[1:] {
		texts = append(texts, ev.printed(a))
	}
	return mapStrings(texts, func(s []string) string { return format(s[0], s[1:], args[1:]) })
}

// sprint evaluates fmt.Sprint, which puts a space between operands when neither is a
// string.
func (ev *evaluator) sprint(args []Value) Value {
	var texts []Value
	for i, a := range args {
		if i > 0 && !mayBeString(a) && !mayBeString(args[i-1]) {
			texts = append(texts, str(" "))
		}
		texts = append(texts, ev.printed(a))
	}
	return mapStrings(texts, func(s []string) string { return strings.Join(s, "") })
}

// printed returns what %v makes of each alternative of v: known strings, numbers and
// truth values whose type does not print itself.
func (ev *evaluator) printed(v Value) Value {
	var alts []Value
	v.each(func(v Value) {
		switch {
		case printsItself(v.Type):
			v = ev.printedBy(v)
		case v.Kind == Number && isInteger(v.Type):
			v = Value{Kind: String, Str: strconv.FormatInt(int64(v.Num), 10), Default: v.Default, Configured: v.Configured, from: v.from}
		case v.Kind == Boolean:
			v = Value{Kind: String, Str: strconv.FormatBool(v.Bool), Default: v.Default, Configured: v.Configured, from: v.from}
		case v.Kind != String:
			v = Value{from: v.from}
		}
		alts = append(alts, v)
	})
	return choice(alts)
}

// printsItself reports whether fmt asks a value of type t for its text.
func printsItself(t types.Type) bool {
	for _, name := range []string{"String", "Error", "Format"} {
		if obj, _, _ := types.LookupFieldOrMethod(orInvalid(t), true, nil, name); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}

// printedBy returns what the String method of v's type makes of it, where it is read.
func (ev *evaluator) printedBy(v Value) Value {
	obj, _, _ := types.LookupFieldOrMethod(v.Type, true, nil, "String")
	f, ok := obj.(*types.Func)
	if !ok {
		return Value{}
	}
	fn := ev.ix.funcs[f.Origin()]
	if fn == nil {
		return Value{}
	}
	return ev.inline(fn, &Elem{Value: &v}, &ast.CallExpr{Fun: &ast.BadExpr{}}, 0, &Env{pkg: fn.pkg, depth: maxDepth / 2}, nil)
}

// format replaces each verb of a format by the next argument; a verb that is not
// plain, or does not fit its argument, becomes a hole.
func format(f string, texts []string, args []Value) string {
	var b strings.Builder
	for i := 0; i < len(f); i++ {
		if f[i] != '%' {
			b.WriteByte(f[i])
			continue
		}
		from := i
		for i++; i < len(f) && strings.IndexByte("+-# 0123456789.", f[i]) >= 0; i++ {
		}
		switch {
		case i == len(f) || f[i] == '[' || f[i] == '*' || f[i] == Hole[0]:
			return b.String() + Hole // which argument is meant is not followed
		case f[i] == '%':
			b.WriteByte('%')
			continue
		case len(texts) == 0:
			b.WriteString(Hole)
			continue
		}
		switch plain := i-from == 1; {
		case plain && fits(f[i], args[0]):
			b.WriteString(texts[0])
		case plain && f[i] == 'q' && mayBeString(args[0]):
			b.WriteString(quote(texts[0]))
		default:
			b.WriteString(Hole)
		}
		texts, args = texts[1:], args[1:]
	}
	return b.String()
}

// quote quotes a symbolic string.
func quote(s string) string {
	if hasHole(s) {
		return `"` + Hole + `"`
	}
	return strconv.Quote(s)
}

// fits reports whether a verb prints a value as %v does.
func fits(verb byte, v Value) bool {
	switch verb {
	case 'v':
		return true
	case 's':
		return mayBeString(v) || printsItself(v.Type)
	case 'd':
		return isInteger(v.Type) && !printsItself(v.Type)
	case 't':
		return v.Kind == Boolean
	}
	return false
}

// stringFuncs are the functions of the standard library that make strings of
// strings. They are given as many arguments as they take.
var stringFuncs = map[string]func([]string) string{
	"strings.Title":      func(s []string) string { return title(s[0]) },
	"strings.TrimSpace":  func(s []string) string { return strings.TrimSpace(s[0]) },
	"strings.Trim":       func(s []string) string { return strings.Trim(s[0], s[1]) },
	"strings.TrimLeft":   func(s []string) string { return strings.TrimLeft(s[0], s[1]) },
	"strings.TrimRight":  func(s []string) string { return strings.TrimRight(s[0], s[1]) },
	"strings.Replace":    replace,
	"strings.Repeat":     repeat,
	"strconv.Quote":      func(s []string) string { return strconv.Quote(s[0]) },
	"strconv.FormatBool": func(s []string) string { return s[0] },
	"path.Base":          func(s []string) string { return path.Base(s[0]) },
	"path/filepath.Base": func(s []string) string { return path.Base(s[0]) },
	"strings.TrimPrefix": func(s []string) string { return strings.TrimPrefix(s[0], s[1]) },
	"strings.TrimSuffix": func(s []string) string { return strings.TrimSuffix(s[0], s[1]) },
	"strings.ReplaceAll": func(s []string) string { return strings.ReplaceAll(s[0], s[1], s[2]) },
	"strings.ToLower":    func(s []string) string { return strings.ToLower(s[0]) },
	"strings.ToUpper":    func(s []string) string { return strings.ToUpper(s[0]) },
	"strings.ToTitle":    func(s []string) string { return strings.ToTitle(s[0]) },
	"strings.Clone":      func(s []string) string { return s[0] },
	"strconv.Itoa":       func(s []string) string { return s[0] },
}

// aroundHoles reports, for the functions that leave what is known around a hole as it
// is, whether they do so for these arguments. Others make a hole of everything.
var aroundHoles = map[string]func([]string) bool{
	"strings.ToLower": always, "strings.ToUpper": always, "strings.ToTitle": always, "strings.Clone": always, "strconv.Itoa": always,
	"strings.ReplaceAll": func(s []string) bool { return len(s[1]) == 1 },
	"strings.TrimPrefix": func(s []string) bool { return strings.IndexByte(s[0], Hole[0]) >= len(s[1]) },
	"strings.TrimSuffix": func(s []string) bool { return len(s[0])-1-strings.LastIndexByte(s[0], Hole[0]) >= len(s[1]) },
}

func always([]string) bool { return true }

func replace(s []string) string {
	n, err := strconv.Atoi(s[3])
	if err != nil {
		return Hole
	}
	return strings.Replace(s[0], s[1], s[2], n)
}

func repeat(s []string) string {
	n, err := strconv.Atoi(s[1])
	if err != nil || n < 0 || n > maxString || n*len(s[0]) > maxString {
		return Hole
	}
	return strings.Repeat(s[0], n)
}

// title makes the first letter of each word a capital, as strings.Title does.
func title(s string) string {
	prev := ' '
	return strings.Map(func(r rune) rune {
		start := !unicode.IsLetter(prev) && !unicode.IsDigit(prev) && prev != '_' && prev != '\''
		prev = r
		if start {
			return unicode.ToTitle(r)
		}
		return r
	}, s)
}

// standardFuncs returns the functions of the standard library that are evaluated.
func (ev *evaluator) standardFuncs() map[string]func([]Value) Value {
	funcs := map[string]func([]Value) Value{"fmt.Sprintf": ev.sprintf, "fmt.Sprint": ev.sprint, "math.Inf": inf, "strings.Join": ev.joinStrings}
	for name, f := range stringFuncs {
		funcs[name] = func(args []Value) Value {
			if len(args) == 0 {
				return Value{}
			}
			return mapStrings(texts(args), func(s []string) string {
				if hasHole(strings.Join(s[1:], "")) || hasHole(s[0]) && (aroundHoles[name] == nil || !aroundHoles[name](s)) {
					return Hole
				}
				return f(s)
			})
		}
	}
	return funcs
}

// inf evaluates math.Inf.
func inf(args []Value) Value {
	if len(args) != 1 || args[0].Kind != Number {
		return Value{}
	}
	return num(math.Inf(int(args[0].Num)))
}

// texts turns numbers and truth values into strings, alternatives among them.
func texts(args []Value) []Value {
	out := make([]Value, len(args))
	for i, a := range args {
		var alts []Value
		a.each(func(v Value) {
			switch {
			case v.Kind == Number && v.Num == float64(int64(v.Num)):
				v = Value{Kind: String, Str: strconv.FormatInt(int64(v.Num), 10), Default: v.Default, Configured: v.Configured, from: v.from}
			case v.Kind == Boolean:
				v = Value{Kind: String, Str: strconv.FormatBool(v.Bool), Default: v.Default, Configured: v.Configured, from: v.from}
			}
			alts = append(alts, v)
		})
		out[i] = choice(alts)
	}
	return out
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
