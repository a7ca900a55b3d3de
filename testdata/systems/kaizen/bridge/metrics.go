// Package bridge measures deposits to the chain and withdrawals from it.
package bridge

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// Metrics are the metrics of the bridge.
type Metrics struct {
	Deposits         prometheus.Counter
	DepositAmount    prometheus.Histogram
	Withdrawals      prometheus.Counter
	WithdrawalAmount prometheus.Histogram
	Processed        prometheus.Counter
	Pending          prometheus.Gauge
}

// NewMetrics registers the metrics of the bridge with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	amounts := prometheus.ExponentialBucketsRange(1, 1000000, 13)
	return &Metrics{
		Deposits: factory.NewCounter(prometheus.CounterOpts{
			Name: telemetry.Namespace + "_deposits_total",
			Help: "Deposits credited.",
		}),
		DepositAmount: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    telemetry.Namespace + "_deposit_amount",
			Help:    "Amount of a deposit, in USDC.",
			Buckets: amounts,
		}),
		Withdrawals: factory.NewCounter(prometheus.CounterOpts{
			Name: telemetry.Namespace + "_withdrawals_total",
			Help: "Withdrawals requested.",
		}),
		WithdrawalAmount: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    telemetry.Namespace + "_withdrawal_amount",
			Help:    "Amount of a requested withdrawal, in USDC.",
			Buckets: amounts,
		}),
		Processed: factory.NewCounter(prometheus.CounterOpts{
			Name: telemetry.Namespace + "_withdrawals_processed_total",
			Help: "Withdrawals paid out.",
		}),
		Pending: factory.NewGauge(prometheus.GaugeOpts{
			Name: telemetry.Namespace + "_withdrawals_pending",
			Help: "Withdrawals requested and not yet paid out.",
		}),
	}
}
