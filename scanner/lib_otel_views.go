package scanner

import (
	"go/types"
	"path"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file follows the views of OpenTelemetry's SDK: what they make of instruments.

// A stream is what the SDK hands to exporters for an instrument.
type stream struct {
	name, unit string // symbolic
	help       string
	typ        schema.Type
	gauge      bool // a Gauge to the exporter, not a sum that may fall
	buckets    []float64
	native     *schema.Native
	filter     keyFilter
}

// An otelView is what NewView was given; what is "" or zero changes nothing.
type otelView struct {
	name, help, unit, scope string // criteria
	kind                    float64
	to                      stream
	aggregation             string // the type's name, without Aggregation
	never                   bool   // NewView refuses it: it matches nothing
}

// withView decodes WithView(views...).
func withView(c *Call) {
	told := eachOption(c, c.Variadic(0), func(o *Call) {
		if o.Name != otelSDK+".NewView" {
			c.Unresolved("what this view changes cannot be told from the source", Value{}, hintView)
			return
		}
		if v, ok := viewOf(o); ok {
			for _, d := range c.own() {
				if inst, is := d.more.(*instrument); is && v.matches(d, inst) {
					inst.views = append(inst.views, v)
				}
			}
		} else {
			o.Unresolved("what this view changes cannot be told from the source", o.Arg(0), hintView)
		}
	})
	if !told {
		c.Unresolved("which views are used here cannot be told from the source", c.Variadic(0), hintView)
	}
}

const hintView = "give NewView literals whose fields are constants"

// viewOf reads NewView(criteria, mask). ok is false where what it matches is not known.
func viewOf(c *Call) (v otelView, ok bool) {
	criteria, mask := c.Arg(0), c.Arg(1)
	if criteria.Kind != Struct || mask.Kind != Struct {
		return v, false
	}
	ok = true
	text := func(of Value, name string) string {
		f, _ := c.Field(of, name)
		f = orEmpty(f)
		ok = ok && f.Kind == String && !hasHole(f.Str)
		return f.Str
	}
	v.name, v.help, v.unit = text(criteria, "Name"), text(criteria, "Description"), text(criteria, "Unit")
	if scope, _ := c.Field(criteria, "Scope"); scope.Kind != Nil {
		v.scope = text(scope, "Name")
	}
	kind, _ := c.Field(criteria, "Kind")
	v.kind = kind.Num
	v.to.name, v.to.help, v.to.unit = text(mask, "Name"), text(mask, "Description"), text(mask, "Unit")
	ok = ok && (kind.Kind == Nil || kind.Kind == Number)
	v.never = v.name+v.help+v.unit+v.scope == "" && v.kind == 0 || strings.ContainsAny(v.name, "*?") && v.to.name != ""
	v.aggregate(c, mask)
	filter, _ := c.Field(mask, "AttributeFilter")
	v.to.filter = filterOf(c, filter)
	return v, ok
}

// aggregate reads the aggregation of a view.
func (v *otelView) aggregate(c *Call, mask Value) {
	a, _ := c.Field(mask, "Aggregation")
	n, ok := types.Unalias(deref(orInvalid(a.Type))).(*types.Named)
	if !ok || a.Kind != Struct {
		return
	}
	v.aggregation = strings.TrimPrefix(n.Obj().Name(), "Aggregation")
	if bounds, _ := c.Field(a, "Boundaries"); bounds.Kind == List {
		v.to.buckets = floats(c, bounds)
	}
}

// matches reports whether the view is for an instrument.
func (v *otelView) matches(d *Definition, inst *instrument) bool {
	return !v.never && (v.name == "" || matchesName(v.name, d.Name())) && (v.help == "" || v.help == d.Metric.Help) && (v.unit == "" || v.unit == inst.unit) &&
		(v.scope == "" || v.scope == inst.scope.name) && (v.kind == 0 || v.kind == otelKinds[inst.kind].number)
}

// matchesName matches a name with a pattern of * and ?, as path.Match does but for the
// other characters that it knows.
func matchesName(pattern, name string) bool {
	ok, err := path.Match(strings.NewReplacer(`[`, `\[`, `\`, `\\`, "/", "|").Replace(pattern), strings.ReplaceAll(name, "/", "|"))
	return ok && err == nil
}

// streams returns what the SDK makes of an instrument: one for each view that matches
// it, or what it is without any.
func (inst *instrument) streams(d *Definition) []stream {
	plain := stream{
		name: d.Name(), unit: inst.unit, help: d.Metric.Help, typ: d.Metric.Type, gauge: strings.HasSuffix(inst.kind, "Gauge"), buckets: d.Metric.Buckets,
	}
	if len(inst.views) == 0 {
		return []stream{plain}
	}
	var out []stream
	for _, v := range inst.views {
		if v.aggregation == "Drop" {
			continue
		}
		out = append(out, v.stream(plain))
	}
	return out
}

// stream returns what the view makes of s.
func (v *otelView) stream(s stream) stream {
	for to, from := range map[*string]string{&s.name: v.to.name, &s.help: v.to.help, &s.unit: v.to.unit} {
		if from != "" {
			*to = from
		}
	}
	s.filter = v.to.filter
	switch v.aggregation {
	case "ExplicitBucketHistogram":
		s.typ, s.gauge, s.buckets = schema.Histogram, false, slices.Clone(v.to.buckets)
	case "Base2ExponentialHistogram":
		s.typ, s.gauge, s.buckets, s.native = schema.Histogram, false, nil, &schema.Native{}
	case "LastValue":
		s.typ, s.gauge, s.buckets = schema.Gauge, true, nil
	case "Sum":
		s.gauge, s.buckets = false, nil
		if s.typ == schema.Histogram {
			s.typ = schema.Counter
		}
	}
	return s
}

// A keyFilter is an attribute.Filter by keys. The zero value lets all pass.
type keyFilter struct {
	keys    []string
	deny    bool // all but keys pass
	allow   bool // only keys pass
	unknown bool // any may pass
}

// filterOf reads an attribute.Filter.
func filterOf(c *Call, v Value) keyFilter {
	o := c.Inner(v)
	switch {
	case v.Kind == Nil:
		return keyFilter{}
	case o == nil:
		return keyFilter{unknown: true}
	}
	f := keyFilter{deny: strings.HasSuffix(o.Name, ".NewDenyKeysFilter"), allow: strings.HasSuffix(o.Name, ".NewAllowKeysFilter")}
	keys := o.Variadic(0)
	for _, e := range keys.Elems {
		key := plain(o.Elem(e))
		f.unknown = f.unknown || key == "" || e.Optional
		f.keys = append(f.keys, key)
	}
	f.unknown = f.unknown || keys.Kind != List && keys.Kind != Nil || !f.deny && !f.allow
	return f
}

// apply returns the attributes that pass.
func (f keyFilter) apply(a attributes) attributes {
	var out attributes
	if f.unknown {
		out.add(a, true)
		return out
	}
	for key, v := range a.values {
		if in := slices.Contains(f.keys, key); !f.allow && !f.deny || in == f.allow {
			out.set(key, v, a.optional[key])
		}
	}
	if out.open = a.open && !f.allow; a.open && f.allow {
		for _, key := range f.keys {
			if _, known := out.values[key]; !known {
				out.set(key, Value{}, true)
			}
		}
	}
	return out
}
