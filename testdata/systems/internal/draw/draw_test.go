package draw

import (
	"math"
	"slices"
	"testing"
	"time"
)

// many draws n numbers.
func many(n int, draw func() float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = draw()
	}
	return xs
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func variance(xs []float64) float64 {
	m, sum := mean(xs), 0.0
	for _, x := range xs {
		sum += (x - m) * (x - m)
	}
	return sum / float64(len(xs))
}

func near(got, want, share float64) bool { return math.Abs(got-want) <= share*want }

// Mean and variance of Poisson's distribution are the same, on both sides of
// normalFrom.
func TestCount(t *testing.T) {
	s := New(1, 1)
	for _, want := range []float64{0.02, 0.7, 5, 49, 51, 4000} {
		xs := many(40_000, func() float64 { return float64(s.Count(want)) })
		if m, v := mean(xs), variance(xs); !near(m, want, 0.1) || !near(v, want, 0.1) {
			t.Errorf("Count(%v): mean %v, variance %v", want, m, v)
		}
	}
	for _, none := range []float64{0, -3} {
		if n := s.Count(none); n != 0 {
			t.Errorf("Count(%v) = %d", none, n)
		}
	}
}

func TestAmong(t *testing.T) {
	s := New(1, 1)
	xs := many(20_000, func() float64 { return float64(s.Among(100, 0.03)) })
	if m := mean(xs); !near(m, 3, 0.05) {
		t.Errorf("Among(100, 0.03): mean %v", m)
	}
	if most := slices.Max(many(1000, func() float64 { return float64(s.Among(2, 0.9)) })); most != 2 {
		t.Errorf("Among(2, 0.9) = %v", most)
	}
}

func TestPick(t *testing.T) {
	s := New(1, 1)
	weights := []float64{6, 0, 3, 1}
	got := make([]float64, len(weights))
	for range 20_000 {
		got[s.Pick(weights)] += 10.0 / 20_000
	}
	for i, w := range weights {
		if !near(got[i], w, 0.1) {
			t.Errorf("weight %d is %v, drawn %v", i, w, got[i])
		}
	}
}

func TestRanges(t *testing.T) {
	s := New(1, 1)
	for name, c := range map[string]struct {
		draw         func() float64
		lo, hi, mean float64
	}{
		"Between": {func() float64 { return s.Between(2, 6) }, 2, 6, 4},
		"Around":  {func() float64 { return s.Around(10, 0.2) }, 8, 12, 10},
		"Span":    {func() float64 { return s.Span(time.Second, 3*time.Second).Seconds() }, 1, 3, 2},
		"Wait":    {func() float64 { return s.Wait(time.Minute, 2*time.Minute).Minutes() }, 1, math.Inf(1), 3},
		// The mean of a log-normal distribution is the median times exp(sigma²/2).
		"LogNormal": {func() float64 { return s.LogNormal(2, 0.5) }, 0, math.Inf(1), 2 * math.Exp(0.125)},
		"Lasting":   {func() float64 { return s.Lasting(time.Second, 3, time.Second).Seconds() }, 0, 1, 0.63},
		"Chance": {func() float64 {
			if s.Chance(0.3) {
				return 1
			}
			return 0
		}, 0, 1, 0.3},
	} {
		xs := many(20_000, c.draw)
		if lo, hi := slices.Min(xs), slices.Max(xs); lo < c.lo || hi > c.hi {
			t.Errorf("%s: from %v to %v, want from %v to %v", name, lo, hi, c.lo, c.hi)
		}
		if m := mean(xs); !near(m, c.mean, 0.05) {
			t.Errorf("%s: mean %v, want %v", name, m, c.mean)
		}
	}
}

func TestSeldom(t *testing.T) {
	now := time.Unix(0, 0)
	last, times := now, 0
	r := New(1, 1).Seldom(now, time.Minute, 2*time.Minute)
	for range 3 * 3600 * 100 {
		now = now.Add(time.Second)
		if !r.Due(now) {
			continue
		}
		if now.Sub(last) < time.Minute {
			t.Errorf("due %s after the last time", now.Sub(last))
		}
		last = now
		times++
	}
	if !near(float64(times), 100*60, 0.1) {
		t.Errorf("due %d times in 300 hours, want about 6000", times)
	}
}

func TestStreams(t *testing.T) {
	first := func(seed, stream uint64) uint64 { return New(seed, stream).Uint64() }
	if first(1, 1) != first(1, 1) {
		t.Error("one seed and stream gives two sequences")
	}
	if first(1, 1) == first(2, 1) || first(1, 1) == first(1, 2) {
		t.Error("another seed or stream gives the same sequence")
	}
}
