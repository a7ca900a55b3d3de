package query

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/schema"
)

// This file finds ratios of a part to its whole, which lie between 0 and 1: the rate of
// some of a metric's series, summed, over the rate of all of them.

// partOfWhole reports whether every sample of l / r divides the sum of some series by the
// sum of these and others; certain is false where that follows from what a histogram's
// buckets and count mean, which two scrapes may tear apart.
func (in *Inferred) partOfWhole(e *parser.BinaryExpr) (ok, certain bool) {
	l, r := Unparen(e.LHS), Unparen(e.RHS)
	if in.infos[l].Values.Lo < 0 || in.infos[r].Values.Lo < 0 || in.Variable(e) {
		return false, false
	}
	la, lsum := l.(*parser.AggregateExpr)
	ra, rsum := r.(*parser.AggregateExpr)
	switch {
	case lsum && rsum:
		if la.Op != parser.SUM || ra.Op != parser.SUM || in.Variable(la) || in.Variable(ra) || !within1(e.VectorMatching, la, ra) {
			return false, false
		}
		l, r = la.Expr, ra.Expr
	case lsum || rsum || e.VectorMatching.On || len(e.VectorMatching.MatchingLabels) > 0:
		return false, false
	}
	return in.part(l, r)
}

// within1 reports whether the groups of l that match a group of r are made of its series.
func within1(m *parser.VectorMatching, l, r *parser.AggregateExpr) bool {
	if l.Without != r.Without {
		return false
	}
	if l.Without {
		return !m.On && len(m.MatchingLabels) == 0 && sameWords(l.Grouping, r.Grouping)
	}
	for _, name := range r.Grouping {
		if !slices.Contains(l.Grouping, name) || !matchesOn(m, name) {
			return false
		}
	}
	return true
}

func sameWords(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// part reports whether l computes the same as r of some of its series.
func (in *Inferred) part(l, r parser.Expr) (ok, certain bool) {
	l, r = Unparen(l), Unparen(r)
	switch l := l.(type) {
	case *parser.Call:
		r, same := r.(*parser.Call)
		if same && l.Func.Name == r.Func.Name && slices.Contains([]string{"rate", "increase", "irate"}, l.Func.Name) {
			return in.part(l.Args[0], r.Args[0])
		}
	case *parser.MatrixSelector:
		r, same := r.(*parser.MatrixSelector)
		if same && l.Range == r.Range && l.RangeExpr == nil && r.RangeExpr == nil {
			return in.part(l.VectorSelector, r.VectorSelector)
		}
	case *parser.VectorSelector:
		r, same := r.(*parser.VectorSelector)
		if same && sameTime(l, r) && selectedName(l) != "" && !in.Variable(l) && !in.Variable(r) {
			return in.partOfSeries(l, r)
		}
	}
	return false, false
}

func sameTime(l, r *parser.VectorSelector) bool {
	at := func(v *parser.VectorSelector) int64 {
		if v.Timestamp == nil {
			return -1
		}
		return *v.Timestamp
	}
	return l.OriginalOffset == r.OriginalOffset && l.OriginalOffsetExpr == nil && r.OriginalOffsetExpr == nil &&
		l.StartOrEnd == r.StartOrEnd && at(l) == at(r) && !l.Anchored && !l.Smoothed && !r.Anchored && !r.Smoothed
}

// partOfSeries reports whether l selects some of what r selects: at least its matchers.
func (in *Inferred) partOfSeries(l, r *parser.VectorSelector) (ok, certain bool) {
	ofBucket := func(m *labels.Matcher) bool { return m.Name == "le" || m.Name == nameLabel }
	a, b := in.infos[l], in.infos[r]
	bucket := a.Type == Bucket && b.Type == Count && oneMetric(a, b)
	for _, m := range r.LabelMatchers {
		if m.Name == nameLabel && bucket {
			continue
		}
		if !slices.ContainsFunc(l.LabelMatchers, func(o *labels.Matcher) bool { return o.Name == m.Name && o.Type == m.Type && o.Value == m.Value }) {
			return false, false
		}
	}
	if selectedName(l) == selectedName(r) {
		return true, true
	}
	if !bucket || !slices.ContainsFunc(l.LabelMatchers, ofBucket) {
		return false, false
	}
	le := a.Labels.exact("le")
	for _, v := range le.Values {
		if !SameNumber(v, le.Values[0]) {
			return false, false
		}
	}
	return len(le.Values) > 0, false
}

func oneMetric(a, b *Info) bool {
	same := func(i *Info) *schema.Metric {
		if len(i.Metrics) != 1 {
			return nil
		}
		return i.Metrics[0]
	}
	return same(a) != nil && same(a) == same(b)
}
