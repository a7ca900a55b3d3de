package lint

import (
	"strings"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "fixed-datasource",
		Doc: `A dashboard names a data source as one Grafana knows it.

On another server the same data source has another uid, and the dashboard shows errors. This is
dashboard-linter's panel-datasource-rule and template-datasource-rule, for every place that
names a data source: panels, targets, variables and annotations.

Define a variable of type datasource, and write "${datasource}".`,
		Severity: schema.Note,
		Optional: true,
		Board: func(p *Pass, d *input.Dashboard) {
			said := map[string]bool{}
			for _, s := range d.Sources {
				if len(input.References(s.Text)) > 0 || strings.HasPrefix(s.Text, "--") || s.Text == "grafana" || said[s.Text] {
					continue
				}
				said[s.Text] = true // once in a dashboard
				p.Reportf(s.Pos, "define a variable of type datasource, and name that", "dashboard %q names the data source %q, which another Grafana does not have", d.Title, s.Text)
			}
		},
	})
}
