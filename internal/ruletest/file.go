package ruletest

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// A File is one file of unit tests.
type File struct {
	Name       string
	RuleFiles  []Pattern
	Evaluation time.Duration // between evaluations; default 1m
	Order      []string      // of groups: those that stand earlier are evaluated earlier, after those that are not in it
	Fuzzy      bool          // numbers of expressions may differ in the last bit
	Tests      []*Test
}

// A Pattern is a glob of rule files, relative to the folder of the test file.
type Pattern struct {
	Glob string
	Pos  schema.Pos
}

// A Test is one entry of tests: series, and what is to come of them.
type Test struct {
	Name           string        // empty: it has none
	Interval       time.Duration // between samples; default File.Evaluation
	Input          []Input
	Alerts         []AlertCase
	Exprs          []ExprCase
	ExternalLabels map[string]string
	ExternalURL    string
	Start          time.Time // of the first sample; default the epoch
	Pos            schema.Pos
}

// An Input is one series in promtool's notation.
type Input struct {
	Series, Values string
	Pos            schema.Pos
}

// An AlertCase says which alerts of a name fire at a time.
type AlertCase struct {
	At    time.Duration // from Test.Start
	Alert string
	Want  []Alert // none: it does not fire
	Pos   schema.Pos
}

// An Alert is an alert that fires, without the label alertname.
type Alert struct {
	Labels, Annotations map[string]string
}

// An ExprCase says what an expression is at a time.
type ExprCase struct {
	Expr string
	At   time.Duration
	Want []Sample
	Pos  schema.Pos
}

// A Sample is one series of an expression's value.
type Sample struct {
	Labels    string // as PromQL writes them
	Value     float64
	Histogram string // a native histogram in promtool's notation; then Value counts for nothing
	Pos       schema.Pos
}

// maxSize bounds a file of unit tests, in bytes.
const maxSize = 16 << 20

// Parse reads a file of unit tests. Findings are of check "rule-test", and "yaml" where it is
// damaged; the File holds what could be read and is nil where nothing could. A key that
// promtool does not know is a finding, as it is an error there.
func Parse(name string, data []byte) (*File, []schema.Finding) {
	doc, findings := source.YAML(name, data, maxSize)
	if doc.Root == nil {
		return nil, findings
	}
	r := &reader{findings: findings}
	f := &File{Name: name, Evaluation: time.Minute}
	r.fields(doc.Root, "a file of unit tests", map[string]func(*source.Node){
		"rule_files": func(n *source.Node) {
			r.each(n, func(n *source.Node) { f.RuleFiles = append(f.RuleFiles, Pattern{n.Text, n.Pos()}) })
		},
		"evaluation_interval": func(n *source.Node) { r.interval(n, &f.Evaluation) },
		"group_eval_order": func(n *source.Node) {
			r.each(n, func(n *source.Node) {
				if slices.Contains(f.Order, n.Text) {
					r.report(n, "group %q stands twice in group_eval_order", n.Text)
				}
				f.Order = append(f.Order, n.Text)
			})
		},
		"fuzzy_compare": func(n *source.Node) { f.Fuzzy = n.Text == "true" },
		"tests":         func(n *source.Node) { r.each(n, func(n *source.Node) { f.Tests = append(f.Tests, r.test(n)) }) },
	})
	for _, t := range f.Tests {
		t.Interval = cmp.Or(t.Interval, f.Evaluation)
	}
	return f, schema.SortFindings(r.findings)
}

// A reader decodes nodes and collects findings.
type reader struct{ findings []schema.Finding }

func (r *reader) report(n *source.Node, format string, args ...any) {
	r.findings = append(r.findings, schema.Finding{Pos: n.Pos(), Check: "rule-test", Message: fmt.Sprintf(format, args...)})
}

