// Package clock is the time of the example systems. A Clock cuts what elapsed from
// one step to the next into ticks and says how busy the system is in each.
//
// Ticks are about a second long, so a system that is stepped once a minute does the
// same as one that is stepped every second.
package clock

import (
	"math"
	"time"

	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
)

// A Tick is a piece of simulated time.
type Tick struct {
	Now     time.Time     // its end
	Age     time.Duration // from the start of the simulation to Now
	Seconds float64       // its length
	Load    float64       // how busy those who use the system are; 1 on average
}

// A Load is how busy those who use a system are: waves around 1, and noise. The
// zero value is a load of 1.
type Load struct {
	Waves []Wave
	// Noise is the standard deviation of what wanders around the waves and takes
	// minutes to come back.
	Noise float64
}

// A Wave is a sine of the load, by which it swings up and down, and its period.
type Wave struct {
	Swing  float64
	Period time.Duration
}

// A load is never less than idlest nor more than busiest.
const (
	idlest  = 0.3
	busiest = 1.9
)

// memory is the time in seconds after which most of the noise is forgotten.
const memory = 120

// A Clock is the time of one system. Use New.
type Clock struct {
	src        draw.Source
	load       Load
	start, now time.Time
	noise      float64
}

// New returns a clock that stands at start. It draws the noise of the load from src.
func New(src draw.Source, start time.Time, load Load) *Clock {
	return &Clock{src: src, load: load, start: start, now: start}
}

// Step moves the clock to now and calls advance with each tick until then: as many
// equal ones as the step has whole seconds when rounded, and at least one. A time
// that is not after the last one is ignored.
func (c *Clock) Step(now time.Time, advance func(Tick)) {
	step := now.Sub(c.now)
	if step <= 0 {
		return
	}
	// Equal ticks, since a ticker's second is not exact: what is left of it after a
	// tick of one second would be too short to divide by.
	for n := max(1, step.Round(time.Second)/time.Second); n > 0; n-- {
		d := now.Sub(c.now) / n
		c.now = c.now.Add(d)
		t := Tick{Now: c.now, Age: c.Age(), Seconds: d.Seconds()}
		t.Load = c.busy(t)
		advance(t)
	}
}

// Age returns the time from the start of the simulation to the end of the tick.
func (c *Clock) Age() time.Duration { return c.now.Sub(c.start) }

// busy returns the load in t.
func (c *Clock) busy(t Tick) float64 {
	busy := 1.0
	for _, w := range c.load.Waves {
		busy += w.Swing * math.Sin(2*math.Pi*float64(t.Age)/float64(w.Period))
	}
	if c.load.Noise > 0 {
		// An Ornstein-Uhlenbeck process: the step's deviation is the one that
		// makes Noise the deviation in the long run.
		step := c.load.Noise * math.Sqrt(2*t.Seconds/memory)
		c.noise += -c.noise*t.Seconds/memory + step*c.src.NormFloat64()
	}
	return min(max(busy+c.noise, idlest), busiest)
}
