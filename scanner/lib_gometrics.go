package scanner

import (
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "go-metrics",
		Doc: "github.com/hashicorp/go-metrics and github.com/armon/go-metrics: SetGauge, SetPrecisionGauge, IncrCounter, AddSample and MeasureSince, with labels " +
			"or without, named as their Prometheus sink does: the parts of the key, behind the service name and host name of the configuration that " +
			"New or NewGlobal is given; the sink's definitions, and the runtime's metrics.",
		Defines:  gometricsDefines(),
		Named:    isGlobal,
		Parts:    gometricsParts(),
		Funcs:    gometricsFuncs(),
		Packages: slices.Clone(gometrics),
		Gathered: map[string]Gathering{gometricsGlobal: {Named: gometricsMakers()}},
		Finish:   finishGometrics,
	})
}

// gometrics are the paths under which the library is imported.
var gometrics = []string{"github.com/armon/go-metrics", "github.com/hashicorp/go-metrics", "github.com/hashicorp/go-metrics/compat"}

// gometricsGlobal gives the instance that functions emit through. Before one is made with a
// sink, it emits nothing.
const gometricsGlobal = "github.com/hashicorp/go-metrics.Default"

// isGlobal reports whether a function emits through what gometricsGlobal gives, rather than
// through an instance that has a configuration of its own.
func isGlobal(callee string) bool { return !strings.HasPrefix(callee, "(") }

// gometricsMakers lists the functions that make instances.
func gometricsMakers() []string {
	var makers []string
	for _, pkg := range gometrics {
		makers = append(makers, pkg+".New", pkg+".NewGlobal")
	}
	return makers
}

// A gometricsKind is what the library calls a kind of metric.
type gometricsKind struct {
	typ    schema.Type
	prefix string // with EnableTypePrefix
}

var gometricsKinds = map[string]gometricsKind{
	"SetGauge":          {schema.Gauge, "gauge"},
	"SetPrecisionGauge": {schema.Gauge, "gauge"},
	"IncrCounter":       {schema.Counter, "counter"},
	"AddSample":         {schema.Summary, "sample"},
	"MeasureSince":      {schema.Summary, "timer"},
}

// gometricsDefines lists the functions that emit, and those that begin to emit of
// themselves. EmitKey is not listed: the Prometheus sink does nothing with it.
func gometricsDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for _, pkg := range gometrics {
		for name, kind := range gometricsKinds {
			emit := func(c *Call) { gometricsEmit(c, kind) }
			for _, suffix := range []string{"", "WithLabels"} {
				calls[pkg+"."+name+suffix] = emit
				calls["(*"+pkg+".Metrics)."+name+suffix] = emit
			}
		}
		calls[pkg+".New"] = gometricsNew
		calls[pkg+".NewGlobal"] = gometricsNew
		calls[pkg+"/prometheus.NewPrometheusSinkFrom"] = gometricsSink
	}
	return calls
}

func gometricsParts() []string {
	var parts []string
	for _, pkg := range gometrics {
		parts = append(parts, pkg+"/prometheus.NewPrometheusSink", pkg+".Default")
	}
	return parts
}

// gometricsFuncs evaluates DefaultConfig, so that what the program changes in its result
// is seen.
func gometricsFuncs() map[string]func(Evaluator, []Value) Value {
	funcs := map[string]func(Evaluator, []Value) Value{}
	for _, pkg := range gometrics {
		funcs[pkg+".DefaultConfig"] = func(_ Evaluator, args []Value) Value {
			if len(args) != 1 {
				return Value{}
			}
			yes := Value{Kind: Boolean, Bool: true}
			return Value{Kind: Struct, Fields: map[string]Elem{
				"ServiceName": {Value: &args[0]}, "HostName": {Value: &Value{}}, "EnableHostname": {Value: &yes}, "EnableRuntimeMetrics": {Value: &yes},
			}}
		}
	}
	return funcs
}

// A gometricsConfig is what of a Config goes into names and labels.
type gometricsConfig struct {
	service, host                                   Value
	hostname, hostLabel, serviceLabel, typePrefixed Value
}

