package scanner

import (
	"maps"
	"math"
	"path"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// This file evaluates the functions of the standard library that make strings.

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
	"path.Dir":           func(s []string) string { return path.Dir(s[0]) },
	"path.Ext":           func(s []string) string { return path.Ext(s[0]) },
	"path.Join":          func(s []string) string { return path.Join(s...) },
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
	funcs := map[string]func([]Value) Value{"fmt.Sprintf": ev.sprintf, "fmt.Sprint": ev.sprint, "fmt.Sprintln": ev.sprintln, "math.Inf": inf, "strings.Join": ev.joinStrings, "strings.Split": split, "strings.Fields": split, "bytes.NewBufferString": newBuffer}
	maps.Copy(funcs, ev.reflectFuncs())
	for name, f := range stringTests {
		funcs[name] = func(args []Value) Value {
			return truth(known(args, func(s []string) string { return strconv.FormatBool(f(s[0], s[1])) }))
		}
	}
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

// split evaluates strings.Split and strings.Fields.
func split(args []Value) Value {
	for _, a := range args {
		if a.Kind != String || hasHole(a.Str) {
			return Value{}
		}
	}
	var parts []string
	switch len(args) {
	case 1:
		parts = strings.Fields(args[0].Str)
	case 2:
		parts = strings.Split(args[0].Str, args[1].Str)
	}
	list := Value{Kind: List}
	for _, s := range parts {
		v := args[0].written(s)
		list.Elems = append(list.Elems, Elem{Value: &v})
	}
	return list
}

// stringResults are functions of the standard library with several results: strings, but
// for the last one, which says whether something was found.
var stringResults = map[string]func([]string) []string{
	"strings.Cut": func(s []string) []string {
		before, after, found := strings.Cut(s[0], s[1])
		return []string{before, after, strconv.FormatBool(found)}
	},
	"strings.CutPrefix": func(s []string) []string {
		after, found := strings.CutPrefix(s[0], s[1])
		return []string{after, strconv.FormatBool(found)}
	},
	"strings.CutSuffix": func(s []string) []string {
		before, found := strings.CutSuffix(s[0], s[1])
		return []string{before, strconv.FormatBool(found)}
	},
	"(reflect.StructTag).Lookup": func(s []string) []string {
		value, found := reflect.StructTag(s[0]).Lookup(s[1])
		return []string{value, strconv.FormatBool(found)}
	},
}

// stringTests are functions of the standard library that tell something of strings.
var stringTests = map[string]func(s, t string) bool{
	"strings.HasPrefix": strings.HasPrefix,
	"strings.HasSuffix": strings.HasSuffix,
	"strings.Contains":  strings.Contains,
	"strings.EqualFold": strings.EqualFold,
}

// truth returns the truth value that a text says, as mapStrings makes it.
func truth(v Value) Value {
	var alts []Value
	v.each(func(v Value) {
		b, err := strconv.ParseBool(v.Str)
		if err != nil {
			v = Value{}
		} else {
			v = Value{Kind: Boolean, Bool: b, Default: v.Default, Configured: v.Configured}
		}
		alts = append(alts, v)
	})
	return choice(alts)
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
				v = v.written(strconv.FormatInt(int64(v.Num), 10))
			case v.Kind == Boolean:
				v = v.written(strconv.FormatBool(v.Bool))
			}
			alts = append(alts, v)
		})
		out[i] = choice(alts)
	}
	return out
}

// written returns what v is as text.
func (v Value) written(text string) Value {
	return Value{Kind: String, Str: text, Default: v.Default, Configured: v.Configured, from: v.from}
}

// known applies f to strings that have no hole, or makes a hole of all.
func known(args []Value, f func([]string) string) Value {
	return mapStrings(texts(args), func(s []string) string {
		if hasHole(strings.Join(s, "")) {
			return Hole
		}
		return f(s)
	})
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
