package input

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// ParseDashboard reads a dashboard: as exported or provisioned, as the HTTP API
// returns it (under "dashboard"), or as a resource of kind Dashboard (under
// "spec"), classic or v2. The Dashboard is nil where the file is damaged or holds
// something else; then there are findings, of check "json".
func ParseDashboard(file string, data []byte) (*Dashboard, []schema.Finding) {
	doc, findings := source.JSON(file, data, maxSize)
	if doc.Root == nil {
		return nil, findings
	}
	d, found := dashboardOf(doc, doc.Root)
	if d != nil {
		d.Size = len(data)
	}
	return d, append(findings, found...)
}

// dashboardOf reads a dashboard from a node; doc is what its positions are of.
func dashboardOf(doc *source.Document, n *source.Node) (*Dashboard, []schema.Finding) {
	root := unwrap(n)
	if !isDashboard(n) {
		return nil, []schema.Finding{noDashboard(n)}
	}
	r := &dashboardReader{sources: dataSources(root)}
	r.d = &Dashboard{File: doc.File, Title: root.String("title"), UID: root.String("uid"), Pos: root.Pos(), Field: root.Path(), at: places{doc}}
	if name := n.Get("metadata").String("name"); r.d.UID == "" && name != "" {
		r.d.UID, r.d.Resource = name, true
	}
	r.d.UIDPos = posOf(root.Get("uid"), r.d.Pos)
	r.d.Ignores = r.ignores(root.Get("description"))
	r.header(root)
	if root.Get("elements") != nil {
		r.v2(root)
	} else {
		r.classic(root)
	}
	if len(r.d.Panels) > maxPanels {
		return nil, append(r.findings, schema.Finding{
			Pos: r.d.Pos, Check: "json", Message: fmt.Sprintf("dashboard has more than %d panels", maxPanels), Hint: "split the dashboard",
		})
	}
	if len(r.d.Queries) > maxQueries {
		return nil, append(r.findings, tooMany(r.d.Pos, "json", "dashboard"))
	}
	return r.d, r.findings
}

// tooMany says that something is not read because of its number of queries.
func tooMany(pos schema.Pos, check, what string) schema.Finding {
	return schema.Finding{Pos: pos, Check: check, Message: fmt.Sprintf("%s has more than %d queries", what, maxQueries), Hint: "split the " + what}
}

func noDashboard(n *source.Node) schema.Finding {
	return schema.Finding{
		Pos: n.Pos(), Check: "json", Severity: schema.Warning,
		Message: "file holds no dashboard: it has neither panels nor rows", Hint: "leave it out of what is checked",
	}
}

// classic reads a dashboard in the format that Grafana has always had.
func (r *dashboardReader) classic(root *source.Node) {
	for _, list := range [][]*source.Node{root.Get("templating").List("list"), root.List("__inputs")} {
		for _, n := range list {
			r.defines(n.String("name"))
		}
	}
	r.panels(root.List("panels"), -1)
	for _, row := range root.List("rows") {
		r.repeats = texts(row.Get("repeat"))
		r.flow(row.List("panels"))
	}
	r.repeats = nil
	r.library(root.Get("__elements"))
	r.variables(root.Get("templating").List("list"))
	r.templating(root)
	r.annotations(root.Get("annotations").List("list"))
}

// unwrap returns the dashboard inside what carries one.
func unwrap(n *source.Node) *source.Node {
	if in := n.Get("dashboard"); in != nil && in.Kind == source.Map {
		return in
	}
	if in := n.Get("spec"); in != nil && n.String("kind") == "Dashboard" {
		return in
	}
	return n
}

// isDashboard reports whether a node is a dashboard, or carries one.
func isDashboard(n *source.Node) bool {
	root := unwrap(n)
	return root.Get("panels") != nil || root.Get("rows") != nil || root.Get("elements") != nil && root.Get("elements").Kind == source.Map
}

func posOf(n *source.Node, otherwise schema.Pos) schema.Pos {
	if n == nil {
		return otherwise
	}
	return n.Pos()
}

type dashboardReader struct {
	d        *Dashboard
	sources  map[string]string // plugin ids by the names of variables and inputs
	repeats  []Text            // of the row that panels are being read of
	findings []schema.Finding
}

// header reads what both formats have at the top.
func (r *dashboardReader) header(root *source.Node) {
	for _, tag := range root.List("tags") {
		r.d.Tags = append(r.d.Tags, texts(tag)...)
	}
	refresh := root.Get("refresh")
	if refresh == nil {
		refresh = root.Get("timeSettings").Get("autoRefresh")
	}
	for _, t := range texts(refresh) {
		r.d.Refresh = t
	}
	r.d.Editable = root.Get("editable") == nil || root.String("editable") == "true"
	eachNode(root, func(key string, n *source.Node) {
		if key == "datasource" {
			name := n
			if n.Kind == source.Map {
				if name = n.Get("uid"); name == nil {
					name = n.Get("name")
				}
			}
			r.d.Sources = append(r.d.Sources, texts(name)...)
		}
	})
}

