package scanner

import (
	"go/ast"
	"go/types"
	"strings"
)

// This file reads what rcrowley's go-metrics and geth's fork of it share: registries of
// metrics by name.

// A metricRegistry is a package of registries. Kinds of metrics have the names of the
// package's types: Counter, GaugeFloat64, Meter.
type metricRegistry struct {
	pkg    string
	kinds  []string
	define func(c *Call, name Value, kind string)
}

// defines lists the functions that register.
func (r *metricRegistry) defines() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for _, kind := range r.kinds {
		for _, fn := range []string{"NewRegistered", "GetOrRegister", "NewRegisteredFunctional"} {
			for _, suffix := range []string{"", "Forced", "Lazy"} {
				calls[r.pkg+"."+fn+kind+suffix] = func(c *Call) { r.define(c, r.prefixed(c, c.Arg(1), c.Arg(0)), kind) }
			}
		}
	}
	for _, fn := range []string{"Register", "MustRegister", "GetOrRegister"} {
		calls[r.pkg+"."+fn] = func(c *Call) { r.register(c, Value{Kind: Nil}) }
		for _, recv := range []string{"Registry", "*StandardRegistry", "*PrefixedRegistry"} {
			calls["("+recv[:strings.Count(recv, "*")]+r.pkg+"."+strings.TrimPrefix(recv, "*")+")."+fn] = func(c *Call) { r.register(c, c.Receiver()) }
		}
	}
	return calls
}

// parts lists the constructors of registries.
func (r *metricRegistry) parts() []string {
	return []string{r.pkg + ".NewRegistry", r.pkg + ".NewPrefixedRegistry", r.pkg + ".NewPrefixedChildRegistry"}
}

// register decodes Register(name, metric) and GetOrRegister(name, metric or func() metric).
func (r *metricRegistry) register(c *Call, registry Value) {
	name := r.prefixed(c, registry, c.Arg(0))
	c.Arg(1).each(func(v Value) {
		if kind := r.kind(c, v); kind != "" {
			r.define(c, name, kind)
		} else if v.Kind != Nil {
			c.Unresolved("what is registered here cannot be told from the source", v, "register what a constructor returns, or a variable of a metric's type")
		}
	})
}

// prefixed returns the name that a registry makes of one that it is given. One that is
// not known is taken to add nothing.
func (r *metricRegistry) prefixed(c *Call, registry, name Value) Value {
	return mapStrings([]Value{r.prefix(c, registry), name}, func(s []string) string { return s[0] + s[1] })
}

func (r *metricRegistry) prefix(c *Call, registry Value) Value {
	var alts []Value
	registry.each(func(v Value) {
		inner := c.Inner(v)
		switch {
		case inner != nil && inner.Name == r.pkg+".NewPrefixedRegistry":
			alts = append(alts, inner.Arg(0))
		case inner != nil && inner.Name == r.pkg+".NewPrefixedChildRegistry":
			alts = append(alts, r.prefixed(inner, inner.Arg(0), inner.Arg(1)))
		default:
			alts = append(alts, str(""))
		}
	})
	return choice(alts)
}

// notMetrics is the kind of what a registry holds and exposes nothing of.
const notMetrics = "Healthcheck"

// kind returns the kind of the metric that v is, or that the function v returns; empty
// where that is not known.
func (r *metricRegistry) kind(c *Call, v Value) string {
	t := v.Type
	if sig, ok := orInvalid(t).Underlying().(*types.Signature); ok && sig.Results().Len() > 0 {
		t = sig.Results().At(0).Type()
	}
	if kind := r.kindOf(t); kind != "" || v.Kind != Func || v.Fn == nil {
		return kind
	}
	var kinds []string
	ast.Inspect(v.Fn.body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
			kinds = append(kinds, r.kindOf(v.Fn.pkg.TypesInfo.TypeOf(ret.Results[0])))
		}
		return true
	})
	if len(kinds) == 1 {
		return kinds[0]
	}
	return ""
}

// kindOf returns the kind of a type: Counter of Counter, *Counter and *StandardCounter.
func (r *metricRegistry) kindOf(t types.Type) string {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != r.pkg {
		return ""
	}
	name := n.Obj().Name()
	for _, kind := range append([]string{notMetrics}, r.kinds...) {
		if name == kind || name == "Standard"+kind || name == "Functional"+kind {
			return kind
		}
	}
	return ""
}
