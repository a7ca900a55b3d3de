package scanner

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "opentelemetry",
		Doc: "go.opentelemetry.io/otel/metric: the instruments that a Meter makes, named as the Prometheus exporter of the SDK names them with the " +
			"options that it is given (with none if no exporter is made in what is read), labelled by the attributes given to Add, Record and Observe, " +
			"changed by the views of the SDK. UTF-8 names are those of a scraper that does not ask for UTF-8.",
		Named:    alwaysNamed,
		Defines:  otelDefines(),
		Uses:     otelUses(),
		Parts:    otelParts(),
		Vars:     otelStrategies(),
		Shared:   func(t, _ types.Type) bool { return otelInstrument(t) != "" },
		Escaped:  otelEscaped,
		Packages: otelPackages(),
		Gathered: map[string]Gathering{otelMeters: {Named: otelProviders()}},
		Finish:   func(_ Notes, defs []*Definition) { otelExport(defs) },
	})
}

const (
	otel          = "go.opentelemetry.io/otel"
	otelAttribute = otel + "/attribute"
	otelMetric    = otel + "/metric"
	otelSDK       = otel + "/sdk/metric"
	otelExporter  = otel + "/exporters/prometheus"
)

// otelKinds are the kinds of instruments, each with the number that the SDK's InstrumentKind
// has for it and the type that the exporter writes.
var otelKinds = map[string]struct {
	number float64
	typ    schema.Type
}{
	"Counter":                 {1, schema.Counter},
	"UpDownCounter":           {2, schema.Gauge},
	"Histogram":               {3, schema.Histogram},
	"ObservableCounter":       {4, schema.Counter},
	"ObservableUpDownCounter": {5, schema.Gauge},
	"ObservableGauge":         {6, schema.Gauge},
	"Gauge":                   {7, schema.Gauge},
}

// otelNumbers are what instruments measure in; with a kind they make the name of a type,
// and of the Meter's method that returns one.
var otelNumbers = []string{"Int64", "Float64"}

// otelBuckets are the bounds that the SDK gives a histogram.
// Source: DefaultAggregationSelector of go.opentelemetry.io/otel/sdk/metric.
var otelBuckets = []float64{0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000}

// An instrument is what is known of a definition that a Meter's method makes.
type instrument struct {
	kind      string // key of otelKinds
	number    string // one of otelNumbers
	unit      string // symbolic, as OpenTelemetry writes it
	scope     otelScope
	callbacks []*function // that observe it
	measured  []attributes
	unseen    bool // it may be measured elsewhere, too
	views     []otelView
}

// An otelScope is what a Meter was asked for with; its fields are symbolic.
type otelScope struct {
	name, version, schema string
	attributes            attributes
}

func otelDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){otelExporter + ".New": newExporter}
	for path := range otelConfigs {
		calls[path+".NewSDK"] = newOtelSDK
	}
	for _, number := range otelNumbers {
		for kind := range otelKinds {
			calls["("+otelMetric+".Meter)."+number+kind] = func(c *Call) { newInstrument(c, number, kind) }
		}
	}
	return calls
}

// otelParts lists the functions that make options, attributes and meters.
func otelParts() []string {
	parts := []string{
		otel + ".Meter", otel + ".GetMeterProvider", "(" + otelMetric + ".MeterProvider).Meter", "(*" + otelSDK + ".MeterProvider).Meter",
		"(" + otelMetric + ".Meter).RegisterCallback", otelSDK + ".NewView",
	}
	for pkg, names := range map[string][]string{
		otelMetric: {
			"WithDescription", "WithUnit", "WithExplicitBucketBoundaries", "WithInt64Callback", "WithFloat64Callback", "WithAttributes",
			"WithAttributeSet", "WithInstrumentationVersion", "WithInstrumentationAttributes", "WithInstrumentationAttributeSet", "WithSchemaURL",
		},
		otelExporter: {
			"WithRegisterer", "WithAggregationSelector", "WithProducer", "WithoutTargetInfo", "WithTranslationStrategy", "WithoutUnits",
			"WithoutCounterSuffixes", "WithoutScopeInfo", "WithNamespace", "WithResourceAsConstantLabels",
		},
		otelAttribute: {
			"EmptySet", "NewSet", "NewSetWithSortable", "NewSetWithFiltered", "NewAllowKeysFilter", "NewDenyKeysFilter",
		},
	} {
		for _, name := range names {
			parts = append(parts, pkg+"."+name)
		}
	}
	for _, t := range otelValueTypes {
		parts = append(parts, otelAttribute+"."+t, otelAttribute+"."+t+"Value", "("+otelAttribute+".Key)."+t)
	}
	for path := range otelConfigs {
		parts = append(parts, path+".WithOpenTelemetryConfiguration")
	}
	return append(parts, "(*"+otelAttribute+".Set).ToSlice")
}

// otelMeters gives meters. Those of a program without a MeterProvider of its own do nothing.
const otelMeters = otel + ".GetMeterProvider"

