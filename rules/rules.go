// Package rules makes Prometheus alerts and recording rules.
//
// It owns the registry of alert patterns (alert_NAME.go, one each), the alerts that
// people declare beside a metric or in dashgen.yaml, what is valid of them, and their form
// as rule files. It imports schema, internal/plan, internal/query, internal/config and Prometheus'
// rulefmt; never scanner, render or lint.
//
// Data flows
//
//	declared (directives, dashgen.yaml) ─┐
//	objectives (the same) ───────────────┤
//	patterns over signals ───────────────┴-> Derive -> []plan.Group
//	groups, and the boards that plot them -> Files -> rules/<group>.rules.yaml
//
// A pattern derives only alerts that need no threshold which nobody gave; of the others it
// says what they need: see [Needs]. A declared alert on a metric takes the place of those that
// patterns would derive from it, or ask a number for.
package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// A Pattern derives alerts from signals.
type Pattern struct {
	Name string
	Doc  string // the first sentence says what is watched; then why no threshold is needed

	// Alerts returns the pattern's alerts. It leaves Pattern and Metrics empty;
	// Derive fills them in. Names must be unique for each metric. Nil: all of them need a number.
	Alerts func(*Pass) []plan.Rule

	// Needs returns the alerts that lack a number which nobody gave. Nil: none does.
	Needs func(*Pass) []Need

	// Watched reports whether a declared alert's expression watches what r does. Nil, which
	// suits all but series that Prometheus itself writes: it does where it names a metric
	// that r is about.
	Watched func(p *Pass, r plan.Rule, declared parser.Expr) bool
}

var patterns []*Pattern

// register adds a pattern; alert_NAME.go calls it in init and does nothing else there.
func register(p *Pattern) { patterns = append(patterns, p) }

// Patterns returns the registered patterns, sorted by name.
func Patterns() []*Pattern {
	return slices.SortedFunc(slices.Values(patterns), func(a, b *Pattern) int { return cmp.Compare(a.Name, b.Name) })
}

// A Pass is what a pattern is given.
type Pass struct {
	Signals []plan.Signal
	Schema  *schema.Schema
	Config  *config.Config
}

// Each calls f for every metric that behaves so, with the title that its signal gives it.
// One whose signal's title is that of several has its name.
func (p *Pass) Each(kind plan.Kind, f func(s plan.Signal, m *schema.Metric, title string)) {
	for _, s := range p.Signals {
		if s.Kind != kind {
			continue
		}
		for _, m := range s.Metrics {
			f(s, m, literal(cmp.Or(s.TitleOf(m), m.Name)))
		}
	}
}

// Window is the range of rates in rules: five minutes, or four scrapes where that is
// longer, which two missed scrapes leave with two samples.
func (p *Pass) Window() string { return p.Range(5 * time.Minute) }

// Range is d as a range, or four scrapes where that is longer.
func (p *Pass) Range(d time.Duration) string {
	return Duration(max(d, 4*p.Config.Intervals.Scrape))
}

// Hold is the `for` of d, or of two evaluations where that is longer.
func (p *Pass) Hold(d time.Duration) time.Duration {
	return max(d, 2*p.Config.Intervals.Evaluation)
}

// Identity returns the labels that tell targets apart and that an alert keeps, and
// the declared labels given.
func (p *Pass) Identity(labels ...string) string {
	identity := []string{"job", "instance"}
	if p.Config.TargetLabels != nil {
		identity = p.Config.TargetLabels
	}
	return strings.Join(slices.Concat(identity, labels), ", ")
}

// Target is the template of what an alert's description calls the target.
func (p *Pass) Target() string {
	labels := p.Config.TargetLabels
	if labels == nil || slices.Contains(labels, "instance") {
		return "{{ $labels.instance }}"
	}
	for _, l := range labels {
		if l != "job" {
			return "{{ $labels." + l + " }}"
		}
	}
	return "the target"
}

