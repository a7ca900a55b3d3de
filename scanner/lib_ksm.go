package scanner

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() { register(ksmLibrary()) }

func ksmLibrary() *Library {
	defines := map[string]func(*Call){}
	for _, name := range []string{"NewFamilyGeneratorWithStability", "NewOptInFamilyGenerator"} {
		defines[ksm+"/pkg/metric_generator."+name] = func(c *Call) { generator(c, c.Arg(3), c.Arg(4), c.Arg(5)) }
	}
	defines[ksm+"/pkg/metric_generator.NewFamilyGenerator"] = func(c *Call) { // until v2.9
		generator(c, Value{}, c.Arg(3), c.Arg(4))
	}
	return &Library{
		Name: "kube-state-metrics",
		Doc: "k8s.io/kube-state-metrics/v2/pkg/metric_generator: NewFamilyGenerator, NewFamilyGeneratorWithStability, NewOptInFamilyGenerator, with " +
			"the labels of the metric.Metric values that the generating function makes.",
		Defines: defines,
		Vars: map[string]Value{
			ksm + "/pkg/metric.Gauge": str("gauge"), ksm + "/pkg/metric.Counter": str("counter"),
			ksm + "/pkg/metric.Info": str("info"), ksm + "/pkg/metric.StateSet": str("stateset"),
		},
	}
}

const ksm = "k8s.io/kube-state-metrics/v2"

// generator decodes a family generator's name, help, type, stability, the version since
// which it is deprecated, and the function that generates its metrics. Info and StateSet
// are written as such to who asks for OpenMetrics, as Prometheus does.
func generator(c *Call, stability, deprecated, generate Value) {
	m := &schema.Metric{Type: schema.Untyped}
	setHelp(m, c.Arg(1))
	setStability(m, stability, deprecated)
	if m.Help != "" && m.DeprecatedSince != "" {
		m.Help = "(Deprecated since " + m.DeprecatedSince + ") " + m.Help
	}
	if m.Help != "" && m.Stability == "stable" {
		m.Help = "[STABLE] " + m.Help // the other levels are not written
	}
	if t := schema.Type(plain(c.Arg(2))); slices.Contains([]schema.Type{schema.Counter, schema.Gauge, schema.Info, schema.StateSet}, t) {
		m.Type = t
	}
	made := c.Made(generate, ksm+"/pkg/metric.Metric")
	list, values := generated(c, made)
	for _, d := range c.Families(c.Arg(0), m, list) {
		for _, l := range d.Labels {
			for _, v := range values[l] {
				d.Value(l, v)
			}
		}
	}
}

// generated returns the labels of the metrics that were made, with their values: a nil
// list of values is any. What not each of them has is optional.
func generated(c *Call, made []Value) (list labelList, values map[string][]Value) {
	values = map[string][]Value{}
	count := map[string]int{}
	total := 0
	for _, m := range made {
		keys, _ := c.Field(m, "LabelKeys")
		given, _ := c.Field(m, "LabelValues")
		names, fits := symbolicNames(c, keys), isFixed(keys) && isFixed(given)
		if fits && len(given.Elems) != len(keys.Elems) {
			continue // would panic
		}
		total++
		for i, name := range names {
			count[name.Name]++
			if name.Optional {
				count[name.Name] -= len(made) // never in all
			}
			if values[name.Name] = append(values[name.Name], Value{}); fits {
				values[name.Name][len(values[name.Name])-1] = c.Elem(given.Elems[i])
			}
		}
	}
	for name, n := range count {
		list.labels = append(list.labels, schema.Label{Name: name, Optional: n < total && name != anyLabel.Name})
	}
	list.labels = uniqueLabels(list.labels)
	return list, values
}

// isFixed reports whether the number of a list's elements is known.
func isFixed(list Value) bool {
	return list.Kind == Nil || list.Kind == List && !slices.ContainsFunc(list.Elems, func(e Elem) bool { return e.Optional })
}

// symbolicNames reads a list of label names, with * for what is known only at run time.
func symbolicNames(c *Call, list Value) []schema.Label {
	switch list.Kind {
	case Nil:
		return nil
	case List:
		var names []schema.Label
		for _, e := range list.Elems {
			name := anyLabel.Name
			if v := c.Elem(e); v.Kind == String {
				name = strings.ReplaceAll(v.Str, Hole, "*")
			}
			names = append(names, schema.Label{Name: name, Optional: e.Optional})
		}
		return names
	}
	return []schema.Label{anyLabel}
}
