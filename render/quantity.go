package render

import (
	"regexp"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
)

// rateRange matches the range of a rate that Grafana chooses. It only smooths, so that
// such a rate is the same quantity as one over rules' usual range; an increase over
// another range is another quantity.
var rateRange = regexp.MustCompile(`\b(i?rate\s*\([^()\[\]]*)\[\$__rate_interval\]`)

// quantity returns what an expression shows, without how a division is guarded and
// which targets a board selects: "" where that cannot be told. A bound on one quantity
// means nothing on another: the sum over instances is not what each of them has.
func quantity(expr string) string {
	expr = rateRange.ReplaceAllString(expr, "${1}[5m]")
	if strings.Contains(expr, "[$") || strings.Contains(expr, "[[") {
		return ""
	}
	if _, err := query.Parse(expr); err != nil {
		return ""
	}
	expr = variableMatch.ReplaceAllString(canonical(expr), "")
	expr = literalMatch.ReplaceAllString(expr, "=$1")
	expr = commaBefore.ReplaceAllString(expr, "$1")
	expr = strings.ReplaceAll(strings.ReplaceAll(expr, "{,", "{"), "{}", "")
	return unbracket(unguard(expr))
}

// canonical returns an expression as Prometheus writes it, or as it is where it does
// not parse.
func canonical(expr string) string {
	e, err := query.Parse(expr)
	if err != nil {
		return expr
	}
	return e.String()
}

// unguard takes the "> 0" out of divisors in a canonical expression, which only keeps
// NaN away.
func unguard(expr string) string {
	for at := len(expr) - 1; at >= 0; at-- {
		if !strings.HasPrefix(expr[at:], "/ (") {
			continue
		}
		end, top := closing(expr, at+2)
		if whole, guarded := strings.CutSuffix(top, " > 0"); guarded && !setOp.MatchString(whole) {
			expr = expr[:end-len(" > 0")] + expr[end:]
		}
	}
	return expr
}

var (
	setOp      = regexp.MustCompile(` (?:and|or|unless) `)
	opensGroup = regexp.MustCompile(`(?:^|\(|[-+*/%^<>=!] |\b(?:and|or|unless|bool) )$`) // what stands before a bracket that groups
	binaryOp   = regexp.MustCompile(` (?:[-+*/%^]|[<>=!]=?|and|or|unless|atan2) `)
)

// unbracket takes the brackets out of a canonical expression that group nothing: those
// around all of it, and around one operand.
func unbracket(expr string) string {
	for open := 0; open < len(expr); open++ {
		if expr[open] != '(' || !opensGroup.MatchString(expr[:open]) {
			continue
		}
		end, top := closing(expr, open)
		if end > 0 && (!binaryOp.MatchString(top) || open == 0 && end == len(expr)-1) {
			expr = expr[:open] + expr[open+1:end] + expr[end+1:]
			open--
		}
	}
	return expr
}

// closing returns where the bracket at open is closed, 0 if nowhere, and what stands
// between the two, save inside further brackets and quotes.
func closing(expr string, open int) (end int, top string) {
	depth, quoted := 0, false
	var b strings.Builder
	for i := open; i < len(expr); i++ {
		switch c := expr[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			if depth--; depth == 0 {
				return i, b.String()
			}
		case depth == 1:
			b.WriteByte(c)
		}
	}
	return 0, ""
}
