package plan

import (
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// World returns what expressions over a program's metrics are judged against: its schema,
// the labels and intervals of its configuration, and what the rules record.
func World(s *schema.Schema, groups []Group, cfg *config.Config) *query.World {
	w := &query.World{
		Schema: s, Targets: query.DefaultTargets,
		Scrape: cfg.Intervals.Scrape, Evaluation: cfg.Intervals.Evaluation, Prometheus: cfg.Prometheus,
	}
	if cfg.TargetLabels != nil {
		w.Targets = query.Targets{Certain: cfg.TargetLabels}
	}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				w.Recorded = append(w.Recorded, query.Recording{Name: r.Record, Expr: r.Expr, Labels: r.Labels})
			}
		}
	}
	return w
}