// texts returns a string that is not empty, as a list of one; else nothing.
func texts(n *source.Node) []Text {
	if n == nil || n.Kind != source.String || n.Text == "" {
		return nil
	}
	return []Text{{n.Text, n.Pos()}}
}

// eachNode calls f with every value below n and the key that it, or the list that it is in,
// stands behind.
func eachNode(n *source.Node, f func(key string, n *source.Node)) {
	for _, item := range n.Items {
		eachNode(item, f)
	}
	for _, field := range n.Fields {
		f(field.Key, field.Value)
		if field.Value.Kind == source.List {
			for _, item := range field.Value.Items {
				if item.Kind == source.String {
					f(field.Key, item)
				}
			}
		}
		eachNode(field.Value, f)
	}
}

// ignoreLine matches a line of a description that accepts a finding. Inside <!-- -->
// Grafana does not show it.
var ignoreLine = regexp.MustCompile(`(?m)^[ \t]*(?:<!--[ \t]*)?(dashgen:ignore)\b(.*?)[ \t]*(?:-->[ \t]*)?\r?$`)

// ignores returns what the lines of a description accept.
func (r *dashboardReader) ignores(description *source.Node) []config.Ignore {
	if description == nil || description.Kind != source.String {
		return nil
	}
	var found []config.Ignore
	for _, m := range ignoreLine.FindAllStringSubmatchIndex(description.Text, -1) {
		i, f := config.ParseIgnore(description.Text[m[4]:m[5]], description.At(m[2]))
		if f != nil {
			r.findings = append(r.findings, *f)
			continue
		}
		found = append(found, i)
	}
	return found
}

// panels reads panels and, behind each row, those inside it.
func (r *dashboardReader) panels(list []*source.Node, row int) {
	for _, n := range list {
		if n.String("type") == "row" { // what follows an open row is in it, too
			r.repeats = texts(n.Get("repeat"))
			r.panel(n, Panel{Row: row})
		} else {
			r.panel(n, Panel{Row: row, Repeats: texts(n.Get("repeat"))})
		}
		r.panels(n.List("panels"), len(r.d.Panels)-1)
	}
}

// flow reads the panels of a row of Grafana 4.
func (r *dashboardReader) flow(list []*source.Node) {
	for _, n := range list {
		r.panel(n, Panel{Row: -1, Flow: true, Repeats: texts(n.Get("repeat"))})
	}
}

func (r *dashboardReader) panel(n *source.Node, p Panel) {
	if len(r.d.Panels) > maxPanels {
		return
	}
	p.ID, p.Type, p.Title, p.Pos = integer(n, "id"), n.String("type"), n.String("title"), n.Pos()
	p.TypePos = posOf(n.Get("type"), p.Pos)
	p.Library = n.Get("libraryPanel") != nil
	if g := n.Get("gridPos"); g != nil && g.Kind == source.Map {
		p.GridPos = &GridPos{integer(g, "x"), integer(g, "y"), integer(g, "w"), integer(g, "h"), g.Pos()}
	}
	p.Units, p.Thresholds = units(n.Get("fieldConfig")), thresholds(n.Get("fieldConfig"))
	p.Field = n.Path()
	p.Ignores = slices.Concat(r.ignores(n.Get("description")), r.d.Ignores)
	p.Described, p.Repeats = n.String("description") != "", slices.Concat(p.Repeats, r.repeats)
	for _, target := range n.List("targets") {
		p.Targets = append(p.Targets, targetOf(target, target.String("refId"), integer(target, "panelId")))
	}
	r.d.Panels = append(r.d.Panels, p)
	if bound := n.Get("scopedVars"); bound != nil {
		for _, f := range bound.Fields {
			r.defines(f.Key)
		}
	}
	r.targets(n, p)
	if model := n.Get("libraryPanel").Get("model"); model != nil {
		r.targets(model, p)
	}
}

// targets reads the queries of a panel.
func (r *dashboardReader) targets(n *source.Node, p Panel) {
	of := r.source(n.Get("datasource"))
	for _, target := range n.List("targets") {
		ds := r.source(target.Get("datasource"))
		if ds == "" {
			ds = of
		}
		r.drawn(r.query(target.Get("expr"), ownerOf(p), ds, p.Ignores), target.Get("legendFormat"))
	}
}

// drawn says of a query that the last panel draws it, with a legend.
func (r *dashboardReader) drawn(q *Query, legend *source.Node) {
	if q == nil {
		return
	}
	q.Panel = len(r.d.Panels) - 1
	if legend != nil && legend.Kind == source.String {
		q.Legend, q.LegendPos = legend.Text, legend.Pos()
	}
}

// ownerOf names a panel, for messages.
func ownerOf(p Panel) string {
	if p.Title == "" {
		return fmt.Sprintf("panel %d", p.ID)
	}
	return fmt.Sprintf("panel %q", p.Title)
}

