package sim

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// A proposal is open for votes until it closes.
type proposal struct {
	id     string
	votes  prometheus.Counter
	closes time.Time
}

// An economy is subsidies, the rent escrow and governance.
type economy struct {
	c       chance
	m       *telemetry.Subsidy
	gov     *telemetry.Gov
	read    prometheus.Counter
	storage prometheus.Counter
	escrow  float64 // CT
	open    []proposal
	opened  int

	reduce, kill, propose, rollback *seldom
}

func newEconomy(c chance, start time.Time, m *telemetry.Subsidy, g *telemetry.Gov) *economy {
	e := &economy{
		c:        c,
		m:        m,
		gov:      g,
		read:     m.Bytes.With(prometheus.Labels{telemetry.LabelType: telemetry.SubsidyRead}),
		storage:  m.Bytes.With(prometheus.Labels{telemetry.LabelType: telemetry.SubsidyStorage}),
		escrow:   250_000,
		opened:   40,
		reduce:   c.seldom(start, time.Hour, 3*time.Hour),
		kill:     c.seldom(start, 12*time.Hour, 24*time.Hour),
		propose:  c.seldom(start, 20*time.Minute, 20*time.Minute),
		rollback: c.seldom(start, 2*time.Hour, 4*time.Hour),
	}
	m.RentLocked.Set(e.escrow)
	g.Quorum.Set(67)
	e.add(start)
	e.add(start)
	return e
}

func (e *economy) step(t tick) {
	e.read.Add(math.Round(e.c.near(2e6*t.load, 0.1) * t.dt))
	e.storage.Add(math.Round(e.c.near(8e5*t.load, 0.1) * t.dt))
	e.m.CPU.Add(math.Round(e.c.near(400*t.load, 0.1) * t.dt))
	e.rent(t)
	if e.reduce.due(t.now) {
		e.m.AutoReduced.Inc()
	}
	if e.kill.due(t.now) {
		e.m.KillSwitchUses.Inc()
	}
	e.vote(t)
}

// rent moves deposits in and out of escrow, which drifts after the load.
func (e *economy) rent(t tick) {
	in := e.c.near(40*t.load, 0.2) * t.dt
	out := 38 * t.dt * e.escrow / 250_000
	burned := 2 * t.dt * e.escrow / 250_000
	e.escrow += in - out - burned
	e.m.RentLocked.Set(math.Round(e.escrow))
	e.m.RentRefunded.Add(out)
	e.m.RentBurned.Add(burned)
}

func (e *economy) vote(t tick) {
	var open []proposal
	for i, p := range e.open {
		last := len(open) == 0 && i == len(e.open)-1
		if t.now.Before(p.closes) || last {
			p.votes.Add(float64(e.c.count(0.03 * t.load * t.dt)))
			open = append(open, p)
			continue
		}
		e.close(t.now, p)
	}
	e.open = open
	if e.propose.due(t.now) && len(e.open) < 6 {
		e.add(t.now)
	}
	e.gov.Open.Set(float64(len(e.open)))
}

func (e *economy) add(now time.Time) {
	e.opened++
	id := fmt.Sprintf("prop-%d", e.opened)
	e.open = append(e.open, proposal{
		id:     id,
		votes:  e.gov.Votes.WithLabelValues(id),
		closes: now.Add(time.Duration(e.c.between(30, 150)) * time.Minute),
	})
	e.gov.Open.Set(float64(len(e.open)))
}

// close ends the vote on p; most proposals are then activated.
func (e *economy) close(now time.Time, p proposal) {
	e.gov.Votes.DeleteLabelValues(p.id)
	if e.c.Float64() < 0.2 {
		return
	}
	e.gov.Activations.Inc()
	e.gov.ActivationDelay.Observe(e.c.between(300, 7200))
	if e.rollback.due(now) {
		e.gov.Rollbacks.Inc()
	}
}
