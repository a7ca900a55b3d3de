package render

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// This file draws what happens seldom. A restart a day is 0.00001 a second: what is asked is how
// many there were, and when.

// rare returns a panel that shows a signal of what happens seldom as bars, how often it happened
// within the time of each; any other as it is. One with an alert's bound on it stays a rate,
// which is what the alert compares.
func (l *layout) rare(s *plan.Signal, p plan.Panel) plan.Panel {
	if s.Kind != plan.Rate || len(p.Steps) > 1 || !all(s.Metrics, plan.Seldom) {
		return p
	}
	for i := range p.Queries {
		p.Queries[i].Expr = strings.ReplaceAll(p.Queries[i].Expr, "rate(", "increase(")
	}
	p.Bars, p.Stack, p.Unit = true, false, "short"
	p.Why = append(slices.DeleteFunc(p.Why, func(why string) bool { return why == whyStacked }), "increase, as bars: it happens seldom, so a rate would be next to nothing")
	p.Overrides = slices.DeleteFunc(p.Overrides, func(o plan.Override) bool { return o.Unit != "" })
	return p
}
