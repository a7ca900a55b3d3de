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
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/theblock/aggregator"
	"github.com/dashgen/dashgen/testdata/systems/theblock/synthetic"
	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// A Sim is a simulated system. Its zero value is not useful: use New.
type Sim struct {
	reg   *prometheus.Registry
	start time.Time
	last  time.Time
	parts []func(tick)
}

// A tick is what a part is told of a step.
type tick struct {
	now  time.Time
	dt   float64 // seconds since the last step
	load float64 // 0.7 to 1.3
}

// New returns a system that starts at start, with every closed set of labels
// already at zero.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	node := telemetry.New(reg)
	c := newChance(seed)
	s := &Sim{reg: reg, start: start, last: start}
	s.parts = []func(tick){
		newNetwork(c, start, node.Gossip, node.Reads).step,
		newFleet(c, start, aggregator.New(reg)).step,
		newMarket(c, start, node.Market, node.Fees).step,
		newSettlement(c, start, node.Settle).step,
		newEconomy(c, start, node.Subsidy, node.Gov).step,
		newStore(c, start, node.Storage, node.Logs).step,
		newSigner(c, node.Identity).step,
		newGateway(c, start, node.Mobile).step,
		newDevice(c, start, node.LightClient).step,
		newCheck(c, start, synthetic.New(reg)).step,
	}
	return s
}

// Registry holds every metric of the system.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the simulation to now. A time that is not after the last one is
// ignored.
func (s *Sim) Step(now time.Time) {
	if !now.After(s.last) {
		return
	}
	t := tick{now: now, dt: now.Sub(s.last).Seconds(), load: load(now.Sub(s.start))}
	s.last = now
	for _, step := range s.parts {
		step(t)
	}
}

// load is the sum of two waves, 40 minutes and 3 hours long, around 1.
func load(age time.Duration) float64 {
	s := age.Seconds()
	return 1 + 0.2*math.Sin(2*math.Pi*s/2400) + 0.1*math.Sin(2*math.Pi*s/10800)
}
