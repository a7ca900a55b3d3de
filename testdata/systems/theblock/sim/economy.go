package sim

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
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
	rnd     draw.Source
	m       *telemetry.Subsidy
	gov     *telemetry.Gov
	read    prometheus.Counter
	storage prometheus.Counter
	escrow  float64 // CT
	open    []proposal
	opened  int

	reduce, kill, propose, rollback *draw.Seldom
}

func newEconomy(rnd draw.Source, start time.Time, m *telemetry.Subsidy, g *telemetry.Gov) *economy {
	e := &economy{
		rnd:      rnd,
		m:        m,
		gov:      g,
		read:     m.Bytes.With(prometheus.Labels{telemetry.LabelType: telemetry.SubsidyRead}),
		storage:  m.Bytes.With(prometheus.Labels{telemetry.LabelType: telemetry.SubsidyStorage}),
		escrow:   250_000,
		opened:   40,
		reduce:   rnd.Seldom(start, time.Hour, 3*time.Hour),
		kill:     rnd.Seldom(start, 12*time.Hour, 24*time.Hour),
		propose:  rnd.Seldom(start, 20*time.Minute, 20*time.Minute),
		rollback: rnd.Seldom(start, 2*time.Hour, 4*time.Hour),
	}
	m.RentLocked.Set(e.escrow)
	g.Quorum.Set(67)
	e.add(start)
	e.add(start)
	return e
}

func (e *economy) step(t clock.Tick) {
	e.read.Add(math.Round(e.rnd.Around(2e6*t.Load, 0.1) * t.Seconds))
	e.storage.Add(math.Round(e.rnd.Around(8e5*t.Load, 0.1) * t.Seconds))
	e.m.CPU.Add(math.Round(e.rnd.Around(400*t.Load, 0.1) * t.Seconds))
	e.rent(t)
	if e.reduce.Due(t.Now) {
		e.m.AutoReduced.Inc()
	}
	if e.kill.Due(t.Now) {
		e.m.KillSwitchUses.Inc()
	}
	e.vote(t)
}

// rent moves deposits in and out of escrow, which drifts after the load.
func (e *economy) rent(t clock.Tick) {
	in := e.rnd.Around(40*t.Load, 0.2) * t.Seconds
	out := 38 * t.Seconds * e.escrow / 250_000
	burned := 2 * t.Seconds * e.escrow / 250_000
	e.escrow += in - out - burned
	e.m.RentLocked.Set(math.Round(e.escrow))
	e.m.RentRefunded.Add(out)
	e.m.RentBurned.Add(burned)
}

func (e *economy) vote(t clock.Tick) {
	var open []proposal
	for i, p := range e.open {
		last := len(open) == 0 && i == len(e.open)-1
		if t.Now.Before(p.closes) || last {
			p.votes.Add(float64(e.rnd.Count(0.03 * t.Load * t.Seconds)))
			open = append(open, p)
			continue
		}
		e.close(t.Now, p)
	}
	e.open = open
	if e.propose.Due(t.Now) && len(e.open) < 6 {
		e.add(t.Now)
	}
	e.gov.Open.Set(float64(len(e.open)))
}

func (e *economy) add(now time.Time) {
	e.opened++
	id := fmt.Sprintf("prop-%d", e.opened)
	e.open = append(e.open, proposal{
		id:     id,
		votes:  e.gov.Votes.WithLabelValues(id),
		closes: now.Add(e.rnd.Span(30*time.Minute, 150*time.Minute)),
	})
	e.gov.Open.Set(float64(len(e.open)))
}

// close ends the vote on p; most proposals are then activated.
func (e *economy) close(now time.Time, p proposal) {
	e.gov.Votes.DeleteLabelValues(p.id)
	if e.rnd.Float64() < 0.2 {
		return
	}
	e.gov.Activations.Inc()
	e.gov.ActivationDelay.Observe(e.rnd.Between(300, 7200))
	if e.rollback.Due(now) {
		e.gov.Rollbacks.Inc()
	}
}
