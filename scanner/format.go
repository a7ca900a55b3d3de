package scanner

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file evaluates package fmt, as far as it makes strings.

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

// sprintln evaluates fmt.Sprintln.
func (ev *evaluator) sprintln(args []Value) Value {
	var texts []Value
	for _, a := range args {
		texts = append(texts, ev.printed(a))
	}
	return mapStrings(texts, func(s []string) string { return strings.Join(s, " ") + "\n" })
}

// printed returns what %v makes of each alternative of v: known strings, numbers and
// truth values whose type does not print itself.
func (ev *evaluator) printed(v Value) Value {
	var alts []Value
	unknown := v.Kind == Choice && slices.ContainsFunc(v.Alts, func(a Value) bool { return a.Kind == Unknown })
	v.each(func(v Value) {
		switch {
		case unknown && v.loose && v.Kind == Number && v.Num == 0: // nothing that is written to the field
			return
		case printsItself(v.Type):
			v = ev.printedBy(v)
		case v.Kind == Number && isInteger(v.Type):
			v = v.written(strconv.FormatInt(int64(v.Num), 10))
		case v.Kind == Number && isFloat(v.Type):
			v = v.written(fmt.Sprint(v.Num))
		case v.Kind == Boolean:
			v = v.written(strconv.FormatBool(v.Bool))
		case v.Kind != String:
			v = Value{from: v.from}
		}
		alts = append(alts, v)
	})
	return choice(alts)
}

// isFloat reports whether numbers of type t are printed as float64 are.
func isFloat(t types.Type) bool {
	b, ok := types.Default(orInvalid(t)).Underlying().(*types.Basic)
	return ok && b.Kind() == types.Float64
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
	fn := ev.ix.function(f.Origin())
	if fn == nil {
		return Value{}
	}
	return ev.inline(fn, &Elem{Value: &v}, &ast.CallExpr{Fun: &ast.BadExpr{}}, 0, &Env{pkg: fn.pkg, depth: maxDepth / 2}, nil)
}

// verbPattern matches a verb: its flags, width and precision, the index of its argument,
// and its letter. A width that is an argument is not followed.
var verbPattern = regexp.MustCompile(`^%([-+# 0]*[0-9]*(?:\.[0-9]*)?)(?:\[([0-9]+)\])?([a-zA-Z%])`)

// format replaces each verb of a format by its argument, whose text and value are given;
// a verb that does not fit, or of what is not known, becomes a hole.
func format(f string, texts []string, args []Value) string {
	var b strings.Builder
	next := 0
	for {
		before, _, found := strings.Cut(f, "%")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		f = f[len(before):]
		m := verbPattern.FindStringSubmatch(f)
		if m == nil {
			return b.String() + Hole // which argument is meant is not followed
		}
		if f = f[len(m[0]):]; m[3] == "%" {
			b.WriteByte('%')
			continue
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
			next--
		}
		if next < 0 || next >= len(texts) {
			b.WriteString(Hole)
			continue
		}
		b.WriteString(verb("%"+m[1], m[3], texts[next], args[next]))
		next++
	}
}

// verb formats one argument, whose text by %v is given.
func verb(flags, letter, text string, v Value) string {
	plain := flags == "%"
	of := func(letters string) bool { return strings.Contains(letters, letter) }
	switch {
	case plain && of("v"), plain && of("s") && printsItself(v.Type):
		return text
	case printsItself(v.Type):
	case mayBeString(v) && plain && of("s"):
		return text
	case mayBeString(v) && hasHole(text) && plain && of("q"):
		return `"` + Hole + `"`
	case hasHole(text):
	case mayBeString(v) && of("vsqxX"):
		return fmt.Sprintf(flags+letter, text)
	case isInteger(v.Type) && of("vdbBoOxXcqU"):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return fmt.Sprintf(flags+letter, n)
		}
	case isFloat(v.Type) && of("veEfFgGxX"):
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return fmt.Sprintf(flags+letter, n)
		}
	case of("vt"):
		if b, err := strconv.ParseBool(text); err == nil && !mayBeString(v) {
			return fmt.Sprintf(flags+letter, b)
		}
	}
	return Hole
}
