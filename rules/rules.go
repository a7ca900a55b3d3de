// Package rules makes Prometheus alerts and recording rules.
//
// It owns the registry of alert patterns (alert_NAME.go, one each), the alerts that
// people declare beside a metric or in dashgen.yaml, and their form as rule files.
// It imports schema, internal/plan, internal/query, internal/config and Prometheus'
// rulefmt; never scanner, render or lint.
//
// Data flows
//
//	declared (directives, dashgen.yaml) ─┐
//	patterns over signals ───────────────┴-> Derive -> []plan.Group
//	groups, and the boards that plot them -> Files -> rules/<group>.rules.yaml
//
// A pattern derives only alerts that need no threshold which nobody gave. A declared
// alert on a metric takes the place of those that patterns would derive from it.
package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

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
	// Derive fills them in.
	Alerts func(*Pass) []plan.Rule
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

// Window is the range of rates in rules: five minutes, or four scrapes where that is
// longer, which two missed scrapes leave with two samples.
func (p *Pass) Window() string { return Duration(max(5*time.Minute, 4*p.Config.Intervals.Scrape)) }

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

// camel turns a_b-c into ABC, each part's first letter large.
func camel(s string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ':' || r == ' ' }) {
		if strings.ToUpper(part) == part {
			part = strings.ToLower(part)
		}
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// Duration writes d as Prometheus does: 5m, 1h30m.
func Duration(d time.Duration) string { return model.Duration(d).String() }

// Derive returns the program's rule groups: those of dashgen.yaml, a group with the
// program's name that holds the alerts declared at metrics, and, if the configuration
// wants them, a group of those that patterns derive. What is declared and cannot be
// used is a finding.
func Derive(signals []plan.Signal, s *schema.Schema, cfg *config.Config) ([]plan.Group, []schema.Finding) {
	p := &Pass{Signals: signals, Schema: s, Config: cfg}
	groups, findings := configured(cfg)
	beside, more := directed(p)
	findings = append(findings, more...)
	groups = join(groups, plan.Group{Name: cfg.Name, Rules: beside})
	if cfg.Derive.Alerts {
		groups = join(groups, plan.Group{Name: cfg.Name + "-derived", Rules: derived(p, groups)})
	}
	for i := range groups {
		for j := range groups[i].Rules {
			complete(p, &groups[i].Rules[j])
		}
	}
	slices.SortStableFunc(groups, func(a, b plan.Group) int { return cmp.Compare(a.Name, b.Name) })
	return groups, append(findings, twins(groups)...)
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

// derived returns what the patterns derive, without what concerns metrics that a
// declared alert watches already.
func derived(p *Pass, declared []plan.Group) []plan.Rule {
	watched := map[string]bool{}
	for _, g := range declared {
		for _, r := range g.Rules {
			for _, name := range query.Names(r.Expr) {
				if m, _ := p.Schema.Series(name); m != nil && r.Alert != "" {
					watched[m.Name] = true
				} else if query.Foreign(name) {
					watched[name] = true
				}
			}
		}
	}
	var rules []plan.Rule
	for _, pat := range Patterns() {
		for _, r := range pat.Alerts(p) {
			r.Pattern = pat.Name
			complete(p, &r)
			if !slices.ContainsFunc(r.Metrics, func(n string) bool { return watched[n] }) {
				rules = append(rules, r)
			}
		}
	}
	slices.SortFunc(rules, func(a, b plan.Rule) int { return cmp.Compare(a.Name(), b.Name()) })
	return rules
}

// complete fills in the names of the metrics that a rule is about.
func complete(p *Pass, r *plan.Rule) {
	r.Metrics = nil
	for _, name := range query.Names(r.Expr) {
		if m, _ := p.Schema.Series(name); m != nil {
			name = m.Name
		}
		r.Metrics = append(r.Metrics, name)
	}
	slices.Sort(r.Metrics)
	r.Metrics = slices.Compact(r.Metrics)
}

// twins reports names of alerts and groups that stand for two things.
func twins(groups []plan.Group) []schema.Finding {
	var fs []schema.Finding
	alerts := map[string]plan.Rule{}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			if other, twice := alerts[r.Alert]; twice {
				fs = append(fs, schema.Finding{Pos: r.Pos, Check: "duplicate-alert", Message: "alert " + r.Alert + " is declared twice",
					Related: []schema.Related{{Pos: other.Pos, Message: "here, too"}}, Hint: "give one of them another name"})
				continue
			}
			alerts[r.Alert] = r
		}
	}
	return fs
}