// An emission is what defines a family before it is known how it is configured.
type emission struct {
	kind    gometricsKind
	configs []gometricsConfig // of what it is emitted through; nil: the global instance
}

// forbidden is forbiddenCharsReplacer of the Prometheus sink.
var forbidden = strings.NewReplacer(" ", "_", ".", "_", "=", "_", "-", "_", "/", "_")

// gometricsEmit decodes the functions that emit: a key, a value, and labels.
func gometricsEmit(c *Call, kind gometricsKind) {
	list := Value{Kind: Nil}
	if strings.HasSuffix(c.Name, "WithLabels") {
		list = c.Arg(2)
	}
	var configs []gometricsConfig
	if !isGlobal(c.Name) {
		c.Receiver().each(func(v Value) {
			if made := c.Inner(v); made != nil && isGometricsNew(made.Name) {
				configs = append(configs, gometricsConfigs(made)...)
			}
		})
	}
	gometricsFamily(c, c.Arg(0), list, &schema.Metric{}, &emission{kind, configs})
}

// gometricsFamily defines the family that a key and labels stand for.
func gometricsFamily(c *Call, key, list Value, m *schema.Metric, e *emission) {
	m.Type = e.kind.typ
	if m.Type == schema.Summary { // as prometheus.go of the sink sets them
		m.Objectives = []schema.Objective{{Quantile: .5, Error: .05}, {Quantile: .9, Error: .01}, {Quantile: .99, Error: .001}}
	}
	name := c.joined(key)
	if name.Kind != String && name.Kind != Choice {
		c.Unresolved("key of this metric cannot be told from the source", key, "give the key as a []string literal")
		return
	}
	labels := gometricsLabels(c, list)
	for _, d := range c.Families(name, m, labelList{labels: labels.list}) {
		d.more = e
		if len(e.configs) == 0 && isGlobal(c.Name) {
			d.registries = []string{gometricsGlobal}
		}
		for label, vs := range labels.values {
			for _, v := range vs {
				d.Value(label, v)
			}
		}
	}
}

// joined returns the parts of a key as the sink joins them.
func (c *Call) joined(key Value) Value {
	var alts []Value
	key.each(func(v Value) {
		if v.Kind != List {
			alts = append(alts, Value{Why: v.Why})
			return
		}
		var parts []Value
		for _, e := range v.Elems {
			if part := c.Elem(e); !e.Optional {
				parts = append(parts, part)
			} else {
				parts = append(parts, Value{}) // whether it is there, and so all behind it, is not known
			}
		}
		alts = append(alts, mapStrings(parts, func(s []string) string { return forbidden.Replace(strings.Join(s, "_")) }))
	})
	if slices.ContainsFunc(alts, func(v Value) bool { return v.Kind == Unknown }) {
		return Value{Why: key.Why}
	}
	return choice(alts)
}

// A labelSet is labels with the values that are given for them.
type labelSet struct {
	list   []schema.Label
	values map[string][]Value
}

// gometricsLabels reads a []Label: those that are not in each of its alternatives are
// optional.
func gometricsLabels(c *Call, list Value) labelSet {
	set := labelSet{values: map[string][]Value{}}
	count, alts := map[string]int{}, 0
	list.each(func(v Value) {
		alts++
		if v.Kind != List && v.Kind != Nil {
			set.values[anyLabel.Name] = append(set.values[anyLabel.Name], Value{})
		}
		for _, e := range v.Elems {
			label := c.Elem(e)
			name, _ := c.Field(label, "Name")
			value, _ := c.Field(label, "Value")
			key := plain(name)
			if key == "" {
				key = anyLabel.Name
			}
			if set.values[key] = append(set.values[key], value); !e.Optional {
				count[key]++
			}
		}
	})
	for name := range set.values {
		set.list = append(set.list, schema.Label{Name: name, Optional: name != anyLabel.Name && count[name] < alts})
	}
	set.list = uniqueLabels(set.list)
	return set
}

func isGometricsNew(name string) bool {
	i := strings.LastIndex(name, ".")
	return slices.Contains(gometrics, name[:max(i, 0)]) && (name[i+1:] == "New" || name[i+1:] == "NewGlobal")
}

