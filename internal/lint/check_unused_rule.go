package lint

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
)

func init() {
	register(&Check{
		Name: "unused-rule",
		Doc: `A recording rule records what nothing reads.

No panel, no alert, no other rule, and no variable asks for it. It costs an evaluation every
interval and its series their space. Only who has all that reads it among the inputs can
know: series may be federated, written to another store, or looked at by hand.

Remove the rule, or name what reads it under inputs: in dashgen.yaml.`,
		Severity: schema.Note,
		Optional: true,
		Tree:     unusedRules,
	})
}

func unusedRules(p *Pass) {
	read := map[string]bool{}
	var matched []*labels.Matcher // on names
	var unread []string           // what does not parse, or has a variable in a name
	for _, q := range p.run.queries {
		if q.Tree == nil {
			unread = append(unread, q.Expr)
			continue
		}
		for _, s := range query.Selectors(q.Tree) {
			if q.Rule == nil || s.Name != q.Rule.Record {
				read[s.Name] = true
			}
			if s.Name != "" && !strings.Contains(q.Expr[s.Offset:s.End], s.Name) {
				return // a variable is in the name: it may be any
			}
			for _, m := range s.Matchers {
				if m.Name == labels.MetricName && query.HasVariable(m.Value) {
					return
				}
				if m.Name == labels.MetricName && m.Type != labels.MatchEqual {
					matched = append(matched, m)
				}
			}
		}
	}
	for _, q := range p.run.queries {
		if q.Rule == nil || q.Rule.Record == "" {
			continue
		}
		name := q.Rule.Record
		if read[name] || slices.ContainsFunc(matched, func(m *labels.Matcher) bool { return m.Matches(name) }) ||
			slices.ContainsFunc(unread, func(text string) bool { return strings.Contains(text, name) }) {
			continue
		}
		read[name] = true // once
		p.Reportf(q.Rule.Pos, "remove it, or name what reads it under inputs:", "%s is read by no panel, alert or other rule", q.Owner)
	}
}
