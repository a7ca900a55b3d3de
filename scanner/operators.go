package scanner

import (
	"go/ast"
	"go/token"
	"math"
	"strings"
)

// This file evaluates operators.

func (ev *evaluator) unary(e *ast.UnaryExpr, env *Env) Value {
	v := ev.eval(e.X, env)
	switch {
	case e.Op == token.AND:
		return v
	case e.Op == token.SUB && v.Kind == Number:
		return num(-v.Num)
	case e.Op == token.NOT && v.Kind == Boolean:
		return Value{Kind: Boolean, Bool: !v.Bool, Default: v.Default}
	}
	return Value{}
}

func (ev *evaluator) binary(e *ast.BinaryExpr, env *Env) Value {
	l := ev.eval(e.X, env)
	if e.Op == token.LAND || e.Op == token.LOR {
		return ev.logic(e, l, env)
	}
	if !isOperand(e.Op, l) {
		return Value{}
	}
	return operate(e.Op, l, ev.eval(e.Y, env))
}

// logic evaluates && and ||, where one side may be enough.
func (ev *evaluator) logic(e *ast.BinaryExpr, l Value, env *Env) Value {
	decisive := e.Op == token.LOR
	if l.Kind == Boolean && l.Bool == decisive {
		return l
	}
	r := ev.eval(e.Y, env)
	if r.Kind == Boolean && (r.Bool == decisive || l.Kind == Boolean) {
		r.Default = r.Default || l.Default
		return r
	}
	return Value{}
}

// operate applies a binary operator to values.
func operate(op token.Token, l, r Value) Value {
	switch {
	case isComparison(op):
		return compare(op, l, r)
	case l.Kind == Number && r.Kind == Number:
		return arithmetic(op, l.Num, r.Num, isInteger(l.Type) || isInteger(r.Type))
	case op == token.ADD && (mayBeString(l) && mayBeString(r)):
		return mapStrings([]Value{l, r}, func(s []string) string { return s[0] + s[1] })
	}
	return Value{}
}

// isOperand reports whether something may come out of an operator applied to v: else what
// the other operand is does not matter.
func isOperand(op token.Token, v Value) bool {
	switch {
	case v.Kind == Number || isComparison(op) && v.Kind == Choice:
		return true
	case isComparison(op):
		return v.Kind == Nil || v.Kind == Boolean || v.Kind == String && !hasHole(v.Str) || v.isComposite()
	}
	return op == token.ADD && mayBeString(v)
}

// isComparison reports whether an operator is one of those that [compare] applies.
func isComparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// mayBeString reports whether a string may come out of v: it is one, or it has the type.
func mayBeString(v Value) bool { return v.Kind == String || isString(v.Type) }

func arithmetic(op token.Token, l, r float64, integer bool) Value {
	switch op {
	case token.ADD:
		return num(l + r)
	case token.SUB:
		return num(l - r)
	case token.MUL:
		return num(l * r)
	case token.QUO:
		switch {
		case r == 0:
		case integer:
			return num(math.Trunc(l / r))
		default:
			return num(l / r)
		}
	}
	return Value{}
}

// compare compares two values, as far as both are known. Where they have alternatives,
// all of these must agree.
func compare(op token.Token, l, r Value) Value {
	if l.Kind == Choice || r.Kind == Choice {
		var alts []Value
		l.each(func(l Value) {
			r.each(func(r Value) { alts = append(alts, compare(op, l, r)) })
		})
		if all := choice(alts); all.Kind == Boolean {
			return all
		}
		return Value{}
	}
	truth := func(b bool) Value { return Value{Kind: Boolean, Bool: b, Default: l.Default || r.Default} }
	order := 0
	switch {
	case l.Kind == Nil && r.Kind == Nil:
	case l.Kind == Nil && r.isComposite() || r.Kind == Nil && l.isComposite():
		order = 1
	case l.Kind == Boolean && r.Kind == Boolean:
		if l.Bool != r.Bool {
			order = 1
		}
	case l.Kind == Number && r.Kind == Number:
		order = cmpFloat(l.Num, r.Num)
	case l.Kind == String && r.Kind == String && !hasHole(l.Str) && !hasHole(r.Str):
		order = strings.Compare(l.Str, r.Str)
	default:
		return Value{}
	}
	switch op {
	case token.EQL:
		return truth(order == 0)
	case token.NEQ:
		return truth(order != 0)
	case token.LSS:
		return truth(order < 0)
	case token.LEQ:
		return truth(order <= 0)
	case token.GTR:
		return truth(order > 0)
	}
	return truth(order >= 0)
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
