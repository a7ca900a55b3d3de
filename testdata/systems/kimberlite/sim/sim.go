// Package sim simulates one node of a Kimberlite cluster of three: tenants write and
// query, writes end in the log, the replicas commit them, and projections apply
// them.
//
// Time comes from Step's argument and randomness from New's seed, so the same
// seed and the same steps give the same metrics. In every tick of the clock
// consensus comes first, since there are no writes without a leader.
package sim

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
)

// load is how busy the tenants are.
var load = clock.Load{
	Waves: []clock.Wave{
		{Swing: 0.3, Period: 30 * time.Minute},
		{Swing: 0.2, Period: 150 * time.Minute},
	},
	Noise: 0.08,
}

// A Sim is one simulated node with a registry of its own. Use New.
type Sim struct {
	reg   *prometheus.Registry
	clock *clock.Clock

	cluster *cluster
	clients *clients
	log     *eventLog
}

// New returns a node that starts at start. Seeds 1, 2 and 3 are the nodes of
// that ID; seed 4 is node 1 again.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	rnd := draw.New(seed, 0x6b6d62)
	return &Sim{
		reg:     reg,
		clock:   clock.New(rnd, start, load),
		cluster: newCluster(reg, rnd, start),
		clients: newClients(reg, rnd),
		log:     newEventLog(reg, rnd, start, strconv.FormatUint((seed-1)%clusterSize+1, 10)),
	}
}

// Registry holds every metric of the node.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the node to now. A time before the last one is ignored.
func (s *Sim) Step(now time.Time) { s.clock.Step(now, s.advance) }

func (s *Sim) advance(t clock.Tick) {
	leader := s.cluster.advance(t)
	entries := s.clients.advance(t, leader)
	s.cluster.replica.Commit(entries)
	s.log.advance(t, entries)
}
