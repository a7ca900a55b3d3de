package query

import (
	"testing"

	"github.com/dashgen/dashgen/schema"
)

func TestWords(t *testing.T) {
	s := &schema.Schema{Metrics: []*schema.Metric{
		{Name: "shop_errors_total", Type: schema.Counter},
		{Name: "shop_queue_bytes", Type: schema.Gauge, Unit: "bytes"},
		{Name: "shop_request_duration_seconds", Type: schema.Histogram, Unit: "seconds", Buckets: []float64{0.1, 1}, Labels: []schema.Label{{Name: "route"}}},
		{Name: "shop_requests_total", Type: schema.Counter, Labels: []schema.Label{{Name: "code"}, {Name: "route"}}},
		{Name: "shop_start_timestamp_seconds", Type: schema.Gauge, Unit: "seconds"},
		{Name: "shop_up", Type: schema.Gauge},
	}}
	w := &World{Schema: s, Targets: DefaultTargets}
	for _, test := range []struct{ expr, want string }{
		{`up == 0`, "`up` is 0"},
		{`0.05 < shop_up`, "`shop_up` is above 0.05"},
		{`shop_queue_bytes > 2 * 1024 * 1024 * 1024`, "`shop_queue_bytes` is above 2 GiB"},
		{`rate(shop_requests_total{code="500",route!="/"}[5m]) >= 10`, "the per-second rate of `shop_requests_total` where `code` is `500` and `route` is not `/` over the last 5 minutes is at least 10 a second"},
		{`sum by (job) (rate(shop_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(shop_requests_total[5m])) > 0.05`,
			"the share of the per-second rate of `shop_requests_total` over the last 5 minutes, summed for each `job`, where `code` matches `5..`, is above 5%"},
		{`rate(shop_errors_total[5m]) / rate(shop_requests_total[5m]) > 0.01`,
			"the per-second rate of `shop_errors_total` over the last 5 minutes as a share of the per-second rate of `shop_requests_total` over the last 5 minutes is above 1%"},
		{`histogram_quantile(0.99, sum by (le, route) (rate(shop_request_duration_seconds_bucket[10m]))) > 0.5`,
			"the 99th percentile of `shop_request_duration_seconds` over the last 10 minutes, for each `route`, is above 0.5 seconds"},
		{`rate(shop_request_duration_seconds_sum[5m]) / rate(shop_request_duration_seconds_count[5m]) > 60`,
			"the mean of `shop_request_duration_seconds` over the last 5 minutes is above 1 minute"},
		{`absent(up{job="shop"})`, "there is no `up` where `job` is `shop`"},
		{`time() - shop_start_timestamp_seconds < 600 and on (instance) changes(shop_up[1h30m]) > 3`,
			"the time since `shop_start_timestamp_seconds` is below 10 minutes, and the number of changes of `shop_up` over the last 1 hour and 30 minutes is above 3"},
		{`count(up{job=~"a|b"} == 0) > 1 unless shop_up offset 1d`,
			"the number of series for which `up` where `job` is `a` or `b` is 0, over all series, is above 1, unless there is `shop_up` 1 day ago"},
		{`predict_linear(shop_queue_bytes[6h], 4 * 3600) < 0`, "what `shop_queue_bytes` will be in 4 hours, going on as over the last 6 hours, is below 0 bytes"},
		{`max_over_time(rate(shop_errors_total[5m])[1h:1m]) > 1`, "the greatest value of the per-second rate of `shop_errors_total` over the last 5 minutes over the last 1 hour is above 1 a second"},
		{`topk(3, shop_queue_bytes) > 1`, "the 3 greatest of `shop_queue_bytes` is above 1 byte"},
		{`max(shop_queue_bytes) - min(shop_queue_bytes) > 1024`, "(the greatest value of `shop_queue_bytes`, over all series) minus (the least value of `shop_queue_bytes`, over all series) is above 1 KiB"},
		{`vector(1)`, "there is 1"},
	} {
		e, err := Parse(test.expr)
		if err != nil {
			t.Fatal(err)
		}
		before := e.String()
		if got := Infer(test.expr, e, w).Words(); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.expr, got, test.want)
		}
		if e.String() != before {
			t.Errorf("%s became %s", before, e)
		}
	}
}
