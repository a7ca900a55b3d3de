package render

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/markdown"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file holds what the reference pages have in common. They are Markdown for people who
// read them on GitHub: links are relative, and every text of somebody else's is escaped.

// A Reference is what reference pages are made of.
type Reference struct {
	Schema *schema.Schema
	Groups []plan.Group
	Boards []plan.Board // with the ids of their panels
	Config *config.Config

	// Runbooks maps the alerts that have a page to its name in docs/runbooks; see RunbookNames.
	Runbooks map[string]string
}

// A placed is a panel with the board that it is on.
type placed struct {
	board *plan.Board
	panel *plan.Panel
}

// panels returns the panels that do something, in the order of the boards.
func (r *Reference) panels(do func(*plan.Panel) bool) []placed {
	var found []placed
	for b := range r.Boards {
		for w := range r.Boards[b].Rows {
			for p := range r.Boards[b].Rows[w].Panels {
				at := placed{&r.Boards[b], &r.Boards[b].Rows[w].Panels[p]}
				if do(at.panel) {
					found = append(found, at)
				}
			}
		}
	}
	return found
}

// once leaves out panels that have the title of another one of their board.
func once(panels []placed) []placed {
	seen := map[[2]string]bool{}
	return slices.DeleteFunc(slices.Clone(panels), func(p placed) bool {
		key := [2]string{p.board.UID, p.panel.Title}
		twice := seen[key]
		seen[key] = true
		return twice
	})
}

// panelList lists panels, those of a board together: Shop: "Requests", "Errors".
func (r *Reference) panelList(panels []placed) string {
	var list []string
	var last *plan.Board
	for _, p := range once(panels) {
		if p.board == last {
			list[len(list)-1] += ", " + r.panelLink(p)
		} else {
			list = append(list, r.boardLink(p)+": "+r.panelLink(p))
		}
		last = p.board
	}
	return strings.Join(list, "; ")
}

func (r *Reference) panelLink(p placed) string {
	return r.link(`"`+p.panel.Title+`"`, r.Config.PanelURL(p.board.UID, p.panel.ID))
}

func (r *Reference) boardLink(p placed) string {
	return r.link(p.board.Title, r.Config.PanelURL(p.board.UID, 0))
}

// link returns a link, or the bare title where there is no address.
func (r *Reference) link(title, address string) string {
	if address == "" {
		return markdown.Prose(title)
	}
	return "[" + markdown.Prose(title) + "](" + addressEscaper.Replace(address) + ")"
}

// addressEscaper keeps an address from ending early.
var addressEscaper = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E")

// alertLink leads to an alert's own page where it has one, else to its runbook. up leads from
// the page to docs/.
func (r *Reference) alertLink(u *plan.Rule, up string) string {
	if page := r.Runbooks[u.Alert]; page != "" {
		return r.link(u.Alert, up+"runbooks/"+page)
	}
	address := u.Annotations["runbook_url"]
	if address == "" {
		address = r.Config.Runbook(u.Alert)
	}
	if strings.Contains(address, "{{") {
		address = ""
	}
	return r.link(u.Alert, address)
}

// rules returns the rules that do something, in the order of the groups.
func (r *Reference) rules(do func(*plan.Rule) bool) []*plan.Rule {
	var found []*plan.Rule
	for g := range r.Groups {
		for i := range r.Groups[g].Rules {
			if u := &r.Groups[g].Rules[i]; do(u) {
				found = append(found, u)
			}
		}
	}
	return found
}

// typeAndUnit says in two words what a metric is.
func typeAndUnit(m *schema.Metric) string {
	text := string(m.Type)
	if m.Type == "" {
		text = string(schema.Untyped)
	}
	if u := query.MetricUnit(m); u.Time {
		return text + ", " + u.String()
	}
	if m.Unit != "" {
		text += ", " + m.Unit
	}
	return text
}

// Life says where in its life cycle a metric is that is not simply there; "" of one that is.
// name writes the name of another metric, prose a text.
func Life(m *schema.Metric, name, prose func(string) string) string {
	var parts []string
	released := func(release string) bool { return release != "" && release != "next" }
	switch {
	case released(m.RemovedIn):
		parts = append(parts, "Removed in "+prose(m.RemovedIn))
	case m.RemovedIn != "":
		parts = append(parts, "Removed since the last release")
	case m.Deprecated && released(m.DeprecatedSince):
		parts = append(parts, "Deprecated since "+prose(m.DeprecatedSince))
	case m.Deprecated:
		parts = append(parts, "Deprecated")
	}
	if m.ReplacedBy != "" {
		parts = append(parts, "use "+name(m.ReplacedBy))
	}
	if m.RemoveAfter != "" && m.RemovedIn == "" {
		parts = append(parts, "to be removed after "+prose(m.RemoveAfter))
	}
	if m.Note != "" {
		parts = append(parts, prose(m.Note))
	}
	return strings.Join(parts, "; ")
}
