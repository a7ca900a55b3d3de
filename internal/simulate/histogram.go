package simulate

import (
	"math"

	"github.com/prometheus/prometheus/model/histogram"

	"github.com/dashgen/dashgen/internal/engine"
)

// This file makes histograms and summaries: of two lognormal distributions, a fast one and a
// slow one, whose amounts are waves of their own. So quantiles move while every bucket only
// grows.

// A mixture is the two distributions.
type mixture struct {
	middle, slow float64 // their medians
	sigma        float64
}

// slowShare is how much of what is observed is slow.
const slowShare = 0.06

// mixtureOf returns the distributions of a histogram: the middle lies in the third of its
// buckets from below, if there are any.
func mixtureOf(m *metric) mixture {
	middle := 0.02
	switch bounds := m.Buckets; {
	case len(bounds) > 1:
		i := (len(bounds) - 1) * 3 / 10
		middle = (bounds[i] + bounds[i+1]) / 2
		if middle <= 0 {
			middle = bounds[len(bounds)-1] / 4
		}
	case m.Unit == "bytes":
		middle = 2000
	case m.Unit == "" || m.Unit == "ratio":
		middle = 0.5
	}
	middle *= m.scale * (0.7 + 0.6*m.at)
	return mixture{middle, middle * 3.5, 0.55}
}

// below returns the share of a lognormal distribution that is at most x.
func (mix mixture) below(median, x float64) float64 {
	if x <= 0 {
		return 0
	}
	return 0.5 * math.Erfc(-math.Log(x/median)/(mix.sigma*math.Sqrt2))
}

// mean of a lognormal distribution.
func (mix mixture) mean(median float64) float64 { return median * math.Exp(mix.sigma*mix.sigma/2) }

// quantile returns the value below which a share of the observations is, found by halving.
func (mix mixture) quantile(q float64) float64 {
	low, high := 0.0, mix.slow*1000
	for range 60 {
		mid := (low + high) / 2
		if (1-slowShare)*mix.below(mix.middle, mid)+slowShare*mix.below(mix.slow, mid) < q {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// observed returns how many observations a series has had of each distribution.
func (sim *Simulation) observed(s *series, t float64) (fast, slow float64) {
	start := seconds(sim.opts.Start)
	other := newWave(s.wave.seed ^ 0x5DEECE66D)
	rate := s.metric.base * s.share
	fast = rate * (1 - slowShare) * (s.wave.integral(t) - s.wave.integral(start))
	slow = rate * slowShare * (other.integral(t) - other.integral(start))
	return max(0, math.Floor(fast)), max(0, math.Floor(slow))
}

// defaultBuckets are those of client_golang, for histograms whose bounds are not known.
var defaultBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

func (sim *Simulation) histogram(m *metric, ls engine.Labels, share float64) {
	if m.Native != nil && len(m.Buckets) == 0 {
		s := sim.put(m, m.Name, ls, share, nil)
		s.native = sim.nativeAt
		return
	}
	bounds := m.Buckets
	if len(bounds) == 0 {
		bounds = defaultBuckets
	}
	for _, bound := range append(append([]float64(nil), bounds...), math.Inf(1)) {
		sim.put(m, m.Name+"_bucket", ls.With("le", text(bound)), share, func(s *series, t float64) float64 {
			fast, slow := sim.observed(s, t)
			if math.IsInf(bound, 1) {
				return fast + slow
			}
			mix := mixtureOf(s.metric)
			return fast*mix.below(mix.middle, bound) + slow*mix.below(mix.slow, bound)
		})
	}
	sim.total(m, ls, share)
}

// total adds the sum and the count of observations.
func (sim *Simulation) total(m *metric, ls engine.Labels, share float64) {
	sim.put(m, m.Name+"_count", ls, share, func(s *series, t float64) float64 {
		fast, slow := sim.observed(s, t)
		return fast + slow
	})
	sim.put(m, m.Name+"_sum", ls, share, func(s *series, t float64) float64 {
		fast, slow := sim.observed(s, t)
		mix := mixtureOf(s.metric)
		return fast*mix.mean(mix.middle) + slow*mix.mean(mix.slow)
	})
}

func (sim *Simulation) summary(m *metric, ls engine.Labels, share float64) {
	for _, o := range m.Objectives {
		sim.put(m, m.Name, ls.With("quantile", text(o.Quantile)), share, func(s *series, t float64) float64 {
			return mixtureOf(s.metric).quantile(o.Quantile) * (0.6 + 0.4*s.wave.level(t))
		})
	}
	sim.total(m, ls, share)
}

// A hist is a native histogram with buckets of schema 3, eight to a power of two.
type hist struct {
	count, sum float64
	first      int // index of the first bucket
	buckets    []float64
}

const nativeSchema = 3

func (sim *Simulation) nativeAt(s *series, t float64) hist {
	fast, slow := sim.observed(s, t)
	mix := mixtureOf(s.metric)
	index := func(v float64) int { return int(math.Ceil(math.Log2(v) * 8)) }
	h := hist{count: fast + slow, sum: fast*mix.mean(mix.middle) + slow*mix.mean(mix.slow), first: index(mix.middle / 8)}
	cumulative := 0.0
	last := index(mix.slow * 8)
	for i := h.first; i <= last; i++ {
		bound := math.Exp2(float64(i) / 8)
		at := math.Floor(fast*mix.below(mix.middle, bound) + slow*mix.below(mix.slow, bound))
		if i == last {
			at = h.count
		}
		h.buckets = append(h.buckets, at-cumulative)
		cumulative = at
	}
	return h
}

func (h hist) float() *histogram.FloatHistogram {
	return &histogram.FloatHistogram{
		Schema: nativeSchema, Count: h.count, Sum: h.sum,
		PositiveSpans:   []histogram.Span{{Offset: int32(h.first), Length: uint32(len(h.buckets))}},
		PositiveBuckets: h.buckets,
	}
}