// gometricsConfigs returns the configurations that New or NewGlobal may be given.
func gometricsConfigs(c *Call) []gometricsConfig {
	var configs []gometricsConfig
	c.Arg(0).each(func(conf Value) {
		field := func(name string) Value { v, _ := c.Field(conf, name); return v }
		configs = append(configs, gometricsConfig{
			service: orEmpty(field("ServiceName")), host: field("HostName"), hostname: field("EnableHostname"), hostLabel: field("EnableHostnameLabel"),
			serviceLabel: field("EnableServiceLabel"), typePrefixed: field("EnableTypePrefix"),
		})
	})
	return configs
}

// gometricsRuntime are what EmitRuntimeStats emits.
var gometricsRuntime = []struct{ by, name string }{
	{"SetGauge", "num_goroutines"}, {"SetGauge", "alloc_bytes"}, {"SetGauge", "sys_bytes"}, {"SetGauge", "malloc_count"}, {"SetGauge", "free_count"},
	{"SetGauge", "heap_objects"}, {"SetGauge", "total_gc_pause_ns"}, {"SetGauge", "total_gc_runs"}, {"AddSample", "gc_pause_ns"},
}

// gometricsDeclared are the fields of PrometheusOpts that declare metrics, and what emits
// them.
var gometricsDeclared = []struct{ field, by string }{
	{"GaugeDefinitions", "SetGauge"}, {"SummaryDefinitions", "AddSample"}, {"CounterDefinitions", "IncrCounter"},
}

// gometricsNew notes the configuration of an instance, and defines what it emits of itself.
func gometricsNew(c *Call) {
	configs := gometricsConfigs(c)
	for _, conf := range configs {
		c.Note("config", conf.note())
		if strings.HasSuffix(c.Name, ".NewGlobal") {
			c.Note("global", conf.note())
		}
	}
	runtime := false
	c.Arg(0).each(func(conf Value) {
		v, _ := c.Field(conf, "EnableRuntimeMetrics")
		runtime = runtime || v.Kind == Boolean && v.Bool
	})
	if !runtime {
		return
	}
	for _, emitted := range gometricsRuntime {
		for _, d := range c.Families(str("runtime_"+emitted.name), &schema.Metric{Type: gometricsKinds[emitted.by].typ}, labelList{}) {
			d.more = &emission{gometricsKinds[emitted.by], configs}
			d.FromLibrary()
		}
	}
}

// gometricsSink defines what the options of a Prometheus sink declare, which no
// configuration changes.
func gometricsSink(c *Call) {
	opts := c.Arg(0)
	for _, declared := range gometricsDeclared {
		list, ok := c.Field(opts, declared.field)
		if !ok || list.Kind != List && list.Kind != Nil {
			c.Unresolved("the "+declared.field+" of this sink cannot be told from the source", list, "give the definitions as a literal")
			continue
		}
		for _, e := range list.Elems {
			def := c.Elem(e)
			key, _ := c.Field(def, "Name")
			labels, _ := c.Field(def, "ConstLabels")
			help, _ := c.Field(def, "Help")
			m := &schema.Metric{}
			setHelp(m, help)
			gometricsFamily(c, key, labels, m, &emission{gometricsKinds[declared.by], []gometricsConfig{{service: str(""), host: str("")}}})
		}
	}
}

// note returns a configuration as a Value, and asGometricsConfig it back.
func (g gometricsConfig) note() Value {
	return Value{Kind: List, Elems: []Elem{{Value: &g.service}, {Value: &g.host}, {Value: &g.hostname}, {Value: &g.hostLabel}, {Value: &g.serviceLabel}, {Value: &g.typePrefixed}}}
}

func asGometricsConfig(v Value) gometricsConfig {
	e := v.Elems
	return gometricsConfig{*e[0].Value, *e[1].Value, *e[2].Value, *e[3].Value, *e[4].Value, *e[5].Value}
}

