package scanner

import (
	"go/types"
	"maps"
	"math"
	"slices"
	"strconv"
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
		Funcs:   prometheusFuncs,
		Vars:    map[string]Value{prom + ".DefBuckets": numbers(defBuckets)},
		Shared:  isVec,
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
	if opts.Kind != Struct {
		c.Unresolved("options of this "+string(typ)+" cannot be told from the source", opts, hintOpts)
		return
	}
	text := func(field string) Value { v, _ := c.Field(opts, field); return orEmpty(v) }
	m := &schema.Metric{Type: typ, Unit: plain(text("Unit"))}
	setHelp(m, text("Help"))
	fixed, _ := c.Field(opts, "ConstLabels")
	names := labelNames(c, m, labels, vec)
	constLabels(c, m, fixed)
	if typ == schema.Histogram {
		buckets(c, m, opts)
	}
	if typ == schema.Summary {
		objectives(c, m, opts)
	}
	full := mapStrings([]Value{text("Namespace"), text("Subsystem"), text("Name")}, func(s []string) string { return buildFQName(s[0], s[1], s[2]) })
	define(c, full, m, names)
}

// define adds the families that a symbolic name stands for.
func define(c *Call, name Value, m *schema.Metric, labels []string) {
	wraps := c.wraps(factoryRegisterer(c))
	for _, n := range name.symbolic() {
		if n == "" {
			continue // a metric without a name is never exposed: client_golang refuses to register it
		}
		one := *m
		one.Labels = slices.Clone(m.Labels)
		d := c.Define(n, &one, labels)
		if len(wraps) > 0 {
			d.Registered(c, wraps)
		}
	}
}

