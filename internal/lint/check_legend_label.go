package lint

import (
	"fmt"
	"regexp"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "legend-label",
		Doc: `A legend names a label that the query's result does not have.

Grafana writes {{route}} as the value of route. If an aggregation left it out, or the metric
never had it, the place stays empty, and all series of the panel look alike.

Keep the label in the expression, by (route), or take it out of the legend. The finding shows
where it is lost. In a hand-written dashboard this is a warning, since the panel still has
its series.`,
		Query: legendLabels,
	})
}

var legendLabel = regexp.MustCompile(`\{\{\s*([a-zA-Z_]\w*)\s*\}\}`)

func legendLabels(p *Pass, q *Query) {
	if q.Inferred == nil || q.LegendPos.IsZero() || q.Inferred.Root().Empty.State == query.Always {
		return
	}
	result := q.Inferred.Root().Labels
	for _, m := range legendLabel.FindAllStringSubmatchIndex(q.Legend, -1) {
		name := q.Legend[m[2]:m[3]]
		if name == "__name__" || result.Can(name) {
			continue
		}
		f := schema.Finding{
			Pos:     q.at(q.LegendPos, m[2]),
			Message: fmt.Sprintf("%s has label %q in its legend, which its result does not have", q.Owner, name),
			Hint:    labelHint(name, result),
		}
		if !q.Own {
			f.Severity = schema.Warning
		}
		known, _ := labelsOf(result)
		f.Edits = edit(func(i int) schema.Pos { return q.at(q.LegendPos, m[2]+i) }, name, meant(name, known))
		if gone := result.Gone(name); gone != nil {
			f.Hint = "keep it in the expression"
			f.Related = []schema.Related{{Pos: q.pos(gone.Node), Message: fmt.Sprintf("%s is taken away here", name)}}
		}
		p.Report(f)
	}
}
