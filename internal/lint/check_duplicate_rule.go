package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "duplicate-rule",
		Doc: `Two rules are the same.

Two alerts with one expression and the same labels fire together, always: people are called
twice for one thing, and a silence for the one leaves the other. Two recording rules with one
name and the same labels write the same series, so samples of one of them are refused.
Expressions are compared by what they mean, not by how they are written.

Remove one of them. If one is to be more urgent, give it another threshold and severity.`,
		Severity: schema.Warning,
		Tree:     duplicateRules,
	})
}

func duplicateRules(p *Pass) {
	first := map[string]*Query{}
	for _, q := range p.run.queries {
		if q.Rule == nil || q.Tree == nil {
			continue
		}
		var key strings.Builder
		fmt.Fprintf(&key, "%s\x00%s\x00", q.Rule.Record, q.Tree)
		for _, name := range slices.Sorted(maps.Keys(q.Rule.Labels)) {
			fmt.Fprintf(&key, "%s=%s\x00", name, q.Rule.Labels[name])
		}
		if q.alert() {
			fmt.Fprintf(&key, "alert for %v", q.Rule.For)
		}
		other := first[key.String()]
		if other == nil {
			first[key.String()] = q
			continue
		}
		if other.Pos == q.Pos || other.Own != q.Own && other.Owner == q.Owner {
			continue // what dashgen generates, and the file that it wrote
		}
		p.Report(schema.Finding{
			Pos:     q.Pos,
			Message: fmt.Sprintf("%s is the same as %s", q.Owner, other.Owner),
			Hint:    "remove one of them",
			Related: []schema.Related{{Pos: other.Pos, Message: "the other expression"}},
		})
	}
}
