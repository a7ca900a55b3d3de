package lint

import (
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "rule-graph",
		Doc: `A recording rule depends on itself, or has the name of a metric.

Rules that need each other's results are evaluated with the last ones, so their values say
nothing, and a sum grows with every evaluation. A rule that records under the name of a
metric that code exposes mixes its series with the scraped ones: queries count both, and
where labels are equal, one of them is refused as out of order.

Take the rule out of its own expression. Give it a name of three parts, level:metric:operations,
such as job:requests:rate5m, which no program exposes.`,
		Tree: func(p *Pass) {
			rules := p.run.recording()
			for _, cycle := range p.run.world.Cycles() {
				f := schema.Finding{
					Pos: rules[cycle[0]], Message: fmt.Sprintf("recording rule %q depends on itself: %s", cycle[0], strings.Join(cycle, " needs ")),
					Hint: "take one of them out of the other's expression",
				}
				for _, name := range cycle[1 : len(cycle)-1] {
					f.Related = append(f.Related, schema.Related{Pos: rules[name], Message: fmt.Sprintf("recording rule %q", name)})
				}
				p.Report(f)
			}
			for _, m := range p.Schema.Metrics {
				if m.RemovedIn != "" || m.Certainty == schema.Pattern {
					continue
				}
				for _, name := range p.run.names.seriesOf(m) {
					if pos, ok := rules[name]; ok {
						p.Report(schema.Finding{
							Pos: pos, Message: fmt.Sprintf("recording rule %q has the name of a metric that code exposes", name),
							Hint: "record it as level:metric:operations", Related: defined(m),
						})
					}
				}
			}
		},
	})
}

// recording returns where the first recording rule of each name stands.
func (r *run) recording() map[string]schema.Pos {
	rules := map[string]schema.Pos{}
	add := func(name string, pos schema.Pos) {
		if _, ok := rules[name]; !ok && name != "" {
			rules[name] = pos
		}
	}
	groups := r.cfg.Alerts
	for _, f := range r.in.Rules {
		groups = append(groups[:len(groups):len(groups)], f.Groups...)
	}
	for _, g := range groups {
		for _, u := range g.Rules {
			add(u.Record, u.Pos)
		}
	}
	for _, g := range r.in.Groups {
		for _, u := range g.Rules {
			add(u.Record, u.Pos)
		}
	}
	return rules
}
