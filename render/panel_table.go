package render

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/table"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:       "table",
		Doc:        "The latest values, one row a series, its labels as columns.",
		Plugin:     "table",
		Width:      12,
		Height:     8,
		Instant:    true,
		Table:      true,
		Thresholds: true,
		Build:      buildTable,
	})
}

func buildTable(p *plan.Panel, out *dashboard.Panel) {
	colorBy(out, dashboard.FieldColorModeIdThresholds)
	out.FieldConfig.Defaults.Custom = table.FieldConfig{
		Align:       common.FieldTextAlignmentAuto,
		CellOptions: &common.TableCellOptions{TableAutoCellOptions: &common.TableAutoCellOptions{Type: common.TableCellDisplayModeAuto}},
	}
	out.Options = table.Options{
		CellHeight: new(common.TableCellHeightSm),
		ShowHeader: true,
	}
	out.Transformations = []dashboard.DataTransformerConfig{
		{Id: "merge", Options: map[string]any{}},
		{Id: "organize", Options: map[string]any{
			"excludeByName": map[string]any{"Time": true, "__name__": true},
			"includeByName": map[string]any{},
			"indexByName":   map[string]any{},
			"renameByName":  columnNames(p),
		}},
	}
}

// columnNames maps the names that Grafana gives the value columns to the legends of
// their queries.
func columnNames(p *plan.Panel) map[string]any {
	names := map[string]any{}
	for _, q := range p.Queries {
		column := "Value"
		if len(p.Queries) > 1 {
			column = "Value #" + q.RefID
		}
		if q.Legend != "" && !strings.Contains(q.Legend, "{{") {
			names[column] = q.Legend
		}
	}
	return names
}
