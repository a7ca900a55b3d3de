package render

import (
	"slices"

	"github.com/dashgen/dashgen/internal/plan"
)

// This file draws histograms that the source registers as both classic and native ones. What
// Prometheus stores of them is its configuration's to say: classic ones, unless it scrapes native
// ones, then those alone, unless it is told to keep both.
// See https://prometheus.io/docs/specs/native_histograms/.

// histograms is the variable that chooses what is shown: 0 what there is, classic ones first; 1
// classic ones; -1 native ones.
var histograms = plan.Variable{Name: "histograms", Label: "Histograms", Type: "custom", Query: "any : 0,classic : 1,native : -1", Current: "any : 0"}

// either lets the variable choose in the queries of a panel that draws signals, in their order.
func (l *layout) either(p *plan.Panel, signals []*plan.Signal) {
	k, _ := kindOf(p.Kind)
	i := 0
	for _, s := range signals {
		for _, series := range shown(k, s) {
			if series.Native != "" {
				p.Queries[i].Expr = "(" + p.Queries[i].Expr + " and on () (vector($histograms) >= 0)) or on () (" +
					series.Native.In(l.matchers, "$__rate_interval") + " and on () (vector($histograms) <= 0))"
			}
			i++
		}
	}
	if slices.ContainsFunc(signals, func(s *plan.Signal) bool { return s.Series[0].Native != "" }) {
		p.Why = append(p.Why, "$histograms chooses: the source registers classic buckets and a native histogram")
	}
}
