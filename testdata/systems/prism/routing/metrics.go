// Package routing counts how Prism chooses an upstream: selections, the scores
// that they follow from, and hedged requests.
package routing

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// Values of the label reason of a selection.
const (
	reasonBestScore = "best_score"
	reasonFallback  = "fallback"
)

const subsystem = "upstream"

var perUpstream = []string{telemetry.LabelUpstream}

// Metrics are the router's metrics.
type Metrics struct {
	selections  *prometheus.CounterVec
	composite   *prometheus.GaugeVec
	latency     *prometheus.GaugeVec
	errorRate   *prometheus.GaugeVec
	throttle    *prometheus.GaugeVec
	blockLag    *prometheus.GaugeVec
	blockBehind *prometheus.GaugeVec
	hedging     hedging
}

// NewMetrics makes the router's metrics and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		selections: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystem, "selections_total"),
			Help: "Times that the upstream was chosen, by reason.",
		}, []string{telemetry.LabelUpstream, telemetry.LabelReason}),
		composite: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystem, "composite_score"),
			Help: "Score of the upstream, the product of its factors, from 0 to 1.",
		}, perUpstream),
		latency: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystem, "latency_factor"),
			Help: "Factor of the upstream's score for its latency, from 0 to 1.",
		}, perUpstream),
		errorRate: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystem, "error_rate_factor"),
			Help: "Factor of the upstream's score for its error rate, from 0 to 1.",
		}, perUpstream),
		throttle: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystem, "throttle_factor"),
			Help: "Factor of the upstream's score for its rate limiting, from 0 to 1.",
		}, perUpstream),
		blockLag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystem, "block_lag_factor"),
			Help: "Factor of the upstream's score for its block lag, from 0 to 1.",
		}, perUpstream),
		//dashgen:alert UpstreamBlockLag when="> 10" severity=warning summary="Upstream block lag"
		blockBehind: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystem, "block_head_lag"),
			Help: "Blocks that the upstream is behind the highest block seen at any upstream.",
		}, perUpstream),
		hedging: newHedging(reg),
	}
	reg.MustRegister(m.selections, m.composite, m.latency, m.errorRate, m.throttle, m.blockLag, m.blockBehind)
	return m
}

// Know makes the series of a configured upstream, so that they start at 0.
func (m *Metrics) Know(upstream string) {
	m.selections.WithLabelValues(upstream, reasonBestScore)
	m.selections.WithLabelValues(upstream, reasonFallback)
	m.hedging.wins.WithLabelValues(upstream, winPrimary)
	m.hedging.wins.WithLabelValues(upstream, winHedged)
	m.hedging.delay.WithLabelValues(upstream)
}

// SelectedBest records n requests sent to the upstream for its score.
func (m *Metrics) SelectedBest(upstream string, n int) {
	m.selections.WithLabelValues(upstream, reasonBestScore).Add(float64(n))
}

// SelectedFallback records n requests sent to the upstream because a better one
// could not take them.
func (m *Metrics) SelectedFallback(upstream string, n int) {
	m.selections.WithLabelValues(upstream, reasonFallback).Add(float64(n))
}

// Factors are what an upstream's score is made of, each from 0 to 1.
type Factors struct{ Latency, ErrorRate, Throttle, BlockLag float64 }

// SetScore records the factors of an upstream's score, and their product.
func (m *Metrics) SetScore(upstream string, f Factors) {
	m.latency.WithLabelValues(upstream).Set(f.Latency)
	m.errorRate.WithLabelValues(upstream).Set(f.ErrorRate)
	m.throttle.WithLabelValues(upstream).Set(f.Throttle)
	m.blockLag.WithLabelValues(upstream).Set(f.BlockLag)
	m.composite.WithLabelValues(upstream).Set(f.Latency * f.ErrorRate * f.Throttle * f.BlockLag)
}

// SetBlockLag records how many blocks the upstream is behind.
func (m *Metrics) SetBlockLag(upstream string, blocks int) {
	m.blockBehind.WithLabelValues(upstream).Set(float64(blocks))
}
