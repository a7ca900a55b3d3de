package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "panel-type",
		Doc: `A panel is of a type that Grafana does not draw.

In the place of a panel of a misspelt type stands a message. Types that are not built in need
a plugin on every server that shows the dashboard; those are warnings. Some panels that were
written in Angular (graph, singlestat, table-old and others), which is gone since Grafana 12,
are notes: Grafana puts others in their place as it loads the dashboard, with those of their
settings that these have, and saves none of that.

Use the type that the hint names: Grafana's own replacement, or the built-in one that was
most likely meant.`,
		Panel: panelType,
	})
}

// builtIn are the panel plugins of Grafana 13, with those that 11 and 12 also had.
// Source: grafana/grafana, public/app/features/plugins/built_in_plugins.ts; alertGroups and
// datagrid from the plugin catalogue of Grafana 11.
var builtIn = []string{
	"alertGroups", "alertlist", "annolist", "barchart", "bargauge", "candlestick", "canvas", "dashlist", "datagrid", "debug",
	"flamegraph", "gauge", "geomap", "gettingstarted", "heatmap", "histogram", "live", "logs", "logstable", "news",
	"nodeGraph", "piechart", "stat", "state-timeline", "status-history", "table", "text", "timeseries", "traces", "trend",
	"welcome", "xychart",
}

// removedTypes maps panels written in Angular to those by which Grafana replaces them when it
// loads a dashboard; graph by others, too, by what its x axis shows.
// Source: grafana/grafana, getPanelPluginToMigrateTo.ts and autoMigrateAngular in PanelModel.ts.
var removedTypes = map[string]string{
	"graph":                    "timeseries",
	"singlestat":               "stat",
	"table-old":                "table",
	"grafana-singlestat-panel": "stat",
	"grafana-piechart-panel":   "piechart",
	"grafana-worldmap-panel":   "geomap",
	"natel-discrete-panel":     "state-timeline",
}

func panelType(p *Pass, _ *input.Dashboard, panel *input.Panel) {
	t := panel.Type
	near := source.Nearest(t, builtIn)
	switch {
	case t == "row" || panel.Library || slices.Contains(builtIn, t):
	case t == "":
		p.Reportf(panel.Pos, `add "type": "timeseries"`, "panel %q has no type", panel.Title)
	case removedTypes[t] != "":
		p.Report(schema.Finding{
			Pos: panel.TypePos, Severity: schema.Note, Hint: "use " + removedTypes[t],
			Message: fmt.Sprintf("panel %q is of type %q, which Grafana replaces whenever it loads the dashboard", panel.Title, t),
		})
	case near != "" && !strings.HasSuffix(t, "-panel"):
		p.Reportf(panel.TypePos, nearest(t, builtIn), "panel %q is of type %q, which Grafana does not know", panel.Title, t)
	default:
		p.Report(schema.Finding{
			Pos: panel.TypePos, Severity: schema.Warning, Hint: "use a built-in type, or accept it with the reason that the plugin is installed",
			Message: fmt.Sprintf("panel %q is of type %q, which needs a plugin", panel.Title, t),
		})
	}
}
