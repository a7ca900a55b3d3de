package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "duplicate-panel-id",
		Doc: `Two panels of a dashboard have the same id.

Links to a panel, alerts that show one, and panels that take their data from another one
name it by its id; with two of one id they reach either. Grafana gives one of them a new id
on the next save, and what pointed at it is lost.

Give one of them an id that no other panel of the dashboard has, rows and what is inside
them included.`,
		Board: duplicatePanelID,
	})
}

func duplicatePanelID(p *Pass, d *input.Dashboard) {
	first := map[int]*input.Panel{}
	for i := range d.Panels {
		panel := &d.Panels[i]
		other := first[panel.ID]
		switch {
		case panel.ID == 0: // Grafana makes one up
		case other == nil:
			first[panel.ID] = panel
		default:
			p.Report(schema.Finding{
				Pos: panel.Pos, Message: fmt.Sprintf("panel %q has the id %d of panel %q", panel.Title, panel.ID, other.Title), Hint: "choose an id that no other panel has",
				Related: []schema.Related{{Pos: other.Pos, Message: "the other panel"}},
			})
		}
	}
}
