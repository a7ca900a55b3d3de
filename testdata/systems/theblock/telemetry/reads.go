package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Reads holds the metrics of the read gateway.
type Reads struct {
	Denied *prometheus.CounterVec // by LabelReason
}

func newReads(reg prometheus.Registerer) *Reads {
	r := &Reads{Denied: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "read_denied_total",
		Help: "Reads that the gateway denied, by reason.",
	}, []string{LabelReason})}
	reg.MustRegister(r.Denied)
	return r
}
