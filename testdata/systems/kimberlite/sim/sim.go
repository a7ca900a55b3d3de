// Package sim simulates one node of a Kimberlite cluster of three: tenants write and
// query, writes end in the log, the replicas commit them, and projections apply
// them.
//
// Time comes from Step's argument and randomness from New's seed, so the same
// seed and the same steps give the same metrics. Step cuts elapsed time into ticks
// of at most a second; in every tick consensus comes first, since there are no
// writes without a leader.
package sim

import (
	"math"
	"strconv"
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

	cluster *cluster
	clients *clients
	log     *eventLog
}

// A tick is a piece of simulated time.
type tick struct {
	now  time.Time // its end
	dt   float64   // its length in seconds
	load float64   // how busy the tenants are; 1 on average
}

// New returns a node that starts at start. Seeds 1, 2 and 3 are the nodes of
// that ID; seed 4 is node 1 again.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	rnd := newRandom(seed)
	return &Sim{
		reg:     reg,
		rnd:     rnd,
		start:   start,
		now:     start,
		cluster: newCluster(reg, rnd, start),
		clients: newClients(reg, rnd),
		log:     newEventLog(reg, rnd, start, strconv.FormatUint((seed-1)%clusterSize+1, 10)),
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
	leader := s.cluster.advance(t)
	entries := s.clients.advance(t, leader)
	s.cluster.replica.Commit(entries)
	s.log.advance(t, entries)
}

// load is two slow waves and a noise that takes minutes to forget; it stays
// between 0.3 and 1.9.
func (s *Sim) load(dt float64) float64 {
	age := s.now.Sub(s.start).Seconds()
	s.noise += -s.noise*dt/120 + 0.01*math.Sqrt(dt)*s.rnd.NormFloat64()
	load := 1 + 0.3*math.Sin(2*math.Pi*age/1800) + 0.2*math.Sin(2*math.Pi*age/9000) + s.noise
	return min(max(load, 0.3), 1.9)
}
