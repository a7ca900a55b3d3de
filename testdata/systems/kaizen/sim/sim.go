// Package sim simulates a Kaizen node: a chain with a block every 100 ms, the
// clients that use it, the markets that trade on it and the store below it.
//
// Time comes from Step's argument and randomness from New's seed, so the same
// seed and the same steps give the same metrics. In every tick of the clock the
// chain works first, and network, trading and storage follow from what it did.
package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
)

// load is how busy the clients are.
var load = clock.Load{
	Waves: []clock.Wave{
		{Swing: 0.35, Period: 25 * time.Minute},
		{Swing: 0.15, Period: 11000 * time.Second},
	},
	Noise: 0.08,
}

// A Sim is one simulated node with a registry of its own. Use New.
type Sim struct {
	reg   *prometheus.Registry
	clock *clock.Clock

	chain   *chain
	network *network
	trading *trading
	node    *node
}

// New returns a node that starts at start.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	rnd := draw.New(seed, 0x6b61697a656e)
	return &Sim{
		reg:     reg,
		clock:   clock.New(rnd, start, load),
		chain:   newChain(reg, rnd),
		network: newNetwork(reg, rnd, start),
		trading: newTrading(reg, rnd, start),
		node:    newNode(reg, rnd),
	}
}

// Registry holds every metric of the node.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the node to now. A time before the last one is ignored.
func (s *Sim) Step(now time.Time) { s.clock.Step(now, s.advance) }

func (s *Sim) advance(t clock.Tick) {
	work := s.chain.advance(t)
	s.network.advance(t, work)
	s.trading.advance(t, work)
	s.node.advance(t, work)
}
