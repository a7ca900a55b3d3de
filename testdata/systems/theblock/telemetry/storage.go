package telemetry

import "github.com/prometheus/client_golang/prometheus"

// storageLabels name the coder and the compressor of a storage operation, so that
// the fallbacks can be told apart.
var storageLabels = []string{LabelErasure, LabelCompression}

// Storage holds the metrics of blob storage. All but Coding are by LabelErasure and
// LabelCompression.
type Storage struct {
	PutObject      *prometheus.HistogramVec // seconds
	PutChunk       *prometheus.HistogramVec // seconds
	RepairFailures *prometheus.CounterVec
	Coding         prometheus.Counter
}

func newStorage(reg prometheus.Registerer) *Storage {
	const prefix = "storage_"
	s := &Storage{}
	s.PutObject = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    prefix + "put_object_seconds",
		Help:    "Time to store an object, by coder and compressor.",
		Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
	}, storageLabels)
	s.PutChunk = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    prefix + "put_chunk_seconds",
		Help:    "Time to store one chunk of an object, by coder and compressor.",
		Buckets: prometheus.ExponentialBuckets(0.001, 2, 12),
	}, storageLabels)
	s.RepairFailures = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: prefix + "repair_failures_total",
		Help: "Repairs of an object that failed, by coder and compressor.",
	}, storageLabels)
	s.Coding = prometheus.NewCounter(prometheus.CounterOpts{
		Name: prefix + "coding_operations_total",
		Help: "Chunks encoded or decoded.",
	})
	for _, c := range []prometheus.Collector{s.PutObject, s.PutChunk, s.RepairFailures, s.Coding} {
		reg.MustRegister(c)
	}
	return s
}
