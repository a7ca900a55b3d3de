package lint

import (
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "dashboard-queries",
		Doc: `A dashboard asks more than 15 queries when it is opened.

Everybody who looks at an incident opens it at once, and it asks again at every refresh. What
stands in a collapsed row is not asked for until somebody opens it. Dashboards that dashgen lays
out are held to it, others where checks: of dashgen.yaml names this check.

Collapse the rows below the first, or split the dashboard.`,
		Severity: schema.Warning,
		Board:    dashboardQueries,
	})
}

const mostQueries = 15

func dashboardQueries(p *Pass, d *input.Dashboard) {
	if !budgeted(p, d) || gridless(d) {
		return
	}
	n := 0
	for i := range d.Panels {
		if d.Panels[i].Row < 0 {
			n += len(d.Panels[i].Targets)
		}
	}
	if n > mostQueries {
		p.Reportf(d.Pos, "collapse rows, or split it", "dashboard %q asks %d queries when it is opened, more than %d", d.Title, n, mostQueries)
	}
}
