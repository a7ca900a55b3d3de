package scanner

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() { register(rcrowleyLibrary()) }

func rcrowleyLibrary() *Library {
	r := &metricRegistry{
		pkg:   rcrowley,
		kinds: []string{"Counter", "Gauge", "GaugeFloat64", "Histogram", "Meter", "Timer"},
		define: func(c *Call, name Value, kind string) {
			if kind == notMetrics {
				return
			}
			for _, d := range c.Families(name, &schema.Metric{Type: schema.Gauge}, labelList{}) {
				d.more = &namedMetric{c, kind}
			}
		},
	}
	return &Library{
		Name: "rcrowley",
		Doc: "github.com/rcrowley/go-metrics: NewRegistered*, GetOrRegister*, Register and prefixed registries, as far as the program exposes them through " +
			"github.com/deathowl/go-metrics-prometheus, with the names and types of that.",
		Defines: r.defines(),
		Uses: map[string]func(*Call){
			deathowl + ".NewPrometheusProvider":                         noteProvider,
			"(*" + deathowl + ".PrometheusConfig).WithHistogramBuckets": func(c *Call) { c.Note("Histogram", Value{}) },
			"(*" + deathowl + ".PrometheusConfig).WithTimerBuckets":     func(c *Call) { c.Note("Timer", Value{}) },
		},
		Parts:  r.parts(),
		Finish: finishRcrowley,
	}
}

const (
	rcrowley = "github.com/rcrowley/go-metrics"
	deathowl = "github.com/deathowl/go-metrics-prometheus"
)

// A namedMetric is what is known of a metric before it is known who exposes it.
type namedMetric struct {
	call *Call
	kind string
}

// noteProvider notes the namespace and subsystem of NewPrometheusProvider(registry,
// namespace, subsystem, registerer, interval).
func noteProvider(c *Call) {
	namespace, subsystem := c.Arg(1), c.Arg(2)
	c.Note("provider", Value{Kind: List, Elems: []Elem{{Value: &namespace}, {Value: &subsystem}}})
}

// deathowlKey replaces what flattenKey of the provider does.
var deathowlKey = strings.NewReplacer(" ", "_", ".", "_", "-", "_", "=", "_", "/", "_")

// deathowlSuffixes are the gauges that the provider makes of one metric: its name, with
// each of these behind it.
var deathowlSuffixes = map[string][]string{
	"Histogram": {""},
	"Meter":     {"_rate1", "_rate5", "_rate15", "_rate_mean", "_count"},
	"Timer":     {"_rate1", "_rate5", "_rate15", "_rate_mean", "_count", "_sum", "_max", "_min", "_mean", "_variance", "_std_dev"},
}

// deathowlHistogram are the histograms that it makes beside them.
var deathowlHistogram = map[string]struct {
	suffix  string
	buckets []float64
}{
	"Histogram": {"_histogram", []float64{.05, .1, .25, .5, .75, .9, .95, .99}},
	"Timer":     {"_timer", []float64{.5, .95, .99, .999}},
}

// finishRcrowley names the metrics as the provider does. Without one nobody exposes them
// to Prometheus, or somebody who is not known.
func finishRcrowley(notes Notes, defs []*Definition) {
	if len(notes["provider"]) == 0 {
		for i, d := range defs {
			if d.Drop(); i == 0 {
				d.more.(*namedMetric).call.Unresolved("metrics of rcrowley/go-metrics are exposed to Prometheus by nothing that is known", Value{},
					"expose them through "+deathowl)
			}
		}
		return
	}
	for _, d := range defs {
		d.exposed(d.more.(*namedMetric).kind, notes)
	}
}

// exposed makes of a metric the families that providers make of it.
func (d *Definition) exposed(kind string, notes Notes) {
	name, first := d.Name(), true
	for _, p := range notes["provider"] {
		front := mapStrings([]Value{*p.Elems[0].Value, *p.Elems[1].Value}, func(s []string) string { return buildFQName(s[0], s[1], "*") })
		for _, front := range front.symbolic() {
			family := func(suffix string) *Definition {
				one := d
				if !first {
					one = d.Copy()
				}
				first = false
				one.Rename(collapse(deathowlKey.Replace(strings.TrimSuffix(front, "*") + name + suffix)))
				return one
			}
			for _, suffix := range deathowlSuffix(kind) {
				one := family(suffix)
				one.Metric.Type, one.Metric.Buckets, one.Metric.Help = schema.Gauge, nil, deathowlHelp(name+suffix)
				one.Metric.Given = []string{"help", "suffix"}
			}
			if h, ok := deathowlHistogram[kind]; ok {
				one := family(h.suffix)
				one.Metric.Type, one.Metric.Buckets, one.Metric.Help = schema.Histogram, h.buckets, deathowlHelp(deathowlKey.Replace(name))
				one.Metric.Given = []string{"help"}
				if len(notes[kind]) > 0 { // others are set
					one.Metric.Buckets = nil
				}
			}
		}
	}
}

func deathowlSuffix(kind string) []string {
	if suffixes, ok := deathowlSuffixes[kind]; ok {
		return suffixes
	}
	return []string{""}
}

// deathowlHelp is the help text that the provider makes of a name: none where it is not
// known.
func deathowlHelp(name string) string {
	if hasHole(name) {
		return ""
	}
	return name
}
