package render

import (
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// bridge has the panels that dashgen draws of metrics that were renamed show what was
// stored under their old names, too: new or old.
func (l *layout) bridge(b *plan.Board) {
	written := l.written()
	for r := range b.Rows {
		for p := range b.Rows[r].Panels {
			for q := range b.Rows[r].Panels[p].Queries {
				if one := &b.Rows[r].Panels[p].Queries[q]; !written[one.Pos] && one.Datasource != "loki" {
					one.Expr = l.orOld(one.Expr)
				}
			}
		}
	}
}

// written returns where people wrote expressions.
func (l *layout) written() map[schema.Pos]bool {
	at := map[schema.Pos]bool{}
	for _, d := range l.cfg.Dashboards {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				for _, q := range p.Queries {
					at[q.Pos] = true
				}
			}
		}
	}
	return at
}

// orOld returns expr with the names that its metrics had, too.
func (l *layout) orOld(expr string) string {
	return query.OrElse(expr, func(series string) []string {
		m, suffix := l.schema.Series(series)
		if m == nil || m.RemovedIn != "" || series != m.Name+suffix {
			return nil
		}
		var old []string
		for _, alias := range m.Aliases {
			old = append(old, alias+suffix)
		}
		return old
	})
}
