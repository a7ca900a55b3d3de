package rules

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file turns what people declare into rules.

// configured returns the groups of dashgen.yaml. Of a rule without a name or an
// expression, and of a group without a name, package config has said so.
func configured(cfg *config.Config) ([]plan.Group, []schema.Finding) {
	var groups []plan.Group
	var findings []schema.Finding
	for _, g := range cfg.Alerts {
		if g.Name == "" {
			continue
		}
		group := plan.Group{Name: g.Name, Interval: g.Interval}
		for _, r := range g.Rules {
			if r.Expr == "" || r.Alert == "" && r.Record == "" || r.Alert != "" && r.Record != "" {
				continue
			}
			if f, bad := parses(r.Expr, func(offset int) schema.Pos { return cfg.At(r.ExprPos, offset) }); bad {
				findings = append(findings, f)
				continue
			}
			rule := plan.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, For: r.For, KeepFiringFor: r.KeepFiringFor,
				Labels: maps.Clone(r.Labels), Annotations: maps.Clone(r.Annotations), Pos: r.Pos, ExprPos: r.ExprPos}
			for _, ig := range r.Ignores {
				rule.Ignores = append(rule.Ignores, plan.Ignore(ig))
			}
			group.Rules = append(group.Rules, rule)
		}
		groups = append(groups, group)
	}
	return groups, findings
}

// parses reports an expression that does not parse; at says where its bytes stand.
func parses(expr string, at func(offset int) schema.Pos) (schema.Finding, bool) {
	_, err := query.Parse(expr)
	if err == nil {
		return schema.Finding{}, false
	}
	offset := 0
	var se *query.SyntaxError
	if errors.As(err, &se) {
		offset = se.Offset
	}
	return schema.Finding{Pos: at(offset), Check: "promql", Message: "expression does not parse: " + err.Error()}, true
}

// alertParams are the parameters of //dashgen:alert.
var alertParams = []string{"description", "expr", "for", "keep_firing_for", "runbook", "severity", "summary", "when"}

const alertHint = `write //dashgen:alert Name when="> 5" for=5m severity=warning summary="…", or expr="…" instead of when`

// directed returns the alerts that //dashgen:alert directives declare.
func directed(p *Pass) ([]plan.Rule, []schema.Finding) {
	var rules []plan.Rule
	var findings []schema.Finding
	for _, m := range p.Schema.Metrics {
		for _, d := range m.Directives {
			if d.Name != "alert" || m.RemovedIn != "" {
				continue
			}
			r, err := directive(p, m, d)
			if err != nil {
				findings = append(findings, schema.Finding{Pos: d.Pos, Check: "directive", Message: err.Error(), Hint: alertHint})
				continue
			}
			if f, bad := parses(r.Expr, func(offset int) schema.Pos { return exprPos(d, offset) }); bad {
				findings = append(findings, f)
				continue
			}
			rules = append(rules, r)
		}
	}
	slices.SortFunc(rules, func(a, b plan.Rule) int { return strings.Compare(a.Alert, b.Alert) })
	return rules, findings
}

// directive turns one //dashgen:alert into a rule.
func directive(p *Pass, m *schema.Metric, d schema.Directive) (plan.Rule, error) {
	if len(d.Args) != 1 {
		return plan.Rule{}, fmt.Errorf("alert takes one name, not %d", len(d.Args))
	}
	for key := range d.Params {
		if !slices.Contains(alertParams, key) {
			return plan.Rule{}, fmt.Errorf("alert has no parameter %q; there are %s", key, strings.Join(alertParams, ", "))
		}
	}
	r := plan.Rule{Alert: d.Args[0], Expr: d.Params["expr"], Pos: d.Pos, Signal: m.Name, Labels: map[string]string{}, Annotations: map[string]string{}}
	when := d.Params["when"]
	switch {
	case r.Expr != "" && when != "", r.Expr == "" && when == "":
		return r, errors.New("alert takes either when or expr")
	case when != "":
		expr, err := applied(p, m, when)
		if err != nil {
			return r, err
		}
		r.Expr = expr
	}
	for key, to := range map[string]*time.Duration{"for": &r.For, "keep_firing_for": &r.KeepFiringFor} {
		if text := d.Params[key]; text != "" {
			parsed, err := model.ParseDuration(text)
			if err != nil {
				return r, fmt.Errorf("%s=: %w", key, err)
			}
			*to = time.Duration(parsed)
		}
	}
	r.Labels["severity"] = cmp.Or(d.Params["severity"], "warning")
	for key, annotation := range map[string]string{"summary": "summary", "description": "description", "runbook": "runbook_url"} {
		if text := d.Params[key]; text != "" {
			r.Annotations[annotation] = text
		}
	}
	return r, nil
}

// exprPos returns where byte offset of a directive's expression stands. A when is only a
// part of the expression that it becomes: then it is where the when begins.
func exprPos(d schema.Directive, offset int) schema.Pos {
	key := "expr="
	if d.Params["expr"] == "" {
		key, offset = "when=", 0
	}
	i := strings.Index(" "+d.Text, " "+key)
	if i < 0 || d.Pos.Col == 0 {
		return d.Pos
	}
	i += len(key)
	if strings.HasPrefix(d.Text[i:], `"`) {
		for i++; offset > 0 && i+1 < len(d.Text); i, offset = i+1, offset-1 {
			if d.Text[i] == '\\' && (d.Text[i+1] == '"' || d.Text[i+1] == '\\') {
				i++
			}
		}
	}
	at := d.Pos
	at.Col += len("//dashgen:"+d.Name+" ") + i + offset
	return at
}

// condition is what when may say: a comparison, for a histogram of one of its quantiles.
var condition = regexp.MustCompile(`^\s*(?:p(\d{1,2}(?:\.\d+)?)\s*)?(>=|<=|==|!=|>|<)\s*(.+)$`)

// applied returns the expression that a comparison means for a metric: of a gauge its
// value, of a counter its rate, of a histogram the quantile named.
func applied(p *Pass, m *schema.Metric, when string) (string, error) {
	c := condition.FindStringSubmatch(when)
	if c == nil {
		return "", fmt.Errorf("when=%q is not a comparison such as \"> 5\"", when)
	}
	quantile, compare := c[1], c[2]+" "+c[3]
	isHistogram := m.Type == schema.Histogram
	if isHistogram != (quantile != "") {
		return "", fmt.Errorf("when=%q: a histogram is compared by a quantile, such as \"p99 > 0.5\", and nothing else is", when)
	}
	rates := "rate(%s[" + p.Window() + "])"
	switch m.Type {
	case schema.Counter:
		return fmt.Sprintf(rates, m.Name) + " " + compare, nil
	case schema.Gauge, schema.Untyped:
		return m.Name + " " + compare, nil
	case schema.Histogram:
		series, group := m.Name+"_bucket", "le, "
		if m.Native != nil && len(m.Buckets) == 0 {
			series, group = m.Name, ""
		}
		return fmt.Sprintf("histogram_quantile(%s, sum by (%s%s) ("+rates+")) %s", percentile(quantile), group, p.Identity(), series, compare), nil
	}
	return "", fmt.Errorf("when= means nothing for a %s: use expr=", m.Type)
}

// percentile turns 99 into 0.99 by moving the point, which no rounding touches.
func percentile(s string) string {
	whole, rest, _ := strings.Cut(s, ".")
	if len(whole) == 1 {
		whole = "0" + whole
	}
	return "0." + whole + rest
}
