package telemetry

import "github.com/prometheus/client_golang/prometheus"

// laneLabels are the labels of everything that is kept apart by lane only.
var laneLabels = []string{LabelLane}

// Fees holds the metrics of the mempool's admission and of fees, all in
// microunits of CT.
type Fees struct {
	Mempool        *prometheus.GaugeVec // by LabelLane
	Floor          prometheus.Gauge
	FloorWarnings  *prometheus.CounterVec // by LabelLane
	FloorOverrides *prometheus.CounterVec // by LabelLane
	Consumer       prometheus.Histogram
	Comfort        prometheus.Gauge
}

func newFees(reg prometheus.Registerer) *Fees {
	var (
		warning = prometheus.CounterOpts{
			Name: "fee_floor_warning_total",
			Help: "Transactions for which a wallet warned of a fee below the floor.",
		}
		override = prometheus.CounterOpts{
			Name: "fee_floor_override_total",
			Help: "Transactions that a user sent with a fee below the floor in spite of the warning.",
		}
	)
	f := &Fees{
		Mempool: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mempool_size",
			Help: "Transactions that wait in the mempool, by lane.",
		}, laneLabels),
		Floor: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fee_floor_current",
			Help: "Lowest fee that is admitted, in microunits of CT.",
		}),
		FloorWarnings:  prometheus.NewCounterVec(warning, laneLabels),
		FloorOverrides: prometheus.NewCounterVec(override, laneLabels),
		Consumer: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "consumer_fee_microunits",
			Help: "Fees of admitted transactions of the consumer lane, in microunits of CT.",
			// The default of ConsumerFeeComfortP90Microunits, 2500, is a bound.
			Buckets: prometheus.LinearBuckets(250, 250, 20),
		}),
		Comfort: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "consumer_fee_comfort_p90_microunits",
			Help: "Governance parameter ConsumerFeeComfortP90Microunits: the p90 of consumer fees that is still comfortable.",
		}),
	}
	for _, c := range []prometheus.Collector{
		f.Mempool, f.Floor, f.FloorWarnings, f.FloorOverrides, f.Consumer, f.Comfort,
	} {
		reg.MustRegister(c)
	}
	return f
}
