package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Identity holds the metrics of DID anchors and of remote signers.
type Identity struct {
	Anchors        prometheus.Counter
	SignerRequests prometheus.Counter
	SignerSuccess  prometheus.Counter
	SignerErrors   *prometheus.CounterVec // by LabelReason
}

func newIdentity(reg prometheus.Registerer) *Identity {
	const subsystem = "remote_signer"
	i := &Identity{}
	i.Anchors = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "did_anchor_total",
		Help: "DID documents anchored on chain.",
	})
	i.SignerRequests = prometheus.NewCounter(prometheus.CounterOpts{
		Subsystem: subsystem,
		Name:      "request_total",
		Help:      "Signatures asked of a remote signer.",
	})
	i.SignerSuccess = prometheus.NewCounter(prometheus.CounterOpts{
		Subsystem: subsystem,
		Name:      "success_total",
		Help:      "Signatures that a remote signer gave.",
	})
	i.SignerErrors = prometheus.NewCounterVec(prometheus.CounterOpts{
		Subsystem: subsystem,
		Name:      "error_total",
		Help:      "Signatures that a remote signer did not give, by reason.",
	}, []string{LabelReason})
	for _, c := range []prometheus.Collector{i.Anchors, i.SignerRequests, i.SignerSuccess, i.SignerErrors} {
		reg.MustRegister(c)
	}
	return i
}
