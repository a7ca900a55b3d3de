package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// deriveFrom derives from metrics and dashgen.yaml as text.
func deriveFrom(t *testing.T, metricsText, yamlText string) ([]plan.Group, []schema.Finding) {
	t.Helper()
	cfg, fs := config.Parse("dashgen.yaml", []byte(yamlText))
	if len(fs) > 0 {
		t.Fatal(fs)
	}
	if cfg.Name == "" {
		cfg.Name = "shop"
	}
	s := metrics(t, metricsText)
	return Derive(plan.Signals(s, cfg), s, cfg)
}

// lines writes findings with their places, hints left out.
func lines(fs []schema.Finding) string {
	var b strings.Builder
	for _, f := range schema.SortFindings(fs) {
		fmt.Fprintf(&b, "%v: %s (%s)\n", f.Pos, f.Message, f.Check)
		for _, r := range f.Related {
			fmt.Fprintf(&b, "    %v: %s\n", r.Pos, r.Message)
		}
	}
	return b.String()
}

// What a directive says wrong is told where it stands, and no rule comes of it.
func TestDirectiveErrors(t *testing.T) {
	for _, c := range []struct{ metric, directive, want string }{
		{"gauge x", `Down when="== 0" for=5x`, `metrics.go:1:1: for=: unknown unit "x" in duration "5x" (directive)`},
		{"gauge x", `Down when="== 0" for=5`, `metrics.go:1:1: for=: not a valid duration string: "5" (directive)`},
		{"gauge x", `Down when="== 0" keep_firing_for=-5m`, `metrics.go:1:1: keep_firing_for=: not a valid duration string: "-5m" (directive)`},
		{"gauge x", `Down when="== 0" every=5m`, `metrics.go:1:1: alert has no parameter "every"; there are description, expr, for, keep_firing_for, runbook, severity, summary, when (directive)`},
		{"gauge x", `Down when="== 0" expr="x == 0"`, `metrics.go:1:1: alert takes either when or expr (directive)`},
		{"gauge x", `Down for=5m`, `metrics.go:1:1: alert takes either when or expr (directive)`},
		{"gauge x", `when="== 0"`, `metrics.go:1:1: alert takes one name, not 0 (directive)`},
		{"gauge x", `Down Up when="== 0"`, `metrics.go:1:1: alert takes one name, not 2 (directive)`},
		{"gauge x", `Down when="0"`, `metrics.go:1:1: when="0" is not a comparison such as "> 5" (directive)`},
		{"gauge x", `Down when="p99 > 5"`, `metrics.go:1:1: when="p99 > 5": a histogram is compared by a quantile, such as "p99 > 0.5", and nothing else is (directive)`},
		{"histogram x_seconds", `Slow when="> 5"`, `metrics.go:1:1: when="> 5": a histogram is compared by a quantile, such as "p99 > 0.5", and nothing else is (directive)`},
		{"histogram x_seconds", `Slow when="p100 > 5"`, `metrics.go:1:1: when="p100 > 5" is not a comparison such as "> 5" (directive)`},
		{"summary x_seconds quantiles", `Slow when="> 5"`, `metrics.go:1:1: when= means nothing for a summary: use expr= (directive)`},
		{"gauge x", `Down when="== ("`, `metrics.go:1:28: expression does not parse: unclosed left parenthesis (promql)`},
		{"gauge x", `Down severity=info expr="sum by (a (x) == 0"`, `metrics.go:1:52: expression does not parse: unexpected "(" in grouping opts, expected "," or ")" (promql)`},
		{"gauge x", `Down expr="x{a=\"b\"} == )" for=5m`, `metrics.go:1:43: expression does not parse: unexpected right parenthesis ')' (promql)`},
		{"gauge x", `Down expr="x == $limit"`, `metrics.go:0:0`},
		{"gauge x", `Down when="== 0" summary="{{ $labels.a"`, `metrics.go:1:1: Prometheus refuses rule "Down": annotation "summary": `},
	} {
		groups, fs := deriveFrom(t, "//dashgen:alert "+c.directive+"\n"+c.metric, "version: 1\nderive: {alerts: false}")
		if c.want == "metrics.go:0:0" { // a variable of Grafana's, which a rule has none of
			c.want = `metrics.go:1:1: Prometheus refuses rule "Down": could not parse expression: `
		}
		if got := lines(fs); !strings.HasPrefix(got, c.want) || strings.Count(got, "\n") != 1 || len(fs) > 0 && fs[0].Pos.IsZero() {
			t.Errorf("%s:\ngot  %swant %s", c.directive, got, c.want)
		}
		for _, g := range groups {
			if len(g.Rules) > 0 {
				t.Errorf("%s makes a rule: %s", c.directive, g.Rules[0].Expr)
			}
		}
	}
}

