package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Subsidy holds the metrics of CT subsidies and of the rent escrow.
type Subsidy struct {
	Bytes          *prometheus.CounterVec // by LabelType
	CPU            prometheus.Counter     // milliseconds
	RentLocked     prometheus.Gauge       // CT
	RentRefunded   prometheus.Counter     // CT
	RentBurned     prometheus.Counter     // CT
	AutoReduced    prometheus.Counter
	KillSwitchUses prometheus.Counter
}

func newSubsidy(reg prometheus.Registerer) *Subsidy {
	s := &Subsidy{}
	s.Bytes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "subsidy_bytes_total",
		Help: "Bytes served or stored for which a subsidy was granted, by type of work.",
	}, []string{LabelType})
	//dashgen:ignore unit-abbreviation the document's name; the inflation scripts read it in milliseconds
	s.CPU = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "subsidy_cpu_ms_total",
		Help: "Milliseconds of deterministic edge compute for which a subsidy was granted.",
	})
	//dashgen:ignore counter-total the document's name for a gauge: escrow goes down when rent is refunded
	s.RentLocked = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rent_escrow_locked_ct_total",
		Help: "Storage rent deposits held in escrow, in CT.",
	})
	s.RentRefunded = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rent_escrow_refunded_ct_total",
		Help: "Rent deposits returned to their owners, in CT.",
	})
	s.RentBurned = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rent_escrow_burned_ct_total",
		Help: "Rent deposits burned when their blob expired, in CT.",
	})
	s.AutoReduced = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "subsidy_auto_reduced_total",
		Help: "Times that multipliers were tuned down because inflation was above its target.",
	})
	s.KillSwitchUses = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "kill_switch_trigger_total",
		Help: "Times that governance activated the subsidy kill switch.",
	})
	for _, c := range []prometheus.Collector{
		s.Bytes, s.CPU, s.RentLocked, s.RentRefunded, s.RentBurned, s.AutoReduced, s.KillSwitchUses,
	} {
		reg.MustRegister(c)
	}
	return s
}
