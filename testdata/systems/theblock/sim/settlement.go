package sim

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

const (
	slaTerm  = 10 * time.Minute // from acceptance to deadline
	slaQueue = 15               // items that are accepted at once
)

// An slaItem is one job whose provider has promised to finish it in time.
type slaItem struct{ finished, deadline time.Time }

// A settlement is the ledger's side of the compute market.
type settlement struct {
	c          chance
	m          *telemetry.Settle
	failed     []prometheus.Counter
	violations []prometheus.Counter
	armed      prometheus.Counter
	real       prometheus.Counter
	queue      []slaItem // by acceptance, and so by deadline

	failure, drill, violation *seldom
}

func newSettlement(c chance, start time.Time, m *telemetry.Settle) *settlement {
	s := &settlement{
		c: c,
		m: m,
		failed: []prometheus.Counter{
			m.Failed.WithLabelValues(telemetry.SettleSpend),
			m.Failed.WithLabelValues(telemetry.SettlePenalize),
			m.Failed.WithLabelValues(telemetry.SettleRefund),
		},
		armed: m.ModeChanges.WithLabelValues(telemetry.ModeArmed),
		real:  m.ModeChanges.WithLabelValues(telemetry.ModeReal),
		// One failure an hour is bad luck; several in a row would be an alert.
		failure:   c.seldom(start, 40*time.Minute, 80*time.Minute),
		drill:     c.seldom(start, 3*time.Hour, 3*time.Hour),
		violation: c.seldom(start, 15*time.Minute, 15*time.Minute),
	}
	for i := range 6 {
		s.violations = append(s.violations, m.Violations.WithLabelValues(fmt.Sprintf("provider-%02d", i+1)))
	}
	// A node starts in dry run, is armed and then settles for real.
	m.ModeChanges.WithLabelValues(telemetry.ModeDryRun).Inc()
	s.armed.Inc()
	s.real.Inc()
	return s
}

func (s *settlement) step(t tick) {
	s.m.Applied.Add(float64(s.c.count(2 * t.load * t.dt)))
	if s.failure.due(t.now) {
		s.failed[s.c.IntN(len(s.failed))].Inc()
	}
	if s.drill.due(t.now) {
		s.armed.Inc()
		s.real.Inc()
	}
	s.finish(t.now)
	s.accept(t)
	s.m.Pending.Set(float64(len(s.queue)))
	s.m.NextDeadline.Set(0)
	if len(s.queue) > 0 {
		s.m.NextDeadline.Set(float64(s.queue[0].deadline.Unix()))
	}
}

// accept queues new items. Providers finish them long before the deadline.
func (s *settlement) accept(t tick) {
	for range s.c.count(t.load * t.dt / 30) {
		if len(s.queue) == slaQueue {
			return
		}
		work := time.Duration(s.c.between(60, 420) * float64(time.Second))
		s.queue = append(s.queue, slaItem{t.now.Add(work), t.now.Add(slaTerm)})
	}
}

// finish takes the items off the queue that are done. Now and then the sweep finds
// that one was done badly: its provider is slashed at once.
func (s *settlement) finish(now time.Time) {
	open := s.queue[:0]
	for _, item := range s.queue {
		if now.Before(item.finished) {
			open = append(open, item)
		}
	}
	done := len(s.queue) - len(open)
	s.queue = open
	if done > 0 && s.violation.due(now) {
		s.violations[s.c.IntN(len(s.violations))].Inc()
		s.m.Burned.Add(float64(10 + s.c.IntN(40)))
		s.m.Slashes.Inc()
		s.m.Applied.Inc()
	}
}
