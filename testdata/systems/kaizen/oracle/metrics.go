// Package oracle measures the price feeds.
package oracle

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// StaleAfter is the age from which on a price is not used any more.
const StaleAfter = 30 * time.Second

const (
	subsystem = "oracle"
	labelPair = "pair" // of currencies, from the node's configuration
)

var pairLabels = []string{labelPair}

// Metrics are the metrics of the price feeds.
type Metrics struct {
	Updates   *prometheus.CounterVec
	Stale     *prometheus.CounterVec
	Gaps      *prometheus.CounterVec
	Backfills *prometheus.CounterVec
	Latest    prometheus.Gauge
	PriceAge  prometheus.Histogram
}

// NewMetrics registers the metrics of the price feeds with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		Updates: factory.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "updates_total",
			Help:      "Prices received, by pair.",
		}, pairLabels),
		Stale: factory.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "stale_total",
			Help:      "Times that a price was too old to be used, by pair.",
		}, pairLabels),
		Gaps: factory.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "gaps_total",
			Help:      "Gaps found between two prices of a pair.",
		}, pairLabels),
		Backfills: factory.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "backfills_total",
			Help:      "Gaps filled from the history of the price source, by pair.",
		}, pairLabels),
		//dashgen:unit seconds
		Latest: factory.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "latest_timestamp",
			Help:      "Unix time of the latest price of any pair, in seconds.",
		}),
		PriceAge: factory.NewHistogram(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: subsystem,
			Name:      "price_age_seconds",
			Help:      "Age of a price when it was used, in seconds.",
			Buckets:   []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60},
		}),
	}
}

// Follow makes the series of a pair, so that its first gap counts as an increase.
func (m *Metrics) Follow(pair string) {
	m.Updates.WithLabelValues(pair)
	m.Stale.WithLabelValues(pair)
	m.Gaps.WithLabelValues(pair)
	m.Backfills.WithLabelValues(pair)
}

// Used records that a price of that age was asked for, and reports whether it
// was fresh enough to be used.
func (m *Metrics) Used(pair string, age time.Duration) bool {
	if age > StaleAfter {
		m.Stale.WithLabelValues(pair).Inc()
		return false
	}
	m.PriceAge.Observe(age.Seconds())
	return true
}
