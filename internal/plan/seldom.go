package plan

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// seldomWords are parts of names of counters of what happens seldom: a few times a day, or never.
var seldomWords = []string{
	"corruption", "corruptions", "crash", "crashes", "election", "elections", "failover", "failovers", "halt", "halts", "migration", "migrations", "oom", "panic", "panics",
	"pauses", "reboot", "reboots", "reload", "reloads", "reorg", "reorgs", "restart", "restarts", "resumes", "rollback", "rollbacks", "slashing", "slashings", "upgrade", "upgrades",
}

// seldomChanges are parts of names before "changes" that make it seldom.
var seldomChanges = []string{"config", "epoch", "leader", "role", "term", "validator", "view"}

// Seldom reports whether a metric counts what happens a few times a day, or never, by its name.
func Seldom(m *schema.Metric) bool {
	parts := strings.Split(strings.ToLower(strings.TrimSuffix(m.Name, "_total")), "_")
	for i, p := range parts {
		if slices.Contains(seldomWords, p) && i >= len(parts)-2 || p == "changes" && i > 0 && slices.Contains(seldomChanges, parts[i-1]) {
			return m.Type == schema.Counter && m.Unit == ""
		}
	}
	return false
}
