package lint

import (
	"fmt"
	"time"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "double-wait",
		Doc: `An alert waits twice: by a function over time and by for.

min_over_time(x[10m]) > 5 holds once x was above 5 for ten minutes; for: 5m waits five more,
so that whoever reads "for: 5m" is told after fifteen. A mean over ten minutes of which for
waits for every single one smooths twice: a spike delays the alert at its begin and holds it
up at its end. A least or greatest value over at most 5 minutes bridges missed scrapes and is
left alone.

Keep one of the two: for with the plain value, or the function over the whole time.`,
		Severity: schema.Note,
		Query: func(p *Pass, q *Query) {
			if q.Inferred == nil || !q.alert() || q.Rule.For == 0 {
				return
			}
			for _, part := range alternatives(q.Tree) {
				if b, ok := guarded(part).(*parser.BinaryExpr); ok && chooses(b) {
					doubleWait(p, q, b)
				}
			}
		},
	})
}

// guarded returns the expression that and and unless only choose from.
func guarded(e parser.Expr) parser.Expr {
	e = query.Unparen(e)
	if b, ok := e.(*parser.BinaryExpr); ok && (b.Op == parser.LAND || b.Op == parser.LUNLESS) {
		return guarded(b.LHS)
	}
	return e
}

// bridging is the longest range that people take for scrapes that fail, not to wait.
// Source: https://www.robustperception.io/alerting-on-gauges-in-prometheus-2-0.
const bridging = 5 * time.Minute

func doubleWait(p *Pass, q *Query, b *parser.BinaryExpr) {
	call, ok := query.Unparen(b.LHS).(*parser.Call)
	if !ok || len(call.Args) != 1 || b.RHS.Type() != parser.ValueTypeScalar {
		return
	}
	m, ok := call.Args[0].(*parser.MatrixSelector)
	if !ok || m.RangeExpr != nil {
		return
	}
	above, below := b.Op == parser.GTR || b.Op == parser.GTE, b.Op == parser.LSS || b.Op == parser.LTE
	f := schema.Finding{Pos: q.position("for"), Related: []schema.Related{{Pos: q.pos(call), Message: "it waits here, too"}}}
	wait := q.Rule.For
	switch name := call.Func.Name; {
	case m.Range <= bridging && name != "avg_over_time":
		return
	case name == "min_over_time" && above, name == "max_over_time" && below:
		f.Message = fmt.Sprintf("%s waits for %s, after %s has held for %s: %s in all", q.Owner, shortDuration(wait), shorten(q.text(query.Unparen(b.LHS))), shortDuration(m.Range), shortDuration(wait+m.Range))
		f.Hint = fmt.Sprintf("leave out for, or write %s with for: %s", q.text(m.VectorSelector), shortDuration(wait+m.Range))
	case name == "avg_over_time" && (above || below) && m.Range >= time.Minute:
		f.Message = fmt.Sprintf("%s smooths twice: by a mean over %s and by for: %s", q.Owner, shortDuration(m.Range), shortDuration(wait))
		f.Hint = "keep one of them"
	default:
		return
	}
	p.Report(f)
}
