package sim

import "time"

const mib = 1 << 20

// pool counts connections by state.
type pool struct{ active, idle int }

// step opens and closes connections; the load says how many there should be.
func (p *pool) step(r source, load, dt float64) {
	p.idle += r.count(dt / 30)
	woken := min(p.idle, r.count(18*load*dt/120))
	p.idle -= woken
	p.active += woken + r.count(dt/60)
	left := min(max(0, p.active-8), r.count(float64(p.active)*dt/120))
	p.active -= left
	p.idle = min(8, p.idle+left)
}

// stepNetwork moves messages, bytes and health checks.
func (s *Sim) stepNetwork(dt float64) {
	s.pool.step(s.rng, s.load, dt)
	sent := s.rng.count(40 * s.load * dt)
	failed := s.rng.among(sent, 0.012)
	s.p2p.Messages(sent-failed, failed)
	s.p2p.Transferred(
		s.rng.around(0.6*mib*s.load*s.burst()*dt, 0.15),
		s.rng.around(0.9*mib*s.load*s.burst()*dt, 0.15),
	)
	s.p2p.Gossiped(s.rng.count(4*s.load*dt), s.rng.count(18*s.load*dt), s.rng.count(2.5*s.load*dt))
	s.p2p.Looked(s.rng.count(0.8*s.load*dt), s.rng.count(5*s.load*dt), s.rng.count(3*s.load*dt))
	s.p2p.Discovered(s.rng.count(dt / 40))

	attempts := s.rng.count(0.4 * s.load * dt)
	unreached := s.rng.among(attempts, 0.06)
	s.p2p.Relayed(attempts-unreached, unreached)

	for range s.rng.count(dt * peers / 5) { // every peer every five seconds
		if s.rng.chance(0.01) {
			s.p2p.Unhealthy()
			continue
		}
		seconds := s.rng.logNormal(0.07*(0.6+0.4*s.load), 0.6)
		if s.rng.chance(0.004) {
			seconds += 2 * s.rng.Float64()
		}
		s.p2p.Healthy(seconds)
	}
}

// burst is the factor of the traffic: more than 1 while a peer fetches a module.
func (s *Sim) burst() float64 {
	if !s.nextBurst.After(s.now) {
		s.burstEnds = s.now.Add(time.Duration(s.rng.around(90, 0.5) * float64(time.Second)))
		s.nextBurst = s.after(35 * time.Minute)
	}
	if s.now.Before(s.burstEnds) {
		return 3.5
	}
	return 1
}
