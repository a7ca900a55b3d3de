package scanner

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/dashgen/dashgen/schema"
)

func init() { register(prometheusCollectorsLibrary()) }

func prometheusCollectorsLibrary() *Library {
	calls := map[string]func(*Call){
		collectors + ".NewGoCollector":        goCollector,
		prom + ".NewGoCollector":              goCollector,
		collectors + ".NewProcessCollector":   processCollector,
		prom + ".NewProcessCollector":         processCollector,
		collectors + ".NewBuildInfoCollector": func(c *Call) { collected(c, "build", "") },
		prom + ".NewBuildInfoCollector":       func(c *Call) { collected(c, "build", "") },
		collectors + ".NewDBStatsCollector":   dbStats,
		promhttp + ".Handler":                 promhttpHandler,
		promhttp + ".HandlerFor":              promhttpHandlerFor,
		promhttp + ".InstrumentMetricHandler": instrumentMetricHandler,
		"(" + prom + ".Gatherer).Gather":      func(c *Call) { gathered(c, c.Receiver()) },
		"(" + prom + ".Gatherers).Gather":     func(c *Call) { gathered(c, c.Receiver()) },
	}
	for _, pkg := range []string{collectors + "/version", "github.com/prometheus/common/version"} {
		calls[pkg+".NewCollector"] = versionCollector
	}
	unregisters := map[string]func(*Call){}
	for _, recv := range []string{prom + ".", "(" + prom + ".Registerer).", "(*" + prom + ".Registry)."} {
		unregisters[recv+"Unregister"] = unregistered
	}
	return &Library{
		Name: "client_golang collectors",
		Doc: "What client_golang exposes by itself: NewGoCollector with its options, NewProcessCollector, NewBuildInfoCollector, NewDBStatsCollector, " +
			"the version collectors, promhttp's handlers, and what the default registry has where it is gathered.",
		Defines: calls,
		Uses:    unregisters,
		Vars: map[string]Value{
			prom + ".DefaultRegisterer":      global(prom + ".DefaultRegisterer"),
			prom + ".DefaultGatherer":        global(prom + ".DefaultGatherer"),
			collectors + ".MetricsAll":       runtimeRule("/.*"),
			collectors + ".MetricsGC":        runtimeRule("^/gc/.*"),
			collectors + ".MetricsMemory":    runtimeRule("^/memory/.*"),
			collectors + ".MetricsScheduler": runtimeRule("^/sched/.*"),
			collectors + ".MetricsDebug":     runtimeRule("^/godebug/.*"),
		},
		Parts: []string{
			collectors + ".WithGoCollectorRuntimeMetrics", collectors + ".WithoutGoCollectorRuntimeMetrics",
			collectors + ".WithGoCollectorMemStatsMetricsDisabled", collectors + ".WithGoCollections",
		},
		Packages: []string{prom, promauto, promhttp, collectors, collectors + "/version", prom + "/internal", prom + "/push", prom + "/graphite"},
		Finish:   finishCollectors,
	}
}

const (
	collectors = prom + "/collectors"
	promhttp   = prom + "/promhttp"
)

// clientGolang lists what client_golang's collectors expose: the collector, name, type,
// label names, the metric of runtime/metrics that it is made of, the version of
// client_golang since which it is there, and help, separated by tabs. TestCollectors
// holds it against the collectors themselves.
//
//go:embed lib_prometheus_collectors.txt
var clientGolang string

// A collectedFamily is one line of clientGolang.
type collectedFamily struct {
	collector, name string
	typ             schema.Type
	labels          []string
	runtime, since  string
	help            string
}

// collectedFamilies returns the lines of clientGolang about a collector.
func collectedFamilies(collector string) []collectedFamily {
	var fs []collectedFamily
	for line := range strings.Lines(clientGolang) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) == 7 && f[0] == collector {
			fs = append(fs, collectedFamily{f[0], f[1], schema.Type(f[2]), strings.Fields(f[3]), f[4], f[5], f[6]})
		}
	}
	return fs
}

