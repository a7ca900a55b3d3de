package render

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/gauge"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:       "gauge",
		Doc:        "The latest value on a dial between a minimum and a maximum.",
		Plugin:     "gauge",
		Width:      6,
		Height:     8,
		Instant:    true,
		Thresholds: true,
		Build:      buildGauge,
	})
}

func buildGauge(p *plan.Panel, out *dashboard.Panel) {
	colorBy(out, dashboard.FieldColorModeIdThresholds)
	neutral(p, out)
	wholeScale(p, out)
	out.Options = gauge.Options{
		MinVizHeight:         75,
		MinVizWidth:          75,
		Orientation:          common.VizOrientationAuto,
		ReduceOptions:        latest(),
		ShowThresholdMarkers: true,
		Sizing:               common.BarGaugeSizingAuto,
	}
}

// wholeScale gives a dial or a bar the ends that its unit has: without them, its
// scale ends at the value that it shows.
func wholeScale(p *plan.Panel, out *dashboard.Panel) {
	ends, ok := map[string][2]float64{"percentunit": {0, 1}, "percent": {0, 100}}[p.Unit]
	if !ok {
		return
	}
	d := &out.FieldConfig.Defaults
	if d.Min == nil {
		d.Min = &ends[0]
	}
	if d.Max == nil {
		d.Max = &ends[1]
	}
}
