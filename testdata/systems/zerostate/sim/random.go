package sim

import (
	"math"
	"math/rand/v2"
)

// A source draws from the distributions that the simulation needs.
type source struct{ *rand.Rand }

func newSource(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))} }

// chance is true with probability p.
func (r source) chance(p float64) bool { return r.Float64() < p }

// around is v, more or less by up to the given share of it.
func (r source) around(v, share float64) float64 { return v * (1 + share*(2*r.Float64()-1)) }

// logNormal draws from the distribution of most latencies: a median and a long
// tail that grows with sigma.
func (r source) logNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*r.NormFloat64())
}

// count draws how many independent events of that mean number happen.
func (r source) count(mean float64) int {
	switch {
	case mean <= 0:
		return 0
	case mean > 50: // the normal approximation is good, and fast
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n, limit := 0, math.Exp(-mean)
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}

// among draws how many of n have a property of probability p.
func (r source) among(n int, p float64) int { return min(n, r.count(float64(n)*p)) }
