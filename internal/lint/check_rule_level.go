package lint

import (
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "rule-level",
		Doc: `A recording rule is called after a label that its result does not have.

The first part of a name such as job:requests:rate5m is its level: the labels by which the
series differ. Who reads it aggregates and matches by them. If an aggregation in the
expression takes such a label away, queries by it make one series of all, or match nothing.

Keep the label in the expression, or leave it out of the name. Levels that are no label of
the metric, or that only some targets have, such as cluster, are left alone.

See https://prometheus.io/docs/practices/rules/.`,
		Severity: schema.Warning,
		Query:    ruleLevel,
	})
}

func ruleLevel(p *Pass, q *Query) {
	if q.Inferred == nil || q.Rule == nil || q.Rule.Record == "" || strings.Count(q.Rule.Record, ":") < 2 {
		return
	}
	root := q.Inferred.Root()
	if root.Scalar || root.Empty.State == query.Always {
		return
	}
	level, _, _ := strings.Cut(q.Rule.Record, ":")
	for _, r := range root.Labels.Removed() {
		name := r.Label.Name
		if _, set := q.Rule.Labels[name]; set || r.Label.Presence < query.Declared || !hasWord(level, name) || root.Labels.Can(name) {
			continue
		}
		p.Report(schema.Finding{
			Pos:     q.Rule.Pos,
			Message: fmt.Sprintf("%s is called after label %q, which its result does not have", q.Owner, name),
			Hint:    fmt.Sprintf("keep %s in the expression, or leave it out of the name", name),
			Related: []schema.Related{{Pos: q.pos(r.Node), Message: fmt.Sprintf("%s is taken away here", name)}},
		})
		return
	}
}

// hasWord reports whether words joined by underscores hold one, which may have underscores
// itself.
func hasWord(words, word string) bool {
	return strings.Contains("_"+words+"_", "_"+word+"_")
}
