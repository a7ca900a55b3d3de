package input

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
)

// This file reads the queries of variables and annotations.

// Functions of Grafana's Prometheus data source, for queries of variables.
// Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#query-variable
var (
	labelValues = regexp.MustCompile(`^\s*label_values\(\s*(?s:(.*\S))\s*,\s*([a-zA-Z_]\w*)\s*\)\s*$`)
	queryResult = regexp.MustCompile(`^\s*query_result\(\s*(?s:(.*\S))\s*\)\s*$`)
)

func (r *dashboardReader) variables(list []*source.Node) {
	for _, n := range list {
		if n.String("type") != "query" {
			continue
		}
		text := n.Get("query")
		if text != nil && text.Kind == source.Map {
			text = text.Get("query")
		}
		r.variable(n.String("name"), text, r.source(n.Get("datasource")))
	}
}

// variable reads the query of a variable. label_values(S, L) asks for the values that
// the label L has among the series of S, as group by (L) (S) does.
func (r *dashboardReader) variable(name string, text *source.Node, datasource string) {
	if text == nil || text.Kind != source.String {
		return
	}
	owner := fmt.Sprintf("variable %q", name)
	if m := queryResult.FindStringSubmatchIndex(text.Text); m != nil {
		r.query(text.Part(m[2], m[3]), owner, datasource, r.d.Ignores)
	}
	m := labelValues.FindStringSubmatchIndex(text.Text)
	if m == nil {
		return
	}
	series, label := text.Part(m[2], m[3]), text.Part(m[4], m[5])
	if !strings.ContainsAny(series.Text[:1], "{") && (datasource == "" || datasource == "prometheus") {
		open, closing := text.Part(m[0], m[0]), text.Part(m[3], m[3])
		series = source.Join(
			source.Piece{Node: open, Text: "group by ("}, source.Piece{Node: label}, source.Piece{Node: open, Text: ") ("},
			source.Piece{Node: series}, source.Piece{Node: closing, Text: ")"})
	}
	r.query(series, owner, datasource, r.d.Ignores)
}

func (r *dashboardReader) annotations(list []*source.Node) {
	for _, n := range list {
		expr := n.Get("expr")
		if expr == nil {
			expr = n.Get("target").Get("expr")
		}
		r.query(expr, fmt.Sprintf("annotation %q", n.String("name")), r.source(n.Get("datasource")), r.d.Ignores)
	}
}

// templating reads what the variables of a dashboard are, in either format, and which of
// them are used.
func (r *dashboardReader) templating(root *source.Node) {
	list := root.Get("templating").List("list")
	v2 := root.List("variables")
	for _, n := range list {
		r.template(n, n, n.String("type"), n.String("refresh") == "2")
	}
	for _, n := range v2 {
		spec := n.Get("spec")
		r.template(n, spec, strings.ToLower(strings.TrimSuffix(n.String("kind"), "Variable")), spec.String("refresh") == "onTimeRangeChanged")
	}
	used := usedIn(root, append(list[:len(list):len(list)], v2...))
	for i := range r.d.Templating {
		v := &r.d.Templating[i]
		v.Used = v.Used || used[v.Name] || used[everyVariable]
	}
}

// template reads a variable, whose definition of holds.
func (r *dashboardReader) template(n, of *source.Node, kind string, reloads bool) {
	v := Variable{Name: of.String("name"), Type: kind, Reloads: reloads, Pos: posOf(of.Get("name"), n.Pos())}
	v.Several = of.String("multi") == "true" || of.String("includeAll") == "true"
	v.Used = slices.Contains([]string{"adhoc", "groupby", "system"}, kind)
	if kind == "query" {
		text := of.Get("query")
		v.Source = r.source(of.Get("datasource"))
		if n != of {
			v.Source = r.sourceV2(of, text)
		}
		for text != nil && text.Kind == source.Map {
			if in := text.Get("__legacyStringValue"); in != nil {
				text = in
			} else if in := text.Get("query"); in != nil {
				text = in
			} else {
				text = text.Get("spec")
			}
		}
		for _, t := range texts(text) {
			v.Query = t
		}
	}
	if v.Name != "" {
		r.d.Templating = append(r.d.Templating, v)
	}
}

// A Reference is where a text refers to a variable.
type Reference struct {
	Name   string
	Offset int // of the $ or [[
}

// reference matches a reference to a variable as Grafana does.
// Source: grafana/grafana, public/app/features/variables/utils.ts, variableRegex.
var reference = regexp.MustCompile(`\$(\w+)|\[\[(\w+)(?:\.[^:\]]+)?(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}`)

// References returns the variables that a text refers to.
func References(text string) []Reference {
	if !strings.ContainsAny(text, "$[") {
		return nil
	}
	var found []Reference
	for _, m := range reference.FindAllStringSubmatchIndex(text, -1) {
		for group := 2; group < len(m); group += 2 {
			if m[group] >= 0 {
				found = append(found, Reference{text[m[group]:m[group+1]], m[0]})
			}
		}
	}
	return found
}

// everyVariable is the variable that stands for all.
const everyVariable = "__all_variables"

// usedIn returns the variables that a dashboard refers to, each outside of its own
// definition. Those that links pass on are everyVariable.
func usedIn(root *source.Node, definitions []*source.Node) map[string]bool {
	used := map[string]bool{}
	own := map[*source.Node]string{}
	for _, n := range definitions {
		name := n.String("name")
		if name == "" {
			name = n.Get("spec").String("name")
		}
		own[n] = name
	}
	var walk func(key, within string, n *source.Node)
	walk = func(key, within string, n *source.Node) {
		if name := own[n]; name != "" {
			within = name
		}
		switch {
		case n.Kind == source.String:
			if key == "repeat" || key == "value" && n.Text != "" { // of v2: repeat: {value: NAME}
				used[n.Text] = true
			}
			for _, ref := range References(n.Text) {
				if ref.Name != within {
					used[ref.Name] = true
				}
			}
		case key == "includeVars" && n.Text == "true":
			used[everyVariable] = true
		}
		for _, item := range n.Items {
			walk(key, within, item)
		}
		for _, f := range n.Fields {
			walk(f.Key, within, f.Value)
		}
	}
	walk("", "", root)
	return used
}
