package sim

import (
	"math"
	"math/rand/v2"
)

// random draws what happens.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random {
	return random{rand.New(rand.NewPCG(seed, 0x6b6d62))}
}

// count returns how many of something happen that happens mean times on average
// (Poisson; from 50 on its normal approximation).
func (r random) count(mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n, p, limit := 0, r.Float64(), math.Exp(-mean)
	for p > limit {
		p *= r.Float64()
		n++
	}
	return n
}

// chance reports true with probability p.
func (r random) chance(p float64) bool { return r.Float64() < p }

// around returns a positive number with that median; spread is the standard
// deviation of its logarithm, so 0.5 gives a 99th percentile of 3.2 medians.
func (r random) around(median, spread float64) float64 {
	return median * math.Exp(spread*r.NormFloat64())
}

// pick returns an index into weights with a probability proportional to the
// weight there.
func (r random) pick(weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	x := total * r.Float64()
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}
