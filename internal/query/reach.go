package query

import (
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// Reach returns how far back an expression looks at the series of each name: offsets, ranges
// and subqueries around one another add up. Series that are not selected by name are "". What
// does not parse looks at nothing; what looks at a fixed time (@) is left out.
func Reach(expr string) map[string]time.Duration {
	reach := map[string]time.Duration{}
	e, err := Parse(expr)
	if err != nil {
		return reach
	}
	parser.Inspect(e, func(n parser.Node, path []parser.Node) error {
		vs, ok := n.(*parser.VectorSelector)
		if !ok || vs.Timestamp != nil || vs.StartOrEnd != 0 {
			return nil
		}
		back := vs.OriginalOffset
		for _, above := range path {
			switch above := above.(type) {
			case *parser.MatrixSelector:
				back += above.Range
			case *parser.SubqueryExpr:
				back += above.Range + above.OriginalOffset
			}
		}
		name := selectedName(vs)
		reach[name] = max(reach[name], back)
		return nil
	})
	return reach
}
