package scanner

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file reads what client_golang's families are given: label values, and the type
// of a descriptor. What it cannot follow leaves sets of values open.

// vecTypes are the vectors, with the type of their families; "" where it is not said.
var vecTypes = map[string]schema.Type{
	"CounterVec": schema.Counter, "GaugeVec": schema.Gauge, "HistogramVec": schema.Histogram, "SummaryVec": schema.Summary,
	"UntypedVec": schema.Untyped, "MetricVec": "", "ObserverVec": "",
}

// promType returns the name of a type of package prometheus, or "".
func promType(t types.Type) string {
	if t == nil {
		return ""
	}
	n, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != prom {
		return ""
	}
	return n.Obj().Name()
}

// shared reports whether t is, or holds, what label values can be given to, and to lets
// them be given.
func shared(t, to types.Type) bool { return sharedAs(promType, t, to) }

// sharedAs is shared for the types that are named like those of package prometheus.
func sharedAs(named func(types.Type) string, t, to types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		t = u.Elem()
	case *types.Map:
		t = u.Elem()
	case *types.Array:
		t = u.Elem()
	}
	_, vec := vecTypes[named(t)]
	if !vec && named(t) != "Desc" {
		return false
	}
	i, ok := orInvalid(to).Underlying().(*types.Interface)
	if !ok || i.NumMethods() == 0 {
		return true
	}
	for m := range i.Methods() {
		if slices.Contains(valueMethods, m.Name()) {
			return true
		}
	}
	return false
}

// valueMethods are the methods that give label values, or that may.
var valueMethods = []string{"WithLabelValues", "With", "GetMetricWithLabelValues", "GetMetricWith", "CurryWith", "MustCurryWith"}

// prometheusUses lists what says more about families that are defined elsewhere.
func prometheusUses() map[string]func(*Call) {
	calls := map[string]func(*Call){prom + ".NewMetricVec": func(c *Call) { openAll(c, c.Arg(0)) }}
	for _, method := range valueMethods {
		calls["."+method] = func(c *Call) {
			if takes := promType(c.ParamType(0)); takes == "Labels" || strings.HasSuffix(method, "LabelValues") && isStrings(c.ParamType(0)) {
				given(c)
			}
		}
	}
	for vec := range vecTypes {
		recv := "(*" + prom + "." + vec + ")."
		if vec == "ObserverVec" {
			recv = "(" + prom + "." + vec + ")."
		}
		for _, method := range valueMethods {
			calls[recv+method] = given
		}
	}
	calls["("+prom+".ExemplarObserver).ObserveWithExemplar"] = exemplars
	calls["("+prom+".ExemplarAdder).AddWithExemplar"] = exemplars
	maps.Copy(calls, prometheusSends())
	for _, recv := range []string{prom + ".", "(" + prom + ".Registerer).", "(*" + prom + ".Registry)."} {
		calls[recv+"Register"] = registered
		calls[recv+"MustRegister"] = registered
	}
	return calls
}

// prometheusSends lists the const constructors, which send what a descriptor describes.
func prometheusSends() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for name, typ := range constMetrics {
		for _, prefix := range []string{"New", "MustNew"} {
			for _, suffix := range []string{"", "WithCreatedTimestamp"} {
				calls[prom+"."+prefix+name+suffix] = func(c *Call) { constMetric(c, name, typ, suffix != "") }
			}
		}
	}
	return calls
}

func isStrings(t types.Type) bool {
	s, ok := orInvalid(t).Underlying().(*types.Slice)
	return ok && isString(s.Elem())
}

// constMetrics maps the const constructors, without New, to the type that they send;
// ConstMetric says it in its second argument.
var constMetrics = map[string]schema.Type{
	"ConstMetric": "", "ConstHistogram": schema.Histogram, "ConstSummary": schema.Summary, "ConstNativeHistogram": schema.Histogram,
}

// valueTypes are prometheus.ValueType's constants.
var valueTypes = map[float64]schema.Type{1: schema.Counter, 2: schema.Gauge, 3: schema.Untyped}

// labelValuesAt is the index of the first label value of each const constructor.
var labelValuesAt = map[string]int{"ConstMetric": 3, "ConstHistogram": 4, "ConstSummary": 4, "ConstNativeHistogram": 9}

// constMetric joins a descriptor with the constructor that sends it. Where both the
// descriptor and its type are fields of one of several structs, it is each of them.
func constMetric(c *Call, name string, typ schema.Type, created bool) {
	for _, one := range c.Apart() {
		sendsConst(one, name, typ, created)
	}
}

