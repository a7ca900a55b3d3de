package sim

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// run returns what a system exposes after some hours of steps.
func run(t *testing.T, seed uint64, hours int, step time.Duration) string {
	t.Helper()
	s := New(seed, start)
	for now := start.Add(step); !now.After(start.Add(time.Duration(hours) * time.Hour)); now = now.Add(step) {
		s.Step(now)
	}
	w := httptest.NewRecorder()
	promhttp.HandlerFor(s.Registry(), promhttp.HandlerOpts{}).
		ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("/metrics: %s", w.Body)
	}
	return w.Body.String()
}

func TestDeterministic(t *testing.T) {
	for _, step := range []time.Duration{time.Second, time.Minute} {
		one, two := run(t, 7, 6, step), run(t, 7, 6, step)
		if one != two {
			t.Errorf("step %v: two runs with the same seed differ", step)
		}
		if run(t, 8, 6, step) == one {
			t.Errorf("step %v: another seed gives the same run", step)
		}
	}
}
