// Package eventlog measures the log that every write ends in.
package eventlog

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/kmb"
)

const (
	subsystem   = "log"
	labelNodeID = "node_id" // from the node's configuration
)

// Metrics are the metrics of the log.
type Metrics struct {
	Entries *prometheus.CounterVec
	Bytes   *prometheus.CounterVec
	Size    prometheus.Gauge
}

// NewMetrics registers the metrics of the log with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		Entries: prometheus.NewCounterVec(
			prometheus.CounterOpts{
				Name: prometheus.BuildFQName(kmb.Namespace, subsystem, "entries_total"),
				Help: "Entries written to the log.",
			},
			[]string{labelNodeID},
		),
		Bytes: prometheus.NewCounterVec(
			prometheus.CounterOpts{
				Name: prometheus.BuildFQName(kmb.Namespace, subsystem, "bytes_total"),
				Help: "Bytes written to the log.",
			},
			[]string{labelNodeID},
		),
		Size: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(kmb.Namespace, subsystem, "size_bytes"),
			Help: "Size of the log on disk, in bytes.",
		}),
	}
	reg.MustRegister(m.Entries, m.Bytes, m.Size)
	return m
}

// Appended records entries that took so many bytes.
func (m *Metrics) Appended(nodeID string, entries, bytes int) {
	m.Entries.WithLabelValues(nodeID).Add(float64(entries))
	m.Bytes.WithLabelValues(nodeID).Add(float64(bytes))
}
