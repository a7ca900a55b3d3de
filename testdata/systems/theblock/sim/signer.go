package sim

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// A signer is the wallet's side: remote signatures and DID anchors.
type signer struct {
	rnd    draw.Source
	m      *telemetry.Identity
	errors []prometheus.Counter
}

func newSigner(rnd draw.Source, m *telemetry.Identity) *signer {
	return &signer{rnd: rnd, m: m, errors: []prometheus.Counter{
		m.SignerErrors.WithLabelValues(telemetry.SignerTimeout),
		m.SignerErrors.WithLabelValues(telemetry.SignerRejected),
		m.SignerErrors.WithLabelValues(telemetry.SignerTransport),
	}}
}

func (s *signer) step(t clock.Tick) {
	for range s.rnd.Count(0.3 * t.Load * t.Seconds) {
		s.m.SignerRequests.Inc()
		if s.rnd.Float64() < 0.01 {
			s.errors[s.rnd.IntN(len(s.errors))].Inc()
			continue
		}
		s.m.SignerSuccess.Inc()
	}
	s.m.Anchors.Add(float64(s.rnd.Count(0.02 * t.Load * t.Seconds)))
}
