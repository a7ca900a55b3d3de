package scanner

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "component-base",
		Doc: "k8s.io/component-base/metrics: New{Counter,Gauge,Histogram,Summary,TimingHistogram}{,Vec}, NewGaugeFunc and NewDesc with stability and " +
			"deprecation, NewLazyConstMetric, the label values given, and what legacyregistry exposes by itself.",
		Defines: k8sDefines(),
		Uses:    k8sUses(),
		Funcs:   k8sFuncs(),
		Vars: map[string]Value{
			k8s + ".DefBuckets": numbers(defBuckets), legacy + ".DefaultGatherer": global(legacy + ".DefaultGatherer"), legacy + ".Registerer": global(legacy + ".Registerer"),
		},
		Gathered: map[string]Gathering{
			legacy + ".Registerer":   {Named: []string{legacy + ".DefaultGatherer", legacy + ".Handler", legacy + ".HandlerWithReset"}},
			k8s + ".NewKubeRegistry": {Named: []string{k8s + ".NewKubeRegistry"}}, // who makes one may gather it
		},
		Packages: []string{k8s, k8s + "/internal", legacy, k8s + "/prometheusextension", k8s + "/testutil"},
		Shared:   func(t, to types.Type) bool { return sharedAs(k8sType, t, to) },
		Escaped:  openAll,
	})
}

const (
	k8s    = "k8s.io/component-base/metrics"
	legacy = k8s + "/legacyregistry"
)

// legacyGathered is what the registry of package legacyregistry is gathered by.
var legacyGathered = []string{legacy + ".DefaultGatherer", legacy + ".Handler", legacy + ".HandlerWithReset"}

// k8sType returns the name of a type of package metrics, or "".
func k8sType(t types.Type) string {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != k8s {
		return ""
	}
	return n.Obj().Name()
}

func k8sDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){
		k8s + ".NewGaugeFunc": func(c *Call) { k8sConstruct(c, schema.Gauge, 0, false) },
		k8s + ".NewDesc":      k8sDesc,
		k8s + ".RegisterBuildInfo": func(c *Call) {
			k8sOwn(c, "kubernetes_build_info", schema.Gauge, "BETA", "major", "minor", "git_version", "git_commit", "git_tree_state", "build_date", "go_version", "compiler", "platform")
		},
		k8s + ".RegisterProcessStartTime": func(c *Call) { k8sOwn(c, "process_start_time_seconds", schema.Gauge, "ALPHA") },
	}
	for name, typ := range map[string]schema.Type{
		"Counter": schema.Counter, "Gauge": schema.Gauge, "Histogram": schema.Histogram, "Summary": schema.Summary, "TimingHistogram": schema.Histogram,
	} {
		calls[k8s+".New"+name] = func(c *Call) { k8sConstruct(c, typ, 0, false) }
		calls[k8s+".New"+name+"Vec"] = func(c *Call) { k8sConstruct(c, typ, 0, true) }
	}
	// These are given a clock before the options.
	calls[k8s+".NewTestableTimingHistogram"] = func(c *Call) { k8sConstruct(c, schema.Histogram, 1, false) }
	calls[k8s+".NewTestableTimingHistogramVec"] = func(c *Call) { k8sConstruct(c, schema.Histogram, 1, true) }
	for _, handler := range []string{"Handler", "HandlerWithReset"} {
		calls[legacy+"."+handler] = func(c *Call) {
			k8sRegistry(c)
			collected(c, "promhttp", "")
		}
	}
	return calls
}

func k8sUses() map[string]func(*Call) {
	calls := map[string]func(*Call){
		k8s + ".NewLazyConstMetric": func(c *Call) { constMetric(c, "ConstMetric", "", false) },
		k8s + ".NewConstMetric":     func(c *Call) { constMetric(c, "ConstMetric", "", false) },
	}
	for _, vec := range []string{"CounterVec", "GaugeVec", "HistogramVec", "SummaryVec", "TimingHistogramVec"} {
		for _, recv := range []string{vec, vec + "WithContext"} {
			for _, method := range []string{"WithLabelValues", "WithLabelValuesChecked", "With", "WithChecked"} {
				calls["(*"+k8s+"."+recv+")."+method] = given
			}
			calls["(*"+k8s+"."+recv+").ObserveSince"] = k8sObserveSince
		}
	}
	return calls
}