// finishGometrics names the families as the instances that they are emitted through are
// configured, and makes one of those that many places emit. Where nobody configures an
// instance, in a library, the names are as they are written.
func finishGometrics(notes Notes, defs []*Definition) {
	global := notes["global"]
	if len(global) == 0 {
		global = notes["config"]
	}
	var configs []gometricsConfig
	for _, v := range global {
		configs = append(configs, asGometricsConfig(v))
	}
	var all []*Definition
	for _, d := range defs {
		e := d.more.(*emission)
		if e.configs == nil {
			e.configs = configs
		}
		all = append(all, d.configured(e)...)
	}
	uniteFamilies(all)
}

// configured makes of a family one for each name that the configurations give it.
func (d *Definition) configured(e *emission) []*Definition {
	all := map[string]*Definition{}
	var names []string
	pristine := d.twin()
	for _, conf := range e.configs {
		for _, w := range conf.names(e.kind, pristine.Name()) {
			into := all[w.str]
			switch {
			case into != nil:
			case len(all) == 0:
				into = d
			default:
				into = pristine.twin()
				d.copies = append(d.copies, into)
			}
			if all[w.str] == nil {
				all[w.str] = into
				names = append(names, w.str)
				into.Rename(w.str)
			}
			if w.configured && into.Metric.Certainty != schema.Pattern {
				into.Metric.Certainty = schema.Default
			}
			for _, l := range conf.labels() {
				into.addLabel(l.name, l.value)
			}
		}
	}
	if len(all) == 0 {
		all[d.Name()], names = d, []string{d.Name()}
	}
	var made []*Definition
	for _, name := range names {
		d := all[name]
		if d.Metric.Help == "" && !slices.Contains(d.Metric.Untold, "help") { // the sink's, where none is declared
			if d.Metric.Given = []string{"help"}; !hasHole(name) {
				d.Metric.Help = name
			}
		}
		made = append(made, d)
	}
	return made
}

// twin returns a copy of a family with its label values.
func (d *Definition) twin() *Definition {
	copies := d.copies
	one := d.Copy()
	d.copies = copies
	for label, set := range d.vals {
		one.vals[label] = &values{maps.Clone(set.seen), set.open}
	}
	one.Labels = slices.Clone(d.Labels)
	return one
}

// names returns what the name becomes: service_type_host_name.
func (g gometricsConfig) names(kind gometricsKind, name string) []wording {
	front := []wording{{}}
	if !isTrue(g.serviceLabel) {
		front = g.service.texts()
	}
	hosts := []wording{{}}
	if kind.typ == schema.Gauge && !isTrue(g.hostLabel) {
		hosts = g.hosts()
	}
	var out []wording
	for _, f := range front {
		for _, h := range hosts {
			parts := []string{f.str}
			if isTrue(g.typePrefixed) {
				parts = append(parts, kind.prefix)
			}
			parts = append(parts, h.str, name)
			parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
			out = append(out, wording{collapse(forbidden.Replace(strings.Join(parts, "_"))), f.configured || h.configured})
		}
	}
	return out
}

// hosts returns what of the host's name stands in the names of gauges. Where users choose,
// it is both: go-metrics' own documentation and those of its users turn it off for
// Prometheus.
func (g gometricsConfig) hosts() []wording {
	h := g.hostname
	if h.Kind == Nil || h.Kind == Boolean && !h.Bool && !h.isDefault() && !h.Configured || g.host.Kind == Nil || g.host.Kind == String && g.host.Str == "" && !g.host.Configured {
		return []wording{{}}
	}
	if isTrue(h) {
		return []wording{{str: Hole}}
	}
	return []wording{{}, {str: Hole}}
}

// An instanceLabel is a label that an instance adds, with its value.
type instanceLabel struct {
	name  string
	value Value
}

// labels returns the labels that the configuration adds.
func (g gometricsConfig) labels() []instanceLabel {
	var added []instanceLabel
	if isTrue(g.hostLabel) {
		added = append(added, instanceLabel{"host", Value{}})
	}
	if isTrue(g.serviceLabel) {
		added = append(added, instanceLabel{"service", g.service})
	}
	return added
}

// isTrue reports whether v is surely true.
func isTrue(v Value) bool { return v.Kind == Boolean && v.Bool && !v.isDefault() && !v.Configured }
