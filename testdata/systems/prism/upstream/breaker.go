package upstream

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// Values of the label to_state, and what the state gauge shows for them.
const (
	stateClosed   = "closed"
	stateHalfOpen = "half_open"
	stateOpen     = "open"

	valueClosed   = 0
	valueHalfOpen = 0.5
	valueOpen     = 1
)

type breakerMetrics struct {
	state       *prometheus.GaugeVec
	transitions *prometheus.CounterVec
	failures    *prometheus.GaugeVec
	open        *prometheus.HistogramVec
}

func newBreakerMetrics(reg prometheus.Registerer) breakerMetrics {
	const prefix = telemetry.Namespace + "_circuit_breaker_"
	m := breakerMetrics{
		state: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prefix + "state",
			Help: "State of the upstream's circuit breaker: 0 closed, 0.5 half open, 1 open.",
		}, byUpstream),
		transitions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prefix + "transitions_total",
			Help: "Changes of the circuit breaker's state, by the state that it entered.",
		}, []string{telemetry.LabelUpstream, "to_state"}),
		//dashgen:ignore histogram-summary-reserved documented name; no histogram is called rpc_circuit_breaker_failure
		failures: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prefix + "failure_count",
			Help: "Failures in a row that the circuit breaker has seen; success sets it to 0.",
		}, byUpstream),
		open: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    prefix + "open_duration_seconds",
			Help:    "Time that the circuit breaker stayed open.",
			Buckets: []float64{10, 30, 60, 120, 300, 600},
		}, byUpstream),
	}
	reg.MustRegister(m.state, m.transitions, m.failures, m.open)
	return m
}

func (u *Upstream) initBreaker() {
	u.m.breaker.state.WithLabelValues(u.name).Set(valueClosed)
	u.m.breaker.transitions.WithLabelValues(u.name, stateClosed)
	u.m.breaker.transitions.WithLabelValues(u.name, stateHalfOpen)
	u.m.breaker.transitions.WithLabelValues(u.name, stateOpen)
	u.m.breaker.failures.WithLabelValues(u.name)
	u.m.breaker.open.WithLabelValues(u.name)
}

// SetFailures records how many requests failed in a row.
func (u *Upstream) SetFailures(n int) { u.m.breaker.failures.WithLabelValues(u.name).Set(float64(n)) }

// Opened records that the breaker lets nothing through.
func (u *Upstream) Opened() {
	u.m.breaker.state.WithLabelValues(u.name).Set(valueOpen)
	u.m.breaker.transitions.WithLabelValues(u.name, stateOpen).Inc()
}

// HalfOpened records that the breaker, open for that many seconds, lets a probe
// through.
func (u *Upstream) HalfOpened(openSeconds float64) {
	u.m.breaker.state.WithLabelValues(u.name).Set(valueHalfOpen)
	u.m.breaker.transitions.WithLabelValues(u.name, stateHalfOpen).Inc()
	u.m.breaker.open.WithLabelValues(u.name).Observe(openSeconds)
}

// Closed records that the breaker lets everything through again.
func (u *Upstream) Closed() {
	u.m.breaker.state.WithLabelValues(u.name).Set(valueClosed)
	u.m.breaker.transitions.WithLabelValues(u.name, stateClosed).Inc()
	u.SetFailures(0)
}
