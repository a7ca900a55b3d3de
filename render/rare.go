package render

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// This file draws what happens seldom. A restart a day is 0.00001 a second: what is asked is how
// many there were, and when.

// rareWords are parts of names of counters of what happens seldom: a few times a day, or never.
var rareWords = []string{
	"corruption", "corruptions", "crash", "crashes", "election", "elections", "failover", "failovers", "halt", "halts", "migration", "migrations", "oom", "panic", "panics",
	"pauses", "reboot", "reboots", "reload", "reloads", "reorg", "reorgs", "restart", "restarts", "resumes", "rollback", "rollbacks", "slashing", "slashings", "upgrade", "upgrades",
}

// rareChanges are parts of names before "changes" that make it seldom.
var rareChanges = []string{"config", "epoch", "leader", "role", "term", "validator", "view"}

// rare returns a panel that shows a signal of what happens seldom as bars, how often it happened
// within the time of each; any other as it is. One with an alert's bound on it stays a rate,
// which is what the alert compares.
func (l *layout) rare(s *plan.Signal, p plan.Panel) plan.Panel {
	if s.Kind != plan.Rate || len(p.Steps) > 1 || !all(s.Metrics, seldom) {
		return p
	}
	for i := range p.Queries {
		p.Queries[i].Expr = strings.ReplaceAll(p.Queries[i].Expr, "rate(", "increase(")
	}
	p.Bars, p.Stack, p.Unit = true, false, "short"
	p.Overrides = slices.DeleteFunc(p.Overrides, func(o plan.Override) bool { return o.Unit != "" })
	return p
}

func seldom(m *schema.Metric) bool {
	parts := strings.Split(strings.ToLower(strings.TrimSuffix(m.Name, "_total")), "_")
	for i, p := range parts {
		if slices.Contains(rareWords, p) && i >= len(parts)-2 || p == "changes" && i > 0 && slices.Contains(rareChanges, parts[i-1]) {
			return m.Type == schema.Counter && m.Unit == ""
		}
	}
	return false
}
