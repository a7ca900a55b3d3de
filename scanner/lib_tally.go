package scanner

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "tally",
		Doc: "github.com/uber-go/tally, v3 and v4: Counter, Gauge, Timer and Histogram of a Scope, through SubScope and Tagged, named as the root scope's " +
			"options say; timers are summaries or histograms as the Prometheus reporter's options say.",
		Defines: tallyDefines(),
		Parts:   tallyParts(),
		Vars:    tallyVars(),
		Finish:  func(_ Notes, defs []*Definition) { uniteFamilies(defs) },
	})
}

// tally are the paths under which the library is imported.
var tally = []string{"github.com/uber-go/tally", "github.com/uber-go/tally/v4"}

// tallyDefines lists the methods of a scope that make metrics.
func tallyDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){}
	for _, pkg := range tally {
		for name, typ := range map[string]schema.Type{"Counter": schema.Counter, "Gauge": schema.Gauge, "Timer": schema.Summary, "Histogram": schema.Histogram} {
			calls["("+pkg+".Scope)."+name] = func(c *Call) { tallyDefine(c, typ) }
		}
	}
	return calls
}

func tallyParts() []string {
	var parts []string
	for _, pkg := range tally {
		parts = append(parts, pkg+".NewRootScope", pkg+".NewRootScopeWithDefaultInterval", "("+pkg+".Scope).SubScope", "("+pkg+".Scope).Tagged", pkg+"/prometheus.NewReporter")
	}
	return parts
}

// tallyVars say that what is counted through NoopScope is nowhere to be seen.
func tallyVars() map[string]Value {
	vars := map[string]Value{}
	for _, pkg := range tally {
		vars[pkg+".NoopScope"] = Value{Kind: Nil}
	}
	return vars
}

// A tallyScope is what a scope adds to what it makes.
type tallyScope struct {
	prefix, separator Value
	sanitized         bool
	tags              map[string][]Value
	timer             Value // the reporter's options
	buckets           Value // the scope's
}

// tallyScopes resolves a value to scopes.
func tallyScopes(c *Call, v Value) []tallyScope {
	var scopes []tallyScope
	v.each(func(v Value) {
		inner := c.Inner(v)
		switch {
		case v.Kind == Nil:
		case inner != nil && strings.Contains(inner.Name, ".NewRootScope"):
			inner.Arg(0).each(func(opts Value) { scopes = append(scopes, tallyRoot(inner, opts)) })
		case inner != nil && strings.HasSuffix(inner.Name, ".Scope).SubScope"):
			for _, s := range tallyScopes(inner, inner.Receiver()) {
				s.prefix = s.name(inner.Arg(0))
				scopes = append(scopes, s)
			}
		case inner != nil && strings.HasSuffix(inner.Name, ".Scope).Tagged"):
			for _, s := range tallyScopes(inner, inner.Receiver()) {
				scopes = append(scopes, s.tagged(inner, inner.Arg(0)))
			}
		default:
			scopes = append(scopes, tallyScope{prefix: v, separator: str("_")}.tagged(c, Value{}))
		}
	})
	return scopes
}

// tallyRoot reads the options of a root scope. A sanitizer is taken to be the Prometheus
// reporter's: names that others leave are refused there.
func tallyRoot(c *Call, opts Value) tallyScope {
	field := func(name string) Value { v, _ := c.Field(opts, name); return v }
	s := tallyScope{separator: orEmpty(field("Separator")), sanitized: field("SanitizeOptions").Kind != Nil, buckets: field("DefaultBuckets")}
	if s.separator.Kind == String && s.separator.Str == "" {
		s.separator = str(".")
	}
	s.prefix = s.clean(orEmpty(field("Prefix")))
	field("CachedReporter").each(func(v Value) {
		if r := c.Inner(v); r != nil && strings.HasSuffix(r.Name, "/prometheus.NewReporter") {
			s.timer = r.Arg(0)
			s.timer, _ = r.Field(s.timer, "DefaultTimerType")
		}
	})
	if tags := field("Tags"); tags.Kind != Nil {
		s = s.tagged(c, tags)
	}
	return s
}

