package sim_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/sim"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// run steps a new simulation for d.
func run(seed uint64, d, step time.Duration) *sim.Sim {
	s := sim.New(seed, start)
	for at := step; at <= d; at += step {
		s.Step(start.Add(at))
	}
	return s
}

// values gathers the sum over all series of every family: a counter's or gauge's
// value, a histogram's number of observations.
func values(t *testing.T, s *sim.Sim) map[string]float64 {
	t.Helper()
	families, err := s.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	sums := make(map[string]float64)
	for _, f := range families {
		sums[f.GetName()] = 0
		for _, m := range f.GetMetric() {
			sums[f.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return sums
}

func text(s *sim.Sim) string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(s.Registry(), promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestSameSeedSameMetrics(t *testing.T) {
	a, b := text(run(7, 10*time.Minute, time.Second)), text(run(7, 10*time.Minute, time.Second))
	if a != b {
		t.Error("two runs with one seed differ")
	}
	if a == text(run(8, 10*time.Minute, time.Second)) {
		t.Error("two runs with different seeds are equal")
	}
}

func TestMinuteJumps(t *testing.T) {
	seconds, minutes := text(run(3, 30*time.Minute, time.Second)), text(run(3, 30*time.Minute, time.Minute))
	if seconds != minutes {
		t.Error("steps of a minute lead elsewhere than steps of a second")
	}
}

// TestHours scrapes four hours of a healthy node. Everything moves, and
// projections stay close to the log.
func TestHours(t *testing.T) {
	s := sim.New(1, start)
	s.Step(start.Add(time.Second))
	before, moved := values(t, s), make(map[string]bool)
	for at := 15 * time.Second; at <= 4*time.Hour; at += 15 * time.Second {
		s.Step(start.Add(at))
		now := values(t, s)
		for name, v := range now {
			moved[name] = moved[name] || v != before[name]
		}
		if v := now["kmb_projection_lag"]; v > 1000 {
			t.Fatalf("after %s projections are %v entries behind", at, v)
		}
	}
	for name := range before {
		if !moved[name] {
			t.Errorf("%s never moved", name)
		}
	}
}
