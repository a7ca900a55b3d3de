// Package sim simulates a Kaizen node: a chain with a block every 100 ms, the
// clients that use it, the markets that trade on it and the store below it.
//
// Time comes from Step's argument and randomness from New's seed, so the same
// seed and the same steps give the same metrics. Step cuts elapsed time into ticks
// of at most a second; in every tick the chain works first, and network, trading
// and storage follow from what it did.
package sim

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A Sim is one simulated node with a registry of its own. Use New.
type Sim struct {
	reg   *prometheus.Registry
	rnd   random
	start time.Time
	now   time.Time
	noise float64 // of the load; wanders around zero

	chain   *chain
	network *network
	trading *trading
	node    *node
}

// A tick is a piece of simulated time.
type tick struct {
	now  time.Time // its end
	dt   float64   // its length in seconds
	load float64   // how busy the clients are; 1 on average
}

// New returns a node that starts at start.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	rnd := newRandom(seed)
	return &Sim{
		reg:     reg,
		rnd:     rnd,
		start:   start,
		now:     start,
		chain:   newChain(reg, rnd),
		network: newNetwork(reg, rnd, start),
		trading: newTrading(reg, rnd, start),
		node:    newNode(reg, rnd),
	}
}

// Registry holds every metric of the node.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the node to now. A time before the last one is ignored.
func (s *Sim) Step(now time.Time) {
	for s.now.Before(now) {
		s.advance(min(now.Sub(s.now), time.Second))
	}
}

func (s *Sim) advance(d time.Duration) {
	s.now = s.now.Add(d)
	t := tick{now: s.now, dt: d.Seconds()}
	t.load = s.load(t.dt)
	work := s.chain.advance(t)
	s.network.advance(t, work)
	s.trading.advance(t, work)
	s.node.advance(t, work, s.now.Sub(s.start))
}

// load is two slow waves and a noise that takes minutes to forget; it stays
// between 0.3 and 1.9.
func (s *Sim) load(dt float64) float64 {
	age := s.now.Sub(s.start).Seconds()
	s.noise += -s.noise*dt/120 + 0.01*math.Sqrt(dt)*s.rnd.NormFloat64()
	load := 1 + 0.35*math.Sin(2*math.Pi*age/1500) + 0.15*math.Sin(2*math.Pi*age/11000) + s.noise
	return min(max(load, 0.3), 1.9)
}
