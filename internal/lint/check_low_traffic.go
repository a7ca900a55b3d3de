package lint

import (
	"fmt"
	"math"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "low-traffic",
		Doc: `An alert compares a share of events, and asks nowhere how many events there are.

Where few come, few are a large share: of three requests at night one that fails is a third, and
somebody is woken for it. Where none come the share is 0/0, which is above nothing: the alert is
quiet, as it is where the program serves nobody any more.

Ask for traffic, too: errors / all > 0.05 and sum(increase(all[5m])) > 20, where 20 is 1/0.05.`,
		Severity: schema.Note,
		Optional: true,
		Query: func(p *Pass, q *Query) {
			if !q.alert() {
				return
			}
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				switch e.Op {
				case parser.GTR, parser.GTE:
					lowTraffic(p, q, e, e.LHS, e.RHS)
				case parser.LSS, parser.LTE:
					lowTraffic(p, q, e, e.RHS, e.LHS)
				}
			})
		},
	})
}

func lowTraffic(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	limit, ok := q.Inferred.At(with).Values.Point()
	part, all, times := percentage(q, side)
	limit /= times
	if !ok || limit <= 0 || limit >= 1 || part == nil || q.guards(e) || !events(q, part) || !events(q, all) {
		return
	}
	whole := q.Inferred.At(all).Metrics
	guarded := false
	operations(q, func(o *parser.BinaryExpr, _ *query.Info) {
		guarded = guarded || o != e && asksFor(q, o, whole)
	})
	if guarded {
		return
	}
	p.Report(schema.Finding{
		Pos:     q.operator(e),
		Message: fmt.Sprintf("%s compares a share with %s and asks for no traffic: of fewer than %s events one is more", q.Owner, shortNumber(limit), shortNumber(math.Ceil(1/limit))),
		Hint:    fmt.Sprintf("add: and how many there are (increase(%s)) > %s", shorten(q.text(query.Unparen(all))), shortNumber(math.Ceil(1/limit))),
		Related: definitions(whole),
	})
}

// percentage returns the sides of the division that an expression is, and what their quotient is
// multiplied by; nil where it is none.
func percentage(q *Query, e parser.Expr) (part, all parser.Expr, times float64) {
	e, times = q.unscaled(e)
	d, ok := e.(*parser.BinaryExpr)
	if !ok || d.Op != parser.DIV || d.RHS.Type() != parser.ValueTypeVector {
		return nil, nil, 1
	}
	part, more := q.unscaled(d.LHS)
	return part, d.RHS, times * more
}

// events reports whether an expression is how many events there are.
func events(q *Query, e parser.Expr) bool {
	i := q.Inferred.At(e)
	counts := i.Type == query.Rate || i.Type == query.Increase
	return counts && len(i.Metrics) > 0 && !slices.ContainsFunc(i.Metrics, func(m *schema.Metric) bool { return m.Unit != "" && m.Type == schema.Counter })
}

// asksFor reports whether a comparison asks for more than some of the events.
func asksFor(q *Query, o *parser.BinaryExpr, whole []*schema.Metric) bool {
	side, with := o.LHS, o.RHS
	switch o.Op {
	case parser.GTR, parser.GTE:
	case parser.LSS, parser.LTE:
		side, with = with, side
	default:
		return false
	}
	least, ok := q.Inferred.At(with).Values.Point()
	return ok && least > 0 && events(q, side) && slices.ContainsFunc(q.Inferred.At(side).Metrics, func(m *schema.Metric) bool { return slices.Contains(whole, m) })
}
