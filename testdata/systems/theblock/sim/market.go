package sim

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// A lane is one lane of the mempool and of the compute market.
type lane struct {
	mempool, bids, matches float64 // at a load of 1: transactions, bids, receipts a second

	size      prometheus.Gauge
	warnings  prometheus.Counter
	overrides prometheus.Counter
	pending   prometheus.Gauge
	matched   prometheus.Counter
	rehearsed prometheus.Counter
	cycle     prometheus.Observer
}

// A market is admission, fees, the scheduler and the matcher.
type market struct {
	rnd   draw.Source
	m     *telemetry.Market
	fees  *telemetry.Fees
	lanes []lane

	success, capability, reputation prometheus.Counter

	receiptError *draw.Seldom
}

func newMarket(rnd draw.Source, start time.Time, m *telemetry.Market, f *telemetry.Fees) *market {
	f.Comfort.Set(2500)
	return &market{
		rnd:  rnd,
		m:    m,
		fees: f,
		lanes: []lane{{
			mempool: 300, bids: 8, matches: 0.9,
			size:      f.Mempool.WithLabelValues(telemetry.LaneConsumer),
			warnings:  f.FloorWarnings.WithLabelValues(telemetry.LaneConsumer),
			overrides: f.FloorOverrides.WithLabelValues(telemetry.LaneConsumer),
			pending:   m.Bids.WithLabelValues(telemetry.LaneConsumer),
			matched:   m.Matches.WithLabelValues(telemetry.RealRun, telemetry.LaneConsumer),
			rehearsed: m.Matches.WithLabelValues(telemetry.DryRun, telemetry.LaneConsumer),
			cycle:     m.MatchLatency.WithLabelValues(telemetry.LaneConsumer),
		}, {
			mempool: 120, bids: 14, matches: 0.6,
			size:      f.Mempool.WithLabelValues(telemetry.LaneIndustrial),
			warnings:  f.FloorWarnings.WithLabelValues(telemetry.LaneIndustrial),
			overrides: f.FloorOverrides.WithLabelValues(telemetry.LaneIndustrial),
			pending:   m.Bids.WithLabelValues(telemetry.LaneIndustrial),
			matched:   m.Matches.WithLabelValues(telemetry.RealRun, telemetry.LaneIndustrial),
			rehearsed: m.Matches.WithLabelValues(telemetry.DryRun, telemetry.LaneIndustrial),
			cycle:     m.MatchLatency.WithLabelValues(telemetry.LaneIndustrial),
		}},
		success:      m.Scheduled.WithLabelValues(telemetry.MatchSuccess),
		capability:   m.Scheduled.WithLabelValues(telemetry.MatchCapability),
		reputation:   m.Scheduled.WithLabelValues(telemetry.MatchReputation),
		receiptError: rnd.Seldom(start, 45*time.Minute, 90*time.Minute),
	}
}

func (m *market) step(t clock.Tick) {
	for _, l := range m.lanes {
		l.step(t, m.rnd)
	}
	m.admit(t)
	m.schedule(t)
	m.fees.Floor.Set(math.Round(800 + 200*t.Load))
	for range m.rnd.Count(4 * t.Load * t.Seconds) {
		m.fees.Consumer.Observe(math.Round(400 + 700*t.Load + 300*m.rnd.ExpFloat64()))
	}
	if m.receiptError.Due(t.Now) {
		m.m.ReceiptErrors.Inc()
	}
}

func (l lane) step(t clock.Tick, rnd draw.Source) {
	l.size.Set(math.Round(rnd.Around(l.mempool*t.Load, 0.15)))
	l.warnings.Add(float64(rnd.Count(0.05 * t.Load * t.Seconds)))
	l.overrides.Add(float64(rnd.Count(0.01 * t.Load * t.Seconds)))
	l.pending.Set(math.Round(rnd.Around(l.bids*t.Load, 0.3)))
	l.matched.Add(float64(rnd.Count(l.matches * t.Load * t.Seconds)))
	l.rehearsed.Add(float64(rnd.Count(0.05 * l.matches * t.Seconds)))
	for range rnd.Count(t.Seconds / 2) {
		l.cycle.Observe(rnd.Around(0.02*t.Load, 0.4) + 0.01*rnd.ExpFloat64())
	}
}

// admit defers 5% of the industrial jobs when it is quiet, 11% when it is not.
func (m *market) admit(t clock.Tick) {
	for range m.rnd.Count(1.2 * t.Load * t.Seconds) {
		if m.rnd.Float64() < 0.05+0.1*(t.Load-0.7) {
			m.m.Deferred.Inc()
			continue
		}
		m.m.Admitted.Inc()
	}
}

func (m *market) schedule(t clock.Tick) {
	for range m.rnd.Count(1.5 * t.Load * t.Seconds) {
		m.m.Reputation.Observe(min(100, max(0, 72+14*m.rnd.NormFloat64())))
		switch p := m.rnd.Float64(); {
		case p < 0.94:
			m.success.Inc()
		case p < 0.98:
			m.capability.Inc()
		default:
			m.reputation.Inc()
		}
	}
}
