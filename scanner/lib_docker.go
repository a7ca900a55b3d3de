package scanner

import (
	"go/types"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "docker",
		Doc: "github.com/docker/go-metrics: NewNamespace and WithConstLabels, the New{,Labeled}{Counter,Gauge,Timer} and NewDesc of a namespace, its " +
			"metrics of HTTP handlers, and the label values given to WithValues.",
		Defines:  dockerDefines(),
		Uses:     dockerUses(),
		Parts:    []string{docker + ".NewNamespace", "(*" + docker + ".Namespace).WithConstLabels"},
		Packages: []string{docker},
		Shared:   dockerShared,
		Escaped:  dockerEscaped,
	})
}

const docker = "github.com/docker/go-metrics"

// A dockerFamily says where the arguments of a constructor stand; a unit that is not an
// argument is the same for all.
type dockerFamily struct {
	typ     schema.Type
	unit    string
	unitAt  int // 0: none
	buckets int // index; 0: prometheus.DefBuckets
	labels  int // index of the first; 0: none
}

var dockerFamilies = map[string]dockerFamily{
	"NewCounter":                 {typ: schema.Counter, unit: "total"},
	"NewLabeledCounter":          {typ: schema.Counter, unit: "total", labels: 2},
	"NewGauge":                   {typ: schema.Gauge, unitAt: 2},
	"NewLabeledGauge":            {typ: schema.Gauge, unitAt: 2, labels: 3},
	"NewTimer":                   {typ: schema.Histogram, unit: "seconds"},
	"NewTimerWithBuckets":        {typ: schema.Histogram, unit: "seconds", buckets: 2},
	"NewLabeledTimer":            {typ: schema.Histogram, unit: "seconds", labels: 2},
	"NewLabeledTimerWithBuckets": {typ: schema.Histogram, unit: "seconds", buckets: 2, labels: 3},
	"NewDesc":                    {unitAt: 2, labels: 3}, // its type is said by what sends it
}

// A dockerHandler is one of the metrics of a handler.
type dockerHandler struct {
	method, name, help string
	typ                schema.Type
	labels             []string
	buckets            int // index in NewHttpMetrics
}

var dockerHandlers = []dockerHandler{
	{"NewInFlightGaugeMetric", "in_flight_requests", "The in-flight HTTP requests", schema.Gauge, nil, 0},
	{"NewRequestTotalMetric", "requests_total", "Total number of HTTP requests made.", schema.Counter, []string{"code", "method"}, 0},
	{"NewRequestDurationMetric", "request_duration_seconds", "The HTTP request latencies in seconds.", schema.Histogram, []string{"method"}, 1},
	{"NewRequestSizeMetric", "request_size_bytes", "The HTTP request sizes in bytes.", schema.Histogram, nil, 2},
	{"NewResponseSizeMetric", "response_size_bytes", "The HTTP response sizes in bytes.", schema.Histogram, nil, 3},
}

// dockerDefines lists the methods of a namespace that define.
func dockerDefines() map[string]func(*Call) {
	recv := "(*" + docker + ".Namespace)."
	calls := map[string]func(*Call){}
	for name, f := range dockerFamilies {
		calls[recv+name] = func(c *Call) { dockerDefine(c, f) }
	}
	for _, h := range dockerHandlers {
		calls[recv+h.method] = func(c *Call) { dockerHandle(c, h, c.Arg(1)) }
	}
	calls[recv+"NewHttpMetrics"] = func(c *Call) {
		for _, h := range dockerHandlers {
			dockerHandle(c, h, c.Arg(h.buckets))
		}
	}
	for _, name := range []string{"NewDefaultHttpMetrics", "NewHttpMetricsWithOpts"} {
		calls[recv+name] = func(c *Call) {
			for _, h := range dockerHandlers {
				dockerHandle(c, h, Value{})
			}
		}
	}
	return calls
}

// A dockerNamespace is what a namespace puts before names, and its constant labels.
type dockerNamespace struct {
	name, subsystem Value
	labels          []Value // maps, outermost last
	from            *Call
}

