package render

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:       "timeseries",
		Doc:        "Values over time, one line a series.",
		Plugin:     "timeseries",
		Width:      8,
		Height:     8,
		Thresholds: true,
		Colors:     true,
		Build:      buildTimeseries,
	})
}

func buildTimeseries(p *plan.Panel, out *dashboard.Panel) {
	colorBy(out, dashboard.FieldColorModeIdPaletteClassic)
	out.Options = timeseries.Options{Legend: graphLegend(p), Tooltip: tooltip()}
	custom := timeseries.FieldConfig{
		AxisBorderShow:    new(false),
		AxisCenteredZero:  new(false),
		AxisColorMode:     new(common.AxisColorModeText),
		AxisLabel:         new(""),
		AxisPlacement:     new(common.AxisPlacementAuto),
		BarAlignment:      new(common.BarAlignmentCenter),
		DrawStyle:         new(common.GraphDrawStyleLine),
		FillOpacity:       new(10.0),
		GradientMode:      new(common.GraphGradientModeNone),
		HideFrom:          hideNothing(),
		InsertNulls:       &common.BoolOrFloat64{Bool: new(false)},
		LineInterpolation: new(common.LineInterpolationLinear),
		LineWidth:         new(1.0),
		PointSize:         new(5.0),
		ScaleDistribution: linear(),
		// Without points, a lone sample between two gaps would be invisible.
		ShowPoints:      new(common.VisibilityModeAuto),
		SpanNulls:       &common.BoolOrFloat64{Bool: new(false)},
		Stacking:        &common.StackingConfig{Group: new("A"), Mode: new(common.StackingModeNone)},
		ThresholdsStyle: &common.GraphThresholdsStyleConfig{Mode: common.GraphThresholdsStyleModeOff},
	}
	if p.Stack {
		custom.Stacking.Mode = new(common.StackingModeNormal)
		custom.FillOpacity = new(50.0)
	}
	if p.Bars {
		custom.DrawStyle = new(common.GraphDrawStyleBars)
		custom.FillOpacity = new(80.0)
	}
	if len(p.Steps) > 1 {
		custom.ThresholdsStyle.Mode = common.GraphThresholdsStyleModeLine
	}
	out.FieldConfig.Defaults.Custom = custom
}

// graphLegend is a table with numbers where the legends are fixed and so few, else
// a list, which takes less room.
func graphLegend(p *plan.Panel) common.VizLegendOptions {
	legend := listLegend()
	for _, q := range p.Queries {
		if q.Legend == "" || strings.Contains(q.Legend, "{{") {
			return legend
		}
	}
	legend.DisplayMode = common.LegendDisplayModeTable
	legend.Calcs = []string{"mean", "max", "lastNotNull"}
	return legend
}