func sendsConst(c *Call, name string, typ schema.Type, created bool) {
	at := labelValuesAt[name]
	if created {
		at++
	}
	desc := c.Arg(0)
	defs, told := c.Resolve(desc)
	defs = c.named(desc, defs)
	if !told {
		vals, _ := c.Rest(at)
		c.OpenAll(desc, func(d *Definition) bool {
			sent := d.Metric.Type == "" && len(d.Labels) >= len(vals)
			d.maySend = d.maySend || sent
			return sent
		})
	}
	for _, d := range defs {
		own, whole := c.defining(d)
		if whole && c.scan.sent[sending{c.site, d}] {
			continue // in another context, for the same descriptor
		}
		c.scan.sent[sending{c.site, d}] = true
		d.sentAt = append(d.sentAt, sentAt{c.site.place, own.env})
		sent := []schema.Type{typ}
		if name == "ConstMetric" {
			sent = sentTypes(own.Arg(1))
		}
		d.sentAs(sent, own != c || isOnly(defs, d))
		if name == "ConstNativeHistogram" {
			d.Metric.Native = &schema.Native{}
		}
		vals, known := own.Rest(at)
		assign(d, nil, vals, known)
	}
}

// named returns those of the definitions that desc may be which have a name that it has here:
// it may be one of many that a table holds.
func (c *Call) named(desc Value, defs []*Definition) []*Definition {
	names := map[string]bool{}
	known := true
	desc.each(func(v Value) {
		made := c.Inner(v)
		if known = known && (v.Kind == Nil || made != nil && made.Name == prom+".NewDesc"); made == nil || !known {
			return
		}
		for _, name := range made.Arg(0).symbolic() {
			names[name] = true
			known = known && !hasHole(name)
		}
	})
	others := maps.Clone(names)
	for _, d := range defs {
		delete(others, d.name)
	}
	if !known || len(others) == len(names) {
		return defs
	}
	return slices.DeleteFunc(defs, func(d *Definition) bool { return !names[d.name] && (len(others) == 0 || !hasHole(d.name)) })
}

// isOnly reports whether the name of d is the only one that is known of definitions.
func isOnly(defs []*Definition, d *Definition) bool {
	other := func(o *Definition) bool { return o.name != d.name && !hasHole(o.name) }
	return len(defs) == 1 || !hasHole(d.name) && !slices.ContainsFunc(defs, other)
}

// A sending is a call that sends a descriptor.
type sending struct {
	site *site
	desc *Definition
}

// defining returns the call in the context that led to a definition, where that is one of
// the function that the call stands in; else the call itself. What did not matter to the
// definition is what it is in the call's own context; whole says that there is no such.
func (c *Call) defining(d *Definition) (own *Call, whole bool) {
	fn, env := d.site.fn, d.env
	for env != nil {
		if fn != nil && fn == c.site.fn && env.compatible(c.env) {
			own := *c
			own.env, whole = env.filled(c.env, fn)
			return &own, whole
		}
		caller, from := env.caller()
		if caller == nil {
			break
		}
		fn, env = caller.fn, from
	}
	return c, false
}

// sentAs records that a descriptor is sent as one of the types. surely says that it is this
// descriptor, not another.
func (d *Definition) sentAs(types []schema.Type, surely bool) {
	for _, t := range types {
		if d.MayTypes[t] = true; surely && len(types) == 1 {
			d.Types[t] = true
		}
	}
}

// sends records that what desc may be is sent as one of the types, and returns it.
func (c *Call) sends(desc Value, types ...schema.Type) []*Definition {
	defs, _ := c.Resolve(desc)
	for _, d := range defs {
		d.sentAs(types, len(defs) == 1)
	}
	return defs
}

// sentTypes returns the types that a ValueType may stand for.
func sentTypes(v Value) []schema.Type {
	var sent []schema.Type
	v.each(func(v Value) {
		if t := valueTypes[v.Num]; v.Kind == Number && t != "" {
			sent = append(sent, t)
		}
	})
	return sent
}

// assign records positional label values for the labels that are not curried. known
// says that there are no more than vals.
func assign(d *Definition, curried map[string]bool, vals []Value, known bool) {
	i := 0
	for at, l := range d.Labels {
		switch {
		case curried[l]:
			continue
		case at < d.Ordered && i < len(vals):
			d.Value(l, vals[i])
		case at >= d.Ordered || !known:
			d.Value(l, Value{})
		}
		i++
	}
}

// A vector is what a vector value may be: definitions, with the labels that were
// curried.
type vector struct {
	defs    []*Definition
	curried map[string]bool
}

