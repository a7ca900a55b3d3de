package render

import (
	"testing"

	"github.com/dashgen/dashgen/internal/plan"
)

// TestLintExclusions: what dashboard-linter asks for in vain stands in .lint once, with its
// reason, and nothing else does. internal/oracle/dashlint holds this against the linter.
func TestLintExclusions(t *testing.T) {
	const both = `{job=~"$job",instance=~"$instance"}`
	prometheus := plan.Variable{Name: "datasource", Type: "datasource", Query: "prometheus"}
	panel := func(kind, key string, exprs ...string) plan.Panel {
		p := plan.Panel{Kind: kind, Key: key, Title: `"` + key + `"`}
		for _, expr := range exprs {
			p.Queries = append(p.Queries, plan.Query{Expr: expr})
		}
		return p
	}
	board := plan.Board{
		Title:     "B",
		Variables: []plan.Variable{prometheus, {Name: "job"}, {Name: "instance"}},
		Rows: []plan.Row{{Panels: []plan.Panel{
			panel("timeseries", "good", "rate(a"+both+"[$__rate_interval])", "rate(a"+both+"[${__rate_interval}]) / increase(a"+both+"[5m])", "not PromQL("),
			panel("timeseries", "x", "rate(a"+both+"[5m])", "irate ( a"+both+" [5m])"),
			panel("heatmap", "h", "rate(a"+both+"[5m])"),
			panel("timeseries", alertKey+"A", "max_over_time(rate(a"+both+"[1m])[1h:]) > 0"),
			panel("table", "t", `up{job="a",instance=~"$instance"}`, `ALERTS{job=~"$job"}`, `{instance=~"$instance",job=~"$job"}`),
		}}},
	}
	got, err := lintExclusions([]plan.Board{board, {
		Title: "A", Variables: []plan.Variable{prometheus, {Name: "instance"}},
	}, {
		Title: "L", Variables: []plan.Variable{{Name: "loki_datasource", Type: "datasource", Query: "loki"}},
	}})
	const want = `# What dashboard-linter asks for and these dashboards do not do, with the reasons.
exclusions:
  target-instance-rule:
    entries:
      - dashboard: "B"
        panel: "\"t\""
        reason: "ALERTS may have no label instance"
  target-job-rule:
    entries:
      - dashboard: "B"
        panel: "\"t\""
        reason: "the query selects job=\"a\" by itself"
  target-rate-interval-rule:
    entries:
      - dashboard: "B"
        panel: "\"alert:A\""
        reason: "the window of 1m is the alert's"
      - dashboard: "B"
        panel: "\"x\""
        reason: "the window of 5m is declared"
  template-job-rule:
    entries:
      - dashboard: "A"
        reason: "no query selects by job"
`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	board.Rows[0].Panels = board.Rows[0].Panels[:1]
	if got, err := lintExclusions([]plan.Board{board}); err != nil || got != nil {
		t.Errorf("a board that needs none: %v, %s", err, got)
	}
}
