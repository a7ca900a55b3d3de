package scanner

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file records, where Config.Explain asks for it, which expressions the values that
// names are made of came from, and says so of each metric.

// A source is what a string, number or truth value, or one that is not known, came from.
// Sources are made while values are, so that each alternative has its own.
type source struct {
	expr       ast.Expr // nil: a function's result, of its arguments
	env        *Env
	value      string // symbolic
	isDefault  bool
	configured bool
	from       []*source // one, or the parts in their order
}

// sourced returns v, the value of e in env, with e as its source.
func sourced(v Value, e ast.Expr, env *Env) Value {
	switch v.Kind {
	case Choice:
		alts := slices.Clone(v.Alts)
		for i := range alts {
			alts[i] = sourced(alts[i], e, env)
		}
		v.Alts = alts
		return v
	case String, Number, Boolean, Opaque, Unknown:
	default:
		return v
	}
	s := &source{expr: e, env: env, value: Hole, isDefault: v.Default, configured: v.Configured}
	if v.Kind == String {
		s.value = v.Str
	}
	if v.from != nil && v.from.expr == nil {
		s.from = v.from.from
	} else if v.from != nil {
		s.from = []*source{v.from}
	}
	v.from = s
	return v
}

// sourceOf returns the source of the alternative of v that is the symbolic string s.
func (v Value) sourceOf(s string) *source {
	var found *source
	v.each(func(v Value) {
		known := v.Kind == String && v.Str == s
		if found == nil && (known || v.Kind != String && s == Hole) {
			found = v.from
		}
	})
	return found
}

// partsOf returns the source of what is made of one symbolic string for each of args; nil
// where nobody asked.
func partsOf(args []Value, parts []string) *source {
	var s *source
	for i, a := range args {
		if from := a.sourceOf(parts[i]); from != nil {
			if s == nil {
				s = &source{}
			}
			if from.expr == nil {
				s.from = append(s.from, from.from...)
			} else {
				s.from = append(s.from, from)
			}
		}
	}
	return s
}

// A trace is what a definition is explained with.
type trace struct {
	scan   *scan
	name   *source
	typed  []schema.Related
	values []schema.Given
}

// used records that the call that is being decoded uses the definition.
func (t *trace) used() {
	if c := t.scan.decoding; c != nil {
		t.typed = append(t.typed, schema.Related{Pos: t.scan.pos(c.site.pos), Message: "by " + c.calls()})
	}
}

// value records a value that the call that is being decoded gives to a label.
func (t *trace) value(label string, v Value) {
	c := t.scan.decoding
	if c == nil {
		return
	}
	v.each(func(v Value) {
		g := schema.Given{Pos: t.scan.pos(c.site.pos), Label: label, Open: true}
		switch {
		case v.Kind == String && !hasHole(v.Str) && !v.Default:
			g.Value, g.Open = v.Str, false
		case v.from != nil && v.from.expr != nil:
			g.Value = types.ExprString(v.from.expr)
		}
		t.values = append(t.values, g)
	})
}

// calls names the callee as code does: prometheus.NewGauge.
func (c *Call) calls() string { return shortName(c.Name) }

// shortName takes the folders of import paths out of a full name:
// (*example.com/x/shop.T).M becomes (*shop.T).M.
func shortName(full string) string {
	i := strings.LastIndexByte(full, '/')
	if i < 0 {
		return full
	}
	lead := full[:len(full)-len(strings.TrimLeft(full, "(*"))]
	return lead + full[i+1:]
}

// provenance says how a definition was put together, registered with w under that name.
func (s *scan) provenance(d *Definition, w Wrap, name string) []schema.Provenance {
	t := d.trace
	if t == nil {
		return nil
	}
	call := &Call{Name: d.callee}
	p := schema.Provenance{Name: schema.Origin{Pos: s.pos(d.site.pos), Value: strings.ReplaceAll(name, Hole, "*"), Text: call.calls()}}
	for _, from := range w.from {
		p.Name.From = append(p.Name.From, s.origin(from))
	}
	if t.name != nil {
		p.Name.From = append(p.Name.From, s.origins(t.name)...)
	}
	if d.Metric.Type == "" {
		p.Type = slices.Clone(t.typed)
		slices.SortFunc(p.Type, schema.Related.Compare)
		p.Type = slices.Compact(p.Type)
	}
	p.Values = slices.Clone(t.values)
	slices.SortFunc(p.Values, func(a, b schema.Given) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value), a.Pos.Compare(b.Pos))
	})
	p.Values = slices.Compact(p.Values)
	return []schema.Provenance{p}
}

// origins returns what a source has its value from, itself included where it is an
// expression. What is empty is left out, and literals that stand in the expression.
func (s *scan) origins(from *source) []schema.Origin {
	if from.expr != nil {
		return []schema.Origin{s.origin(from)}
	}
	var list []schema.Origin
	for _, part := range from.from {
		if part.value != "" {
			list = append(list, s.origin(part))
		}
	}
	return list
}

