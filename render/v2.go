package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/dashboardv2"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// This file spells boards as dashboard.grafana.app/v2, from the same panels as the classic
// format. Where a classic board has collapsed rows, this one has tabs: both ask for
// nothing before they are opened.
// Source: grafana/grafana, apps/dashboard/kinds/v2beta1/dashboard_spec.cue, and what its
// converter from the classic format writes.

// FilesV2 returns the boards as dashboards-v2/<uid>.json, manifests of the API
// dashboard.grafana.app/v2. A panel all of whose metrics are registered behind a condition
// is hidden while it has no data. File provisioning and the sidecar refuse this format.
func FilesV2(boards []plan.Board, s *schema.Schema) (map[string][]byte, error) {
	files := make(map[string][]byte, len(boards))
	for i := range boards {
		b := &boards[i]
		name := "dashboards-v2/" + b.UID + ".json"
		spec, err := boardV2(b, s)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		if files[name], err = format(map[string]any{
			"apiVersion": "dashboard.grafana.app/v2",
			"kind":       "Dashboard",
			"metadata":   map[string]any{"name": b.UID},
			"spec":       spec,
		}); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
	}
	return files, nil
}

func boardV2(b *plan.Board, s *schema.Schema) (*dashboardv2.Dashboard, error) {
	d := dashboardv2.NewDashboard()
	d.Title, d.Tags, d.Editable = b.Title, append([]string{}, b.Tags...), new(false)
	d.CursorSync = dashboardv2.DashboardCursorSyncCrosshair
	d.TimeSettings.From, d.TimeSettings.AutoRefresh = b.From, b.Refresh
	d.Links = []dashboardv2.DashboardLink{}
	if b.Folder != "" {
		m := menu(b)
		d.Links = append(d.Links, dashboardv2.DashboardLink{
			Title: m.Title, Type: dashboardv2.DashboardLinkType(m.Type), Icon: m.Icon, Url: m.Url, Tags: m.Tags,
			AsDropdown: m.AsDropdown, IncludeVars: m.IncludeVars, KeepTime: m.KeepTime,
		})
	}
	if b.Description != "" {
		d.Description = &b.Description
	}
	d.Annotations = []dashboardv2.AnnotationQueryKind{builtInV2()}
	names := sourceNames(b)
	d.Variables = []dashboardv2.VariableKind{}
	for _, v := range b.Variables {
		d.Variables = append(d.Variables, variableV2(v, names))
	}
	for r := range b.Rows {
		for i := range b.Rows[r].Panels {
			p := &b.Rows[r].Panels[i]
			kind, err := panelV2(p, names)
			if err != nil {
				return nil, err
			}
			d.Elements[element(p)] = dashboardv2.Element{PanelKind: kind}
		}
	}
	d.Layout = layoutV2(b.Rows, s)
	return d, nil
}

// element returns the name of a panel among the elements of a board.
func element(p *plan.Panel) string { return fmt.Sprintf("panel-%d", p.ID) }

func builtInV2() dashboardv2.AnnotationQueryKind {
	a := dashboardv2.NewAnnotationQueryKind()
	of := builtIn()
	a.Spec.Name, a.Spec.IconColor, a.Spec.Enable, a.Spec.Hide, a.Spec.BuiltIn = of.Name, of.IconColor, of.Enable, *of.Hide, new(true)
	a.Spec.Query.Group = *of.Datasource.Type
	a.Spec.Query.Datasource = &dashboardv2.Dashboardv2DataQueryKindDatasource{Name: of.Datasource.Uid}
	a.Spec.Query.Spec = map[string]any{"type": "dashboard"}
	return *a
}

