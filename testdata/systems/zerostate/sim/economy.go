package sim

import (
	"math"
	"time"

	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
)

// economy is the state of channels, participants and the blacklist.
type economy struct {
	locked           float64 // tokens
	opening          int     // channels
	closed, disputed int     // channels
	participants     int
	blacklisted      int
	paymentFailures  *draw.Seldom
}

func (s *Sim) initEconomy() {
	s.economy = economy{
		locked: 250_000, opening: 1, closed: 3, participants: 96, blacklisted: 3,
		paymentFailures: s.rng.Seldom(s.now, 8*time.Minute, 30*time.Minute),
	}
}

// stepEconomy moves payments, settlements, disputes and the blacklist.
func (s *Sim) stepEconomy(dt float64) {
	payments := s.rng.Count(8 * s.load * dt)
	for range payments {
		s.economic.Paid(min(80, s.rng.LogNormal(0.6, 1.1)))
	}
	if s.economy.paymentFailures.Due(s.now) { // rare: one in a thousand breaks the SLA
		s.economic.PaymentFailed()
	}
	for range int(math.Round(dt)) {
		s.economic.SampleThroughput(s.rng.Around(float64(payments)/dt, 0.1))
	}
	settlements := s.rng.Count(0.4 * s.load * dt)
	failed := s.rng.Among(settlements, 0.01)
	s.economic.Settled(settlements-failed, failed)
	for range s.rng.Count(dt / 60) {
		s.dispute()
	}
	s.stepChannels(dt)
	s.stepBlacklist(dt)
}

func (s *Sim) dispute() {
	switch u := s.rng.Float64(); {
	case u < 0.5:
		s.economic.DisputeSettled()
	case u < 0.8:
		s.economic.DisputeRejected()
	default:
		s.economic.DisputeUpheld()
	}
}

// stepChannels opens and closes channels, and moves what they lock.
func (s *Sim) stepChannels(dt float64) {
	e := &s.economy
	for _, p := range s.peers {
		if p.channels > 1 && s.rng.Chance(dt/1800) {
			p.channels--
			e.closed++
		}
	}
	e.opening += s.rng.Count(s.load * dt / 150)
	for range min(e.opening, s.rng.Count(float64(e.opening)*dt/60)) {
		e.opening--
		if p := s.peers[s.rng.IntN(len(s.peers))]; p.channels < 5 {
			p.channels++
		}
	}
	e.closed -= min(e.closed, s.rng.Count(float64(e.closed)*dt/600))
	if s.rng.Chance(dt / 120) {
		e.disputed = s.rng.Count(0.4)
	}
	// The value locked follows the load, slowly, and jumps with large deposits.
	e.locked += (250_000*(0.85+0.15*s.load) - e.locked) * (1 - math.Exp(-dt/1800))
	if s.rng.Chance(dt / 3600) {
		e.locked = s.rng.Around(e.locked, 0.08)
	}
}

// stepBlacklist adds peers to the blacklist and takes them off again.
func (s *Sim) stepBlacklist(dt float64) {
	e := &s.economy
	if e.blacklisted < 6 && s.rng.Chance(dt/900) {
		e.blacklisted++
		s.economic.Blacklisted()
	}
	switch {
	case e.blacklisted == 0:
	case s.rng.Chance(dt / 1800):
		e.blacklisted--
		s.economic.BlacklistExpired()
	case s.rng.Chance(dt / 5400):
		e.blacklisted--
		s.economic.Pardoned()
	}
	e.participants = int(s.rng.Around(80+20*s.load, 0.02))
}

func (s *Sim) economyGauges() {
	active := 0
	for _, p := range s.peers {
		s.economic.SetActiveChannels(p.id, p.channels)
		s.economic.SetPeer(p.id, p.reputation, p.success)
		active += p.channels
	}
	s.economic.SetChannels(s.economy.opening, active, s.economy.closed, s.economy.disputed)
	s.economic.SetValueLocked(s.economy.locked)
	s.economic.SetParticipants(s.economy.participants, s.economy.blacklisted)
}
