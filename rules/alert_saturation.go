package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "saturation",
		Doc: "Something with a limit is nearly full: a gauge of things or bytes is above 90% of the gauge that is called like it with _limit, _capacity or _quota " +
			"behind, or with _max where its help says that it is a limit and not the largest value seen. The limit is the program's own, so the share needs no threshold " +
			"of anybody's; a limit of 0 means none. What is meant to be full (a cache, a pool, a ring) and what is left over are left alone.",
		Alerts: saturated,
	})
}

var (
	// fullWords are parts of names of what is full when all is well.
	fullWords = []string{"arena", "cache", "cached", "cooling", "heap", "history", "idle", "journal", "lru", "memo", "pool", "preallocated", "retention", "ring", "slab", "window"}
	// leftWords are parts of names of what is nearly gone when it is small.
	leftWords = []string{"available", "free", "headroom", "left", "remaining", "unused"}
	// settingWords are parts of names of what somebody sets, and of physical quantities.
	settingWords = []string{"charge", "control", "desired", "freq", "frequency", "level", "limit", "power", "rate", "score", "speed", "target", "voltage"}
)

func saturated(p *Pass) []plan.Rule {
	var rules []plan.Rule
	p.Each(plan.Level, func(s plan.Signal, m *schema.Metric, title string) {
		limit := plan.LimitOf(p.Schema.Lookup, m)
		if limit == nil || !fills(m) {
			return
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(m, "NearLimit"),
			Expr:   fmt.Sprintf("%s / %s(%s > 0) > 0.9", m.Name, beside(m, limit), limit.Name),
			For:    p.Hold(15 * time.Minute),
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary":     title + " is near its limit",
				"description": describe(m, "{{ $value | humanizePercentage }} of "+limit.Name+" on "+p.Target()+"."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	})
	return rules
}

// fills reports whether a gauge counts things or bytes of which too many are bad.
func fills(m *schema.Metric) bool {
	return m.Type == schema.Gauge && (m.Unit == "" || m.Unit == "bytes") &&
		!hasPart(m, fullWords) && !hasPart(m, leftWords) && !hasPart(m, settingWords)
}

// beside returns the matching of m's series with l's, which has a part of m's labels:
// whatever labels scraping adds are among those that both have.
func beside(m, l *schema.Metric) string {
	more := plan.Without(m, l)
	if len(more) == 0 {
		return ""
	}
	return "ignoring (" + strings.Join(more, ", ") + ") group_left () "
}
