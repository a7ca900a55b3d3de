package scanner

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file reads the families that the user's constructors describe: arguments of calls,
// and fields of struct literals. A literal is decoded like a call, of its type with
// itself.

// A describer is a constructor that was found.
type describer struct {
	*Constructor
	obj types.Object // *types.Func or *types.TypeName
}

// define adds a family for each value that the struct may be whose fields are read: parts
// of different ones do not belong together.
func (d *describer) define(c *Call) {
	options := Value{}
	if i, ok := d.options(); ok {
		options = d.argument(c, i)
	}
	options.each(func(v Value) { d.family(c, v) })
}

// options returns the argument whose fields are read; of a literal, itself.
func (d *describer) options() (arg int, ok bool) {
	parts := d.parts()
	i := slices.IndexFunc(parts, func(p Part) bool { return p.Field != "" })
	if i < 0 {
		return 0, false
	}
	return parts[i].Arg, true
}

func (d *describer) family(c *Call, options Value) {
	m := &schema.Metric{Type: d.typ(c, options)}
	if m.Untold = []string{"help"}; d.Help != nil {
		m.Untold = nil
		setHelp(m, orEmpty(d.value(c, *d.Help, options)))
	}
	if d.Unit != nil {
		m.Unit = plain(orEmpty(d.value(c, *d.Unit, options)))
	}
	if d.Buckets != nil {
		m.Buckets = floats(c, d.value(c, *d.Buckets, options))
	}
	var name []Value
	for _, p := range d.Name {
		name = append(name, orEmpty(d.value(c, p, options)))
	}
	d.together(c, name)
	full := mapStrings(name, func(parts []string) string {
		return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "_")
	})
	c.Families(full, m, d.labels(c, options))
}

// together makes unknown which parts of a name are any of the values of a field, where
// another differs by the way in which the place is reached: which of them go together is
// not told.
func (d *describer) together(c *Call, name []Value) {
	anyway := &Call{scan: c.scan, site: c.site, env: &Env{pkg: c.site.pkg}, Name: c.Name, probe: true, library: c.library}
	options := Value{}
	if i, ok := d.options(); ok {
		options = d.argument(anyway, i)
	}
	for i := range name {
		if !name[i].isLoose() {
			continue
		}
		for j, p := range d.Name {
			if j != i && !orEmpty(d.value(anyway, p, options)).isKnown() {
				name[i] = Value{Type: name[i].Type}
			}
		}
	}
}

// labels reads the parts that are label names, or lists of them.
func (d *describer) labels(c *Call, options Value) labelList {
	if d.Labels == nil {
		return labelList{labels: []schema.Label{anyLabel}}
	}
	var list labelList
	for _, p := range d.Labels {
		names := d.value(c, p, options)
		if one := names; one.Kind == String {
			names = Value{Kind: List, Elems: []Elem{{Value: &one}}}
		}
		list.labels = append(list.labels, labelNames(c, names).labels...)
	}
	return list
}

// value evaluates a part.
func (d *describer) value(c *Call, p Part, options Value) Value {
	if p.Text != "" {
		return str(p.Text)
	}
	v := options
	if i, ok := d.options(); !ok || p.Field == "" || i != p.Arg {
		v = d.argument(c, p.Arg)
	}
	for name := range strings.SplitSeq(p.Field, ".") {
		if name != "" {
			v = fieldIn(c, v, name)
		}
	}
	return v
}

// fieldIn returns the field of each struct that v may be.
func fieldIn(c *Call, v Value, name string) Value {
	var alts []Value
	v.each(func(v Value) {
		field, known := c.Field(v, name)
		switch st, ok := deref(orInvalid(v.Type)).Underlying().(*types.Struct); {
		case !known:
			field = Value{Why: v.Why}
		case field.Kind == Nil && ok: // not written
			for f := range st.Fields() {
				if f.Name() == name {
					field = zero(f.Type())
				}
			}
		}
		alts = append(alts, field)
	})
	return choice(alts)
}

// argument evaluates an argument; the last of a variadic function is the list of the rest.
func (d *describer) argument(c *Call, i int) Value {
	if i == Receiver {
		return c.Receiver()
	}
	if sig, ok := d.obj.Type().(*types.Signature); ok && sig.Variadic() && i == sig.Params().Len()-1 && !c.site.call.Ellipsis.IsValid() {
		list := Value{Kind: List}
		vs, _ := c.Rest(i)
		for _, v := range vs {
			list.Elems = append(list.Elems, Elem{Value: &v})
		}
		return list
	}
	return c.Arg(i)
}

// typ returns the type that the constructor says, or its argument or field, or "".
func (d *describer) typ(c *Call, options Value) schema.Type {
	if d.TypeOf == nil {
		return d.Type
	}
	may := map[schema.Type]bool{}
	d.value(c, *d.TypeOf, options).each(func(v Value) { may[d.typeOf(c, v)] = true })
	if len(may) > 1 {
		return schema.Untyped
	}
	return only(may)
}

