package lint

import "github.com/dashgen/dashgen/internal/input"

// This file counts what dashboards hold, for the checks of budgets.

// budgeted reports whether a dashboard is held to a budget: where dashgen chose what is on
// it, and any other where dashgen.yaml names the check.
func budgeted(p *Pass, d *input.Dashboard) bool {
	named := p.Config.Checks[p.Check.Name] != "" || p.Config.CheckPaths[p.Check.Name] != nil
	return named || d.Queries == nil && d.Pos.IsZero()
}

// isRow reports whether a panel is the header of a row.
func isRow(panel *input.Panel) bool { return panel.Type == "row" }

// gridless reports whether Grafana lays a hand-written dashboard out by tabs or rows of
// dashboard.grafana.app/v2, of which it is not known what is shown at first.
func gridless(d *input.Dashboard) bool {
	for i := range d.Panels {
		if d.Panels[i].Flow && !isRow(&d.Panels[i]) {
			return true
		}
	}
	return false
}
