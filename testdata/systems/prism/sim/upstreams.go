package sim

import (
	"math"
	"time"

	"github.com/dashgen/dashgen/testdata/systems/prism/routing"
	"github.com/dashgen/dashgen/testdata/systems/prism/server"
	"github.com/dashgen/dashgen/testdata/systems/prism/upstream"
)

const (
	checkEvery = 60 * time.Second
	sigma      = 0.42 // spread of the latencies
	slowest    = 0.95 // seconds; slower answers are given up
)

// A breaker's state, as upstream's metrics show it.
const (
	closed = iota
	open
	halfOpen
)

// A link is what the simulation knows of an upstream.
type link struct {
	provider
	metrics *upstream.Upstream
	routes  []*server.Route // one a method

	healthy   bool
	nextCheck time.Time
	errors    float64 // share of recent requests
	throttled float64 // share of recent requests
	lag       int     // blocks behind

	breaker  int
	openedAt time.Time
	changeAt time.Time // when the breaker leaves its state, unless it is closed
}

func (s *Sim) initUpstreams() {
	for i, p := range s.traffic.Upstreams {
		s.routing.Know(p.Name)
		l := &link{
			provider: p, metrics: s.upstream.Upstream(p.Name),
			healthy: true, nextCheck: s.now.Add(time.Duration(i+1) * 5 * time.Second), errors: p.ErrorRatio,
		}
		for _, m := range s.traffic.Methods {
			l.routes = append(l.routes, s.server.Route(m.Name, p.Name))
		}
		s.links = append(s.links, l)
	}
	s.trips = s.rng.Seldom(s.now, 15*time.Minute, 50*time.Minute)
}

// stepUpstreams checks health and moves circuit breakers, of which at most one is
// not closed: the others take its traffic.
func (s *Sim) stepUpstreams(dt float64) {
	for _, l := range s.links {
		for !l.nextCheck.After(s.now) {
			l.nextCheck = l.nextCheck.Add(checkEvery)
			l.healthy = s.healthyBeside(l) < len(s.links)-1 || !s.rng.Chance(0.004)
			l.metrics.Checked(s.rng.LogNormal(0.04*l.Slowness*s.load, sigma), l.healthy)
		}
		s.moveBreaker(l)
		if s.rng.Chance(1 - math.Exp(-dt/20)) {
			l.lag = min(6, s.rng.Count(0.4*l.Slowness))
		}
	}
	if s.trips.Due(s.now) {
		s.trip(s.links[s.rng.IntN(len(s.links))])
	}
}

// healthyBeside counts the healthy upstreams other than l.
func (s *Sim) healthyBeside(l *link) int {
	n := 0
	for _, other := range s.links {
		if other != l && other.healthy {
			n++
		}
	}
	return n
}

// trip opens the breaker of an upstream after five requests without a connection.
func (s *Sim) trip(l *link) {
	for i := range 5 {
		l.metrics.Unreachable()
		l.routes[i%len(l.routes)].Served(s.rng.Around(0.02, 0.5), false)
	}
	l.metrics.SetFailures(5)
	l.metrics.Opened()
	l.breaker, l.openedAt = open, s.now
	l.changeAt = s.now.Add(s.rng.Span(20*time.Second, time.Minute))
}

func (s *Sim) moveBreaker(l *link) {
	if l.breaker == closed || l.changeAt.After(s.now) {
		return
	}
	if l.breaker == open {
		l.metrics.HalfOpened(l.changeAt.Sub(l.openedAt).Seconds())
		l.breaker, l.changeAt = halfOpen, s.now.Add(8*time.Second)
		return
	}
	l.metrics.Closed()
	l.breaker = closed
}

