// Package consensus counts requests that Prism sends to several upstreams, to
// answer with what most of them say.
package consensus

import "github.com/prometheus/client_golang/prometheus"

// Values of the label result.
const (
	resultSuccess = "success"
	resultFailure = "failure"
)

// Metrics are the metrics of consensus requests.
type Metrics struct {
	requests  *prometheus.CounterVec
	agreement prometheus.Gauge
	duration  prometheus.Histogram
}

// NewMetrics makes the metrics of consensus requests and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(
			prometheus.CounterOpts{
				Name: "rpc_consensus_requests_total",
				Help: "Requests answered by consensus, by whether there was one.",
			},
			[]string{"result"},
		),
		agreement: prometheus.NewGauge(
			prometheus.GaugeOpts{
				Name: "rpc_consensus_agreement_rate",
				Help: "Share of recent consensus requests on which the upstreams agreed, from 0 to 1.",
			},
		),
		duration: prometheus.NewHistogram(
			prometheus.HistogramOpts{
				Name:    "rpc_consensus_duration_seconds",
				Help:    "Time until enough upstreams agreed.",
				Buckets: prometheus.ExponentialBuckets(0.025, 2, 8),
			},
		),
	}
	reg.MustRegister(m.requests)
	reg.MustRegister(m.agreement)
	reg.MustRegister(m.duration)
	m.requests.With(prometheus.Labels{"result": resultSuccess})
	m.requests.With(prometheus.Labels{"result": resultFailure})
	return m
}

// Agreed records a request on which the upstreams agreed after that many seconds.
func (m *Metrics) Agreed(seconds float64) {
	m.requests.With(prometheus.Labels{"result": resultSuccess}).Inc()
	m.duration.Observe(seconds)
}

// Disagreed records a request on which they did not, after that many seconds.
func (m *Metrics) Disagreed(seconds float64) {
	m.requests.With(prometheus.Labels{"result": resultFailure}).Inc()
	m.duration.Observe(seconds)
}

// SetAgreement records the share of recent requests on which the upstreams agreed.
func (m *Metrics) SetAgreement(share float64) { m.agreement.Set(share) }
