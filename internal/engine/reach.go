package engine

import (
	"time"

	"github.com/dashgen/dashgen/internal/query"
)

// lookback is how far a selector looks for a sample.
const lookback = 5 * time.Minute

// Reach returns how far back rules look at each series that they name, also through what
// others of them record, and with the time that an alert has to hold.
func Reach(groups []Group) map[string]time.Duration {
	reach := map[string]time.Duration{}
	for range 10 { // records of records; a circle ends, too
		grew := false
		for _, g := range groups {
			for _, r := range g.Rules {
				for name, back := range query.Reach(r.Expr) {
					if back += lookback + r.For + reach[r.Record]; back > reach[name] {
						reach[name], grew = back, true
					}
				}
			}
		}
		if !grew {
			break
		}
	}
	return reach
}

// Beyond returns by how much rules look back at series for longer than d.
func Beyond(groups []Group, d time.Duration) map[string]time.Duration {
	longer := map[string]time.Duration{}
	for name, back := range Reach(groups) {
		if back > d {
			longer[name] = back - d
		}
	}
	return longer
}