// stepRequests sends the traffic of the elapsed seconds to the upstreams.
func (s *Sim) stepRequests(dt float64) {
	for i, l := range s.links {
		share, diverted := s.share(l)
		sent, failed, limited := 0, 0, 0
		for j, m := range s.traffic.Methods {
			n := s.rng.Count(m.Rate * share * s.load * dt)
			for range n {
				ok, throttled := s.request(l, l.routes[j], m)
				if !ok {
					failed++
				}
				if throttled {
					limited++
				}
			}
			sent += n
			s.hedge(i, m, n)
		}
		fallback := s.rng.Among(sent, diverted)
		s.routing.SelectedFallback(l.Name, fallback)
		s.routing.SelectedBest(l.Name, sent-fallback)
		if sent > 0 {
			keep := math.Exp(-dt / 60) // a minute's memory
			l.errors = keep*l.errors + (1-keep)*float64(failed)/float64(sent)
			l.throttled = keep*l.throttled + (1-keep)*float64(limited)/float64(sent)
		}
	}
}

// share is the upstream's part of the traffic, and how much of it comes from an
// upstream whose breaker is not closed.
func (s *Sim) share(l *link) (share, diverted float64) {
	if l.breaker != closed {
		return 0, 0
	}
	up := 0.0
	for _, other := range s.links {
		if other.breaker == closed {
			up += other.Weight
		}
	}
	return l.Weight / up, 1 - up + 0.02
}

// request sends one request. It reports whether it succeeded, and whether the
// upstream refused it for its rate limit.
func (s *Sim) request(l *link, r *server.Route, m method) (ok, throttled bool) {
	seconds := min(slowest, s.rng.LogNormal(m.Seconds*l.Slowness*(0.7+0.3*s.load), sigma))
	ok = !s.rng.Chance(l.ErrorRatio * s.load)
	r.Served(seconds, ok)
	if ok {
		return true, false
	}
	switch kind := s.rng.Float64(); {
	case kind < 0.35:
		l.metrics.TimedOut()
	case kind < 0.45:
		l.metrics.Unreachable()
	case kind < 0.75:
		l.metrics.Answered(upstream.CodeLimitExceeded)
		return false, true
	default:
		l.metrics.Answered(upstream.CodeExecution)
	}
	return false, false
}

// hedge sends some of n requests to the next upstream, too.
func (s *Sim) hedge(i int, m method, n int) {
	for range s.rng.Among(n, 0.012) {
		l, next := s.links[i], s.links[(i+1)%len(s.links)]
		switch {
		case s.clock.Age() < 30*time.Second || s.rng.Chance(0.02):
			s.routing.HedgeLackedData()
		case next.breaker != closed:
			s.routing.HedgeLackedUpstream()
		default:
			delay := s.rng.Around(1000*m.Seconds*l.Slowness*math.Exp(1.645*sigma), 0.2)
			s.routing.Hedged(l.Name, next.Name, delay, s.rng.Chance(0.57))
		}
	}
}

// publish sets the gauges of an upstream.
func (s *Sim) publish(l *link) {
	median := 1000 * s.meanSeconds() * l.Slowness * (0.7 + 0.3*s.load)
	l.metrics.SetLatency(upstream.Latency{
		P50: s.rng.Around(median, 0.03),
		P95: s.rng.Around(median*math.Exp(1.645*sigma), 0.05),
		P99: s.rng.Around(median*math.Exp(2.326*sigma), 0.08),
		Avg: s.rng.Around(median*math.Exp(sigma*sigma/2), 0.03),
	})
	l.metrics.SetErrorRate(l.errors)
	s.routing.SetBlockLag(l.Name, l.lag)
	s.routing.SetScore(l.Name, routing.Factors{
		Latency:   1 / (1 + median/500),
		ErrorRate: 1 - l.errors,
		Throttle:  1 - l.throttled,
		BlockLag:  1 - float64(l.lag)/20,
	})
	s.upstream.SetHealthy(s.healthyBeside(nil))
}

// meanSeconds is the median latency of the methods, weighted by their traffic.
func (s *Sim) meanSeconds() float64 {
	sum, rate := 0.0, 0.0
	for _, m := range s.traffic.Methods {
		sum += m.Seconds * m.Rate
		rate += m.Rate
	}
	return sum / rate
}
