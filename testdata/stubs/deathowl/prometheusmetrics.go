// Package prometheusmetrics stands for the real one in the scanner's tests.
package prometheusmetrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rcrowley/go-metrics"
)

type PrometheusConfig struct{ _ int }

func NewPrometheusProvider(r metrics.Registry, namespace string, subsystem string, promRegistry prometheus.Registerer, FlushInterval time.Duration) *PrometheusConfig {
	return nil
}

func (c *PrometheusConfig) UpdatePrometheusMetrics() {}

func (c *PrometheusConfig) WithTimerBuckets(b []float64) *PrometheusConfig { return c }
