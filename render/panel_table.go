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
	// Rows that agree in every column that all answers have become one. The name of the
	// series would keep them apart; the time is what every answer has.
	out.Transformations = []dashboard.DataTransformerConfig{
		{Id: "filterFieldsByName", Options: map[string]any{"exclude": map[string]any{"names": []string{"__name__"}}}},
		{Id: "merge", Options: map[string]any{}},
		{Id: "organize", Options: map[string]any{
			"excludeByName": map[string]any{"Time": true},
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
		if q.Legend != "" && !strings.Contains(q.Legend, "{{") {
			names[column(p, q.RefID)] = q.Legend
		}
	}
	return names
}

// column returns what Grafana calls the column of a query's values in a table.
func column(p *plan.Panel, ref string) string {
	if len(p.Queries) > 1 {
		return "Value #" + ref
	}
	return "Value"
}