// library reads the panels of Grafana's library that an export brings along.
func (r *dashboardReader) library(elements *source.Node) {
	if elements == nil {
		return
	}
	list := slices.Clone(elements.Items)
	for _, f := range elements.Fields {
		list = append(list, f.Value)
	}
	for _, n := range list {
		if model := n.Get("model"); model != nil {
			r.panel(model, Panel{Row: -1, Flow: true})
		}
	}
}

// defines notes a variable's name, once.
func (r *dashboardReader) defines(name string) {
	if name != "" && !slices.Contains(r.d.Variables, name) {
		r.d.Variables = append(r.d.Variables, name)
	}
}

// targetOf reads a target. Two ask for the same if they differ in nothing but their name and
// legend.
func targetOf(n *source.Node, refID string, panel int) Target {
	t := Target{RefID: refID, Panel: panel, Pos: n.Pos()}
	if n.String("hide") == "true" {
		t.RefID = "" // it is not sent
	}
	if n.String("expr") == "" {
		return t
	}
	var same strings.Builder
	for _, f := range slices.SortedFunc(slices.Values(n.Fields), func(a, b source.Field) int { return strings.Compare(a.Key, b.Key) }) {
		if !slices.Contains([]string{"refId", "legendFormat", "intervalFactor", "editorMode"}, f.Key) {
			fmt.Fprintf(&same, "%s %v\n", f.Key, f.Value.Value())
		}
	}
	t.Same = same.String()
	return t
}

// thresholds returns the absolute values of a panel's field configuration from which on
// other colours hold.
func thresholds(config *source.Node) []float64 {
	of := config.Get("defaults").Get("thresholds")
	if of.String("mode") == "percentage" {
		return nil
	}
	var found []float64
	for _, step := range of.List("steps") {
		if v, err := strconv.ParseFloat(step.String("value"), 64); err == nil {
			found = append(found, v)
		}
	}
	return found
}

// units returns the units of a panel's field configuration.
func units(config *source.Node) []Unit {
	var found []Unit
	add := func(n *source.Node, field bool) {
		if n != nil && n.Kind == source.String && n.Text != "" {
			found = append(found, Unit{n.Text, n.Pos(), field})
		}
	}
	add(config.Get("defaults").Get("unit"), false)
	for _, override := range config.List("overrides") {
		for _, property := range override.List("properties") {
			if property.String("id") == "unit" {
				add(property.Get("value"), true)
			}
		}
	}
	return found
}

// query reads an expression; nil where there is none.
func (r *dashboardReader) query(expr *source.Node, owner, datasource string, ignores []config.Ignore) *Query {
	if len(r.d.Queries) > maxQueries || expr == nil || expr.Kind != source.String || strings.TrimSpace(expr.Text) == "" {
		return nil
	}
	if datasource == "" {
		datasource = "prometheus"
	}
	r.d.Queries = append(r.d.Queries, Query{Expr: expr.Text, Pos: expr.Pos(), Owner: owner, Datasource: datasource, Ignores: ignores, Panel: -1, Field: expr.Path()})
	return &r.d.Queries[len(r.d.Queries)-1]
}

// dataSources returns the plugin ids that a dashboard says of its data source
// variables and of the inputs that an export asks for.
func dataSources(root *source.Node) map[string]string {
	ids := map[string]string{}
	for _, n := range root.List("__inputs") {
		ids[n.String("name")] = n.String("pluginId")
	}
	for _, n := range root.Get("templating").List("list") {
		if n.String("type") == "datasource" {
			ids[n.String("name")] = n.String("query")
		}
	}
	for _, n := range root.List("variables") {
		if n.String("kind") == "DatasourceVariable" {
			ids[n.Get("spec").String("name")] = n.Get("spec").String("pluginId")
		}
	}
	return ids
}

// speaksPromQL maps the plugins that answer PromQL in Prometheus' place to it.
var speaksPromQL = map[string]string{
	"grafana-amazonprometheus-datasource": "prometheus",
	"grafana-azureprometheus-datasource":  "prometheus",
}

func dialect(id string) string {
	if as := speaksPromQL[id]; as != "" {
		return as
	}
	return id
}

// source returns the plugin id that a datasource key names, or "" where it cannot
// be known: the default, a mixture, or a name that only the server can look up.
func (r *dashboardReader) source(n *source.Node) string {
	if n == nil {
		return ""
	}
	name := n.Text
	if n.Kind == source.Map {
		name = n.String("uid")
		if id := n.String("type"); id != "" && id != "datasource" && !strings.HasPrefix(id, "$") {
			return dialect(id)
		}
	}
	if id, ok := r.sources[strings.Trim(name, "${}")]; ok && strings.HasPrefix(name, "$") {
		return dialect(id)
	}
	for _, id := range []string{"prometheus", "loki"} { // the names that the manuals suggest
		if strings.EqualFold(name, id) {
			return id
		}
	}
	return ""
}

// integer returns a key's value where it is a whole number, else 0. Grafana 4
// wrote some as strings.
func integer(n *source.Node, key string) int {
	v, err := strconv.ParseFloat(n.String(key), 64)
	if err != nil || v != float64(int32(v)) {
		return 0
	}
	return int(v)
}
