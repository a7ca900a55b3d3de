package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/loki"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	"github.com/dashgen/dashgen/internal/plan"
)

// schemaVersion is that of Grafana 12 and 13; older ones read what they know of it.
const schemaVersion = 42

// pluginVersion says which Grafana the options are written for. Without one, Grafana
// takes them for those of version 6 and migrates them.
const pluginVersion = "11.0.0"

// Files returns the boards as dashboards/<uid>.json, in Grafana's classic format, and
// dashboards/.lint where dashboard-linter is to look away. The boards are those of Layout;
// a uid that Grafana refuses, or that two boards have, is an error.
func Files(boards []plan.Board) (map[string][]byte, error) {
	files := make(map[string][]byte, len(boards))
	for i := range boards {
		b := &boards[i]
		name := "dashboards/" + b.UID + ".json"
		if !aUID.MatchString(b.UID) {
			return nil, fmt.Errorf("render %s: Grafana refuses the uid %q", name, b.UID)
		}
		if _, dup := files[name]; dup {
			return nil, fmt.Errorf("render %s: two boards have this uid", name)
		}
		data, err := encode(b)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		files[name] = data
	}
	exclusions, err := lintExclusions(boards)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", lintFile, err)
	}
	if exclusions != nil {
		files[lintFile] = exclusions
	}
	return files, nil
}

func encode(b *plan.Board) ([]byte, error) {
	d, err := classic(b)
	if err != nil {
		return nil, err
	}
	tree, err := plainTree(d)
	if err != nil {
		return nil, err
	}
	complete(tree)
	return indented(tree)
}

// complete adds the empty lists that the SDK leaves out where Grafana puts them.
func complete(tree map[string]any) {
	if tree["links"] == nil {
		tree["links"] = []any{}
	}
	for _, list := range []string{"templating", "annotations"} {
		if m := tree[list].(map[string]any); m["list"] == nil {
			m["list"] = []any{}
		}
	}
	for _, v := range tree["templating"].(map[string]any)["list"].([]any) {
		v.(map[string]any)["options"] = []any{}
	}
	eachDefaults(tree, func(defaults map[string]any) {
		if defaults["mappings"] == nil {
			defaults["mappings"] = []any{}
		}
	})
}

// format returns a value as JSON, as Grafana saves it: keys sorted and no null.
func format(v any) ([]byte, error) {
	tree, err := plainTree(v)
	if err != nil {
		return nil, err
	}
	return indented(tree)
}

// plainTree returns a value as its JSON decodes, without the nulls.
func plainTree(v any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	dropNulls(tree)
	return tree, nil
}

func indented(tree map[string]any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(tree)
	return out.Bytes(), err
}

func dropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if value == nil {
				delete(v, key)
				continue
			}
			dropNulls(value)
		}
	case []any:
		for _, value := range v {
			dropNulls(value)
		}
	}
}

// eachDefaults calls f for the field defaults of every panel that has them.
func eachDefaults(of map[string]any, f func(map[string]any)) {
	panels, _ := of["panels"].([]any)
	for _, p := range panels {
		panel := p.(map[string]any)
		if config, ok := panel["fieldConfig"].(map[string]any); ok {
			f(config["defaults"].(map[string]any))
		}
		eachDefaults(panel, f)
	}
}

// classic returns a board as the SDK's classic dashboard.
//
//lint:ignore SA1019 file provisioning takes nothing newer: see the package comment
func classic(b *plan.Board) (*dashboard.Dashboard, error) {
	//lint:ignore SA1019 as above
	d := &dashboard.Dashboard{
		Uid:                  &b.UID,
		Title:                &b.Title,
		Tags:                 b.Tags,
		Timezone:             new("browser"),
		Editable:             new(false),
		GraphTooltip:         new(dashboard.DashboardCursorSyncCrosshair),
		Time:                 &dashboard.DashboardDashboardTime{From: b.From, To: "now"},
		Timepicker:           &dashboard.TimePickerConfig{},
		FiscalYearStartMonth: new(uint8(0)),
		WeekStart:            new(""),
		Refresh:              &b.Refresh,
		SchemaVersion:        schemaVersion,
		Panels:               []dashboard.PanelOrRowPanel{},
		Annotations:          dashboard.AnnotationContainer{List: []dashboard.AnnotationQuery{builtIn()}},
	}
	if b.Description != "" {
		d.Description = &b.Description
	}
	if b.Folder != "" {
		d.Links = []dashboard.DashboardLink{menu(b)}
	}
	names := sourceNames(b)
	for _, v := range b.Variables {
		d.Templating.List = append(d.Templating.List, variable(v, names))
	}
	for _, a := range b.Annotations {
		d.Annotations.List = append(d.Annotations.List, annotation(a, names))
	}
	var err error
	d.Panels, err = panelsOf(b, names)
	return d, err
}

