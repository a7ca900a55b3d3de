package scanner

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "client_golang",
		Doc: "github.com/prometheus/client_golang: New{Counter,Gauge,Histogram,Summary,Untyped}{,Vec,Func}, promauto and promauto.With, the V2 " +
			"constructors, NewDesc joined with the MustNewConst* that sends it, WrapRegistererWith and WrapRegistererWithPrefix, and the label " +
			"values given to WithLabelValues, With and CurryWith.",
		Defines: prometheusDefines(),
		Uses:    prometheusUses(),
		Sends:   slices.Collect(maps.Keys(prometheusSends())),
		Funcs:   prometheusFuncs,
		Vars:    map[string]Value{prom + ".DefBuckets": numbers(defBuckets)},
		Gathers: []string{promhttp + ".HandlerFor", promhttp + ".HandlerForTransactional", promhttp + ".Handler"},
		Gathered: map[string]Gathering{prom + ".DefaultRegisterer": {
			Named:    []string{prom + ".DefaultGatherer", promhttp + ".Handler", prom + ".Handler", prom + ".UninstrumentedHandler", prom + "/push.New"},
			Asserted: []string{prom + ".Gatherer", prom + ".Registry"},
		}},
		Shared:    shared,
		Escaped:   openAll,
		Recording: prometheusRecording(),
	})
}

const (
	prom     = "github.com/prometheus/client_golang/prometheus"
	promauto = prom + "/promauto"
)

var promTypes = map[string]schema.Type{
	"Counter": schema.Counter, "Gauge": schema.Gauge, "Histogram": schema.Histogram, "Summary": schema.Summary, "Untyped": schema.Untyped,
}

// prometheusDefines lists the constructors of package prometheus, of package promauto
// and of promauto.Factory, which share their names and arguments.
func prometheusDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){
		prom + ".NewDesc":           newDesc,
		"(" + prom + ".v2).NewDesc": newDesc,
	}
	for name, typ := range promTypes {
		for _, suffix := range []string{"", "Vec", "Func"} {
			fn := "New" + name + suffix
			decode := func(c *Call) { construct(c, typ, suffix == "Vec") }
			calls[prom+"."+fn] = decode
			calls[promauto+"."+fn] = decode
			calls["("+promauto+".Factory)."+fn] = decode
		}
		calls["("+prom+".v2).New"+name+"Vec"] = func(c *Call) { constructV2(c, name, typ) }
	}
	return calls
}

// construct decodes New*(Opts), New*Vec(Opts, labels) and New*Func(Opts, func).
func construct(c *Call, typ schema.Type, vec bool) {
	var labels Value
	if vec {
		labels = c.Arg(1)
	}
	opts := c.Arg(0)
	if opts.Kind == Choice { // several Opts: each is a family of its own
		opts.each(func(o Value) { fromOpts(c, typ, o, labels, vec) })
		return
	}
	fromOpts(c, typ, opts, labels, vec)
}

// constructV2 decodes V2.New*Vec(*VecOpts{CounterOpts: …, VariableLabels: …}).
func constructV2(c *Call, name string, typ schema.Type) {
	opts, _ := c.Field(c.Arg(0), name+"Opts")
	labels, _ := c.Field(c.Arg(0), "VariableLabels")
	fromOpts(c, typ, opts, labels, true)
}

const hintOpts = "write the options as a literal, or a variable assigned once, whose Name is made of constants"

// fromOpts defines the family that an Opts struct describes.
func fromOpts(c *Call, typ schema.Type, opts, labels Value, vec bool) {
	name, m := describedBy(c, typ, opts)
	if m == nil {
		return
	}
	var list labelList
	if vec {
		list = labelNames(c, labels)
	}
	define(c, name, m, list)
}

