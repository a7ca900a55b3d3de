package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "repeat-variable",
		Doc: `A panel or a row is repeated by a variable that there is not, or that has one value.

Grafana draws a panel once for each chosen value of the variable in repeat. If there is no
such variable, it is drawn once, and its queries ask for the variable's name as text: this is
an error. If only one value can be chosen, it is drawn once, and repeat says nothing: a
warning.

Write the variable's name without $, or let several values of it be chosen.`,
		Severity: schema.Warning,
		Board: func(p *Pass, d *input.Dashboard) {
			said := map[schema.Pos]bool{} // all panels of a row are repeated by what it says
			for i := range d.Panels {
				for _, r := range d.Panels[i].Repeats {
					if !said[r.Pos] {
						said[r.Pos] = true
						repeatVariable(p, d, &d.Panels[i], r)
					}
				}
			}
		},
	})
}

func repeatVariable(p *Pass, d *input.Dashboard, panel *input.Panel, r input.Text) {
	i := slices.IndexFunc(d.Templating, func(v input.Variable) bool { return v.Name == r.Text })
	switch {
	case i < 0 && !slices.Contains(d.Variables, r.Text):
		p.Report(schema.Finding{
			Pos: r.Pos, Severity: schema.Error, Hint: nearest(strings.Trim(r.Text, "${}"), d.Variables),
			Message: fmt.Sprintf("panel %q is repeated by %q, which is no variable of its dashboard", panel.Title, r.Text),
		})
	case i >= 0 && !d.Templating[i].Several:
		p.Report(schema.Finding{
			Pos: r.Pos, Message: fmt.Sprintf("panel %q is repeated by $%s, of which one value can be chosen", panel.Title, r.Text), Hint: `write "multi": true into the variable, or leave out repeat`,
			Related: []schema.Related{{Pos: d.Templating[i].Pos, Message: fmt.Sprintf("the variable %q", r.Text)}},
		})
	}
}
