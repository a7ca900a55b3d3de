package scanner

import (
	"cmp"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

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
	// type, their label values, the registerer. A key that begins with a dot is a method
	// of any interface.
	Uses map[string]func(*Call)

	// Sends lists those of Uses without which the type of a family is not known.
	Sends []string

	// Funcs evaluates functions of the library that make plain values, such as
	// BuildFQName.
	Funcs map[string]func(Evaluator, []Value) Value

	// Vars holds the package variables of the library whose values definitions use, by
	// import path and name: prometheus.DefBuckets.
	Vars map[string]Value

	// Shared reports whether a value of type t may be given label values by whoever has
	// it as a value of type to, nil if that is not known. Escaped is then called with what
	// is given to functions that are not read.
	Shared  func(t, to types.Type) bool
	Escaped func(*Call, Value)

	// Named reports whether the arguments of the function of that full name say all of a name,
	// and a receiver none; nil: of none. Such a call is read without its callers where there are
	// too many and its names are constant.
	Named func(callee string) bool

	// Parts are the functions that make what others of the library are given, such as options,
	// by full name: where a value is the result of one, it stays that call ([Call.Inner]).
	Parts []string

	// Recording says what is done with metrics that need to be registered.
	Recording Recording

	// Packages are the import paths of the library's own packages that are made of calls of
	// other libraries: those define nothing by themselves. (A call within a function that
	// Defines lists never does.)
	Packages []string

	// Gathers are what registries are gathered by for others to read, by full name.
	Gathers []string

	// Gathered says how registries are gathered, by the full name of what gives them.
	Gathered map[string]Gathering

	// Finish is called when all is known, with what the library defined and the notes that
	// its Uses took of the program, and may change both names and metrics: for exporters
	// that are given options, and services that are given a prefix.
	Finish func(notes Notes, defs []*Definition)
}

// alwaysNamed is Library.Named of a library whose functions all say names by their arguments.
func alwaysNamed(string) bool { return true }

// Notes are what a library noted of a program, by key.
type Notes map[string][]Value

// An Evaluator evaluates the elements of composite values.
type Evaluator interface{ elem(Elem) Value }

var libraries []*Library // sorted by name

// register adds a library; lib_NAME.go calls it in init and does nothing else there.
func register(l *Library) {
	at, _ := slices.BinarySearchFunc(libraries, l.Name, func(l *Library, name string) int { return cmp.Compare(l.Name, name) })
	libraries = slices.Insert(libraries, at, l)
}

// libraryPackages returns the import paths of the libraries' own packages.
func libraryPackages() map[string]bool {
	paths := map[string]bool{}
	for _, l := range libraries {
		for _, p := range l.Packages {
			paths[p] = true
		}
	}
	return paths
}

// libraryNamed returns the library of that name, or nil.
func libraryNamed(name string) *Library {
	at, ok := slices.BinarySearchFunc(libraries, name, func(l *Library, name string) int { return cmp.Compare(l.Name, name) })
	if !ok {
		return nil
	}
	return libraries[at]
}

// Libraries returns the libraries that are understood, sorted by name. They are not to be
// changed.
func Libraries() []*Library { return libraries }

// A Definition is one metric family that a call defines in one context.
type Definition struct {
	Metric   *schema.Metric
	Labels   []string             // variable labels in the order of the call
	Ordered  int                  // how many of them surely have that place
	Types    map[schema.Type]bool // that uses say, where the definition does not
	MayTypes map[schema.Type]bool // that uses say which may be of others, too

	library string // the name of the library whose call defines it
	site    *site
	env     *Env
	name    string             // symbolic, without prefixes
	vals    map[string]*values // by label name
	regs    []registration
	callee  string        // full name
	trace   *trace        // nil where nobody asks
	why     ast.Expr      // what is not known of the name; nil: nothing, or it is not told
	more    any           // what its library knows besides
	copies  []*Definition // made by Finish
	dropped bool

	descriptor bool // it is exposed where it is sent
	maySend    bool // it may be, by somebody who is not known
	sentAt     []sentAt

	made      bool // series with labels are made before anything happens
	exemplars bool // some of what it counts or observes has an exemplar

	registries []string // that its constructor puts it into, or that it may be in and no call says so
	into       string   // the registry that its constructor surely puts it into, or empty

	fromLibrary bool
}

// A registration is the way in which one call registers a definition.
type registration struct {
	site  *site // the call; nil: not known
	env   *Env
	wraps []Wrap
	whole bool // it is the definition itself that is given, not a collector that has it
}

