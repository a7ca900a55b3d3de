package query

import (
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// promql is the parser of the expressions that dashgen emits and reads: what the
// oldest supported Prometheus takes without feature flags.
func promql() parser.Parser { return parser.NewParser(parser.Options{}) }

// variable matches a reference to a Grafana variable at the begin: $name, ${name},
// ${name:format} or [[name]].
// See https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/.
var variable = regexp.MustCompile(`^(?:\$\{\w+(?:\.\w+)?(?::\w+)?\}|\$\w+|\[\[\w+(?::\w+)?\]\])`)

// substitute replaces Grafana's variables by something that parses where they
// stand, of the same length, so that positions in the result are positions in
// expr: a duration inside brackets or behind offset, part of a name beside one, and
// alone what is asked for, a number ('0') or a name ('x'). Inside quotes the text may
// stay as it is and does.
func substitute(expr string, alone byte) string {
	found := variables(expr)
	if len(found) == 0 {
		return expr
	}
	quoted := quotedSpans(expr)
	var b strings.Builder
	last := 0
	for _, m := range found {
		if within(quoted, m[0]) {
			continue
		}
		b.WriteString(expr[last:m[0]])
		b.WriteString(placeholder(expr, m[0], m[1], alone))
		last = m[1]
	}
	b.WriteString(expr[last:])
	return b.String()
}

// placeholder returns what stands for the variable at expr[from:to].
func placeholder(expr string, from, to int, alone byte) string {
	n := to - from
	before := strings.TrimRight(expr[:from], " \t\n")
	switch {
	case strings.HasSuffix(before, "[") || strings.HasSuffix(before, ":") || strings.HasSuffix(before, "offset"):
		return strings.Repeat("0", n-2) + "5m" // $x is the shortest, so n >= 2
	case strings.Contains(expr[from:to], "interval") || strings.Contains(expr[from:to], "range"):
		return strings.Repeat("0", n-1) + "1" // $__range_s and the like: a number
	case from > 0 && isWord(expr[from-1]) || to < len(expr) && isWord(expr[to]):
		return strings.Repeat("x", n) // part of a name
	case to < len(expr) && (expr[to] == '{' || expr[to] == '['):
		return strings.Repeat("x", n) // a metric name
	case strings.HasSuffix(before, "(") && grouping.MatchString(before[max(0, len(before)-20):]):
		return strings.Repeat("x", n) // by ($label)
	case alone == 'x':
		return strings.Repeat("x", n)
	}
	return strings.Repeat("0", n-1) + "1"
}

var grouping = regexp.MustCompile(`\b(?:by|without|on|ignoring|group_left|group_right)\s*\($`)

// variables returns the places of Grafana's variables as [from, to), those in quotes
// among them.
func variables(expr string) [][2]int {
	var found [][2]int
	for i := 0; i < len(expr); i++ {
		if expr[i] != '$' && !strings.HasPrefix(expr[i:], "[[") {
			continue
		}
		if m := variable.FindStringIndex(expr[i:]); m != nil {
			found = append(found, [2]int{i, i + m[1]})
			i += m[1] - 1
		}
	}
	return found
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// quotedSpans returns the [from, to) of every quoted string in expr.
func quotedSpans(expr string) [][2]int {
	var spans [][2]int
	for i := 0; i < len(expr); i++ {
		q := expr[i]
		if q == '#' { // a comment runs to the end of the line
			for i < len(expr) && expr[i] != '\n' {
				i++
			}
			continue
		}
		if q != '"' && q != '\'' && q != '`' {
			continue
		}
		from := i
		for i++; i < len(expr) && expr[i] != q; i++ {
			if expr[i] == '\\' && q != '`' {
				i++
			}
		}
		spans = append(spans, [2]int{from, min(i+1, len(expr))})
	}
	return spans
}

func within(spans [][2]int, i int) bool {
	n := sort.Search(len(spans), func(n int) bool { return spans[n][1] > i })
	return n < len(spans) && spans[n][0] <= i
}

// MaxLen is the longest expression, in bytes, that is parsed.
const MaxLen = 64 << 10

// The parser's time grows with the square of the depth of an expression's tree, which
// brackets, signs and chains of operators make. No expression that people write comes
// near these bounds.
const (
	maxDepth     = 1200 // brackets within brackets, and signs
	maxOperators = 2500 // commas and subqueries among them
)

// tooDeep says where an expression exceeds what is parsed in a bounded time; ok is
// false where it does not.
func tooDeep(expr string) (e *SyntaxError, ok bool) {
	if len(expr) < maxDepth {
		return nil, false
	}
	depth, operators := 0, 0
	l := parser.Lex(expr)
	for {
		var item parser.Item
		l.NextItem(&item)
		switch {
		case item.Typ == parser.EOF || item.Typ == parser.ERROR:
			return nil, false
		case item.Typ == parser.LEFT_PAREN:
			depth++
		case item.Typ == parser.RIGHT_PAREN:
			depth--
		case item.Typ.IsOperator() || item.Typ == parser.COMMA || item.Typ == parser.LEFT_BRACKET:
			operators++
		}
		if depth > maxDepth {
			return &SyntaxError{Offset: int(item.Pos), Message: fmt.Sprintf("more than %d brackets stand within each other", maxDepth)}, true
		}
		if operators > maxOperators {
			return &SyntaxError{Offset: int(item.Pos), Message: fmt.Sprintf("expression has more than %d operators and commas", maxOperators)}, true
		}
	}
}

// Parse parses PromQL in which Grafana's variables may stand. Positions in the
// tree are byte offsets into expr. An error is a [*SyntaxError].
func Parse(expr string) (parser.Expr, error) { return parseWith(promql(), expr) }

// ParseExperimental is Parse with the functions that Prometheus has behind the feature flag
// promql-experimental-functions.
func ParseExperimental(expr string) (parser.Expr, error) {
	return parseWith(parser.NewParser(parser.Options{EnableExperimentalFunctions: true}), expr)
}

func parseWith(promql parser.Parser, expr string) (parser.Expr, error) {
	if len(expr) > MaxLen {
		return nil, &SyntaxError{Message: "expression is longer than 64 KiB"}
	}
	plain := substitute(expr, '0')
	if e, ok := tooDeep(plain); ok {
		return nil, e
	}
	e, err := promql.ParseExpr(plain)
	if err != nil && plain != expr {
		if named, nameErr := promql.ParseExpr(substitute(expr, 'x')); nameErr == nil {
			return named, nil
		}
	}
	if err == nil {
		return e, nil
	}
	var list parser.ParseErrors
	if errors.As(err, &list) && len(list) > 0 {
		first := list[0]
		return nil, &SyntaxError{Offset: int(first.PositionRange.Start), Message: first.Err.Error()}
	}
	return nil, &SyntaxError{Message: err.Error()}
}

// A SyntaxError says why and where an expression does not parse.
type SyntaxError struct {
	Offset  int // in bytes from the start of the expression
	Message string
}

func (e *SyntaxError) Error() string { return e.Message }
