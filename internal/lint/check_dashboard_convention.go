package lint

import (
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "dashboard-convention",
		Doc: `A dashboard is not set up as dashboards out of a repository are.

What is provisioned from files and may be edited in Grafana is edited there, and the next
deployment takes it back; and a variable that does not reload with the time range offers what
was there when the dashboard was opened. These are dashboard-linter's uneditable-dashboard and
template-on-time-change-reload-rule.

Write "editable": false, and "refresh": 2 into each variable of type query.`,
		Severity: schema.Note,
		Optional: true,
		Board: func(p *Pass, d *input.Dashboard) {
			if d.Queries == nil {
				return // a generated one
			}
			if d.Editable {
				p.Reportf(d.Pos, `write "editable": false`, "dashboard %q may be edited in Grafana", d.Title)
			}
			for _, v := range d.Templating {
				if v.Type == "query" && !v.Reloads {
					p.Reportf(v.Pos, `write "refresh": 2`, "variable %q does not reload with the time range", v.Name)
				}
			}
		},
	})
}
