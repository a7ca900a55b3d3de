package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const slothFile = `version: prometheus/v1
service: shop
labels: {owner: orders, tier: "1"}
slos:
  - name: orders
    objective: 99.9
    labels: {tier: "2"}
    sli:
      events:
        error_query: sum(rate(shop_orders_total{code="500"}[{{.window}}]))
        total_query: sum(rate(shop_orders_total[{{ .window }}]))
    alerting:
      name: OrdersFail
      labels: {category: orders}
      page_alert: {for: 5m, labels: {severity: pager}}
      ticket_alert: {disable: true}
  - name: raw
    objective: 95
    sli: {raw: {error_ratio_query: "avg_over_time(shop_ratio[{{.window}}])"}}
  - name: plugin
    objective: 95
    sli: {plugin: {id: x}}
  - name: fixed
    objective: 95
    sli: {events: {error_query: "sum(rate(a[5m]))", total_query: "sum(rate(b[{{.window}}]))"}}
`

const openSLOFile = `apiVersion: openslo/v1
kind: Service
metadata: {name: shop}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: orders}
spec:
  ratioMetric:
    counter: true
    good: {metricSource: {type: Prometheus, spec: {query: 'shop_orders_total{code="200"}'}}}
    total: {metricSource: {type: Prometheus, spec: {query: shop_orders_total}}}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: orders}
spec:
  service: shop
  indicatorRef: orders
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}, {targetPercent: 95}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: queue}
spec:
  service: shop
  indicator: {spec: {thresholdMetric: {metricSource: {type: Prometheus, spec: {query: max(shop_queue_length)}}}}}
  objectives: [{op: lte, value: 100, target: 0.95}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: slices}
spec: {budgetingMethod: Timeslices, indicatorRef: orders, objectives: [{target: 0.9}]}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: lost}
spec: {indicatorRef: nowhere, objectives: [{target: 0.9}]}
---
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: old}
`

// What sloth and OpenSLO say is read with the places where they say it; what is not read is
// a finding.
func TestParseSLOs(t *testing.T) {
	for _, c := range []struct{ file, data, want string }{
		{"sloth.yaml", slothFile, `orders 99.9 0s sum(rate(shop_orders_total{code="500"}[1h]))||sum(rate(shop_orders_total[1h]))| map[owner:orders tier:2] OrdersFail map[category:orders severity:pager] 5m0s true
raw 95 0s |||avg_over_time(shop_ratio[1h]) map[owner:orders tier:1]  map[] 0s false
fixed 95 0s sum(rate(a[5m]))||sum(rate(b[1h]))| map[owner:orders tier:1]  map[] 0s false
sloth.yaml:22:19: objective plugin: plugins of sloth's are not run
sloth.yaml:25:34: objective fixed: an expression has no {{.window}}, by which it would be computed over each range
`},
		{"open.yaml", openSLOFile, `orders-1 99.9 672h0m0s |sum(rate(shop_orders_total{code="200"}[1h]))|sum(rate(shop_orders_total[1h]))| map[]  map[] 0s false
orders-2 95 672h0m0s |sum(rate(shop_orders_total{code="200"}[1h]))|sum(rate(shop_orders_total[1h]))| map[]  map[] 0s false
queue 95 0s |||1 - avg_over_time(((max(shop_queue_length)) <= bool 100)[1h:1m]) map[]  map[] 0s false
open.yaml:35:25: objective slices: budgets by Timeslices are not read
open.yaml:40:22: objective lost: there is no indicator "nowhere" in this file
open.yaml:42:1: this is neither a specification of sloth's nor one of OpenSLO's that is read
`},
	} {
		list, findings := ParseSLOs(c.file, []byte(c.data))
		var b strings.Builder
		for _, o := range list {
			var exprs []string
			for _, q := range []Query{o.Error, o.Good, o.Total, o.Ratio} {
				exprs = append(exprs, q.Over("1h"))
			}
			fmt.Fprintln(&b, o.Name, o.Objective, o.Window, strings.Join(exprs, "|"), o.Labels, o.Alert, o.Page.Labels, o.Page.For, o.Ticket.Disable)
		}
		for _, f := range findings {
			fmt.Fprintf(&b, "%v: %s\n", f.Pos, f.Message)
		}
		if b.String() != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.file, b.String(), c.want)
		}
	}
}

// Files are found from dashgen.yaml; a pattern that finds none is a finding.
func TestSLOFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"dashgen.yaml": "slos: {files: [slo/*.yaml, lost.yaml]}\n", "slo/a.yaml": slothFile, "go.mod": "module shop\n"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	c, findings, err := Load(dir)
	if err != nil || len(c.SLOs.Read) != 3 || len(findings) != 3 {
		t.Error(c.SLOs.Read, findings, err)
	}
}
