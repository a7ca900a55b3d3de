package lint

import (
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "row-panels",
		Doc: `A row of a dashboard has more than 12 panels.

A row is opened for one question, and asks for everything that it holds at once. Rows that dashgen
lays out are held to it, others where checks: of dashgen.yaml names this check.

Split the row.`,
		Severity: schema.Warning,
		Board:    rowPanels,
	})
}

const mostInRow = 12

func rowPanels(p *Pass, d *input.Dashboard) {
	if !budgeted(p, d) {
		return
	}
	count := map[*input.Panel]int{}
	var last *input.Panel
	for i := range d.Panels {
		panel := &d.Panels[i]
		row := last
		switch {
		case isRow(panel):
			last = panel
			continue
		case panel.Row >= 0: // a collapsed row holds its panels
			row = &d.Panels[panel.Row]
		}
		if row == nil {
			continue
		}
		if count[row]++; count[row] == mostInRow+1 {
			p.Reportf(row.Pos, "split it", "row %q of dashboard %q has more than %d panels", row.Title, d.Title, mostInRow)
		}
	}
}
