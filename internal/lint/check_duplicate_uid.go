package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "duplicate-uid",
		Doc: `Two dashboards have the same uid.

The uid is a dashboard's identity in Grafana: of two files that are provisioned with one
uid, only one is shown, and which one may change with every restart. Links lead to
whichever it is.

Give one of them another uid, of up to 40 letters, digits, hyphens and underscores.`,
		Tree: duplicateUID,
	})
}

func duplicateUID(p *Pass) {
	first := map[string]schema.Pos{}
	for _, d := range p.Input.boards() {
		if d.UID == "" {
			continue // Grafana makes one up
		}
		if pos, twice := first[d.UID]; twice {
			p.Report(schema.Finding{
				Pos: d.UIDPos, Message: fmt.Sprintf("dashboard %q has the uid %q of another one", d.Title, d.UID), Hint: "choose another uid",
				Related: []schema.Related{{Pos: pos, Message: "the other dashboard"}},
			})
			continue
		}
		first[d.UID] = d.UIDPos
	}
}
