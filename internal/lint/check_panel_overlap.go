package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "panel-overlap",
		Doc: `Two panels of a dashboard cover the same cells.

Grafana moves one of them down when it draws the dashboard, so panels stand in another
order than in the file, and it writes the moved layout on the next save.

Move one of the two. Panels inside a collapsed row are compared with those of the same row
only.`,
		Severity: schema.Warning,
		Board:    panelOverlap,
	})
}

func panelOverlap(p *Pass, d *input.Dashboard) {
	for i := range d.Panels {
		for j := range d.Panels[:i] {
			a, b := &d.Panels[j], &d.Panels[i]
			if a.Row != b.Row || !overlap(a.GridPos, b.GridPos) {
				continue
			}
			p.Report(schema.Finding{
				Pos: b.GridPos.Pos, Message: fmt.Sprintf("panel %q covers cells of panel %q", b.Title, a.Title), Hint: "move one of them",
				Related: []schema.Related{{Pos: a.GridPos.Pos, Message: "the other panel"}},
			})
			break // one finding a panel
		}
	}
}

func overlap(a, b *input.GridPos) bool {
	return a != nil && b != nil && a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}
