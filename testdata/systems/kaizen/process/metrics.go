// Package process measures the node as an operating system process.
package process

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// A Build says what runs: the release and the role that it was started in.
type Build struct {
	Version string
	Mode    string // write, read, or both
}

var infoLabels = []string{"version", "mode"}

// Metrics are the metrics of the process.
type Metrics struct {
	Info   *prometheus.GaugeVec
	Uptime prometheus.Gauge
	Memory prometheus.Gauge
	CPU    prometheus.Gauge
}

// NewMetrics registers the metrics of the process with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		Info: factory.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Name:      "info",
			Help:      "Version and mode of the node; the value is always 1.",
		}, infoLabels),
		Uptime: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Name:      "uptime_seconds",
			Help:      "Time since the node started, in seconds.",
		}),
		Memory: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "process",
			Name:      "memory_bytes",
			Help:      "Resident memory of the node, in bytes.",
		}),
		// The operating system is asked for the sum, so it is set and never added to.
		//
		//dashgen:ignore counter-total documented as a gauge under this name: the value is read from the operating system and set
		CPU: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "process",
			Name:      "cpu_seconds_total",
			Help:      "Processor time that the node has used since it started, in seconds.",
		}),
	}
}

// Started publishes what runs.
func (m *Metrics) Started(b Build) {
	m.Info.WithLabelValues(b.Version, b.Mode).Set(1)
}
