package sim

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	c     chance
	m     *telemetry.Market
	fees  *telemetry.Fees
	lanes []lane

	success, capability, reputation prometheus.Counter

	receiptError *seldom
}

func newMarket(c chance, start time.Time, m *telemetry.Market, f *telemetry.Fees) *market {
	f.Comfort.Set(2500)
	return &market{
		c:    c,
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
		receiptError: c.seldom(start, 45*time.Minute, 90*time.Minute),
	}
}

func (m *market) step(t tick) {
	for _, l := range m.lanes {
		l.step(t, m.c)
	}
	m.admit(t)
	m.schedule(t)
	m.fees.Floor.Set(math.Round(800 + 200*t.load))
	for range m.c.count(4 * t.load * t.dt) {
		m.fees.Consumer.Observe(math.Round(400 + 700*t.load + 300*m.c.ExpFloat64()))
	}
	if m.receiptError.due(t.now) {
		m.m.ReceiptErrors.Inc()
	}
}

func (l lane) step(t tick, c chance) {
	l.size.Set(math.Round(c.near(l.mempool*t.load, 0.15)))
	l.warnings.Add(float64(c.count(0.05 * t.load * t.dt)))
	l.overrides.Add(float64(c.count(0.01 * t.load * t.dt)))
	l.pending.Set(math.Round(c.near(l.bids*t.load, 0.3)))
	l.matched.Add(float64(c.count(l.matches * t.load * t.dt)))
	l.rehearsed.Add(float64(c.count(0.05 * l.matches * t.dt)))
	for range c.count(t.dt / 2) {
		l.cycle.Observe(c.near(0.02*t.load, 0.4) + 0.01*c.ExpFloat64())
	}
}

// admit defers 5% of the industrial jobs when it is quiet, 11% when it is not.
func (m *market) admit(t tick) {
	for range m.c.count(1.2 * t.load * t.dt) {
		if m.c.Float64() < 0.05+0.1*(t.load-0.7) {
			m.m.Deferred.Inc()
			continue
		}
		m.m.Admitted.Inc()
	}
}

func (m *market) schedule(t tick) {
	for range m.c.count(1.5 * t.load * t.dt) {
		m.m.Reputation.Observe(min(100, max(0, 72+14*m.c.NormFloat64())))
		switch p := m.c.Float64(); {
		case p < 0.94:
			m.success.Inc()
		case p < 0.98:
			m.capability.Inc()
		default:
			m.reputation.Inc()
		}
	}
}
