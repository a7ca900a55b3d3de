package sim

import (
	"math"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var start = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// run steps a new simulation until the end.
func run(seed uint64, end, step time.Duration) *Sim {
	s := New(seed, start)
	for t := step; t <= end; t += step {
		s.Step(start.Add(t))
	}
	return s
}

func exposition(s *Sim) string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(s.Registry(), promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestSameSeedSameMetrics(t *testing.T) {
	one, two := exposition(run(7, time.Hour, time.Second)), exposition(run(7, time.Hour, time.Second))
	if one != two {
		t.Error("two runs with the same seed expose different metrics")
	}
	if one == exposition(run(8, time.Hour, time.Second)) {
		t.Error("runs with different seeds expose the same metrics")
	}
}

// total adds up a counter's series.
func total(t *testing.T, s *Sim, name string) float64 {
	t.Helper()
	families, err := s.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

func TestStepScalesWithElapsedTime(t *testing.T) {
	const name = "execution_tasks_total"
	seconds := total(t, run(1, 6*time.Hour, time.Second), name)
	minutes := total(t, run(1, 6*time.Hour, time.Minute), name)
	if seconds < 6*3600 {
		t.Errorf("%s is %v after six hours, want at least one task a second", name, seconds)
	}
	if math.Abs(seconds-minutes) > 0.03*seconds {
		t.Errorf("%s is %v after six hours of seconds, %v after six hours of minutes", name, seconds, minutes)
	}
}
