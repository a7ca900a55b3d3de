package enginetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
)

// Confirm asks the engine for every node of an expression, at a time between scrapes and at
// the end. The error names the node, what was inferred, the engine's answer and the series; it
// is nil where all that is inferred for certain is so. What the engine refuses to answer,
// because series cannot be matched or told apart, contradicts nothing.
func (s *State) Confirm(in *query.Inferred) error {
	e := engine.New(s.store, engine.Options{})
	ask := func(node parser.Expr, at time.Duration) *engine.Result {
		res, err := e.Instant(context.Background(), node.String(), epoch.Add(at))
		if err != nil {
			return nil
		}
		return res
	}
	for _, at := range []time.Duration{7*time.Minute + 30*time.Second, (scrapes - 1) * time.Minute} {
		for node, info := range in.All() {
			if t := node.Type(); t != parser.ValueTypeVector && t != parser.ValueTypeScalar {
				continue
			}
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
			if err != nil {
				return fmt.Errorf("in %s\nat %v: %s: %w\nthe engine says\n%sof\n%s", in.Expr, at, node, err, res.Text(), s.of(in))
			}
		}
	}
	return nil
}

// of returns the series that an expression names.
func (s *State) of(in *query.Inferred) string {
	var b strings.Builder
	for _, line := range s.Series {
		if strings.Contains(in.Expr.String(), line[:strings.IndexAny(line, "{ ")]) {
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
