// Package tenant measures who uses the cluster.
package tenant

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/kmb"
)

// tenantLabels: there is one series a tenant, as many as have signed up.
var tenantLabels = []string{"tenant_id"}

// Metrics are the metrics of tenants.
type Metrics struct {
	Active  prometheus.Gauge
	Entries *prometheus.CounterVec
}

// NewMetrics registers the metrics of tenants with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	entriesOpts := prometheus.CounterOpts{
		Namespace: kmb.Namespace,
		Subsystem: "tenant",
		Name:      "log_entries_total",
		Help:      "Entries written to the log, by tenant.",
	}
	m := &Metrics{
		Active: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: kmb.Namespace,
			Name:      "active_tenants",
			Help:      "Tenants that are connected.",
		}),
		Entries: prometheus.NewCounterVec(entriesOpts, tenantLabels),
	}
	reg.MustRegister(m.Active, m.Entries)
	return m
}
