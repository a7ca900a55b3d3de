// Package mempool measures the queue of transactions that wait for a block.
package mempool

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

const subsystem = "mempool"

// A RejectReason is why a transaction was not let in, the value of label reason.
type RejectReason string

// Every RejectReason.
const (
	RejectDuplicate         RejectReason = "duplicate"
	RejectMempoolFull       RejectReason = "mempool_full"
	RejectTooManyFromSender RejectReason = "too_many_from_sender"
	RejectInvalidSignature  RejectReason = "invalid_signature"
	RejectInvalidTimestamp  RejectReason = "invalid_timestamp"
)

// An EvictReason is why a transaction that waited was thrown out, the value of
// label reason.
type EvictReason string

// Every EvictReason.
const (
	EvictExpired     EvictReason = "expired"
	EvictReplaced    EvictReason = "replaced"
	EvictLowPriority EvictReason = "low_priority"
)

// Metrics are the metrics of the mempool.
type Metrics struct {
	Pending        prometheus.Gauge
	HighPriority   prometheus.Gauge
	NormalPriority prometheus.Gauge
	UniqueSenders  prometheus.Gauge
	Added          prometheus.Counter
	Rejected       map[RejectReason]prometheus.Counter
	Evicted        map[EvictReason]prometheus.Counter
	TxSize         prometheus.Histogram
}

var reasonLabel = []string{"reason"}

// NewMetrics registers the metrics of the mempool with reg. Every reason has its
// series from the start.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	rejected := factory.NewCounterVec(prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "txs_rejected_total",
		Help:      "Transactions that were not let into the mempool, by reason.",
	}, reasonLabel)
	evicted := factory.NewCounterVec(prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "txs_evicted_total",
		Help:      "Transactions thrown out of the mempool before they were in a block, by reason.",
	}, reasonLabel)
	m := &Metrics{
		Rejected: map[RejectReason]prometheus.Counter{
			RejectDuplicate:         rejected.WithLabelValues(string(RejectDuplicate)),
			RejectMempoolFull:       rejected.WithLabelValues(string(RejectMempoolFull)),
			RejectTooManyFromSender: rejected.WithLabelValues(string(RejectTooManyFromSender)),
			RejectInvalidSignature:  rejected.WithLabelValues(string(RejectInvalidSignature)),
			RejectInvalidTimestamp:  rejected.WithLabelValues(string(RejectInvalidTimestamp)),
		},
		Evicted: map[EvictReason]prometheus.Counter{
			EvictExpired:     evicted.WithLabelValues(string(EvictExpired)),
			EvictReplaced:    evicted.WithLabelValues(string(EvictReplaced)),
			EvictLowPriority: evicted.WithLabelValues(string(EvictLowPriority)),
		},
		Added: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "txs_added_total",
			Help:      "Transactions let into the mempool.",
		}),
		TxSize: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "tx_size_bytes",
			Help:      "Size of the transactions let into the mempool, in bytes.",
			Buckets:   prometheus.ExponentialBuckets(64, 2, 12),
		}),
	}
	m.queues(factory)
	return m
}

// queues registers the gauges of what waits.
func (m *Metrics) queues(factory promauto.Factory) {
	//dashgen:alert MempoolBacklog when="> 5000" for=2m severity=warning summary="Mempool backlog growing"
	m.Pending = factory.NewGauge(prometheus.GaugeOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "pending_txs",
		Help:      "Transactions that wait for a block, of both priorities.",
	})
	m.HighPriority = factory.NewGauge(prometheus.GaugeOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "high_priority_txs",
		Help:      "Transactions in the high priority queue.",
	})
	m.NormalPriority = factory.NewGauge(prometheus.GaugeOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "normal_priority_txs",
		Help:      "Transactions in the normal priority queue.",
	})
	m.UniqueSenders = factory.NewGauge(prometheus.GaugeOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "unique_senders",
		Help:      "Accounts with at least one transaction in the mempool.",
	})
}
