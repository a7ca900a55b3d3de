package lint

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "reserved-chars",
		Doc: `A metric's name holds a colon.

Colons are for the names of recording rules, as in job:requests:rate5m: whoever reads one
looks for the rule that computes it. A program that exposes such a name sends them looking
for what is not there.

Write an underscore.`,
		Metric: func(p *Pass, m *schema.Metric) {
			if strings.Contains(m.Name, ":") {
				p.Reportf(m.Pos, "rename it to "+strings.ReplaceAll(m.Name, ":", "_"), "metric name %q holds a colon, which is for recording rules", m.Name)
			}
		},
	})
}
