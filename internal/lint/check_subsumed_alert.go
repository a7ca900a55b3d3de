package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "subsumed-alert",
		Doc: `An alert fires only where another one, with the same labels, fires already.

Two alerts ask the same question of one expression, one with a stricter number. Where their
labels differ, in a severity say, this is how to escalate. Where the labels are the same, both
go the same way, and the stricter one says nothing new. If they even have one name, they are
the same alert to Alertmanager: a warning. Alerts of different names without any label are left
alone.

Give the stricter one another severity, or remove it.`,
		Severity: schema.Note,
		Tree:     subsumedAlerts,
	})
}

// A bound is an alert as the number that it compares with.
type bound struct {
	*Query
	number float64
	op     parser.ItemType
}

func subsumedAlerts(p *Pass) {
	alike := map[string][]bound{}
	var order []string
	for _, q := range p.run.queries {
		if !q.alert() || q.Inferred == nil {
			continue
		}
		if key, b, ok := boundOf(q); ok {
			if alike[key] == nil {
				order = append(order, key)
			}
			alike[key] = append(alike[key], b)
		}
	}
	for _, key := range order {
		for _, strict := range alike[key] {
			for _, lax := range alike[key] {
				if subsumes(lax, strict) {
					f := schema.Finding{
						Pos:     strict.Pos,
						Message: fmt.Sprintf("%s fires only where %s does, with the same labels", strict.Owner, lax.Owner),
						Hint:    "give it another severity, or remove it",
						Related: []schema.Related{{Pos: lax.Pos, Message: "the other expression"}},
					}
					if strict.Rule.Alert == lax.Rule.Alert {
						f.Severity = schema.Warning
						f.Message = fmt.Sprintf("%s fires only where another one of that name does, with the same labels: they are one to Alertmanager", strict.Owner)
					}
					p.Report(f)
					break
				}
			}
		}
	}
}

// boundOf returns the number that an alert compares with at last, and what is left of it
// without that number: its expression and its labels.
func boundOf(q *Query) (key string, b bound, ok bool) {
	if len(alternatives(q.Tree)) > 1 {
		return "", b, false
	}
	e, _ := guarded(q.Tree).(*parser.BinaryExpr)
	if e == nil || !chooses(e) || q.Inferred.Variable(e) {
		return "", b, false
	}
	n, isNumber := query.Unparen(e.RHS).(*parser.NumberLiteral)
	if !isNumber {
		return "", b, false
	}
	var words strings.Builder
	left, right := e.LHS.PositionRange().End, n.PosRange.End
	for _, part := range []string{q.Expr[:left], q.Expr[right:]} {
		for _, word := range strings.Fields(part) {
			words.WriteString(word)
			words.WriteByte(' ')
		}
		words.WriteByte(0)
	}
	for _, name := range slices.Sorted(maps.Keys(q.Rule.Labels)) {
		fmt.Fprintf(&words, "%s=%s\x00", name, q.Rule.Labels[name])
	}
	return words.String(), bound{q, n.Val, e.Op}, true
}

// subsumes reports whether one alert fires wherever the other, a stricter one, does.
func subsumes(lax, strict bound) bool {
	if lax.Rule.Alert != strict.Rule.Alert && len(lax.Rule.Labels) == 0 {
		return false // their names say which way they go
	}
	if lax.Rule.For > strict.Rule.For || lax.Rule.KeepFiringFor < strict.Rule.KeepFiringFor || lax.number == strict.number {
		return false
	}
	up := func(op parser.ItemType) bool { return op == parser.GTR || op == parser.GTE }
	down := func(op parser.ItemType) bool { return op == parser.LSS || op == parser.LTE }
	return up(lax.op) && up(strict.op) && lax.number < strict.number || down(lax.op) && down(strict.op) && lax.number > strict.number
}
