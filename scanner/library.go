package scanner

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

// A Library is one instrumentation library: what its functions mean for the metrics
// of a program. It is registered by one file, lib_NAME.go.
type Library struct {
	Name string
	Doc  string // what is read, in a sentence or more

	// Defines decodes the calls that define metrics, by the callee's full name as
	// types.Func.FullName says it. Every definition is known before Uses run.
	Defines map[string]func(*Call)

	// Uses decodes the calls that say more about metrics defined elsewhere: their
	// type, their label values, the registerer.
	Uses map[string]func(*Call)

	// Funcs evaluates functions of the library that make plain values, such as
	// BuildFQName.
	Funcs map[string]func(Evaluator, []Value) Value

	// Vars holds the package variables of the library whose values definitions use, by
	// import path and name: prometheus.DefBuckets.
	Vars map[string]Value

	// Shared reports whether a value of that type, given to a function that is not
	// read, may be given label values there.
	Shared func(types.Type) bool
}

// An Evaluator evaluates the elements of composite values.
type Evaluator interface{ elem(Elem) Value }

var libraries []*Library

// register adds a library; lib_NAME.go calls it in init and does nothing else there.
func register(l *Library) { libraries = append(libraries, l) }

// Libraries returns the libraries that are understood, sorted by name.
func Libraries() []*Library {
	return slices.SortedFunc(slices.Values(libraries), func(a, b *Library) int { return cmp.Compare(a.Name, b.Name) })
}

// A Definition is one metric family that a call defines in one context.
type Definition struct {
	Metric   *schema.Metric
	Labels   []string             // variable labels in the order of the call
	Prefixes []string             // of the registerers that it is registered with; empty: none
	Types    map[schema.Type]bool // that uses say, where the definition does not

	site *site
	env  *Env
	name string             // symbolic, without prefixes
	vals map[string]*values // by label name
	regs map[string][]Wrap  // by the key of the registering context
	drop bool               // superseded
}

type values struct {
	seen map[string]bool
	open bool
}

// A Call is one call of a library's function in one context. Its methods answer what
// can be told and never fail.
type Call struct {
	scan *scan
	site *site
	env  *Env
	Name string // full name of the callee
}

// Arg returns argument i; Unknown where there is none.
func (c *Call) Arg(i int) Value {
	if i >= len(c.site.call.Args) {
		return Value{}
	}
	return c.scan.ev.eval(c.site.call.Args[i], c.env)
}

// Rest returns the arguments from i on. ok is false where their number is not known.
func (c *Call) Rest(i int) (vs []Value, ok bool) {
	args := c.site.call.Args
	for ; i < len(args); i++ {
		v := c.Arg(i)
		if i == len(args)-1 && c.site.call.Ellipsis.IsValid() {
			if v.Kind != List {
				return vs, false
			}
			for _, e := range v.Elems {
				vs = append(vs, c.Elem(e))
				ok = ok && !e.Optional
			}
			continue
		}
		vs = append(vs, v)
	}
	return vs, true
}

// Receiver returns what the method is called on.
func (c *Call) Receiver() Value {
	if sel, ok := ast.Unparen(c.site.call.Fun).(*ast.SelectorExpr); ok {
		return c.scan.ev.eval(sel.X, c.env)
	}
	return Value{}
}

// Elem evaluates an element of a composite value.
func (c *Call) Elem(e Elem) Value { return c.scan.ev.elem(e) }

// Field returns a field of a struct value; ok is false where v is not a known struct.
// A field that is not written is the zero Value with ok true.
func (c *Call) Field(v Value, name string) (field Value, ok bool) {
	if v.Kind != Struct {
		return Value{}, false
	}
	e, ok := v.Fields[name]
	if !ok {
		return Value{Kind: Nil}, true
	}
	return c.Elem(e), true
}

// Inner returns the call that an opaque value is the result of.
func (c *Call) Inner(v Value) *Call {
	if v.Kind != Opaque {
		return nil
	}
	return &Call{scan: c.scan, site: &site{pkg: v.Env.pkg, call: v.Call}, env: v.Env, Name: v.Callee}
}

// Define adds a metric family. name is symbolic.
func (c *Call) Define(name string, m *schema.Metric, labels []string) *Definition {
	d := &Definition{Metric: m, Labels: labels, site: c.site, env: c.env, name: name,
		Types: map[schema.Type]bool{}, vals: map[string]*values{}, regs: map[string][]Wrap{}}
	c.scan.defs = append(c.scan.defs, d)
	pos := c.site.call.Pos()
	c.scan.byCall[pos] = append(c.scan.byCall[pos], d)
	return d
}

// Definitions returns what the calls that v may be the result of define.
func (c *Call) Definitions(v Value) []*Definition {
	var found []*Definition
	v.each(func(v Value) {
		if v.Kind != Opaque {
			return
		}
		defs := c.scan.byCall[v.Call.Pos()]
		same := slices.DeleteFunc(slices.Clone(defs), func(d *Definition) bool { return d.env.key() != v.Env.key() })
		if len(same) > 0 {
			defs = same
		}
		found = append(found, defs...)
	})
	return found
}

// Unresolved reports that the call defines something that could not be told.
func (c *Call) Unresolved(what string, v Value, hint string) {
	at := c.site.call.Pos()
	if v.Why != nil {
		at = v.Why.Pos()
	}
	if s := c.env.root(); s != nil && v.Why == nil {
		at = s.call.Pos()
	}
	c.scan.finding(schema.Finding{Pos: c.scan.pos(at), Check: "unresolved", Severity: schema.Warning, Message: what, Hint: hint})
}

// Value records a value of a label; an unknown one opens the set.
func (d *Definition) Value(label string, v Value) {
	if d.vals[label] == nil {
		d.vals[label] = &values{seen: map[string]bool{}}
	}
	set := d.vals[label]
	v.each(func(v Value) {
		if v.Kind != String || hasHole(v.Str) {
			set.open = true
			return
		}
		set.seen[v.Str] = true
	})
}

// Open says that every label may have any value.
func (d *Definition) Open() {
	for _, l := range d.Labels {
		d.Value(l, Value{})
	}
}

// A Wrap is what a registerer adds to the metrics that are registered with it.
type Wrap struct {
	Prefix string // symbolic
	Labels map[string]string
	Open   []schema.Label // labels whose values, or names, are not known
}

// Registered records that d is registered, by the context of c, with wraps.
func (d *Definition) Registered(c *Call, wraps []Wrap) {
	key := c.env.key()
	d.regs[key] = append(d.regs[key], wraps...)
}
