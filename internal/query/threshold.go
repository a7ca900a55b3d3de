package query

import (
	"math"

	"github.com/prometheus/prometheus/promql/parser"
)

// Threshold splits an alert's expression that ends in a comparison with a number,
// such as "a / b > 0.05", into what is compared, the operator and the number. A
// number on the left is turned round: "5 < x" gives x > 5. ok is false where the
// expression is not of that form, the comparison is bool, or it does not parse.
func Threshold(expr string) (left, op string, value float64, ok bool) {
	e, err := Parse(expr)
	if err != nil {
		return "", "", 0, false
	}
	b, isBinary := Unparen(e).(*parser.BinaryExpr)
	if !isBinary || !b.Op.IsComparisonOperator() || b.ReturnBool {
		return "", "", 0, false
	}
	at := func(e parser.Expr) string {
		p := e.PositionRange()
		return expr[p.Start:p.End]
	}
	if v, isNumber := constant(b.RHS); isNumber {
		return at(b.LHS), b.Op.String(), v, true
	}
	if v, isNumber := constant(b.LHS); isNumber {
		return at(b.RHS), mirrored[b.Op.String()], v, true
	}
	return "", "", 0, false
}

var mirrored = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}

// Unparen returns an expression without parentheses around it.
func Unparen(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// constant evaluates arithmetic over number literals.
func constant(e parser.Expr) (float64, bool) {
	switch e := Unparen(e).(type) {
	case *parser.NumberLiteral:
		return e.Val, true
	case *parser.UnaryExpr:
		v, ok := constant(e.Expr)
		if e.Op == parser.SUB {
			v = -v
		}
		return v, ok
	case *parser.BinaryExpr:
		l, lok := constant(e.LHS)
		r, rok := constant(e.RHS)
		if !lok || !rok {
			return 0, false
		}
		switch e.Op {
		case parser.ADD:
			return l + r, true
		case parser.SUB:
			return l - r, true
		case parser.MUL:
			return l * r, true
		case parser.DIV:
			return l / r, true
		case parser.POW:
			return math.Pow(l, r), true
		}
	}
	return 0, false
}
