package lint

import (
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "unused-variable",
		Doc: `A variable of a dashboard changes nothing.

No query, title, text, link, repeat or other variable refers to it, and no link passes it on.
Whoever chooses a value believes that they see what belongs to it, and see everything.

Use it in the queries, job=~"$job", or remove it.`,
		Severity: schema.Note,
		Board: func(p *Pass, d *input.Dashboard) {
			for _, v := range d.Templating {
				if !v.Used {
					p.Reportf(v.Pos, "use it in the queries, or remove it", "variable %q of dashboard %q changes nothing", v.Name, d.Title)
				}
			}
		},
	})
}
