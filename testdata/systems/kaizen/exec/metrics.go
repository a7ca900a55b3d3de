// Package exec measures the execution of transactions.
package exec

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// The labels of transactions. The type is what the transaction's envelope says.
const (
	labelType   = "type"
	labelStatus = "status"
)

// Metrics are the metrics of transaction execution.
type Metrics struct {
	executed   *prometheus.CounterVec
	execution  *prometheus.HistogramVec
	validation *prometheus.HistogramVec
}

// NewMetrics registers the metrics of transaction execution with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		executed: factory.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "txs_executed_total",
			Help:      "Transactions executed, by type and outcome.",
		}, []string{labelType, labelStatus}),
		execution: factory.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "tx",
			Name:      "execution_duration_seconds",
			Help:      "Time to execute a transaction, in seconds, by type.",
			Buckets:   prometheus.ExponentialBuckets(0.00005, 2, 12),
		}, []string{labelType}),
		validation: factory.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "tx",
			Name:      "validation_duration_seconds",
			Help:      "Time to validate a transaction, in seconds, by type.",
			Buckets:   prometheus.ExponentialBuckets(0.00001, 2, 12),
		}, []string{labelType}),
	}
}

// Handle makes the series of a type of transaction, so that its first failure
// counts as an increase.
func (m *Metrics) Handle(txType string) {
	m.executed.With(prometheus.Labels{labelType: txType, labelStatus: string(telemetry.StatusSuccess)})
	m.executed.With(prometheus.Labels{labelType: txType, labelStatus: string(telemetry.StatusError)})
	m.execution.With(prometheus.Labels{labelType: txType})
	m.validation.With(prometheus.Labels{labelType: txType})
}

// Executed records a transaction that took so many seconds to validate and to
// execute.
func (m *Metrics) Executed(txType string, ok bool, validation, execution float64) {
	if ok {
		m.executed.With(prometheus.Labels{labelType: txType, labelStatus: string(telemetry.StatusSuccess)}).Inc()
	} else {
		m.executed.With(prometheus.Labels{labelType: txType, labelStatus: string(telemetry.StatusError)}).Inc()
	}
	m.validation.With(prometheus.Labels{labelType: txType}).Observe(validation)
	m.execution.With(prometheus.Labels{labelType: txType}).Observe(execution)
}
