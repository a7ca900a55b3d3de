package top

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
)

// This file shows every alert with what it compares, also those that rest.

// A Rule is an alert as the screen shows it.
type Rule struct {
	Name      string
	Expr      string // what it compares; where it compares with no number, its condition
	Op        string // == != < <= > >=; empty: with no number
	Threshold float64
	Unit      string // of what it compares; empty: short
}

// rulesUID is the uid of the alerts' page.
const rulesUID = "alerts"

// rulesBoard returns a board with a panel for each alert, whose id is its index.
func rulesBoard(rules []Rule) plan.Board {
	row := plan.Row{}
	for i, r := range rules {
		row.Panels = append(row.Panels, plan.Panel{ID: i, Kind: "timeseries", Title: r.Name, Unit: r.Unit, Queries: []plan.Query{{RefID: "A", Expr: r.Expr}}})
	}
	return plan.Board{UID: rulesUID, Title: "Alerts", Rows: []plan.Row{row}}
}

// stateColors are the colours of an alert's states, in the order in which they are listed.
var stateColors = []struct {
	state engine.State
	color string
}{{engine.Firing, "red"}, {engine.Pending, "yellow"}, {engine.Inactive, "green"}}

// ruleLines returns a line for each alert, by state.
func (m *Model) ruleLines(by map[int]*view.Panel, width int) []string {
	states := map[string]engine.State{}
	for _, a := range m.seen.alerts {
		if states[a.Name] != engine.Firing {
			states[a.Name] = a.State
		}
	}
	var lines []string
	for _, one := range stateColors {
		var part []string
		for i := range m.rules {
			r, data := &m.rules[i], by[i]
			state, active := states[r.Name]
			if !active {
				state = engine.Inactive
			}
			if state == one.state && data != nil {
				part = append(part, r.line(data, m.seen, one.color, width))
			}
		}
		if len(part) > 0 {
			lines = append(append(lines, heading(fmt.Sprintf("%s: %d", one.state, len(part)), width)), part...)
		}
	}
	return lines
}

// line shows an alert: its name, its threshold, and the series that is nearest to it.
func (r *Rule) line(data *view.Panel, s seen, color string, width int) string {
	const value = 12
	names := max(12, (width-2*value)*2/5)
	text, course := "", ""
	if near := r.nearest(data.Series); near != nil && r.Op != "" {
		text, course = near.Text, Spark(near.Values, max(0, width-names-2*value-6))
	}
	limit := "no threshold"
	if r.Op != "" {
		limit = r.Op + " " + view.Text(unitOf(r.Unit), r.Threshold, nil, s.at)
	}
	if data.Error != "" {
		return paint(cut(r.Name+": "+data.Error, width), "red")
	}
	return cut(pad(cut(r.Name, names), names)+" "+paint(padLeft(cut(text, value), value), color)+"  "+faint.Render(pad(cut(limit, value), value))+"  "+paint(course, color), width)
}

func unitOf(unit string) string {
	if unit == "" {
		return "short"
	}
	return unit
}

// nearest returns the series whose latest value is the nearest to firing; nil where there is
// none.
func (r *Rule) nearest(list []view.Series) *view.Series {
	var near *view.Series
	for i := range list {
		s := &list[i]
		switch {
		case near == nil:
			near = s
		case r.Op == ">" || r.Op == ">=":
			if s.Calcs.Last > near.Calcs.Last {
				near = s
			}
		case r.Op == "<" || r.Op == "<=":
			if s.Calcs.Last < near.Calcs.Last {
				near = s
			}
		}
	}
	return near
}
