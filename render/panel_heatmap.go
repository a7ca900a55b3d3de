package render

import (
	"cmp"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:    "heatmap",
		Doc:     "A histogram's buckets over time, the fuller the brighter.",
		Plugin:  "heatmap",
		Width:   8,
		Height:  8,
		Buckets: true,
		Build:   buildHeatmap,
	})
}

// buildHeatmap draws buckets as they come; series that are not buckets it counts
// into buckets itself. A panel's unit is that of the Y axis, the unit of a query of
// buckets that of the cells. Both stand in the options: for buckets Grafana does not
// read them from the field.
// Source: public/app/plugins/panel/heatmap/fields.ts.
func buildHeatmap(p *plan.Panel, out *dashboard.Panel) {
	cells, buckets := "short", false
	if i := slices.IndexFunc(p.Queries, func(q plan.Query) bool { return q.Heatmap }); i >= 0 {
		cells, buckets = unitOf(p, p.Queries[i].RefID), true
	}
	out.FieldConfig.Overrides = []dashboard.DashboardFieldConfigSourceOverrides{}
	out.FieldConfig.Defaults.Custom = heatmap.FieldConfig{HideFrom: hideNothing(), ScaleDistribution: linear()}
	out.Options = heatmap.Options{
		Calculate:  new(!buckets),
		CellGap:    new(uint8(1)),
		CellValues: &heatmap.CellValues{Unit: new(cells)},
		Color: heatmap.HeatmapColorOptions{
			Exponent: 0.5,
			Fill:     "dark-orange",
			Mode:     new(heatmap.HeatmapColorModeScheme),
			Scale:    new(heatmap.HeatmapColorScaleExponential),
			Scheme:   "Spectral",
			Steps:    64,
		},
		Exemplars:    heatmap.ExemplarConfig{Color: "rgba(255,0,255,0.7)"},
		FilterValues: &heatmap.FilterValueRange{Le: new(float32(1e-9))},
		Legend:       heatmap.HeatmapLegend{Show: true},
		RowsFrame:    &heatmap.RowsHeatmapOptions{Layout: new(common.HeatmapCellLayoutAuto)},
		ShowValue:    common.VisibilityModeNever,
		Tooltip: heatmap.HeatmapTooltip{
			Mode:           common.TooltipDisplayModeSingle,
			ShowColorScale: new(false),
			YHistogram:     new(true),
		},
		YAxis: heatmap.YAxisConfig{
			AxisPlacement: new(common.AxisPlacementLeft),
			Reverse:       new(false),
			Unit:          new(cmp.Or(p.Unit, "short")),
		},
	}
}

// unitOf returns the unit of a query's values.
func unitOf(p *plan.Panel, ref string) string {
	for _, o := range p.Overrides {
		if o.RefID == ref && o.Unit != "" {
			return o.Unit
		}
	}
	return cmp.Or(p.Unit, "short")
}
