package scanner

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// This file reads the attributes that OpenTelemetry's instruments are measured with:
// they are the labels.

// otelValueTypes are the types of an attribute's value, which name the functions that
// make one.
var otelValueTypes = []string{
	"Bool", "BoolSlice", "Int", "IntSlice", "Int64", "Int64Slice", "Float64", "Float64Slice", "String", "StringSlice", "ByteSlice", "Slice", "Map", "Stringer",
}

// Attributes are those that one measurement has.
type attributes struct {
	values   map[string]Value
	optional map[string]bool
	open     bool // there may be others
}

// set adds an attribute, or replaces the one of that key.
func (a *attributes) set(key string, v Value, optional bool) {
	if a.values == nil {
		a.values, a.optional = map[string]Value{}, map[string]bool{}
	}
	if old, twice := a.values[key]; twice && optional {
		v, optional = choice([]Value{old, v}), a.optional[key]
	}
	a.values[key], a.optional[key] = v, optional
}

// add adds what stands behind a.
func (a *attributes) add(b attributes, optional bool) {
	for key, v := range b.values {
		a.set(key, v, optional || b.optional[key])
	}
	a.open = a.open || b.open
}

// joined returns what each of several measurements has; what is not in all of them is
// optional.
func joined(all []attributes) attributes {
	count := map[string]int{}
	var out attributes
	for _, a := range all {
		for key, v := range a.values {
			if count[key]++; count[key] > 1 {
				v = choice([]Value{out.values[key], v})
			}
			optional := a.optional[key] || out.optional[key]
			delete(out.values, key)
			out.set(key, v, optional)
		}
		out.open = out.open || a.open
	}
	for key, n := range count {
		out.optional[key] = out.optional[key] || n < len(all)
	}
	return out
}

// attributesOf reads an attribute, a set or list of them, or the options of a
// measurement.
func attributesOf(c *Call, v Value) attributes {
	var out attributes
	switch v.Kind {
	case Nil:
	case Choice:
		var all []attributes
		v.each(func(v Value) { all = append(all, attributesOf(c, v)) })
		return joined(all)
	case List:
		for _, e := range v.Elems {
			out.add(attributesOf(c, c.Elem(e)), e.Optional)
		}
	case Struct:
		key, known := c.Field(v, "Key")
		value, _ := c.Field(v, "Value")
		if k := plain(key); known && k != "" {
			out.set(k, attributeValue(c, value), false)
			return out
		}
		out.open = true
	case Opaque:
		return attributesMade(c.Inner(v))
	default:
		out.open = true
	}
	return out
}

// attributesMade reads what a call of packages metric and attribute makes.
func attributesMade(c *Call) attributes {
	switch c.Name {
	case otelMetric + ".WithAttributes", otelAttribute + ".NewSet":
		return attributeList(c)
	case otelMetric + ".WithAttributeSet", otelAttribute + ".NewSetWithSortable":
		return attributesOf(c, c.Arg(0))
	case otelAttribute + ".EmptySet":
		return attributes{}
	case "(*" + otelAttribute + ".Set).ToSlice":
		return attributesOf(c, c.Receiver())
	}
	var key, value Value
	name, method := strings.CutPrefix(c.Name, "("+otelAttribute+".Key).")
	if method {
		key, value = c.Receiver(), c.Arg(0)
	} else if name, method = strings.CutPrefix(c.Name, otelAttribute+"."); method {
		key, value = c.Arg(0), c.Arg(1)
	}
	if !slices.Contains(otelValueTypes, name) {
		key, value = conventional(c), Value{}
	}
	k := plain(key)
	if k == "" {
		return attributes{open: true}
	}
	var out attributes
	out.set(k, attributeText(name, value), false)
	return out
}

