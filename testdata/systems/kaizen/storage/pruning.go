package storage

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

const subsystemPruning = "pruning"

// PruningMetrics are the metrics of the removal of old blocks.
type PruningMetrics struct {
	Blocks   prometheus.Counter
	Duration prometheus.Histogram
}

func newPruningMetrics(factory promauto.Factory) PruningMetrics {
	return PruningMetrics{
		Blocks: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemPruning,
			Name:      "blocks_total",
			Help:      "Blocks removed by pruning.",
		}),
		Duration: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemPruning,
			Name:      "duration_seconds",
			Help:      "Time that a run of pruning took, in seconds.",
			Buckets:   prometheus.DefBuckets,
		}),
	}
}
