package render

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/dashgen/dashgen/internal/plan"
)

// This file holds the options that several panel kinds share. The SDK's zero values
// are not Grafana's defaults ("orientation": "" and an empty list of calcs draw
// nothing), so every one is written out.

// latest reduces a series to its last value.
func latest() common.ReduceDataOptions {
	return common.ReduceDataOptions{Calcs: []string{"lastNotNull"}, Fields: new(""), Values: new(false)}
}

// tooltip shows all series at a point in time, the largest first.
func tooltip() common.VizTooltipOptions {
	return common.VizTooltipOptions{Mode: common.TooltipDisplayModeMulti, Sort: common.SortOrderDescending}
}

// listLegend names the series below the graph.
func listLegend() common.VizLegendOptions {
	return common.VizLegendOptions{
		DisplayMode: common.LegendDisplayModeList,
		Placement:   common.LegendPlacementBottom,
		ShowLegend:  true,
		Calcs:       []string{},
	}
}

// hideNothing is what Grafana writes where no series is hidden.
func hideNothing() *common.HideSeriesConfig { return &common.HideSeriesConfig{} }

// linear is the scale that Grafana uses where none is chosen.
func linear() *common.ScaleDistributionConfig {
	return &common.ScaleDistributionConfig{Type: common.ScaleDistributionLinear}
}

// colorBy sets the colour mode of a panel's fields.
func colorBy(out *dashboard.Panel, mode dashboard.FieldColorModeId) {
	out.FieldConfig.Defaults.Color = &dashboard.FieldColor{Mode: mode}
}

// neutral colours a panel that has no thresholds blue: green would say that all is
// well.
func neutral(p *plan.Panel, out *dashboard.Panel) {
	if len(p.Steps) == 0 {
		out.FieldConfig.Defaults.Thresholds.Steps[0].Color = "blue"
	}
}