// A sentAt is where a descriptor is sent, in one context.
type sentAt struct {
	place
	env *Env
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

	probe   bool   // see what would be defined, and do nothing
	library string // the name of the library that decodes it
	depth   int    // how many calls it is within, as Inner tells
	inner   *int   // how many calls were told within the outermost
}

// Arg returns argument i; Unknown where there is none.
func (c *Call) Arg(i int) Value {
	if i >= len(c.site.call.Args) {
		return Value{}
	}
	c.scan.ev.steps = maxSteps
	return c.scan.ev.eval(c.site.call.Args[i], c.env)
}

// Apart returns the call once for each of several structs that two of its arguments or more
// are fields of.
func (c *Call) Apart() []*Call {
	var calls []*Call
	for _, env := range c.scan.ev.apartAll(c.site.call, c.env) {
		one := *c
		one.env = env
		calls = append(calls, &one)
	}
	return calls
}

// Rest returns the arguments from i on. ok is false where their number is not known.
func (c *Call) Rest(i int) (vs []Value, ok bool) {
	args := c.site.call.Args
	for ; i < len(args); i++ {
		v := c.Arg(i)
		if i < len(args)-1 || !c.site.call.Ellipsis.IsValid() {
			vs = append(vs, v)
			continue
		}
		if v.Kind != List && v.Kind != Nil {
			return vs, false
		}
		for _, e := range v.Elems {
			if e.Optional {
				return vs, false
			}
			vs = append(vs, c.Elem(e))
		}
	}
	return vs, true
}

// Variadic returns what the call gives for a variadic parameter, the one with index i.
func (c *Call) Variadic(i int) Value {
	if c.site.call.Ellipsis.IsValid() {
		return c.Arg(i)
	}
	list := Value{Kind: List}
	for _, arg := range c.site.call.Args[min(i, len(c.site.call.Args)):] {
		list.Elems = append(list.Elems, Elem{Expr: arg, Env: c.env})
	}
	return list
}

// ParamType returns the type of parameter i of the callee, or nil.
func (c *Call) ParamType(i int) types.Type {
	sig, ok := orInvalid(c.site.pkg.TypesInfo.TypeOf(c.site.call.Fun)).Underlying().(*types.Signature)
	if !ok || i >= sig.Params().Len() {
		return nil
	}
	return sig.Params().At(i).Type()
}

// Receiver returns what the method is called on; where it is promoted, the embedded
// field that has it.
func (c *Call) Receiver() Value {
	sel, ok := calledExpr(c.site.pkg.TypesInfo, c.site.call).(*ast.SelectorExpr)
	if !ok {
		return Value{}
	}
	c.scan.ev.steps = maxSteps
	return c.scan.ev.receiver(sel, c.env)
}

// Elem evaluates an element of a composite value. What the elements before it took leaves
// some work for it.
func (c *Call) Elem(e Elem) Value {
	c.scan.ev.steps = max(c.scan.ev.steps, maxUse)
	return c.scan.ev.elem(e)
}

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

// Inner returns the call that an opaque value is the result of. It is nil where calls are
// within calls without end, as those whose results are kept where they are called on.
func (c *Call) Inner(v Value) *Call {
	if v.Kind != Opaque {
		return nil
	}
	if c.inner == nil {
		c.inner = new(int)
	}
	if *c.inner++; c.depth >= maxCallers || *c.inner > maxContexts {
		return nil
	}
	at := &site{place: place{pkg: v.Env.pkg, pos: v.Call.Pos()}, call: v.Call}
	return &Call{scan: c.scan, site: at, env: v.Env, Name: v.Callee, library: c.library, depth: c.depth + 1, inner: c.inner}
}

// Define adds a metric family. name is symbolic.
func (c *Call) Define(name string, m *schema.Metric) *Definition {
	d := &Definition{Metric: m, library: c.library, site: c.site, env: c.env, name: name, Types: map[schema.Type]bool{}, MayTypes: map[schema.Type]bool{}, vals: map[string]*values{}}
	if c.probe {
		c.scan.probed = append(c.scan.probed, name)
		return d
	}
	d.callee = c.Name
	if c.scan.ev.tracing {
		d.trace = &trace{scan: c.scan}
	}
	c.scan.defs = append(c.scan.defs, d)
	pos := c.site.call.Pos()
	c.scan.byCall[pos] = append(c.scan.byCall[pos], d)
	return d
}

