// Package sim simulates a node of The Block, the aggregator that its peers report
// to, and the synthetic chain check.
//
// A Sim owns its registry and its randomness, and knows the time only from Step:
// the same seed and the same steps give the same metrics. Load follows slow waves;
// values stay within the thresholds of the document's alerts, and rare events keep
// a smallest distance from one another, so that a healthy run fires none of them
// whatever the seed.
//
// It imports the packages that define the metrics. One file simulates one part.
package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/theblock/aggregator"
	"github.com/dashgen/dashgen/testdata/systems/theblock/synthetic"
	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// load goes from 0.7 to 1.3.
var load = clock.Load{
	Waves: []clock.Wave{
		{Swing: 0.2, Period: 40 * time.Minute},
		{Swing: 0.1, Period: 3 * time.Hour},
	},
}

// A Sim is a simulated system. Its zero value is not useful: use New.
type Sim struct {
	reg   *prometheus.Registry
	clock *clock.Clock
	parts []func(clock.Tick)
}

// New returns a system that starts at start, with every closed set of labels
// already at zero.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	node := telemetry.New(reg)
	rnd := draw.New(seed, 0x7468656c626c6f63)
	s := &Sim{reg: reg, clock: clock.New(rnd, start, load)}
	s.parts = []func(clock.Tick){
		newNetwork(rnd, start, node.Gossip, node.Reads).step,
		newFleet(rnd, start, aggregator.New(reg)).step,
		newMarket(rnd, start, node.Market, node.Fees).step,
		newSettlement(rnd, start, node.Settle).step,
		newEconomy(rnd, start, node.Subsidy, node.Gov).step,
		newStore(rnd, start, node.Storage, node.Logs).step,
		newSigner(rnd, node.Identity).step,
		newGateway(rnd, start, node.Mobile).step,
		newDevice(rnd, start, node.LightClient).step,
		newCheck(rnd, start, synthetic.New(reg)).step,
	}
	return s
}

// Registry holds every metric of the system.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the simulation to now. A time before the last one is ignored.
func (s *Sim) Step(now time.Time) { s.clock.Step(now, s.advance) }

func (s *Sim) advance(t clock.Tick) {
	for _, step := range s.parts {
		step(t)
	}
}