func variableV2(v plan.Variable, names map[string]string) dashboardv2.VariableKind {
	if v.Type == "datasource" {
		k := dashboardv2.NewDatasourceVariableKind()
		k.Spec.Name, k.Spec.Label, k.Spec.PluginId, k.Spec.Regex = v.Name, &v.Label, v.Query, v.Regex
		k.Spec.Refresh = dashboardv2.VariableRefreshOnDashboardLoad
		k.Spec.Current = optionV2(cmp.Or(v.Current, "default"), cmp.Or(v.Current, "default"))
		return dashboardv2.VariableKind{DatasourceVariableKind: k}
	}
	if v.Type == "custom" {
		k := dashboardv2.NewCustomVariableKind()
		k.Spec.Name, k.Spec.Label, k.Spec.Query, k.Spec.Current = v.Name, &v.Label, v.Query, optionV2(v.Current, v.Current)
		return dashboardv2.VariableKind{CustomVariableKind: k}
	}
	k := dashboardv2.NewQueryVariableKind()
	k.Spec.Name, k.Spec.Label, k.Spec.Definition, k.Spec.Regex = v.Name, &v.Label, &v.Query, v.Regex
	k.Spec.Refresh, k.Spec.Sort = dashboardv2.VariableRefreshOnTimeRangeChanged, dashboardv2.VariableSortAlphabeticalAsc
	k.Spec.Query = queryV2("prometheus", names, map[string]any{"__legacyStringValue": v.Query}) // "expr" would not be asked for
	if v.Single {
		k.Spec.Current = optionV2("", "")
		return dashboardv2.VariableKind{QueryVariableKind: k}
	}
	k.Spec.Multi, k.Spec.IncludeAll, k.Spec.AllValue = true, true, new(".+")
	k.Spec.Current = manyV2("All", "$__all")
	if v.Current != "" {
		k.Spec.Current = manyV2(v.Current, v.Current)
	}
	return dashboardv2.VariableKind{QueryVariableKind: k}
}

func optionV2(text, value string) dashboardv2.VariableOption {
	return dashboardv2.VariableOption{Text: dashboardv2.StringOrArrayOfString{String: &text}, Value: dashboardv2.StringOrArrayOfString{String: &value}}
}

func manyV2(text, value string) dashboardv2.VariableOption {
	return dashboardv2.VariableOption{Text: dashboardv2.StringOrArrayOfString{ArrayOfString: []string{text}}, Value: dashboardv2.StringOrArrayOfString{ArrayOfString: []string{value}}}
}

// queryV2 returns a query to the data source that the variable of the plugin chooses.
func queryV2(plugin string, names map[string]string, spec any) dashboardv2.DataQueryKind {
	q := dashboardv2.NewDataQueryKind()
	q.Group, q.Spec = plugin, spec
	q.Datasource = &dashboardv2.Dashboardv2DataQueryKindDatasource{Name: ref(plugin, names).Uid}
	return *q
}

// panelV2 returns a panel as an element of a board, made of the classic one.
func panelV2(p *plan.Panel, names map[string]string) (*dashboardv2.PanelKind, error) {
	classic, err := panel(p, names)
	if err != nil {
		return nil, err
	}
	out := dashboardv2.NewPanelKind()
	out.Spec.Id, out.Spec.Title, out.Spec.Description = float64(p.ID), p.Title, p.Description
	for _, l := range p.Links {
		out.Spec.Links = append(out.Spec.Links, dashboardv2.DataLink{Title: l.Title, Url: l.URL, TargetBlank: new(true)})
	}
	data := &out.Spec.Data.Spec
	for i, q := range p.Queries {
		query := dashboardv2.NewPanelQueryKind()
		spec := map[string]any{}
		if err := convert(classic.Targets[i], &spec); err != nil {
			return nil, fmt.Errorf("panel %q: %w", p.Title, err)
		}
		delete(spec, "datasource") // both stand beside the query here
		delete(spec, "refId")
		query.Spec.RefId, query.Spec.Query = q.RefID, queryV2(source(q), names, spec)
		data.Queries = append(data.Queries, *query)
	}
	for _, t := range classic.Transformations {
		kind := dashboardv2.NewTransformationKind()
		kind.Kind, kind.Group, kind.Spec.Options = "Transformation", t.Id, t.Options
		data.Transformations = append(data.Transformations, *kind)
	}
	viz := &out.Spec.VizConfig
	viz.Group, viz.Version, viz.Spec.Options = classic.Type, pluginVersion, classic.Options
	if err := convert(classic.FieldConfig, &viz.Spec.FieldConfig); err != nil {
		return nil, fmt.Errorf("panel %q: %w", p.Title, err)
	}
	return out, nil
}

