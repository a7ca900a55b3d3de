package render

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:       "bargauge",
		Doc:        "The latest values as bars, one a series.",
		Plugin:     "bargauge",
		Width:      8,
		Height:     8,
		Instant:    true,
		Thresholds: true,
		Build:      buildBarGauge,
	})
}

func buildBarGauge(p *plan.Panel, out *dashboard.Panel) {
	colorBy(out, dashboard.FieldColorModeIdThresholds)
	neutral(p, out)
	wholeScale(p, out)
	legend := listLegend()
	legend.ShowLegend = false
	out.Options = bargauge.Options{
		DisplayMode:   common.BarGaugeDisplayModeGradient,
		Legend:        legend,
		MaxVizHeight:  300,
		MinVizHeight:  16,
		MinVizWidth:   8,
		NamePlacement: common.BarGaugeNamePlacementAuto,
		Orientation:   common.VizOrientationHorizontal,
		ReduceOptions: latest(),
		ShowUnfilled:  true,
		Sizing:        common.BarGaugeSizingAuto,
		ValueMode:     common.BarGaugeValueModeColor,
	}
}
