// Package rpc measures the JSON-RPC server.
package rpc

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

const subsystem = "rpc"

var (
	requestLabels  = []string{"method", "status"}
	durationLabels = []string{"method"}
)

// Metrics are the metrics of the RPC server.
type Metrics struct {
	Requests *prometheus.CounterVec
	Duration *prometheus.HistogramVec
	Active   prometheus.Gauge
}

// NewMetrics registers the metrics of the RPC server with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	requests := prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "requests_total",
		Help:      "RPC requests answered, by method and outcome.",
	}
	duration := prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "request_duration_seconds",
		Help:      "Time to answer an RPC request, in seconds, by method.",
		Buckets:   []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5},
	}
	active := prometheus.GaugeOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "active_requests",
		Help:      "RPC requests that are being answered.",
	}
	factory := promauto.With(reg)
	return &Metrics{
		Requests: factory.NewCounterVec(requests, requestLabels),
		Duration: factory.NewHistogramVec(duration, durationLabels),
		Active:   factory.NewGauge(active),
	}
}

// Handle makes the series of a method that the server routes, so that its first
// error counts as an increase.
func (m *Metrics) Handle(method string) {
	m.Requests.WithLabelValues(method, string(telemetry.StatusSuccess))
	m.Requests.WithLabelValues(method, string(telemetry.StatusError))
	m.Duration.WithLabelValues(method)
}

// Answered records a request that took so many seconds.
func (m *Metrics) Answered(method string, ok bool, seconds float64) {
	if ok {
		m.Requests.WithLabelValues(method, string(telemetry.StatusSuccess)).Inc()
	} else {
		m.Requests.WithLabelValues(method, string(telemetry.StatusError)).Inc()
	}
	m.Duration.WithLabelValues(method).Observe(seconds)
}
