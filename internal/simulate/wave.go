package simulate

import (
	"hash/fnv"
	"math"
)

// A wave is a rate that goes up and down around 1 and is never negative, with a closed form
// of its integral. Times are seconds.
type wave struct {
	terms [4]term
	seed  uint64
}

type term struct{ share, omega, phase float64 }

// The periods of a wave: a day, and what makes a chart of an hour, of ten minutes and of one
// minute look alive. Their shares, and that of the noise, sum up to less than 1.
var periods = [4]struct{ seconds, share float64 }{{86400, 0.28}, {2840, 0.12}, {671, 0.09}, {137, 0.06}}

// Noise lasts noiseTime seconds and changes a rate by at most 1.5 of noiseShare.
const (
	noiseTime  = 11.0
	noiseShare = 0.22
)

// newWave returns the wave of a seed. The day is common to all waves: busy at three in the
// afternoon, UTC.
func newWave(seed uint64) wave {
	w := wave{seed: seed}
	for i, p := range periods {
		w.terms[i] = term{p.share, 2 * math.Pi / p.seconds, unit(seed+uint64(i)) * 2 * math.Pi}
	}
	w.terms[0].phase = 2*math.Pi*-9/24 + 0.3*(unit(seed)-0.5)
	return w
}

// level returns the rate at a time.
func (w *wave) level(t float64) float64 {
	v := 1.0
	for _, p := range w.terms {
		v += p.share * math.Sin(p.omega*t+p.phase)
	}
	return v + noiseShare*(w.noise(t)-0.5)
}

// integral returns the integral of the rate from 0, but for a constant.
func (w *wave) integral(t float64) float64 {
	v := t
	for _, p := range w.terms {
		v -= p.share / p.omega * math.Cos(p.omega*t+p.phase)
	}
	return v + noiseShare*noiseTime*w.noise(t)
}

// noise is smooth and between 0 and 1.
func (w *wave) noise(t float64) float64 {
	at := math.Floor(t / noiseTime)
	x := t/noiseTime - at
	a, b := unit(w.seed^uint64(int64(at))*0x9E3779B97F4A7C15), unit(w.seed^uint64(int64(at)+1)*0x9E3779B97F4A7C15)
	return a + (b-a)*x*x*(3-2*x)
}

// unit makes a number in [0, 1) of a seed.
func unit(seed uint64) float64 {
	seed += 0x9E3779B97F4A7C15
	seed = (seed ^ seed>>30) * 0xBF58476D1CE4E5B9
	seed = (seed ^ seed>>27) * 0x94D049BB133111EB
	return float64((seed^seed>>31)>>11) / (1 << 53)
}

// hash makes a seed of a text.
func hash(seed uint64, text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return h.Sum64() ^ seed*0xD6E8FEB86659FD93
}
