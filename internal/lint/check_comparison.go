package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "comparison",
		Doc: `A comparison is never true, or always.

What values an expression can have follows from what it is: a counter and its rate are never
negative, an info metric is 1, a part of a whole is at most 1, and a quantile of a histogram
is never above its top bucket bound, however slow the requests are. An alert on a comparison
that is never true cannot fire; on one that is always true, it fires for as long as there
are series. The first is an error, the second an error in an alert and a warning in a panel.

Some bounds follow only from what a name says: a ratio is 0 to 1, bytes are not negative. What
is never or always true only if the name is right is a warning. Comparisons that ask whether
there are series, such as count(x) > 0 and absent(x) == 1, are left alone.

Compare with a number within the bounds that the finding tells, or in the unit that the value
has. For a threshold above the top bucket, add a bucket.`,
		Query: func(p *Pass, q *Query) {
			operations(q, func(e *parser.BinaryExpr, i *query.Info) {
				if e.Op.IsComparisonOperator() {
					comparison(p, q, e, i)
				}
			})
		},
	})
}

func comparison(p *Pass, q *Query, e *parser.BinaryExpr, i *query.Info) {
	l, r := q.Inferred.At(e.LHS), q.Inferred.At(e.RHS)
	state := cmp.Or(i.Holds, i.Usually)
	if state == query.Sometimes || l.Empty.State == query.Always || r.Empty.State == query.Always || state == query.Always && exists(e.LHS, l) {
		return
	}
	likely, left, right := "", l.Values, r.Values
	f := schema.Finding{Pos: q.operator(e), Related: definitions(i.Metrics)}
	switch {
	case i.Holds == query.Sometimes:
		likely, left, right, f.Severity = "by its name ", l.Usual, r.Usual, schema.Warning
	case state == query.Always && (q.Rule == nil || q.Rule.Alert == ""):
		f.Severity = schema.Warning
	}
	about, bounds, number := e.LHS, left, right
	if e.LHS.Type() == parser.ValueTypeScalar { // turned round: 10 < x
		about, bounds, number = e.RHS, right, left
	}
	f.Message = fmt.Sprintf("%s compares %s, which is %s%s, with %s: it is %s true", q.Owner, shorten(q.text(about)), likely, bounds, number, state)
	f.Hint = comparisonHint(about, state, bounds)
	p.Report(f)
}

// exists reports whether an expression has a value of its own for every series that
// there is, so that a comparison of it asks whether there are any.
func exists(e parser.Expr, i *query.Info) bool {
	for {
		switch n := e.(type) {
		case *parser.ParenExpr:
			e = n.Expr
			continue
		case *parser.AggregateExpr:
			return n.Op == parser.COUNT || n.Op == parser.GROUP
		case *parser.Call:
			return slices.Contains([]string{"absent", "absent_over_time", "present_over_time", "count_over_time"}, n.Func.Name)
		}
		return i.Type == query.InfoMetric
	}
}

func comparisonHint(e parser.Expr, state query.State, b query.Bounds) string {
	call, ok := e.(*parser.Call)
	if ok && call.Func.Name == "histogram_quantile" && state == query.Never {
		return fmt.Sprintf("the top bucket bound is %v: a quantile is never above it; add buckets or lower the threshold", b.Hi)
	}
	return ""
}

// shorten cuts a long expression for a message.
func shorten(text string) string {
	if len(text) <= 60 {
		return text
	}
	return text[:40] + "…"
}
