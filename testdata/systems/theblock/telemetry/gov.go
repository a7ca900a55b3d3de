package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Gov holds the metrics of governance.
type Gov struct {
	Votes           *prometheus.CounterVec // by LabelProposal
	Activations     prometheus.Counter
	Rollbacks       prometheus.Counter
	ActivationDelay prometheus.Histogram // seconds
	Open            prometheus.Gauge
	Quorum          prometheus.Gauge // votes
}

func newGov(reg prometheus.Registerer) *Gov {
	const ns = "gov"
	g := &Gov{}
	g.Votes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: ns,
		Name:      "votes_total",
		Help:      "Votes cast on an open proposal.",
	}, []string{LabelProposal})
	g.Activations = prometheus.NewCounter(prometheus.CounterOpts{
		Namespace: ns,
		Name:      "activation_total",
		Help:      "Proposals that were activated.",
	})
	g.Rollbacks = prometheus.NewCounter(prometheus.CounterOpts{
		Namespace: ns,
		Name:      "rollback_total",
		Help:      "Activations that were rolled back because of a conflicting proposal.",
	})
	g.ActivationDelay = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: ns,
		Name:      "activation_delay_seconds",
		Help:      "Time from a proposal's acceptance to its activation.",
		Buckets:   prometheus.ExponentialBuckets(60, 2, 10),
	})
	g.Open = prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: ns,
		Name:      "open_proposals",
		Help:      "Proposals that can be voted on.",
	})
	g.Quorum = prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: ns,
		Name:      "quorum_required",
		Help:      "Votes that a proposal needs.",
	})
	for _, c := range []prometheus.Collector{
		g.Votes, g.Activations, g.Rollbacks, g.ActivationDelay, g.Open, g.Quorum,
	} {
		reg.MustRegister(c)
	}
	return g
}