// sourceNames maps data source plugins to the variables of a board that choose one.
func sourceNames(b *plan.Board) map[string]string {
	names := map[string]string{}
	for _, v := range b.Variables {
		if v.Type == "datasource" {
			names[v.Query] = v.Name
		}
	}
	return names
}

// builtIn is the annotation that every dashboard has.
func builtIn() dashboard.AnnotationQuery {
	return dashboard.AnnotationQuery{
		BuiltIn:    new(1.0),
		Datasource: &common.DataSourceRef{Type: new("grafana"), Uid: new("-- Grafana --")},
		Enable:     true,
		Hide:       new(true),
		IconColor:  "rgba(0, 211, 255, 1)",
		Name:       "Annotations & Alerts",
		Type:       new("dashboard"),
	}
}

// menu returns the menu of the dashboards of a board's folder, which keeps variables and
// time.
func menu(b *plan.Board) dashboard.DashboardLink {
	return dashboard.DashboardLink{
		Title: "Dashboards", Type: dashboard.DashboardLinkTypeDashboards, Icon: "external link", Url: new(""), Tags: b.Tags,
		AsDropdown: true, IncludeVars: true, KeepTime: true,
	}
}

// variable returns a variable. names maps data source plugins to the variables that
// choose one.
func variable(v plan.Variable, names map[string]string) dashboard.VariableModel {
	m := dashboard.VariableModel{
		Name:  v.Name,
		Label: &v.Label,
		Regex: &v.Regex,
		Query: &dashboard.StringOrMap{String: &v.Query},
	}
	if v.Type == "datasource" {
		current := cmp.Or(v.Current, "default")
		m.Type = dashboard.VariableTypeDatasource
		m.Current = &dashboard.VariableOption{Text: one(current), Value: one(current)}
		m.Refresh = new(dashboard.VariableRefreshOnDashboardLoad)
		return m
	}
	if v.Type == "custom" {
		m.Type = dashboard.VariableTypeCustom
		text, value := plan.TextValue(v.Current)
		m.Current = &dashboard.VariableOption{Text: one(text), Value: one(value)}
		return m
	}
	m.Type = dashboard.VariableTypeQuery
	m.Datasource = ref("prometheus", names)
	m.Definition = &v.Query
	m.Refresh = new(dashboard.VariableRefreshOnTimeRangeChanged)
	m.Sort = new(dashboard.VariableSortAlphabeticalAsc)
	if v.Single {
		return m // with its first value
	}
	m.Multi, m.IncludeAll, m.AllValue = new(true), new(true), new(".+")
	m.Current = &dashboard.VariableOption{Text: several("All"), Value: several("$__all")}
	if v.Current != "" {
		m.Current = &dashboard.VariableOption{Text: several(v.Current), Value: several(v.Current)}
	}
	return m
}

func one(s string) dashboard.StringOrArrayOfString {
	return dashboard.StringOrArrayOfString{String: &s}
}

func several(s string) dashboard.StringOrArrayOfString {
	return dashboard.StringOrArrayOfString{ArrayOfString: []string{s}}
}

// ref refers to a data source by its variable, so that no import asks for one.
func ref(plugin string, names map[string]string) *common.DataSourceRef {
	return &common.DataSourceRef{Type: &plugin, Uid: new("${" + names[plugin] + "}")}
}

