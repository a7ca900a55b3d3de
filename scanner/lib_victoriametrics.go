package scanner

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "victoriametrics",
		Doc: "github.com/VictoriaMetrics/metrics: New* and GetOrCreate* of the package and of its sets, and the Write* functions that callbacks call, " +
			"with the labels that stand in the name. All that name one family are one metric. A Histogram has no le: it is its vmrange buckets, sum and count. " +
			"A family whose metadata is written stands for lines that are written by hand.",
		Named:   alwaysNamed,
		Defines: vmDefines(),
		Vars:    map[string]Value{vm + ".PrometheusHistogramDefaultBuckets": numbers(defBuckets)},
		Funcs: map[string]func(Evaluator, []Value) Value{
			vm + ".LinearBuckets":      prometheusFuncs[prom+".LinearBuckets"],
			vm + ".ExponentialBuckets": prometheusFuncs[prom+".ExponentialBuckets"],
		},
		Finish: func(_ Notes, defs []*Definition) { uniteFamilies(defs) },
	})
}

const vm = "github.com/VictoriaMetrics/metrics"

// vmQuantiles are those of summaries that are made without any.
var vmQuantiles = []float64{.5, .9, .97, .99, 1}

func vmDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	add := func(name string, decode func(*Call)) {
		for _, verb := range []string{"New", "GetOrCreate"} {
			calls[vm+"."+verb+name] = decode
			calls["(*"+vm+".Set)."+verb+name] = decode
		}
	}
	add("Counter", func(c *Call) { vmFamily(c, c.Arg(0), schema.Metric{Type: schema.Counter}) })
	add("FloatCounter", func(c *Call) { vmFamily(c, c.Arg(0), schema.Metric{Type: schema.Counter}) })
	add("Gauge", func(c *Call) { vmFamily(c, c.Arg(0), schema.Metric{Type: schema.Gauge}) })
	add("Summary", func(c *Call) { vmSummary(c, numbers(vmQuantiles)) })
	add("SummaryExt", func(c *Call) { vmSummary(c, c.Arg(2)) })
	add("PrometheusHistogram", func(c *Call) { vmPrometheusHistogram(c, numbers(defBuckets)) })
	add("PrometheusHistogramExt", func(c *Call) { vmPrometheusHistogram(c, c.Arg(1)) })
	add("Histogram", vmHistogram)
	for name, typ := range map[string]schema.Type{"Gauge": schema.Gauge, "Counter": schema.Counter} {
		for _, number := range []string{"Uint64", "Float64"} {
			calls[vm+".Write"+name+number] = func(c *Call) { vmFamily(c, c.Arg(1), schema.Metric{Type: typ}) }
		}
	}
	calls[vm+".WriteMetadataIfNeeded"] = vmMetadata
	return calls
}

// vmMetadata decodes WriteMetadataIfNeeded(w, name, type), which stands before lines that
// the caller writes itself, with labels of its own.
func vmMetadata(c *Call) {
	typ := schema.Type(plain(c.Arg(2)))
	if !slices.Contains(schema.Types, typ) {
		typ = schema.Untyped
	}
	for _, d := range vmFamily(c, c.Arg(1), schema.Metric{Type: typ}) {
		d.Metric.Labels = append(d.Metric.Labels, schema.Label{Name: anyLabel.Name, Optional: true})
	}
}

func vmSummary(c *Call, quantiles Value) {
	m := schema.Metric{Type: schema.Summary}
	for _, q := range floats(c, quantiles) {
		m.Objectives = append(m.Objectives, schema.Objective{Quantile: q})
	}
	vmFamily(c, c.Arg(0), m)
}

func vmPrometheusHistogram(c *Call, bounds Value) {
	vmFamily(c, c.Arg(0), schema.Metric{Type: schema.Histogram, Buckets: floats(c, bounds)})
}

