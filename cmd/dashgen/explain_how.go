package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dashgen/dashgen/schema"
)

// This file prints how a metric was put together.

// maxSites is how many definitions, and how many places of one kind, are shown.
const maxSites = 3

// how prints, for each definition of a metric, what its name is made of, one expression a
// line, and where its type and label values come from.
func (s *sheet) how(provs []schema.Provenance) {
	provs = distinct(provs)
	for i, p := range provs {
		if i == maxSites {
			s.line("name", "%s", more(len(provs)-i, "way", "to define it"))
			break
		}
		s.line("name", "%s at %s: %q", p.Name.Text, p.Name.Pos, p.Name.Value)
		var rows []row
		for _, o := range p.Name.From {
			rows = append(rows, rowsOf(o, 1, p.Name.Value)...)
		}
		s.rows("", rows)
		s.places("type from", p.Type)
		s.values(p.Values)
	}
}

// distinct leaves out what several contexts say alike.
func distinct(provs []schema.Provenance) []schema.Provenance {
	seen := map[string]bool{}
	var out []schema.Provenance
	for _, p := range provs {
		if key := fmt.Sprint(p); !seen[key] {
			seen[key] = true
			out = append(out, p)
		}
	}
	return out
}

// A row is one expression that a name is made of.
type row struct{ pos, value, text string }

// rowsOf returns an expression and what it has its value from, which is shown once.
func rowsOf(o schema.Origin, depth int, outer string) []row {
	r := row{pos: o.Pos.String(), value: strings.Repeat("  ", depth-1)}
	value := fmt.Sprintf("%q", o.Value)
	if o.Value != outer {
		r.value += value
	}
	if o.Text != value || o.Value == outer {
		r.text = o.Text
	}
	if o.Note != "" {
		r.text = strings.TrimPrefix(r.text+", "+o.Note, ", ")
	}
	rows := []row{r}
	if len(o.From) > 1 {
		depth++
	}
	for _, from := range o.From {
		rows = append(rows, rowsOf(from, depth, o.Value)...)
	}
	return rows
}

// rows prints rows in columns.
func (s *sheet) rows(key string, rows []row) {
	width := func(column func(row) string) int {
		n := 0
		for _, r := range rows {
			n = max(n, utf8.RuneCountInString(column(r)))
		}
		return n
	}
	pos, value := width(func(r row) string { return r.pos }), width(func(r row) string { return r.value })
	for _, r := range rows {
		middle := ""
		if value > 0 {
			middle = fmt.Sprintf("%-*s  ", value, r.value)
		}
		s.line(key, "%s", strings.TrimRight(fmt.Sprintf("%-*s  %s%s", pos, r.pos, middle, r.text), " "))
		key = ""
	}
}

// places prints the first of some places.
func (s *sheet) places(key string, rs []schema.Related) {
	var rows []row
	for i, r := range rs {
		if i == maxSites && len(rs) > maxSites+1 {
			rows = append(rows, row{text: more(len(rs)-i, "place", "")})
			break
		}
		rows = append(rows, row{pos: r.Pos.String(), text: r.Message})
	}
	s.rows(key, rows)
}

// values prints, for each label, the values that a place gives it; of a label that may
// have any, the places that make it so.
func (s *sheet) values(given []schema.Given) {
	open := map[string]bool{}
	for _, g := range given {
		open[g.Label] = open[g.Label] || g.Open
	}
	type place struct {
		label string
		pos   schema.Pos
	}
	var order []place
	texts := map[place][]string{}
	seen := map[string]bool{} // each value is shown where it is given first
	for _, g := range given {
		at := place{g.Label, g.Pos}
		if key := g.Label + "=" + g.Value; g.Open == open[g.Label] && !seen[key] {
			seen[key] = true
			if texts[at] == nil {
				order = append(order, at)
			}
			texts[at] = append(texts[at], valueText(g))
		}
	}
	var rows []row
	for _, at := range order {
		rows = append(rows, row{pos: at.pos.String(), value: at.label, text: strings.Join(texts[at], ", ")})
	}
	s.rows("values from", rows)
}

func valueText(g schema.Given) string {
	switch {
	case !g.Open:
		return fmt.Sprintf("%q", g.Value)
	case g.Value == "":
		return "any value"
	}
	return "any value of " + g.Value
}

func more(n int, noun, what string) string {
	return strings.TrimSpace("and " + count(n, "more "+noun) + " " + what)
}
