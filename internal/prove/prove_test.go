package prove

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/schema"
)

// system reads what is generated for one of the five systems.
func system(t *testing.T, name string) (*query.World, []engine.Group) {
	t.Helper()
	dir := filepath.Join("..", "..", "generated", name)
	data, err := os.ReadFile(filepath.Join(dir, "metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.Parse("metrics.json", data)
	if err != nil {
		t.Fatal(err)
	}
	w := &query.World{Schema: s, Targets: query.DefaultTargets, Prometheus: "2.42"}
	files, err := filepath.Glob(filepath.Join(dir, "rules", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var groups []engine.Group
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rules, findings := input.ParseRules(f, data)
		if rules == nil {
			t.Fatal(findings)
		}
		groups = append(groups, ruletest.Groups(rules.Groups)...)
	}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				w.Recorded = append(w.Recorded, query.Recording{Name: r.Record, Expr: r.Expr, Labels: r.Labels})
			}
		}
	}
	return w, groups
}

