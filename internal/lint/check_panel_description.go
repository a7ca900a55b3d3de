package lint

import (
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "panel-description",
		Doc: `A panel has no title, or no description.

Who is woken at night does not know what the author of a panel knew: what is shown, what is
normal, and what to do. This is dashboard-linter's panel-title-description-rule, for every
panel that draws values.

Write both; a description is Markdown.`,
		Severity: schema.Note,
		Optional: true,
		Board: func(p *Pass, d *input.Dashboard) {
			for i := range d.Panels {
				panel := &d.Panels[i]
				if d.Queries == nil || panel.Library || !slices.Contains(drawsValues, panel.Type) {
					continue // generated ones have both
				}
				if panel.Title == "" {
					p.Report(schema.Finding{Pos: panel.Pos, Message: fmt.Sprintf("panel %d of dashboard %q has no title", panel.ID, d.Title)})
				}
				if !panel.Described {
					p.Report(schema.Finding{Pos: panel.Pos, Message: fmt.Sprintf("panel %q has no description", panel.Title)})
				}
			}
		},
	})
}
