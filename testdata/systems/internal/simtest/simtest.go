// Package simtest holds what the tests of the example systems have in common: it
// runs a system for some time, reads what it exposes, and tests what is true of
// every one of them.
//
// It imports no system. A system's test calls Test with the New of its package sim.
package simtest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
)

// start is when every run begins.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// scrape is the time between two looks at a system in hours.
const scrape = 30 * time.Second

// run makes a system of a seed and steps it for d.
func run[S serve.System](newSystem func(uint64, time.Time) S, seed uint64, d, step time.Duration) S {
	s := newSystem(seed, start)
	for at := step; at <= d; at += step {
		s.Step(start.Add(at))
	}
	return s
}

// text returns what a scrape of the registry gets.
func text(t *testing.T, reg *prometheus.Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(reg, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("scrape: %s", w.Body)
	}
	return w.Body.String()
}

// sums returns the sums of Health by name of the family.
func sums(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatalf("gather: %v", err)
	}
	total := make(map[string]float64)
	for _, f := range families {
		sum := 0.0
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() +
				float64(m.GetHistogram().GetSampleCount()) + float64(m.GetSummary().GetSampleCount())
		}
		total[f.GetName()] = sum
	}
	return total
}

// Health is what is true of some hours of a healthy system. It looks at the sum over
// all series of a family: of the values of counters and gauges, of the number of
// observations of histograms and summaries.
type Health struct {
	// Still lists the families that never change.
	Still []string
	// Rare lists those that need not change within the hours; all others do.
	Rare []string
	// Most is the greatest sum that a scrape may see.
	Most map[string]float64
	// Rate is the smallest growth a second, over all hours.
	Rate map[string]float64
}

// Test tests that seed and time alone say what a system does, and that it stays
// healthy for hours.
func Test[S serve.System](t *testing.T, newSystem func(uint64, time.Time) S, h Health) {
	t.Run("seed", func(t *testing.T) { sameSeed(t, newSystem) })
	t.Run("steps", func(t *testing.T) { minuteSteps(t, newSystem) })
	t.Run("hours", func(t *testing.T) { hours(t, newSystem, h) })
}

// sameSeed tests that one seed gives one exposition, and another seed another.
func sameSeed[S serve.System](t *testing.T, newSystem func(uint64, time.Time) S) {
	expose := func(seed uint64) string {
		return text(t, run(newSystem, seed, 10*time.Minute, time.Second).Registry())
	}
	seven := expose(7)
	if seven != expose(7) {
		t.Error("two runs with one seed differ")
	}
	if seven == expose(8) {
		t.Error("two runs with different seeds are equal")
	}
}

// minuteSteps tests that steps of a minute lead where steps of a second do.
func minuteSteps[S serve.System](t *testing.T, newSystem func(uint64, time.Time) S) {
	seconds := run(newSystem, 3, 30*time.Minute, time.Second).Registry()
	minutes := run(newSystem, 3, 30*time.Minute, time.Minute).Registry()
	if text(t, seconds) == text(t, minutes) {
		return
	}
	t.Error("steps of a minute lead elsewhere than steps of a second")
	want := sums(t, seconds)
	got := sums(t, minutes)
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != want[name] {
			t.Logf("%s: %v after minutes, %v after seconds", name, got[name], want[name])
		}
	}
}

// hours scrapes four hours of a system and tests that it was healthy.
func hours[S serve.System](t *testing.T, newSystem func(uint64, time.Time) S, h Health) {
	const end = 4 * time.Hour
	s := newSystem(1, start)
	s.Step(start.Add(time.Second))
	first := sums(t, s.Registry())
	last, moved := first, make(map[string]bool)
	for at := scrape; at <= end; at += scrape {
		s.Step(start.Add(at))
		last = sums(t, s.Registry())
		for name, v := range last {
			moved[name] = moved[name] || v != first[name]
		}
		for name, most := range h.Most {
			if last[name] > most {
				t.Fatalf("%s is %v after %s, want at most %v", name, last[name], at, most)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(moved)) {
		still := slices.Contains(h.Still, name)
		if moved[name] == still && !slices.Contains(h.Rare, name) {
			t.Errorf("%s: moved is %t, want %t", name, moved[name], !still)
		}
	}
	for _, name := range slices.Concat(h.Still, h.Rare) {
		if _, ok := moved[name]; !ok {
			t.Errorf("%s is not exposed", name)
		}
	}
	for name, least := range h.Rate {
		if rate := (last[name] - first[name]) / end.Seconds(); rate < least {
			t.Errorf("%s grows by %v a second, want at least %v", name, rate, least)
		}
	}
}
