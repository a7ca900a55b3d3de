package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "raw-counter",
		Doc: `An alert compares a counter as it stands.

A counter counts since the program started. How large it is depends on how long ago that
was: the alert fires some day for a program that runs well, and is silent after a restart of
one that does not. That a counter is above 0 says something ("it ever happened"), and so does
a comparison with its own value of some time ago; both are left alone.

Compare what happened lately: rate(x[5m]) > 0.1, increase(x[1h]) > 10.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			if q.Rule == nil || q.Rule.Alert == "" {
				return
			}
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				if e.Op.IsComparisonOperator() {
					rawCounter(p, q, e, e.LHS, e.RHS)
					rawCounter(p, q, e, e.RHS, e.LHS)
				}
			})
		},
	})
}

func rawCounter(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	of, number := q.Inferred.At(side), q.Inferred.At(with)
	if of.Foreign || !of.Type.Cumulative() || of.Empty.State == query.Always {
		return
	}
	if v, ok := number.Values.Point(); !ok || v == 0 || v == 1 && (e.Op == parser.GTE || e.Op == parser.LSS) {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.pos(side),
		Message: fmt.Sprintf("%s compares a %s as it stands, %s, which counts since the program started", q.Owner, of.Type, q.subject(side)),
		Hint:    "compare its rate or its increase",
		Related: definitions(of.Metrics),
	})
}
