package schema

import "maps"

// A Type is what the exposition's # TYPE line says of a metric family.
// The zero value means that the source did not tell.
type Type string

// The types of the Prometheus text format and OpenMetrics. Info and StateSet are
// used only where the library exposes them so.
const (
	Counter   Type = "counter"
	Gauge     Type = "gauge"
	Histogram Type = "histogram"
	Summary   Type = "summary"
	Untyped   Type = "untyped"
	Info      Type = "info"
	StateSet  Type = "stateset"
)

// Types lists every Type, sorted by name.
var Types = []Type{Counter, Gauge, Histogram, Info, StateSet, Summary, Untyped}

// A Certainty says how well the source tells a metric's name.
type Certainty string

const (
	Exact   Certainty = ""        // the name, letter for letter
	Default Certainty = "default" // a flag's or configuration's default is in it
	Pattern Certainty = "pattern" // Name holds *, for what is known only at run time
)

// A Metric is one metric family that Go code promises to expose. Its exported
// fields up to HowToUse are the entry's keys in metrics.json, in this order; a
// zero field is left out.
type Metric struct {
	Name      string    `json:"name"`                // as exposed, unique in a Schema
	Certainty Certainty `json:"certainty,omitempty"` // zero: Exact
	Type      Type      `json:"type"`
	Help      string    `json:"help,omitempty"`
	Unit      string    `json:"unit,omitempty"` // base unit as OpenMetrics spells it: seconds, bytes, ratio

	Labels      []Label           `json:"labels,omitempty"` // sorted by name; without le and quantile
	ConstLabels map[string]string `json:"const_labels,omitempty"`
	Buckets     []float64         `json:"buckets,omitempty"` // upper bounds, ascending, without +Inf
	Native      *Native           `json:"native,omitempty"`  // nil: no native histogram
	Objectives  []Objective       `json:"objectives,omitempty"`

	Conditional bool `json:"conditional,omitempty"` // registered behind a condition
	Initialised bool `json:"initialised,omitempty"` // series with labels are there before the first event
	Exemplars   bool `json:"exemplars,omitempty"`   // some of what it counts or observes has an exemplar

	Package string `json:"package,omitempty"` // import path of the definition
	Symbol  string `json:"symbol,omitempty"`  // Go symbol that holds it: Var, Type.Field or Func

	Stability       string `json:"stability,omitempty"` // alpha, beta or stable
	Deprecated      bool   `json:"deprecated,omitempty"`
	DeprecatedSince string `json:"deprecated_since,omitempty"` // release, or "next"
	ReplacedBy      string `json:"replaced_by,omitempty"`      // a metric's name
	RemoveAfter     string `json:"remove_after,omitempty"`     // date, YYYY-MM-DD
	Note            string `json:"note,omitempty"`             // the deprecation in words
	RemovedIn       string `json:"removed_in,omitempty"`       // release, or "next"; set: a tombstone

	Aliases []string `json:"aliases,omitempty"` // names that it had, sorted, under which recording rules keep it

	Owner     string `json:"owner,omitempty"`
	Runbook   string `json:"runbook,omitempty"` // URL
	Essential bool   `json:"essential,omitempty"`
	HowToUse  string `json:"how_to_use,omitempty"`

	// What follows is known to this run only and never written.

	Module     string      `json:"-"` // path of the module that defines it; empty: not told
	Pos        Pos         `json:"-"` // of the constructor; zero when read from metrics.json
	Directives []Directive `json:"-"` // //dashgen: comments that stand beside it
	Unread     bool        `json:"-"` // kept by Merge because its package was not read
	Untold     []string    `json:"-"` // keys that the source sets to what cannot be told: "help", "type"

	Given []string `json:"-"` // keys that are the library's to say, whatever its caller would: "help", and "suffix", the end of the name

	// Registered says where every run has it: a registry, in the program or in a function
	// whenever that runs. Two definitions that share one meet there.
	Registered []string `json:"-"`

	// How says how each definition was put together; nil where that was not asked for.
	How []Provenance `json:"-"`
}

// A Label is one label name of a metric.
type Label struct {
	Name     string   `json:"name"`               // holds * where a part is known only at run time; "*" alone: there may be any others
	Values   []string `json:"values,omitempty"`   // the closed set, sorted; nil: open
	Optional bool     `json:"optional,omitempty"` // appended behind a condition
}

// Native says that a histogram is (also) registered as a native one.
type Native struct {
	BucketFactor float64 `json:"bucket_factor,omitempty"` // zero: not told by the source
}

// An Objective is one quantile of a summary with its absolute error.
type Objective struct {
	Quantile float64 `json:"quantile"`
	Error    float64 `json:"error"`
}

// A Directive is one //dashgen:NAME comment beside a metric, for instance
//
//	//dashgen:alert MempoolBacklog when="> 5000" for=2m severity=warning
type Directive struct {
	Name   string            // what follows "dashgen:", for instance "alert"
	Args   []string          // the words without "=", in order
	Params map[string]string // key=value and key="quoted value"
	Text   string            // everything after the name, as written
	Pos    Pos
}

// Live reports whether code still defines the metric and has not deprecated it:
// what dashboards draw and alerts watch.
func (m *Metric) Live() bool { return !m.Deprecated && m.RemovedIn == "" }

// WindowOpen reports whether a date was promised until which the metric, deprecated or
// already gone, is to be had, and today, as 2027-01-31, is not behind it. An empty today
// is behind no date.
func (m *Metric) WindowOpen(today string) bool { return m.RemoveAfter != "" && today <= m.RemoveAfter }

// WindowClosed reports whether such a date has passed.
func (m *Metric) WindowClosed(today string) bool {
	return m.RemoveAfter != "" && today > m.RemoveAfter
}

// Label returns the label of that name, else the first whose name is a pattern
// that matches it, else nil.
func (m *Metric) Label(name string) *Label {
	var pattern *Label
	for i := range m.Labels {
		switch l := &m.Labels[i]; {
		case l.Name == name:
			return l
		case pattern == nil && matches(l.Name, name):
			pattern = l
		}
	}
	return pattern
}

// HasLabel reports whether series of m can carry the label: declared or constant.
func (m *Metric) HasLabel(name string) bool {
	_, constant := m.ConstLabels[name]
	return constant || m.Label(name) != nil
}

// clone returns a copy that shares nothing with m but its directives' arguments.
// Empty lists and maps become nil.
func (m *Metric) clone() *Metric {
	c := *m
	c.Labels = some(m.Labels)
	for i := range c.Labels {
		c.Labels[i].Values = some(c.Labels[i].Values)
	}
	c.ConstLabels = maps.Clone(m.ConstLabels)
	if len(c.ConstLabels) == 0 {
		c.ConstLabels = nil
	}
	c.Buckets = some(m.Buckets)
	if m.Native != nil {
		native := *m.Native
		c.Native = &native
	}
	c.Objectives = some(m.Objectives)
	c.Aliases = some(m.Aliases)
	c.Directives = some(m.Directives)
	return &c
}

// some returns a copy of list, nil for an empty one.
func some[T any](list []T) []T { return append([]T(nil), list...) }
