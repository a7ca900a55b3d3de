// Package plan says what to watch: the plain types that a schema's metrics
// become on their way to dashboards and rules, and the step from one to the
// other, [Signals].
//
// It owns Signal (how a metric, or several siblings together, behaves and which
// expression shows it), Rule and Group (alerts and recording rules), Board, Row
// and Panel (what is drawn and where). No Grafana type and no YAML stands here.
//
// It imports schema, internal/query (which says what unit an expression has) and
// internal/config. Data flows
//
//	schema -> Signals -> rules.Derive -> []Group
//	signals, groups   -> render.Layout -> []Board
//
// An alert and a panel on the same signal share its Expr and so cannot disagree.
package plan

import (
	"strings"
	"time"

	"github.com/dashgen/dashgen/schema"
)

// An Expr is PromQL with two holes: the matchers that every selector gets and the
// range that every rate, increase and histogram uses. Panels fill them with
// variables and $__rate_interval, rules with nothing and a duration.
type Expr string

// The holes of an Expr, used when one is put together: Matchers stands inside the
// braces of a selector ("{code=\"500\"\x01}" has none of its own comma), Range inside
// square brackets. Both are control characters, which strconv.Quote never leaves
// in a quoted label value.
const (
	Matchers = "\x01"
	Range    = "\x02"
)

// In returns the expression with its holes filled. matchers is a comma-separated
// list such as `job=~"$job",instance=~"$instance"`, or empty.
func (e Expr) In(matchers, rng string) string {
	s := string(e)
	if matchers == "" {
		s = strings.ReplaceAll(s, "{"+Matchers+"}", "")
		s = strings.ReplaceAll(s, ","+Matchers, "")
	}
	s = strings.ReplaceAll(s, Matchers, matchers)
	return strings.ReplaceAll(s, Range, rng)
}

// String shows the holes as $matchers and $range.
func (e Expr) String() string { return e.In("$matchers", "$range") }

// A Kind says how a signal behaves. What draws it or watches it asks for the
// kinds that it understands and leaves the others alone.
type Kind string

// The kinds of signals.
const (
	Rate         Kind = "rate"         // a counter's increase a second
	Level        Kind = "level"        // a gauge as it stands
	Ratio        Kind = "ratio"        // part of a whole, 0 to 1
	Distribution Kind = "distribution" // a histogram, classic or native
	Quantiles    Kind = "quantiles"    // a summary's own quantiles
	Mean         Kind = "mean"         // a summary that has only its sum and count
	Age          Kind = "age"          // seconds since a timestamp
	State        Kind = "state"        // 0 or 1, or an enumeration
	Info         Kind = "info"         // always 1; its labels are the news
)

// A Signal is one thing to watch: a metric, or siblings that make sense together.
type Signal struct {
	Key       string // stable identity: the name of its first metric, for siblings with the role appended
	Kind      Kind
	Title     string
	Unit      string   // Grafana unit id of Series, empty for plain numbers
	Subsystem string   // groups signals into rows
	Path      []string // what it is about, from large to small: Subsystem, then the parts of its metric's name; boards are split by it
	Metrics   []*schema.Metric
	Series    []Series // what is drawn, in order; never empty
	Why       string   // one sentence: why it is looked at in this way
}

// TitleOf returns the title of a signal where it is that of one of its metrics alone, else "".
func (s *Signal) TitleOf(m *schema.Metric) string {
	last := s.Series[len(s.Series)-1]
	if s.Metrics[0] == m && (len(s.Metrics) == 1 || len(s.Metrics) == 2 && last.Role == LimitRole) {
		return s.Title
	}
	return ""
}

// A Series is one expression of a signal with its legend.
type Series struct {
	Role   string // what it is to the signal: "", "errors", "total", "limit", "p50", "p95", "p99", "avg", "heatmap", …
	Expr   Expr
	Legend string // Grafana legend format, for instance {{code}}
	Unit   string // Grafana unit id where it differs from the signal's
	Native Expr   // the same of native histograms, where the source registers both kinds; else empty
}

// A Rule is an alert or a recording rule; exactly one of Alert and Record is set.
type Rule struct {
	Alert         string
	Record        string
	Expr          string
	For           time.Duration // zero: fires at once
	KeepFiringFor time.Duration
	Labels        map[string]string
	Annotations   map[string]string

	// Owner is what a person declared that the rule was made of with others, as findings call
	// it: objective "checkout". Empty: the rule itself.
	Owner string

	Signal  string     // Key of the signal it watches, where one is known
	Metrics []string   // names of the metrics in Expr, sorted
	Pattern string     // name of the pattern that derived it; empty: declared by a person
	Pos     schema.Pos // of the declaration, or of the metric it is derived from
	ExprPos schema.Pos // of the first character of Expr where a person wrote it
	Ignores []Ignore   // findings that the declaration accepts, with reasons
}

// Name returns the alert's or the recorded series' name.
func (r *Rule) Name() string {
	if r.Alert != "" {
		return r.Alert
	}
	return r.Record
}

// A Group is a rule group. Rules keep the order in which they are evaluated.
type Group struct {
	Name     string
	Interval time.Duration // zero: Prometheus' evaluation interval
	Rules    []Rule

	Objective *Objective // that the rules are about; nil: none
}

