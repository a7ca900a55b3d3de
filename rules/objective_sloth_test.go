package rules

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

const slothSpec = `version: prometheus/v1
service: shop
slos:
  - name: orders
    objective: 99
    sli:
      events:
        error_query: sum(rate(shop_orders_total{code="500"}[{{.window}}]))
        total_query: sum(rate(shop_orders_total[{{.window}}]))
    alerting: {name: OrdersFail}
`

// A specification of sloth's gives the series that sloth documents, under its names and
// labels and with its values, and alerts that fire when its alerts do.
func TestSloth(t *testing.T) {
	cfg := config.Default()
	cfg.Name = "shop"
	var findings []schema.Finding
	if cfg.SLOs.Read, findings = config.ParseSLOs("sloth.yaml", []byte(slothSpec)); len(findings) > 0 {
		t.Fatal(findings)
	}
	s := metrics(t, "counter shop_orders_total{code=200|500} Orders.\n")
	groups, findings := Derive(plan.Signals(s, cfg), s, cfg)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	const series = `shop_orders_total{job="a",code="200"} 0+100x30 3080+80x30
shop_orders_total{job="a",code="500"} 0+0x30 20+20x30`
	store, err := engine.Load(time.Minute, series)
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(store, engine.Options{Evaluation: time.Minute})
	end := store.End()
	theirs := slothGroup()
	out, err := e.Run(context.Background(), append(engineGroups(groups), theirs), time.Unix(0, 0), end)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d"} {
		ours := instant(t, e, fmt.Sprintf(`sum(slo:sli_error:ratio_rate%s{sloth_id="shop-orders", sloth_service="shop", sloth_slo="orders"})`, w), end)
		if want := instant(t, e, "sum(theirs:ratio_rate"+w+")", end); ours != want || want == "" {
			t.Errorf("over %s: %s, and sloth's %s", w, ours, want)
		}
	}
	fired := map[string]string{}
	for _, tl := range out.Timelines {
		for _, c := range tl.Changes {
			if key := tl.Alert + " " + tl.Labels.String(); c.State == engine.Firing && fired[key] == "" {
				fired[key] = c.At.Sub(time.Unix(0, 0)).String()
			}
		}
	}
	page := fired[`OrdersFail {alertname="OrdersFail", severity="critical", sloth_id="shop-orders", sloth_service="shop", sloth_severity="page", sloth_slo="orders"}`]
	if want := fired[`Theirs {alertname="Theirs"}`]; page != want || want == "" {
		t.Errorf("pages at %s, and sloth at %s", page, want)
	}
}

func instant(t *testing.T, e *engine.Engine, expr string, at time.Time) string {
	t.Helper()
	res, err := e.Instant(context.Background(), expr, at)
	if err != nil {
		t.Fatal(err)
	}
	return res.Text()
}

// slothGroup returns rules in the form that sloth documents: one ratio for each window, and
// a page that asks for two pairs of them.
func slothGroup() engine.Group {
	g := engine.Group{Name: "theirs"}
	for _, w := range []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d"} {
		g.Rules = append(g.Rules, engine.Rule{Record: "theirs:ratio_rate" + w,
			Expr: fmt.Sprintf(`(sum(rate(shop_orders_total{code="500"}[%[1]s]))) / (sum(rate(shop_orders_total[%[1]s])))`, w)})
	}
	g.Rules = append(g.Rules, engine.Rule{Alert: "Theirs", Expr: `(theirs:ratio_rate5m > (14.4 * 0.01) and theirs:ratio_rate1h > (14.4 * 0.01))
		or (theirs:ratio_rate30m > (6 * 0.01) and theirs:ratio_rate6h > (6 * 0.01))`})
	return g
}