// fields reads the fields of a mapping.
func (r *reader) fields(n *source.Node, noun string, of map[string]func(*source.Node)) {
	if n.Kind != source.Map {
		r.report(n, "%s is a mapping, not %s", noun, n.Kind)
		return
	}
	for _, f := range n.Fields {
		read := of[f.Key]
		if read == nil {
			keys := sortedKeys(of)
			finding := schema.Finding{Pos: f.Pos, Check: "rule-test", Message: fmt.Sprintf("%s has no key %q", noun, f.Key),
				Hint: "keys are " + strings.Join(keys, ", ")}
			if near := source.Nearest(f.Key, keys); near != "" {
				finding.Hint = fmt.Sprintf("did you mean %q?", near)
			}
			r.findings = append(r.findings, finding)
			continue
		}
		if f.Value.Kind != source.Null {
			read(f.Value)
		}
	}
}

// each reads the items of a list.
func (r *reader) each(n *source.Node, read func(*source.Node)) {
	if n.Kind != source.List {
		r.report(n, "here is a list, not %s", n.Kind)
		return
	}
	for _, item := range n.Items {
		read(item)
	}
}

func (r *reader) text(n *source.Node, to *string) {
	if n.Kind == source.List || n.Kind == source.Map {
		r.report(n, "here is text, not %s", n.Kind)
		return
	}
	*to = n.Text
}

// interval reads a duration that may not be zero.
func (r *reader) interval(n *source.Node, to *time.Duration) {
	if r.duration(n, to); *to <= 0 {
		r.report(n, "an interval is longer than nothing")
		*to = time.Minute
	}
}

func (r *reader) duration(n *source.Node, to *time.Duration) {
	d, err := model.ParseDuration(n.Text)
	if err != nil {
		r.report(n, "%q is no duration, such as 5m or 1h30m", n.Text)
	}
	*to = time.Duration(d)
}

// number reads a number as YAML writes it: 1e3, 0x1f, 0b110, 010, which is 8, and 1_000.
func (r *reader) number(n *source.Node, to *float64) {
	text := strings.ToLower(strings.ReplaceAll(n.Text, "_", ""))
	if i, err := strconv.ParseInt(text, 0, 64); err == nil {
		*to = float64(i)
		return
	}
	switch strings.TrimLeft(text, "+-") {
	case ".inf":
		text = strings.Replace(text, ".", "", 1)
	case ".nan":
		text = "NaN"
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		r.report(n, "%q is no number", n.Text)
	}
	*to = v
}

// words reads a mapping of text.
func (r *reader) words(n *source.Node, to *map[string]string) {
	if n.Kind != source.Map {
		r.report(n, "here is a mapping, not %s", n.Kind)
		return
	}
	*to = map[string]string{}
	for _, f := range n.Fields {
		var text string
		r.text(f.Value, &text)
		(*to)[f.Key] = text
	}
}

func (r *reader) test(n *source.Node) *Test {
	t := &Test{Pos: n.Pos(), Start: time.Unix(0, 0).UTC()}
	r.fields(n, "a test", map[string]func(*source.Node){
		"name":     func(n *source.Node) { r.text(n, &t.Name) },
		"interval": func(n *source.Node) { r.interval(n, &t.Interval) },
		"input_series": func(n *source.Node) {
			r.each(n, func(n *source.Node) { t.Input = append(t.Input, r.input(n)) })
			t.Input = r.once(t.Input)
		},
		"alert_rule_test": func(n *source.Node) {
			r.each(n, func(n *source.Node) { t.Alerts = append(t.Alerts, r.alertCase(n)) })
		},
		"promql_expr_test": func(n *source.Node) {
			r.each(n, func(n *source.Node) { t.Exprs = append(t.Exprs, r.exprCase(n)) })
		},
		"external_labels": func(n *source.Node) { r.words(n, &t.ExternalLabels) },
		"external_url":    func(n *source.Node) { r.text(n, &t.ExternalURL) },
		"start_timestamp": func(n *source.Node) { r.start(n, &t.Start) },
	})
	return t
}

