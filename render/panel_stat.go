package render

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:       "stat",
		Doc:        "The latest value as a number, with its course behind it.",
		Plugin:     "stat",
		Width:      4,
		Height:     4,
		Thresholds: true,
		Build:      buildStat,
	})
}

func buildStat(p *plan.Panel, out *dashboard.Panel) {
	colorBy(out, dashboard.FieldColorModeIdThresholds)
	neutral(p, out)
	graph := common.BigValueGraphModeArea
	if len(p.Queries) > 0 && p.Queries[0].Instant || len(p.Mappings) > 0 {
		graph = common.BigValueGraphModeNone
	}
	text := common.BigValueTextModeAuto
	if p.Names {
		graph, text = common.BigValueGraphModeNone, common.BigValueTextModeName
	}
	out.Options = stat.Options{
		ColorMode:              common.BigValueColorModeValue,
		GraphMode:              graph,
		JustifyMode:            common.BigValueJustifyModeAuto,
		Orientation:            common.VizOrientationAuto,
		PercentChangeColorMode: common.PercentChangeColorModeStandard,
		ReduceOptions:          latest(),
		TextMode:               text,
		WideLayout:             true,
	}
}
