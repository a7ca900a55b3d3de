// Package synthetic holds the metrics of the synthetic chain check, which mines a
// block, waits for gossip to spread it and watches for the new tip.
//
// It imports client_golang only.
package synthetic

import "github.com/prometheus/client_golang/prometheus"

// Steps of the check.
const (
	StepMine   = "mine"
	StepGossip = "gossip"
	StepTip    = "tip"
)

const (
	namespace = "synthetic"
	labelStep = "step"
)

// Metrics holds the metrics of one check. Its zero value is not useful: use New.
type Metrics struct {
	Convergence prometheus.Histogram // seconds
	Success     prometheus.Counter
	Fail        *prometheus.CounterVec // by step
}

// New makes the metrics of a check and registers them with reg. It panics if one of
// their names is taken.
func New(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		Convergence: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace,
			Name:      "convergence_seconds",
			Help:      "Time from the start of mining until the new tip is observed.",
			// The alert on lag compares with 30, which is a bound.
			Buckets: prometheus.LinearBuckets(5, 5, 12),
		}),
		Success: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace,
			Name:      "success_total",
			Help:      "Runs of the check that came to an end.",
		}),
		Fail: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace,
			Name:      "fail_total",
			Help:      "Runs of the check that failed, by step.",
		}, []string{labelStep}),
	}
	for _, c := range []prometheus.Collector{m.Convergence, m.Success, m.Fail} {
		reg.MustRegister(c)
	}
	return m
}
