package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

// BenchmarkRun checks 10,000 rules, in the forms that people write, over 300 metrics; an
// operation takes less than a second.
func BenchmarkRun(b *testing.B) {
	forms := []string{
		`sum by (route) (rate(shop_%d_requests_total{code=~"5..",job="shop"}[5m])) / sum by (route) (rate(shop_%[1]d_requests_total{job="shop"}[5m])) > 0.05`,
		`histogram_quantile(0.99, sum by (le, route) (rate(shop_%d_latency_seconds_bucket{job="shop"}[5m]))) > 0.5`,
		`shop_%d_queue_depth > 100 and deriv(shop_%[1]d_queue_depth[15m]) > 0`,
		`increase(shop_%d_requests_total{code="500"}[15m]) > 0`,
		`absent(up{job="shop-%d"} == 1)`,
		`max_over_time(shop_%d_queue_depth[5m]) == 0`,
	}
	var metrics []*schema.Metric
	for i := range 100 {
		route := schema.Label{Name: "route"}
		code := schema.Label{Name: "code", Values: []string{"200", "404", "500"}}
		for _, m := range []schema.Metric{
			{Name: "shop_%d_requests_total", Type: schema.Counter, Labels: []schema.Label{code, route}},
			{Name: "shop_%d_latency_seconds", Type: schema.Histogram, Labels: []schema.Label{route}, Buckets: []float64{0.1, 0.5, 1, 5, 10}},
			{Name: "shop_%d_queue_depth", Type: schema.Gauge},
		} {
			m.Name = fmt.Sprintf(m.Name, i)
			m.Unit = schema.UnitOf(&m)
			metrics = append(metrics, &m)
		}
	}
	s, findings := schema.New(metrics)
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	var text strings.Builder
	text.WriteString("groups:\n- name: shop\n  rules:\n")
	for i := range 10000 {
		fmt.Fprintf(&text, "  - {alert: A%d, expr: '%s', annotations: {summary: '{{ $labels.job }}'}}\n", i, fmt.Sprintf(forms[i%len(forms)], i%100))
	}
	rules, findings := input.ParseRules("shop.rules.yaml", []byte(text.String()))
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	for b.Loop() {
		Run(Input{Schema: s, Rules: []*input.Rules{rules}}, nil)
	}
}
