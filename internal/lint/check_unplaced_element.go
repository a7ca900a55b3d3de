package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "unplaced-element",
		Doc: `The elements and the layout of a dashboard (v2) do not go together.

In dashboards of dashboard.grafana.app/v2 the layout names the elements that it places. A name
that is none of the elements leaves a hole, or keeps the dashboard from loading: an error. An
element that the layout does not name is never shown: a warning.

Mend the name, place the element, or remove it.`,
		Board: func(p *Pass, d *input.Dashboard) {
			for _, name := range d.Missing {
				p.Reportf(name.Pos, "", "layout of dashboard %q places %q, which is none of its elements", d.Title, name.Text)
			}
			for _, name := range d.Unplaced {
				p.Report(schema.Finding{Pos: name.Pos, Severity: schema.Warning, Message: fmt.Sprintf("layout of dashboard %q does not place element %q", d.Title, name.Text), Hint: "place it, or remove it"})
			}
		},
	})
}
