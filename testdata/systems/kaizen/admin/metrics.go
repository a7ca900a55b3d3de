// Package admin measures what operators do to the chain.
package admin

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// Metrics are the metrics of administration.
type Metrics struct {
	BlacklistAdditions prometheus.Counter
	BlacklistRemovals  prometheus.Counter
	Pauses             prometheus.Counter
	Resumes            prometheus.Counter
}

// NewMetrics registers the metrics of administration with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	const (
		blacklist = "blacklist"
		system    = "system"
	)
	factory := promauto.With(reg)
	return &Metrics{
		BlacklistAdditions: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: blacklist,
			Name:      "additions_total",
			Help:      "Addresses put on the blacklist.",
		}),
		BlacklistRemovals: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: blacklist,
			Name:      "removals_total",
			Help:      "Addresses taken off the blacklist.",
		}),
		Pauses: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: system,
			Name:      "pauses_total",
			Help:      "Times that an operator paused trading.",
		}),
		Resumes: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: system,
			Name:      "resumes_total",
			Help:      "Times that an operator resumed trading.",
		}),
	}
}
