package input

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// This file reads dashboards of dashboard.grafana.app/v2, in which a map holds the
// panels and a tree of layouts says where they stand. In v2alpha1 the kind of a query,
// a variable's query and a visualisation is the plugin's id; later it is their group.
// Source: grafana/grafana, apps/dashboard/kinds/v2*/dashboard_spec.cue

func (r *dashboardReader) v2(root *source.Node) {
	for _, v := range root.List("variables") {
		r.defines(v.Get("spec").String("name"))
	}
	places := map[string]placing{}
	r.layout(root.Get("layout"), true, nil, places)
	for _, f := range root.Get("elements").Fields {
		at, placed := places[f.Key]
		if !placed && len(places) > 0 {
			r.d.Unplaced = append(r.d.Unplaced, Text{f.Key, f.Pos})
		}
		r.element(f.Value, at)
		delete(places, f.Key)
	}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		r.d.Missing = append(r.d.Missing, Text{name, places[name].pos})
	}
	r.templating(root)
	for _, v := range root.List("variables") {
		r.variableV2(v)
	}
	for _, a := range root.List("annotations") {
		spec := a.Get("spec")
		query := spec.Get("query")
		expr := query.Get("spec").Get("expr")
		if expr == nil {
			expr = spec.Get("legacyOptions").Get("expr")
		}
		r.query(expr, fmt.Sprintf("annotation %q", spec.String("name")), r.sourceV2(spec, query), r.d.Ignores)
	}
}

// A placing is where the layout puts an element.
type placing struct {
	grid    *source.Node // the item of the dashboard's own grid; nil: Grafana lays it out
	repeats []Text
	pos     schema.Pos // of the element's name
}

// layout notes where a layout, and those inside it, put elements.
func (r *dashboardReader) layout(n *source.Node, top bool, repeats []Text, to map[string]placing) {
	spec := n.Get("spec")
	for _, item := range spec.List("items") {
		spec := item.Get("spec")
		at := placing{repeats: slices.Concat(texts(spec.Get("repeat").Get("value")), repeats)}
		if top && n.String("kind") == "GridLayout" {
			at.grid = spec
		}
		for _, name := range texts(spec.Get("element").Get("name")) {
			at.pos = name.Pos
			to[name.Text] = at
		}
	}
	for _, key := range []string{"rows", "tabs"} {
		for _, in := range spec.List(key) {
			spec := in.Get("spec")
			r.layout(spec.Get("layout"), false, slices.Concat(texts(spec.Get("repeat").Get("value")), repeats), to)
		}
	}
}

// element reads a panel. Where it stands in no grid of the dashboard's own, Grafana lays
// it out.
func (r *dashboardReader) element(n *source.Node, at placing) {
	item := at.grid
	if len(r.d.Panels) > maxPanels {
		return
	}
	spec := n.Get("spec")
	viz := spec.Get("vizConfig")
	p := Panel{ID: integer(spec, "id"), Title: spec.String("title"), Row: -1, Flow: item == nil, Pos: n.Pos(), Library: n.String("kind") == "LibraryPanel"}
	kind := pluginOf(viz)
	p.Type, p.TypePos = textOf(kind), posOf(kind, p.Pos)
	if item != nil {
		p.GridPos = &GridPos{integer(item, "x"), integer(item, "y"), integer(item, "width"), integer(item, "height"), item.Pos()}
	}
	config := viz.Get("spec").Get("fieldConfig")
	p.Units, p.Thresholds = units(config), thresholds(config)
	p.Described, p.Repeats = spec.String("description") != "", at.repeats
	for _, q := range spec.Get("data").Get("spec").List("queries") {
		of := q.Get("spec")
		asked := of.Get("query").Get("spec")
		if asked == nil {
			asked = q
		}
		p.Targets = append(p.Targets, targetOf(asked, of.String("refId"), integer(asked, "panelId")))
	}
	p.Field = n.Path()
	p.Ignores = slices.Concat(r.ignores(spec.Get("description")), r.d.Ignores)
	r.d.Panels = append(r.d.Panels, p)
	for _, q := range spec.Get("data").Get("spec").List("queries") {
		of := q.Get("spec")
		query := of.Get("query").Get("spec")
		r.drawn(r.query(query.Get("expr"), ownerOf(p), r.sourceV2(of, of.Get("query")), p.Ignores), query.Get("legendFormat"))
	}
}

func (r *dashboardReader) variableV2(v *source.Node) {
	spec := v.Get("spec")
	query := spec.Get("query")
	if v.String("kind") != "QueryVariable" || query == nil {
		return
	}
	text := query
	for _, key := range []string{"__legacyStringValue", "query"} {
		if in := query.Get("spec").Get(key); in != nil {
			text = in
			break
		}
	}
	r.variable(spec.String("name"), text, r.sourceV2(spec, query))
}

// sourceV2 returns the plugin id of what answers a query, "" where it cannot be known.
// of is the object that the query is a part of.
func (r *dashboardReader) sourceV2(of, query *source.Node) string {
	if id := r.source(of.Get("datasource")); id != "" {
		return id
	}
	if name := query.Get("datasource").String("name"); strings.HasPrefix(name, "$") {
		if id, ok := r.sources[strings.Trim(name, "${}")]; ok {
			return dialect(id)
		}
	}
	if kind := pluginOf(query); kind != nil {
		return dialect(kind.Text)
	}
	return ""
}

// pluginOf returns the node that says which plugin a query or a visualisation is of; nil
// where none does.
func pluginOf(n *source.Node) *source.Node {
	switch group := n.Get("group"); {
	case group != nil && group.Text != "":
		return group
	case slices.Contains([]string{"", "DataQuery", "VizConfig"}, n.String("kind")):
		return nil
	}
	return n.Get("kind")
}

func textOf(n *source.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}