// convert turns a value into another type with the same JSON.
func convert(from, to any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

// layoutV2 returns the rows as tabs, where some are collapsed: each of these is one, and
// the open rows between two of them are one together. Else they are rows, or a single grid
// where there is one without a title.
func layoutV2(rows []plan.Row, s *schema.Schema) dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind {
	if !slices.ContainsFunc(rows, func(r plan.Row) bool { return r.Collapsed }) {
		return rowsV2(rows, s)
	}
	tabs := dashboardv2.NewTabsLayoutKind()
	for len(rows) > 0 {
		n := 1
		for !rows[0].Collapsed && n < len(rows) && !rows[n].Collapsed {
			n++
		}
		tab := dashboardv2.NewTabsLayoutTabKind()
		tab.Spec.Title = new(cmp.Or(rows[0].Title, "Overview"))
		if n == 1 {
			tab.Spec.Layout = gridV2(&rows[0], s)
		} else {
			tab.Spec.Layout = rowsV2(rows[:n], s)
		}
		tabs.Spec.Tabs = append(tabs.Spec.Tabs, *tab)
		rows = rows[n:]
	}
	return dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind{TabsLayoutKind: tabs}
}

func rowsV2(rows []plan.Row, s *schema.Schema) dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind {
	if len(rows) == 1 && rows[0].Title == "" {
		return gridV2(&rows[0], s)
	}
	kind := dashboardv2.NewRowsLayoutKind()
	kind.Spec.Rows = []dashboardv2.RowsLayoutRowKind{}
	for i := range rows {
		row := dashboardv2.NewRowsLayoutRowKind()
		row.Spec.Collapse = new(false)
		if rows[i].Title != "" {
			row.Spec.Title = &rows[i].Title
		} else {
			row.Spec.HideHeader = new(true)
		}
		grid := gridV2(&rows[i], s)
		row.Spec.Layout.GridLayoutKind, row.Spec.Layout.AutoGridLayoutKind = grid.GridLayoutKind, grid.AutoGridLayoutKind
		kind.Spec.Rows = append(kind.Spec.Rows, *row)
	}
	return dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind{RowsLayoutKind: kind}
}

// gridV2 returns the panels of a row in a grid of their own, which begins at 0. Where some
// are hidden while they have no data, Grafana lays them out: only then the others close up.
func gridV2(row *plan.Row, s *schema.Schema) (l dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind) {
	if slices.ContainsFunc(row.Panels, func(p plan.Panel) bool { return mayBeAbsent(&p, s) }) {
		l.AutoGridLayoutKind = dashboardv2.NewAutoGridLayoutKind()
		for i := range row.Panels {
			item := dashboardv2.NewAutoGridLayoutItemKind()
			item.Spec.Element = elementV2(&row.Panels[i])
			if mayBeAbsent(&row.Panels[i], s) {
				item.Spec.ConditionalRendering = withData()
			}
			l.AutoGridLayoutKind.Spec.Items = append(l.AutoGridLayoutKind.Spec.Items, *item)
		}
		return l
	}
	l.GridLayoutKind = dashboardv2.NewGridLayoutKind()
	top := 0
	for i, p := range row.Panels {
		if i == 0 || p.Y < top {
			top = p.Y
		}
	}
	for i := range row.Panels {
		p := &row.Panels[i]
		item := dashboardv2.NewGridLayoutItemKind()
		item.Spec.Element = elementV2(p)
		item.Spec.X, item.Spec.Y, item.Spec.Width, item.Spec.Height = int64(p.X), int64(p.Y-top), int64(p.W), int64(p.H)
		l.GridLayoutKind.Spec.Items = append(l.GridLayoutKind.Spec.Items, *item)
	}
	return l
}

func elementV2(p *plan.Panel) dashboardv2.ElementReference {
	return dashboardv2.ElementReference{Kind: "ElementReference", Name: element(p)}
}

// mayBeAbsent reports whether every metric that a panel shows is registered behind a
// condition.
func mayBeAbsent(p *plan.Panel, s *schema.Schema) bool {
	for _, name := range p.Metrics {
		if m := s.Lookup(name); m == nil || !m.Conditional {
			return false
		}
	}
	return len(p.Metrics) > 0
}

// withData is the condition to be shown only while there is data.
func withData() *dashboardv2.ConditionalRenderingGroupKind {
	data := dashboardv2.NewConditionalRenderingDataKind()
	data.Spec.Value = true
	group := dashboardv2.NewConditionalRenderingGroupKind()
	group.Spec.Visibility, group.Spec.Condition = dashboardv2.ConditionalRenderingGroupSpecVisibilityShow, dashboardv2.ConditionalRenderingGroupSpecConditionAnd
	group.Spec.Items = []dashboardv2.ConditionalRenderingVariableKindOrConditionalRenderingDataKindOrConditionalRenderingTimeRangeSizeKind{{ConditionalRenderingDataKind: data}}
	return group
}