// typeOf returns the type that a value stands for, or "".
func (d *describer) typeOf(c *Call, v Value) schema.Type {
	for _, key := range slices.Sorted(maps.Keys(d.Types)) {
		if d.means(c, key, v) {
			return d.Types[key]
		}
	}
	switch t := schema.Type(plain(v)); {
	case d.Types != nil:
	case promType(v.Type) == "ValueType":
		return valueTypes[v.Num]
	case slices.Contains(schema.Types, t):
		return t
	}
	return ""
}

// means reports whether v is the value key, or that of a constant called key: of the
// package of its type, of the constructor, or of the call.
func (d *describer) means(c *Call, key string, v Value) bool {
	if v.Kind == String && v.Str == key || v.Kind == Number && strconv.FormatFloat(v.Num, 'g', -1, 64) == key {
		return true
	}
	pkgs := []*types.Package{d.obj.Pkg(), c.site.pkg.Types}
	if n, ok := types.Unalias(orInvalid(v.Type)).(*types.Named); ok {
		pkgs = append(pkgs, n.Obj().Pkg())
	}
	for _, p := range pkgs {
		if p == nil {
			continue
		}
		if k, ok := p.Scope().Lookup(key).(*types.Const); ok && k.Val().Kind() != constant.Unknown {
			return fromConstant(k.Val(), k.Type()).same(v)
		}
	}
	return false
}

// describes notes the fields that a type's families are named by.
func (s *scan) describes(d *describer) {
	tn, ok := d.obj.(*types.TypeName)
	if !ok {
		return
	}
	for f := range tn.Type().Underlying().(*types.Struct).Fields() {
		if slices.ContainsFunc(d.Name, func(p Part) bool { first, _, _ := strings.Cut(p.Field, "."); return first == f.Name() }) {
			s.described[f] = true
		}
	}
}

// literals decodes the literals of the types that constructors name.
func (s *scan) literals(ds decoders) {
	for _, l := range s.ix.literals {
		name := structName(l.pkg.TypesInfo.TypeOf(l.lit))
		if s.copies(l) {
			continue
		}
		for _, at := range s.uses(l) {
			s.each(at, at.call.Args, 0, func(env *Env) { ds.call(s, ds[name], at, env, name) })
			s.probe(at, name, ds[name])
		}
	}
}

// structName returns the full name of a type, or of what it points to.
func structName(t types.Type) string {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return fullName(n.Obj())
}

// A literal is a struct literal.
type literal struct {
	place
	lit    *ast.CompositeLit
	holder holder
}

// site returns the site of a literal, or of e, which has its value.
func (l literal) site(e ast.Expr) *site {
	at := l.place
	at.pos = e.Pos()
	return &site{place: at, holder: l.holder, call: &ast.CallExpr{Fun: &ast.ParenExpr{Lparen: l.lit.Pos(), X: l.lit}, Args: []ast.Expr{e}, Rparen: l.lit.End()}}
}

// uses returns the site of a literal. One that is kept in a local variable whose fields are
// written later is what the variable holds where it is used as a whole.
func (s *scan) uses(l literal) []*site {
	v, ok := l.holder.obj.(*types.Var)
	written := func(t touch) bool { return t.write && t.pos > l.lit.End() }
	if !ok || l.fn == nil || !isLocal(v) || !types.Identical(deref(v.Type()), deref(l.pkg.TypesInfo.TypeOf(l.lit))) || !slices.ContainsFunc(s.ix.touches[v], written) {
		return []*site{l.site(l.lit)}
	}
	var sites []*site
	part := map[*ast.Ident]bool{}
	ast.Inspect(l.fn.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id := asIdent(n.X); id != nil {
				part[id] = true
			}
		case *ast.Ident:
			if l.pkg.TypesInfo.Uses[n] == v && n.Pos() > l.lit.End() && !part[n] {
				sites = append(sites, l.site(n))
			}
		}
		return true
	})
	return sites
}

// copies reports whether a literal takes all of its name from another of such a type.
func (s *scan) copies(l literal) bool {
	st, ok := deref(l.pkg.TypesInfo.TypeOf(l.lit)).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	copied, own := false, false
	for i, e := range l.lit.Elts {
		if f, value := literalField(l.pkg.TypesInfo, st, i, e); f != nil && s.described[f.Origin()] {
			from := s.readsDescribed(l.pkg.TypesInfo, value)
			copied, own = copied || from, own || !from
		}
	}
	return copied && !own
}

// readsDescribed reports whether an expression, or what a local variable that it names is
// made of, reads a field that names what the user's constructors describe.
func (s *scan) readsDescribed(info *types.Info, exprs ...ast.Expr) bool {
	if len(s.described) == 0 {
		return false
	}
	seen := map[types.Object]bool{}
	found := false
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SelectorExpr:
			if f := fieldOf(info, n); f != nil && s.described[f] {
				found = true
			}
		case *ast.Ident:
			v, ok := info.Uses[n].(*types.Var)
			if !ok || !isLocal(v) || seen[v] {
				break
			}
			seen[v] = true
			for _, t := range s.ix.touches[v] {
				if t.write && t.from != nil {
					ast.Inspect(t.from, visit)
				}
			}
		}
		return !found
	}
	for _, e := range exprs {
		ast.Inspect(e, visit)
	}
	return found
}
