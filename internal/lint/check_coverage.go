package lint

import (
	"maps"
	"slices"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "coverage",
		Doc: `Metrics are on no panel and in no alert, or alerts are about what no panel shows.

Nobody sees a metric that no query asks for, and whoever is woken by an alert whose metrics
are on no panel has nothing to look at. Both may be meant; this check counts them and names
the first few, in one finding for each, where there are dashboards at all.

Add them to a dashboard, or let dashgen draw them: derive: {dashboards: true}.`,
		Severity: schema.Note,
		Tree:     coverage,
	})
}

func coverage(p *Pass) {
	shown, watched := map[string]bool{}, map[string]bool{}
	for _, q := range p.run.queries {
		to := shown
		if q.Rule != nil {
			to = watched
		}
		asks(q, func(name string) { to[name] = true })
	}
	if len(shown) == 0 {
		return
	}
	unseen(p, shown, watched)
	unplotted(p, shown)
}

// asks calls f with the names of what a query is computed from: series and, through recording
// rules, the metrics behind them.
func asks(q *Query, f func(name string)) {
	if q.Name {
		f(q.Expr)
	}
	each(q, func(n parser.Expr, i *query.Info) {
		vs, ok := n.(*parser.VectorSelector)
		if !ok {
			return
		}
		if vs.Name != "" {
			f(vs.Name)
		}
		for _, m := range i.Metrics {
			f(m.Name)
		}
	})
}

// unseen reports the metrics that no query asks for.
func unseen(p *Pass, shown, watched map[string]bool) {
	var names []string
	var first schema.Pos
	of := 0
	for _, m := range p.Schema.Metrics {
		if !m.Live() || m.Unread || m.Certainty == schema.Pattern {
			continue
		}
		of++
		if !shown[m.Name] && !watched[m.Name] {
			names = append(names, m.Name)
			if first.IsZero() {
				first = m.Pos
			}
		}
	}
	if len(names) > 0 {
		p.Reportf(first, "", "no panel and no alert asks for %d of %d metrics: %s", len(names), of, quotedList(names))
	}
}

// unplotted reports the alerts none of whose metrics is on a panel.
func unplotted(p *Pass, shown map[string]bool) {
	places, all := map[string]schema.Pos{}, map[string]bool{}
	for _, q := range p.run.queries {
		if !q.alert() || q.Tree == nil {
			continue
		}
		all[q.Rule.Alert] = true
		plotted, ours := false, false
		asks(q, func(name string) {
			plotted = plotted || shown[name]
			ours = ours || p.Schema.Lookup(name) != nil
		})
		plotted = plotted || !ours // somebody else's metrics have somebody else's panels
		if _, known := places[q.Rule.Alert]; !plotted && !known {
			places[q.Rule.Alert] = q.Rule.Pos
		}
	}
	names := slices.Sorted(maps.Keys(places))
	if len(names) > 0 {
		p.Reportf(places[names[0]], "", "no panel shows what %d of %d alerts ask for: %s", len(names), len(all), quotedList(names))
	}
}
