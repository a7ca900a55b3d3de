package lint

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "help",
		Doc: `A metric has no help text.

The help text is what Prometheus, Grafana's metric browser and dashgen's reference pages
show beside the name, and what panels are described with. A text that the source puts together
at run time counts as one, and what a library takes no text for is left alone. Without it, whoever is woken by
an alert has only the name to go by.

Set Help: in the options: one sentence that says what is counted or measured, and in which
unit.`,
		Metric: func(p *Pass, m *schema.Metric) {
			if strings.TrimSpace(m.Help) == "" && !slices.Contains(m.Untold, "help") && !slices.Contains(m.Given, "help") {
				p.Reportf(m.Pos, `set Help: "what it counts or measures, in which unit"`, "metric %q has no help text", m.Name)
			}
		},
	})
}
