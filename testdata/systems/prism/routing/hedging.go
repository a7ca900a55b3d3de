package routing

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// Values of the label type of a hedged request's winner.
const (
	winPrimary = "primary"
	winHedged  = "hedged"
)

// Values of the label reason of a hedge that was not sent.
const (
	skipInsufficientData = "insufficient_data"
	skipNoOtherUpstream  = "no_other_upstream"
)

// hedging are the metrics of requests that are sent to a second upstream when
// the first is slow.
type hedging struct {
	requests *prometheus.CounterVec
	wins     *prometheus.CounterVec
	delay    *prometheus.HistogramVec

	skippedNoData, skippedAlone prometheus.Counter
}

func newHedging(reg prometheus.Registerer) hedging {
	skipped := promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: "hedge",
		Name:      "skipped_total",
		Help:      "Slow requests that were not hedged, by reason.",
	}, []string{telemetry.LabelReason})
	return hedging{
		requests: promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "hedged_requests_total",
			Help:      "Requests sent to a second upstream, by first and second upstream.",
		}, []string{"primary", "hedged"}),
		wins: promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "hedge",
			Name:      "wins_total",
			Help:      "Hedged requests that the upstream answered first, by its part in them.",
		}, []string{telemetry.LabelUpstream, "type"}),
		//dashgen:ignore unit-abbreviation documented in milliseconds, as the hedging delay is configured
		delay: promauto.With(reg).NewHistogramVec(prometheus.HistogramOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "hedge",
			Name:      "delay_ms",
			Help:      "Time in milliseconds that Prism waited for the first upstream before it asked the second.",
			Buckets:   prometheus.LinearBuckets(50, 50, 10),
		}, perUpstream),
		skippedNoData: skipped.WithLabelValues(skipInsufficientData),
		skippedAlone:  skipped.WithLabelValues(skipNoOtherUpstream),
	}
}

// Hedged records a request sent to a second upstream after that many
// milliseconds, and which of the two answered first.
func (m *Metrics) Hedged(primary, hedged string, delay float64, primaryWon bool) {
	m.hedging.requests.WithLabelValues(primary, hedged).Inc()
	m.hedging.delay.WithLabelValues(primary).Observe(delay)
	if primaryWon {
		m.hedging.wins.WithLabelValues(primary, winPrimary).Inc()
	} else {
		m.hedging.wins.WithLabelValues(hedged, winHedged).Inc()
	}
}

// HedgeLackedData records a slow request to an upstream whose usual latency is
// not known yet.
func (m *Metrics) HedgeLackedData() { m.hedging.skippedNoData.Inc() }

// HedgeLackedUpstream records a slow request with no second upstream to ask.
func (m *Metrics) HedgeLackedUpstream() { m.hedging.skippedAlone.Inc() }