// panelsOf returns the panels and row headers of a board in their order. A collapsed
// row holds its panels; they keep the places that they take when it opens.
func panelsOf(b *plan.Board, names map[string]string) ([]dashboard.PanelOrRowPanel, error) {
	list := []dashboard.PanelOrRowPanel{}
	y := 0
	for _, row := range b.Rows {
		var panels []dashboard.Panel
		bottom := y
		for i := range row.Panels {
			p, err := panel(&row.Panels[i], names)
			if err != nil {
				return nil, err
			}
			panels = append(panels, p)
			bottom = max(bottom, row.Panels[i].Y+row.Panels[i].H)
		}
		if row.Title != "" {
			header := &dashboard.RowPanel{
				Type:      "row",
				Id:        uint32(row.ID),
				Title:     new(row.Title),
				Collapsed: row.Collapsed,
				GridPos:   &dashboard.GridPos{X: 0, Y: uint32(y), W: columns, H: 1},
				Panels:    []dashboard.Panel{},
			}
			list = append(list, dashboard.PanelOrRowPanel{RowPanel: header})
			y++
			if row.Collapsed {
				header.Panels = append(header.Panels, panels...)
				continue
			}
		}
		for i := range panels {
			list = append(list, dashboard.PanelOrRowPanel{Panel: &panels[i]})
		}
		y = max(y, bottom)
	}
	return list, nil
}

// panel returns a panel with what its kind adds.
func panel(p *plan.Panel, names map[string]string) (dashboard.Panel, error) {
	k, ok := kindOf(p.Kind)
	if !ok {
		return dashboard.Panel{}, fmt.Errorf("panel %q: unknown kind %q", p.Title, p.Kind)
	}
	out := dashboard.Panel{
		Type:          k.Plugin,
		Id:            new(uint32(p.ID)),
		PluginVersion: new(pluginVersion),
		Title:         &p.Title,
		GridPos:       &dashboard.GridPos{X: uint32(p.X), Y: uint32(p.Y), W: uint32(p.W), H: uint32(p.H)},
		FieldConfig:   fieldConfig(p),
	}
	if p.Description != "" {
		out.Description = &p.Description
	}
	for _, l := range p.Links {
		out.Links = append(out.Links, dashboard.DashboardLink{
			Title: l.Title, Url: &l.URL, Type: dashboard.DashboardLinkTypeLink, Icon: "external link", Tags: []string{}, TargetBlank: true,
		})
	}
	for _, q := range p.Queries {
		out.Targets = append(out.Targets, target(q, names))
	}
	out.Datasource = datasource(p, names)
	k.Build(p, &out)
	return out, nil
}

// datasource returns the data source of a panel: that of its queries, Grafana's mixed
// one where they differ, none where there is no query.
func datasource(p *plan.Panel, names map[string]string) *common.DataSourceRef {
	if len(p.Queries) == 0 {
		return nil
	}
	first := source(p.Queries[0])
	for _, q := range p.Queries {
		if source(q) != first {
			return &common.DataSourceRef{Type: new("datasource"), Uid: new("-- Mixed --")}
		}
	}
	return ref(first, names)
}

// source returns the plugin that a query asks.
func source(q plan.Query) string { return cmp.Or(q.Datasource, "prometheus") }

// target returns a query. Each names its data source, as Grafana writes it.
func target(q plan.Query, names map[string]string) variants.Dataquery {
	legend := cmp.Or(q.Legend, "__auto") // Grafana's own choice
	if source(q) == "loki" {
		t := loki.Dataquery{
			Datasource:   ref("loki", names),
			EditorMode:   new(loki.QueryEditorModeCode),
			Expr:         q.Expr,
			LegendFormat: &q.Legend,
			QueryType:    new(string(loki.LokiQueryTypeRange)),
			RefId:        &q.RefID,
		}
		if q.Instant {
			t.QueryType = new(string(loki.LokiQueryTypeInstant))
		}
		return t
	}
	format := prometheus.PromQueryFormatTimeSeries
	switch {
	case q.Heatmap:
		format = prometheus.PromQueryFormatHeatmap
	case q.Table:
		format = prometheus.PromQueryFormatTable
	}
	out := prometheus.Dataquery{
		Datasource:   ref("prometheus", names),
		EditorMode:   new(prometheus.QueryEditorModeCode),
		Expr:         q.Expr,
		Format:       &format,
		Instant:      &q.Instant,
		LegendFormat: &legend,
		Range:        new(!q.Instant),
		RefId:        &q.RefID,
	}
	if q.Exemplars {
		out.Exemplar = new(true)
	}
	return out
}

