package scanner

import (
	"go/types"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "go-kit",
		Doc: "github.com/go-kit/kit/metrics: prometheus.New{Counter,Gauge,Histogram,Summary}From and those over a vector, the Prometheus provider, " +
			"and the label values given to With.",
		Defines:  gokitDefines(),
		Uses:     gokitUses(),
		Parts:    gokitParts(),
		Packages: []string{gokit + "/prometheus", gokit + "/provider"},
		Shared:   gokitShared,
		Escaped:  func(c *Call, v Value) { openGokit(c, v, nil) },
	})
}

const gokit = "github.com/go-kit/kit/metrics"

// gokitDefines lists the constructors that make a vector themselves. Those over a vector
// that is given define nothing.
func gokitDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for _, name := range []string{"Counter", "Gauge", "Histogram", "Summary"} {
		calls[gokit+"/prometheus.New"+name+"From"] = func(c *Call) { construct(c, promTypes[name], true) }
	}
	// The provider makes a summary of what it calls a histogram.
	for name, typ := range map[string]schema.Type{"Counter": schema.Counter, "Gauge": schema.Gauge, "Histogram": schema.Summary} {
		calls["("+gokit+"/provider.Provider).New"+name] = func(c *Call) { gokitProvided(c, typ) }
	}
	return calls
}

// gokitProvided decodes the methods of a provider: its namespace, its subsystem, and the
// name, which is the help, too. Providers of other systems define nothing.
func gokitProvided(c *Call, typ schema.Type) {
	name := c.Arg(0)
	c.Receiver().each(func(v Value) {
		p := c.Inner(v)
		switch {
		case v.Kind == Unknown:
			c.Unresolved("provider of this "+string(typ)+" cannot be told from the source", v, "keep what provider.NewPrometheusProvider returns in a variable that is assigned once")
		case p != nil && p.Name == gokit+"/provider.NewPrometheusProvider":
			m := &schema.Metric{Type: typ}
			setHelp(m, name)
			full := mapStrings([]Value{p.Arg(0), p.Arg(1), name}, func(s []string) string { return buildFQName(s[0], s[1], s[2]) })
			c.Families(full, m, labelList{})
		}
	})
}

// gokitParts lists what gokitDefinitions and gokitProvided look through.
func gokitParts() []string {
	parts := []string{gokit + "/provider.NewPrometheusProvider", gokit + "/provider.NewDiscardProvider"}
	for _, name := range []string{"Counter", "Gauge", "Histogram", "Summary"} {
		for _, pkg := range []string{"prometheus", "multi", "discard"} {
			parts = append(parts, gokit+"/"+pkg+".New"+name)
		}
	}
	return parts
}

// gokitUses lists the methods that give label values.
func gokitUses() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for _, name := range []string{"Counter", "Gauge", "Histogram", "Summary"} {
		calls["(*"+gokit+"/prometheus."+name+").With"] = gokitWith
		calls["("+gokit+"."+name+").With"] = gokitWith
	}
	return calls
}

// gokitWith records the pairs of names and values that With is given. The value of the
// last name may be left out, and is "unknown" then.
func gokitWith(c *Call) {
	defs, told := gokitDefinitions(c, c.Receiver())
	pairs, known := c.Rest(0)
	if len(pairs)%2 != 0 {
		pairs = append(pairs, str("unknown"))
	}
	if !told {
		openGokit(c, Value{}, pairs)
	}
	for _, d := range defs {
		if !known {
			d.Open()
		}
		for i := 0; i < len(pairs); i += 2 {
			if name := plain(pairs[i]); name != "" {
				d.Value(name, pairs[i+1])
			} else {
				d.Open()
			}
		}
	}
}

// gokitDefinitions resolves a value to families, through With, the constructors over a
// vector and the metrics that are several. told is false where it may be others, too.
func gokitDefinitions(c *Call, v Value) (defs []*Definition, told bool) {
	told = true
	add := func(c *Call, v Value) {
		found, ok := gokitDefinitions(c, v)
		defs, told = append(defs, found...), told && ok
	}
	v.each(func(v Value) {
		inner := c.Inner(v)
		switch {
		case inner == nil || c.scan.defines[inner.Name]:
			found, ok := c.Resolve(v)
			defs, told = append(defs, found...), told && ok
		case strings.HasPrefix(inner.Name, gokit+"/discard."): // exposes nothing
		case strings.HasPrefix(inner.Name, gokit+"/prometheus.New"):
			found, ok := c.Resolve(inner.Arg(0))
			defs, told = append(defs, found...), told && ok
		case strings.HasPrefix(inner.Name, gokit+"/multi.New"):
			parts, known := inner.Rest(0)
			told = told && known
			for _, p := range parts {
				add(inner, p)
			}
		case gokitMetric(inner.Name):
			add(inner, inner.Receiver())
		default:
			told = false
		}
	})
	return defs, told
}

// gokitMetric reports whether a function is a method of a go-kit metric that returns one.
func gokitMetric(name string) bool {
	return strings.HasSuffix(name, ").With") && strings.Contains(name, gokit)
}

// openGokit opens the labels of what v may be, or where that is not known of all families
// that go-kit may hold and that have the labels named in pairs.
func openGokit(c *Call, v Value, pairs []Value) {
	defs, told := gokitDefinitions(c, v)
	if !told {
		defs = c.scan.defs
	}
	var names []string
	for i := 0; i < len(pairs); i += 2 {
		if name := plain(pairs[i]); name != "" {
			names = append(names, name)
		}
	}
	for _, d := range defs {
		if !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(d.Labels, name) }) {
			d.Open()
		}
	}
}

// gokitShared reports whether t is, or holds, a go-kit metric.
func gokitShared(t, _ types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		t = u.Elem()
	case *types.Map:
		t = u.Elem()
	}
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && (n.Obj().Pkg().Path() == gokit || n.Obj().Pkg().Path() == gokit+"/prometheus")
}