// attributeList reads the variadic attributes of a call. Of append(list, more...) what is
// appended is known where the list is not.
func attributeList(c *Call) attributes {
	list := c.Variadic(0)
	if list.Kind != Unknown || len(c.site.call.Args) != 1 {
		return attributesOf(c, list)
	}
	call, ok := ast.Unparen(c.site.call.Args[0]).(*ast.CallExpr)
	if !ok || !isBuiltin(c.site.pkg.TypesInfo, call) || asIdent(call.Fun).Name != "append" || len(call.Args) == 0 {
		return attributesOf(c, list)
	}
	out := attributesOf(c, c.scan.ev.eval(call.Args[0], c.env))
	out.add(attributesOf(c, c.scan.ev.appendArgs(call, c.env)), false)
	return out
}

// conventional returns the key that a function of a package of semantic conventions gives
// its attribute: their generator declares XKey beside each function X.
func conventional(c *Call) Value {
	_, obj := callee(c.site.pkg.TypesInfo, c.site.call)
	if obj == nil || obj.Pkg() == nil || !strings.HasPrefix(obj.Pkg().Path(), otel+"/semconv") {
		return Value{}
	}
	if key, ok := obj.Pkg().Scope().Lookup(obj.Name() + "Key").(*types.Const); ok {
		return fromConstant(key.Val(), key.Type())
	}
	return Value{}
}

// attributeValue reads an attribute.Value.
func attributeValue(c *Call, v Value) Value {
	if o := c.Inner(v); o != nil && strings.HasPrefix(o.Name, otelAttribute+".") {
		return attributeText(strings.TrimSuffix(strings.TrimPrefix(o.Name, otelAttribute+"."), "Value"), o.Arg(0))
	}
	return Value{}
}

// attributeText returns the text that the exporter writes of a value of that type.
func attributeText(typ string, v Value) Value {
	switch typ {
	case "Bool":
		if v.Kind == Boolean {
			return texts([]Value{v})[0]
		}
		return choice([]Value{str("false"), str("true")})
	case "Int", "Int64":
		return texts([]Value{v})[0]
	case "String":
		return v
	}
	return Value{}
}

// otelUses lists the calls that measure, and the views.
func otelUses() map[string]func(*Call) {
	calls := map[string]func(*Call){otelSDK + ".WithView": withView}
	for _, number := range otelNumbers {
		for kind, method := range map[string]string{"Counter": "Add", "UpDownCounter": "Add", "Histogram": "Record", "Gauge": "Record"} {
			calls["("+otelMetric+"."+number+kind+")."+method] = func(c *Call) { measure(c, c.Receiver(), number+kind, c.Variadic(2)) }
		}
		calls["("+otelMetric+"."+number+"Observer).Observe"] = observe
		calls["("+otelMetric+".Observer).Observe"+number] = func(c *Call) { measure(c, c.Arg(0), number+"Observable", c.Variadic(2)) }
	}
	return calls
}

// measure records a measurement of the instruments that v may be, of that type.
func measure(c *Call, v Value, typ string, options Value) {
	attrs := attributesOf(c, options)
	told := true
	v.each(func(v Value) {
		defs, ok := c.Resolve(v)
		if !ok && v.Kind != Struct { // one that the program makes is none of the SDK's
			defs, ok = c.written(v)
			told = told && ok
		}
		for _, d := range defs {
			if inst, ok := d.more.(*instrument); ok && inst.is(typ) {
				inst.measured = append(inst.measured, attrs)
			}
		}
	})
	if told {
		return
	}
	for _, d := range c.own() {
		if inst, ok := d.more.(*instrument); ok && inst.is(typ) {
			inst.unseen = true
		}
	}
}

// observe records what a callback that stands in an instrument's options observes.
func observe(c *Call) {
	attrs := attributesOf(c, c.Variadic(1))
	for _, d := range c.own() {
		inst, ok := d.more.(*instrument)
		for fn := c.site.fn; ok && fn != nil; fn = fn.outer {
			if slices.Contains(inst.callbacks, fn) {
				inst.measured = append(inst.measured, attrs)
			}
		}
	}
}