// fieldConfig returns how the values of a panel are shown. The unit is never left
// out: "short" is that of plain numbers.
func fieldConfig(p *plan.Panel) *dashboard.FieldConfigSource {
	c := &dashboard.FieldConfigSource{
		Defaults: dashboard.FieldConfig{
			Unit:       new(cmp.Or(p.Unit, "short")),
			Min:        p.Min,
			Max:        p.Max,
			Thresholds: &dashboard.ThresholdsConfig{Mode: dashboard.ThresholdsModeAbsolute, Steps: thresholds(p.Steps)},
		},
		Overrides: []dashboard.DashboardFieldConfigSourceOverrides{},
	}
	if p.Decimals != nil {
		c.Defaults.Decimals = new(float64(*p.Decimals))
	}
	if p.NoValue != "" {
		c.Defaults.NoValue = &p.NoValue
	}
	if len(p.Mappings) > 0 {
		c.Defaults.Mappings = []dashboard.ValueMapping{valueMapping(p.Mappings)}
	}
	for _, o := range p.Overrides {
		c.Overrides = append(c.Overrides, override(p, o))
	}
	return c
}

// thresholds returns steps, green throughout where there are none. The value of the
// first is minus infinity to Grafana, which writes 0.
func thresholds(steps []plan.Step) []dashboard.Threshold {
	if len(steps) == 0 {
		steps = []plan.Step{{Color: "green"}}
	}
	var all []dashboard.Threshold
	for i, s := range steps {
		value := s.Value
		if i == 0 {
			value = 0
		}
		all = append(all, dashboard.Threshold{Value: &value, Color: s.Color})
	}
	return all
}

func valueMapping(mappings []plan.Mapping) dashboard.ValueMapping {
	m := &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: map[string]dashboard.ValueMappingResult{}}
	for i, v := range mappings {
		result := dashboard.ValueMappingResult{Text: &v.Text, Index: new(int32(i))}
		if v.Color != "" {
			result.Color = &v.Color
		}
		m.Options[v.Value] = result
	}
	return dashboard.ValueMapping{ValueMap: m}
}

// override returns what is different for some of a panel's series. In a table they
// are columns, which after the merge belong to no query.
func override(p *plan.Panel, o plan.Override) dashboard.DashboardFieldConfigSourceOverrides {
	matcher := dashboard.MatcherConfig{Id: "byFrameRefID", Options: o.RefID}
	if k, _ := kindOf(p.Kind); k.Table {
		matcher = dashboard.MatcherConfig{Id: "byName", Options: column(p, o.RefID)}
	}
	if o.Regexp != "" {
		matcher = dashboard.MatcherConfig{Id: "byRegexp", Options: "/^(?:" + o.Regexp + ")$/"}
	}
	properties := []dashboard.DynamicConfigValue{}
	set := func(id string, value any) {
		properties = append(properties, dashboard.DynamicConfigValue{Id: id, Value: value})
	}
	if o.Unit != "" {
		set("unit", o.Unit)
	}
	if o.Color != "" {
		set("color", map[string]any{"mode": "fixed", "fixedColor": o.Color})
	}
	if o.Dash {
		set("custom.lineStyle", map[string]any{"fill": "dash", "dash": []int{10, 10}})
	}
	if o.NegativeY {
		set("custom.transform", "negative-Y")
	}
	if o.NoFill {
		set("custom.fillOpacity", 0)
	}
	return dashboard.DashboardFieldConfigSourceOverrides{Matcher: matcher, Properties: properties}
}
