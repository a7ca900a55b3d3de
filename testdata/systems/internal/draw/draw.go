// Package draw makes the random numbers of the example systems: how many of
// something happen, whether it happens, how long it takes and when it comes again.
//
// A system draws from one Source, made from its seed, and from nothing else, so
// that a seed tells the whole run. The package knows no metric and no clock: what
// depends on the time is told it.
package draw

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Source draws from the distributions that simulations need, and from those of
// rand.Rand. Its zero value is not useful: use New. A Source is not safe for use by
// several goroutines; its copies draw from the same sequence.
type Source struct{ *rand.Rand }

// New returns the source of a seed. Sources of the same seed and different streams
// have nothing in common; a system has a stream of its own.
func New(seed, stream uint64) Source { return Source{rand.New(rand.NewPCG(seed, stream))} }

// normalFrom is the mean above which Count draws from the normal distribution: by
// then it is close to Poisson's, and Knuth's product would take long.
const normalFrom = 50

// Count returns how many of something happen that happen independently of one
// another, mean times on average: a number of Poisson's distribution. It is 0 where
// mean is not positive.
func (s Source) Count(mean float64) int {
	switch {
	case mean <= 0:
		return 0
	case mean > normalFrom:
		return max(0, int(math.Round(mean+math.Sqrt(mean)*s.NormFloat64())))
	}
	n, limit := 0, math.Exp(-mean)
	for p := s.Float64(); p > limit; p *= s.Float64() {
		n++
	}
	return n
}

// Among returns how many of n have a property of probability p, which is small: a
// Count of n times p, at most n.
func (s Source) Among(n int, p float64) int { return min(n, s.Count(float64(n)*p)) }

// Chance is true with probability p.
func (s Source) Chance(p float64) bool { return s.Float64() < p }

// Pick returns an index into weights with a probability proportional to the weight
// there. Weights are not negative, and one is positive.
func (s Source) Pick(weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	x := total * s.Float64()
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// Between returns a number of [lo, hi).
func (s Source) Between(lo, hi float64) float64 { return lo + (hi-lo)*s.Float64() }

// Around returns v, more or less by up to the given share of it.
func (s Source) Around(v, share float64) float64 { return v * s.Between(1-share, 1+share) }

// LogNormal returns a positive number with that median and a long tail: sigma is
// the standard deviation of its logarithm, so that 0.5 gives a 99th percentile of
// 3.2 medians. Most latencies and sizes are like that.
func (s Source) LogNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*s.NormFloat64())
}

// Span returns a duration of [lo, hi).
func (s Source) Span(lo, hi time.Duration) time.Duration {
	return time.Duration(s.Between(float64(lo), float64(hi)))
}

// Lasting returns how long something takes: a LogNormal duration, cut off at limit.
func (s Source) Lasting(median time.Duration, sigma float64, limit time.Duration) time.Duration {
	return time.Duration(min(float64(limit), s.LogNormal(float64(median), sigma)))
}

// Wait returns the time until something happens that never comes sooner than gap,
// and mean after that on average.
func (s Source) Wait(gap, mean time.Duration) time.Duration {
	return gap + time.Duration(float64(mean)*s.ExpFloat64())
}
