// Package sim makes ZeroState's metrics move as those of a node in a busy network
// do: load in slow waves, peers of different quality, tasks that fail or run into
// their limit, a payment that fails now and then. A run stays within the
// thresholds of ZeroState's alerts.
//
// Everything follows from the seed and the times given to Step.
package sim

import (
	"encoding/hex"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/zerostate/economic"
	"github.com/dashgen/dashgen/testdata/systems/zerostate/execution"
	"github.com/dashgen/dashgen/testdata/systems/zerostate/p2p"
)

const peers = 14 // that the node trades with

// A Sim is a simulated node.
type Sim struct {
	reg        *prometheus.Registry
	rng        source
	start, now time.Time
	load       float64 // 1 is average

	p2p       *p2p.Metrics
	execution *execution.Metrics
	economic  *economic.Metrics

	peers     []*peer
	pool      pool
	guilds    guilds
	economy   economy
	burstEnds time.Time // of a transfer that uses much bandwidth
	nextBurst time.Time
}

// A peer is another node that this one trades with.
type peer struct {
	id         string
	reputation float64 // 0 to 100
	skill      float64 // chance that a task succeeds
	success    float64 // share of its recent tasks that did
	price      float64 // of its tasks, relative to others
	channels   int
}

// New returns a simulation that begins at start, with a registry of its own.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	s := &Sim{
		reg: reg, rng: newSource(seed), start: start, now: start, load: 1,
		p2p:       p2p.NewMetrics(reg),
		execution: execution.NewMetrics(reg),
		economic:  economic.NewMetrics(reg),
		pool:      pool{active: 18, idle: 6},
		guilds:    guilds{created: 1, active: 6, dissolved: 1},
	}
	for range peers {
		p := s.newPeer()
		s.peers = append(s.peers, p)
		s.economic.Ran(p.id, 0.4*p.price)
	}
	s.p2p.Discovered(peers)
	s.nextBurst = s.after(20 * time.Minute)
	s.initEconomy()
	s.gauges()
	return s
}

func (s *Sim) newPeer() *peer {
	id := make([]byte, 8)
	for i := range id {
		id[i] = byte(s.rng.Uint32())
	}
	skill := s.rng.around(0.975, 0.02)
	return &peer{
		id:         "12D3Koo" + hex.EncodeToString(id),
		reputation: reputation(skill),
		skill:      skill,
		success:    skill,
		price:      s.rng.around(1, 0.5),
		channels:   1 + s.rng.IntN(3),
	}
}

// Registry holds every metric of the simulation.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the simulation to now, which must not be before an earlier step.
func (s *Sim) Step(now time.Time) {
	dt := now.Sub(s.now).Seconds()
	if dt <= 0 {
		return
	}
	s.now = now
	s.load = s.wave()
	s.stepNetwork(dt)
	s.stepTasks(dt)
	s.stepEconomy(dt)
	s.gauges()
}

// wave is the load: a long swell, a shorter one, and noise.
func (s *Sim) wave() float64 {
	t := s.now.Sub(s.start).Minutes()
	return s.rng.around(1+0.3*math.Sin(2*math.Pi*t/75)+0.1*math.Sin(2*math.Pi*t/9), 0.05)
}

// after draws a time that is on average mean from now, and at least a fifth of it.
func (s *Sim) after(mean time.Duration) time.Time {
	least := mean / 5
	return s.now.Add(least + time.Duration(s.rng.ExpFloat64()*float64(mean-least)))
}

// gauges sets what is a level, not a count.
func (s *Sim) gauges() {
	s.p2p.SetConnections(s.pool.active, s.pool.idle, s.rng.count(0.7))
	s.execution.SetGuilds(s.guilds.created, s.guilds.active, s.guilds.dissolved)
	s.economyGauges()
}
