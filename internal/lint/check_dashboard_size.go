package lint

import (
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "dashboard-size",
		Doc: `The file of a dashboard is larger than 256 KiB.

The browser reads and keeps all of it, Grafana stores it anew with every save, and a ConfigMap that
carries several reaches Kubernetes' limit of 1 MiB. Dashboards that dashgen lays out are held to it,
others where checks: of dashgen.yaml names this check.

Split the dashboard.`,
		Severity: schema.Warning,
		Board:    dashboardSize,
	})
}

const mostBytes = 256 << 10

func dashboardSize(p *Pass, d *input.Dashboard) {
	if d.Size > mostBytes && budgeted(p, d) {
		p.Reportf(d.Pos, "split it", "dashboard %q is %d KiB, more than %d", d.Title, d.Size>>10, mostBytes>>10)
	}
}
