package lint

import (
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
)

// newWorld returns what the expressions of an input are judged against.
func newWorld(in *Input, cfg *config.Config) *query.World {
	w := plan.World(queried(in), nil, cfg)
	add := func(name, expr string, labels map[string]string) {
		if name != "" {
			w.Recorded = append(w.Recorded, query.Recording{Name: name, Expr: expr, Labels: labels})
		}
	}
	groups := cfg.Alerts
	for _, f := range in.Rules {
		groups = append(groups[:len(groups):len(groups)], f.Groups...)
	}
	for _, g := range groups {
		for _, u := range g.Rules {
			add(u.Record, u.Expr, u.Labels)
		}
	}
	for _, g := range in.Groups {
		for _, u := range g.Rules {
			if u.Pos.File == "" || u.Pos.File != cfg.File || u.Owner != "" { // what dashgen.yaml declares is there already
				add(u.Record, u.Expr, u.Labels)
			}
		}
	}
	return w
}