// collected defines what a collector exposes. registry is the name of the one that has it
// from the start, or empty.
func collected(c *Call, collector, registry string, with ...func(*collectedFamily, *schema.Metric) bool) []*Definition {
	return collectedAs(c, collector, registry, "", with...)
}

// collectedAs is collected with a namespace before the names.
func collectedAs(c *Call, collector, registry, namespace string, with ...func(*collectedFamily, *schema.Metric) bool) []*Definition {
	var defs []*Definition
	version := c.moduleVersion(prom)
	for _, f := range collectedFamilies(collector) {
		m := &schema.Metric{Type: f.typ, Help: f.help}
		if f.since != "" && version != "" && semver.Compare(version, f.since) < 0 ||
			slices.ContainsFunc(with, func(has func(*collectedFamily, *schema.Metric) bool) bool { return !has(&f, m) }) {
			continue
		}
		var list labelList
		for _, l := range f.labels {
			list.labels = append(list.labels, schema.Label{Name: l})
		}
		for _, d := range c.Families(str(buildFQName(namespace, "", f.name)), m, list) {
			d.FromLibrary()
			d.more = registry + collector
			defs = append(defs, d)
		}
	}
	return defs
}

// A runtimeRuleset says which metrics of runtime/metrics are exposed.
type runtimeRuleset struct {
	rules    []runtimeRuled
	memStats bool
}

type runtimeRuled struct {
	match *regexp.Regexp
	deny  bool
}

// runtimeRule is a collectors.GoRuntimeMetricsRule.
func runtimeRule(pattern string) Value {
	v := str(pattern)
	return Value{Kind: Struct, Fields: map[string]Elem{"Matcher": {Value: &v}}}
}

// defaultRuntime is what is exposed without options, since client_golang 1.20.
const defaultRuntime = `/gc/gogc:percent|/gc/gomemlimit:bytes|/sched/gomaxprocs:threads`

// goCollector decodes NewGoCollector(options...). The last rule that matches counts.
func goCollector(c *Call) {
	rules := runtimeRuleset{memStats: true}
	rules.add(c, false, str(defaultRuntime))
	opts, _ := c.Rest(0)
	for _, o := range opts {
		if with := c.Inner(o); with != nil {
			rules.option(with)
		}
	}
	rules.collect(c, "")
}

func (r *runtimeRuleset) option(with *Call) {
	_, option, _ := strings.Cut(with.Name, collectors+".")
	switch option {
	case "WithGoCollectorMemStatsMetricsDisabled":
		r.memStats = false
	case "WithGoCollections":
		flags := int(with.Arg(0).Num)
		r.memStats = r.memStats && flags&1 != 0
		if flags&2 != 0 {
			r.add(with, false, str("/.*"))
		}
	case "WithGoCollectorRuntimeMetrics", "WithoutGoCollectorRuntimeMetrics":
		rules, _ := with.Rest(0)
		for _, rule := range rules {
			if matcher, ok := with.Field(rule, "Matcher"); ok {
				rule = matcher
			}
			r.add(with, option == "WithoutGoCollectorRuntimeMetrics", rule)
		}
	}
}

// add adds a rule by its pattern, or the call of regexp.MustCompile that compiles it. One
// that is not known matches nothing.
func (r *runtimeRuleset) add(c *Call, deny bool, pattern Value) {
	if compiled := c.Inner(pattern); compiled != nil && compiled.Name == "regexp.MustCompile" {
		pattern = compiled.Arg(0)
	}
	if match, err := regexp.Compile(plain(pattern)); err == nil && plain(pattern) != "" {
		r.rules = append(r.rules, runtimeRuled{match, deny})
	}
}

// collect defines what the Go collector with these rules exposes.
func (r *runtimeRuleset) collect(c *Call, registry string) {
	collected(c, "go", registry)
	if r.memStats {
		collected(c, "memstats", registry)
	}
	collected(c, "runtime", registry, func(f *collectedFamily, _ *schema.Metric) bool {
		exposed := false
		for _, rule := range r.rules {
			if rule.match.MatchString(f.runtime) {
				exposed = !rule.deny
			}
		}
		return exposed
	})
}

