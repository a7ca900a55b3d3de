package prove

import (
	"context"
	"maps"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
)

// A Silent part of an alert is one that no scenario makes it fire by.
type Silent struct {
	Operand string // of or at the top of its expression; empty: the whole of it
	Tried   int    // scenarios
}

// The bounds of Never: scenarios for each part; selectors of it, and comparisons and operations
// on two vectors, in all that it draws on. Of one that has more too few combinations are tried for
// it to mean anything that none fires.
const (
	fewer          = 400
	mostSelectors  = 3
	mostConditions = 3
)

// Never returns the parts of an alert that no scenario makes it fire by. It makes no tests and
// looks at few scenarios: it is for alerts that people wrote, which are looked at again and
// again. An alert that cannot be tried (see Proof.Reason) has none, nor has one that draws on
// many series or asks for much at once, or one where time is up.
func (p *Prover) Never(ctx context.Context, alert engine.Rule) []Silent {
	step := p.step(alert)
	s, err := newSubject(p.world, p.recorded, alert)
	if err != nil || s.reach+alert.For > longest*step {
		return nil
	}
	s.fold()
	f, err := newSearcher(ctx, s, alert, step)
	if err != nil {
		return nil
	}
	f.most = fewer
	var silent []Silent
	branches := operandsOf(f.tree)
	for i, one := range branches {
		if !s.simple(one) {
			continue
		}
		f.tree, f.tried, f.spare = one, 0, nil
		_, fires, _ := f.find()
		tried := f.tried
		if !fires && i == 0 && s.twins() {
			f.tried = 0
			_, fires, _ = f.find()
			tried += f.tried
		}
		if fires {
			continue
		}
		part := Silent{Tried: tried}
		if len(branches) > 1 {
			part.Operand = one.String()
		}
		silent = append(silent, part)
	}
	if ctx.Err() != nil {
		return nil
	}
	return silent
}

// simple reports whether an operand is within the bounds of Never.
func (s *subject) simple(one parser.Expr) bool {
	selectors, conditions := 0, 0
	count := func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			if s.exprs[n.Name] == nil {
				selectors++
			}
		case *parser.BinaryExpr:
			if n.Op.IsComparisonOperator() || !n.Op.IsSetOperator() && n.VectorMatching != nil {
				conditions++
			}
		}
		return nil
	}
	for _, e := range append(slices.Concat(slices.Collect(maps.Values(s.exprs))...), one) {
		parser.Inspect(e, count)
	}
	return selectors <= mostSelectors && conditions <= mostConditions
}

// fold adds to the numbers in an expression what those that are computed with come to: 172800 of
// 60 * 60 * 48.
func (s *subject) fold() {
	in := query.Infer(s.tree.String(), s.tree, s.world)
	parser.Inspect(s.tree, func(n parser.Node, _ []parser.Node) error {
		if b, ok := n.(*parser.BinaryExpr); ok && b.Type() == parser.ValueTypeScalar {
			if v, known := in.At(b).Values.Point(); known {
				s.numbers = append(s.numbers, v)
			}
		}
		return nil
	})
	slices.Sort(s.numbers)
	s.numbers = slices.Compact(s.numbers)
}