// factoryRegisterer returns the registerer of promauto.With(reg).New…, or Unknown.
func factoryRegisterer(c *Call) Value {
	if !strings.HasPrefix(c.Name, "("+promauto+".Factory)") {
		return Value{}
	}
	var regs []Value
	c.Receiver().each(func(v Value) {
		if with := c.Inner(v); with != nil && with.Name == promauto+".With" {
			regs = append(regs, with.Arg(0))
		}
	})
	return choice(regs)
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

// labelNames reads a list of label names into m and returns them in their order.
func labelNames(c *Call, m *schema.Metric, v Value, vec bool) []string {
	if !vec || v.Kind == Nil {
		return nil
	}
	if v.Kind != List {
		c.Unresolved("label names of this metric cannot be told from the source", v, "give the label names as a []string literal or a variable assigned once")
		m.Labels = append(m.Labels, anyLabel)
		return nil
	}
	var names []string
	for _, e := range v.Elems {
		l := c.Elem(e)
		if l.Kind == Struct { // ConstrainedLabel
			l, _ = c.Field(l, "Name")
		}
		name := plain(l)
		if name == "" {
			c.Unresolved("a label name of this metric cannot be told from the source", l, "use constants for label names")
			m.Labels = append(m.Labels, anyLabel)
			names = append(names, anyLabel.Name)
			continue
		}
		names = append(names, name)
		m.Labels = append(m.Labels, schema.Label{Name: name, Optional: e.Optional})
	}
	return names
}

// anyLabel says that there may be labels whose names are not known.
var anyLabel = schema.Label{Name: "*"}

// constants reads a map of constant labels. One whose value is known only at run time
// is, to whoever queries it, a label like any other.
func constants(c *Call, v Value) (known map[string]string, open []schema.Label) {
	if v.Kind == Unknown {
		return nil, []schema.Label{anyLabel}
	}
	if v.Kind != Map || len(v.Elems) == 0 {
		return nil, nil
	}
	known = map[string]string{}
	for _, e := range v.Elems {
		k := plain(c.Elem(*e.Key))
		if val := c.Elem(e); k != "" && val.Kind == String && !hasHole(val.Str) {
			known[k] = val.Str
		} else if k != "" {
			open = append(open, schema.Label{Name: k})
		} else {
			open = append(open, anyLabel)
		}
	}
	return known, open
}

// constLabels puts constant labels into a metric.
func constLabels(c *Call, m *schema.Metric, v Value) {
	known, open := constants(c, v)
	m.ConstLabels = known
	m.Labels = append(m.Labels, open...)
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

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// newDesc decodes NewDesc(fqName, help, variableLabels, constLabels). Its type is
// said by the MustNewConst* that sends it.
func newDesc(c *Call) {
	m := &schema.Metric{}
	setHelp(m, c.Arg(1))
	names := labelNames(c, m, c.Arg(2), true)
	constLabels(c, m, c.Arg(3))
	define(c, c.Arg(0), m, names)
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
		return series(a, func(start, width float64, i int) float64 { return start + float64(i)*width })
	},
	prom + ".ExponentialBuckets": func(_ Evaluator, a []Value) Value {
		return series(a, func(start, factor float64, i int) float64 { return start * math.Pow(factor, float64(i)) })
	},
	prom + ".ExponentialBucketsRange": func(_ Evaluator, a []Value) Value {
		if len(a) != 3 || a[2].Kind != Number || a[2].Num < 2 {
			return Value{}
		}
		n := a[2].Num
		return series(a, func(lo, hi float64, i int) float64 { return lo * math.Pow(math.Pow(hi/lo, 1/(n-1)), float64(i)) })
	},
}

// series returns the list that f makes of (start, step, count).
func series(a []Value, f func(start, step float64, i int) float64) Value {
	if len(a) != 3 || a[0].Kind != Number || a[1].Kind != Number || a[2].Kind != Number || a[2].Num > 1000 {
		return Value{}
	}
	var fs []float64
	for i := range int(a[2].Num) {
		// Powers leave a last digit that nobody wrote; twelve digits are what was meant.
		s := strconv.FormatFloat(f(a[0].Num, a[1].Num, i), 'g', 12, 64)
		x, _ := strconv.ParseFloat(s, 64)
		fs = append(fs, x)
	}
	return numbers(fs)
}

// isVec reports whether t is one of client_golang's vectors.
func isVec(t types.Type) bool {
	n, ok := deref(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == prom && slices.Contains(vecs, n.Obj().Name())
}

var vecs = []string{"CounterVec", "GaugeVec", "HistogramVec", "MetricVec", "ObserverVec", "SummaryVec", "UntypedVec"}

// prometheusUses lists what says more about families that are defined elsewhere.
func prometheusUses() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for _, recv := range []string{"*" + prom + ".CounterVec", "*" + prom + ".GaugeVec", "*" + prom + ".HistogramVec", "*" + prom + ".SummaryVec",
		"*" + prom + ".UntypedVec", "*" + prom + ".MetricVec", prom + ".ObserverVec"} {
		for _, method := range []string{"WithLabelValues", "GetMetricWithLabelValues"} {
			calls["("+recv+")."+method] = withLabelValues
		}
		for _, method := range []string{"With", "GetMetricWith"} {
			calls["("+recv+")."+method] = withLabels
		}
	}
	for name, typ := range constMetrics {
		for _, prefix := range []string{"New", "MustNew"} {
			for _, suffix := range []string{"", "WithCreatedTimestamp"} {
				calls[prom+"."+prefix+name+suffix] = func(c *Call) { constMetric(c, name, typ, suffix != "") }
			}
		}
	}
	for _, recv := range []string{prom + ".", "(" + prom + ".Registerer).", "(*" + prom + ".Registry)."} {
		calls[recv+"Register"] = registered
		calls[recv+"MustRegister"] = registered
	}
	return calls
}

// constMetrics maps the const constructors, without New, to the type that they send;
// ConstMetric says it in its second argument.
var constMetrics = map[string]schema.Type{
	"ConstMetric": "", "ConstHistogram": schema.Histogram, "ConstSummary": schema.Summary, "ConstNativeHistogram": schema.Histogram,
}

// valueTypes are prometheus.ValueType's constants.
var valueTypes = map[float64]schema.Type{1: schema.Counter, 2: schema.Gauge, 3: schema.Untyped}

// labelValuesAt is the index of the first label value of each const constructor.
var labelValuesAt = map[string]int{"ConstMetric": 3, "ConstHistogram": 4, "ConstSummary": 4, "ConstNativeHistogram": 10}

// constMetric joins a descriptor with the constructor that sends it.
func constMetric(c *Call, name string, typ schema.Type, created bool) {
	defs := c.Definitions(c.Arg(0))
	if len(defs) == 0 {
		return
	}
	types := []schema.Type{typ}
	if name == "ConstMetric" {
		types = types[:0]
		c.Arg(1).each(func(v Value) {
			if t := valueTypes[v.Num]; v.Kind == Number && t != "" {
				types = append(types, t)
			}
		})
	}
	at := labelValuesAt[name]
	if created {
		at++
	}
	vals, known := c.Rest(at)
	for _, d := range defs {
		for _, t := range types {
			d.Types[t] = true
		}
		if name == "ConstNativeHistogram" {
			d.Metric.Native = &schema.Native{}
		}
		assign(d, d.Labels, vals, known)
	}
}

// assign records positional label values.
func assign(d *Definition, labels []string, vals []Value, known bool) {
	for i, l := range labels {
		if known && i < len(vals) {
			d.Value(l, vals[i])
		} else {
			d.Value(l, Value{})
		}
	}
}

// A vector is what a vector value may be: definitions, with the labels that were
// curried.
type vector struct {
	defs    []*Definition
	curried map[string]bool
}

// vectors resolves a value to vectors, through CurryWith, whose label values are
// recorded on the way.
func vectors(c *Call, v Value) []vector {
	var out []vector
	v.each(func(v Value) {
		if defs := c.Definitions(v); len(defs) > 0 {
			out = append(out, vector{defs: defs, curried: map[string]bool{}})
			return
		}
		inner := c.Inner(v)
		if inner == nil || !strings.HasSuffix(inner.Name, "CurryWith") {
			return
		}
		for _, vec := range vectors(inner, inner.Receiver()) {
			for name := range setLabels(inner, vec, inner.Arg(0)) {
				vec.curried[name] = true
			}
			out = append(out, vec)
		}
	})
	return out
}

// setLabels records the values of a Labels map and returns the names in it.
func setLabels(c *Call, vec vector, v Value) map[string]bool {
	names := map[string]bool{}
	if v.Kind != Map {
		for _, d := range vec.defs {
			d.Open()
		}
		return names
	}
	for _, e := range v.Elems {
		name := plain(c.Elem(*e.Key))
		names[name] = true
		for _, d := range vec.defs {
			d.Value(name, c.Elem(e))
		}
	}
	return names
}

func withLabels(c *Call) {
	for _, vec := range vectors(c, c.Receiver()) {
		setLabels(c, vec, c.Arg(0))
	}
}

func withLabelValues(c *Call) {
	vals, known := c.Rest(0)
	for _, vec := range vectors(c, c.Receiver()) {
		for _, d := range vec.defs {
			left := slices.DeleteFunc(slices.Clone(d.Labels), func(l string) bool { return vec.curried[l] })
			assign(d, left, vals, known)
		}
	}
}

// registered records what the registerer adds to the metrics that it is given,
// directly or as the fields of a collector.
func registered(c *Call) {
	reg := Value{}
	if strings.HasPrefix(c.Name, "(") {
		reg = c.Receiver()
	}
	wraps := c.wraps(reg)
	if len(wraps) == 0 {
		return
	}
	args, _ := c.Rest(0)
	for _, a := range args {
		for _, d := range collected(c, a, 0) {
			d.Registered(c, wraps)
		}
	}
}

// collected returns the definitions that a collector's value holds.
func collected(c *Call, v Value, depth int) []*Definition {
	defs := c.Definitions(v)
	v.each(func(v Value) {
		if v.Kind != Struct || depth > 2 {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(v.Fields)) {
			defs = append(defs, collected(c, c.Elem(v.Fields[name]), depth+1)...)
		}
	})
	return defs
}

// wraps returns what a registerer adds: one Wrap for each that v may be. nil means
// that it is not known, or that there is no registerer.
func (c *Call) wraps(v Value) []Wrap {
	var out []Wrap
	v.each(func(v Value) {
		inner := c.Inner(v)
		if inner == nil {
			if v.Kind != Unknown {
				out = append(out, Wrap{})
			}
			return
		}
		switch inner.Name {
		case prom + ".WrapRegistererWithPrefix":
			for _, w := range orPlain(inner.wraps(inner.Arg(1))) {
				for _, p := range inner.Arg(0).symbolic() {
					out = append(out, Wrap{Prefix: w.Prefix + p, Labels: w.Labels, Open: w.Open})
				}
			}
		case prom + ".WrapRegistererWith":
			for _, w := range orPlain(inner.wraps(inner.Arg(1))) {
				known, open := constants(inner, inner.Arg(0))
				out = append(out, Wrap{Prefix: w.Prefix, Labels: merged(known, w.Labels), Open: slices.Concat(open, w.Open)})
			}
		default: // NewRegistry() and the like
			out = append(out, Wrap{})
		}
	})
	return out
}

func orPlain(ws []Wrap) []Wrap {
	if len(ws) == 0 {
		return []Wrap{{}}
	}
	return ws
}
