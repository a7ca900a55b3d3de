package lint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "alert-name",
		Doc: `Two alerts have one name and speak of different things.

Alertmanager, silences, routes and runbooks know an alert by its name and labels. That one
name stands for several severities or several ways to ask of the same metrics is usual. Where
two alerts have the same name and the same labels, but not one metric in common, a silence for
the one is one for the other, and whoever is called cannot tell which it is.

Name them after what they watch.`,
		Severity: schema.Note,
		Tree:     alertNames,
	})
}

func alertNames(p *Pass) {
	byName := map[string][]*Query{}
	for _, q := range p.run.queries {
		if q.alert() && q.Tree != nil {
			byName[q.Rule.Alert] = append(byName[q.Rule.Alert], q)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		list := byName[name]
		for _, q := range list[1:] {
			if !maps.Equal(list[0].Rule.Labels, q.Rule.Labels) || !apart(list[0], q) {
				continue
			}
			p.Report(schema.Finding{
				Pos:     q.Rule.Pos,
				Message: fmt.Sprintf("%s has the name and the labels of another one, which asks for other metrics", q.Owner),
				Hint:    "name them after what they watch",
				Related: []schema.Related{{Pos: list[0].Rule.Pos, Message: "the other alert"}},
			})
			break // one finding a name
		}
	}
}

// apart reports whether two queries name series, and none in common.
func apart(a, b *Query) bool {
	named := map[string]bool{}
	for _, s := range query.Selectors(a.Tree) {
		named[s.Name] = true
	}
	others := query.Selectors(b.Tree)
	return len(named) > 0 && len(others) > 0 && !named[""] && !slices.ContainsFunc(others, func(s query.Selector) bool { return s.Name == "" || named[s.Name] })
}
