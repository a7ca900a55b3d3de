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
		Doc: "A certificate or licence is about to expire: a timestamp called *_expiry*, *_expires*, *_expiration* or *_not_after* is less than 14 days ahead " +
			"(warning), or less than 3 (critical). Two weeks are the time in which people renew what they renew by hand; a timestamp of 0 was never set. What is made to be " +
			"short-lived (tokens, sessions, leases, workload identities) is left alone.",
		Alerts: expiring,
	})
}

// A gauge is watched if a part of its name is one of expiryWords and one of longLived, and
// none is one of shortLived.
var (
	expiryWords = []string{"expiry", "expires", "expire", "expiration", "not_after", "notafter"}
	longLived   = []string{"cert", "certs", "certificate", "certificates", "ca", "tls", "ssl", "x509", "license", "licence", "licenses", "licences"}
	shortLived  = []string{"cache", "client", "crl", "lease", "leaf", "ocsp", "session", "spiffe", "svid", "ticket", "token", "workload"}
)

func expiring(p *Pass) []plan.Rule {
	var rules []plan.Rule
	for _, s := range p.Signals {
		m := s.Metrics[0]
		if s.Kind != plan.Age || m.Unit != "seconds" || !expires(m) {
			continue
		}
		for _, level := range []struct {
			severity, suffix string
			days             int
		}{{"warning", "Soon", 14}, {"critical", "VerySoon", 3}} {
			rules = append(rules, plan.Rule{
				Alert:  p.Name(&schema.Metric{Name: beforeExpiry(m)}, "Expires"+level.suffix),
				Expr:   fmt.Sprintf("%[1]s - time() < %[2]d * 86400 and %[1]s > 0", m.Name, level.days),
				For:    p.Hold(time.Hour),
				Labels: map[string]string{"severity": level.severity},
				Annotations: map[string]string{
					"summary":     fmt.Sprintf("%s: less than %d days", literal(s.Title), level.days),
					"description": describe(m, "{{ $value | humanizeDuration }} are left on "+p.Target()+"."),
				},
				Signal: s.Key, Pos: m.Pos,
			})
		}
	}
	return rules
}

func expires(m *schema.Metric) bool {
	return hasPart(m, expiryWords) && hasPart(m, longLived) && !hasPart(m, shortLived)
}

// beforeExpiry returns the name up to the word that says that it is an expiry.
func beforeExpiry(m *schema.Metric) string {
	name := strings.ToLower(m.Name) + "_"
	end := len(m.Name)
	for _, w := range expiryWords {
		if i := strings.Index(name, "_"+w+"_"); i > 0 {
			end = min(end, i)
		}
	}
	return m.Name[:end]
}
