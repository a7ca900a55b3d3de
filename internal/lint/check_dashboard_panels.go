package lint

import (
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "dashboard-panels",
		Doc: `A dashboard has more than 40 panels.

Nobody finds what matters on a wall of panels. Those that dashgen lays out are held to it, others
where checks: of dashgen.yaml names this check.

Split the dashboard by subject, and lead from one to the other with links that keep time and
variables.`,
		Severity: schema.Warning,
		Board:    dashboardPanels,
	})
}

const mostPanels = 40

func dashboardPanels(p *Pass, d *input.Dashboard) {
	n := 0
	for i := range d.Panels {
		if !isRow(&d.Panels[i]) {
			n++
		}
	}
	if n > mostPanels && budgeted(p, d) {
		p.Reportf(d.Pos, "split it by subject", "dashboard %q has %d panels, more than %d", d.Title, n, mostPanels)
	}
}
