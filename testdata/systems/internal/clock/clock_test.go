package clock

import (
	"math"
	"testing"
	"time"

	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
)

var start = time.Unix(1_700_000_000, 0)

func TestStep(t *testing.T) {
	c := New(draw.New(1, 1), start, Load{})
	last := 0 * time.Millisecond
	for _, step := range []struct {
		to    time.Duration   // in milliseconds, like
		ticks []time.Duration // their ends
	}{
		{2000, []time.Duration{1000, 2000}},
		{3001, []time.Duration{3001}},
		{3001, nil},
		{1000, nil},
		{3101, []time.Duration{3101}},
		{5501, []time.Duration{4301, 5501}},
	} {
		var ticks []Tick
		c.Step(start.Add(step.to*time.Millisecond), func(t Tick) { ticks = append(ticks, t) })
		if len(ticks) != len(step.ticks) {
			t.Fatalf("step to %d: %v", step.to, ticks)
		}
		for i, end := range step.ticks {
			age := end * time.Millisecond
			want := Tick{Now: start.Add(age), Age: age, Seconds: (age - last).Seconds(), Load: 1}
			if ticks[i] != want {
				t.Errorf("step to %d: tick %d is %v, want %v", step.to, i, ticks[i], want)
			}
			last = age
		}
		if c.Age() != last {
			t.Errorf("step to %d: age %s", step.to, c.Age())
		}
	}
}

func TestWaves(t *testing.T) {
	c := New(draw.New(1, 1), start, Load{Waves: []Wave{
		{Swing: 0.2, Period: 40 * time.Second},
		{Swing: 0.1, Period: 8 * time.Second},
	}})
	want := map[time.Duration]float64{10 * time.Second: 1.3, 20 * time.Second: 1, 30 * time.Second: 0.7}
	c.Step(start.Add(40*time.Second), func(tick Tick) {
		if w, ok := want[tick.Age]; ok && math.Abs(tick.Load-w) > 1e-9 {
			t.Errorf("load after %s is %v, want %v", tick.Age, tick.Load, w)
		}
	})
}

// Noise has the deviation that it is given, and does not jump.
func TestNoise(t *testing.T) {
	const noise, n = 0.08, 200_000
	c := New(draw.New(1, 1), start, Load{Noise: noise})
	last, sum, squares := 1.0, 0.0, 0.0
	c.Step(start.Add(n*time.Second), func(tick Tick) {
		if d := math.Abs(tick.Load - last); d > 6*noise*math.Sqrt(2.0/memory) {
			t.Errorf("load jumps by %v at %s", d, tick.Age)
		}
		last = tick.Load
		sum += tick.Load
		squares += (tick.Load - 1) * (tick.Load - 1)
	})
	if mean := sum / n; math.Abs(mean-1) > 0.01 {
		t.Errorf("mean load %v, want 1", mean)
	}
	if sd := math.Sqrt(squares / n); math.Abs(sd-noise) > 0.1*noise {
		t.Errorf("deviation %v, want %v", sd, noise)
	}
}

func TestBounds(t *testing.T) {
	c := New(draw.New(1, 1), start, Load{Waves: []Wave{{Swing: 5, Period: time.Minute}}})
	lo, hi := math.Inf(1), math.Inf(-1)
	c.Step(start.Add(time.Minute), func(tick Tick) { lo, hi = min(lo, tick.Load), max(hi, tick.Load) })
	if lo != idlest || hi != busiest {
		t.Errorf("loads from %v to %v", lo, hi)
	}
}
