// Package instrument is a stub of github.com/grafana/dskit/instrument.
package instrument

import "github.com/prometheus/client_golang/prometheus"

var HistogramCollectorBuckets = []string{"operation", "status_code"}

type HistogramCollector struct{ metric *prometheus.HistogramVec }

func NewHistogramCollectorFromOpts(opts prometheus.HistogramOpts) *HistogramCollector {
	metric := prometheus.NewHistogramVec(opts, HistogramCollectorBuckets)
	return &HistogramCollector{metric}
}

func NewHistogramCollector(metric *prometheus.HistogramVec) *HistogramCollector {
	return &HistogramCollector{metric}
}

func (c *HistogramCollector) Register() { prometheus.MustRegister(c.metric) }
