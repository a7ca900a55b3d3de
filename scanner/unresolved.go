package scanner

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file says what could not be told, why, and what to write instead.

// Unresolved reports that the call defines something that could not be told: metrics of any
// name, as far as is known.
func (c *Call) Unresolved(what string, v Value, hint string) {
	if f := c.unresolved(what, v, hint); f != nil {
		c.scan.unnameable(*f)
	}
}

// UnresolvedLabels is Unresolved of a metric whose name is known.
func (c *Call) UnresolvedLabels(what string, v Value, hint string) {
	if f := c.unresolved(what, v, hint); f != nil {
		c.scan.finding(*f)
	}
}

// unresolved returns the finding; nil: others may know more.
func (c *Call) unresolved(what string, v Value, hint string) *schema.Finding {
	if c.probe || !c.scan.settled(v.Why) {
		return nil
	}
	at := c.site
	if root := c.scan.said(c.site, c.env); root != nil {
		at = root
	}
	f := &schema.Finding{Pos: c.scan.pos(at.pos), Check: "unresolved", Severity: schema.Warning, Message: what, Hint: hint}
	if v.Why != nil {
		f.Related = []schema.Related{c.scan.because(v.Why)}
	}
	return f
}

// unnamed reports that the name of a metric begins with what is known only at run time.
func (s *scan) unnamed(at *site, typ schema.Type, d *Definition) {
	why := d.why
	if !s.settled(why) {
		return
	}
	f := schema.Finding{
		Pos: s.pos(at.call.Pos()), Check: "unresolved", Severity: schema.Warning,
		Message: "name of this metric cannot be told from the source",
		Hint:    "begin the name with a constant, or make it of constants",
	}
	if why != nil {
		f.Related = []schema.Related{s.because(why)}
		if rule := s.constructorRule(why, typ, d.site.fn); rule != "" {
			f.Hint += "; or write in dashgen.yaml " + rule
		}
	}
	s.unnameable(f)
}

// because says what an expression is that could not be told.
func (s *scan) because(why ast.Expr) schema.Related {
	text := types.ExprString(why)
	r := schema.Related{Pos: s.pos(why.Pos()), Message: text + " is known only at run time"}
	fn := s.ix.functionAt(why.Pos())
	if fn == nil {
		return r
	}
	root, path := target(fn.pkg.TypesInfo, why)
	if root == nil {
		return r
	}
	if owner := parameterOf(fn, root); owner != nil {
		switch sites, _ := s.ev.callers(owner); {
		case len(sites) == 0:
			r.Message = fmt.Sprintf("%s is given by the callers of %s, which are not known", text, s.functionName(owner))
		case len(path) == 0:
			r.Message = fmt.Sprintf("%s is given by the callers of %s, not all of which can be told", text, s.functionName(owner))
		}
	}
	return r
}

// parameterOf returns the function, fn or one around it, that v is a parameter of.
func parameterOf(fn *function, v types.Object) *function {
	for ; fn != nil; fn = fn.outer {
		if _, ok := fn.params[v]; ok {
			return fn
		}
	}
	return nil
}

// constructorRule returns the entry of constructors: that says the name which depends on
// why: the argument of a function that makes defining define it, or a field of a struct type of
// the program; empty where it is neither.
func (s *scan) constructorRule(why ast.Expr, typ schema.Type, defining *function) string {
	fn := s.ix.functionAt(why.Pos())
	if fn == nil {
		return ""
	}
	info, rule := fn.pkg.TypesInfo, ""
	ast.Inspect(why, func(n ast.Node) bool {
		if rule != "" {
			return false
		}
		switch n := n.(type) {
		case *ast.SelectorExpr:
			rule = s.fieldRule(info, n)
		case *ast.Ident:
			rule = s.parameterRule(fn, info.Uses[n], defining)
		}
		return rule == ""
	})
	if rule == "" {
		return ""
	}
	if typ != "" && typ != schema.Untyped {
		rule += ", type: " + string(typ)
	}
	return "constructors: [{" + rule + "}]"
}

// fieldRule names the struct type that a string is a field of.
func (s *scan) fieldRule(info *types.Info, sel *ast.SelectorExpr) string {
	f := fieldOf(info, sel)
	if f == nil || !isString(f.Type()) || !s.ix.reads(f) {
		return ""
	}
	n, ok := types.Unalias(deref(orInvalid(info.TypeOf(sel.X)))).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Parent() != n.Obj().Pkg().Scope() || len(selected(info, sel)) != 1 {
		return ""
	}
	return fmt.Sprintf("struct: %s.%s, name: %s", n.Obj().Pkg().Path(), n.Obj().Name(), f.Name())
}

// parameterRule names the declared function that a string is a parameter of, where it
// calls defining. One that keeps the string, for others to define by, makes no metric itself.
func (s *scan) parameterRule(fn *function, v types.Object, defining *function) string {
	if v == nil || !isString(v.Type()) {
		return ""
	}
	owner := parameterOf(fn, v)
	if owner == nil || owner.params[v] == receiver || variadic(owner, owner.params[v]) {
		return ""
	}
	f, ok := owner.obj.(*types.Func)
	if !ok || !s.calls(owner, defining) {
		return ""
	}
	name := strings.NewReplacer("(", "", ")", "", "*", "").Replace(f.FullName())
	return fmt.Sprintf("function: %s, name: argument %d", name, owner.params[v])
}

// calls reports whether caller is fn, or calls it, through any number of others.
func (s *scan) calls(caller, fn *function) bool {
	seen := map[*function]bool{}
	for next := []*function{fn}; len(next) > 0 && len(seen) < maxContexts; next = next[1:] {
		if next[0] == nil || seen[next[0]] {
			continue
		}
		if next[0] == caller {
			return true
		}
		seen[next[0]] = true
		next = append(next, next[0].outer)
		sites, _ := s.ev.callers(next[0])
		for _, at := range sites {
			next = append(next, at.fn)
		}
	}
	return false
}

// whyOf returns what makes the alternative of v unknown that is the symbolic string s; nil
// where none is.
func (v Value) whyOf(s string) ast.Expr {
	var why ast.Expr
	v.each(func(v Value) {
		if why == nil && (v.Kind == String && v.Str == s && hasHole(s) || (v.Kind != String || v.Absent) && s == Hole) {
			if why = v.Why; v.Kind == Opaque {
				why = v.Call
			}
		}
	})
	return why
}

// whyAny returns what makes the first of args unknown that is in parts.
func whyAny(args []Value, parts []string) ast.Expr {
	for i, a := range args {
		if hasHole(parts[i]) {
			if why := a.whyOf(parts[i]); why != nil {
				return why
			}
		}
	}
	return nil
}
