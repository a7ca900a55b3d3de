package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "saturation",
		Doc: "Something with a limit is nearly full: a gauge is above 90% of the gauge that is called like it with _limit, _capacity, _max or _quota behind. " +
			"The limit is the program's own, so the share needs no threshold of anybody's; a limit of 0 means none.",
		Alerts: saturated,
	})
}

var limitSuffixes = []string{"_capacity", "_limit", "_max", "_quota"}

func saturated(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if m.Type != schema.Gauge || len(s.Metrics) > 1 {
			continue
		}
		limit := limitOf(p, m)
		if limit == nil {
			continue
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(m, "NearLimit"),
			Expr:   fmt.Sprintf("%s / (%s > 0) > 0.9", m.Name, limit.Name),
			For:    p.Hold(15 * time.Minute),
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary":     s.Title + " is near its limit",
				"description": describe(m, "{{ $value | humanizePercentage }} of "+limit.Name+" on {{ $labels.instance }}."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	}
	return rules
}

// limitOf returns the live gauge that bounds m: the same labels and unit.
func limitOf(p *Pass, m *schema.Metric) *schema.Metric {
	same := func(l *schema.Metric) bool {
		return l != nil && l.Live() && l.Type == schema.Gauge && l.Unit == m.Unit &&
			slices.EqualFunc(l.Labels, m.Labels, func(a, b schema.Label) bool { return a.Name == b.Name })
	}
	stems := []string{m.Name}
	for _, unit := range []string{"_bytes", "_seconds"} {
		if stem, ok := strings.CutSuffix(m.Name, unit); ok {
			stems = append(stems, stem)
		}
	}
	for _, stem := range stems {
		for _, suffix := range limitSuffixes {
			for _, unit := range []string{"", "_bytes", "_seconds"} {
				if l := p.Schema.Lookup(stem + suffix + unit); same(l) {
					return l
				}
			}
		}
	}
	return nil
}
