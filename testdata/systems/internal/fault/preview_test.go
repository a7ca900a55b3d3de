package fault_test

import (
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/preview"
	"github.com/dashgen/dashgen/schema"
	"github.com/dashgen/dashgen/testdata/systems/internal/fault"
	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
)

var allFaults = flag.Bool("all-faults", false, "switch every fault on and off while preview scrapes, not a few of each system")

// few is how many faults of a system are switched while preview scrapes.
const few = 2

// TestPreview holds that preview scrapes each system over HTTP, as with --target, and that its
// alerts follow the fault switches: on, those of the fault come to fire and no others; off, none
// does any more.
// Only the clock is not the wall's, so that hours pass in seconds.
func TestPreview(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(systems)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := fault.Of[name]
			if !*allFaults {
				faults = append(slices.Clone(faults[:few]), faults[len(faults)-1]) // the last is that it is down
			}
			w := watch(t, name)
			w.run(healthy)
			w.want("healthy", nil)
			for _, f := range faults {
				w.run(f.After - w.age)
				w.fail(f)
				w.until("fault "+f.Name, slices.Sorted(slices.Values(append(slices.Clone(f.Also), f.Name))), f.Until()-f.After)
				w.fail(fault.Fault{})
				w.until(f.Name+" without its fault", nil, 2*time.Hour)
			}
		})
	}
}

// A watched is a system that preview scrapes.
type watched struct {
	t      *testing.T
	system serve.System
	feed   preview.Feed
	ticks  chan time.Time
	web    *httptest.Server // of preview
	age    time.Duration

	mu    sync.Mutex // of fails, which scrapes use
	fails *fault.Gatherer
}

// watch serves a system and starts preview on it.
func watch(t *testing.T, name string) *watched {
	t.Helper()
	w := &watched{t: t, system: systems[name](), ticks: make(chan time.Time)}
	w.fail(fault.Fault{})
	exposed := httptest.NewServer(promhttp.HandlerFor(prometheus.GathererFunc(w.gather), promhttp.HandlerOpts{}))
	t.Cleanup(exposed.Close)
	w.feed = preview.Scrape(preview.ScrapeOptions{Targets: []string{exposed.URL + "/metrics"}, Every: scrape, Ticks: w.ticks})
	server := preview.New(w.feed)
	go func() { w.ticks <- start }()
	if err := server.Show(t.Context(), []preview.Program{program(t, name)}); err != nil {
		t.Fatal(err)
	}
	w.web = httptest.NewServer(server.Handler("127.0.0.1:1"))
	t.Cleanup(w.web.Close)
	return w
}

// program returns what is generated for a system as preview shows it.
func program(t *testing.T, name string) preview.Program {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "generated", name, "metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.Parse("metrics.json", data)
	if err != nil {
		t.Fatal(err)
	}
	p := preview.Program{Config: &config.Config{Name: name, Job: name}, Schema: s}
	for _, g := range read(t, name).groups {
		group := plan.Group{Name: g.Name, Interval: g.Interval}
		for _, r := range g.Rules {
			group.Rules = append(group.Rules, plan.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, For: r.For, KeepFiringFor: r.KeepFiringFor, Labels: r.Labels, Annotations: r.Annotations})
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}

// fail switches a fault on; the zero fault is none.
func (w *watched) fail(f fault.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f.After = w.age
	w.fails = &fault.Gatherer{From: w.system.Registry(), Fault: f, Age: func() time.Duration { return w.age }}
}

func (w *watched) gather() ([]*dto.MetricFamily, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fails.Gather()
}

// run lets time pass.
func (w *watched) run(d time.Duration) {
	for end := w.age + d; w.age < end; {
		w.mu.Lock()
		w.age += scrape
		w.system.Step(start.Add(w.age))
		w.mu.Unlock()
		w.ticks <- start.Add(w.age)
		for !w.feed.Now().Equal(start.Add(w.age)) { // scraped, and the rules evaluated
			time.Sleep(200 * time.Microsecond)
		}
	}
}

// until lets time pass until exactly some alerts fire, and fails the test where that takes
// longer than most. Others may fire meanwhile: the rate of a target that has just gone is one
// of two scrapes.
func (w *watched) until(what string, alerts []string, most time.Duration) {
	w.t.Helper()
	for end := w.age + most; ; {
		w.run(2 * time.Minute)
		got := w.firing()
		if slices.Equal(got, alerts) {
			return
		}
		if w.age >= end {
			w.t.Fatalf("%s: after %s %v fire, not %v", what, most, got, alerts)
		}
	}
}

// want fails the test where other alerts fire.
func (w *watched) want(what string, alerts []string) {
	w.t.Helper()
	if got := w.firing(); !slices.Equal(got, alerts) {
		w.t.Fatalf("%s: %v fire, not %v", what, got, alerts)
	}
}

// firing asks preview, as its page does.
func (w *watched) firing() []string {
	w.t.Helper()
	resp, err := http.Post(w.web.URL+"/api/alerts", "application/json", strings.NewReader("{}"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var states []struct{ Name, State, Error string }
	if err := json.NewDecoder(resp.Body).Decode(&states); err != nil || len(states) == 0 {
		w.t.Fatalf("%s: %v, %d alerts", resp.Status, err, len(states))
	}
	var names []string
	for _, s := range states {
		if s.Error != "" {
			w.t.Errorf("%s: %s", s.Name, s.Error)
		}
		if s.State == "firing" {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}