// describedBy returns the name and the rest of what an Opts struct says of a family, or nil
// where it is not known.
func describedBy(c *Call, typ schema.Type, opts Value) (name Value, m *schema.Metric) {
	if opts.Kind != Struct {
		c.Unresolved("options of this "+string(typ)+" cannot be told from the source", opts, hintOpts)
		return Value{}, nil
	}
	text := func(field string) Value { v, _ := c.Field(opts, field); return orEmpty(v) }
	m = &schema.Metric{Type: typ, Unit: plain(text("Unit"))}
	setHelp(m, text("Help"))
	fixed, _ := c.Field(opts, "ConstLabels")
	constLabels(c, m, fixed)
	if typ == schema.Histogram {
		buckets(c, m, opts)
	}
	if typ == schema.Summary {
		objectives(c, m, opts)
	}
	return mapStrings([]Value{text("Namespace"), text("Subsystem"), text("Name")}, func(s []string) string { return buildFQName(s[0], s[1], s[2]) }), m
}

// constLabels puts constant labels into a metric.
func constLabels(c *Call, m *schema.Metric, v Value) {
	known, open := constants(c, v)
	m.ConstLabels = known
	m.Labels = append(m.Labels, open...)
}

// define adds the families that a symbolic name stands for.
func define(c *Call, name Value, m *schema.Metric, list labelList) []*Definition {
	wraps, defs := factoryWraps(c), c.Families(name, m, list)
	for _, d := range defs {
		d.registries = registriesOf(c.Name)
		if strings.HasPrefix(c.Name, promauto+".") {
			d.into = prom + ".DefaultRegisterer"
		}
		if wraps != nil {
			d.Registered(c, wraps, true)
		}
	}
	return defs
}

// registriesOf returns the registries that what a constructor makes may be in where no call
// says so, or nothing for any.
func registriesOf(constructor string) []string {
	kube := []string{legacy + ".Registerer", k8s + ".NewKubeRegistry"}
	switch {
	case constructor == k8s+".NewDesc": // legacyregistry.CustomRegister registers with both
		return append(kube, prom+".DefaultRegisterer")
	case strings.HasPrefix(constructor, k8s+"."):
		return kube
	case strings.HasPrefix(constructor, promauto+"."):
		return []string{prom + ".DefaultRegisterer"}
	}
	return nil
}

// factoryWraps returns what the registerer of promauto.With(reg).New… adds, or nil for
// what is no such call.
func factoryWraps(c *Call) []Wrap {
	if !strings.HasPrefix(c.Name, "("+promauto+".Factory)") {
		return nil
	}
	var wraps []Wrap
	c.Receiver().each(func(v Value) {
		if with := c.Inner(v); with != nil && with.Name == promauto+".With" {
			wraps = append(wraps, with.wraps(with.Arg(0))...)
		} else {
			wraps = append(wraps, Wrap{})
		}
	})
	return wraps
}

// orEmpty turns a field that was not written into the empty string.
func orEmpty(v Value) Value {
	if v.Kind == Nil {
		return str("")
	}
	return v
}

// setHelp sets the help text, or says that it is only known at run time.
func setHelp(m *schema.Metric, v Value) {
	m.Help = plain(v)
	if m.Help == "" && !(v.Kind == String && v.Str == "") {
		m.Untold = append(m.Untold, "help")
	}
}

// plain returns the text of a string that is known completely, else "".
func plain(v Value) string {
	if v.Kind == String && !hasHole(v.Str) {
		return v.Str
	}
	return ""
}

// defBuckets is prometheus.DefBuckets.
var defBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// numbers returns the list of fs.
func numbers(fs []float64) Value {
	v := Value{Kind: List}
	for _, f := range fs {
		n := num(f)
		v.Elems = append(v.Elems, Elem{Value: &n})
	}
	return v
}

// buckets reads the classic and native buckets of HistogramOpts: without either,
// client_golang uses DefBuckets; with a native factor only, no classic ones.
func buckets(c *Call, m *schema.Metric, opts Value) {
	factor, _ := c.Field(opts, "NativeHistogramBucketFactor")
	if factor.Kind == Number && factor.Num > 1 {
		m.Native = &schema.Native{BucketFactor: factor.Num}
	} else if factor.Kind == Unknown {
		m.Native = &schema.Native{}
	}
	v, _ := c.Field(opts, "Buckets")
	switch {
	case v.Kind == List && len(v.Elems) > 0:
		m.Buckets = floats(c, v)
	case (v.Kind == Nil || v.Kind == List) && m.Native == nil:
		m.Buckets = slices.Clone(defBuckets)
	}
}

