package overlay

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// This file changes alerts and recording rules, before boards draw them.

// rulesProgram adds what the overlays say to the rule groups.
const rulesProgram = prelude + `local given = std.parseJson(std.extVar('groups'));
local rules = [part(o, 'rules') for o in overlays];
local groups = [part(o, 'groups') for o in overlays];
local name(r) = if std.objectHas(r, 'alert') then r.alert else r.record;
local dropped(r) = std.length([o for o in rules if isNull(o, name(r))]) > 0;
{
  groups: [
    add(g { rules: [if dropped(r) then null else add(r, rules, name(r)) for r in g.rules] }, groups, g.name)
    for g in given
  ],
  names: [
    { rules: std.objectFieldsAll(part(o, 'rules')), groups: std.objectFieldsAll(part(o, 'groups')) }
    for o in overlays
  ],
}
`

// A group is a rule group as overlays see it: as rule files have it.
type group struct {
	Name     string         `json:"name"`
	Interval model.Duration `json:"interval"`
	Rules    []*rule        `json:"rules"` // nil in place of one that is left out
}

type rule struct {
	Record        string            `json:"record,omitempty"`
	Alert         string            `json:"alert,omitempty"`
	Expr          string            `json:"expr"`
	For           model.Duration    `json:"for"`
	KeepFiringFor model.Duration    `json:"keep_firing_for"`
	Labels        map[string]string `json:"labels"`
	Annotations   map[string]string `json:"annotations"`
}

// Rules returns the groups as the overlays of the configuration change them. A rule whose
// expression is another one is no longer derived by a pattern, and is declared where the
// overlay is. What is wrong with an overlay is a finding, and nothing is changed.
func Rules(cfg *config.Config, groups []plan.Group) ([]plan.Group, []schema.Finding, error) {
	if len(cfg.Overlays) == 0 {
		return groups, nil, nil
	}
	a := &applier{cfg: cfg}
	given := []group{}
	for _, g := range groups {
		given = append(given, groupOf(g))
	}
	value, err := a.evaluate(rulesProgram, map[string]any{"groups": given})
	if value == nil || err != nil {
		return groups, a.findings, err
	}
	var out struct {
		Groups []group
		Names  []struct{ Rules, Groups []string }
	}
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&out); err != nil {
		a.report(a.cfg.Overlays[0], "write expr, for, keep_firing_for, labels and annotations of a rule, and the interval of a group, as rule files have them", "overlay makes no rule: %v", err)
		return groups, a.findings, nil
	}
	for i, names := range out.Names {
		a.unknownRules(cfg.Overlays[i], groups, names.Rules, names.Groups)
	}
	changed := make([]plan.Group, len(groups))
	for i, g := range groups {
		changed[i] = a.changeGroup(g, out.Groups[i])
	}
	changed = slices.DeleteFunc(changed, func(g plan.Group) bool { return len(g.Rules) == 0 })
	return changed, a.findings, nil
}

func groupOf(g plan.Group) group {
	as := group{Name: g.Name, Interval: model.Duration(g.Interval), Rules: []*rule{}}
	for _, r := range g.Rules {
		as.Rules = append(as.Rules, &rule{
			Record: r.Record, Alert: r.Alert, Expr: r.Expr, For: model.Duration(r.For), KeepFiringFor: model.Duration(r.KeepFiringFor),
			Labels: orEmpty(r.Labels), Annotations: orEmpty(r.Annotations),
		})
	}
	return as
}

// orEmpty returns a map that an overlay can add to.
func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// changeGroup returns a group with what an overlay made of it.
func (a *applier) changeGroup(g plan.Group, as group) plan.Group {
	if as.Name != g.Name || len(as.Rules) != len(g.Rules) {
		a.report(a.cfg.Overlays[0], "change rules under rules:, by their names", "overlay changes the name or the list of rules of group %q", g.Name)
		return g
	}
	g.Interval = time.Duration(as.Interval)
	rules := slices.Clone(g.Rules)
	g.Rules = nil
	for i, r := range rules {
		if as.Rules[i] != nil {
			g.Rules = append(g.Rules, a.changeRule(r, as.Rules[i]))
		}
	}
	return g
}

func (a *applier) changeRule(r plan.Rule, as *rule) plan.Rule {
	if as.Alert != r.Alert || as.Record != r.Record {
		a.report(a.cfg.Overlays[0], "leave it out with null, and declare another in dashgen.yaml", "overlay changes the name of rule %s, by which it is found", r.Name())
		return r
	}
	if as.Expr != r.Expr {
		r.Pattern, r.Pos, r.ExprPos = "", schema.Pos{File: a.path(a.cfg.Overlays[0])}, schema.Pos{}
	}
	r.Expr, r.For, r.KeepFiringFor = as.Expr, time.Duration(as.For), time.Duration(as.KeepFiringFor)
	for _, m := range []struct {
		to *map[string]string
		as map[string]string
	}{{&r.Labels, as.Labels}, {&r.Annotations, as.Annotations}} {
		if !maps.Equal(*m.to, m.as) {
			*m.to = m.as
		}
	}
	return r
}

// unknownRules finds the rules and groups that an overlay names and that there are not.
func (a *applier) unknownRules(file string, groups []plan.Group, rules, named []string) {
	have := map[string]bool{}
	for _, g := range groups {
		have["group "+g.Name] = true
		for _, r := range g.Rules {
			have["rule "+r.Name()] = true
		}
	}
	for _, name := range rules {
		if !have["rule "+name] {
			a.report(file, "write the name of an alert, or the series that a recording rule makes", "overlay changes the rule %q, which there is not", name)
		}
	}
	for _, name := range named {
		if !have["group "+name] {
			a.report(file, "write the name of a rule group", "overlay changes the rule group %q, which there is not", name)
		}
	}
}
