package sim

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
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
	rnd        draw.Source
	m          *telemetry.Settle
	failed     []prometheus.Counter
	violations []prometheus.Counter
	armed      prometheus.Counter
	real       prometheus.Counter
	queue      []slaItem // by acceptance, and so by deadline

	failure, drill, violation *draw.Seldom
}

func newSettlement(rnd draw.Source, start time.Time, m *telemetry.Settle) *settlement {
	s := &settlement{
		rnd: rnd,
		m:   m,
		failed: []prometheus.Counter{
			m.Failed.WithLabelValues(telemetry.SettleSpend),
			m.Failed.WithLabelValues(telemetry.SettlePenalize),
			m.Failed.WithLabelValues(telemetry.SettleRefund),
		},
		armed: m.ModeChanges.WithLabelValues(telemetry.ModeArmed),
		real:  m.ModeChanges.WithLabelValues(telemetry.ModeReal),
		// One failure an hour is bad luck; several in a row would be an alert.
		failure:   rnd.Seldom(start, 40*time.Minute, 80*time.Minute),
		drill:     rnd.Seldom(start, 3*time.Hour, 3*time.Hour),
		violation: rnd.Seldom(start, 15*time.Minute, 15*time.Minute),
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

func (s *settlement) step(t clock.Tick) {
	s.m.Applied.Add(float64(s.rnd.Count(2 * t.Load * t.Seconds)))
	if s.failure.Due(t.Now) {
		s.failed[s.rnd.IntN(len(s.failed))].Inc()
	}
	if s.drill.Due(t.Now) {
		s.armed.Inc()
		s.real.Inc()
	}
	s.finish(t.Now)
	s.accept(t)
	s.m.Pending.Set(float64(len(s.queue)))
	s.m.NextDeadline.Set(0)
	if len(s.queue) > 0 {
		s.m.NextDeadline.Set(float64(s.queue[0].deadline.Unix()))
	}
}

// accept queues new items. Providers finish them long before the deadline.
func (s *settlement) accept(t clock.Tick) {
	for range s.rnd.Count(t.Load * t.Seconds / 30) {
		if len(s.queue) == slaQueue {
			return
		}
		work := s.rnd.Span(time.Minute, 7*time.Minute)
		s.queue = append(s.queue, slaItem{t.Now.Add(work), t.Now.Add(slaTerm)})
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
	if done > 0 && s.violation.Due(now) {
		s.violations[s.rnd.IntN(len(s.violations))].Inc()
		s.m.Burned.Add(float64(10 + s.rnd.IntN(40)))
		s.m.Slashes.Inc()
		s.m.Applied.Inc()
	}
}
