// Package storage measures the state store: its cache, RocksDB below it, and the
// pruning of old blocks.
package storage

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics are the metrics of the state store.
type Metrics struct {
	State   StateMetrics
	RocksDB RocksDBMetrics
	Pruning PruningMetrics
}

// NewMetrics registers the metrics of the state store with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		State:   newStateMetrics(factory),
		RocksDB: newRocksDBMetrics(factory),
		Pruning: newPruningMetrics(factory),
	}
}
