// Package sim makes Prism's metrics move as those of a proxy under real load do:
// traffic in slow waves, providers of different speed, now and then a circuit
// breaker that opens for less than a minute, a reorganisation, a burst of
// refused keys. A run stays within the thresholds of Prism's alerts.
//
// Everything follows from the seed and the times given to Step.
package sim

import (
	_ "embed"
	"encoding/json"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/prism/auth"
	"github.com/dashgen/dashgen/testdata/systems/prism/cache"
	"github.com/dashgen/dashgen/testdata/systems/prism/chain"
	"github.com/dashgen/dashgen/testdata/systems/prism/consensus"
	"github.com/dashgen/dashgen/testdata/systems/prism/routing"
	"github.com/dashgen/dashgen/testdata/systems/prism/server"
	"github.com/dashgen/dashgen/testdata/systems/prism/upstream"
)

// trafficJSON describes providers, methods and keys, as a configuration would.
//
//go:embed traffic.json
var trafficJSON []byte

type traffic struct {
	Upstreams []provider
	Methods   []method
	Keys      []key
}

type provider struct {
	Name       string
	Weight     float64 // share of the traffic
	Slowness   float64 // its latency, relative to the methods'
	ErrorRatio float64 `json:"error_ratio"`
}

type method struct {
	Name     string
	Rate     float64 // requests a second to all upstreams, on average
	Seconds  float64 // median latency
	HitRatio float64 `json:"hit_ratio"` // zero: never cached
	Ranges   bool    // a request can be answered in part from the cache
}

type key struct {
	ID      string
	Rate    float64 // requests a second
	Limited float64 // share of them over the rate limit
	Denied  string  // a method that it must not call but does
}

// busy is the load: a long swell, a shorter one, and noise.
var busy = clock.Load{
	Waves: []clock.Wave{
		{Swing: 0.3, Period: 90 * time.Minute},
		{Swing: 0.1, Period: 11 * time.Minute},
	},
	Noise: 0.03,
}

// A Sim is a simulated Prism.
type Sim struct {
	reg     *prometheus.Registry
	rng     draw.Source
	clock   *clock.Clock
	now     time.Time
	load    float64 // 1 is average
	traffic traffic

	server    *server.Metrics
	cache     *cache.Metrics
	upstream  *upstream.Metrics
	routing   *routing.Metrics
	consensus *consensus.Metrics
	auth      *auth.Metrics
	chain     *chain.Metrics

	links      []*link // one an upstream, in the order of the configuration
	held       held
	tip        int64
	nextBlock  time.Time
	reorgs     *draw.Seldom
	trips      *draw.Seldom
	agreement  float64
	webSockets int
}

// New returns a simulation that begins at start, with a registry of its own.
func New(seed uint64, start time.Time) *Sim {
	reg := prometheus.NewRegistry()
	rng := draw.New(seed, 0x707269736d)
	s := &Sim{
		reg: reg, rng: rng, clock: clock.New(rng, start, busy), now: start, load: 1,
		server:    server.NewMetrics(reg),
		cache:     cache.NewMetrics(reg),
		upstream:  upstream.NewMetrics(reg),
		routing:   routing.NewMetrics(reg),
		consensus: consensus.NewMetrics(reg),
		auth:      auth.NewMetrics(reg),
		chain:     chain.NewMetrics(reg),
		held:      newHeld(),
		tip:       18_500_000,
		agreement: 0.9994,
	}
	if err := json.Unmarshal(trafficJSON, &s.traffic); err != nil {
		panic("parse traffic.json: " + err.Error())
	}
	s.initUpstreams()
	s.initClients()
	s.initChain()
	s.gauges()
	return s
}

// Registry holds every metric of the simulation.
func (s *Sim) Registry() *prometheus.Registry { return s.reg }

// Step moves the simulation to now. A time before the last one is ignored.
func (s *Sim) Step(now time.Time) { s.clock.Step(now, s.advance) }

func (s *Sim) advance(t clock.Tick) {
	s.now, s.load = t.Now, t.Load
	s.stepChain()
	s.stepUpstreams(t.Seconds)
	s.stepRequests(t.Seconds)
	s.stepCaches(t.Seconds)
	s.stepClients(t.Seconds)
	s.gauges()
}

// gauges sets what is a level, not a count.
func (s *Sim) gauges() {
	s.server.SetConnections(int(s.rng.Around(150*s.load, 0.06)))
	s.consensus.SetAgreement(s.agreement)
	s.held.publish(s.cache)
	for _, l := range s.links {
		s.publish(l)
	}
}