// Name returns an alert's name: the program's and the metric's name in camel case, and
// what is wrong.
func (p *Pass) Name(m *schema.Metric, suffix string) string {
	name := ""
	if m != nil {
		name = strings.TrimSuffix(m.Name, "_total")
	}
	program := camel(p.Config.Name)
	if own := camel(name); !strings.HasPrefix(strings.ToLower(own), strings.ToLower(program)) {
		return program + own + suffix
	} else {
		return own + suffix
	}
}

// camel turns a_b-c into ABC, each part's first letter large. What is neither letter nor
// digit parts.
func camel(s string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) || r == utf8.RuneError }) {
		if strings.ToUpper(part) == part {
			part = strings.ToLower(part)
		}
		first, size := utf8.DecodeRuneInString(part)
		b.WriteString(string(unicode.ToUpper(first)) + part[size:])
	}
	return b.String()
}

// Duration writes d as Prometheus does: 5m, 1h30m.
func Duration(d time.Duration) string { return model.Duration(d).String() }

// Derive returns the program's rule groups, sorted by name: those of dashgen.yaml, a group
// with the program's name that holds the alerts declared at metrics, and, if the
// configuration wants them, a group of those that patterns derive; a group for each service
// level objective; and a group of recording rules for the names that metrics had. What is declared and
// cannot be used is a finding, and left out. A declared alert without a summary or a
// description gets one of what it compares.
func Derive(signals []plan.Signal, s *schema.Schema, cfg *config.Config) ([]plan.Group, []schema.Finding) {
	p := &Pass{Signals: signals, Schema: s, Config: cfg}
	groups, findings := configured(cfg)
	beside, more := directed(p)
	findings = append(findings, more...)
	groups = join(groups, plan.Group{Name: cfg.Name, Rules: beside})
	findings = append(findings, twins(groups)...)
	for _, g := range groups {
		for i := range g.Rules {
			annotate(p, &g.Rules[i])
		}
	}
	if cfg.Derive.Alerts {
		rules, more := derived(p, groups)
		findings = append(findings, more...)
		groups = join(groups, plan.Group{Name: cfg.Name + "-derived", Rules: rules})
	}
	groups = join(groups, plan.Group{Name: cfg.Name + "-renamed", Rules: bridges(s)})
	for i := range groups {
		for j := range groups[i].Rules {
			complete(p, &groups[i].Rules[j])
		}
	}
	slos, more := objectives(p)
	groups, findings = append(groups, slos...), append(findings, more...)
	slices.SortStableFunc(groups, func(a, b plan.Group) int { return cmp.Compare(a.Name, b.Name) })
	groups, more = Valid(groups, s)
	return groups, append(findings, more...)
}

// join adds a group, or its rules to the group of that name.
func join(groups []plan.Group, g plan.Group) []plan.Group {
	if len(g.Rules) == 0 {
		return groups
	}
	for i := range groups {
		if groups[i].Name == g.Name {
			groups[i].Rules = append(groups[i].Rules, g.Rules...)
			return groups
		}
	}
	return append(groups, g)
}

// derived returns what the patterns derive, without what a declared alert watches
// already, or has the name of a declared one.
func derived(p *Pass, declared []plan.Group) ([]plan.Rule, []schema.Finding) {
	taken, exprs := alertsOf(declared)
	byName := map[string]plan.Rule{}
	var findings []schema.Finding
	for _, pat := range Patterns() {
		if pat.Alerts == nil {
			continue
		}
		for _, r := range pat.Alerts(p) {
			r.Pattern = pat.Name
			complete(p, &r)
			if taken[r.Alert] || slices.ContainsFunc(exprs, func(e parser.Expr) bool { return pat.watched(p, r, e) }) {
				continue
			}
			if other, twice := byName[r.Alert]; twice {
				findings = append(findings, schema.Finding{Pos: r.Pos, Check: "duplicate-alert", Severity: schema.Warning,
					Message: fmt.Sprintf("two alerts are derived under the name %s; this one is left out", r.Alert),
					Related: []schema.Related{{Pos: other.Pos, Message: "the other is derived from this metric"}},
					Hint:    "declare it: //dashgen:alert Name expr=…"})
				continue
			}
			byName[r.Alert] = r
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b plan.Rule) int { return cmp.Compare(a.Alert, b.Alert) }), findings
}

