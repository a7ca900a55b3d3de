package lint

import (
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "panel-query",
		Doc: `A panel asks for nothing, or in a way that Grafana refuses.

A panel that draws values and has no query shows "No data", always: a warning. Two queries of
one panel with the same refId are refused together, "Multiple queries using the same RefId is
not allowed", so that the panel shows an error; and one that shows another panel's data again
(data source "-- Dashboard --") needs that panel to be there. These are errors.

Give every query a letter of its own, and every panel a query.`,
		Board: func(p *Pass, d *input.Dashboard) {
			for i := range d.Panels {
				panelQuery(p, d, &d.Panels[i])
			}
		},
	})
}

// drawsValues are the built-in panels that show nothing but what they ask for.
var drawsValues = []string{"barchart", "bargauge", "gauge", "graph", "heatmap", "histogram", "piechart", "singlestat", "stat", "state-timeline", "status-history", "table", "timeseries", "trend"}

func panelQuery(p *Pass, d *input.Dashboard, panel *input.Panel) {
	generated := d.Queries == nil // its queries are told elsewhere
	if len(panel.Targets) == 0 && slices.Contains(drawsValues, panel.Type) && !panel.Library && !generated {
		p.Report(schema.Finding{Pos: panel.Pos, Severity: schema.Warning, Message: fmt.Sprintf("panel %q is a %s without a query", panel.Title, panel.Type), Hint: "add a query, or remove it"})
	}
	first := map[string]*input.Target{}
	for i := range panel.Targets {
		t := &panel.Targets[i]
		if other := first[t.RefID]; other != nil {
			p.Report(schema.Finding{
				Pos: t.Pos, Message: fmt.Sprintf("panel %q has two queries with the refId %q, which Grafana refuses", panel.Title, t.RefID), Hint: "give one of them another letter",
				Related: []schema.Related{{Pos: other.Pos, Message: "the other query"}},
			})
		} else if t.RefID != "" {
			first[t.RefID] = t
		}
		if t.Panel != 0 && !slices.ContainsFunc(d.Panels, func(other input.Panel) bool { return other.ID == t.Panel }) {
			p.Reportf(t.Pos, "name a panel of this dashboard", "panel %q shows the data of panel %d, which there is not", panel.Title, t.Panel)
		}
	}
}