// otelProviders lists what a program that has a MeterProvider names.
func otelProviders() []string {
	providers := []string{otelSDK + ".NewMeterProvider", otel + ".SetMeterProvider", otelMetric + "/embedded.MeterProvider"}
	for path := range otelConfigs {
		providers = append(providers, path+".NewSDK")
	}
	return providers
}

// otelPackages lists the packages that implement the API, or make exporters by
// configuration.
func otelPackages() []string {
	return append(slices.Sorted(maps.Keys(otelConfigs)), otel+"/internal/global", otelMetric, otelSDK, otelMetric+"/noop")
}

// newInstrument decodes Meter.Int64Counter(name, options...) and its like.
func newInstrument(c *Call, number, kind string) {
	inst := &instrument{kind: kind, number: number, scope: scopeOf(c, c.Receiver())}
	m := &schema.Metric{Type: otelKinds[kind].typ}
	if kind == "Histogram" {
		m.Buckets = slices.Clone(otelBuckets)
	}
	told := eachOption(c, c.Variadic(1), func(o *Call) { inst.option(o, m) })
	if !told && inst.unit == "" {
		inst.unit = Hole
	}
	for _, d := range c.Families(c.Arg(0), m, labelList{}) {
		one := *inst
		d.more = &one
		d.registries = []string{otelMeters}
	}
}

// option reads an instrument's option.
func (inst *instrument) option(o *Call, m *schema.Metric) {
	switch strings.TrimPrefix(o.Name, otelMetric+".") {
	case "WithDescription":
		setHelp(m, o.Arg(0))
	case "WithUnit":
		inst.unit = one(o.Arg(0))
	case "WithExplicitBucketBoundaries":
		if bounds := o.Variadic(0); bounds.Kind == List || bounds.Kind == Nil {
			m.Buckets = floats(o, bounds)
		} else {
			m.Buckets = nil
		}
	case "WithInt64Callback", "WithFloat64Callback":
		o.Arg(0).each(func(f Value) {
			if f.Fn != nil {
				inst.callbacks = append(inst.callbacks, f.Fn)
			} else {
				inst.unseen = true
			}
		})
	}
}

// one returns the symbolic string that v is, a hole where it may be several.
func one(v Value) string {
	if s := v.symbolic(); len(s) == 1 && !v.Default {
		return s[0]
	}
	return Hole
}

// eachOption calls f for the call that each element of a list is the result of. told is
// false where there may be others, or none.
func eachOption(c *Call, list Value, f func(*Call)) (told bool) {
	told = list.Kind == List || list.Kind == Nil
	list.each(func(list Value) {
		for _, e := range list.Elems {
			told = told && !e.Optional
			v := c.Elem(e)
			told = told && v.Kind != Choice
			v.each(func(v Value) {
				if o := c.Inner(v); o != nil {
					f(o)
				} else if v.Kind != Nil {
					told = false
				}
			})
		}
	})
	return told
}

// scopeOf reads the scope of a Meter.
func scopeOf(c *Call, meter Value) otelScope {
	unknown := otelScope{name: Hole, version: Hole, schema: Hole, attributes: attributes{open: true}}
	o := c.Inner(meter)
	if o == nil || !strings.HasSuffix(o.Name, ".Meter") {
		return unknown
	}
	s := otelScope{name: one(o.Arg(0))}
	told := eachOption(o, o.Variadic(1), func(o *Call) {
		switch strings.TrimPrefix(o.Name, otelMetric+".") {
		case "WithInstrumentationVersion":
			s.version = one(o.Arg(0))
		case "WithSchemaURL":
			s.schema = one(o.Arg(0))
		case "WithInstrumentationAttributes":
			s.attributes = attributesOf(o, o.Variadic(0))
		case "WithInstrumentationAttributeSet":
			s.attributes = attributesOf(o, o.Arg(0))
		}
	})
	if !told {
		return otelScope{name: s.name, version: Hole, schema: Hole, attributes: attributes{open: true}}
	}
	return s
}

// otelInstrument returns the name of the instrument's type that t is, such as
// Int64Counter, or "".
func otelInstrument(t types.Type) string {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != otelMetric {
		return ""
	}
	for _, number := range otelNumbers {
		kind, ok := strings.CutPrefix(n.Obj().Name(), number)
		if _, known := otelKinds[kind]; ok && (known || kind == "Observable") {
			return n.Obj().Name()
		}
	}
	return ""
}

// is reports whether a value of the instrument's type of that name may hold inst.
func (inst *instrument) is(typ string) bool {
	if typ == inst.number+"Observable" {
		return strings.HasPrefix(inst.kind, "Observable")
	}
	return typ == inst.number+inst.kind
}

// otelEscaped notes that an instrument is given to what is not read, and may be measured
// there.
func otelEscaped(c *Call, v Value) {
	for _, d := range c.Definitions(v) {
		for _, written := range d.copies {
			written.Open()
			if !slices.ContainsFunc(written.Metric.Labels, func(l schema.Label) bool { return l.Name == anyLabel.Name }) {
				written.Metric.Labels = append(written.Metric.Labels, anyLabel)
			}
		}
	}
}
