package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboardv2"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// This file makes dashboard.grafana.app/v2 of classic dashboards, with what overlays changed in
// them. Where a classic board has collapsed rows, this one has tabs: both ask for nothing before
// they are opened. internal/oracle/grafana holds it against Grafana's own conversion.
// Source: grafana/grafana, apps/dashboard/kinds/v2beta1/dashboard_spec.cue, and
// apps/dashboard/pkg/migration/conversion/v1beta1_to_v2alpha1.go.

// FilesV2 returns dashboards-v2/<uid>.json, a manifest of the API dashboard.grafana.app/v2, for
// each board, made of its classic file. A panel all of whose metrics are registered behind a
// condition is hidden while it has no data. What only an overlay can have put into a classic
// file and is not carried over is a finding. File provisioning and the sidecar refuse this
// format.
func FilesV2(boards []plan.Board, s *schema.Schema, classic map[string][]byte) (map[string][]byte, []schema.Finding, error) {
	files := make(map[string][]byte, len(boards))
	var findings []schema.Finding
	for i := range boards {
		b := &boards[i]
		name := "dashboards-v2/" + b.UID + ".json"
		spec, left, err := boardV2(classic["dashboards/"+b.UID+".json"], absent(b, s))
		if err != nil {
			findings = append(findings, schema.Finding{Check: "overlay", Message: fmt.Sprintf("%s cannot be made of dashboard %s: %v", name, b.UID, err)})
			continue
		}
		if len(left) > 0 {
			findings = append(findings, schema.Finding{Check: "overlay", Severity: schema.Warning,
				Message: fmt.Sprintf("%s leaves out %s", name, strings.Join(left, ", ")),
				Hint:    "take it out of the overlay, or dashboards-v2 out of outputs"})
		}
		if files[name], err = format(map[string]any{
			"apiVersion": "dashboard.grafana.app/v2",
			"kind":       "Dashboard",
			"metadata":   map[string]any{"name": b.UID},
			"spec":       spec,
		}); err != nil {
			return nil, nil, fmt.Errorf("render %s: %w", name, err)
		}
	}
	return files, findings, nil
}

// absent returns the ids of the panels that may be absent.
func absent(b *plan.Board, s *schema.Schema) map[int]bool {
	ids := map[int]bool{}
	for _, row := range b.Rows {
		for i := range row.Panels {
			ids[row.Panels[i].ID] = mayBeAbsent(&row.Panels[i], s)
		}
	}
	return ids
}

func boardV2(classic []byte, absent map[int]bool) (*dashboardv2.Dashboard, []string, error) {
	c := newConversion(classic)
	d := dashboardv2.NewDashboard()
	o := c.root
	o.ignore("uid", "schemaVersion", "version", "id")
	o.same(d, "title", "description", "tags", "editable", "liveNow", "preload", "links")
	d.CursorSync = enum(o, "graphTooltip", cursorSyncs)
	times := &d.TimeSettings
	o.same(times, "timezone", "fiscalYearStartMonth")
	o.take("refresh", &times.AutoRefresh)
	var week dashboardv2.TimeSettingsSpecWeekStart
	if o.take("weekStart", &week); week != "" {
		times.WeekStart = &week
	}
	o.object("time").same(times, "from", "to")
	picker := o.object("timepicker")
	picker.take("refresh_intervals", &times.AutoRefreshIntervals)
	picker.take("hidden", &times.HideTimepicker)

	for _, a := range o.object("annotations").list("list") {
		d.Annotations = append(d.Annotations, annotationV2(a))
	}
	for _, v := range o.object("templating").list("list") {
		if kind, ok := variableV2(v); ok {
			d.Variables = append(d.Variables, kind)
		}
	}
	var rows []rowV2
	for _, p := range o.list("panels") {
		if p.text("type") == "row" {
			rows = append(rows, rowV2{})
			row := &rows[len(rows)-1]
			p.ignore("id", "type", "gridPos", "datasource")
			p.take("title", &row.title)
			p.take("collapsed", &row.collapsed)
			for _, inner := range p.list("panels") {
				row.panels = append(row.panels, c.panel(inner, d, absent))
			}
			continue
		}
		if len(rows) == 0 {
			rows = append(rows, rowV2{})
		}
		row := &rows[len(rows)-1]
		row.panels = append(row.panels, c.panel(p, d, absent))
	}
	d.Layout = layoutV2(rows)
	return d, c.left(), c.err
}

var cursorSyncs = []dashboardv2.DashboardCursorSync{dashboardv2.DashboardCursorSyncOff, dashboardv2.DashboardCursorSyncCrosshair, dashboardv2.DashboardCursorSyncTooltip}

