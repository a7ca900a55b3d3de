package query

import (
	"testing"

	"github.com/dashgen/dashgen/internal/schematest"
	"github.com/dashgen/dashgen/schema"
)

// The cost of one expression of middling length, parsed and inferred: 10,000 of them take
// less than a second.
func BenchmarkInfer(b *testing.B) {
	parsed, err := schematest.Parse("counter shop_requests_total{route,code=200|404|500} Requests.\nhistogram shop_latency_seconds{route} Latency.")
	if err != nil {
		b.Fatal(err)
	}
	s, _ := schema.New(parsed.Metrics)
	w := &World{Schema: s, Targets: DefaultTargets, Prometheus: "2.42"}
	exprs := []string{
		`sum by (route) (rate(shop_requests_total{code=~"5..",job=~"$job"}[$__rate_interval])) / sum by (route) (rate(shop_requests_total{job=~"$job"}[$__rate_interval])) > 0.05`,
		`histogram_quantile(0.99, sum by (le, route) (rate(shop_latency_seconds_bucket{job="shop"}[5m]))) > 0.5 and sum by (route) (rate(shop_latency_seconds_count[5m])) > 1`,
	}
	for i := 0; b.Loop(); i++ {
		text := exprs[i%2]
		e, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		Infer(text, e, w)
	}
}
