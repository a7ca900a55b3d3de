package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "panel-threshold",
		Doc: `A panel turns red at another number than the one at which its alert fires.

A panel draws the very expression that an alert compares, and has thresholds of its own, none of
which is the alert's. Mostly the alert was changed and the panel forgotten: who looks at it
sees green while the alert fires, or red while all is well.

Use the alert's number in the panel.`,
		Severity: schema.Note,
		Tree: func(p *Pass) {
			alerts := map[string][]*Query{}
			for _, q := range p.run.queries {
				if q.alert() && q.Tree != nil {
					if b, _ := guarded(q.Tree).(*parser.BinaryExpr); b != nil && chooses(b) {
						key := words(q.text(b.LHS))
						alerts[key] = append(alerts[key], q)
					}
				}
			}
			for _, q := range p.run.queries {
				if q.Board != nil && q.Panel >= 0 && q.Tree != nil && len(alerts) > 0 {
					panelThreshold(p, q, alerts[words(q.Expr)])
				}
			}
		},
	})
}

// words returns a text with one space for each stretch of white space.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

func panelThreshold(p *Pass, q *Query, alerts []*Query) {
	panel := &q.Board.Panels[q.Panel]
	if len(panel.Thresholds) == 0 || len(panel.Targets) != 1 || len(alerts) == 0 {
		return
	}
	var numbers []string
	for _, a := range alerts {
		b := guarded(a.Tree).(*parser.BinaryExpr)
		_, _, v, ok := query.Threshold(a.text(b))
		if !ok || slices.Contains(panel.Thresholds, v) {
			return
		}
		numbers = append(numbers, fmt.Sprint(v))
	}
	p.Report(schema.Finding{
		Pos:     panel.Pos,
		Message: fmt.Sprintf("%s has thresholds, but not %s, with which %s compares the same expression", q.Owner, strings.Join(numbers, " or "), alerts[0].Owner),
		Hint:    "use the alert's number",
		Related: []schema.Related{{Pos: alerts[0].Pos, Message: "the alert's expression"}},
	})
}
