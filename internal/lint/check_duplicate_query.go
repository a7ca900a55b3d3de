package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "duplicate-query",
		Doc: `A panel asks for the same twice.

Two of its queries differ in nothing but their name and legend, so one line covers the other.
Mostly one was copied and not changed yet: under its legend stands what is not there.

Change it to what its legend says, or remove it.`,
		Severity: schema.Note,
		Board: func(p *Pass, d *input.Dashboard) {
			for i := range d.Panels {
				duplicateQueries(p, &d.Panels[i])
			}
		},
	})
}

func duplicateQueries(p *Pass, panel *input.Panel) {
	first := map[string]*input.Target{}
	for i := range panel.Targets {
		t := &panel.Targets[i]
		other := first[t.Same]
		switch {
		case t.Same == "":
		case other == nil:
			first[t.Same] = t
		default:
			p.Report(schema.Finding{
				Pos: t.Pos, Message: fmt.Sprintf("panel %q asks for the same twice", panel.Title), Hint: "change one of the queries, or remove it",
				Related: []schema.Related{{Pos: other.Pos, Message: "the other query"}},
			})
		}
	}
}