// Families adds a metric family like m for each name that name may be, with the labels
// of list. A name that a default is part of says so.
func (c *Call) Families(name Value, m *schema.Metric, list labelList) []*Definition {
	m.Labels = append(m.Labels, list.labels...)
	var defs []*Definition
	for _, t := range name.texts() {
		n := t.str
		if n == "" {
			if t.configured {
				c.Unresolved("name of this metric cannot be told from the source", name, "begin the name with a constant, or make it of constants")
			}
			continue // a metric without a name is never exposed: client_golang refuses to register it
		}
		one := *m
		if t.configured {
			one.Certainty = schema.Default
		}
		one.Labels = slices.Clone(m.Labels)
		d := c.Define(n, &one)
		for _, l := range list.labels {
			d.Labels = append(d.Labels, l.Name)
		}
		d.Ordered = list.ordered
		d.why = name.whyOf(n)
		if d.trace != nil {
			d.trace.name = name.sourceOf(n)
		}
		for _, l := range list.open {
			d.Value(l, Value{})
		}
		defs = append(defs, d)
	}
	return defs
}

// Name returns the symbolic name of the family, without what registerers add.
func (d *Definition) Name() string { return d.name }

// FromLibrary says that the library says the family's name, whoever calls it: it is a
// dependency's, reported with Config.Deps only.
func (d *Definition) FromLibrary() { d.fromLibrary = true }

// Rename changes the symbolic name of the family.
func (d *Definition) Rename(name string) { d.name = name }

// Copy returns a family that the same call defines, for a Finish to change.
func (d *Definition) Copy() *Definition {
	m, one := *d.Metric, *d
	m.Labels, m.ConstLabels = slices.Clone(m.Labels), maps.Clone(m.ConstLabels)
	one.Metric, one.vals, one.copies = &m, map[string]*values{}, nil
	one.regs = slices.Clone(d.regs)
	d.copies = append(d.copies, &one)
	return &one
}

// Drop says that the family is not exposed after all.
func (d *Definition) Drop() { d.dropped = true }

// Note keeps a fact about the program for the library's Finish.
func (c *Call) Note(key string, v Value) {
	if !c.probe {
		c.scan.notes[c.library+"\x00"+key] = append(c.scan.notes[c.library+"\x00"+key], v)
	}
}

// finishLibraries lets each library finish what it defined.
func (s *scan) finishLibraries() {
	for _, l := range Libraries() {
		if l.Finish == nil {
			continue
		}
		notes := Notes{}
		for key, vs := range s.notes {
			if name, key, _ := strings.Cut(key, "\x00"); name == l.Name {
				notes[key] = vs
			}
		}
		own := slices.DeleteFunc(slices.Clone(s.defs), func(d *Definition) bool { return d.library != l.Name })
		l.Finish(notes, own)
		for _, d := range own {
			s.defs = append(s.defs, d.copies...)
		}
	}
	s.defs = slices.DeleteFunc(s.defs, func(d *Definition) bool { return d.dropped })
}

// own returns what the library that decodes the call defined.
func (c *Call) own() []*Definition {
	return slices.DeleteFunc(slices.Clone(c.scan.defs), func(d *Definition) bool { return d.library != c.library })
}

// Definitions returns what the calls that v may be the result of define.
func (c *Call) Definitions(v Value) []*Definition {
	var found []*Definition
	v.each(func(v Value) {
		if v.Kind != Opaque {
			return
		}
		defs := c.scan.byCall[v.Call.Pos()]
		for _, d := range defs {
			if d.env.compatible(v.Env) {
				found = append(found, d)
			}
		}
	})
	return found
}

// Resolve returns the definitions that v may be. told is false where it may be others,
// too: those of a constructor that is not understood are none.
func (c *Call) Resolve(v Value) (defs []*Definition, told bool) {
	told = true
	v.each(func(v Value) {
		found := c.Definitions(v)
		if v.Kind == Opaque && len(found) == 0 { // made in a way that was not told apart so
			found = c.scan.byCall[v.Call.Pos()]
		}
		for _, d := range found {
			if d.trace != nil {
				d.trace.used()
			}
		}
		defs = append(defs, found...)
		switch {
		case v.Kind == Nil, v.Kind == Opaque && c.scan.defines[v.Callee]:
		case len(found) == 0 && !c.scan.ev.unused(v, c.env):
			told = false
		}
	})
	return defs, told
}