// vectors resolves a value to vectors, through CurryWith, and WithContext of component-base. told is false where it may be
// others, too.
func vectors(c *Call, v Value) (vecs []vector, told bool) {
	told = true
	v.each(func(v Value) {
		inner := c.Inner(v)
		if inner != nil && strings.HasPrefix(inner.Name, "(*"+k8s+".") && strings.HasSuffix(inner.Name, ".WithContext") {
			within, ok := vectors(inner, inner.Receiver())
			vecs, told = append(vecs, within...), told && ok
			return
		}
		if inner == nil || !strings.HasSuffix(inner.Name, "CurryWith") {
			defs, ok := c.Resolve(v)
			told = told && ok
			vecs = append(vecs, vector{defs: defs})
			return
		}
		outer, ok := vectors(inner, inner.Receiver())
		told = told && ok
		names := namesOf(inner, inner.Arg(0))
		for _, vec := range outer {
			vecs = append(vecs, vector{defs: vec.defs, curried: union(names, vec.curried)})
		}
	})
	return vecs, told
}

func union(a, b map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, m := range []map[string]bool{a, b} {
		for k := range m {
			all[k] = true
		}
	}
	return all
}

// namesOf returns the names in a Labels map.
func namesOf(c *Call, v Value) map[string]bool {
	names := map[string]bool{}
	v.each(func(v Value) {
		for _, e := range v.Elems {
			names[plain(c.Elem(*e.Key))] = true
		}
	})
	return names
}

// given records the label values that a vector's method is given.
func given(c *Call) {
	vecs, told := vectors(c, c.Receiver())
	positional := strings.Contains(c.Name, "LabelValues")
	vals, known := c.Rest(0)
	if !told {
		n := len(vals)
		if !positional {
			n = len(namesOf(c, c.Arg(0)))
		}
		c.OpenAll(c.Receiver(), func(d *Definition) bool { return isOf(c.Name, d.Metric.Type) && len(d.Labels) >= n })
	}
	for _, vec := range vecs {
		for _, d := range vec.defs {
			d.made = d.made || c.site.alone
			if positional {
				assign(d, vec.curried, vals, known)
			} else {
				setLabels(c, d, c.Arg(0))
			}
		}
	}
}

// exemplars records that what its receiver may be is given an exemplar.
func exemplars(c *Call) {
	c.Receiver().each(func(v Value) {
		of := []vector{}
		if inner := c.Inner(v); inner != nil && slices.ContainsFunc(valueMethods, func(m string) bool { return strings.HasSuffix(inner.Name, "."+m) }) {
			of, _ = vectors(inner, inner.Receiver())
		} else {
			of, _ = vectors(c, v)
		}
		for _, vec := range of {
			for _, d := range vec.defs {
				d.exemplars = true
			}
		}
	})
}

// isOf reports whether a method may be called on a vector of families of that type.
func isOf(method string, t schema.Type) bool {
	for vec, typ := range vecTypes {
		if strings.Contains(method, "."+vec+")") && typ != "" {
			return t == typ
		}
	}
	return !strings.Contains(method, ".ObserverVec)") || t == schema.Histogram || t == schema.Summary
}

// setLabels records the values of a Labels map.
func setLabels(c *Call, d *Definition, v Value) {
	v.each(func(v Value) {
		if v.Kind != Map && v.Kind != Nil {
			d.Open()
		}
		for _, e := range v.Elems {
			name := plain(c.Elem(*e.Key))
			if name == "" { // may be any
				d.Open()
				continue
			}
			d.Value(name, c.Elem(e))
		}
	})
}

// openAll opens the label values of all that v may be.
func openAll(c *Call, v Value) {
	vecs, _ := vectors(c, v)
	for _, vec := range vecs {
		for _, d := range vec.defs {
			d.Open()
			d.maySend = true
		}
	}
}

// prometheusRecording lists what records in metrics without registering them.
func prometheusRecording() Recording {
	r := Recording{
		Methods: []string{"Inc", "Dec", "Add", "Sub", "Set", "SetToCurrentTime", "Observe", "AddWithExemplar", "ObserveWithExemplar", "Reset", "Delete", "DeleteLabelValues", "DeletePartialMatch"},
		Parts:   valueMethods,
	}
	for name := range promTypes {
		for _, suffix := range []string{"", "Vec"} {
			r.Constructors = append(r.Constructors, prom+".New"+name+suffix)
		}
		r.Constructors = append(r.Constructors, "("+prom+".v2).New"+name+"Vec")
	}
	r.Functions = []string{prom + ".NewTimer"}
	for _, measures := range []string{"HandlerCounter", "HandlerDuration", "HandlerInFlight", "HandlerRequestSize", "HandlerResponseSize", "HandlerTimeToWriteHeader", "RoundTripperCounter", "RoundTripperDuration", "RoundTripperInFlight"} {
		r.Functions = append(r.Functions, promhttp+".Instrument"+measures)
	}
	return r
}
