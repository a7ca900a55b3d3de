package render

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/logs"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:   "logs",
		Doc:    "Log lines from Loki, the newest first.",
		Plugin: "logs",
		Width:  columns,
		Height: 8,
		Source: "loki",
		Build:  buildLogs,
	})
}

func buildLogs(p *plan.Panel, out *dashboard.Panel) {
	out.FieldConfig = nil
	out.Options = logs.Options{
		DedupStrategy:    common.LogsDedupStrategyNone,
		EnableLogDetails: true,
		ShowTime:         true,
		SortOrder:        common.LogsSortOrderDescending,
		WrapLogMessage:   true,
	}
}
