// Package auth measures the verification of signatures.
package auth

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// Metrics are the metrics of signature verification.
type Metrics struct {
	Verifications prometheus.Counter
	Failures      prometheus.Counter
}

// NewMetrics registers the metrics of signature verification with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		Verifications: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "signature",
			Name:      "verifications_total",
			Help:      "Signatures verified, whatever the result.",
		}),
		Failures: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "signature",
			Name:      "failures_total",
			Help:      "Signatures that did not match.",
		}),
	}
}
