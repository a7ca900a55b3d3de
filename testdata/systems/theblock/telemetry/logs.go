package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Logs holds the metrics of the log writer.
type Logs struct {
	Size prometheus.Histogram // bytes
}

func newLogs(reg prometheus.Registerer) *Logs {
	l := &Logs{}
	l.Size = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "log_size_bytes",
		Help:    "Size of a log entry as written.",
		Buckets: prometheus.ExponentialBuckets(64, 2, 12),
	})
	reg.MustRegister(l.Size)
	return l
}
