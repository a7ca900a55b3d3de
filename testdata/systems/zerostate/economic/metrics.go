// Package economic counts payments, payment channels, reputation and disputes.
// Amounts are in tokens.
package economic

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/zerostate/label"
)

// Namespace is the first word of the layer's metrics.
const Namespace = "economic"

// Subsystems of the layer.
const (
	SubsystemChannels  = "channels"
	SubsystemPayment   = "payment"
	SubsystemBlacklist = "blacklist"
)

// Metrics are the layer's metrics.
type Metrics struct {
	valueLocked    prometheus.Gauge
	channels       *prometheus.GaugeVec
	channelsActive *prometheus.GaugeVec
	participants   prometheus.Gauge

	payments    *prometheus.CounterVec
	amount      prometheus.Histogram
	settlements *prometheus.CounterVec
	disputes    *prometheus.CounterVec
	throughput  prometheus.Histogram

	reputation  *prometheus.GaugeVec
	successRate *prometheus.GaugeVec
	taskCost    *prometheus.SummaryVec
	blacklisted prometheus.Gauge
	blacklist   *prometheus.CounterVec
}

// NewMetrics makes the layer's metrics and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		valueLocked: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "total_value_locked",
			Help:      "Tokens locked in payment channels (TVL).",
		}),
		channels: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "channels",
			Help:      "Payment channels, by state. Closed ones count until they are settled.",
		}, []string{label.State}),
		channelsActive: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: Namespace,
			Subsystem: SubsystemChannels,
			Name:      "active",
			Help:      "Active payment channels, by the other party's peer id.",
		}, []string{"party"}),
		participants: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "active_participants",
			Help:      "Peers that paid or were paid in the last hour.",
		}),
		payments: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "payments_total",
			Help:      "Payments, by whether they went through.",
		}, []string{label.Status}),
		amount: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: Namespace,
			Subsystem: SubsystemPayment,
			Name:      "amount",
			Help:      "Amount of a payment that went through, in tokens.",
			Buckets:   prometheus.ExponentialBucketsRange(0.01, 100, 13),
		}),
		settlements: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "settlements_total",
			Help:      "Final settlements of payment channels, by result.",
		}, []string{label.Result}),
		//dashgen:alert HighDisputeRate expr="sum(rate(economic_disputes_total[5m])) > 0.5" for=5m severity=warning summary="Potential fraud or quality issues"
		disputes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "disputes_total",
			Help:      "Disputes over tasks or payments, by how they were resolved.",
		}, []string{"resolution"}),
		throughput: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: Namespace,
			Name:      "transaction_throughput",
			Help:      "Transactions a second, sampled every second.",
			Buckets:   prometheus.LinearBuckets(2, 2, 12),
		}),
		reputation: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "reputation_score",
			Help:      "Reputation of a peer, from 0 to 100.",
		}, []string{label.PeerID}),
		successRate: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "success_rate",
			Help:      "Share of a peer's recent tasks that succeeded, from 0 to 1.",
		}, []string{label.PeerID}),
		taskCost: prometheus.NewSummaryVec(prometheus.SummaryOpts{
			Namespace: Namespace,
			Name:      "peer_task_cost",
			Help:      "Price of the tasks that a peer ran, in tokens: sum and count only.",
		}, []string{label.PeerID}),
		blacklisted: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "blacklisted_peers",
			Help:      "Peers on the blacklist.",
		}),
		blacklist: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Subsystem: SubsystemBlacklist,
			Name:      "events_total",
			Help:      "Changes of the blacklist, by kind.",
		}, []string{"event"}),
	}
	reg.MustRegister(
		m.valueLocked, m.channels, m.channelsActive, m.participants,
		m.payments, m.amount, m.settlements, m.disputes, m.throughput,
		m.reputation, m.successRate, m.taskCost, m.blacklisted, m.blacklist,
	)
	m.zero()
	return m
}