// processCollector decodes NewProcessCollector(ProcessCollectorOpts), on Linux, and what
// it was before client_golang 1.0: NewProcessCollector(pid, namespace).
func processCollector(c *Call) {
	namespace, ok := c.Field(c.Arg(0), "Namespace")
	if !ok {
		namespace = c.Arg(1)
	}
	for _, ns := range orEmpty(namespace).symbolic() {
		collectedAs(c, "process", "", ns)
	}
}

// dbStats decodes NewDBStatsCollector(db, name).
func dbStats(c *Call) {
	for _, d := range collected(c, "sql", "") {
		d.Value("db_name", c.Arg(1))
	}
}

// versionCollector decodes NewCollector(program): the program says the name.
func versionCollector(c *Call) {
	m := &schema.Metric{Type: schema.Gauge}
	var list labelList
	for _, l := range []string{"branch", "goarch", "goos", "goversion", "revision", "tags", "version"} {
		list.labels = append(list.labels, schema.Label{Name: l})
	}
	opts, _ := c.Rest(1)
	for _, o := range opts {
		if with := c.Inner(o); with != nil && with.Name == collectors+"/version.WithExtraConstLabels" {
			constLabels(c, m, with.Arg(0))
		}
	}
	setHelp(m, mapStrings([]Value{c.Arg(0)}, func(s []string) string {
		return "A metric with a constant '1' value labeled by version, revision, branch, goversion from which " + s[0] + " was built, and the goos and goarch for the build."
	}))
	c.Families(mapStrings([]Value{c.Arg(0)}, func(s []string) string { return buildFQName(s[0], "", "build_info") }), m, list)
}

// promhttpHandler decodes Handler(), which is
// InstrumentMetricHandler(DefaultRegisterer, HandlerFor(DefaultGatherer, HandlerOpts{})).
func promhttpHandler(c *Call) {
	collected(c, "promhttp", "")
	gathered(c, global(prom+".DefaultGatherer"))
}

func promhttpHandlerFor(c *Call) {
	gathered(c, c.Arg(0))
	reg, ok := c.Field(c.Arg(1), "Registry")
	if !ok || reg.Kind == Nil {
		return
	}
	for _, d := range collected(c, "promhttp errors", "") {
		d.Registered(c, c.wraps(reg), false)
		d.Value("cause", str("gathering"))
		d.Value("cause", str("encoding"))
	}
}

func instrumentMetricHandler(c *Call) {
	for _, d := range collected(c, "promhttp", "") {
		d.Registered(c, c.wraps(c.Arg(0)), false)
	}
}

// gathered defines what the default registry has from the start, where it is gathered.
func gathered(c *Call, gatherer Value) {
	gatherer.each(func(v Value) {
		for _, e := range v.Elems { // Gatherers
			gathered(c, c.Elem(e))
		}
		if v.Kind != Opaque || c.assigned(v.Callee) {
			return
		}
		switch v.Callee {
		case prom + ".DefaultGatherer", prom + ".DefaultRegisterer":
			rules := runtimeRuleset{memStats: true}
			rules.add(c, false, str(defaultRuntime))
			rules.collect(c, "default ")
			collected(c, "process", "default ")
		case legacy + ".DefaultGatherer":
			k8sRegistry(c)
		}
	})
}

// unregistered notes that a collector is taken out of the registry: one that is made for
// that alone exposes nothing, and the default registry has none any more.
func unregistered(c *Call) {
	for _, d := range c.Definitions(c.Arg(0)) {
		if collector, ok := d.more.(string); ok && d.library == c.library {
			d.Drop()
			c.Note("unregistered", str("default "+collector))
		}
	}
}

// finishCollectors drops what is unregistered, and what several calls define alike.
func finishCollectors(notes Notes, defs []*Definition) {
	seen := map[string]bool{}
	for _, d := range defs {
		if !d.fromLibrary || d.dropped {
			continue
		}
		collector, _ := d.more.(string)
		again := len(d.regs) == 0 && seen[d.name]
		if again || slices.ContainsFunc(notes["unregistered"], func(v Value) bool { return v.Str == collector }) {
			d.Drop()
			continue
		}
		seen[d.name] = seen[d.name] || len(d.regs) == 0
	}
}
