package sim

import (
	"time"

	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
)

const mib = 1 << 20

// pool counts connections by state.
type pool struct{ active, idle int }

// step opens and closes connections; the load says how many there should be.
func (p *pool) step(r draw.Source, load, dt float64) {
	p.idle += r.Count(dt / 30)
	woken := min(p.idle, r.Count(18*load*dt/120))
	p.idle -= woken
	p.active += woken + r.Count(dt/60)
	left := min(max(0, p.active-8), r.Count(float64(p.active)*dt/120))
	p.active -= left
	p.idle = min(8, p.idle+left)
}

// stepNetwork moves messages, bytes and health checks.
func (s *Sim) stepNetwork(dt float64) {
	s.pool.step(s.rng, s.load, dt)
	sent := s.rng.Count(40 * s.load * dt)
	failed := s.rng.Among(sent, 0.012)
	s.p2p.Messages(sent-failed, failed)
	s.p2p.Transferred(
		s.rng.Around(0.6*mib*s.load*s.burst()*dt, 0.15),
		s.rng.Around(0.9*mib*s.load*s.burst()*dt, 0.15),
	)
	s.p2p.Gossiped(s.rng.Count(4*s.load*dt), s.rng.Count(18*s.load*dt), s.rng.Count(2.5*s.load*dt))
	s.p2p.Looked(s.rng.Count(0.8*s.load*dt), s.rng.Count(5*s.load*dt), s.rng.Count(3*s.load*dt))
	s.p2p.Discovered(s.rng.Count(dt / 40))

	attempts := s.rng.Count(0.4 * s.load * dt)
	unreached := s.rng.Among(attempts, 0.06)
	s.p2p.Relayed(attempts-unreached, unreached)

	for range s.rng.Count(dt * peers / 5) { // every peer every five seconds
		if s.rng.Chance(0.01) {
			s.p2p.Unhealthy()
			continue
		}
		seconds := s.rng.LogNormal(0.07*(0.6+0.4*s.load), 0.6)
		if s.rng.Chance(0.004) {
			seconds += 2 * s.rng.Float64()
		}
		s.p2p.Healthy(seconds)
	}
}

// burst is the factor of the traffic: more than 1 while a peer fetches a module.
func (s *Sim) burst() float64 {
	if s.bursts.Due(s.now) {
		s.burstEnds = s.now.Add(s.rng.Span(45*time.Second, 135*time.Second))
	}
	if s.now.Before(s.burstEnds) {
		return 3.5
	}
	return 1
}
