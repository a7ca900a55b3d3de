package query

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// This file infers what label_replace and label_join make of labels.

// labelReplace sets a label where a regular expression matches another.
// Source: promql.evalLabelReplace.
func labelReplace(in *Inferred, e *parser.Call, info *Info) {
	dst, repl, src, expr := text(e.Args[1]), text(e.Args[2]), text(e.Args[3]), text(e.Args[4])
	re, err := regexp.Compile("^(?s:" + expr + ")$")
	if err != nil || in.Variable(e) || HasVariable(dst) || HasVariable(src) || HasVariable(expr) {
		info.Labels.Open = true
		return
	}
	one := Label{Name: dst, Origin: FromReplace, Pos: e.PositionRange()}
	values, closed := info.Labels.Values(src)
	old, oldClosed := info.Labels.Values(dst)
	if closed {
		one.Values, closed = replaced(re, repl, values, old, oldClosed)
	}
	if closed {
		one.Presence = Guaranteed
		if slices.Contains(one.Values, "") {
			one.Presence = Possible
			one.Values = slices.DeleteFunc(one.Values, func(v string) bool { return v == "" })
		}
		if len(one.Values) == 0 {
			info.Labels = info.Labels.without([]string{dst}, e)
			return
		}
		info.Labels = info.Labels.with(one)
		return
	}
	one.Values = nil
	one.Presence = Possible
	fills := constantPart(repl) || repl == "$1" && fillsGroup(expr) && info.Labels.Must(src)
	if fills && (matchesAll(expr) || info.Labels.Must(dst) || repl == "$1" && fillsGroup(expr) && info.Labels.Must(src)) {
		one.Presence = Guaranteed
	}
	info.Labels = info.Labels.with(one)
}

// replaced returns the values of a label behind label_replace, the empty one among
// them where it may be absent.
func replaced(re *regexp.Regexp, repl string, values, old []string, oldClosed bool) ([]string, bool) {
	all := []string{}
	add := func(v string) {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	for _, v := range values {
		at := re.FindStringSubmatchIndex(v)
		if at != nil {
			add(string(re.ExpandString(nil, repl, v, at)))
			continue
		}
		if !oldClosed {
			return nil, false
		}
		for _, v := range old {
			add(v)
		}
	}
	return all, true
}

// constantPart reports whether a replacement holds more than references to groups.
func constantPart(repl string) bool {
	return strings.Trim(group.ReplaceAllString(repl, ""), "") != ""
}

var group = regexp.MustCompile(`\$\w+|\$\{\w+\}`)

// matchesAll reports whether a regular expression matches every string.
func matchesAll(expr string) bool {
	re, err := syntax.Parse(expr, syntax.Perl|syntax.DotNL)
	if err != nil {
		return false
	}
	re = re.Simplify()
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	return re.Op == syntax.OpStar && re.Sub[0].Op == syntax.OpAnyChar
}

// fillsGroup reports whether a regular expression matches every string that is not
// empty, and its first group is all of it.
func fillsGroup(expr string) bool { return expr == "(.+)" || expr == "(.*)" }

// labelJoin joins labels to one.
// Source: promql.evalLabelJoin.
func labelJoin(in *Inferred, e *parser.Call, info *Info) {
	dst, sep := text(e.Args[1]), text(e.Args[2])
	one := Label{Name: dst, Presence: Possible, Origin: FromReplace, Pos: e.PositionRange()}
	if sep != "" && len(e.Args) > 4 {
		one.Presence = Guaranteed
	}
	can := one.Presence == Guaranteed
	for _, a := range e.Args[min(3, len(e.Args)):] {
		if info.Labels.Must(text(a)) {
			one.Presence = Guaranteed
		}
		can = can || info.Labels.Can(text(a))
	}
	if !can {
		info.Labels = info.Labels.without([]string{dst}, e)
		return
	}
	info.Labels = info.Labels.with(one)
}