func annotationV2(o *object) dashboardv2.AnnotationQueryKind {
	a := dashboardv2.NewAnnotationQueryKind()
	o.same(&a.Spec, "name", "iconColor", "enable", "hide", "filter", "mappings")
	var builtIn float64
	o.take("builtIn", &builtIn)
	if a.Spec.BuiltIn = nil; builtIn != 0 {
		a.Spec.BuiltIn = new(true)
	}
	spec := map[string]any{}
	o.take("target", &spec)
	a.Spec.Query = queryV2(sourceOf(o), spec)
	o.rest(&a.Spec.LegacyOptions)
	return *a
}

// variableV2 returns a variable. ok is false for a type that only an overlay can have added.
func variableV2(o *object) (v dashboardv2.VariableKind, ok bool) {
	kind := o.text("type")
	o.ignore("type", "options") // Grafana fills in the options
	same := []string{"name", "label", "description", "current", "multi", "includeAll", "allValue", "skipUrlSync", "allowCustomValue"}
	switch kind {
	case "datasource":
		k := dashboardv2.NewDatasourceVariableKind()
		o.same(&k.Spec, append(same, "regex")...)
		o.take("query", &k.Spec.PluginId)
		k.Spec.Refresh, k.Spec.Hide = enum(o, "refresh", refreshes), enum(o, "hide", hides)
		return dashboardv2.VariableKind{DatasourceVariableKind: k}, true
	case "custom":
		k := dashboardv2.NewCustomVariableKind()
		o.ignore("regex")
		o.same(&k.Spec, append(same, "query")...)
		k.Spec.Hide = enum(o, "hide", hides)
		return dashboardv2.VariableKind{CustomVariableKind: k}, true
	case "query":
		k := dashboardv2.NewQueryVariableKind()
		o.same(&k.Spec, append(same, "regex", "definition")...)
		query := ""
		o.take("query", &query)
		k.Spec.Query = queryV2(sourceOf(o), map[string]any{"__legacyStringValue": query}) // "expr" would not be asked for
		k.Spec.Refresh, k.Spec.Sort, k.Spec.Hide = enum(o, "refresh", refreshes), enum(o, "sort", sorts), enum(o, "hide", hides)
		return dashboardv2.VariableKind{QueryVariableKind: k}, true
	}
	return dashboardv2.VariableKind{}, false
}

var (
	refreshes = []dashboardv2.VariableRefresh{dashboardv2.VariableRefreshNever, dashboardv2.VariableRefreshOnDashboardLoad, dashboardv2.VariableRefreshOnTimeRangeChanged}
	sorts     = []dashboardv2.VariableSort{
		dashboardv2.VariableSortDisabled, dashboardv2.VariableSortAlphabeticalAsc, dashboardv2.VariableSortAlphabeticalDesc, dashboardv2.VariableSortNumericalAsc,
		dashboardv2.VariableSortNumericalDesc, dashboardv2.VariableSortAlphabeticalCaseInsensitiveAsc, dashboardv2.VariableSortAlphabeticalCaseInsensitiveDesc,
		dashboardv2.VariableSortNaturalAsc, dashboardv2.VariableSortNaturalDesc,
	}
	hides = []dashboardv2.VariableHide{dashboardv2.VariableHideDontHide, dashboardv2.VariableHideHideLabel, dashboardv2.VariableHideHideVariable, dashboardv2.VariableHideInControlsMenu}
)

// sourceOf takes what an object says of its data source.
func sourceOf(o *object) (source struct{ Type, UID string }) {
	o.take("datasource", &source)
	return source
}

// queryV2 returns a query to a data source.
func queryV2(source struct{ Type, UID string }, spec any) dashboardv2.DataQueryKind {
	q := dashboardv2.NewDataQueryKind()
	q.Group, q.Spec = source.Type, spec
	q.Datasource = &dashboardv2.Dashboardv2DataQueryKindDatasource{Name: &source.UID}
	return *q
}

// A rowV2 is a row of a classic dashboard; without a title what stands before the first.
type rowV2 struct {
	title     string
	collapsed bool
	panels    []placedV2
}

// A placedV2 is a panel among the elements of a board, and its place.
type placedV2 struct {
	name       string
	x, y, w, h int64
	absent     bool // while there is no data
}

