package view

import (
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// table makes one table of the answers: a column for each label, one for each query. Rows
// that agree in every column that all answers have become one, as Grafana's transformation
// merge does it.
func (d *drawer) table(p *plan.Panel, frames []frame) *Table {
	t := &Table{Columns: []Column{}, Rows: [][]Cell{}}
	common, all := labelsOf(frames)
	for _, name := range all {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	rows := map[string]int{}
	for n, f := range frames {
		s := Series{RefID: f.query.RefID, Unit: unitOr(p.Unit)}
		override(p, &s)
		t.Columns = append(t.Columns, Column{Name: columnName(f.query, len(frames)), Unit: s.Unit, Values: true})
		for _, one := range f.res.Series {
			var key strings.Builder
			for _, name := range common {
				key.WriteString(one.Labels[name] + "\x00")
			}
			at, known := rows[key.String()]
			if !known || t.Rows[at][len(all)+n].Text != "" {
				at = len(t.Rows)
				t.Rows = append(t.Rows, emptyRow(len(all)+len(frames)))
				rows[key.String()] = at
			}
			for i, name := range all {
				if v := one.Labels[name]; v != "" {
					t.Rows[at][i].Text = v
				}
			}
			v := one.Points[len(one.Points)-1].Value
			cell := Cell{Text: valueText(p, s.Unit, v, d.req.To), Value: Number(v)}
			if len(p.Steps) > 1 {
				cell.Color = StepColor(p.Steps, v)
			}
			if m := Mapped(p, v); m != nil {
				cell.Color = m.Color
			}
			t.Rows[at][len(all)+n] = cell
		}
	}
	return t
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

// labelsOf returns the labels that every answer has, and all labels, both sorted and without
// the name of the series.
func labelsOf(frames []frame) (common, all []string) {
	in := map[string]int{}
	for _, f := range frames {
		has := map[string]bool{}
		for _, s := range f.res.Series {
			for name := range s.Labels {
				has[name] = true
			}
		}
		for name := range has {
			in[name]++
		}
	}
	delete(in, "__name__")
	for _, name := range slices.Sorted(maps.Keys(in)) {
		all = append(all, name)
		if in[name] == len(frames) {
			common = append(common, name)
		}
	}
	return common, all
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