// Names that stand for two things, in every way that they can.
func TestNames(t *testing.T) {
	for _, c := range []struct{ name, metrics, yaml, want, rules string }{
		{"two directives", "//dashgen:alert Down when=\"== 0\"\ngauge x\n//dashgen:alert Down when=\"== 1\"\ngauge y", "version: 1",
			"metrics.go:3:1: alert Down is declared twice with the same labels (duplicate-alert)\n    metrics.go:1:1: here, too\n", "Down Down"},
		{"two severities", "//dashgen:alert Down when=\"< 2\"\n//dashgen:alert Down when=\"== 0\" severity=critical\ngauge x", "version: 1", "", "Down Down"},
		{"a derived name is taken", "gauge shop_db_connected Whether it is.\ngauge x", "version: 1\nalerts: [{name: g, rules: [{alert: ShopDbNotConnected, expr: x > 1}]}]", "", "ShopDbNotConnected"},
		{"two derived names", "gauge shop_db_connected Whether it is.\ngauge shop_DB_connected Whether it is.", "version: 1",
			"-: two alerts are derived under the name ShopDbNotConnected; this one is left out (duplicate-alert)\n    -: the other is derived from this metric\n", "ShopDbNotConnected"},
		{"two groups, one file", "gauge x", "version: 1\nalerts:\n  - name: a b\n    rules: [{alert: A, expr: x > 1}]\n  - name: A/B\n    rules: [{alert: B, expr: x > 2}]",
			"dashgen.yaml:4:21: rule groups \"A/B\" and \"a b\" would be written to one file, a-b.rules.yaml (config)\n    dashgen.yaml:6:21: the first rule of the other group\n", "B"},
	} {
		groups, fs := deriveFrom(t, c.metrics, c.yaml)
		if got := lines(fs); got != c.want {
			t.Errorf("%s: findings\n%swant\n%s", c.name, got, c.want)
		}
		var names []string
		for _, g := range groups {
			for _, r := range g.Rules {
				names = append(names, r.Alert)
			}
		}
		if got := strings.Join(names, " "); got != c.rules {
			t.Errorf("%s: rules %s, want %s", c.name, got, c.rules)
		}
		if _, err := Files(groups, nil, config.Default()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Alerts of deprecated metrics are kept while code has them, of removed ones not.
func TestLifeCycle(t *testing.T) {
	s := metrics(t, "//dashgen:alert A when=\"> 1\"\ngauge a\n//dashgen:alert B when=\"> 1\"\ngauge b\n//dashgen:alert C when=\"> 1\"\ngauge c_connected")
	s.Lookup("b").Deprecated = true
	s.Lookup("c_connected").RemovedIn = "1.0"
	cfg := config.Default()
	cfg.Name = "shop"
	groups, _ := Derive(plan.Signals(s, cfg), s, cfg)
	if got := text(groups); !strings.Contains(got, "A: a > 1") || !strings.Contains(got, "B: b > 1") || strings.Contains(got, "c_connected") {
		t.Error(got)
	}
}

// A metric's runbook is that of its alerts.
func TestRunbook(t *testing.T) {
	s := metrics(t, "gauge shop_db_connected Whether it is.\n//dashgen:alert A when=\"> 1\" runbook=https://example.org/a\ngauge a")
	for _, m := range s.Metrics {
		m.Runbook = "https://example.org/m"
	}
	cfg := config.Default()
	cfg.Name = "shop"
	groups, _ := Derive(plan.Signals(s, cfg), s, cfg)
	if got := text(groups); strings.Count(got, "runbook_url: https://example.org/a\n") != 1 || strings.Count(got, "runbook_url: https://example.org/m\n") != 1 {
		t.Error(got)
	}
}

// What Prometheus itself writes is watched by what an alert asks of it, not by its name: an alert on a
// target that is down says nothing where there is no target.
func TestUpIsWatched(t *testing.T) {
	const down, none = "ShopTargetDown", "ShopNoTargetUp"
	for _, c := range []struct{ expr, derived string }{
		{`x > 1`, none + " " + down},
		{`up{job="shop"} == 0`, none},
		{`0 == up{job="shop"}`, none},
		{`up < 1`, none},
		{`up{job=~"shop|cart"} != 1`, none},
		{`max_over_time(up{job="shop"}[10m]) == 0`, none},
		{`min by (job) (up{job="shop"}) < 1 unless on (job) x > 5`, none},
		{`count by (job) (up{job="shop"} == 0) > 0`, none},
		{`count by (job) (up{job="shop"} == 0) > 2`, none + " " + down},
		{`up{job="shop"} == 0 or up{job="cart"} == 0`, none},
		{`up{job="cart"} == 0`, none + " " + down},
		{`up{job="shop",instance="a"} == 0`, none + " " + down},
		{`up{job="shop"} == 1`, none + " " + down},
		{`sum(up{job="shop"}) == 0`, none + " " + down},
		{`avg(up{job="shop"}) < 0.999`, none + " " + down},
		{`x > 1 unless on (job) up{job="shop"} == 0`, none + " " + down},
		{`absent(up{job="shop"})`, down},
		{`absent_over_time(up{job="shop"}[10m]) == 1`, down},
		{`absent(up{job="cart"})`, none + " " + down},
		{`absent(up{job="shop",instance="a"})`, none + " " + down},
		{`(sum(up{job="shop"}) or vector(0)) == 0`, down},
		{`sum(up{job="shop"} or vector(0)) < 3`, down},
		{`up{job="shop"} == 0 or absent(up{job="shop"})`, ""},
	} {
		groups, fs := deriveFrom(t, "gauge x", "version: 1\nname: shop\njob: shop\nalerts: [{name: g, rules: [{alert: A, expr: '"+c.expr+"'}]}]")
		var derived []string
		for _, g := range groups {
			for _, r := range g.Rules {
				if r.Pattern != "" {
					derived = append(derived, r.Alert)
				}
			}
		}
		if got := strings.Join(derived, " "); got != c.derived || len(fs) > 0 {
			t.Errorf("beside %s there are %q, want %q; %v", c.expr, got, c.derived, fs)
		}
	}
}

// A metric is watched where an alert mentions it, in a ratio, too; but not where it only takes alerts
// away.
func TestMentioned(t *testing.T) {
	for _, c := range []struct{ expr, derived string }{
		{"x / shop_db_connected > 1", ""},
		{`{__name__="shop_db_connected"} < 1`, ""},
		{"x > 1 and on (instance) shop_db_connected == 1", ""},
		{"x > 1 unless on (instance) shop_db_connected == 0", "ShopDbNotConnected"},
	} {
		groups, _ := deriveFrom(t, "gauge x\ngauge shop_db_connected Whether it is.", "version: 1\nname: shop\nalerts: [{name: g, rules: [{alert: A, expr: '"+c.expr+"'}]}]")
		derived := ""
		for _, g := range groups {
			for _, r := range g.Rules {
				if r.Pattern != "" {
					derived += r.Alert
				}
			}
		}
		if derived != c.derived {
			t.Errorf("beside %s there is %q, want %q", c.expr, derived, c.derived)
		}
	}
}

// What lacks a name or an expression is package config's to report, and nobody's twice.
func TestIncomplete(t *testing.T) {
	cfg, fs := config.Parse("dashgen.yaml", []byte(`
name: shop
alerts:
  - name: g
    rules:
      - {alert: A}
      - {alert: A, expr: " "}
      - {expr: x}
      - {alert: A, record: b, expr: x}
  - rules: [{alert: A, expr: x}]`))
	if len(fs) != 5 {
		t.Errorf("package config says\n%s", lines(fs))
	}
	s := metrics(t, "gauge x")
	if _, fs := Derive(plan.Signals(s, cfg), s, cfg); len(fs) > 0 {
		t.Errorf("said again:\n%s", lines(fs))
	}
}
