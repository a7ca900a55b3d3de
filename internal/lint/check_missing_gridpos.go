package lint

import "github.com/dashgen/dashgen/internal/input"

func init() {
	register(&Check{
		Name: "missing-gridpos",
		Doc: `A panel does not say where it stands on the grid, or stands beside it.

Grafana gives a panel without gridPos 6 by 3 cells and puts it somewhere; one that reaches
beyond the 24 columns is moved or cut off. Either way the dashboard does not look as it was
meant to, and the next save writes another layout.

Write gridPos with x, y, w and h, so that x + w is at most 24.`,
		Panel: missingGridPos,
	})
}

// columns is the width of Grafana's grid.
const columns = 24

func missingGridPos(p *Pass, _ *input.Dashboard, panel *input.Panel) {
	g := panel.GridPos
	switch {
	case panel.Flow:
	case g == nil:
		p.Reportf(panel.Pos, `add "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}`, "panel %q has no gridPos", panel.Title)
	case g.W <= 0 || g.H <= 0 || g.X < 0 || g.Y < 0:
		p.Reportf(g.Pos, "w and h are at least 1, x and y at least 0", "gridPos of panel %q is no rectangle", panel.Title)
	case g.X+g.W > columns:
		p.Reportf(g.Pos, "x + w is at most 24", "panel %q reaches to column %d of %d", panel.Title, g.X+g.W, columns)
	}
}
