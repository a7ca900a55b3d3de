package storage

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// rocksdb is the beginning of the names below.
const rocksdb = telemetry.Namespace + "_rocksdb_"

// RocksDBMetrics are the metrics of the database.
type RocksDBMetrics struct {
	Compactions        prometheus.Counter
	CompactionDuration prometheus.Histogram
	Size               prometheus.Gauge
	Reads              prometheus.Counter
	Writes             prometheus.Counter
	ReadDuration       prometheus.Histogram
	WriteDuration      prometheus.Histogram
}

func newRocksDBMetrics(factory promauto.Factory) RocksDBMetrics {
	return RocksDBMetrics{
		Compactions: factory.NewCounter(prometheus.CounterOpts{
			Name: rocksdb + "compactions_total",
			Help: "Compactions that RocksDB finished.",
		}),
		CompactionDuration: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    rocksdb + "compaction_duration_seconds",
			Help:    "Time that a compaction of RocksDB took, in seconds.",
			Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60},
		}),
		Size: factory.NewGauge(prometheus.GaugeOpts{
			Name: rocksdb + "size_bytes",
			Help: "Size of the database on disk, in bytes.",
		}),
		Reads: factory.NewCounter(prometheus.CounterOpts{
			Name: rocksdb + "reads_total",
			Help: "Read operations of RocksDB.",
		}),
		Writes: factory.NewCounter(prometheus.CounterOpts{
			Name: rocksdb + "writes_total",
			Help: "Write operations of RocksDB.",
		}),
		ReadDuration: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    rocksdb + "read_duration_seconds",
			Help:    "Time that a read operation of RocksDB took, in seconds.",
			Buckets: prometheus.ExponentialBuckets(0.00001, 3, 11),
		}),
		WriteDuration: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    rocksdb + "write_duration_seconds",
			Help:    "Time that a write operation of RocksDB took, in seconds.",
			Buckets: prometheus.ExponentialBuckets(0.00001, 3, 11),
		}),
	}
}