// alertsOf returns the names and the expressions of declared alerts.
func alertsOf(declared []plan.Group) (names map[string]bool, exprs []parser.Expr) {
	names = map[string]bool{}
	for _, g := range declared {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			names[r.Alert] = true
			if e, err := query.Parse(r.Expr); err == nil {
				exprs = append(exprs, e)
			}
		}
	}
	return names, exprs
}

// watched reports whether a declared alert watches what one of the pattern's does.
func (pat *Pattern) watched(p *Pass, r plan.Rule, declared parser.Expr) bool {
	if pat.Watched != nil {
		return pat.Watched(p, r, declared)
	}
	about := subjects(p, r)
	named := false
	watching(declared, func(s *parser.VectorSelector) {
		m, _ := p.Schema.Series(query.Selectors(s)[0].Name)
		named = named || m != nil && slices.Contains(about, m.Name)
	})
	return named
}

// watching calls f for the selectors of an alert's expression, without those on the right
// of unless, which only take alerts away.
func watching(e parser.Expr, f func(*parser.VectorSelector)) {
	parser.Inspect(e, func(n parser.Node, path []parser.Node) error {
		s, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		path = append(path, n)
		for i, above := range path[:len(path)-1] {
			if b, ok := above.(*parser.BinaryExpr); ok && b.Op == parser.LUNLESS && path[i+1] == b.RHS {
				return nil
			}
		}
		f(s)
		return nil
	})
}

// subjects returns the metrics that a derived alert is about: those of its signal, where
// it has one, and not those that its expression is guarded with.
func subjects(p *Pass, r plan.Rule) []string {
	i := slices.IndexFunc(p.Signals, func(s plan.Signal) bool { return s.Key == r.Signal })
	if i < 0 {
		return r.Metrics
	}
	return slices.DeleteFunc(slices.Clone(r.Metrics), func(name string) bool {
		return !slices.ContainsFunc(p.Signals[i].Metrics, func(m *schema.Metric) bool { return m.Name == name })
	})
}

// complete fills in the names of the metrics that a rule is about, and the runbook that
// its signal's metric names.
func complete(p *Pass, r *plan.Rule) {
	r.Metrics = metricsOf(r.Expr, p.Schema)
	for _, name := range subjects(p, *r) {
		if m := p.Schema.Lookup(name); r.Signal != "" && m != nil && m.Runbook != "" && r.Annotations["runbook_url"] == "" {
			r.Annotations["runbook_url"] = literal(m.Runbook)
		}
	}
}

// metricsOf returns the names of the metrics that an expression selects, sorted.
func metricsOf(expr string, s *schema.Schema) []string {
	var names []string
	for _, name := range query.Names(expr) {
		if m, _ := s.Series(name); m != nil {
			name = m.Name
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// twins reports declared alerts that Alertmanager could not tell apart: one name and the
// same labels. One name with several severities is common and fine.
func twins(groups []plan.Group) []schema.Finding {
	var fs []schema.Finding
	alerts := map[string]plan.Rule{}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			key := fmt.Sprint(r.Alert, r.Labels)
			if other, twice := alerts[key]; twice {
				fs = append(fs, schema.Finding{Pos: r.Pos, Check: "duplicate-alert", Message: fmt.Sprintf("alert %s is declared twice with the same labels", r.Alert),
					Related: []schema.Related{{Pos: other.Pos, Message: "here, too"}}, Hint: "give one of them another name or severity"})
				continue
			}
			alerts[key] = r
		}
	}
	return fs
}

// literal returns text that an alert's template expands to itself.
func literal(text string) string { return strings.ReplaceAll(text, "{{", `{{ "{{" }}`) }

// hasPart reports whether a part of the metric's name is one of the words; a word may be
// of several parts.
func hasPart(m *schema.Metric, words []string) bool {
	name := "_" + strings.ToLower(m.Name) + "_"
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, "_"+w+"_") })
}

// describe puts the metric's help, as a sentence, before what is said of the alert.
func describe(m *schema.Metric, text string) string {
	help := strings.TrimRight(strings.TrimSpace(m.Help), ".")
	if help == "" {
		return text
	}
	return literal(help) + ". " + text
}
