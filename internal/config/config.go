// Package config reads dashgen.yaml.
//
// It owns the plain types of the configuration, its defaults, and where it is
// found: in the working directory or above it, up to the folder of go.mod. Paths
// in it are relative to it. An unknown key, a value of the wrong shape and
// damaged YAML are findings with file:line:col; every one is reported, not the
// first. Positions of what people wrote are kept, so that lint can point at them.
//
// Every key is one row of a table in keys.go: its name, what it means, how it is
// read, how it is written back. The reader ([Parse]), the effective values
// ([Config.YAML]) and the published dashgen.schema.json ([JSONSchema]) are three
// uses of those rows, so adding a key is adding a row and a field.
//
// It imports schema (for Pos and Finding), internal/input/source (YAML with
// positions) and Prometheus' durations, nothing else of dashgen. Rules are kept in
// Prometheus' own shape; package rules turns them into plan.Group, and package
// input reads rule files with the same rows ([Groups]).
package config

import (
	"time"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// A Config is dashgen.yaml with its defaults filled in. The zero value is not
// useful: use Default or Load.
type Config struct {
	File string // the file it was read from; empty: no file, all defaults
	Dir  string // the folder that paths are relative to

	Version       int           // 1
	Name          string        // of the program, for titles and uids; default: last element of the module path
	Out           string        // output folder, relative to Dir; default "monitoring"
	Outputs       []string      // names of Outputs that are written besides what always is
	Job           string        // the job label its targets are scraped with; empty: not said, and never guessed
	TargetLabels  []string      // labels that scraping adds; nil: not said, job and instance are certain and the usual ones possible
	Owned         []string      // globs of metric names that are this program's
	Platforms     []string      // GOOS/GOARCH that are scanned; default linux/amd64
	Tags          []string      // build tags that they are scanned with
	Programs      []Program     // empty: there is one; see ByProgram
	Constructors  []Constructor // in-house functions and types that describe metrics
	Prometheus    string        // oldest version to support; default "2.42"
	PrometheusAt  schema.Pos    // of Prometheus; zero where none is written
	Grafana       string        // oldest version to support; default "11"
	Intervals     Intervals
	Retention     time.Duration              // for which Prometheus keeps samples; zero: not said
	RunbookURL    string                     // base; "/<alert>" is appended; empty: the annotation is left out
	OTelSchemaURL string                     // base of otel/schema.yaml's own address; the last release is appended
	GrafanaURL    string                     // base of panel links in alerts; empty: the annotation is left out
	GrafanaSource string                     // uid of the data source that Grafana-managed alerts ask
	Checks        map[string]schema.Severity // per check; "" (written: off) switches it off
	CheckPaths    map[string][]PathSeverity  // per check, in some files; the last one that fits counts
	CheckPos      map[string]schema.Pos      // of the keys of Checks and CheckPaths
	Dashboards    []Dashboard
	Alerts        []Group
	SLOs          SLOs
	Subsystems    []Subsystem // named by hand, before those that packages and names tell
	Derive        Derive
	Inputs        Inputs
	Overlays      []string // Jsonnet files that change generated dashboards and rules, relative to Dir
	Schemas       []Glob   // files like metrics.json, of other programs
	Exposition    []string // files of expositions, relative to Dir, that the metrics are read from instead of Go source
	SeriesLimit   int      // series that one metric family of one target may have; default 1000

	Main string // of a program, its main package, relative to Dir; see ByProgram

	doc *source.Document // nil: no file
}

// At returns where byte offset of the string stands whose first character stands
// at pos, for instance of a rule's Expr at its ExprPos.
func (c *Config) At(pos schema.Pos, offset int) schema.Pos {
	if c.doc == nil {
		return pos
	}
	return c.doc.At(pos, offset)
}

// A Subsystem is a part of the program that people named.
type Subsystem struct {
	Name    string
	Metrics []string // globs of the names of its metrics
	Pos     schema.Pos
}

// Intervals are Prometheus' own, which ranges and `for` are checked against.
type Intervals struct {
	Scrape     time.Duration // default 15s
	Evaluation time.Duration // default: Scrape
	Assumed    bool          // nobody wrote scrape
}

// Derive says what dashgen adds by itself to what is declared.
type Derive struct {
	Dashboards bool // default true
	Alerts     bool // default true
	Deprecated bool // a dashboard of the deprecated metrics that are still in the code
}

// A Dashboard is a declared dashboard.
type Dashboard struct {
	UID         string // default: Name and the title, as a slug
	Title       string
	Description string
	Tags        []string
	Refresh     string // default 30s
	From        string // default now-1h
	Rows        []Row
	Ignores     []Ignore
	Pos         schema.Pos
}

// A Row is a titled row of declared panels.
type Row struct {
	Title     string
	Collapsed bool
	Panels    []Panel
	Pos       schema.Pos
}

// A Panel is a declared panel. It shows either Metrics, drawn as dashgen draws
// them by itself, or Queries.
type Panel struct {
	Title       string
	Description string
	Type        string   // panel kind; default: chosen from the metric
	Metrics     []string // written as metric: or metrics:
	Queries     []Query  // written as expr: (with legend:) or queries:
	Unit        string   // Grafana unit id; default: inferred
	Width       int      // grid cells of 24; default: shares the line
	Height      int      // grid cells; default by kind
	Stack       bool
	Min, Max    *float64
	Decimals    *int
	NoValue     string
	Thresholds  []Threshold
	Mappings    []Mapping
	Content     string            // for text
	Alerts      map[string]string // for alertlist: label filter
	Ignores     []Ignore
	Pos         schema.Pos
	TypePos     schema.Pos   // of Type; zero where none is written
	UnitPos     schema.Pos   // of Unit; zero where none is written
	MetricPos   []schema.Pos // of each of Metrics
}

// A Query is one expression of a declared panel.
type Query struct {
	Expr       string
	Legend     string
	Unit       string
	Instant    bool
	Datasource string     // "prometheus" (default) or "loki"
	Pos        schema.Pos // of Expr's first character
	UnitPos    schema.Pos // of Unit; zero where none is written
	LegendPos  schema.Pos // of Legend; zero where none is written
}

// A Threshold colours values from Value upwards.
type Threshold struct {
	Value float64
	Color string
}

// A Mapping shows Text, in Color, instead of Value.
type Mapping struct {
	Value string
	Text  string
	Color string
}

// A Group is a rule group in Prometheus' own syntax.
type Group struct {
	Name     string
	Interval time.Duration
	Rules    []Rule
	Labels   map[string]string // which each of Rules has, too, unless it sets them itself
	Pos      schema.Pos
}

// A Rule is an alerting or recording rule in Prometheus' own syntax.
type Rule struct {
	Record        string
	Alert         string
	Expr          string
	For           time.Duration
	KeepFiringFor time.Duration
	Labels        map[string]string
	Annotations   map[string]string
	Ignores       []Ignore
	Pos           schema.Pos // of the name
	ExprPos       schema.Pos // of the expression's first character

	// Places are where values begin: of "for", "labels.NAME" and "annotations.NAME".
	Places map[string]schema.Pos
}

// An Ignore is a comment "# dashgen:ignore CHECK reason [until=DAY]" above or behind the
// declaration that it speaks of.
type Ignore struct {
	Check  string
	Reason string
	Until  string // the last day on which it holds, as 2027-01-31; empty: for good
	Pos    schema.Pos
}

// Default returns the configuration of a program without dashgen.yaml.
func Default() *Config {
	return &Config{
		Version:       1,
		Out:           "monitoring",
		Platforms:     []string{"linux/amd64"},
		Prometheus:    "2.42",
		Grafana:       "11",
		GrafanaSource: "prometheus",
		Intervals:     Intervals{Scrape: 15 * time.Second, Evaluation: 15 * time.Second, Assumed: true},
		Derive:        Derive{Dashboards: true, Alerts: true},
		SeriesLimit:   1000,
	}
}
