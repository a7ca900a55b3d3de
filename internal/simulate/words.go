package simulate

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file guesses from names how much of something there is. A wrong guess draws a curve
// at another height and nothing worse.

func words(name string) []string { return strings.Split(strings.ToLower(name), "_") }

func has(m *schema.Metric, list ...string) bool {
	return slices.ContainsFunc(words(m.Name), func(w string) bool { return slices.Contains(list, w) })
}

var mishaps = []string{
	"abort", "aborted", "aborts", "backfills", "cancelled", "collisions", "conflicts", "denied", "dropped", "drops", "error", "errors", "evicted", "expired", "fail",
	"failed", "failure", "failures", "forks", "gaps", "invalid", "limited", "lost", "misses", "panics", "rejected", "rejections", "reorgs", "restarts", "retries",
	"revoked", "skipped", "slashed", "stale", "throttled", "timeouts", "violations",
}

// perSecond returns what a counter counts in a second, before its labels part it.
func perSecond(m *schema.Metric, at float64) float64 {
	between := func(low, high float64) float64 { return low + (high-low)*at*at }
	switch {
	case m.Unit == "bytes":
		return between(2e5, 3e6)
	case m.Unit == "seconds":
		return between(0.05, 0.5)
	case m.Unit != "":
		return between(1, 20)
	case has(m, mishaps...):
		return between(0.01, 0.12)
	case has(m, "requests", "queries", "hits", "messages", "packets", "rpcs", "calls", "lookups", "reads"):
		return between(20, 90)
	case has(m, "compactions", "elections", "rotations", "starts", "snapshots", "changes", "rounds", "epochs", "blocks", "reloads", "runs", "jobs"):
		return between(0.1, 1)
	}
	return between(1, 12)
}

// A gaugeShape is the level of a gauge and how it moves.
type gaugeShape struct {
	base   float64
	swing  float64 // how much of the wave it takes part in; 0: it stays
	climbs float64 // a second: it grows without an end, as a height does
	whole  bool    // its values are whole numbers
	most   float64 // zero: no bound
}

// gaugeOf returns the shape of a gauge.
func gaugeOf(m *schema.Metric, at float64) gaugeShape {
	between := func(low, high float64) float64 { return low + (high-low)*at }
	switch {
	case has(m, "limit", "max", "maximum", "capacity", "quota"):
		if m.Unit == "bytes" {
			return gaugeShape{base: 1 << 30, whole: true}
		}
		return gaugeShape{base: 100 * float64(int(1+9*at)), whole: true}
	case m.Unit == "bytes":
		return gaugeShape{base: between(4e7, 4e8), swing: 0.25, whole: true}
	case m.Unit == "ratio":
		return gaugeShape{base: between(0.3, 0.7), swing: 0.3, most: 1}
	case m.Unit == "percent":
		return gaugeShape{base: between(25, 65), swing: 0.3, most: 100}
	case m.Unit == "celsius":
		return gaugeShape{base: between(38, 55), swing: 0.1}
	case m.Unit == "seconds" && has(m, "cpu"):
		return gaugeShape{base: 4000, climbs: between(0.1, 0.4)}
	case m.Unit == "seconds" && has(m, "age", "uptime"):
		return gaugeShape{base: 90000, climbs: 1}
	case m.Unit == "seconds":
		return gaugeShape{base: between(0.2, 3), swing: 0.5}
	case m.Unit != "":
		return gaugeShape{base: between(5, 60), swing: 0.3}
	case has(m, "lag", "behind", "pending", "queue", "depth", "backlog", "waiting"):
		return gaugeShape{base: between(3, 14), swing: 1, whole: true}
	case has(m, "height", "index", "position", "view", "sequence", "slot", "epoch", "round", "number", "block"):
		return gaugeShape{base: between(12000, 90000), climbs: between(0.2, 1), whole: true}
	case has(m, "goroutines", "threads"):
		return gaugeShape{base: between(60, 160), swing: 0.2, whole: true}
	}
	return gaugeShape{base: between(8, 60), swing: 0.35, whole: true}
}

// calmStates are parts of names of states whose good value is 0.
var calmStates = []string{"degraded", "readonly", "paused", "down", "failed", "failing", "halted", "locked", "maintenance", "open", "stuck", "syncing", "throttled", "tripped", "breaker", "circuit", "corrupt", "error"}

var (
	failedValue = regexp.MustCompile(`(?i)^(?:5\d\d|5xx|err|errors?|fail(?:ed|ure|ures)?|internal|timeout|aborted|canceled|cancelled|denied|dropped|expired|invalid|lost|rejected|unavailable|unknown)$`)
	rareValue   = regexp.MustCompile(`(?i)^(?:3\d\d|3xx|4\d\d|4xx|not_found|unauthorized|forbidden|conflict|retry|miss)$`)
)

// shareOf returns how much of a whole a label's value has, beside the others.
func shareOf(value string, place int) float64 {
	switch {
	case failedValue.MatchString(value):
		return 0.003
	case rareValue.MatchString(value):
		return 0.02
	}
	return 1 / (1 + 0.8*float64(place))
}

// usual are values of labels whose values the source does not show, by the last word of the
// label's name.
var usual = map[string][]string{
	"branch":    {"main"},
	"chain":     {"mainnet"},
	"client":    {"web", "mobile"},
	"code":      {"200", "204", "400", "404", "500"},
	"commit":    {"3f9c2ab"},
	"country":   {"DE", "FR", "US"},
	"direction": {"in", "out"},
	"endpoint":  {"/api/orders", "/api/users", "/healthz"},
	"goversion": {"go1.26.8"},
	"handler":   {"/api/orders", "/api/users", "/healthz"},
	"host":      {"db-1.internal", "db-2.internal"},
	"kind":      {"primary", "secondary"},
	"level":     {"error", "info", "warn"},
	"method":    {"GET", "POST", "PUT"},
	"mode":      {"normal"},
	"op":        {"get", "put", "delete"},
	"operation": {"get", "put", "delete"},
	"outcome":   {"success", "failure"},
	"path":      {"/api/orders", "/api/users", "/healthz"},
	"phase":     {"prepare", "commit"},
	"queue":     {"default", "mail", "reports"},
	"reason":    {"expired", "invalid", "limit"},
	"region":    {"eu-west-1", "us-east-1"},
	"result":    {"success", "failure"},
	"revision":  {"3f9c2ab"},
	"role":      {"leader", "follower"},
	"route":     {"/api/orders", "/api/users", "/healthz"},
	"service":   {"accounts", "orders", "search"},
	"shard":     {"0", "1", "2"},
	"state":     {"active", "idle"},
	"status":    {"200", "404", "500"},
	"table":     {"accounts", "events", "orders"},
	"tenant":    {"acme", "globex", "initech"},
	"topic":     {"orders", "payments", "users"},
	"type":      {"create", "read", "update"},
	"version":   {"1.4.2"},
	"worker":    {"0", "1", "2"},
	"zone":      {"a", "b"},
}

// valuesOf returns the values of a label: those of the source, else usual ones.
func valuesOf(l *schema.Label) []string {
	if l.Values != nil {
		return l.Values
	}
	name := strings.ToLower(l.Name)
	last := name[strings.LastIndexByte(name, '_')+1:]
	for _, word := range []string{name, last} {
		if list := usual[word]; list != nil {
			return list
		}
	}
	name = strings.TrimSuffix(name, "_id")
	return []string{name + "-1", name + "-2"}
}
