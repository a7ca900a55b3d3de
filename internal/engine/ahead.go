package engine

import (
	"cmp"
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// This file evaluates rules ahead: a range query has the same answers as an instant query
// at each of its steps, and costs a tenth of those.

// ahead evaluates, up to a time, the rules that draw on nothing that the run itself
// appends. One whose range query fails is evaluated step by step, so that the error is that
// of a step.
func (r *run) ahead(ctx context.Context, to time.Time) {
	made := map[string]bool{"ALERTS": true, "ALERTS_FOR_STATE": true}
	for _, g := range r.groups {
		for _, one := range g.rules {
			made[one.Record] = true
		}
	}
	for _, g := range r.groups {
		for _, one := range g.rules {
			one.ahead = nil
			from, step := g.next, cmp.Or(g.Interval, r.opts.Evaluation)
			if !to.After(from.Add(step)) || !readsOnly(one.expr, made) {
				continue
			}
			q, err := r.promql.NewRangeQuery(ctx, queryable{r.store, latest}, nil, one.expr, from.Add(-g.Offset), to.Add(-g.Offset), step)
			if err != nil {
				continue
			}
			if res := q.Exec(ctx); res.Err == nil {
				if m, ok := res.Value.(promql.Matrix); ok {
					one.ahead = bySteps(m)
					r.note(one, one.expr, res)
				}
			}
			q.Close()
		}
	}
}

// readsOnly reports whether an expression draws on series of names that are not made, and
// on none that are newer than the time of its evaluation.
func readsOnly(expr string, made map[string]bool) bool {
	tree, err := newParser().ParseExpr(expr)
	if err != nil || tree.Type() != parser.ValueTypeVector {
		return false
	}
	only := true
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.SubqueryExpr:
			only = only && n.Timestamp == nil && n.StartOrEnd == 0 && n.OriginalOffset >= 0
		case *parser.VectorSelector:
			only = only && n.Timestamp == nil && n.StartOrEnd == 0 && n.OriginalOffset >= 0 && named(n, made)
		}
		return nil
	})
	return only
}

// named reports whether a selector says its metric's name, and it is none of those.
func named(n *parser.VectorSelector, made map[string]bool) bool {
	for _, m := range n.LabelMatchers {
		if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
			return !made[m.Value]
		}
	}
	return false
}

// bySteps turns a matrix into the vector at each of its times.
func bySteps(m promql.Matrix) map[int64]promql.Vector {
	at := map[int64]promql.Vector{}
	for _, s := range m {
		for _, f := range s.Floats {
			at[f.T] = append(at[f.T], promql.Sample{Metric: s.Metric, T: f.T, F: f.F})
		}
		for _, h := range s.Histograms {
			at[h.T] = append(at[h.T], promql.Sample{Metric: s.Metric, T: h.T, H: h.H})
		}
	}
	return at
}

// vectorOf returns what a rule's expression comes to at a time.
func (r *run) vectorOf(ctx context.Context, g *group, one *rule, now time.Time) (promql.Vector, error) {
	at := now.Add(-g.Offset)
	if one.ahead != nil {
		return one.ahead[timestamp.FromTime(at)], nil
	}
	vector, res, err := r.vector(ctx, one.expr, at, now)
	if err != nil {
		return nil, err
	}
	r.note(one, one.expr, res)
	return vector, nil
}
