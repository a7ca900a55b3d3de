package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
)

func init() {
	register(&Pattern{
		Name: "target-down",
		Doc: "A target of the job is not scraped (warning), or not one of them is, or none is known (critical). Prometheus itself writes up for every target, so " +
			"0 and absent need no threshold. It is derived only where the configuration says the job: a guessed one would be absent for ever.",
		Alerts:  targetDown,
		Watched: upWatched,
	})
}

func targetDown(p *Pass) []plan.Rule {
	job := p.Config.Job
	if job == "" {
		return nil
	}
	return []plan.Rule{{
		Alert:  p.Name(nil, "TargetDown"),
		Expr:   fmt.Sprintf("up{job=%q} == 0", job),
		For:    p.Hold(5 * time.Minute),
		Labels: map[string]string{"severity": "warning"},
		Annotations: map[string]string{
			"summary":     "A target of " + literal(job) + " is down",
			"description": "Prometheus cannot scrape " + p.Target() + ".",
		},
	}, {
		// absent() of a comparison would lose the job, which routes the alert.
		Alert:  p.Name(nil, "NoTargetUp"),
		Expr:   fmt.Sprintf("max by (job) (up{job=%[1]q}) == 0 or absent(up{job=%[1]q})", job),
		For:    p.Hold(5 * time.Minute),
		Labels: map[string]string{"severity": "critical"},
		Annotations: map[string]string{
			"summary":     "No target of " + literal(job) + " is up",
			"description": "Every target with this job is down, or Prometheus knows of none: service discovery finds none, or the scrape configuration was lost.",
		},
	}}
}

// upWatched reports whether a declared alert fires where r does: without any target of
// the job, or with one of several down. An alert that asks something else of up takes
// the place of neither.
func upWatched(p *Pass, r plan.Rule, declared parser.Expr) bool {
	job := p.Config.Job
	if e, err := query.Parse(r.Expr); err == nil && seesNone(e, job) {
		return seesNone(declared, job)
	}
	return seesDown(declared, job)
}

// seesNone reports whether an expression has a value where the job has no target: it asks
// for the absence of up, or puts a number in its place.
func seesNone(e parser.Expr, job string) bool {
	sees := false
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.Call:
			sees = sees || (n.Func.Name == "absent" || n.Func.Name == "absent_over_time") && selectsUp(n.Args[0], job)
		case *parser.BinaryExpr:
			call, isCall := query.Unparen(n.RHS).(*parser.Call)
			sees = sees || n.Op == parser.LOR && isCall && call.Func.Name == "vector" && mentionsUp(n.LHS, job)
		}
		return nil
	})
	return sees
}

// seesDown reports whether an expression has a value where one of the job's targets is
// down.
func seesDown(e parser.Expr, job string) bool {
	switch e := query.Unparen(e).(type) {
	case *parser.AggregateExpr:
		return seesDown(e.Expr, job)
	case *parser.BinaryExpr:
		switch {
		case e.Op == parser.LOR:
			return seesDown(e.LHS, job) || seesDown(e.RHS, job)
		case e.Op == parser.LAND || e.Op == parser.LUNLESS:
			return seesDown(e.LHS, job)
		}
		value, holds, ok := comparison(e)
		if !ok {
			return false
		}
		if count, ok := query.Unparen(value).(*parser.AggregateExpr); ok && count.Op == parser.COUNT {
			return holds(1) && seesDown(count.Expr, job)
		}
		return holds(0) && !holds(1) && tellsTargets(value, job)
	}
	return false
}

// tellsTargets reports whether a value is 0 where one of the job's targets is down: up
// itself, over time, or the least of it.
func tellsTargets(e parser.Expr, job string) bool {
	switch e := query.Unparen(e).(type) {
	case *parser.AggregateExpr:
		return (e.Op == parser.MIN || e.Op == parser.BOTTOMK) && tellsTargets(e.Expr, job)
	case *parser.Call:
		overTime := []string{"avg_over_time", "last_over_time", "max_over_time", "min_over_time", "sum_over_time"}
		return slices.Contains(overTime, e.Func.Name) && selectsUp(e.Args[0], job)
	}
	return selectsUp(e, job)
}

// comparison splits a comparison with a number that filters into the value and the
// numbers for which it holds.
func comparison(e *parser.BinaryExpr) (value parser.Expr, holds func(float64) bool, ok bool) {
	compare := map[parser.ItemType]func(a, b float64) bool{
		parser.EQLC: func(a, b float64) bool { return a == b }, parser.NEQ: func(a, b float64) bool { return a != b },
		parser.LSS: func(a, b float64) bool { return a < b }, parser.LTE: func(a, b float64) bool { return a <= b },
		parser.GTR: func(a, b float64) bool { return a > b }, parser.GTE: func(a, b float64) bool { return a >= b },
	}[e.Op]
	if compare == nil || e.ReturnBool {
		return nil, nil, false
	}
	if n, ok := query.Unparen(e.RHS).(*parser.NumberLiteral); ok {
		return e.LHS, func(v float64) bool { return compare(v, n.Val) }, true
	}
	if n, ok := query.Unparen(e.LHS).(*parser.NumberLiteral); ok {
		return e.RHS, func(v float64) bool { return compare(n.Val, v) }, true
	}
	return nil, nil, false
}

// selectsUp reports whether an expression is a selector of the up of all of the job's
// targets: of no label but the job, which may be any.
func selectsUp(e parser.Expr, job string) bool {
	if m, ok := query.Unparen(e).(*parser.MatrixSelector); ok {
		e = m.VectorSelector
	}
	s, ok := query.Unparen(e).(*parser.VectorSelector)
	if !ok || s.Name != "up" {
		return false
	}
	for _, m := range s.LabelMatchers {
		if m.Name != "__name__" && (m.Name != "job" || !m.Matches(job)) {
			return false
		}
	}
	return true
}

// mentionsUp reports whether such a selector is anywhere in an expression.
func mentionsUp(e parser.Expr, job string) bool {
	found := false
	watching(e, func(s *parser.VectorSelector) { found = found || selectsUp(s, job) })
	return found
}
