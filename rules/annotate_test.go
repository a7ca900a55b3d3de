package rules

import (
	"fmt"
	"testing"
)

// A declared alert without a summary or a description gets one of what it compares; what is written
// stays. No description names a label that the result may not have.
func TestAnnotate(t *testing.T) {
	const metrics = `counter shop_order_failures_total{reason} Orders that failed.
counter shop_cpu_seconds_total
counter shop_sent_bytes_total
gauge shop_queue_length Orders that wait.
gauge shop_db_connected Whether the {{ database }} is connected.
gauge shop_heap_bytes Bytes in use.
gauge shop_hit_ratio Share of hits.
gauge shop_fee_percent
gauge shop_heat_celsius
gauge shop_lag_milliseconds
gauge shop_backup_timestamp_seconds When the last backup was made, as a unix time.
histogram shop_request_seconds{method} How long requests take.`
	const value, on = "{{ $value | humanize }}", " on {{ $labels.instance }}."
	for _, c := range []struct{ expr, summary, description string }{
		{"shop_queue_length > 100", "Queue length: above 100", "Orders that wait. The value is " + value + on},
		{"100 < shop_queue_length", "Queue length: above 100", "Orders that wait. The value is " + value + on},
		{"shop_db_connected == 0", "DB connected is 0", `Whether the {{ "{{" }} database }} is connected. The value is ` + value + on},
		{"shop_heap_bytes >= 1073741824", "Heap: at least 1 GiB", "Bytes in use. The value is {{ $value | humanize1024 }}B" + on},
		{"shop_heap_bytes > 3e9", "Heap: above 3 GB", "Bytes in use. The value is {{ $value | humanize1024 }}B" + on},
		{"shop_heap_bytes > 1", "Heap: above 1 byte", "Bytes in use. The value is {{ $value | humanize1024 }}B" + on},
		{"shop_hit_ratio < 0.95", "Hit ratio: below 95%", "Share of hits. The value is {{ $value | humanizePercentage }}" + on},
		{"avg by (job) (shop_hit_ratio) < 0.95", "Hit ratio: below 95%", "Share of hits. The value is {{ $value | humanizePercentage }}."},
		{"shop_fee_percent > 5", "Fee percent: above 5%", "The value is " + value + "%" + on},
		{"shop_heat_celsius > 1", "Heat: above 1 celsius", "The value is " + value + " celsius" + on},
		{"shop_lag_milliseconds > 5", "Lag: above 5 milliseconds", "The value is " + value + " milliseconds" + on},
		{"rate(shop_order_failures_total[5m]) > 0.1", "Order failures: above 0.1 a second", "Orders that failed. The value is " + value + " a second" + on},
		{"sum by (reason) (increase(shop_order_failures_total[5m])) > 0", "Order failures in 5m: above 0", "Orders that failed. The value is " + value + "."},
		{"sum without (reason) (rate(shop_sent_bytes_total[5m])) > 1024", "Sent bytes: above 1 KiB a second", "The value is {{ $value | humanize1024 }}B a second" + on},
		{"rate(shop_cpu_seconds_total[5m]) > 0.9", "CPU: above 0.9 seconds a second", "The value is " + value + " seconds a second" + on},
		{"histogram_quantile(0.99, sum by (le) (rate(shop_request_seconds_bucket[5m]))) > 120", "Request, p99: above 2 minutes",
			"How long requests take. The value is {{ $value | humanizeDuration }}."},
		{"time() - shop_backup_timestamp_seconds > 86400", "Backup, age: above 1 day",
			"When the last backup was made, as a unix time. The value is {{ $value | humanizeDuration }}" + on},
		{`absent(shop_queue_length{job="shop"})`, "Queue length is absent", "Orders that wait. There is no such series."},

		// What is compared is not simply a metric: the alert's name says what it is.
		{"shop_queue_length > shop_heap_bytes", "High error rate", "The value is " + value + on},
		{"1 - shop_hit_ratio > 0.05", "High error rate: above 5%", "Share of hits. The value is {{ $value | humanizePercentage }}" + on},
		{"changes(shop_queue_length[5m]) > 4", "High error rate: above 4", "Orders that wait. The value is " + value + on},
		{"count(shop_db_connected == 0) == 2", "High error rate", `Whether the {{ "{{" }} database }} is connected. The value is ` + value + "."},
		{`up{job="shop"} == 0`, "High error rate", "The value is " + value + on},
		{"job:shop_order_failures:rate5m > 1", "High error rate: above 1", "The value is " + value + "."},
		{"shop_queue_length > 5 and on (job) shop_db_connected == 1", "High error rate", "The value is " + value + on},
		{"shop_queue_length / on (job) group_left () shop_heap_bytes > 5", "High error rate: above 5", "The value is " + value + on},
		{"shop_queue_length / on (job) shop_heap_bytes > 5", "High error rate: above 5", "The value is " + value + "."},
		{"shop_queue_length / ignoring (instance) shop_heap_bytes > 5", "High error rate: above 5", "The value is " + value + "."},
		{`label_replace(shop_queue_length, "instance", "", "job", ".*") > 5`, "High error rate: above 5", "Orders that wait. The value is " + value + "."},
	} {
		groups, fs := deriveFrom(t, metrics, fmt.Sprintf("version: 1\nname: shop\nderive: {alerts: false}\nalerts: [{name: g, rules: [{alert: HighErrorRate, expr: %q}]}]", c.expr))
		if len(fs) > 0 || len(groups) != 1 || len(groups[0].Rules) != 1 {
			t.Errorf("%s: %s%v", c.expr, text(groups), fs)
			continue
		}
		if got := groups[0].Rules[0].Annotations; got["summary"] != c.summary || got["description"] != c.description {
			t.Errorf("%s:\ngot  %s\n     %s\nwant %s\n     %s", c.expr, got["summary"], got["description"], c.summary, c.description)
		}
	}
}

// What is written stays, and each of the two is filled in by itself.
func TestAnnotateKeeps(t *testing.T) {
	groups, fs := deriveFrom(t, "//dashgen:alert Long when=\"> 5\" description=\"{{ $value }} wait\"\ngauge x", `
version: 1
target_labels: [job, pod]
alerts:
  - name: g
    rules:
      - {record: a:b, expr: x}
      - {alert: A, expr: x > 1, annotations: {summary: S}}
      - {alert: B, expr: x > 1, annotations: {summary: S, description: D, runbook_url: R}}`)
	const want = `g:
a:b: x
A: x > 1
    description: The value is {{ $value | humanize }} on {{ $labels.pod }}.
    summary: S
B: x > 1
    description: D
    runbook_url: R
    summary: S
shop:
Long: x > 5 | severity=warning
    description: {{ $value }} wait
    summary: X: above 5
`
	if got := text(groups); got != want || len(fs) > 0 {
		t.Errorf("got\n%s%v\nwant\n%s", got, fs, want)
	}
}

func TestNameInWords(t *testing.T) {
	for name, want := range map[string]string{
		"HighErrorRate": "High error rate", "DBDown": "DB down", "HTTPErrors": "HTTP errors", "queue_long": "Queue long", "Node2Down": "Node2 down",
		"x": "X", "ÜberLast": "ÜberLast", "-": "-", "A b": "A b", "OrdersP99Slow": "Orders p99 slow",
	} {
		if got := nameInWords(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}
