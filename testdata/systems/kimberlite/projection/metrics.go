// Package projection measures how far the tables that queries read are behind the
// log.
package projection

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/kmb"
)

const prefix = kmb.Namespace + "_projection_"

// Metrics are the metrics of projections.
type Metrics struct {
	applied prometheus.Gauge
	lag     prometheus.Gauge
}

// NewMetrics registers the metrics of projections with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	applied := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: prefix + "applied_position",
		Help: "Log position of the last entry that was applied.",
	})
	//dashgen:alert ProjectionLagHigh when="> 1000" for=5m severity=critical summary="Projection lagging by >1000 entries"
	lag := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: prefix + "lag",
		Help: "Entries of the log that were not applied yet.",
	})
	reg.MustRegister(applied)
	reg.MustRegister(lag)
	return &Metrics{applied: applied, lag: lag}
}

// Applied records that the log is applied up to position, of head entries.
func (m *Metrics) Applied(position, head uint64) {
	m.applied.Set(float64(position))
	m.lag.Set(float64(head - position))
}
