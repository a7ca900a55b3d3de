// Package blocks measures block production on the write node.
package blocks

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

const subsystem = "block"

// A block is due every 100 ms; the bounds are dense up to there and hold 90 ms,
// from which on production is too slow.
var phaseBuckets = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.09, 0.1, 0.15, 0.25, 0.5, 1}

// Metrics are the metrics of block production.
type Metrics struct {
	Produced  prometheus.Counter
	Empty     prometheus.Counter
	Errors    prometheus.Counter
	Height    prometheus.Gauge
	Timestamp prometheus.Gauge
	TxCount   prometheus.Histogram

	Production prometheus.Histogram
	Validation prometheus.Histogram
	Execution  prometheus.Histogram
	Commit     prometheus.Histogram
}

// NewMetrics registers the metrics of block production with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	m := &Metrics{
		Produced: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "blocks_produced_total",
			Help:      "Blocks produced, the empty ones among them.",
		}),
		Empty: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "empty_blocks_total",
			Help:      "Blocks produced without a transaction.",
		}),
		Errors: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "errors_total",
			Help:      "Attempts to produce a block that failed and were repeated.",
		}),
		Height: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "height",
			Help:      "Height of the latest block.",
		}),
		//dashgen:unit seconds
		Timestamp: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "timestamp",
			Help:      "Unix time of the latest block, in seconds.",
		}),
		TxCount: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "tx_count",
			Help:      "Transactions in a block.",
			Buckets:   []float64{0, 1, 2, 4, 8, 16, 32, 64, 128, 256},
		}),
	}
	m.phases(factory)
	return m
}

// phases registers the histograms of how long a block takes.
func (m *Metrics) phases(factory promauto.Factory) {
	m.Production = factory.NewHistogram(prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "production_duration_seconds",
		Help:      "Time to produce a block from taking its transactions to having it committed, in seconds.",
		Buckets:   phaseBuckets,
	})
	m.Validation = factory.NewHistogram(prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "validation_duration_seconds",
		Help:      "Time to validate the transactions of a block, in seconds.",
		Buckets:   phaseBuckets,
	})
	m.Execution = factory.NewHistogram(prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "execution_duration_seconds",
		Help:      "Time to execute the transactions of a block, in seconds.",
		Buckets:   phaseBuckets,
	})
	m.Commit = factory.NewHistogram(prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "commit_duration_seconds",
		Help:      "Time to commit the state that a block leads to, in seconds.",
		Buckets:   phaseBuckets,
	})
}
