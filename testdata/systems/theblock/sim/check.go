package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/theblock/synthetic"
)

const checkInterval = 20 * time.Second

// A check runs the synthetic chain check again and again.
type check struct {
	rnd     draw.Source
	m       *synthetic.Metrics
	fail    []prometheus.Counter
	nextRun time.Time

	failure *draw.Seldom
}

func newCheck(rnd draw.Source, start time.Time, m *synthetic.Metrics) *check {
	return &check{
		rnd: rnd,
		m:   m,
		fail: []prometheus.Counter{
			m.Fail.WithLabelValues(synthetic.StepMine),
			m.Fail.WithLabelValues(synthetic.StepGossip),
			m.Fail.WithLabelValues(synthetic.StepTip),
		},
		nextRun: start.Add(checkInterval),
		failure: rnd.Seldom(start, 20*time.Minute, 30*time.Minute),
	}
}

func (k *check) step(t clock.Tick) {
	for ; !k.nextRun.After(t.Now); k.nextRun = k.nextRun.Add(checkInterval) {
		k.run(t)
	}
}

// run is one run: 5 to 17 seconds, and 10 more where a block was orphaned.
func (k *check) run(t clock.Tick) {
	if k.failure.Due(t.Now) {
		k.fail[k.rnd.IntN(len(k.fail))].Inc()
		return
	}
	took := 7*t.Load + k.rnd.Between(0, 8)
	if k.rnd.Float64() < 0.01 {
		took += 10
	}
	k.m.Convergence.Observe(took)
	k.m.Success.Inc()
}
