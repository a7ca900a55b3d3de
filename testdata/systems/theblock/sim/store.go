package sim

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// A path is one way through coder and compressor.
type path struct {
	share     float64 // of all objects
	slow      float64 // factor on latencies
	putObject prometheus.Observer
	putChunk  prometheus.Observer
	failures  prometheus.Counter
}

// A store is blob storage and the log writer.
type store struct {
	c     chance
	m     *telemetry.Storage
	logs  *telemetry.Logs
	paths []path

	repairFailure *seldom
}

func newStore(c chance, start time.Time, m *telemetry.Storage, logs *telemetry.Logs) *store {
	return &store{
		c:    c,
		m:    m,
		logs: logs,
		paths: []path{{
			share: 0.93, slow: 1,
			putObject: m.PutObject.WithLabelValues(telemetry.CoderReedSolomon, telemetry.CompressorLZ4),
			putChunk:  m.PutChunk.WithLabelValues(telemetry.CoderReedSolomon, telemetry.CompressorLZ4),
			failures:  m.RepairFailures.WithLabelValues(telemetry.CoderReedSolomon, telemetry.CompressorLZ4),
		}, {
			share: 0.03, slow: 1.4,
			putObject: m.PutObject.WithLabelValues(telemetry.CoderReedSolomon, telemetry.CompressorRLE),
			putChunk:  m.PutChunk.WithLabelValues(telemetry.CoderReedSolomon, telemetry.CompressorRLE),
			failures:  m.RepairFailures.WithLabelValues(telemetry.CoderReedSolomon, telemetry.CompressorRLE),
		}, {
			share: 0.03, slow: 1.2,
			putObject: m.PutObject.WithLabelValues(telemetry.CoderXOR, telemetry.CompressorLZ4),
			putChunk:  m.PutChunk.WithLabelValues(telemetry.CoderXOR, telemetry.CompressorLZ4),
			failures:  m.RepairFailures.WithLabelValues(telemetry.CoderXOR, telemetry.CompressorLZ4),
		}, {
			share: 0.01, slow: 1.7,
			putObject: m.PutObject.WithLabelValues(telemetry.CoderXOR, telemetry.CompressorRLE),
			putChunk:  m.PutChunk.WithLabelValues(telemetry.CoderXOR, telemetry.CompressorRLE),
			failures:  m.RepairFailures.WithLabelValues(telemetry.CoderXOR, telemetry.CompressorRLE),
		}},
		repairFailure: c.seldom(start, 15*time.Minute, 30*time.Minute),
	}
}

func (s *store) step(t tick) {
	for _, p := range s.paths {
		for range s.c.count(0.8 * p.share * t.load * t.dt) {
			s.put(p, t.load)
		}
	}
	if s.repairFailure.due(t.now) {
		s.paths[s.c.IntN(len(s.paths))].failures.Inc()
	}
	for range s.c.count(6 * t.load * t.dt) {
		s.logs.Size.Observe(math.Round(220 * math.Exp(0.7*s.c.NormFloat64())))
	}
}

// put stores one object of a few chunks.
func (s *store) put(p path, load float64) {
	chunks := 2 + s.c.IntN(6)
	var total float64
	for range chunks {
		took := 0.012 * p.slow * load * math.Exp(0.4*s.c.NormFloat64())
		p.putChunk.Observe(took)
		total += took
	}
	p.putObject.Observe(total + 0.01)
	s.m.Coding.Add(float64(chunks))
}
