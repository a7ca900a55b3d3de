package render

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:       "state-timeline",
		Doc:        "States over time, one band a series.",
		Plugin:     "state-timeline",
		Width:      8,
		Height:     8,
		Thresholds: true,
		Build:      buildStateTimeline,
	})
}

func buildStateTimeline(p *plan.Panel, out *dashboard.Panel) {
	colorBy(out, dashboard.FieldColorModeIdThresholds)
	neutral(p, out)
	out.FieldConfig.Defaults.Custom = statetimeline.FieldConfig{
		AxisPlacement: new(common.AxisPlacementAuto),
		FillOpacity:   new(uint32(70)),
		HideFrom:      hideNothing(),
		InsertNulls:   &statetimeline.BoolOrUint32{Bool: new(false)},
		LineWidth:     new(uint32(0)),
		SpanNulls:     &statetimeline.BoolOrUint32{Bool: new(false)},
	}
	out.Options = statetimeline.Options{
		AlignValue:  new(common.TimelineValueAlignmentLeft),
		Legend:      listLegend(),
		MergeValues: new(true),
		RowHeight:   0.9,
		ShowValue:   common.VisibilityModeAuto,
		Tooltip:     common.VizTooltipOptions{Mode: common.TooltipDisplayModeSingle, Sort: common.SortOrderNone},
	}
}
