package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "exhaustion",
		Doc: "Bytes with a limit will have reached it soon, as they have grown in the last six hours. How soon is too soon depends on how long it takes to make room, so it asks " +
			"for that. Growth that comes and goes within hours (compaction, rotation) is why it looks at nothing that is less than half full.",
		Needs: exhausted,
	})
}

func exhausted(p *Pass) []Need {
	var needs []Need
	for _, s := range p.Signals {
		if !strings.HasSuffix(s.Key, ":share") {
			continue
		}
		m, limit := s.Metrics[0], s.Metrics[1]
		left := strings.HasPrefix(string(s.Series[0].Expr), "1 - ")
		if m.Unit != "bytes" || m.Type != schema.Gauge || !left && (!fills(m) || !hasPart(limit, limitParts)) || hasPart(m, fullWords) {
			continue
		}
		needs = append(needs, Need{
			Metric: m,
			Tells:  "there will be no room left soon",
			Blanks: []Blank{{"seconds", "until it is full: as long as it takes to make room, 345600 are four days", "nothing in the source says it; the limit is " + limit.Name}},
			Alert: ask(p, m, "Exhausts", exhausts(p, m, limit, left), "warning",
				"No room is left soon: "+m.Name, 15*time.Minute),
		})
	}
	return needs
}

// exhausts returns the expression that asks whether what is used reaches its limit, or what is
// left reaches nothing.
func exhausts(p *Pass, m, limit *schema.Metric, left bool) string {
	of := beside(m, limit) + "(" + limit.Name + " > 0)"
	ahead := fmt.Sprintf("predict_linear(%s[%s], <seconds>)", m.Name, p.Range(6*time.Hour))
	if left {
		return fmt.Sprintf("%s < 0 and %s / %s < 0.5", ahead, m.Name, of)
	}
	return fmt.Sprintf("%s / %s > 1 and %s / %s > 0.5", ahead, of, m.Name, of)
}