// start reads a time: RFC 3339, or seconds since the epoch.
func (r *reader) start(n *source.Node, to *time.Time) {
	if seconds, err := strconv.ParseFloat(n.Text, 64); err == nil {
		whole, rest := math.Modf(seconds)
		*to = time.Unix(int64(whole), int64(rest*float64(time.Second))).UTC()
		return
	}
	at, err := time.Parse(time.RFC3339Nano, n.Text)
	if err != nil {
		r.report(n, "%q is no time, such as 2026-01-31T00:00:00Z or seconds since the epoch", n.Text)
		return
	}
	*to = at
}

func (r *reader) input(n *source.Node) Input {
	in := Input{Pos: n.Pos()}
	r.fields(n, "a series", map[string]func(*source.Node){
		"series": func(n *source.Node) { r.text(n, &in.Series); in.Pos = n.Pos() },
		"values": func(n *source.Node) {
			r.text(n, &in.Values)
			if many := repeats(in.Values); many > mostSteps {
				r.report(n, "%.10g values are more than %d, and are left out", many, mostSteps)
				in.Values = ""
			}
		},
	})
	return in
}

// mostSteps bounds the values of a series, and the evaluations of a test.
const mostSteps = 1 << 22

var times = regexp.MustCompile(`x([0-9]+)`)

// repeats returns how many values a series' notation stands for, at least: the parser writes
// them all out.
func repeats(values string) float64 {
	sum := 0.0
	for _, m := range times.FindAllStringSubmatch(values, -1) {
		n, _ := strconv.ParseFloat(m[1], 64) // +Inf where it is out of range
		sum += n
	}
	return sum
}

// once returns the series without those that stand again further down, as promtool takes them.
func (r *reader) once(all []Input) []Input {
	last := map[string]int{}
	of := make([]string, len(all))
	for i, in := range all {
		ls, err := engine.ParseLabels(in.Series)
		if of[i] = ls.String(); err != nil {
			of[i] = fmt.Sprint(i) // which fails where it is loaded
		}
		last[of[i]] = i
	}
	var list []Input
	for i, in := range all {
		if at := last[of[i]]; at != i {
			r.findings = append(r.findings, schema.Finding{Pos: in.Pos, Check: "rule-test", Severity: schema.Warning,
				Message: fmt.Sprintf("series %s stands again in line %d, and its values here count for nothing", of[i], all[at].Pos.Line)})
			continue
		}
		list = append(list, in)
	}
	return list
}

func (r *reader) alertCase(n *source.Node) AlertCase {
	c := AlertCase{Pos: n.Pos()}
	r.fields(n, "an alert's test", map[string]func(*source.Node){
		"eval_time": func(n *source.Node) { r.duration(n, &c.At) },
		"alertname": func(n *source.Node) { r.text(n, &c.Alert) },
		"exp_alerts": func(n *source.Node) {
			r.each(n, func(n *source.Node) {
				var a Alert
				if n.Kind != source.Null {
					r.fields(n, "an expected alert", map[string]func(*source.Node){
						"exp_labels":      func(n *source.Node) { r.words(n, &a.Labels) },
						"exp_annotations": func(n *source.Node) { r.words(n, &a.Annotations) },
					})
				}
				c.Want = append(c.Want, a)
			})
		},
	})
	if c.Alert == "" {
		r.report(n, "a test of an alert needs alertname")
	}
	return c
}

func (r *reader) exprCase(n *source.Node) ExprCase {
	c := ExprCase{Pos: n.Pos()}
	r.fields(n, "an expression's test", map[string]func(*source.Node){
		"expr":      func(n *source.Node) { r.text(n, &c.Expr) },
		"eval_time": func(n *source.Node) { r.duration(n, &c.At) },
		"exp_samples": func(n *source.Node) {
			r.each(n, func(n *source.Node) {
				s := Sample{Pos: n.Pos()}
				r.fields(n, "an expected sample", map[string]func(*source.Node){
					"labels":    func(n *source.Node) { r.text(n, &s.Labels) },
					"value":     func(n *source.Node) { r.number(n, &s.Value) },
					"histogram": func(n *source.Node) { r.text(n, &s.Histogram) },
				})
				c.Want = append(c.Want, s)
			})
		},
	})
	return c
}
