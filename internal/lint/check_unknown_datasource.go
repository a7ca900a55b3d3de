package lint

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input"
)

func init() {
	register(&Check{
		Name: "unknown-datasource",
		Doc: `A dashboard names a data source by a variable that there is not.

Grafana finds no data source of that name, and every panel that asks it shows an error. It
mostly happens when the variable was renamed, or when an export for sharing, with
"${DS_PROMETHEUS}" in it, lost its __inputs.

Define a variable of type datasource under templating.list, and name it in every place.`,
		Board: func(p *Pass, d *input.Dashboard) {
			said := map[string]bool{}
			for _, s := range d.Sources {
				refs := input.References(s.Text)
				if len(refs) != 1 || refs[0].Offset != 0 || strings.HasPrefix(refs[0].Name, "__") || said[s.Text] || slices.Contains(d.Variables, refs[0].Name) {
					continue
				}
				said[s.Text] = true // once in a dashboard
				hint := nearest(refs[0].Name, d.Variables)
				if hint == "" {
					hint = "define it under templating.list, with type datasource"
				}
				p.Reportf(s.Pos, hint, "dashboard %q names its data source by $%s, which it does not define", d.Title, refs[0].Name)
			}
		},
	})
}
