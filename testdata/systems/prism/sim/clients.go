package sim

import "time"

const blockTime = 12 * time.Second

func (s *Sim) initClients() {
	for _, m := range s.traffic.Methods {
		if m.HitRatio > 0 {
			s.cache.Looked(m.Name, 0, 0)
		}
	}
	for _, k := range s.traffic.Keys {
		s.auth.Know(k.ID)
		if k.Denied != "" {
			s.auth.Deny(k.ID, k.Denied)
		}
	}
	s.webSockets = 4
	s.server.WebSocketsOpened(s.webSockets)
}

// stepClients moves what clients do beside single requests: keys, WebSockets,
// batches, requests by consensus.
func (s *Sim) stepClients(dt float64) {
	looked := 0
	for _, k := range s.traffic.Keys {
		n := s.rng.Count(k.Rate * s.load * dt)
		s.auth.Accepted(k.ID, n, s.rng.Among(n, k.Limited))
		looked += n
		if k.Denied != "" {
			s.auth.Denied(k.ID, k.Denied, s.rng.Count(dt/180))
		}
		if s.rng.Chance(dt / 14400) {
			s.auth.QuotaExceeded(k.ID)
		}
	}
	refused := s.rng.Count(dt / 30)
	s.auth.Refused(refused)
	misses := min(looked, s.rng.Among(looked, 0.03)+refused)
	s.auth.Looked(looked-misses, misses, 40+s.rng.IntN(12))

	opened := s.rng.Count(dt / 45)
	s.server.WebSocketsOpened(opened)
	s.webSockets += opened
	leaving := min(s.webSockets-1, s.rng.Count(float64(s.webSockets)*dt/400))
	s.server.WebSocketsClosed(leaving)
	s.webSockets -= leaving

	for range s.rng.Count(0.8 * s.load * dt) {
		calls := 2 + s.rng.Count(s.rng.LogNormal(4, 0.8))
		s.server.Batch(calls, s.rng.LogNormal(0.06*float64(calls)/4, 0.5))
	}
	for range s.rng.Count(1.5 * s.load * dt) {
		seconds := s.rng.LogNormal(0.15, 0.45)
		agreed := !s.rng.Chance(0.0006)
		if agreed {
			s.consensus.Agreed(seconds)
			s.agreement += (1 - s.agreement) / 2000
		} else {
			s.consensus.Disagreed(seconds)
			s.agreement -= s.agreement / 2000
		}
	}
}

func (s *Sim) initChain() {
	s.chain.Advanced(s.tip, 0.05)
	s.nextBlock = s.now.Add(blockTime)
	s.reorgs = s.rng.Seldom(s.now, 5*time.Minute, 30*time.Minute)
}

// stepChain adds the blocks of the elapsed time, and rarely replaces the last few.
func (s *Sim) stepChain() {
	for !s.nextBlock.After(s.now) {
		s.nextBlock = s.nextBlock.Add(blockTime)
		s.tip++
		s.held.block(s.rng)
		s.chain.Advanced(s.tip, s.rng.LogNormal(0.12, 0.6))
	}
	if s.reorgs.Due(s.now) {
		depth := 1 + s.rng.Count(0.8)
		s.chain.Reorganised(s.tip-int64(depth)+1, depth)
	}
}
