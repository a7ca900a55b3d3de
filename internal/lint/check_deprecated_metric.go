package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "deprecated-metric",
		Doc: `A query names a metric that is deprecated.

The code still exposes it but says, in a "Deprecated:" comment or a //dashgen:deprecated
directive, that it will go. A dashboard or an alert that is not mended by then goes dark
without a word.

Use the metric that replaces it, as the hint says. A panel that must show both while old
programs still run can name both: new_name or old_name, accepted with a reason.`,
		Severity: schema.Warning,
		Query:    deprecatedMetric,
	})
}

func deprecatedMetric(p *Pass, q *Query) {
	for _, s := range q.Selectors() {
		standing, m, _ := p.run.names.stand(s.Name)
		if standing != deprecated || q.Name { // render leaves a deprecated metric out and says so
			continue
		}
		p.Report(schema.Finding{
			Pos:     q.At(s.Offset),
			Message: fmt.Sprintf("%s queries %q, which is deprecated%s", q.Owner, s.Name, release(" since ", m.DeprecatedSince)),
			Hint:    replacement(m),
			Related: defined(m),
			Edits:   q.rename(s.Name, p.run.names.successor(m, s.Name)),
		})
	}
}
