package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/theblock/synthetic"
)

const checkInterval = 20 * time.Second

// A check runs the synthetic chain check again and again.
type check struct {
	c       chance
	m       *synthetic.Metrics
	fail    []prometheus.Counter
	nextRun time.Time

	failure *seldom
}

func newCheck(c chance, start time.Time, m *synthetic.Metrics) *check {
	return &check{
		c: c,
		m: m,
		fail: []prometheus.Counter{
			m.Fail.WithLabelValues(synthetic.StepMine),
			m.Fail.WithLabelValues(synthetic.StepGossip),
			m.Fail.WithLabelValues(synthetic.StepTip),
		},
		nextRun: start.Add(checkInterval),
		failure: c.seldom(start, 20*time.Minute, 30*time.Minute),
	}
}

func (k *check) step(t tick) {
	for ; !k.nextRun.After(t.now); k.nextRun = k.nextRun.Add(checkInterval) {
		k.run(t)
	}
}

// run is one run: 5 to 17 seconds, and 10 more where a block was orphaned.
func (k *check) run(t tick) {
	if k.failure.due(t.now) {
		k.fail[k.c.IntN(len(k.fail))].Inc()
		return
	}
	took := 7*t.load + k.c.between(0, 8)
	if k.c.Float64() < 0.01 {
		took += 10
	}
	k.m.Convergence.Observe(took)
	k.m.Success.Inc()
}
