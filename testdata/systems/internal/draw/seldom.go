package draw

import "time"

// A Seldom says when something rare happens. The gap between one time and the next
// is what keeps a healthy system from an alert, whatever the seed. Use
// Source.Seldom.
type Seldom struct {
	src       Source
	gap, mean time.Duration
	next      time.Time
}

// Seldom returns the times of something that happens a Wait of gap and mean after
// start, and again a Wait after each time that it did.
func (s Source) Seldom(start time.Time, gap, mean time.Duration) *Seldom {
	r := &Seldom{src: s, gap: gap, mean: mean}
	r.plan(start)
	return r
}

// Due reports whether it happens now: true once for every time whose moment has
// come.
func (r *Seldom) Due(now time.Time) bool {
	if now.Before(r.next) {
		return false
	}
	r.plan(now)
	return true
}

func (r *Seldom) plan(now time.Time) { r.next = now.Add(r.src.Wait(r.gap, r.mean)) }
