package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Market holds the metrics of the compute market: admission of industrial jobs,
// the scheduler, and the matcher with its receipts.
type Market struct {
	Admitted      prometheus.Counter
	Deferred      prometheus.Counter
	Scheduled     *prometheus.CounterVec // by LabelResult
	Reputation    prometheus.Histogram   // 0 to 100
	Bids          *prometheus.GaugeVec   // by LabelLane
	Matches       *prometheus.CounterVec // by LabelDryRun, LabelLane
	MatchLatency  *prometheus.HistogramVec
	ReceiptErrors prometheus.Counter
}

func newMarket(reg prometheus.Registerer) *Market {
	m := &Market{}
	m.Admitted = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "industrial_admitted_total",
		Help: "Industrial jobs that were admitted at once.",
	})
	m.Deferred = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "industrial_deferred_total",
		Help: "Industrial jobs that were deferred in favour of consumer traffic.",
	})
	m.Scheduled = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "scheduler_match_total",
		Help: "Attempts to match a job with a provider, by result.",
	}, []string{LabelResult})
	m.Reputation = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "scheduler_provider_reputation",
		Help:    "Reputation of the provider that the scheduler looked at, 0 to 100.",
		Buckets: prometheus.LinearBuckets(10, 10, 10),
	})
	m.Bids = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "scheduler_bids_pending",
		Help: "Bids that wait for a match, by lane.",
	}, laneLabels)
	m.Matches = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "matches_total",
		Help: "Receipts that the matcher produced, by lane and dry run.",
	}, []string{LabelDryRun, LabelLane})
	m.MatchLatency = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "match_loop_latency_seconds",
		Help:    "Duration of one batch cycle of the matcher, by lane.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1},
	}, laneLabels)
	m.ReceiptErrors = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "receipt_persist_fail_total",
		Help: "Receipts that could not be written to the receipt store.",
	})
	for _, c := range []prometheus.Collector{
		m.Admitted, m.Deferred, m.Scheduled, m.Reputation,
		m.Bids, m.Matches, m.MatchLatency, m.ReceiptErrors,
	} {
		reg.MustRegister(c)
	}
	return m
}