// k8sFuncs are the functions that component-base hands on to client_golang.
func k8sFuncs() map[string]func(Evaluator, []Value) Value {
	funcs := map[string]func(Evaluator, []Value) Value{k8s + ".MergeBuckets": func(ev Evaluator, lists []Value) Value {
		merged := numbers([]float64{0}) // which it begins with
		for _, l := range lists {
			if l.Kind != List {
				return Value{}
			}
			merged.Elems = append(merged.Elems, l.Elems...)
		}
		return merged
	}}
	for name, f := range prometheusFuncs {
		funcs[k8s+strings.TrimPrefix(name, prom)] = f
	}
	return funcs
}

// k8sConstruct decodes New*(&Opts{…}) and New*Vec(&Opts{…}, labels), with the options at
// argument at.
func k8sConstruct(c *Call, typ schema.Type, at int, vec bool) {
	c.Arg(at).each(func(opts Value) {
		name, m := describedBy(c, typ, opts)
		if m == nil {
			return
		}
		if set, _ := c.Field(opts, "Objectives"); typ == schema.Summary && set.Kind == Nil {
			m.Objectives = []schema.Objective{{Quantile: .5, Error: .05}, {Quantile: .9, Error: .01}, {Quantile: .99, Error: .001}}
		}
		level, _ := c.Field(opts, "StabilityLevel")
		deprecated, _ := c.Field(opts, "DeprecatedVersion")
		k8sExposed(m, level, deprecated)
		var list labelList
		if vec {
			list = labelNames(c, c.Arg(at+1))
		}
		define(c, name, m, list)
	})
}

// k8sDesc decodes NewDesc(fqName, help, variableLabels, constLabels, stabilityLevel,
// deprecatedVersion).
func k8sDesc(c *Call) {
	m := &schema.Metric{}
	setHelp(m, c.Arg(1))
	constLabels(c, m, c.Arg(3))
	k8sExposed(m, c.Arg(4), c.Arg(5))
	define(c, c.Arg(0), m, labelNames(c, c.Arg(2)))
}

// k8sObserveSince reads the label values of ObserveSince(start, values...).
func k8sObserveSince(c *Call) {
	vecs, told := vectors(c, c.Receiver())
	vals, known := c.Rest(1)
	if !told {
		c.OpenAll(c.Receiver(), func(d *Definition) bool { return d.Metric.Type == schema.Histogram && len(d.Labels) >= len(vals) })
	}
	for _, vec := range vecs {
		for _, d := range vec.defs {
			assign(d, vec.curried, vals, known)
		}
	}
}

// setStability sets what component-base calls the stability level, and the version since
// which a metric is deprecated. INTERNAL promises nothing, as no level does.
func setStability(m *schema.Metric, level, deprecated Value) {
	if word := strings.ToLower(plain(level)); slices.Contains([]string{"alpha", "beta", "stable"}, word) {
		m.Stability = word
	}
	if since := plain(deprecated); since != "" {
		m.Deprecated, m.DeprecatedSince = true, since
	}
}

// k8sExposed sets stability and deprecation, and the help as it is exposed with both.
func k8sExposed(m *schema.Metric, level, deprecated Value) {
	if level.Kind == Nil || level.Kind == String && level.Str == "" {
		level = str("ALPHA")
	}
	setStability(m, level, deprecated)
	if m.Help == "" {
		return
	}
	if m.DeprecatedSince != "" {
		m.Help = "(Deprecated since " + m.DeprecatedSince + ") " + m.Help
	}
	if word := plain(level); word != "" {
		m.Help = "[" + word + "] " + m.Help
	} else {
		m.Help = ""
		m.Untold = append(m.Untold, "help")
	}
}

// k8sOwn defines a family that component-base names.
func k8sOwn(c *Call, name string, typ schema.Type, level string, labels ...string) {
	m := &schema.Metric{Type: typ}
	k8sExposed(m, str(level), Value{})
	var list labelList
	for _, l := range labels {
		list.labels = append(list.labels, schema.Label{Name: l})
	}
	for _, d := range c.Families(str(name), m, list) {
		d.FromLibrary()
	}
}

// k8sRegistry defines what the registry of package legacyregistry has from the start. Its
// metrics about metrics had other names before component-base 0.29.
func k8sRegistry(c *Call) {
	rules := runtimeRuleset{memStats: true}
	rules.add(c, false, str("/.*"))
	rules.collect(c, "")
	collected(c, "process", "")
	if v := c.moduleVersion(k8s); v != "" && semver.Compare(v, "v0.29.0") < 0 {
		return
	}
	meta := map[string][]string{"registered_metrics_total": {"stability_level", "deprecated_version"}, "hidden_metrics_total": nil, "disabled_metrics_total": nil}
	for _, name := range slices.Sorted(maps.Keys(meta)) {
		k8sOwn(c, name, schema.Counter, "BETA", meta[name]...)
	}
}
