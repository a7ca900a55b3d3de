package render

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/piechart"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:    "piechart",
		Doc:     "The latest values as shares of their sum.",
		Plugin:  "piechart",
		Width:   8,
		Height:  8,
		Instant: true,
		Colors:  true,
		Build:   buildPieChart,
	})
}

func buildPieChart(p *plan.Panel, out *dashboard.Panel) {
	colorBy(out, dashboard.FieldColorModeIdPaletteClassic)
	out.FieldConfig.Defaults.Custom = piechart.FieldConfig{HideFrom: hideNothing()}
	out.Options = piechart.Options{
		DisplayLabels: []piechart.PieChartLabels{piechart.PieChartLabelsPercent},
		Legend: piechart.PieChartLegendOptions{
			Calcs:       []string{},
			DisplayMode: common.LegendDisplayModeTable,
			Placement:   common.LegendPlacementRight,
			ShowLegend:  true,
			Values:      []piechart.PieChartLegendValues{piechart.PieChartLegendValuesValue, piechart.PieChartLegendValuesPercent},
		},
		Orientation:   common.VizOrientationAuto,
		PieType:       piechart.PieChartTypePie,
		ReduceOptions: latest(),
		Tooltip:       common.VizTooltipOptions{Mode: common.TooltipDisplayModeSingle, Sort: common.SortOrderNone},
	}
}
