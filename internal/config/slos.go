package config

import (
	"regexp"
	"time"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// This file holds the keys of slos.

// SLOs are the service level objectives of a program, and what their alerts share.
type SLOs struct {
	Files                []Glob // of specifications that sloth and OpenSLO know, too
	Page, Ticket, Absent SLOAlert
	Objectives           []SLO // written in dashgen.yaml
	Read                 []SLO // of Files; filled in by Load
}

// An SLO is a service level objective: which share of events is to be good. Events are
// those of a metric, or what a pair of expressions counts.
type SLO struct {
	Name        string
	Description string
	Service     string        // default: the program's name
	Objective   float64       // percent of events that are to be good
	Window      time.Duration // over which; default 30d

	Metric string   // a counter of all events, or a histogram
	Errors string   // of a counter: another that counts the failed ones, or matchers in braces; empty: told by the outcome label
	Below  *float64 // of a histogram: one of its bounds, up to which an event is good
	Match  string   // matchers, without braces, that events must fit

	// Expressions in which {{.window}} stands for the range: either Ratio, of failed events
	// to all, or Total and one of Error and Good.
	Error, Good, Total, Ratio Query

	MinErrors   int               // events that must have failed within the long window of an alert; default 2
	Alert       string            // name of the alerts; default: made of those of program and objective
	Labels      map[string]string // of each rule
	Annotations map[string]string // of each alert
	Page        SLOAlert
	Ticket      SLOAlert
	Absent      SLOAlert
	Sloth       bool // sloth wrote it: what is recorded has the labels that its dashboards select by

	Ignores []Ignore
	Pos     schema.Pos
	Places  map[string]schema.Pos // of the values of keys
}

// An SLOAlert says how one kind of an objective's alerts is sent.
type SLOAlert struct {
	Severity    string
	For         time.Duration
	Labels      map[string]string
	Annotations map[string]string
	Disable     bool
}

var slos = object[SLOs]{
	noun: "slos",
	rows: []row[SLOs]{
		key("files", globs(), "Globs of specifications of sloth (prometheus/v1) and OpenSLO (openslo/v1). ** stands for any folders.", func(s *SLOs) *[]Glob { return &s.Files }),
		key("page", sloAlert.kind(), "What wakes people: the alerts on a budget that is gone within hours or days. Severity by default: critical.", func(s *SLOs) *SLOAlert { return &s.Page }),
		key("ticket", sloAlert.kind(), "What can wait until the morning: the alerts on a budget that goes slowly. Severity by default: warning.", func(s *SLOs) *SLOAlert { return &s.Ticket }),
		key("absent", sloAlert.kind(), "The alerts on events that are not counted any more. Severity by default: warning.", func(s *SLOs) *SLOAlert { return &s.Absent }),
		key("objectives", listOf(slo.kind()), "The objectives.", func(s *SLOs) *[]SLO { return &s.Objectives }),
	},
	check: func(r *reader, _ *source.Node, s *SLOs) {
		first := map[string]schema.Pos{}
		for _, o := range s.Objectives {
			r.twin(first, o.Name, o.Pos, "two objectives are called "+o.Name, "rename one of them")
		}
	},
}

var aSLO = form{pattern: regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`), want: "up to 63 small letters, digits and hyphens"}

var slo = object[SLO]{
	noun: "objective",
	rows: []row[SLO]{
		required(key("name", text(aSLO), "Its name, for rules and panels.", func(o *SLO) *string { return &o.Name })),
		required(key("objective", float(), "How many percent of the events are to be good, for instance 99.9.", func(o *SLO) *float64 { return &o.Objective })),
		key("window", duration(), "The time over which that is to hold. Default: 30d.", func(o *SLO) *time.Duration { return &o.Window }),
		key("description", plain(), "What it means for people.", func(o *SLO) *string { return &o.Description }),
		key("service", plain(), "The service that it is of. Default: the program's name.", func(o *SLO) *string { return &o.Service }),
		key("metric", text(aMetric), "The counter of all events, or the histogram of how long they take.", func(o *SLO) *string { return &o.Metric }),
		key("errors", plain(), `Of a counter, what failed: another counter, or matchers such as {code=~"5.."}. Default: the values of code, status, result or outcome that the source shows.`, func(o *SLO) *string { return &o.Errors }),
		key("below", optional(float()), "Of a histogram, the bucket bound up to which an event is good.", func(o *SLO) **float64 { return &o.Below }),
		key("match", plain(), `Matchers that choose among the metric's series, for instance route="/pay".`, func(o *SLO) *string { return &o.Match }),
		sloQuery("error_query", "Expression that counts the failed events a second, in which {{.window}} stands for the range.", func(o *SLO) *Query { return &o.Error }),
		sloQuery("good_query", "Expression that counts the good events a second, instead of error_query.", func(o *SLO) *Query { return &o.Good }),
		sloQuery("total_query", "Expression that counts all events a second.", func(o *SLO) *Query { return &o.Total }),
		sloQuery("ratio_query", "Expression of the share of failed events, instead of the others.", func(o *SLO) *Query { return &o.Ratio }),
		key("min_errors", integer(1, 1<<31-1), "How many events must have failed within the long window of an alert for it to fire. Default: 2, so that one failed request is no alert.", func(o *SLO) *int { return &o.MinErrors }),
		key("alert", plain(), "Name of its alerts. Default: made of the names of program and objective.", func(o *SLO) *string { return &o.Alert }),
		key("labels", mapOf(anyText(), labelName), "Labels of its recording rules and alerts.", func(o *SLO) *map[string]string { return &o.Labels }),
		key("annotations", mapOf(anyText(), labelName), "Annotations of its alerts.", func(o *SLO) *map[string]string { return &o.Annotations }),
		key("page", sloAlert.kind(), "As above, for this objective.", func(o *SLO) *SLOAlert { return &o.Page }),
		key("ticket", sloAlert.kind(), "As above, for this objective.", func(o *SLO) *SLOAlert { return &o.Ticket }),
		key("absent", sloAlert.kind(), "As above, for this objective.", func(o *SLO) *SLOAlert { return &o.Absent }),
	},
	begin: func(r *reader, n *source.Node, o *SLO) {
		o.Pos, o.Ignores, o.Places = n.Pos(), r.ignores[n], map[string]schema.Pos{}
		for _, f := range n.Fields {
			o.Places[f.Key] = f.Value.Pos()
		}
	},
	check: func(r *reader, _ *source.Node, o *SLO) {
		r.findings = append(r.findings, o.Faults()...)
	},
}

