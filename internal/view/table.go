package view

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// table makes one table of the answers: a column for each label, one for each query, in the
// order in which they come.
func (d *drawer) table(p *plan.Panel, frames []frame) *Table {
	frames = slices.DeleteFunc(slices.Clone(frames), func(f frame) bool { return len(f.res.Series) == 0 })
	t := &Table{Columns: []Column{}, Rows: [][]Cell{}}
	at := map[string]int{}
	column := func(c Column) {
		if _, known := at[c.Name]; !known {
			at[c.Name] = len(t.Columns)
			t.Columns = append(t.Columns, c)
		}
	}
	var rows []fields
	for _, f := range frames {
		s := Series{RefID: f.query.RefID, Unit: unitOr(p.Unit)}
		override(p, &s)
		names, value := labelsOf(f), columnName(f.query, len(frames))
		for _, name := range names {
			column(Column{Name: name})
		}
		column(Column{Name: value, Unit: s.Unit, Values: true})
		for _, one := range f.res.Series {
			row := fields{value: d.cell(p, s.Unit, one.Points[len(one.Points)-1].Value)}
			for _, name := range names {
				row[name] = Cell{Text: one.Labels[name], Value: Number(None)}
			}
			if len(frames) > 1 {
				rows = merge(rows, row)
			} else {
				rows = append(rows, row)
			}
		}
	}
	for _, row := range rows {
		cells := emptyRow(len(t.Columns))
		for name, c := range row {
			cells[at[name]] = c
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// fields are the cells of a row by column.
type fields map[string]Cell

// merge adds a row to every one that it contradicts in no column, or to the end: what is one
// thing's becomes a row, and what has no labels stands in all of them that are there.
// Source: mergeTransformer of @grafana/data.
func merge(rows []fields, row fields) []fields {
	merged := false
	for _, old := range rows {
		if contradicts(old, row) {
			continue
		}
		merged = true
		maps.Copy(old, row)
	}
	if !merged {
		rows = append(rows, row)
	}
	return rows
}

func contradicts(old, row fields) bool {
	for name, c := range row {
		if o, ok := old[name]; ok && (o.Text != c.Text || !same(float64(o.Value), float64(c.Value))) {
			return true
		}
	}
	return false
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// cell writes a value of a table.
func (d *drawer) cell(p *plan.Panel, unit string, v float64) Cell {
	c := Cell{Text: valueText(p, unit, v, d.req.To), Value: Number(v)}
	if len(p.Steps) > 1 {
		c.Color = StepColor(p.Steps, v)
	}
	if m := Mapped(p, v); m != nil {
		c.Color = m.Color
	}
	return c
}

func emptyRow(n int) []Cell {
	row := make([]Cell, n)
	for i := range row {
		row[i].Value = Number(None)
	}
	return row
}

func unitOr(unit string) string {
	if unit == "" {
		return "short"
	}
	return unit
}

// labelsOf returns the labels of an answer's series, sorted and without their name.
func labelsOf(f frame) []string {
	has := map[string]bool{}
	for _, s := range f.res.Series {
		for name := range s.Labels {
			has[name] = true
		}
	}
	delete(has, "__name__")
	return slices.Sorted(maps.Keys(has))
}

// columnName is what dashgen has Grafana call the column of a query: its legend where that
// is one text for all series.
func columnName(q *plan.Query, queries int) string {
	switch {
	case q.Legend != "" && !strings.Contains(q.Legend, "{{"):
		return q.Legend
	case queries > 1:
		return "Value #" + q.RefID
	}
	return "Value"
}
