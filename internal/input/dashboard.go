package input

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// ParseDashboard reads a dashboard: as exported or provisioned, as the HTTP API
// returns it (under "dashboard"), or as a resource of kind Dashboard (under
// "spec"). The Dashboard is nil where the file is damaged or holds something else;
// then there are findings, of check "json".
func ParseDashboard(file string, data []byte) (*Dashboard, []schema.Finding) {
	doc, findings := source.JSON(file, data, maxSize)
	if doc.Root == nil {
		return nil, findings
	}
	root := unwrap(doc.Root)
	if root.Get("panels") == nil && root.Get("rows") == nil {
		return nil, append(findings, notClassic(doc.Root))
	}
	r := &dashboardReader{sources: dataSources(root)}
	r.d = &Dashboard{File: file, Title: root.String("title"), UID: root.String("uid"), Pos: root.Pos(), doc: doc}
	if name := doc.Root.Get("metadata").String("name"); r.d.UID == "" {
		r.d.UID = name
	}
	r.d.UIDPos = posOf(root.Get("uid"), r.d.Pos)
	for _, list := range [][]*source.Node{root.Get("templating").List("list"), root.List("__inputs")} {
		for _, n := range list {
			r.defines(n.String("name"))
		}
	}
	r.panels(root.List("panels"), -1)
	for _, row := range root.List("rows") {
		r.flow(row.List("panels"))
	}
	r.variables(root.Get("templating").List("list"))
	r.annotations(root.Get("annotations").List("list"))
	return r.d, findings
}

// unwrap returns the classic dashboard inside what carries one.
func unwrap(n *source.Node) *source.Node {
	if in := n.Get("dashboard"); in != nil && in.Kind == source.Map {
		return in
	}
	if in := n.Get("spec"); in != nil && n.String("kind") == "Dashboard" {
		return in
	}
	return n
}

func notClassic(n *source.Node) schema.Finding {
	f := schema.Finding{
		Pos: n.Pos(), Check: "json", Severity: schema.Warning,
		Message: "file holds no dashboard: it has neither panels nor rows", Hint: "leave it out of what is checked",
	}
	if unwrap(n).Get("elements") != nil {
		f.Message, f.Hint = "dashboard is in format v2, which is not read", "export it as classic JSON"
	}
	return f
}

func posOf(n *source.Node, otherwise schema.Pos) schema.Pos {
	if n == nil {
		return otherwise
	}
	return n.Pos()
}

type dashboardReader struct {
	d       *Dashboard
	sources map[string]string // plugin ids by the names of variables and inputs
}

// panels reads panels and, behind each row, those inside it.
func (r *dashboardReader) panels(list []*source.Node, row int) {
	for _, n := range list {
		r.panel(n, Panel{Row: row})
		r.panels(n.List("panels"), len(r.d.Panels)-1)
	}
}

// flow reads the panels of a row of Grafana 4.
func (r *dashboardReader) flow(list []*source.Node) {
	for _, n := range list {
		r.panel(n, Panel{Row: -1, Flow: true})
	}
}

func (r *dashboardReader) panel(n *source.Node, p Panel) {
	p.ID, p.Type, p.Title, p.Pos = integer(n, "id"), n.String("type"), n.String("title"), n.Pos()
	p.TypePos = posOf(n.Get("type"), p.Pos)
	p.Library = n.Get("libraryPanel") != nil
	if g := n.Get("gridPos"); g != nil && g.Kind == source.Map {
		p.GridPos = &GridPos{integer(g, "x"), integer(g, "y"), integer(g, "w"), integer(g, "h"), g.Pos()}
	}
	p.Units = units(n.Get("fieldConfig"))
	r.d.Panels = append(r.d.Panels, p)
	if bound := n.Get("scopedVars"); bound != nil {
		for _, f := range bound.Fields {
			r.defines(f.Key)
		}
	}
	owner := fmt.Sprintf("panel %q", p.Title)
	if p.Title == "" {
		owner = fmt.Sprintf("panel %d", p.ID)
	}
	of := r.source(n.Get("datasource"))
	for _, target := range n.List("targets") {
		ds := r.source(target.Get("datasource"))
		if ds == "" {
			ds = of
		}
		r.query(target.Get("expr"), owner, ds)
	}
}

// defines notes a variable's name, once.
func (r *dashboardReader) defines(name string) {
	if name != "" && !slices.Contains(r.d.Variables, name) {
		r.d.Variables = append(r.d.Variables, name)
	}
}

// units returns the units of a panel's field configuration.
func units(config *source.Node) []Unit {
	var found []Unit
	add := func(n *source.Node) {
		if n != nil && n.Kind == source.String && n.Text != "" {
			found = append(found, Unit{n.Text, n.Pos()})
		}
	}
	add(config.Get("defaults").Get("unit"))
	for _, override := range config.List("overrides") {
		for _, property := range override.List("properties") {
			if property.String("id") == "unit" {
				add(property.Get("value"))
			}
		}
	}
	return found
}

func (r *dashboardReader) query(expr *source.Node, owner, datasource string) {
	if expr == nil || expr.Kind != source.String || strings.TrimSpace(expr.Text) == "" {
		return
	}
	if datasource == "" {
		datasource = "prometheus"
	}
	r.d.Queries = append(r.d.Queries, Query{Expr: expr.Text, Pos: expr.Pos(), Owner: owner, Datasource: datasource})
}

// metricFunctions are the functions of Grafana's Prometheus data source whose first
// argument is an expression, for queries of variables.
var metricFunctions = []*regexp.Regexp{
	regexp.MustCompile(`^\s*label_values\(\s*(.*\S)\s*,\s*[a-zA-Z_]\w*\s*\)\s*$`),
	regexp.MustCompile(`^\s*query_result\(\s*(.*\S)\s*\)\s*$`),
}

func (r *dashboardReader) variables(list []*source.Node) {
	for _, n := range list {
		if n.String("type") != "query" {
			continue
		}
		text := n.Get("query")
		if text != nil && text.Kind == source.Map {
			text = text.Get("query")
		}
		if text == nil || text.Kind != source.String {
			continue
		}
		for _, f := range metricFunctions {
			if m := f.FindStringSubmatchIndex(text.Text); m != nil {
				r.query(text.Part(m[2], m[3]), fmt.Sprintf("variable %q", n.String("name")), r.source(n.Get("datasource")))
			}
		}
	}
}

func (r *dashboardReader) annotations(list []*source.Node) {
	for _, n := range list {
		expr := n.Get("expr")
		if expr == nil {
			expr = n.Get("target").Get("expr")
		}
		r.query(expr, fmt.Sprintf("annotation %q", n.String("name")), r.source(n.Get("datasource")))
	}
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
