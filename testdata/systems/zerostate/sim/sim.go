// Package sim makes ZeroState's metrics move as those of a node in a busy network
// do: load in slow waves, peers of different quality, tasks that fail or run into
// their limit, a payment that fails now and then. A run stays within the
// thresholds of ZeroState's alerts.
//
// Everything follows from the seed and the times given to Step.
package sim

import (
	"encoding/hex"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/zerostate/economic"
	"github.com/dashgen/dashgen/testdata/systems/zerostate/execution"
	"github.com/dashgen/dashgen/testdata/systems/zerostate/p2p"
)

const peers = 14 // that the node trades with

// busy is the load: a long swell, a shorter one, and noise.
var busy = clock.Load{
	Waves: []clock.Wave{
		{Swing: 0.3, Period: 75 * time.Minute},
		{Swing: 0.1, Period: 9 * time.Minute},
	},
	Noise: 0.03,
}

// A Sim is a simulated node.
type Sim struct {
	reg   *prometheus.Registry
	rng   draw.Source
	clock *clock.Clock
	now   time.Time
	load  float64 // 1 is average

	p2p       *p2p.Metrics
	execution *execution.Metrics
	economic  *economic.Metrics

	peers     []*peer
	pool      pool
	guilds    guilds
	economy   economy
	burstEnds time.Time // of a transfer that uses much bandwidth
	bursts    *draw.Seldom
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
	rng := draw.New(seed, 0x7a65726f)
	s := &Sim{
		reg: reg, rng: rng, clock: clock.New(rng, start, busy), now: start, load: 1,
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
	s.bursts = rng.Seldom(start, 5*time.Minute, 30*time.Minute)
	s.initEconomy()
	s.gauges()
	return s
}

func (s *Sim) newPeer() *peer {
	id := make([]byte, 8)
	for i := range id {
		id[i] = byte(s.rng.Uint32())
	}
	skill := s.rng.Around(0.975, 0.02)
	return &peer{
		id:         "12D3Koo" + hex.EncodeToString(id),
		reputation: reputation(skill),
		skill:      skill,
		success:    skill,
		price:      s.rng.Around(1, 0.5),
		channels:   1 + s.rng.IntN(3),
	}
}

// Registry holds every metric of the simulation.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the simulation to now. A time before the last one is ignored.
func (s *Sim) Step(now time.Time) { s.clock.Step(now, s.advance) }

func (s *Sim) advance(t clock.Tick) {
	s.now, s.load = t.Now, t.Load
	s.stepNetwork(t.Seconds)
	s.stepTasks(t.Seconds)
	s.stepEconomy(t.Seconds)
	s.gauges()
}

// gauges sets what is a level, not a count.
func (s *Sim) gauges() {
	s.p2p.SetConnections(s.pool.active, s.pool.idle, s.rng.Count(0.7))
	s.execution.SetGuilds(s.guilds.created, s.guilds.active, s.guilds.dissolved)
	s.economyGauges()
}
