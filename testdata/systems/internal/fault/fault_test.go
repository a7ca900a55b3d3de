package fault_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/testdata/systems/internal/fault"
	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
	kaizen "github.com/dashgen/dashgen/testdata/systems/kaizen/sim"
	kimberlite "github.com/dashgen/dashgen/testdata/systems/kimberlite/sim"
	prism "github.com/dashgen/dashgen/testdata/systems/prism/sim"
	theblock "github.com/dashgen/dashgen/testdata/systems/theblock/sim"
	zerostate "github.com/dashgen/dashgen/testdata/systems/zerostate/sim"
)

// scrape is the time between two scrapes, and between two evaluations.
const scrape = 30 * time.Second

// healthy is how long a system without a fault is looked at.
const healthy = 10 * time.Minute

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var systems = map[string]func() serve.System{
	"kaizen":     func() serve.System { return kaizen.New(1, start) },
	"kimberlite": func() serve.System { return kimberlite.New(1, start) },
	"prism":      func() serve.System { return prism.New(1, start) },
	"theblock":   func() serve.System { return theblock.New(1, start) },
	"zerostate":  func() serve.System { return zerostate.New(1, start) },
}

// TestFaults holds that a healthy system fires no alert, that each fault fires the alerts that
// it says and no others, and that each alert has a fault. The simulation runs once: faults
// change what scrapes get.
func TestFaults(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(systems)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := read(t, name)
			until := healthy
			for _, f := range fault.Of[name] {
				until = max(until, f.Until())
			}
			s := systems[name]()
			var scrapes [][]*dto.MetricFamily
			for age := scrape; age <= until; age += scrape {
				s.Step(start.Add(age))
				scrapes = append(scrapes, r.gather(t, s.Registry()))
			}
			if got := r.fired(t, scrapes[:healthy/scrape], fault.Fault{}); len(got) > 0 {
				t.Errorf("a healthy system fires %v", got)
			}
			left := slices.Clone(r.alerts)
			for _, f := range fault.Of[name] {
				want := slices.Sorted(slices.Values(append(slices.Clone(f.Also), f.Name)))
				if got := r.fired(t, scrapes[:f.Until()/scrape], f); !slices.Equal(got, want) {
					t.Errorf("fault %s fires %v, not %v", f.Name, got, want)
				}
				left = slices.DeleteFunc(left, func(alert string) bool { return alert == f.Name })
			}
			if len(left) > 0 {
				t.Errorf("no fault is made for %v", left)
			}
		})
	}
}

// rules are those that are generated for a system.
type rules struct {
	system string
	groups []engine.Group
	alerts []string
	names  []string // of all series that they draw on
}

func read(t *testing.T, system string) rules {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "generated", system, "rules", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	r := rules{system: system}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, findings := input.ParseRules(file, data)
		if parsed == nil {
			t.Fatal(findings)
		}
		r.groups = append(r.groups, ruletest.Groups(parsed.Groups)...)
	}
	for _, g := range r.groups {
		for _, one := range g.Rules {
			if one.Alert != "" {
				r.alerts = append(r.alerts, one.Alert)
			}
			r.names = append(r.names, query.Names(one.Expr)...)
		}
	}
	return r
}

// gather returns the families of a registry that the rules draw on.
func (r rules) gather(t *testing.T, from prometheus.Gatherer) []*dto.MetricFamily {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(families, func(f *dto.MetricFamily) bool {
		return !slices.ContainsFunc([]string{"", "_bucket", "_count", "_sum"}, func(suffix string) bool { return slices.Contains(r.names, f.GetName()+suffix) })
	})
}

// fired returns the alerts that fire while scrapes come in that a fault changes.
func (r rules) fired(t *testing.T, scrapes [][]*dto.MetricFamily, f fault.Fault) []string {
	t.Helper()
	store := &store{t: t, target: engine.Labels{"job": r.system, "instance": "127.0.0.1:1"}, series: map[string]*engine.Ref{}, now: map[string]*engine.Ref{}}
	g := &fault.Gatherer{Fault: f}
	for i, families := range scrapes {
		age := time.Duration(i+1) * scrape
		store.at = start.Add(age)
		failed := f.Down && age >= f.After
		switch {
		case failed:
			store.end()
			store.add("up", nil, 0)
			continue
		case age >= f.After:
			families = g.Change(families, age)
		}
		store.add("up", nil, 1)
		for _, family := range families {
			store.family(family)
		}
	}
	out, err := engine.New(&store.Store, engine.Options{Evaluation: scrape}).Run(t.Context(), r.groups, start.Add(scrape), store.at)
	if err != nil {
		t.Fatal(err)
	}
	for _, failed := range out.Errors {
		t.Error(failed)
	}
	var names []string
	for _, line := range out.Timelines {
		if line.Fired() {
			names = append(names, line.Alert)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A store is what Prometheus holds of one target.
type store struct {
	engine.Store
	t      *testing.T
	target engine.Labels
	at     time.Time
	series map[string]*engine.Ref
	now    map[string]*engine.Ref // since the last scrape that failed
}

// end marks all series stale, as Prometheus does where a scrape fails.
func (s *store) end() {
	for key, ref := range s.now {
		if key == "up" {
			continue
		}
		if err := ref.AppendStale(s.at); err != nil {
			s.t.Fatal(err)
		}
	}
	clear(s.now)
}

func (s *store) add(name string, pairs []*dto.LabelPair, v float64, more ...string) {
	key := name
	for _, p := range pairs {
		key += "\xff" + p.GetName() + "\xff" + p.GetValue()
	}
	for _, m := range more {
		key += "\xff" + m
	}
	ref := s.series[key]
	if ref == nil {
		ls := engine.Labels{"__name__": name}
		maps.Copy(ls, s.target)
		for _, p := range pairs {
			ls[p.GetName()] = p.GetValue()
		}
		for i := 0; i < len(more); i += 2 {
			ls[more[i]] = more[i+1]
		}
		ref = s.Ref(ls)
		s.series[key] = ref
	}
	if err := ref.Append(s.at, v); err != nil {
		s.t.Fatal(err)
	}
	s.now[key] = ref
}

func (s *store) family(f *dto.MetricFamily) {
	for _, m := range f.GetMetric() {
		switch h := m.GetHistogram(); {
		case m.Counter != nil:
			s.add(f.GetName(), m.Label, m.GetCounter().GetValue())
		case m.Gauge != nil:
			s.add(f.GetName(), m.Label, m.GetGauge().GetValue())
		case h != nil:
			for _, b := range h.GetBucket() {
				s.add(f.GetName()+"_bucket", m.Label, float64(b.GetCumulativeCount()), "le", strconv.FormatFloat(b.GetUpperBound(), 'g', -1, 64))
			}
			s.add(f.GetName()+"_bucket", m.Label, float64(h.GetSampleCount()), "le", "+Inf")
			s.add(f.GetName()+"_count", m.Label, float64(h.GetSampleCount()))
			s.add(f.GetName()+"_sum", m.Label, h.GetSampleSum())
		}
	}
}
