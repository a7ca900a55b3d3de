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
		Name: "retention",
		Doc: `A query looks further back than Prometheus keeps samples.

What is older than the retention is gone. An offset beyond it selects nothing, ever: an
error. A range that begins before it is cut, so that a mean or an increase over 30 days is
one over what is left, and nobody sees the difference: a warning. Ranges, offsets and
subqueries around each other add up.

The retention is what retention: in dashgen.yaml says; where nothing is written, this check is
silent. Shorten the range or the offset, record the value with a rule, or raise
--storage.tsdb.retention.time.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			if p.Config.Retention == 0 {
				return
			}
			each(q, func(n parser.Expr, _ *query.Info) {
				if vs, ok := n.(*parser.VectorSelector); ok {
					retention(p, q, vs)
				}
			})
		},
	})
}

func retention(p *Pass, q *Query, vs *parser.VectorSelector) {
	kept := p.Config.Retention
	reach, ok := reachOf(q, vs)
	f := schema.Finding{Pos: q.pos(vs), Hint: fmt.Sprintf("look at no more than %s", shortDuration(kept)), Related: definitions(q.Inferred.At(vs).Metrics)}
	switch {
	case !ok || reach.last+reach.width <= kept:
		return
	case reach.last >= kept:
		f.Severity = schema.Error
		f.Message = fmt.Sprintf("%s looks at what was %s ago, but samples are kept for %s: it is always empty", q.Owner, shortDuration(reach.last), shortDuration(kept))
	default:
		f.Message = fmt.Sprintf("%s looks back %s, but samples are kept for %s: the rest is missing", q.Owner, shortDuration(reach.last+reach.width), shortDuration(kept))
	}
	p.Report(f)
}

// A reach is the time that a selector looks at: from last+width ago to last ago.
type reach struct{ last, width time.Duration }

// reachOf returns what a selector looks at; ok is false where a variable or a fixed time
// says so.
func reachOf(q *Query, vs *parser.VectorSelector) (r reach, ok bool) {
	if vs.Timestamp != nil || vs.StartOrEnd != 0 || vs.OriginalOffsetExpr != nil {
		return r, false
	}
	r.last = vs.OriginalOffset
	for n := parser.Node(vs); n != nil; n = q.Inferred.Parent(n) {
		if q.Inferred.Variable(n) {
			return r, false
		}
		switch n := n.(type) {
		case *parser.MatrixSelector:
			r.width += n.Range
			ok = n.RangeExpr == nil
		case *parser.SubqueryExpr:
			r.width, r.last = r.width+n.Range, r.last+n.OriginalOffset
			ok = n.RangeExpr == nil && n.OriginalOffsetExpr == nil && n.Timestamp == nil && n.StartOrEnd == 0
		default:
			continue
		}
		if !ok {
			return r, false
		}
	}
	return r, true
}
