// Package server counts what clients ask of Prism and how it answers: requests
// by method and upstream, open connections, WebSockets and batches.
package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// routeLabels are the labels of everything that is counted a request.
var routeLabels = []string{telemetry.LabelMethod, telemetry.LabelUpstream}

// Metrics are the server's metrics.
type Metrics struct {
	requests  *prometheus.CounterVec
	succeeded *prometheus.CounterVec
	failed    *prometheus.CounterVec
	duration  *prometheus.HistogramVec

	connections
	batches
}

// NewMetrics makes the server's metrics and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	duration := prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Name:      "request_duration_seconds",
		Help:      "Time from the client's request to the last byte of the answer.",
		Buckets:   prometheus.DefBuckets,
	}
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "requests_total",
			Help:      "Requests sent to an upstream, answered or not.",
		}, routeLabels),
		succeeded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "requests_success_total",
			Help:      "Requests that an upstream answered with a result.",
		}, routeLabels),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "requests_error_total",
			Help:      "Requests that failed: no answer, or an error as the answer.",
		}, routeLabels),
		duration: prometheus.NewHistogramVec(duration, routeLabels),

		connections: newConnections(),
		batches:     newBatches(),
	}
	reg.MustRegister(m.requests, m.succeeded, m.failed, m.duration)
	m.connections.register(reg)
	m.batches.register(reg)
	return m
}

// A Route is one method at one upstream, its series looked up once.
type Route struct {
	requests, succeeded, failed prometheus.Counter
	duration                    prometheus.Observer
}

// Route returns the series of a method at an upstream, which exist from then on.
func (m *Metrics) Route(method, upstream string) *Route {
	return &Route{
		requests:  m.requests.WithLabelValues(method, upstream),
		succeeded: m.succeeded.WithLabelValues(method, upstream),
		failed:    m.failed.WithLabelValues(method, upstream),
		duration:  m.duration.WithLabelValues(method, upstream),
	}
}

// Served records a request that took that many seconds.
func (r *Route) Served(seconds float64, ok bool) {
	r.requests.Inc()
	r.duration.Observe(seconds)
	if ok {
		r.succeeded.Inc()
	} else {
		r.failed.Inc()
	}
}
