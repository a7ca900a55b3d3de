package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// Confirm asks the engine for every node of an expression, at a time between scrapes and at
// the end. The error names the node, what was inferred, the engine's answer and the series; it
// is nil where all that is inferred for certain is so. What the engine refuses to answer,
// because series cannot be matched or told apart, contradicts nothing.
func (s *State) Confirm(in *query.Inferred) error {
	if in.Text == "" {
		return errors.New("infer with the expression's text: a tree prints its matchers in another order, which absent minds")
	}
	ask := func(node parser.Expr, at time.Duration) *engine.Result {
		res, err := s.engine.Instant(context.Background(), text(in, node), epoch.Add(at))
		if err != nil {
			return nil
		}
		return res
	}
	for node, info := range in.All() {
		t := node.Type()
		if t != parser.ValueTypeVector && t != parser.ValueTypeScalar || s.held[text(in, node)] {
			continue
		}
		for _, at := range []time.Duration{7*time.Minute + 30*time.Second, (scrapes - 1) * time.Minute} {
			res := ask(node, at)
			if res == nil {
				continue
			}
			err := contradiction(info, res)
			if b, ok := node.(*parser.BinaryExpr); ok && err == nil && info.Holds == query.Always && b.RHS.Type() == parser.ValueTypeScalar && !info.Scalar && !b.ReturnBool {
				if all := ask(b.LHS, at); all != nil && len(floats(all)) != len(floats(res)) {
					err = fmt.Errorf("always holds, but for %d of %d samples", len(floats(res)), len(floats(all)))
				}
			}
			if call, ok := node.(*parser.Call); ok && err == nil {
				err = s.annotated(in, call, res, at)
			}
			if err != nil {
				return fmt.Errorf("in %s\nat %v: %s: %w\nthe engine says\n%sof\n%s", in.Text, at, text(in, node), err, res.Text(), s.of(in))
			}
		}
		s.held[text(in, node)] = true
	}
	return nil
}

// text returns a node as it is written.
func text(in *query.Inferred, node parser.Expr) string {
	p := node.PositionRange()
	return in.Text[p.Start:p.End]
}

// annotated holds the engine's warnings and infos against what is inferred.
func (s *State) annotated(in *query.Inferred, call *parser.Call, res *engine.Result, at time.Duration) error {
	switch call.Func.Name {
	case "histogram_quantile":
		if strings.Count(call.String(), "quantile") > 1 {
			return nil // the engine may speak of another
		}
		of, q := in.At(call.Args[1]).Labels, in.At(call.Args[0]).Values
		switch {
		case said(res, "bucket label") && of.Must("le") && of.Label("le").Origin == query.FromBucket:
			return errors.New("le is guaranteed, but the engine misses it")
		case said(res, "quantile value should be") && q.Lo >= 0 && q.Hi <= 1 && !q.NaN:
			return fmt.Errorf("the quantile is %v, but the engine warns of it", q)
		case !said(res, "quantile value should be") && (q.Lo > 1 || q.Hi < 0):
			return fmt.Errorf("the quantile is %v, but the engine does not warn of it", q)
		}
	case "rate", "increase":
		of := in.At(call.Args[0])
		if len(of.Metrics) != 1 || of.Rule != "" || of.Metric == nil || of.Metrics[0].Type == schema.Summary || of.Type == query.Unknown || of.Type == query.NativeHistogram {
			return nil // the engine does not know what a summary's count is
		}
		e, err := s.withTypes(call)
		if err != nil {
			return err
		}
		typed, err := e.Instant(context.Background(), text(in, call), epoch.Add(at))
		if err != nil || len(typed.Series) == 0 {
			return err
		}
		if says := said(typed, "might not be a counter"); says == of.Type.Cumulative() {
			return fmt.Errorf("is of a %s, but the engine says %q", of.Type, typed.Infos)
		}
	}
	return nil
}

func said(res *engine.Result, words string) bool {
	return slices.ContainsFunc(slices.Concat(res.Warnings, res.Infos), func(s string) bool { return strings.Contains(s, words) })
}

// of returns the series that an expression names.
func (s *State) of(in *query.Inferred) string {
	var b strings.Builder
	for _, line := range s.Series {
		if strings.Contains(in.Text, line[:strings.IndexAny(line, "{ ")]) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func floats(r *engine.Result) []engine.Series {
	return slices.DeleteFunc(slices.Clone(r.Series), func(s engine.Series) bool { return s.Points[0].Histogram != "" })
}

// contradiction says what of an Info does not hold.
func contradiction(info *query.Info, res *engine.Result) error {
	switch {
	case info.Empty.State == query.Always && len(res.Series) > 0:
		return fmt.Errorf("is always empty (%+v) but has series", info.Empty.Reason)
	case info.Empty.State == query.Never && len(res.Series) == 0:
		return fmt.Errorf("is never empty but has no series")
	}
	for _, s := range res.Series {
		if err := contradictsLabels(info.Labels, s.Labels); err != nil {
			return err
		}
		for _, p := range s.Points {
			if p.Histogram == "" && !info.Values.Contains(p.Value) {
				return fmt.Errorf("%v is not within %v", p.Value, info.Values)
			}
		}
	}
	return nil
}

func contradictsLabels(ls query.Labels, have engine.Labels) error {
	for name, value := range have {
		l := ls.Label(name)
		switch {
		case !ls.Can(name):
			return fmt.Errorf("has label %q", name)
		case ls.Gone(name) != nil:
			return fmt.Errorf("has label %q, which is gone", name)
		case l != nil && l.Values != nil && !slices.Contains(l.Values, value):
			return fmt.Errorf("label %q is %q, which is none of %q", name, value, l.Values)
		}
	}
	for _, l := range ls.All() {
		if l.Presence == query.Guaranteed && have[l.Name] == "" {
			return fmt.Errorf("label %q is guaranteed but not there", l.Name)
		}
	}
	return nil
}