// An Objective is a service level objective as boards show it.
type Objective struct {
	Name        string
	Description string
	Target      float64       // the share of events that is to be good
	Window      time.Duration // over which
	Remaining   string        // expression of the share of the error budget that is left
	Burns       []Burn        // the alerts' conditions, the fastest first
	Alert       string        // name of the alerts on them
	Metrics     []string      // names of the metrics that events are counted by, sorted
	Pos         schema.Pos
}

// A Burn is how fast an error budget may go: Factor times as fast as it may to last for the
// objective's window. An alert asks for it over both of two windows.
type Burn struct {
	Factor      float64
	Long, Short time.Duration
	Severity    string
	Rate        string // expression of the factor over Long as it is
}

// An Ignore accepts the findings of one check at one place.
type Ignore struct {
	Check  string
	Reason string // required: an ignore without one is itself a finding
	Until  string // the last day on which it holds, as 2027-01-31; empty: for good
	Pos    schema.Pos
}

// A Board is one dashboard.
type Board struct {
	UID         string // at most 40 of [a-zA-Z0-9_-]
	Title       string
	Description string
	Tags        []string
	Refresh     string // for instance "30s"
	From        string // for instance "now-1h"; To is always now
	Variables   []Variable
	Annotations []Annotation
	Rows        []Row
	Folder      string     // uid of the first board of the folder it belongs to, which the ids of its panels go by; empty: it stands alone
	Pos         schema.Pos // where it was declared; zero: dashgen's own
}

// A Variable is one dashboard variable.
type Variable struct {
	Name  string
	Label string
	Type  string // "datasource", "query" or "custom"
	Query string // datasource: plugin id; query: label_values(...); custom: its options, joined by commas
	Regex string
	// Single says of a query that one value is chosen, and never all.
	Single bool
	// Current is the value selected at first. Empty: all for a query, Grafana's
	// default for a data source; never for a custom one, of which it is an option. Grafana takes
	// the first option where it is none.
	Current string
}

// TextValue returns what an option of a custom variable is called and its value: both are the
// option, where it is not written as "text : value".
func TextValue(option string) (text, value string) {
	if text, value, ok := strings.Cut(option, " : "); ok {
		return strings.TrimSpace(text), strings.TrimSpace(value)
	}
	return option, option
}

// An Annotation marks on every graph of a board when its expression has a value above 0.
type Annotation struct {
	Name  string
	Expr  string // variables not yet filled in
	Color string
	Title string // of a mark, as a legend has it
	Tags  string // labels whose values a mark shows, joined by commas
	On    bool   // shown until somebody switches it off; else the other way round
}

// A Row is a titled band of panels. A row with an empty title has no header.
type Row struct {
	Title     string
	ID        int // of its header, which is a panel to Grafana; set by render.Layout, 0 without a header
	Collapsed bool
	Panels    []Panel
}

// A Panel is one rectangle of a board.
type Panel struct {
	Key         string // stable identity within the board; its hash is the ID
	ID          int    // 1 to 2^31-1, set by render.Layout
	Kind        string // name of a panel kind in render's registry: "timeseries", "stat", …
	Title       string
	Description string
	X, Y, W, H  int    // grid cells; the board is 24 wide
	Unit        string // Grafana unit id
	Min, Max    *float64
	Decimals    *int
	NoValue     string
	Stack       bool
	Bars        bool // a bar for each point, of a time series
	Names       bool // of a stat: the names of its series instead of their values
	Queries     []Query
	Steps       []Step
	Mappings    []Mapping
	Overrides   []Override
	Links       []Link
	Content     string            // Markdown, for kind "text"
	AlertFilter map[string]string // label filter, for kind "alertlist"

	Why     []string   // why it is drawn as it is where it might be otherwise, each in a few words
	Metrics []string   // names of the metrics it shows, sorted
	Alerts  []string   // names of the alerts whose expression or signal it plots
	Pos     schema.Pos // where it was declared; zero: dashgen's own
	Ignores []Ignore
}

// A Query is one target of a panel.
type Query struct {
	RefID      string // A, B, …
	Expr       string // variables not yet filled in
	Legend     string
	Instant    bool
	Heatmap    bool       // series are buckets
	Table      bool       // answer as a table
	Exemplars  bool       // points that lead to traces are asked for, too
	Datasource string     // "prometheus" (also when empty) or "loki"
	Pos        schema.Pos // of the first character of Expr where a person wrote it
}

// A Step is one threshold: Color from Value upwards. The first step's Value is
// ignored (it is the base).
type Step struct {
	Value float64
	Color string
}

// A Mapping shows text and colour instead of a value.
type Mapping struct {
	Value string // the value as text, for instance "1" or "0.5"
	Text  string
	Color string
}

// An Override changes how the series whose legend matches Regexp, or whose query
// is RefID, is drawn.
type Override struct {
	Regexp    string // of the whole legend, without slashes
	RefID     string
	Unit      string
	Color     string
	Dash      bool
	NegativeY bool
	NoFill    bool
}

// A Link leads from a panel elsewhere.
type Link struct{ Title, URL string }
