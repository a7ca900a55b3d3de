package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Settle holds the metrics of settlement and of service level agreements (SLA) in
// the compute market.
type Settle struct {
	Applied         prometheus.Counter
	Failed          *prometheus.CounterVec // by LabelReason
	ModeChanges     *prometheus.CounterVec // by LabelState
	AuditMismatches prometheus.Counter
	Burned          prometheus.Counter     // CT
	Violations      *prometheus.CounterVec // by LabelProvider
	Pending         prometheus.Gauge
	NextDeadline    prometheus.Gauge // Unix time in seconds; 0: nothing is pending
	Slashes         prometheus.Counter
}

func newSettle(reg prometheus.Registerer) *Settle {
	s := &Settle{}
	//dashgen:ignore counter-total the document's name: the audit trail spells it in capitals
	s.Applied = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "SETTLE_APPLIED_TOTAL",
		Help: "CT accruals, refunds and SLA burns recorded in the ledger.",
	})
	//dashgen:ignore counter-total the document's name: the audit trail spells it in capitals
	s.Failed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "SETTLE_FAILED_TOTAL",
		Help: "Ledger mutations that failed, by what was tried.",
	}, []string{LabelReason})
	//dashgen:ignore counter-total the document's name: the audit trail spells it in capitals
	s.ModeChanges = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "SETTLE_MODE_CHANGE_TOTAL",
		Help: "Changes of the settlement mode, by the mode that was entered.",
	}, []string{LabelState})
	s.AuditMismatches = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "settle_audit_mismatch_total",
		Help: "Audits that found the ledger to differ from the anchored receipts.",
	})
	s.newSLA()
	for _, c := range []prometheus.Collector{
		s.Applied, s.Failed, s.ModeChanges, s.AuditMismatches,
		s.Burned, s.Violations, s.Pending, s.NextDeadline, s.Slashes,
	} {
		reg.MustRegister(c)
	}
	return s
}

// newSLA makes the metrics of SLA enforcement.
func (s *Settle) newSLA() {
	//dashgen:ignore counter-total the document's name: the audit trail spells it in capitals
	s.Burned = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "SLASHING_BURN_CT_TOTAL",
		Help: "CT burned by slashing providers.",
	})
	//dashgen:ignore counter-total the document's name: the audit trail spells it in capitals
	s.Violations = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "COMPUTE_SLA_VIOLATIONS_TOTAL",
		Help: "SLA violations of a provider.",
	}, []string{LabelProvider})
	s.Pending = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "COMPUTE_SLA_PENDING_TOTAL",
		Help: "SLA items that wait for resolution.",
	})
	s.NextDeadline = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "COMPUTE_SLA_NEXT_DEADLINE_TS",
		Help: "Unix time in seconds at which the next pending SLA item is enforced; 0 if none is pending.",
	})
	//dashgen:ignore counter-total the document's name: the audit trail spells it in capitals
	s.Slashes = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "COMPUTE_SLA_AUTOMATED_SLASH_TOTAL",
		Help: "Providers slashed by a sweep over overdue SLA items.",
	})
}
