package storage

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

const subsystemState = "state"

// Reads and writes are answered in microseconds from the cache and in
// milliseconds from the disk.
var stateBuckets = prometheus.ExponentialBuckets(0.000005, 4, 9)

// StateMetrics are the metrics of the state, cache included.
type StateMetrics struct {
	CommitDuration prometheus.Histogram
	ReadDuration   prometheus.Histogram
	WriteDuration  prometheus.Histogram
	Reads          prometheus.Counter
	Writes         prometheus.Counter
	CacheSize      prometheus.Gauge
	CacheHitRatio  prometheus.Gauge
}

func newStateMetrics(factory promauto.Factory) StateMetrics {
	return StateMetrics{
		CommitDuration: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemState,
			Name:      "commit_duration_seconds",
			Help:      "Time to commit a batch of state changes, in seconds.",
			Buckets:   prometheus.DefBuckets,
		}),
		ReadDuration: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemState,
			Name:      "read_duration_seconds",
			Help:      "Time to read a value of the state, in seconds.",
			Buckets:   stateBuckets,
		}),
		WriteDuration: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemState,
			Name:      "write_duration_seconds",
			Help:      "Time to write a value of the state, in seconds.",
			Buckets:   stateBuckets,
		}),
		Reads: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemState,
			Name:      "reads_total",
			Help:      "Values read from the state.",
		}),
		Writes: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemState,
			Name:      "writes_total",
			Help:      "Values written to the state.",
		}),
		CacheSize: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemState,
			Name:      "cache_size",
			Help:      "Entries in the state cache.",
		}),
		CacheHitRatio: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemState,
			Name:      "cache_hit_ratio",
			Help:      "Share of the latest reads that the state cache answered, from 0 to 1.",
		}),
	}
}
