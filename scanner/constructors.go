package scanner

import (
	"cmp"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file finds the functions and types that the authors of a program name as
// constructors in dashgen.yaml; described.go reads what they describe.

// A Constructor is a function or a struct type of the program that describes metric
// families in a way that no evaluator should guess. Either Func or Struct is set.
type Constructor struct {
	// Func is a function each call of which is a family: the full name of a function or
	// method, as types.Func.FullName writes it, parentheses and stars left out or not:
	// example.com/m/metrics.NewCounterDef, example.com/m/metrics.Registry.Counter.
	Func string

	// Struct is the full name of a struct type each literal of which is a family.
	Struct string

	Name    []Part                 // its name is these joined by _, without those that are empty
	Help    *Part                  // nil: not said
	Unit    *Part                  // nil: not said
	Labels  []Part                 // label names, or lists of them; nil: not said, so that it may have any
	Buckets *Part                  // nil: not said
	Type    schema.Type            // empty: TypeOf says it
	TypeOf  *Part                  // its value says the type; nil: not said, where Type is empty
	Types   map[string]schema.Type // the types by the values, or by the names of constants; nil: the values are the names of types
	Pos     schema.Pos             // where it is written
}

// A Part says where a part of the description is found. The zero Part is argument 0.
type Part struct {
	Text  string // these very words; empty: what Arg and Field say
	Arg   int    // argument of the function, counted from zero, or Receiver
	Field string // field of the struct type, or of the argument; A.B is a field of a field; empty: the argument itself
}

// Receiver is the Arg of a Part that is found in what the method is called on.
const Receiver = -1

func (p Part) String() string {
	switch {
	case p.Text != "":
		return fmt.Sprintf("text %q", p.Text)
	case p.Arg == Receiver:
		return strings.TrimSuffix("receiver."+p.Field, ".")
	}
	return strings.TrimSuffix(fmt.Sprintf("argument %d.%s", p.Arg, p.Field), ".")
}

func (c *Constructor) target() string { return cmp.Or(c.Func, c.Struct) }

// parts returns everything that the constructor says to be found somewhere.
func (c *Constructor) parts() []Part {
	all := slices.Concat(c.Name, c.Labels)
	for _, p := range []*Part{c.Help, c.Unit, c.Buckets, c.TypeOf} {
		if p != nil {
			all = append(all, *p)
		}
	}
	return slices.DeleteFunc(all, func(p Part) bool { return p.Text != "" })
}

// constructed is the library that the user's constructors are decoded as. It is not
// registered, since each scan is given others.
var constructed = &Library{Name: "constructors"}

// constructors returns the decoders of the constructors that are functions or types of
// the packages read, or of what those import.
func (s *scan) constructors(list []Constructor) map[string]func(*Call) {
	calls := map[string]func(*Call){}
	if len(list) == 0 {
		return calls
	}
	known := knownPackages(s.ix)
	for i := range list {
		d := &describer{Constructor: &list[i], obj: lookup(known, list[i].target())}
		if !d.matches() {
			continue
		}
		s.matched[i] = true
		s.findings = append(s.findings, d.check()...)
		s.describes(d)
		name, before := fullName(d.obj), calls[fullName(d.obj)]
		calls[name] = func(c *Call) {
			if before != nil { // several families each
				before(c)
			}
			d.define(c)
		}
	}
	return calls
}

// knownPackages returns the packages read and what they import, by path.
func knownPackages(ix *index) map[string]*types.Package {
	known := map[string]*types.Package{}
	var add func(*types.Package)
	add = func(p *types.Package) {
		if known[p.Path()] == nil {
			known[p.Path()] = p
			for _, imp := range p.Imports() {
				add(imp)
			}
		}
	}
	for _, p := range ix.pkgs {
		if p.Types != nil {
			known[p.PkgPath] = p.Types
		}
	}
	for _, p := range ix.pkgs {
		if p.Types != nil {
			for _, imp := range p.Types.Imports() {
				add(imp)
			}
		}
	}
	return known
}

// lookup returns the function, method or type of that full name, or nil.
func lookup(known map[string]*types.Package, name string) types.Object {
	name = unbraced(name)
	for at := strings.LastIndexByte(name, '/') + 1; at < len(name); at++ {
		if name[at] != '.' || known[name[:at]] == nil {
			continue
		}
		first, method, isMethod := strings.Cut(name[at+1:], ".")
		obj := known[name[:at]].Scope().Lookup(first)
		if isMethod && obj != nil {
			obj, _, _ = types.LookupFieldOrMethod(obj.Type(), true, obj.Pkg(), method)
		}
		if obj != nil {
			return obj
		}
	}
	return nil
}

// unbraced returns a full name without parentheses and stars.
func unbraced(name string) string {
	return strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
}

// fullName returns the name that calls are recognised by.
func fullName(obj types.Object) string {
	if f, ok := obj.(*types.Func); ok {
		return f.Origin().FullName()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// matches reports whether the constructor is what it says that it is.
func (d *describer) matches() bool {
	switch obj := d.obj.(type) {
	case *types.Func:
		return d.Func != ""
	case *types.TypeName:
		return d.Struct != "" && isStruct(obj.Type())
	}
	return false
}

// unmatched returns findings for the constructors that are nothing of what was read.
func unmatched(list []Constructor, matched map[int]bool) []schema.Finding {
	var fs []schema.Finding
	for i, c := range list {
		if !matched[i] {
			what := "function"
			if c.Struct != "" {
				what = "struct type"
			}
			fs = append(fs, schema.Finding{Pos: c.Pos, Check: "config", Severity: schema.Warning,
				Message: fmt.Sprintf("constructor matches nothing: there is no %s %s in what was read", what, c.target()),
				Hint:    "write its import path and name, for instance example.com/shop/metrics.NewCounter or example.com/shop/metrics.Registry.Counter"})
		}
	}
	return fs
}

// structsOf returns the full names of the struct types that are constructors.
func structsOf(list []Constructor) map[string]bool {
	names := map[string]bool{}
	for _, c := range list {
		names[c.Struct] = c.Struct != ""
	}
	return names
}

// check reports the parts that the function or type does not have.
func (d *describer) check() []schema.Finding {
	var fs []schema.Finding
	for _, p := range d.parts() {
		t := d.obj.Type()
		if sig, ok := t.(*types.Signature); ok {
			t = paramType(sig, p.Arg)
		}
		if wrong := missing(t, p); wrong != "" {
			fs = append(fs, schema.Finding{Pos: d.Pos, Check: "config", Message: fmt.Sprintf("%s has no %s", d.target(), wrong)})
		}
	}
	return fs
}

// paramType returns the type of a parameter, or of the receiver, or nil.
func paramType(sig *types.Signature, i int) types.Type {
	switch {
	case i == Receiver && sig.Recv() != nil:
		return sig.Recv().Type()
	case i >= 0 && i < sig.Params().Len():
		return sig.Params().At(i).Type()
	}
	return nil
}

// missing says which part of p a value of type t cannot have, or "".
func missing(t types.Type, p Part) string {
	if t == nil {
		return Part{Arg: p.Arg}.String()
	}
	for name := range strings.SplitSeq(p.Field, ".") {
		st, ok := deref(t).Underlying().(*types.Struct)
		if name == "" || !ok { // what is in an interface is not known
			return ""
		}
		var field *types.Var
		for f := range st.Fields() {
			if f.Name() == name {
				field = f
			}
		}
		if field == nil {
			return "field " + name
		}
		t = field.Type()
	}
	return ""
}

// families returns what was defined. What a constructor describes is what its authors
// say; where another library finds a family of that name as well, that is the same one,
// and says only what they do not.
func (s *scan) families() []*schema.Metric {
	said := map[string][]*schema.Metric{}
	type found struct {
		m    *schema.Metric
		from *Definition
	}
	var all []found
	for _, d := range s.defs {
		for _, m := range s.metrics(d) {
			all = append(all, found{m, d})
			if d.library == constructed.Name {
				said[m.Name] = append(said[m.Name], m)
			}
		}
	}
	var out []*schema.Metric
	others := map[string]*schema.Metric{}
	for _, f := range all {
		if f.from.library == constructed.Name || said[f.m.Name] == nil {
			out = append(out, f.m)
		} else if o := others[f.m.Name]; o == nil {
			others[f.m.Name] = f.m
		} else if join(o, f.m); o.Type != f.m.Type {
			o.Type = schema.Untyped
		}
	}
	for _, f := range all {
		if o := others[f.m.Name]; o != nil && f.from.library == constructed.Name {
			complete(f.m, o, f.from.Metric)
		}
	}
	return out
}

// complete takes from o what a constructor does not say of m.
func complete(m, o, said *schema.Metric) {
	if said.Type == "" {
		m.Type = o.Type
	}
	if slices.Contains(said.Untold, "help") && o.Help != "" {
		m.Help = o.Help
	}
	if len(said.Labels) == 1 && said.Labels[0].Name == anyLabel.Name {
		m.Labels, m.ConstLabels = o.Labels, maps.Clone(o.ConstLabels)
	}
	if m.Type == schema.Histogram && m.Buckets == nil {
		m.Buckets, m.Native = o.Buckets, o.Native
	}
}
