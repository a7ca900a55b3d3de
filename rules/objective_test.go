package rules

import (
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// A bound that the program computes has digits that nobody writes; the matcher has them.
func TestComputedBound(t *testing.T) {
	step := 0.1
	s, _ := schema.New([]*schema.Metric{{Name: "shop_seconds", Type: schema.Histogram, Buckets: []float64{step, step + step, step + step + step}}})
	below := 0.3
	cfg := config.Default()
	cfg.Name = "shop"
	cfg.SLOs.Objectives = []config.SLO{{Name: "fast", Objective: 99, Metric: "shop_seconds", Below: &below}}
	groups, findings := Derive(plan.Signals(s, cfg), s, cfg)
	if len(findings) > 0 || len(groups) != 1 {
		t.Fatal(groups, findings)
	}
	if got := text(groups); !strings.Contains(got, `le="0.30000000000000004"`) {
		t.Error(got)
	}
}