// name returns the full name of what is called name in the scope.
func (s tallyScope) name(name Value) Value {
	return mapStrings([]Value{s.prefix, s.clean(s.separator), s.clean(name)}, func(p []string) string {
		if p[0] == "" {
			return p[2]
		}
		return p[0] + p[1] + p[2]
	})
}

// clean returns what the sanitizer leaves of a name.
func (s tallyScope) clean(v Value) Value {
	if !s.sanitized {
		return v
	}
	return mapStrings([]Value{v}, func(p []string) string { return tallyName(p[0]) })
}

// tallyName replaces what DefaultSanitizerOpts of the Prometheus reporter does.
func tallyName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == rune(Hole[0]) || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}

// tagged returns the scope with the tags of a map, which take precedence.
func (s tallyScope) tagged(c *Call, tags Value) tallyScope {
	all := map[string][]Value{}
	for name, vs := range s.tags {
		all[name] = vs
	}
	tags.each(func(v Value) {
		if v.Kind != Map && v.Kind != Nil {
			all[anyLabel.Name] = []Value{{}}
		}
		for _, e := range v.Elems {
			name := anyLabel.Name
			if key := plain(c.Elem(*e.Key)); key != "" {
				name = key
			}
			if s.sanitized && name != anyLabel.Name {
				name = tallyName(name)
			}
			all[name] = append(slices.Clone(all[name]), s.clean(c.Elem(e)))
		}
	})
	s.tags = all
	return s
}

// tallyHelp ends the help text that the reporter makes of a name.
var tallyHelp = map[schema.Type]string{schema.Counter: " counter", schema.Gauge: " gauge", schema.Summary: " summary", schema.Histogram: " histogram"}

// tallyDefine decodes the methods that make metrics of a name.
func tallyDefine(c *Call, typ schema.Type) {
	for _, s := range tallyScopes(c, c.Receiver()) {
		m := &schema.Metric{Type: typ}
		switch {
		case typ == schema.Histogram:
			tallyBuckets(c, m, c.Arg(1), s.buckets)
		case typ == schema.Summary && s.timer.Kind == Number && s.timer.Num == 1: // HistogramTimerType
			m.Type, m.Buckets = schema.Histogram, slices.Clone(tallyTimer)
		case typ == schema.Summary && (s.timer.Kind == Unknown && s.timer.Why != nil):
			m.Type = schema.Untyped // by configuration
		case typ == schema.Summary:
			m.Objectives = slices.Clone(tallyObjectives)
		}
		var list labelList
		for name := range s.tags {
			list.labels = append(list.labels, schema.Label{Name: name})
		}
		list.labels = uniqueLabels(list.labels)
		for _, d := range c.Families(s.name(c.Arg(0)), m, list) {
			for name, vs := range s.tags {
				for _, v := range vs {
					d.Value(name, v)
				}
			}
			if help := tallyHelp[m.Type]; help != "" && !hasHole(d.Name()) {
				d.Metric.Help = d.Name() + help
			}
		}
	}
}

// tallyTimer and tallyObjectives are the Prometheus reporter's defaults for timers,
// tallyScopeBuckets a scope's for histograms.
var (
	tallyTimer      = []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10}
	tallyObjectives = []schema.Objective{
		{Quantile: .5, Error: .01}, {Quantile: .75, Error: .001}, {Quantile: .95, Error: .001}, {Quantile: .99, Error: .001}, {Quantile: .999, Error: .0001},
	}
	tallyScopeBuckets = []float64{0, .01, .025, .05, .075, .1, .2, .3, .4, .5, .6, .8, 1, 2, 5}
)

// tallyBuckets reads ValueBuckets and DurationBuckets, which are in seconds when exposed.
func tallyBuckets(c *Call, m *schema.Metric, v, scope Value) {
	if v.Kind == Nil {
		if v = scope; v.Kind == Nil {
			m.Buckets = slices.Clone(tallyScopeBuckets)
			return
		}
	}
	if v.Kind != List || v.Type == nil {
		return
	}
	m.Buckets = floats(c, v)
	if strings.HasSuffix(v.Type.String(), ".DurationBuckets") {
		for i := range m.Buckets {
			m.Buckets[i] /= 1e9
		}
	}
}