func (s *scan) origin(from *source) schema.Origin {
	from = from.bare()
	o := schema.Origin{
		Pos:   s.pos(from.expr.Pos()),
		Value: strings.ReplaceAll(from.value, Hole, "*"),
		Text:  types.ExprString(from.expr),
		Note:  s.note(from),
	}
	parts := from.terms()
	if tv := from.env.pkg.TypesInfo.Types[from.expr]; tv.Value != nil {
		parts = from.constants()
	}
	for _, part := range parts {
		inside := contains(from.expr, part.expr.Pos())
		if _, literal := part.bare().expr.(*ast.BasicLit); literal && inside || part.value == "" {
			continue // it is seen in the expression
		}
		o.From = append(o.From, s.origin(part))
	}
	return o
}

// bare returns the source without what adds nothing: parentheses, and the like.
func (from *source) bare() *source {
	for len(from.from) == 1 {
		switch from.expr.(type) {
		case *ast.ParenExpr, *ast.StarExpr, *ast.UnaryExpr, *ast.TypeAssertExpr:
			from = from.from[0]
			continue
		}
		break
	}
	return from
}

// terms returns what an expression has its value from; of a + b + c, all three.
func (from *source) terms() []*source {
	var terms []*source
	for _, part := range from.from {
		if isSum(from.expr) && isSum(part.expr) && contains(from.expr, part.expr.Pos()) {
			terms = append(terms, part.terms()...)
		} else {
			terms = append(terms, part)
		}
	}
	return terms
}

func isSum(e ast.Expr) bool {
	sum, ok := e.(*ast.BinaryExpr)
	return ok && sum.Op == token.ADD
}

// constants returns the terms of a sum of constants.
func (from *source) constants() []*source {
	sum, ok := from.expr.(*ast.BinaryExpr)
	if !ok || sum.Op != token.ADD {
		return nil
	}
	var terms []*source
	for _, e := range []ast.Expr{sum.X, sum.Y} {
		tv := from.env.pkg.TypesInfo.Types[e]
		if tv.Value == nil {
			continue
		}
		term := sourced(fromConstant(tv.Value, tv.Type), e, from.env).from
		if isSum(e) {
			terms = append(terms, term.constants()...)
		} else {
			terms = append(terms, term)
		}
	}
	return terms
}

// note says what an expression is.
func (s *scan) note(from *source) string {
	note := s.kind(from)
	inner := func(is func(*source) bool) bool { return slices.ContainsFunc(from.from, is) }
	switch {
	case from.configured && !inner(func(f *source) bool { return f.configured }):
		note += ", a default that users may change"
	case from.isDefault && !inner(func(f *source) bool { return f.isDefault }):
		note += ", which may be set otherwise when the program is built"
	}
	if len(from.from) == 0 && from.value == Hole {
		note += ", known only at run time"
	}
	return strings.TrimPrefix(note, ", ")
}

func (s *scan) kind(from *source) string {
	info := from.env.pkg.TypesInfo
	switch e := ast.Unparen(from.expr).(type) {
	case *ast.Ident:
		return s.object(info.ObjectOf(e), e.Pos(), from.env)
	case *ast.SelectorExpr:
		return s.object(info.ObjectOf(e.Sel), e.Pos(), from.env)
	case *ast.IndexExpr:
		return "element"
	case *ast.CallExpr:
		if obj := calleeObject(info, e); s.ix.facts.funcs[obj] != nil {
			return "result of " + obj.Name()
		}
	}
	return ""
}

// object says what an object is that is named at pos.
func (s *scan) object(obj types.Object, pos token.Pos, env *Env) string {
	switch obj := obj.(type) {
	case *types.Const:
		return "constant at " + s.pos(obj.Pos()).String()
	case *types.Var:
		switch {
		case obj.IsField():
			return "field"
		case !isLocal(obj):
			return "package variable"
		case s.ix.ranges[obj] != nil:
			return "each element of " + types.ExprString(s.ix.ranges[obj])
		}
		if fn := s.ix.functionAt(pos); fn != nil {
			for ; fn != nil; fn = fn.outer {
				if _, ok := fn.params[obj]; ok {
					return "parameter of " + s.functionName(fn)
				}
			}
		}
		return "variable"
	}
	return ""
}

// functionName names a function as its declaration does.
func (s *scan) functionName(fn *function) string {
	switch decl := fn.node.(type) {
	case *ast.FuncDecl:
		return funcSymbol(decl)
	}
	if fn.obj != nil {
		return fn.obj.Name()
	}
	return "a function literal"
}

// prefixed returns the sources of prefixes with that of this call, which adds the prefix p.
func (c *Call) prefixed(outer []*source, p string) []*source {
	from := c.Arg(0).sourceOf(p)
	if from == nil {
		return outer
	}
	return append(slices.Clone(outer), &source{expr: c.site.call, env: c.env, value: p, from: []*source{from}})
}