// dockerNamespaces resolves a value to namespaces.
func dockerNamespaces(c *Call, v Value) []dockerNamespace {
	var spaces []dockerNamespace
	v.each(func(v Value) {
		inner := c.Inner(v)
		switch {
		case inner != nil && inner.Name == docker+".NewNamespace":
			spaces = append(spaces, dockerNamespace{inner.Arg(0), inner.Arg(1), []Value{inner.Arg(2)}, inner})
		case inner != nil && strings.HasSuffix(inner.Name, ".WithConstLabels"):
			for _, n := range dockerNamespaces(inner, inner.Receiver()) {
				n.labels = append(slices.Clone(n.labels), inner.Arg(0))
				spaces = append(spaces, n)
			}
		case v.Kind != Nil:
			spaces = append(spaces, dockerNamespace{v, str(""), []Value{{}}, c})
		}
	})
	return spaces
}

// constLabels puts the labels of the namespace into a metric: those that are given later
// take precedence.
func (n dockerNamespace) constLabels(m *schema.Metric) {
	m.ConstLabels = map[string]string{}
	for _, v := range n.labels {
		known, open := constants(n.from, v)
		m.ConstLabels = merged(m.ConstLabels, known)
		for _, l := range open {
			delete(m.ConstLabels, l.Name)
			m.Labels = append(m.Labels, l)
		}
	}
	m.Labels = uniqueLabels(m.Labels)
}

// dockerDefine decodes the constructors: a name, a help text, and what f says.
func dockerDefine(c *Call, f dockerFamily) {
	unit := str(f.unit)
	if f.unitAt > 0 {
		unit = c.Arg(f.unitAt)
	}
	for _, n := range dockerNamespaces(c, c.Receiver()) {
		m := &schema.Metric{Type: f.typ}
		setHelp(m, c.Arg(1))
		n.constLabels(m)
		if f.typ == schema.Histogram {
			dockerBuckets(c, m, c.Arg(f.buckets), f.buckets > 0)
		}
		var list labelList
		if f.labels > 0 {
			list = labelNames(c, c.Variadic(f.labels))
		}
		full := mapStrings([]Value{n.name, n.subsystem, c.Arg(0), unit}, func(s []string) string {
			name := s[2]
			if s[3] != "" {
				name += "_" + s[3]
			}
			return buildFQName(s[0], s[1], name)
		})
		c.Families(full, m, list)
	}
}

// dockerBuckets sets buckets that are given; an empty list stands for DefBuckets.
func dockerBuckets(c *Call, m *schema.Metric, v Value, given bool) {
	switch {
	case !given || v.Kind == Nil || v.Kind == List && len(v.Elems) == 0:
		m.Buckets = slices.Clone(defBuckets)
	case v.Kind == List:
		m.Buckets = floats(c, v)
	}
}

// dockerHandle defines a metric of the handler that is named by the first argument.
func dockerHandle(c *Call, h dockerHandler, buckets Value) {
	for _, n := range dockerNamespaces(c, c.Receiver()) {
		m := &schema.Metric{Type: h.typ, Help: h.help}
		n.constLabels(m)
		if handler := c.Arg(0); plain(handler) != "" && !handler.Default && !handler.Configured {
			m.ConstLabels["handler"] = plain(handler)
		} else {
			m.Labels = append(m.Labels, schema.Label{Name: "handler"})
		}
		if h.typ == schema.Histogram && buckets.Kind == List {
			m.Buckets = floats(c, buckets)
		}
		var list labelList
		for _, l := range h.labels {
			list.labels = append(list.labels, schema.Label{Name: l})
		}
		full := mapStrings([]Value{n.name, n.subsystem}, func(s []string) string { return buildFQName(s[0], s[1], h.name) })
		c.Families(full, m, list)
	}
}

// dockerUses lists the methods that give label values.
func dockerUses() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for name, typ := range dockerLabeled {
		calls["("+docker+"."+name+").WithValues"] = func(c *Call) {
			vals, known := c.Rest(0)
			defs, told := c.Resolve(c.Receiver())
			if !told {
				c.OpenAll(c.Receiver(), func(d *Definition) bool { return d.Metric.Type == typ && len(d.Labels) >= len(vals) })
			}
			for _, d := range defs {
				assign(d, nil, vals, known)
			}
		}
	}
	return calls
}

var dockerLabeled = map[string]schema.Type{"LabeledCounter": schema.Counter, "LabeledGauge": schema.Gauge, "LabeledTimer": schema.Histogram}

// dockerShared reports whether t is what label values can be given to.
func dockerShared(t, _ types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == docker && dockerLabeled[n.Obj().Name()] != ""
}

func dockerEscaped(c *Call, v Value) {
	defs, _ := c.Resolve(v)
	for _, d := range defs {
		d.Open()
	}
}
