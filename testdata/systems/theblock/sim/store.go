package sim

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
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
	rnd   draw.Source
	m     *telemetry.Storage
	logs  *telemetry.Logs
	paths []path

	repairFailure *draw.Seldom
}

func newStore(rnd draw.Source, start time.Time, m *telemetry.Storage, logs *telemetry.Logs) *store {
	return &store{
		rnd:  rnd,
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
		repairFailure: rnd.Seldom(start, 15*time.Minute, 30*time.Minute),
	}
}

func (s *store) step(t clock.Tick) {
	for _, p := range s.paths {
		for range s.rnd.Count(0.8 * p.share * t.Load * t.Seconds) {
			s.put(p, t.Load)
		}
	}
	if s.repairFailure.Due(t.Now) {
		s.paths[s.rnd.IntN(len(s.paths))].failures.Inc()
	}
	for range s.rnd.Count(6 * t.Load * t.Seconds) {
		s.logs.Size.Observe(math.Round(220 * math.Exp(0.7*s.rnd.NormFloat64())))
	}
}

// put stores one object of a few chunks.
func (s *store) put(p path, load float64) {
	chunks := 2 + s.rnd.IntN(6)
	var total float64
	for range chunks {
		took := 0.012 * p.slow * load * math.Exp(0.4*s.rnd.NormFloat64())
		p.putChunk.Observe(took)
		total += took
	}
	p.putObject.Observe(total + 0.01)
	s.m.Coding.Add(float64(chunks))
}
