package rules

import (
	"fmt"
	"regexp"
	"slices"
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
	limitSuffixes = []string{"_capacity", "_limit", "_quota", "_max"}
	// fullWords are parts of names of what is full when all is well.
	fullWords = []string{"arena", "cache", "cached", "cooling", "heap", "history", "idle", "journal", "lru", "memo", "pool", "preallocated", "retention", "ring", "slab", "window"}
	// leftWords are parts of names of what is nearly gone when it is small.
	leftWords = []string{"available", "free", "headroom", "left", "remaining", "unused"}
	// settingWords are parts of names of what somebody sets, and of physical quantities.
	settingWords = []string{"charge", "control", "desired", "freq", "frequency", "level", "limit", "power", "rate", "score", "speed", "target", "voltage"}
)

// Helps of a gauge called _max: it is a limit, or the largest value that was seen.
var (
	saysLimit = regexp.MustCompile(`(?i)\b(?:limit|allowed|capacity|configured|permitted|quota|may)\b`)
	saysPeak  = regexp.MustCompile(`(?i)\b(?:ever|highest|high.water|largest|observed|peak|reached|recorded|seen|so far)\b`)
)

func saturated(p *Pass) []plan.Rule {
	var rules []plan.Rule
	p.Each(plan.Level, func(s plan.Signal, m *schema.Metric, title string) {
		limit := limitOf(p, m)
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

// limitOf returns the live gauge that bounds m: its unit, and none but its labels.
func limitOf(p *Pass, m *schema.Metric) *schema.Metric {
	stem := strings.TrimSuffix(m.Name, "_bytes")
	for _, suffix := range limitSuffixes {
		for _, name := range []string{m.Name + suffix, stem + suffix, stem + suffix + "_bytes"} {
			l := p.Schema.Lookup(name)
			if l == nil || !l.Live() || l.Type != schema.Gauge || l.Unit != m.Unit || open(l) || open(m) || len(without(l, m)) > 0 {
				continue
			}
			if suffix != "_max" || saysLimit.MatchString(l.Help) && !saysPeak.MatchString(l.Help) {
				return l
			}
		}
	}
	return nil
}

// beside returns the matching of m's series with l's, which has a part of m's labels:
// whatever labels scraping adds are among those that both have.
func beside(m, l *schema.Metric) string {
	more := without(m, l)
	if len(more) == 0 {
		return ""
	}
	return "ignoring (" + strings.Join(more, ", ") + ") group_left () "
}

// without returns the names of a's labels that b does not have.
func without(a, b *schema.Metric) []string {
	var names []string
	for _, l := range a.Labels {
		if !slices.ContainsFunc(b.Labels, func(o schema.Label) bool { return o.Name == l.Name }) {
			names = append(names, l.Name)
		}
	}
	return names
}

// open reports whether a metric may have labels that are not known, or not have those
// that are.
func open(m *schema.Metric) bool {
	return slices.ContainsFunc(m.Labels, func(l schema.Label) bool { return l.Optional || strings.Contains(l.Name, "*") })
}