var sloAlert = object[SLOAlert]{
	noun: "alert of an objective",
	rows: []row[SLOAlert]{
		key("severity", plain(), "The severity label.", func(a *SLOAlert) *string { return &a.Severity }),
		key("for", duration(), "How long the expression must hold before the alert fires.", func(a *SLOAlert) *time.Duration { return &a.For }),
		key("labels", mapOf(anyText(), labelName), "Labels to add, for instance those that Alertmanager routes by.", func(a *SLOAlert) *map[string]string { return &a.Labels }),
		key("annotations", mapOf(anyText(), labelName), "Annotations to add.", func(a *SLOAlert) *map[string]string { return &a.Annotations }),
		key("disable", boolean(onlyTrue), "Whether there is no such alert.", func(a *SLOAlert) *bool { return &a.Disable }),
	},
}

// sloQuery is a row of an expression whose place is kept.
func sloQuery(name, doc string, of func(*SLO) *Query) row[SLO] {
	k := key(name, plain(), doc, func(o *SLO) *string { return &of(o).Expr })
	return placed(k, func(o *SLO) *schema.Pos { return &of(o).Pos })
}

// At returns where the value of a key stands, or else the objective.
func (o *SLO) At(key string) schema.Pos {
	if at, ok := o.Places[key]; ok {
		return at
	}
	return o.Pos
}

// Faults returns what an objective says that cannot be, as far as that needs no metric.
func (o *SLO) Faults() []schema.Finding {
	fault := func(key, message, hint string) []schema.Finding {
		return []schema.Finding{{Pos: o.At(key), Check: "config", Message: "objective " + o.Name + ": " + message, Hint: hint}}
	}
	queries := 0
	for _, q := range []Query{o.Error, o.Good, o.Total, o.Ratio} {
		if q.Expr != "" {
			queries++
		}
	}
	pair := queries == 2 && o.Total.Expr != "" && o.Ratio.Expr == ""
	switch {
	case o.Objective <= 0 || o.Objective >= 100:
		return fault("objective", "percent are above 0 and below 100", "write the share of good events in percent, for instance 99.9")
	case o.Window != 0 && o.Window < 24*time.Hour:
		return fault("window", "a window has a day or more", "write for instance 30d")
	case o.Metric == "" && queries == 0:
		return fault("", "it says of no events", "add metric, or error_query and total_query")
	case o.Metric != "" && queries > 0:
		return fault("metric", "it has both a metric and expressions", "leave one of them out")
	case queries > 0 && !pair && (queries != 1 || o.Ratio.Expr == ""):
		return fault("", "its expressions are no pair", "write total_query and one of error_query and good_query, or ratio_query alone")
	case o.Metric == "" && (o.Errors != "" || o.Below != nil || o.Match != ""):
		return fault("", "errors, below and match speak of a metric, and there is none", "add metric, or leave them out")
	case o.Below != nil && o.Errors != "":
		return fault("errors", "it has both errors and below", "make two objectives of it")
	}
	for i, q := range []Query{o.Error, o.Good, o.Total, o.Ratio} {
		if q.Expr != "" && !windowed.MatchString(q.Expr) {
			return fault([]string{"error_query", "good_query", "total_query", "ratio_query"}[i], "an expression has no {{.window}}, by which it would be computed over each range", "write it as the range: rate(shop_requests_total[{{.window}}])")
		}
	}
	return nil
}

var windowed = regexp.MustCompile(`\{\{\s*\.window\s*\}\}`)

// Over returns an expression for one range.
func (q Query) Over(window string) string { return windowed.ReplaceAllLiteralString(q.Expr, window) }
