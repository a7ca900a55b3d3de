package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/input"
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
	first := map[string]*input.Dashboard{}
	for _, d := range p.Input.boards() {
		other, twice := first[d.UID]
		switch {
		case d.UID == "": // Grafana makes one up
		case !twice:
			first[d.UID] = d
		default:
			if d.UIDPos.IsZero() {
				d, other = other, d // one of dashgen's own has no place
			}
			f := schema.Finding{Pos: d.UIDPos, Message: fmt.Sprintf("dashboard %q has the uid %q of another one, %q", d.Title, d.UID, other.Title), Hint: "choose another uid"}
			if !other.UIDPos.IsZero() {
				f.Related = []schema.Related{{Pos: other.UIDPos, Message: "the other dashboard"}}
			}
			p.Report(f)
		}
	}
}
