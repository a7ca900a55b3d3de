package lint

import (
	"fmt"
	"slices"
	"time"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "rate-window",
		Doc: `The range of a rate is too short for the scrape interval.

rate, increase, delta and the like need two samples within their range. In a range shorter
than two scrape intervals there is often only one, so the result has holes or is empty
altogether: an error. Below four intervals, one failed scrape is enough for a hole: a
warning. irate and idelta look at the last two samples only, so for them two intervals are
enough. For a subquery, its step takes the place of the interval.

The interval is that of intervals: in dashgen.yaml. Where nothing is written there, 15s are
assumed, and only ranges shorter than two of them are reported, as a warning. Use a longer
range; in Grafana write $__rate_interval.`,
		Query: func(p *Pass, q *Query) {
			calls(q, func(e *parser.Call, _ *query.Info) {
				if need, ok := windows[e.Func.Name]; ok {
					rateWindow(p, q, e, need)
				}
			})
		},
	})
}

// windows are the functions that need two samples, and how many intervals their range
// should have.
var windows = map[string]int{"rate": 4, "increase": 4, "delta": 4, "deriv": 4, "predict_linear": 4, "irate": 2, "idelta": 2, "changes": 2, "resets": 2}

func rateWindow(p *Pass, q *Query, e *parser.Call, need int) {
	at := slices.IndexFunc(e.Args, func(a parser.Expr) bool { return a.Type() == parser.ValueTypeMatrix })
	if at < 0 || q.Inferred.Variable(e.Args[at]) {
		return
	}
	var window, interval time.Duration
	words := "scrape interval"
	switch m := e.Args[at].(type) {
	case *parser.MatrixSelector:
		window, interval = m.Range, q.Inferred.World.Scrape
		if m.RangeExpr != nil {
			return
		}
		if q.Inferred.At(m).Rule != "" {
			interval, words = q.Inferred.World.Evaluation, "evaluation interval"
		}
	case *parser.SubqueryExpr:
		window, interval, words = m.Range, m.Step, "step"
		if m.RangeExpr != nil || m.StepExpr != nil {
			return
		}
		if m.Step == 0 {
			interval, words = q.Inferred.World.Evaluation, "evaluation interval, its step"
		}
	}
	if interval <= 0 || window >= time.Duration(need)*interval {
		return
	}
	f := schema.Finding{
		Pos: q.pos(e), Severity: schema.Warning,
		Message: fmt.Sprintf("%s takes the %s over %s, which is less than %d times the %s of %s", q.Owner, e.Func.Name, shortDuration(window), need, words, shortDuration(interval)),
		Hint:    fmt.Sprintf("use at least %s", shortDuration(time.Duration(need)*interval)),
	}
	assumed := p.Config.Intervals.Assumed && words != "step"
	switch {
	case assumed && (window >= 2*interval || q.Inferred.At(e.Args[at]).Foreign):
		return // nobody said how often targets are scraped
	case window < 2*interval:
		f.Severity = schema.Error
		f.Message = fmt.Sprintf("%s takes the %s over %s, which may hold no two samples at a %s of %s", q.Owner, e.Func.Name, shortDuration(window), words, shortDuration(interval))
	}
	if assumed {
		f.Severity = schema.Warning
		f.Hint += ", or write the interval under intervals: in dashgen.yaml"
	}
	p.Report(f)
}