// vmHistogram decodes NewHistogram(name). It is exposed without a type, or as untyped:
// each bucket counts what is in a range of its own, which no query for histograms expects.
func vmHistogram(c *Call) {
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		for _, d := range vmFamily(c, c.Arg(0), schema.Metric{Type: schema.Counter}) {
			d.Rename(d.Name() + suffix)
			d.Metric.Given = append(d.Metric.Given, "suffix")
			if suffix == "_bucket" {
				d.add("vmrange", Value{})
			}
		}
	}
}

// vmFamily defines the families that name stands for, of which each may have labels. The
// library writes no help text.
func vmFamily(c *Call, name Value, m schema.Metric) []*Definition {
	var defs []*Definition
	m.Given = []string{"help"}
	name.each(func(v Value) {
		for _, s := range v.symbolic() {
			family, labels, _ := strings.Cut(s, "{")
			one := m
			for _, d := range c.Families(Value{Kind: String, Str: family, Default: v.Default}, &one, labelList{}) {
				if strings.HasSuffix(s, Hole) { // which labels may be in
					d.Metric.Labels = []schema.Label{{Name: anyLabel.Name, Optional: true}}
				}
				d.inName(strings.TrimSuffix(labels, "}"))
				defs = append(defs, d)
			}
		}
	})
	return defs
}

// inName adds the labels of a name: name="value" with commas between. What is not known
// may be any.
func (d *Definition) inName(labels string) {
	for labels != "" {
		name, rest, ok := strings.Cut(labels, "=")
		quoted, err := strconv.QuotedPrefix(rest)
		if !ok || err != nil || !isLabel(name) {
			d.Metric.Labels = append(d.Metric.Labels, schema.Label{Name: anyLabel.Name, Optional: true})
			return
		}
		value, _ := strconv.Unquote(quoted)
		d.add(name, str(value))
		labels = strings.TrimSpace(strings.TrimPrefix(rest[len(quoted):], ","))
	}
}

// isLabel reports whether s may be the name of a label.
func isLabel(s string) bool {
	return s != "" && !hasHole(s) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// add adds a label with one of its values.
func (d *Definition) add(label string, v Value) {
	d.Metric.Labels = append(d.Metric.Labels, schema.Label{Name: label})
	d.Labels = append(d.Labels, label)
	d.Value(label, v)
}

// uniteFamilies makes one of the definitions of each name and type, the first: a label
// that is not in all of them is optional.
func uniteFamilies(defs []*Definition) {
	type family struct {
		name string
		typ  schema.Type
	}
	first := map[family]*Definition{}
	count := map[*Definition]map[string]int{}
	total := map[*Definition]int{}
	for _, d := range defs {
		key := family{d.name, d.Metric.Type}
		into := first[key]
		if into == nil {
			into, first[key] = d, d
			count[d] = map[string]int{}
		} else {
			into.unite(d)
			d.Drop()
		}
		total[into]++
		for _, l := range d.Metric.Labels {
			if !l.Optional {
				count[into][l.Name]++
			}
		}
	}
	for into, n := range total {
		into.Metric.Labels = uniqueLabels(into.Metric.Labels)
		for i, l := range into.Metric.Labels {
			into.Metric.Labels[i].Optional = count[into][l.Name] < n
		}
	}
}

// unite adds what another definition of the family says.
func (d *Definition) unite(other *Definition) {
	d.Metric.Labels = append(slices.Clone(d.Metric.Labels), other.Metric.Labels...)
	d.Labels = append(d.Labels, other.Labels...)
	for label, set := range other.vals {
		if d.vals[label] == nil {
			d.vals[label] = &values{seen: map[string]bool{}}
		}
		maps.Copy(d.vals[label].seen, set.seen)
		d.vals[label].open = d.vals[label].open || set.open
	}
	if !slices.Equal(d.Metric.Buckets, other.Metric.Buckets) {
		d.Metric.Buckets = nil
	}
	if !slices.Equal(d.Metric.Objectives, other.Metric.Objectives) {
		d.Metric.Objectives = nil
	}
}
