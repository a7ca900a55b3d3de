package scanner

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() { register(gethLibrary()) }

func gethLibrary() *Library {
	r := &metricRegistry{
		pkg: geth,
		kinds: []string{"Counter", "CounterFloat64", "Gauge", "GaugeFloat64", "GaugeInfo", "Histogram", "Meter", "Timer", "ResettingTimer",
			"RuntimeHistogram", "runtimeHistogram"},
		define: defineGeth,
	}
	defines := r.defines()
	defines[geth+".getOrRegisterRuntimeHistogram"] = func(c *Call) { defineGeth(c, r.prefixed(c, c.Arg(2), c.Arg(0)), "Histogram") }
	return &Library{
		Name: "geth",
		Doc: "github.com/ethereum/go-ethereum/metrics: NewRegistered*, GetOrRegister*, Register and prefixed registries, with the names and types " +
			"that its package prometheus writes, and the labels that GaugeInfo.Update is given.",
		Defines: defines,
		Uses:    map[string]func(*Call){"(*" + geth + ".GaugeInfo).Update": gethInfo},
		Parts:   r.parts(),
	}
}

const geth = "github.com/ethereum/go-ethereum/metrics"

// gethQuantiles are what metrics/prometheus/collector.go writes of each summary.
var gethQuantiles = []float64{.5, .75, .95, .99, .999, .9999}

// defineGeth defines what metrics/prometheus/collector.go writes, without help texts: a gauge
// of what counts, of what is distributed the quantiles of a summary and beside it a counter.
func defineGeth(c *Call, name Value, kind string) {
	written := func(suffix string) Value {
		return mapStrings([]Value{name}, func(s []string) string { return strings.ReplaceAll(s[0]+suffix, "/", "_") })
	}
	switch kind {
	case notMetrics:
	case "Histogram", "Timer", "ResettingTimer", "RuntimeHistogram", "runtimeHistogram":
		m := &schema.Metric{Type: schema.Summary, Given: []string{"help"}}
		for _, q := range gethQuantiles {
			m.Objectives = append(m.Objectives, schema.Objective{Quantile: q})
		}
		c.Families(written(""), m, labelList{})
		c.Families(written("_count"), &schema.Metric{Type: schema.Counter, Given: []string{"help", "suffix"}}, labelList{})
	default:
		c.Families(written(""), &schema.Metric{Type: schema.Gauge, Given: []string{"help"}}, labelList{})
	}
}

// gethInfo records the labels that a GaugeInfo is given as a map.
func gethInfo(c *Call) {
	defs, _ := c.Resolve(c.Receiver())
	for _, d := range defs {
		c.Arg(0).each(func(v Value) {
			if v.Kind != Map {
				d.addLabel(anyLabel.Name, Value{})
			}
			for _, e := range v.Elems {
				key := c.Elem(*e.Key)
				if name := plain(key); name != "" {
					d.addLabel(name, c.Elem(e))
				} else {
					d.addLabel(anyLabel.Name, Value{})
				}
			}
		})
	}
}
