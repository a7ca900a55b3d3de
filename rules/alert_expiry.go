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
		Name: "expiry",
		Doc: "A certificate or credential is about to expire: a timestamp called *_expiry*, *_expires* or *_not_after* is less than 14 days ahead (warning), or " +
			"less than 3 (critical). What has expired breaks, and two weeks are the time in which people renew; a timestamp of 0 was never set.",
		Alerts: expiring,
	})
}

func expiring(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if s.Kind != plan.Age || m.Unit != "seconds" || !isExpiry(m) {
			continue
		}
		for _, level := range []struct {
			severity, suffix string
			days             int
		}{{"warning", "Soon", 14}, {"critical", "VerySoon", 3}} {
			rules = append(rules, plan.Rule{
				Alert:  p.Name(m, "Expires"+level.suffix),
				Expr:   fmt.Sprintf("%[1]s - time() < %[2]d * 86400 and %[1]s > 0", m.Name, level.days),
				For:    p.Hold(time.Hour),
				Labels: map[string]string{"severity": level.severity},
				Annotations: map[string]string{
					"summary":     s.Title + " is near",
					"description": describe(m, "{{ $value | humanizeDuration }} are left on {{ $labels.instance }}."),
				},
				Signal: s.Key, Pos: m.Pos,
			})
		}
	}
	return rules
}

func isExpiry(m *schema.Metric) bool {
	return hasPart(m, []string{"expiry", "expires", "expiration"}) || strings.Contains(m.Name, "not_after")
}
