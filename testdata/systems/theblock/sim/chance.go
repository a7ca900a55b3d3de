package sim

import (
	"math"
	"math/rand/v2"
	"time"
)

// chance is the only source of randomness of a Sim.
type chance struct{ *rand.Rand }

func newChance(seed uint64) chance {
	return chance{rand.New(rand.NewPCG(seed, 0x7468656c626c6f63))}
}

// between returns a number of [lo, hi).
func (c chance) between(lo, hi float64) float64 { return lo + (hi-lo)*c.Float64() }

// near returns v, give or take the part spread of it.
func (c chance) near(v, spread float64) float64 { return v * c.between(1-spread, 1+spread) }

// count returns how often something happened that happens mean times on average:
// a Poisson number.
func (c chance) count(mean float64) int {
	if mean > 30 {
		// Knuth's product underflows, and the normal distribution is as good.
		return max(0, int(math.Round(mean+math.Sqrt(mean)*c.NormFloat64())))
	}
	n, limit := 0, math.Exp(-mean)
	for p := c.Float64(); p > limit; p *= c.Float64() {
		n++
	}
	return n
}

// seldom says when something rare happens: gap after the last time at the earliest,
// and mean after that on average.
type seldom struct {
	c         chance
	gap, mean time.Duration
	next      time.Time
}

func (c chance) seldom(start time.Time, gap, mean time.Duration) *seldom {
	s := &seldom{c: c, gap: gap, mean: mean}
	s.plan(start)
	return s
}

// due reports whether it happens now.
func (s *seldom) due(now time.Time) bool {
	if now.Before(s.next) {
		return false
	}
	s.plan(now)
	return true
}

func (s *seldom) plan(now time.Time) {
	s.next = now.Add(s.gap + time.Duration(float64(s.mean)*s.c.ExpFloat64()))
}

// walk moves v by one up or down, or leaves it, and keeps it within lo and hi.
func (c chance) walk(v, lo, hi int) int { return min(hi, max(lo, v+c.IntN(3)-1)) }
