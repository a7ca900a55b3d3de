package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// objectiveRow returns the row of service level objectives: of each what is left of its
// error budget, and how fast that goes. Both show what the rules have recorded.
func (l *layout) objectiveRow() plan.Row {
	row := plan.Row{Title: "Objectives"}
	for _, o := range l.objectives {
		row.Panels = append(row.Panels, l.budgetLeft(o), l.budgetBurn(o))
	}
	return row
}

func (l *layout) budgetLeft(o *plan.Objective) plan.Panel {
	low, high := 0.0, 1.0
	target := strconv.FormatFloat(100*o.Target, 'g', 8, 64) + "%"
	return plan.Panel{
		Key: "objective/" + o.Name + "/left", Kind: "stat", Title: o.Name + ": error budget left", W: 6, H: 8,
		Description: strings.TrimSpace(fmt.Sprintf("%s\n\n%s of the events of the last %s are to be good. At 0 as many have failed as may.", o.Description, target, duration(o.Window))),
		Unit:        "percentunit", Max: &high,
		Steps:   []plan.Step{{Color: "red"}, {Value: low, Color: "orange"}, {Value: 0.25, Color: "green"}},
		Queries: []plan.Query{{RefID: "A", Expr: o.Remaining, Legend: "left"}},
		Metrics: o.Metrics, Alerts: sortedSet([]string{o.Alert}), Pos: o.Pos,
	}
}

// budgetBurn plots the longer window of each condition, against the factors that alerts
// compare with.
func (l *layout) budgetBurn(o *plan.Objective) plan.Panel {
	low := 0.0
	p := plan.Panel{
		Key: "objective/" + o.Name + "/burn", Kind: "timeseries", Title: o.Name + ": burn rate", W: 18, H: 8,
		Description: "How many times as fast as it may the error budget goes. At 1 it lasts for " + duration(o.Window) + ".",
		Unit:        "none", Min: &low,
		Metrics: o.Metrics, Alerts: sortedSet([]string{o.Alert}), Pos: o.Pos,
	}
	burns := slices.SortedStableFunc(slices.Values(o.Burns), func(a, b plan.Burn) int { return cmp.Compare(a.Factor, b.Factor) })
	p.Steps = []plan.Step{{Color: "green"}}
	for _, b := range burns {
		step := plan.Step{Value: b.Factor, Color: severityColor(b.Severity)}
		if last := &p.Steps[len(p.Steps)-1]; len(p.Steps) > 1 && last.Value == step.Value {
			continue
		}
		p.Steps = append(p.Steps, step)
	}
	for i, b := range o.Burns {
		p.Queries = append(p.Queries, plan.Query{RefID: refID(i), Expr: b.Rate, Legend: fmt.Sprintf("%s, alert at %s", duration(b.Long), strconv.FormatFloat(b.Factor, 'g', 4, 64))})
	}
	return p
}
