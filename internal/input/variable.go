package input

import (
	"fmt"
	"regexp"
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
