package lint

import (
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "aggregate-before-rate",
		Doc: `A counter is summed before its rate is taken.

When one of the programs restarts, the sum falls by all that this program had counted. rate
takes the fall for a restart of everything, so it adds the whole rest of the sum: a spike
that never happened. A target that is missed once does the same. It makes no difference
whether a subquery sums or a recording rule.

The greatest or least of several counters falls, too, when the one that is ahead restarts;
where all count the same thing, this may be accepted: a warning.

Take the rate first: sum(rate(x[5m])), never rate(sum(x)[5m:]). Let the recording rule record
the rate.`,
		Query: func(p *Pass, q *Query) {
			calls(q, func(e *parser.Call, _ *query.Info) {
				if slices.Contains([]string{"rate", "irate", "increase", "resets"}, e.Func.Name) {
					aggregateBeforeRate(p, q, e)
				}
			})
		},
	})
}

func aggregateBeforeRate(p *Pass, q *Query, e *parser.Call) {
	of := q.Inferred.At(e.Args[0])
	if !of.Type.Cumulative() || of.Aggregated == nil {
		return
	}
	f := schema.Finding{
		Pos:     q.pos(e),
		Message: fmt.Sprintf("%s takes the %s of a %s that is aggregated before: a restart of one target becomes a spike", q.Owner, e.Func.Name, of.Type),
		Hint:    fmt.Sprintf("aggregate the %s, not the counter", e.Func.Name),
		Related: definitions(of.Metrics),
	}
	if rule := of.Aggregated.Rule; rule != "" {
		f.Message = fmt.Sprintf("%s takes the %s of %q, a recording rule that aggregates a %s before: a restart of one target becomes a spike", q.Owner, e.Func.Name, rule, of.Type)
		f.Hint = "record the rate"
	}
	if e := of.Aggregated.Node; e != nil {
		switch e.Op {
		case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
			return // chooses series and changes none
		case parser.MAX, parser.MIN:
			f.Severity = schema.Warning // right where all count the same
		}
	}
	p.Report(f)
}
