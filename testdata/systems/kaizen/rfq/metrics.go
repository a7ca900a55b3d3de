// Package rfq measures trading: theses are submitted as requests for quote, and
// are settled, cancelled, or expire.
package rfq

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// A SettleStatus is how an order was settled, the value of label status.
type SettleStatus string

// Every SettleStatus.
const (
	SettledWon  SettleStatus = "won"
	SettledLost SettleStatus = "lost"
)

// A CancelReason is why an order was cancelled, the value of label reason.
type CancelReason string

// Every CancelReason.
const (
	CancelUser          CancelReason = "user"
	CancelSolver        CancelReason = "solver"
	CancelOracleOffline CancelReason = "oracle_offline"
)

const subsystem = "rfq"

var (
	statusLabels = []string{"status"}
	reasonLabels = []string{"reason"}

	// Amounts are in USDC, from one to some hundred thousand.
	amountBuckets = prometheus.ExponentialBuckets(1, 4, 10)
)

// Metrics are the metrics of trading.
type Metrics struct {
	Submitted prometheus.Counter
	Settled   *prometheus.CounterVec
	Cancelled *prometheus.CounterVec
	Expired   prometheus.Counter
	Active    prometheus.Gauge
	Bet       prometheus.Histogram
	Payout    prometheus.Histogram
	Duration  prometheus.Histogram
}

// NewMetrics registers the metrics of trading with reg. Every status and every
// reason has its series from the start.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	m := &Metrics{
		Submitted: factory.NewCounter(prometheus.CounterOpts{
			Name: fmt.Sprintf("%s_%s_submitted_total", telemetry.Namespace, subsystem),
			Help: "Orders submitted.",
		}),
		Settled: factory.NewCounterVec(prometheus.CounterOpts{
			Name: fmt.Sprintf("%s_%s_settled_total", telemetry.Namespace, subsystem),
			Help: "Orders settled, by how they ended for the user.",
		}, statusLabels),
		Cancelled: factory.NewCounterVec(prometheus.CounterOpts{
			Name: fmt.Sprintf("%s_%s_cancelled_total", telemetry.Namespace, subsystem),
			Help: "Orders cancelled before they were settled, by reason.",
		}, reasonLabels),
		Expired: factory.NewCounter(prometheus.CounterOpts{
			Name: fmt.Sprintf("%s_%s_expired_total", telemetry.Namespace, subsystem),
			Help: "Orders that expired without a quote.",
		}),
		Active: factory.NewGauge(prometheus.GaugeOpts{
			Name: fmt.Sprintf("%s_%s_active_orders", telemetry.Namespace, subsystem),
			Help: "Orders that are neither settled nor cancelled nor expired.",
		}),
		Bet: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    fmt.Sprintf("%s_%s_bet_amount", telemetry.Namespace, subsystem),
			Help:    "Amount that a user bets with an order, in USDC.",
			Buckets: amountBuckets,
		}),
		Payout: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    fmt.Sprintf("%s_%s_payout", telemetry.Namespace, subsystem),
			Help:    "Amount paid out for an order that was won, in USDC.",
			Buckets: amountBuckets,
		}),
		Duration: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    fmt.Sprintf("%s_%s_duration_seconds", telemetry.Namespace, subsystem),
			Help:    "Time from the submission of a thesis to its end, in seconds.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 12),
		}),
	}
	m.Settled.WithLabelValues(string(SettledWon))
	m.Settled.WithLabelValues(string(SettledLost))
	m.Cancelled.WithLabelValues(string(CancelUser))
	m.Cancelled.WithLabelValues(string(CancelSolver))
	m.Cancelled.WithLabelValues(string(CancelOracleOffline))
	return m
}