// floats reads a list of numbers, without +Inf, or nil where one is not known.
func floats(c *Call, v Value) []float64 {
	var fs []float64
	for _, e := range v.Elems {
		n := c.Elem(e)
		if n.Kind != Number {
			return nil
		}
		if !math.IsInf(n.Num, 0) {
			fs = append(fs, n.Num)
		}
	}
	slices.Sort(fs)
	return slices.Compact(fs)
}

// objectives reads the quantiles of SummaryOpts.
func objectives(c *Call, m *schema.Metric, opts Value) {
	v, _ := c.Field(opts, "Objectives")
	if v.Kind != Map {
		return
	}
	for _, e := range v.Elems {
		q, err := c.Elem(*e.Key), c.Elem(e)
		if q.Kind == Number && err.Kind == Number {
			m.Objectives = append(m.Objectives, schema.Objective{Quantile: q.Num, Error: err.Num})
		}
	}
	slices.SortFunc(m.Objectives, func(a, b schema.Objective) int { return cmpFloat(a.Quantile, b.Quantile) })
}

// newDesc decodes NewDesc(fqName, help, variableLabels, constLabels). Its type is
// said by the MustNewConst* that sends it.
func newDesc(c *Call) {
	m := &schema.Metric{}
	setHelp(m, c.Arg(1))
	constLabels(c, m, c.Arg(3))
	if opts, ok := c.Rest(4); ok {
		for _, o := range opts {
			if with := c.Inner(o); with != nil && with.Name == prom+".WithUnit" {
				m.Unit = plain(with.Arg(0))
			}
		}
	}
	for _, d := range define(c, c.Arg(0), m, labelNames(c, c.Arg(2))) {
		d.descriptor = true
	}
}

// buildFQName is prometheus.BuildFQName on symbolic strings.
func buildFQName(namespace, subsystem, name string) string {
	if name == "" {
		return ""
	}
	var parts []string
	for _, p := range []string{namespace, subsystem, name} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "_")
}

// prometheusFuncs are the functions of package prometheus that make plain values.
var prometheusFuncs = map[string]func(Evaluator, []Value) Value{
	prom + ".BuildFQName": func(_ Evaluator, a []Value) Value {
		if len(a) != 3 {
			return Value{}
		}
		return mapStrings(a, func(s []string) string { return buildFQName(s[0], s[1], s[2]) })
	},
	prom + ".LinearBuckets": func(_ Evaluator, a []Value) Value {
		return series(a, func(_, width, last float64, _ int) float64 { return last + width })
	},
	prom + ".ExponentialBuckets": func(_ Evaluator, a []Value) Value {
		return series(a, func(_, factor, last float64, _ int) float64 { return last * factor })
	},
	prom + ".ExponentialBucketsRange": func(_ Evaluator, a []Value) Value {
		if len(a) != 3 || a[2].Kind != Number || a[2].Num < 2 {
			return Value{}
		}
		n := a[2].Num
		return series(a, func(lo, hi, _ float64, i int) float64 { return lo * math.Pow(math.Pow(hi/lo, 1/(n-1)), float64(i)) })
	},
}

// series returns the list that (start, step, count) begins and next goes on with, in the
// very steps that the library takes: their last digits stand in le, so that a matcher with
// a rounded bound finds nothing.
// Source: LinearBuckets, ExponentialBuckets, ExponentialBucketsRange in client_golang.
func series(a []Value, next func(start, step, last float64, i int) float64) Value {
	if len(a) != 3 || a[0].Kind != Number || a[1].Kind != Number || a[2].Kind != Number || a[2].Num > 1000 {
		return Value{}
	}
	fs := []float64{}
	for i := range int(a[2].Num) {
		x := a[0].Num
		if i > 0 {
			x = next(a[0].Num, a[1].Num, fs[i-1], i)
		}
		fs = append(fs, x)
	}
	return numbers(fs)
}
