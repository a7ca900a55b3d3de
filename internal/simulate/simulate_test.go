package simulate

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/schema"
)

var now = time.Unix(1700000000, 0).UTC()

// A system is one of the examples: what it defines and watches.
type system struct {
	schema  *schema.Schema
	cfg     *config.Config
	signals []plan.Signal
	groups  []engine.Group
}

func read(t *testing.T, name string) system {
	t.Helper()
	data, err := os.ReadFile("../../generated/" + name + "/metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var s system
	if s.schema, err = schema.Parse("metrics.json", data); err != nil {
		t.Fatal(err)
	}
	if s.cfg, _, err = config.Load("../../testdata/systems/" + name); err != nil {
		t.Fatal(err)
	}
	s.signals = plan.Signals(s.schema, s.cfg)
	files, _ := filepath.Glob("../../generated/" + name + "/rules/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rules, findings := input.ParseRules(file, data)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		s.groups = append(s.groups, ruletest.Groups(rules.Groups)...)
	}
	return s
}

func (s system) simulation(seed uint64) *Simulation {
	return New(s.schema, s.signals, Options{Seed: seed, Job: s.cfg.Job, Start: now.Add(-48 * time.Hour)})
}

// history returns ten minutes of samples.
func history(t *testing.T, sim *Simulation) *engine.Store {
	t.Helper()
	store := &engine.Store{}
	for at := now.Add(-10 * time.Minute); !at.After(now); at = at.Add(5 * time.Second) {
		if err := sim.Step(store, at); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func ask(t *testing.T, store *engine.Store, expr string) *engine.Result {
	t.Helper()
	res, err := engine.New(store, engine.Options{}).Instant(context.Background(), expr, now)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// Every metric of the schema has samples that are as its type says.
func TestStep(t *testing.T) {
	for _, name := range []string{"kimberlite", "prism"} {
		s := read(t, name)
		store := history(t, s.simulation(1))
		for _, m := range s.schema.Metrics {
			if !m.Live() || m.Certainty == schema.Pattern {
				continue
			}
			series := m.Name
			if m.Type == schema.Histogram || m.Type == schema.Summary {
				series += "_count"
			}
			if len(ask(t, store, series).Series) == 0 {
				t.Errorf("%s: %s has no samples", name, series)
			}
			if res := ask(t, store, "resets("+series+"[10m]) > 0"); m.Type != schema.Gauge && len(res.Series) > 0 {
				t.Errorf("%s: %s goes down:\n%s", name, series, res.Text())
			}
			if m.Type == schema.Histogram {
				res := ask(t, store, "histogram_quantile(0.5, rate("+m.Name+"_bucket[5m]))")
				if v := res.Series[0].Points[0].Value; math.IsNaN(v) || len(res.Warnings)+len(res.Infos) > 0 {
					t.Errorf("%s: the median of %s is\n%s", name, m.Name, res.Text())
				}
			}
			for _, l := range m.Labels {
				for _, v := range l.Values {
					if len(ask(t, store, series+"{"+l.Name+`="`+v+`"}`).Series) == 0 {
						t.Errorf("%s: no series of %s has %s=%q", name, series, l.Name, v)
					}
				}
			}
		}
	}
}

// The same seed gives the same samples, whatever the steps; another gives others.
func TestSeed(t *testing.T) {
	s := read(t, "kimberlite")
	const expr = `sort(sum by (__name__) ({job="kimberlite"}))`
	first, second, other := ask(t, history(t, s.simulation(1)), expr).Text(), ask(t, history(t, s.simulation(1)), expr).Text(), ask(t, history(t, s.simulation(2)), expr).Text()
	if first != second || first == other {
		t.Errorf("seed 1:\n%s\nagain:\n%s\nseed 2:\n%s", first, second, other)
	}
	once := &engine.Store{}
	if err := s.simulation(1).Step(once, now); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, once, expr).Text(); got != first {
		t.Errorf("in one step:\n%s\nin many:\n%s", got, first)
	}
}

// A native histogram has quantiles, too.
func TestNative(t *testing.T) {
	m := &schema.Metric{Name: "shop_seconds", Type: schema.Histogram, Unit: "seconds", Native: &schema.Native{}}
	s := &schema.Schema{Metrics: []*schema.Metric{m}}
	sim := New(s, []plan.Signal{{Kind: plan.Distribution, Metrics: s.Metrics}}, Options{Start: now.Add(-time.Hour)})
	res := ask(t, history(t, sim), "histogram_quantile(0.9, sum(rate(shop_seconds[5m])))")
	if len(res.Series) != 1 || !(res.Series[0].Points[0].Value > 0.005 && res.Series[0].Points[0].Value < 1) {
		t.Error(res.Text())
	}
}

// Nothing fires by itself, and each alert does when it is asked for.
func TestFault(t *testing.T) {
	s := read(t, "kimberlite")
	ctx := context.Background()
	sim := s.simulation(1)
	if left := sim.Calm(ctx, s.groups, now); len(left) > 0 {
		t.Errorf("these do not rest: %s", strings.Join(left, ", "))
	}
	if names := sim.upset(ctx, s.groups, sim.metrics, now); len(names) > 0 {
		t.Errorf("these fire by themselves: %s", strings.Join(names, ", "))
	}
	prover := prove.New(plan.World(s.schema, nil, s.cfg), s.groups)
	for _, g := range s.groups {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			play, err := prover.Play(ctx, r.Alert)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := sim.Fault(ctx, play, s.groups, now); err != nil {
				t.Error(err)
			}
			if names := sim.upset(ctx, groupOf(s.groups, r.Alert, nil), sim.metrics, now); !slices.Contains(names, r.Alert) {
				t.Errorf("%s does not fire", r.Alert)
			}
		}
	}
	sim.unstage()
	if names := sim.upset(ctx, s.groups, sim.metrics, now); len(names) > 0 {
		t.Errorf("these fire behind the faults: %s", strings.Join(names, ", "))
	}
	if _, err := prover.Play(ctx, "None"); err == nil || !slices.Contains(strings.Fields(err.Error()), `"None"`) {
		t.Errorf("an alert that is not there: %v", err)
	}
}

// A metric whose name is known in part has two that it could be; of one without any there is
// nothing.
func TestPatterns(t *testing.T) {
	s := &schema.Schema{Metrics: []*schema.Metric{
		{Name: "*", Type: schema.Gauge, Certainty: schema.Pattern},
		{Name: "node_netstat_*_In*", Type: schema.Counter, Certainty: schema.Pattern},
	}}
	store := &engine.Store{}
	if err := New(s, nil, Options{Job: "node", Instances: 1, Start: now.Add(-time.Hour)}).Step(store, now); err != nil {
		t.Fatal(err)
	}
	res, err := engine.New(store, engine.Options{}).Instant(context.Background(), `count by (__name__) ({job="node"})`, now)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := res.Text(), "node_netstat_example_Inexample 1\nnode_netstat_other_Inother 1\nup 1\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