// panel puts a panel among the elements of a board.
func (c *conversion) panel(o *object, d *dashboardv2.Dashboard, absent map[int]bool) placedV2 {
	out := dashboardv2.NewPanelKind()
	spec := &out.Spec
	o.same(spec, "id", "title", "description", "transparent")
	for _, l := range o.list("links") {
		link := dashboardv2.DataLink{}
		l.ignore("type", "icon", "tags", "tooltip", "asDropdown", "includeVars", "keepTime")
		l.same(&link, "title", "url", "targetBlank")
		spec.Links = append(spec.Links, link)
	}
	source := sourceOf(o)
	for _, q := range o.list("targets") {
		query := dashboardv2.NewPanelQueryKind()
		q.take("refId", &query.Spec.RefId)
		q.take("hide", &query.Spec.Hidden)
		of := sourceOf(q)
		if of.Type == "" && of.UID == "" {
			of = source
		}
		rest := map[string]any{}
		q.rest(&rest)
		query.Spec.Query = queryV2(of, rest)
		spec.Data.Spec.Queries = append(spec.Data.Spec.Queries, *query)
	}
	for _, t := range o.list("transformations") {
		kind := dashboardv2.NewTransformationKind()
		t.take("id", &kind.Group)
		t.same(&kind.Spec, "disabled", "filter", "options")
		spec.Data.Spec.Transformations = append(spec.Data.Spec.Transformations, *kind)
	}
	o.same(&spec.Data.Spec.QueryOptions, "interval", "maxDataPoints", "timeFrom", "timeShift", "hideTimeOverride", "cacheTimeout", "queryCachingTTL")
	o.take("type", &spec.VizConfig.Group)
	o.take("pluginVersion", &spec.VizConfig.Version)
	o.same(&spec.VizConfig.Spec, "options", "fieldConfig")

	p := placedV2{name: fmt.Sprintf("panel-%d", int(spec.Id)), absent: absent[int(spec.Id)]}
	grid := o.object("gridPos")
	for key, to := range map[string]*int64{"x": &p.x, "y": &p.y, "w": &p.w, "h": &p.h} {
		grid.take(key, to)
	}
	d.Elements[p.name] = dashboardv2.Element{PanelKind: out}
	return p
}

// layoutV2 returns the rows as tabs, where some are collapsed: each of these is one, and
// the open rows between two of them are one together. Else they are rows, or a single grid
// where there is one without a title.
func layoutV2(rows []rowV2) dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind {
	if !slices.ContainsFunc(rows, func(r rowV2) bool { return r.collapsed }) {
		return rowsV2(rows)
	}
	tabs := dashboardv2.NewTabsLayoutKind()
	for len(rows) > 0 {
		n := 1
		for !rows[0].collapsed && n < len(rows) && !rows[n].collapsed {
			n++
		}
		tab := dashboardv2.NewTabsLayoutTabKind()
		tab.Spec.Title = new(cmp.Or(rows[0].title, "Overview"))
		if n == 1 {
			tab.Spec.Layout = gridV2(rows[0].panels)
		} else {
			tab.Spec.Layout = rowsV2(rows[:n])
		}
		tabs.Spec.Tabs = append(tabs.Spec.Tabs, *tab)
		rows = rows[n:]
	}
	return dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind{TabsLayoutKind: tabs}
}

func rowsV2(rows []rowV2) dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind {
	if len(rows) == 1 && rows[0].title == "" {
		return gridV2(rows[0].panels)
	}
	kind := dashboardv2.NewRowsLayoutKind()
	kind.Spec.Rows = []dashboardv2.RowsLayoutRowKind{}
	for i := range rows {
		row := dashboardv2.NewRowsLayoutRowKind()
		row.Spec.Collapse = new(false)
		if rows[i].title != "" {
			row.Spec.Title = &rows[i].title
		} else {
			row.Spec.HideHeader = new(true)
		}
		grid := gridV2(rows[i].panels)
		row.Spec.Layout.GridLayoutKind, row.Spec.Layout.AutoGridLayoutKind = grid.GridLayoutKind, grid.AutoGridLayoutKind
		kind.Spec.Rows = append(kind.Spec.Rows, *row)
	}
	return dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind{RowsLayoutKind: kind}
}

// gridV2 returns the panels of a row in a grid of their own, which begins at 0. Where some
// are hidden while they have no data, Grafana lays them out: only then the others close up.
func gridV2(panels []placedV2) (l dashboardv2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind) {
	if slices.ContainsFunc(panels, func(p placedV2) bool { return p.absent }) {
		l.AutoGridLayoutKind = dashboardv2.NewAutoGridLayoutKind()
		for _, p := range panels {
			item := dashboardv2.NewAutoGridLayoutItemKind()
			item.Spec.Element = p.element()
			if p.absent {
				item.Spec.ConditionalRendering = withData()
			}
			l.AutoGridLayoutKind.Spec.Items = append(l.AutoGridLayoutKind.Spec.Items, *item)
		}
		return l
	}
	l.GridLayoutKind = dashboardv2.NewGridLayoutKind()
	top := int64(0)
	for i, p := range panels {
		if i == 0 || p.y < top {
			top = p.y
		}
	}
	for _, p := range panels {
		item := dashboardv2.NewGridLayoutItemKind()
		item.Spec.Element = p.element()
		item.Spec.X, item.Spec.Y, item.Spec.Width, item.Spec.Height = p.x, p.y-top, p.w, p.h
		l.GridLayoutKind.Spec.Items = append(l.GridLayoutKind.Spec.Items, *item)
	}
	return l
}

func (p placedV2) element() dashboardv2.ElementReference {
	return dashboardv2.ElementReference{Kind: "ElementReference", Name: p.name}
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
