package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// An ignore above a declared alert or panel accepts what is found anywhere in its expression, wherever
// it is found: in the rule, in the panel that plots it, by another phase. It accepts nothing else.
func TestIgnoreInExpressions(t *testing.T) {
	cfg, fs := config.Parse("dashgen.yaml", []byte(`
dashboards:
  - title: D
    rows:
      - panels:
          # dashgen:ignore promql the proxy takes it
          - {title: P, expr: "x + topk(2)"}
          - {title: Q, expr: "x + topk(3)"}
alerts:
  - name: g
    rules:
      # dashgen:ignore unknown-metric the gateway exposes it
      # dashgen:ignore promql the proxy takes it
      - alert: A
        expr: |
          sum(
            gateway_up
          ) == 0
      - alert: B
        expr: gateway_up == 0`))
	if len(fs) > 0 {
		t.Fatal(fs)
	}
	a, b := cfg.Alerts[0].Rules[0], cfg.Alerts[0].Rules[1]
	inA := cfg.At(a.ExprPos, strings.Index(a.Expr, "gateway"))
	q := cfg.Dashboards[0].Rows[0].Panels[0].Queries[0]
	in := Input{
		Groups: []plan.Group{{Name: "g", Rules: []plan.Rule{{Alert: "A", Expr: a.Expr, Pos: a.Pos, ExprPos: a.ExprPos}, {Alert: "B", Expr: b.Expr, Pos: b.Pos, ExprPos: b.ExprPos}}}},
		Boards: []plan.Board{{UID: "o", Title: "Overview", Rows: []plan.Row{{Panels: []plan.Panel{
			{ID: 1, Kind: "timeseries", Title: "A", W: 12, H: 8, Queries: []plan.Query{{Expr: a.Expr, Pos: a.ExprPos}}},
			{ID: 2, Kind: "timeseries", Title: "B", X: 12, W: 12, H: 8, Queries: []plan.Query{{Expr: b.Expr, Pos: b.ExprPos}}},
		}}}}},
		Findings: []schema.Finding{
			{Pos: inA, Check: "promql", Message: "inside A, by package rules"},
			{Pos: cfg.At(q.Pos, 4), Check: "promql", Message: "inside P, by package render"},
			{Pos: cfg.At(b.ExprPos, 3), Check: "promql", Message: "inside B, by package rules"},
		},
	}
	var got []string
	for _, f := range Run(in, cfg) {
		if f.Pos.File != "dashgen.yaml" {
			t.Errorf("%v: %s", f.Pos, f.Message)
		}
		got = append(got, fmt.Sprintf("%d %s: %s", f.Pos.Line, f.Check, f.Message))
	}
	const want = `8 promql: expression does not parse: wrong number of arguments for aggregate expression provided, expected 2, got 1
20 unknown-metric: alert "B" queries "gateway_up", which no code defines
20 promql: inside B, by package rules`
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("findings\n%s\nwant\n%s", got, want)
	}
}
