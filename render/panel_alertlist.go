package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:   "alertlist",
		Doc:    "The alerts that fire or are about to.",
		Plugin: "alertlist",
		Width:  8,
		Height: 8,
		Bare:   true,
		Build:  buildAlertList,
	})
}

// alertList are the plugin's options, which the SDK does not have.
// Source: public/app/plugins/panel/alertlist/types.ts of Grafana.
type alertList struct {
	AlertInstanceLabelFilter string          `json:"alertInstanceLabelFilter"`
	AlertName                string          `json:"alertName"`
	DashboardAlerts          bool            `json:"dashboardAlerts"`
	GroupBy                  []string        `json:"groupBy"`
	GroupMode                string          `json:"groupMode"`
	MaxItems                 int             `json:"maxItems"`
	SortOrder                int             `json:"sortOrder"` // 3: by importance
	StateFilter              map[string]bool `json:"stateFilter"`
	ViewMode                 string          `json:"viewMode"`
}

func buildAlertList(p *plan.Panel, out *dashboard.Panel) {
	out.FieldConfig = nil
	out.Options = alertList{
		AlertInstanceLabelFilter: labelFilter(p.AlertFilter),
		GroupBy:                  []string{},
		GroupMode:                "default",
		MaxItems:                 20,
		SortOrder:                3,
		StateFilter:              map[string]bool{"error": true, "firing": true, "noData": false, "normal": false, "pending": true},
		ViewMode:                 "list",
	}
}

// labelFilter writes labels as the matchers of a selector.
func labelFilter(labels map[string]string) string {
	if len(labels) == 0 {
		return ""
	}
	var m []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		m = append(m, fmt.Sprintf("%s=%q", name, labels[name]))
	}
	return "{" + strings.Join(m, ", ") + "}"
}
