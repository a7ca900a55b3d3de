package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// A project has something of everything that is walked.
func project(t *testing.T) (Input, *config.Config) {
	cfg, findings := config.Parse("dashgen.yaml", []byte(`
dashboards:
  # dashgen:ignore spy the whole board
  - title: Declared
    uid: declared
    rows:
      - panels:
          - {title: P, metrics: [shop_carts]}
          - {title: Q, expr: up}
alerts:
  - name: g
    rules:
      - {alert: DeclaredAlert, expr: shop_carts > 1}
`))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	carts := &schema.Metric{Name: "shop_carts", Type: schema.Gauge, Pos: schema.Pos{File: "a.go", Line: 3, Col: 1}}
	at := func(pos schema.Pos, col int) schema.Pos { pos.Col += col; return pos }
	declared := cfg.Dashboards[0]
	rules, findings := input.ParseRules("hand.yaml", []byte("groups: [{name: g, rules: [{record: 'a:b', expr: shop_carts}]}]"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return Input{
		Schema:  &schema.Schema{Metrics: []*schema.Metric{carts, {Name: "shop_gone", Deprecated: true, RemovedIn: "1.0"}, {Name: "shop_unread", Unread: true}}},
		Changes: []schema.Change{{Metric: "shop_carts", Kind: "help", Compatible: true, New: carts}},
		Groups: []plan.Group{{Rules: []plan.Rule{
			{Alert: "DeclaredAlert", Expr: "shop_carts > 1", Pos: cfg.Alerts[0].Rules[0].Pos},
			{Alert: "Derived", Expr: "shop_carts > 2", Pos: at(carts.Pos, 1)},
		}}},
		Boards: []plan.Board{
			{UID: "declared", Title: "Declared", Pos: declared.Pos, Rows: []plan.Row{{Panels: []plan.Panel{
				{ID: 1, Kind: "stat", Title: "P", Pos: declared.Rows[0].Panels[0].Pos, Queries: []plan.Query{{Expr: "shop_carts", Pos: declared.Rows[0].Panels[0].MetricPos[0]}}},
			}}}},
			{UID: "own", Title: "Own", Rows: []plan.Row{{Panels: []plan.Panel{
				{ID: 1, Kind: "stat", Title: "Carts", Metrics: []string{"shop_carts"}, Queries: []plan.Query{{Expr: `shop_carts{job=~"$job"}`}}},
			}}}},
		},
		Dashboards: []*input.Dashboard{{Title: "Hand", Panels: []input.Panel{{Title: "H"}}}},
		Rules:      []*input.Rules{rules},
		Stale:      []Stale{{"x", "missing"}},
	}, cfg
}

// TestWalk holds that every hook is called once for everything that it looks at.
func TestWalk(t *testing.T) {
	var calls []string
	spy := func(format string, args ...any) { calls = append(calls, fmt.Sprintf(format, args...)) }
	in, cfg := project(t)
	runChecks([]*Check{{
		Name:   "spy",
		Metric: func(p *Pass, m *schema.Metric) { spy("metric %s", m.Name) },
		Change: func(p *Pass, c schema.Change) { spy("change %s %s", c.Metric, c.Kind) },
		Query: func(p *Pass, q *Query) {
			spy("query at %v own=%v name=%v: %s: %s", q.At(0), q.Own, q.Name, q.Owner, q.Expr)
		},
		Panel: func(p *Pass, d *input.Dashboard, panel *input.Panel) { spy("panel %s of %s", panel.Title, d.Title) },
		Board: func(p *Pass, d *input.Dashboard) { spy("board %s", d.Title) },
		Rule:  func(p *Pass, r *plan.Rule) { spy("rule %s", r.Name()) },
		Tree:  func(p *Pass) { spy("tree %d", len(p.Input.Stale)) },
	}}, in, cfg)
	want := `
metric shop_carts
change shop_carts help
board Hand
panel H of Hand
board Declared
panel P of Declared
board Own
panel Carts of Own
rule DeclaredAlert
rule Derived
query at hand.yaml:1:50 own=false name=false: recording rule "a:b": shop_carts
query at dashgen.yaml:8:34 own=true name=true: panel "P": shop_carts
query at dashgen.yaml:9:30 own=true name=false: panel "Q": up
query at dashgen.yaml:13:38 own=true name=false: alert "DeclaredAlert": shop_carts > 1
query at a.go:3:2 own=true name=false: alert "Derived": shop_carts > 2
query at a.go:3:1 own=true name=false: panel "Carts": shop_carts{job=~"$job"}
tree 1`
	if got := "\n" + strings.Join(calls, "\n"); got != want {
		t.Errorf("calls:%s\nwant:%s", got, want)
	}
}

// TestSeverities holds what severities and ignores do, to findings of checks and of other
// phases.
func TestSeverities(t *testing.T) {
	in, cfg := project(t)
	board, panel := cfg.Dashboards[0].Pos, cfg.Dashboards[0].Rows[0].Panels[0].Pos
	in.Findings = []schema.Finding{
		{Pos: panel, Check: "spy", Message: "accepted: the ignore above the dashboard speaks of its panels"},
		{Pos: schema.Pos{File: "b.go"}, Check: "load", Message: "kept"},
		{Pos: schema.Pos{File: "b.go"}, Check: "unresolved", Message: "off"},
	}
	cfg.Checks = map[string]schema.Severity{"load": schema.Note, "unresolved": "", "loud": schema.Warning}
	got := runChecks([]*Check{
		{Name: "spy", Board: func(p *Pass, d *input.Dashboard) { p.Reportf(d.Pos, "", "board %s", d.Title) }},
		{Name: "loud", Severity: schema.Note, Tree: func(p *Pass) {
			p.Reportf(board, "", "set by the configuration")
			p.Report(schema.Finding{Pos: panel, Severity: schema.Error, Message: "even where it sets its own"})
		}},
		{Name: "quiet", Severity: schema.Note, Tree: func(p *Pass) {
			p.Reportf(board, "", "the check's own")
			p.Report(schema.Finding{Pos: panel, Severity: schema.Error, Message: "the finding's own"})
		}},
	}, in, cfg)
	var lines []string
	for _, f := range got {
		lines = append(lines, fmt.Sprintf("%v %s %s: %s", f.Pos, f.Severity, f.Check, f.Message))
	}
	want := []string{
		"- error spy: board Hand",
		"- error spy: board Own",
		"b.go info load: kept",
		"dashgen.yaml:4:5 warning loud: set by the configuration",
		"dashgen.yaml:4:5 info quiet: the check's own",
		"dashgen.yaml:8:13 warning loud: even where it sets its own",
		"dashgen.yaml:8:13 error quiet: the finding's own",
	}
	slices.Sort(lines)
	slices.Sort(want)
	if !slices.Equal(lines, want) {
		t.Errorf("findings:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// TestClean holds that all checks together say nothing of a project in order, and that
// an empty one is in order.
func TestClean(t *testing.T) {
	if got := Run(Input{}, nil); len(got) > 0 {
		t.Errorf("an empty project: %v", got)
	}
	in, cfg := project(t)
	in.Schema.Metrics[0].Help = "Carts with something in them."
	in.Stale, in.Dashboards = nil, nil
	for i := range in.Boards {
		for j := range in.Boards[i].Rows[0].Panels {
			in.Boards[i].Rows[0].Panels[j].W, in.Boards[i].Rows[0].Panels[j].H = 12, 8
		}
	}
	cfg.Dashboards[0].Ignores = nil
	for _, f := range Run(in, cfg) {
		t.Errorf("%v: %s (%s)", f.Pos, f.Message, f.Check)
	}
}

func TestForeign(t *testing.T) {
	in, cfg := project(t)
	dash, findings := input.ParseDashboard("f", []byte(`{"panels": [{"targets": [{"expr": "node_load1 + up + shop_carts + go_info + node_load1 + shop_typo + $x"}]}]}`))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	in.Dashboards = append(in.Dashboards, dash)
	if got := Foreign(in, cfg); !slices.Equal(got, []string{"node_load1"}) {
		t.Errorf("foreign names: %v", got)
	}
}

func TestCommonPrefix(t *testing.T) {
	for names, want := range map[string]string{
		"":                                    "",
		"a_b":                                 "a_*",
		"a_b a_c a_d a_e b_a":                 "a_*",
		"a_b a_c a_d b_a":                     "",
		"up":                                  "",
		"*_b *_c":                             "",
		"shop_a shop_b shop_c shop_d shopx_e": "shop_*",
	} {
		s := &schema.Schema{}
		for _, n := range strings.Fields(names) {
			s.Metrics = append(s.Metrics, &schema.Metric{Name: n})
		}
		if got := strings.Join(commonPrefix(s), " "); got != want {
			t.Errorf("commonPrefix of %q = %q, want %q", names, got, want)
		}
	}
}

// Of two dashboards with one uid the finding stands at the one that has a place.
func TestPlaceOfUID(t *testing.T) {
	in, cfg := project(t)
	in.Boards[1].UID, in.Dashboards[0].UID, in.Dashboards[0].UIDPos = "hand", "hand", schema.Pos{File: "hand.json", Line: 2, Col: 3}
	in.Boards = append(in.Boards, plan.Board{UID: "declared", Title: "Another"})
	var got []string
	for _, f := range runChecks(slices.DeleteFunc(Checks(), func(c *Check) bool { return c.Name != "duplicate-uid" }), in, cfg) {
		if len(f.Related) > 0 {
			t.Errorf("%v is related to no place", f.Pos)
		}
		got = append(got, fmt.Sprintf("%v: %s", f.Pos, f.Message))
	}
	want := []string{
		`dashgen.yaml:4:5: dashboard "Declared" has the uid "declared" of another one, "Another"`,
		`hand.json:2:3: dashboard "Hand" has the uid "hand" of another one, "Own"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// An empty expression is package config's finding alone.
func TestEmptyExpressions(t *testing.T) {
	cfg, refused := config.Parse("dashgen.yaml", []byte(`
dashboards: [{title: D, rows: [{panels: [{title: P, expr: }, {title: Q, queries: [{legend: l}]}]}]}]
alerts: [{name: g, rules: [{alert: A}]}]`))
	if len(refused) != 3 {
		t.Errorf("package config says %v", refused)
	}
	for _, f := range Run(Input{}, cfg) {
		t.Errorf("%v: %s (%s)", f.Pos, f.Message, f.Check)
	}
}
