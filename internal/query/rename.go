package query

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// Rename returns expr with other names of series: to is asked for each that a selector
// names, and returns it as it is where it is to stay. Everything else, white space
// included, stays too. What does not parse is returned as it is.
func Rename(expr string, to func(series string) string) string {
	e, err := Parse(expr)
	if err != nil {
		return expr
	}
	sel := Selectors(e)
	for i := len(sel) - 1; i >= 0; i-- { // from the back, so that offsets stay true
		expr = renameAt(expr, sel[i].Offset, sel[i].End, sel[i].Name, to)
	}
	return expr
}

// renameAt renames the series of a selector that stands in expr[from:end].
func renameAt(expr string, from, end int, name string, to func(string) string) string {
	at := from
	if in := strings.Index(expr[from:end], nameLabel); in >= 0 && !strings.HasPrefix(expr[from:end], name) {
		at += in + len(nameLabel)
		at += strings.IndexAny(expr[at:end], "\"'`") + 1
	}
	if name == "" || !strings.HasPrefix(expr[at:end], name) {
		return expr // written with escapes
	}
	return expr[:at] + to(name) + expr[at+len(name):]
}

// OrElse returns expr with "or" and the same of other series behind every selector, or
// behind the function over it where it is of a range: rate(a[5m]) becomes
// (rate(a[5m]) or rate(b[5m])). The names come from to, as for Rename. So the series of
// both are one before anything is computed of several.
func OrElse(expr string, to func(series string) []string) string {
	e, err := Parse(expr)
	if err != nil {
		return expr
	}
	type part struct {
		selector, whole parser.Node
		name            string
	}
	var parts []part
	parser.Inspect(e, func(n parser.Node, path []parser.Node) error {
		vs, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		whole := parser.Node(vs)
		for i := len(path) - 1; i >= 0; i-- {
			switch path[i].(type) {
			case *parser.MatrixSelector, *parser.StepInvariantExpr, *parser.SubqueryExpr:
				continue
			case *parser.Call:
				if vs != whole || path[len(path)-1] != path[i] {
					whole = path[i]
				}
			}
			break
		}
		parts = append(parts, part{vs, whole, selectedName(vs)})
		return nil
	})
	slices.SortStableFunc(parts, func(a, b part) int {
		return int(b.whole.PositionRange().Start - a.whole.PositionRange().Start)
	})
	for _, p := range parts {
		w, s := p.whole.PositionRange(), p.selector.PositionRange()
		text := expr[w.Start:w.End]
		all := text
		for _, other := range to(p.name) {
			all += " or " + renameAt(text, int(s.Start-w.Start), int(s.End-w.Start), p.name, func(string) string { return other })
		}
		if all == text {
			continue
		}
		if !enclosed(expr, int(w.Start), int(w.End)) {
			all = "(" + all + ")"
		}
		expr = expr[:w.Start] + all + expr[w.End:]
	}
	return expr
}

// enclosed reports whether expr[from:end] stands in parentheses alone.
func enclosed(expr string, from, end int) bool {
	return strings.HasSuffix(strings.TrimRight(expr[:from], " \t\n"), "(") && strings.HasPrefix(strings.TrimLeft(expr[end:], " \t\n"), ")")
}
