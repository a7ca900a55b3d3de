package sim

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// A signer is the wallet's side: remote signatures and DID anchors.
type signer struct {
	c      chance
	m      *telemetry.Identity
	errors []prometheus.Counter
}

func newSigner(c chance, m *telemetry.Identity) *signer {
	return &signer{c: c, m: m, errors: []prometheus.Counter{
		m.SignerErrors.WithLabelValues(telemetry.SignerTimeout),
		m.SignerErrors.WithLabelValues(telemetry.SignerRejected),
		m.SignerErrors.WithLabelValues(telemetry.SignerTransport),
	}}
}

func (s *signer) step(t tick) {
	for range s.c.count(0.3 * t.load * t.dt) {
		s.m.SignerRequests.Inc()
		if s.c.Float64() < 0.01 {
			s.errors[s.c.IntN(len(s.errors))].Inc()
			continue
		}
		s.m.SignerSuccess.Inc()
	}
	s.m.Anchors.Add(float64(s.c.count(0.02 * t.load * t.dt)))
}