// OpenAll opens the label values of every definition that v may be, of those that may
// accepts: what is written to the field or variable that v comes from, else all.
func (c *Call) OpenAll(v Value, may func(*Definition) bool) {
	v.each(func(v Value) {
		defs, told := c.written(v)
		if !told {
			defs = c.scan.defs
		}
		for _, d := range defs {
			if may(d) {
				d.Open()
			}
		}
	})
}

// written returns the definitions that are written to the field or package variable
// that an unknown value is read from; told is false where there may be others.
func (c *Call) written(v Value) (defs []*Definition, told bool) {
	if v.Kind != Unknown || v.Why == nil {
		return c.Resolve(v)
	}
	root, path := target(c.site.pkg.TypesInfo, v.Why)
	for _, e := range path {
		if sel, ok := e.(*ast.SelectorExpr); ok {
			root = fieldOf(c.site.pkg.TypesInfo, sel)
		}
	}
	if root == nil || isLocal(root) {
		return nil, false
	}
	told = true
	ix := c.scan.ix
	for _, w := range slices.Concat(ix.writes(root), ix.elements(root), ix.inside(root)) {
		for _, part := range c.scan.ev.inContexts(w, w.expr, &Env{}, true) {
			found, ok := c.parts(part, 0)
			defs, told = append(defs, found...), told && ok
		}
	}
	return defs, told
}

// parts resolves a value, or what it is made of.
func (c *Call) parts(v Value, depth int) (defs []*Definition, told bool) {
	told = true
	v.each(func(v Value) {
		elems := slices.Collect(maps.Values(v.Fields))
		if elems = append(elems, v.Elems...); v.Kind != Struct && v.Kind != List && v.Kind != Map || depth > maxActive {
			found, ok := c.Resolve(v)
			defs, told = append(defs, found...), told && ok
			return
		}
		for _, e := range elems {
			found, ok := c.parts(c.Elem(e), depth+1)
			defs, told = append(defs, found...), told && ok
		}
	})
	return defs, told
}

// Within returns what the methods of a type define.
func (c *Call) Within(t types.Type, methods ...string) []*Definition {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok {
		return nil
	}
	var found []*Definition
	for _, d := range c.scan.defs {
		if d.site.fn == nil {
			continue
		}
		m, ok := d.site.fn.obj.(*types.Func)
		if !ok || m.Signature().Recv() == nil || !slices.Contains(methods, m.Name()) {
			continue
		}
		if recv, ok := deref(m.Signature().Recv().Type()).(*types.Named); ok && recv.Origin() == n.Origin() {
			found = append(found, d)
		}
	}
	return found
}

// Value records a value of a label; an unknown one opens the set.
func (d *Definition) Value(label string, v Value) {
	if d.trace != nil {
		d.trace.value(label, v)
	}
	if d.vals[label] == nil {
		d.vals[label] = &values{seen: map[string]bool{}}
	}
	set := d.vals[label]
	v.each(func(v Value) {
		if v.Absent && !v.Default {
			return
		}
		if v.Kind != String || hasHole(v.Str) || v.Default {
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
	Prefix     string // symbolic
	Configured bool   // a default that users may change is in the prefix
	Labels     map[string]string
	Open       []schema.Label // labels whose values, or names, are not known

	registry string    // what gives it, by full name; empty: not known
	made     string    // tells it from others that the same gives
	from     []*source // of the prefixes, outermost first
}

// Registered records that d is registered, by the context of c, with wraps. whole says that
// the registry is given d itself, not a collector that may send it.
func (d *Definition) Registered(c *Call, wraps []Wrap, whole bool) {
	d.regs = append(d.regs, registration{c.site, c.env, wraps, whole})
}

// moduleVersion returns the version of the module that has the package with that path, or
// nothing where it is not known: a folder that replaces it has any.
func (c *Call) moduleVersion(path string) string {
	for _, p := range c.scan.ix.pkgs {
		imp := p.Imports[path]
		switch {
		case imp == nil || imp.Module == nil:
		case imp.Module.Replace != nil:
			return imp.Module.Replace.Version
		default:
			return imp.Module.Version
		}
	}
	return ""
}

// assigned reports whether the program assigns to a package variable.
func (c *Call) assigned(name string) bool {
	return c.scan.ix.assigned(name)
}

// addLabel adds a label that the family is given where it is used, with one of its values.
func (d *Definition) addLabel(name string, v Value) {
	if !slices.Contains(d.Labels, name) {
		d.Labels = append(d.Labels, name)
		d.Metric.Labels = append(d.Metric.Labels, schema.Label{Name: name})
	}
	d.Value(name, v)
}
