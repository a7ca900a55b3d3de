package lint

import (
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
)

// fired runs rules over series and returns how long after the start each alert fires first;
// those that never do are left out.
func fired(t *testing.T, series string, groups ...engine.Group) map[string]time.Duration {
	t.Helper()
	store, err := engine.Load(time.Minute, series)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Unix(0, 0).UTC()
	out, err := engine.New(store, engine.Options{}).Run(t.Context(), groups, from, store.End())
	if err != nil || len(out.Errors) > 0 {
		t.Fatal(err, out.Errors)
	}
	at := map[string]time.Duration{}
	for _, line := range out.Timelines {
		for _, c := range line.Changes {
			if _, known := at[line.Alert]; c.State == engine.Firing && !known {
				at[line.Alert] = c.At.Sub(from)
			}
		}
	}
	return at
}

// What rule-order says of rules is so on the engine.
func TestRuleOrderConfirmed(t *testing.T) {
	for _, c := range []struct {
		every, wait time.Duration
		fires       bool
	}{{5 * time.Minute, 6 * time.Minute, true}, {10 * time.Minute, 6 * time.Minute, false}, {7 * time.Minute, 6 * time.Minute, false}} {
		at := fired(t, "x 1x60",
			engine.Group{Name: "records", Interval: c.every, Rules: []engine.Rule{{Record: "r", Expr: "x"}}},
			engine.Group{Name: "reads", Interval: time.Minute, Rules: []engine.Rule{
				{Alert: "A", Expr: "r > 0", For: c.wait},
				{Alert: "B", Expr: "last_over_time(r[10m]) > 0", For: c.wait},
			}})
		if _, fires := at["A"]; fires != c.fires {
			t.Errorf("recorded every %s: fires %v", c.every, fires)
		}
		if _, fires := at["B"]; !fires {
			t.Errorf("recorded every %s: last_over_time does not bridge it", c.every)
		}
	}
	at := fired(t, "x 1x10", engine.Group{Name: "g", Rules: []engine.Rule{{Alert: "Before", Expr: "r > 0"}, {Record: "r", Expr: "x"}, {Alert: "Behind", Expr: "r > 0"}}})
	if at["Before"] != time.Minute || at["Behind"] != 0 {
		t.Errorf("%v: want what stands before the rule to be one evaluation late", at)
	}
}

// What double-wait and subsumed-alert say of alerts is so on the engine.
func TestWaitsConfirmed(t *testing.T) {
	at := fired(t, "x 0x9 10x40", engine.Group{Name: "g", Rules: []engine.Rule{
		{Alert: "Twice", Expr: "min_over_time(x[10m]) > 5", For: 5 * time.Minute},
		{Alert: "Once", Expr: "x > 5", For: 15 * time.Minute},
		{Alert: "Strict", Expr: "x > 9", For: 5 * time.Minute},
		{Alert: "Lax", Expr: "x > 5", For: 5 * time.Minute},
	}})
	if d := at["Twice"] - at["Once"]; at["Twice"] == 0 || d < -time.Minute || d > time.Minute {
		t.Errorf("%v: want both to wait for 15m, give or take an evaluation", at)
	}
	if at["Strict"] == 0 || at["Lax"] > at["Strict"] {
		t.Errorf("%v: want the lax one to fire wherever the strict one does", at)
	}
}
