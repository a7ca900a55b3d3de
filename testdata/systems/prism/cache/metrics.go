// Package cache counts what Prism answers from memory: hits and misses by
// method, ranges that were partly there, and what the block, log and transaction
// caches hold.
//
// Its names leave out the first word: the registerer adds it.
package cache

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// Values of the label cache_type.
const (
	typeBlock       = "block"
	typeLog         = "log"
	typeTransaction = "transaction"
)

// Metrics are the caches' metrics.
type Metrics struct {
	hits      *prometheus.CounterVec
	misses    *prometheus.CounterVec
	partial   *prometheus.CounterVec
	fulfilled *prometheus.HistogramVec

	evictedBlocks, evictedLogs, evictedTransactions prometheus.Counter

	held held
}

// NewMetrics makes the caches' metrics and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	auto := promauto.With(prometheus.WrapRegistererWithPrefix("rpc_", reg))
	byMethod := []string{telemetry.LabelMethod}
	evictions := auto.NewCounterVec(prometheus.CounterOpts{
		Name: "cache_evictions_total",
		Help: "Entries dropped to make room, by cache.",
	}, []string{"cache_type"})
	return &Metrics{
		hits: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "cache_hits_total",
			Help: "Requests answered from a cache.",
		}, byMethod),
		misses: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "cache_misses_total",
			Help: "Requests that a cache could not answer.",
		}, byMethod),
		partial: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "partial_cache_fulfillments_total",
			Help: "Range requests of which a part was answered from a cache.",
		}, byMethod),
		fulfilled: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "partial_cache_fulfillment_percentage",
			Help:    "Share of a range that was answered from a cache, from 0 to 1.",
			Buckets: []float64{0.1, 0.25, 0.5, 0.75, 0.9, 1},
		}, byMethod),
		evictedBlocks:       evictions.WithLabelValues(typeBlock),
		evictedLogs:         evictions.WithLabelValues(typeLog),
		evictedTransactions: evictions.WithLabelValues(typeTransaction),
		held:                newHeld(reg),
	}
}

// Looked records the lookups for a method: hits of them answered, misses not.
func (m *Metrics) Looked(method string, hits, misses int) {
	m.hits.WithLabelValues(method).Add(float64(hits))
	m.misses.WithLabelValues(method).Add(float64(misses))
}

// Partial records a range of which a share, from 0 to 1, was in a cache.
func (m *Metrics) Partial(method string, share float64) {
	m.partial.WithLabelValues(method).Inc()
	m.fulfilled.WithLabelValues(method).Observe(share)
}

// Evicted records entries dropped from the three caches.
func (m *Metrics) Evicted(blocks, logs, transactions int) {
	m.evictedBlocks.Add(float64(blocks))
	m.evictedLogs.Add(float64(logs))
	m.evictedTransactions.Add(float64(transactions))
}
