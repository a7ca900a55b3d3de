// Package metric is a stub of k8s.io/kube-state-metrics/v2/pkg/metric.
package metric

type Type string

var (
	Gauge    Type = "gauge"
	Info     Type = "info"
	StateSet Type = "stateset"
	Counter  Type = "counter"
)

type Metric struct {
	LabelKeys   []string
	LabelValues []string
	Value       float64
}

type Family struct {
	Name    string
	Type    Type
	Metrics []*Metric
}
