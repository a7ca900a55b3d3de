// Package accounts measures accounts, the transfers between them, and the API
// wallets that act for them.
package accounts

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

const subsystemAPIWallets = "api_wallets"

// Metrics are the metrics of accounts.
type Metrics struct {
	Transfers      prometheus.Counter
	TransferAmount prometheus.Histogram
	Active         prometheus.Gauge
	WalletsCreated prometheus.Counter
	WalletsRevoked prometheus.Counter
}

// NewMetrics registers the metrics of accounts with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		Transfers: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "transfers_total",
			Help:      "Transfers between accounts.",
		}),
		TransferAmount: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Name:      "transfer_amount",
			Help:      "Amount of a transfer, in USDC.",
			Buckets:   prometheus.ExponentialBuckets(0.1, 5, 11),
		}),
		Active: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "accounts",
			Name:      "active",
			Help:      "Accounts with a transaction in the last hour.",
		}),
		WalletsCreated: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemAPIWallets,
			Name:      "created_total",
			Help:      "API wallets created.",
		}),
		WalletsRevoked: factory.NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystemAPIWallets,
			Name:      "revoked_total",
			Help:      "API wallets revoked.",
		}),
	}
}
