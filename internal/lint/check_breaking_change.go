package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "breaking-change",
		Doc: `A metric is not any more what metrics.json says that it was.

Queries that people have written, here and elsewhere, take its type, unit, labels, label
values and bucket bounds to be as they were: after the change they return nothing, or
something else. How grave that is follows from the metric's stability. That a metric has
gone or was renamed is what removed-metric reports.

Add a metric and deprecate this one, or see with dashgen diff which queries the change
breaks, mend them, and accept it with dashgen generate.`,
		Change: func(p *Pass, c schema.Change) {
			if c.Compatible || c.New == nil || slices.Contains(reportedByMerge, c.Kind) {
				return
			}
			f := schema.Finding{
				Pos: c.New.Pos, Severity: c.Severity, Message: fmt.Sprintf("%s %q: %s", cmp.Or(c.New.Type, schema.Untyped), c.New.Name, c.Message),
				Hint: cmp.Or(c.Hint, "dashgen diff says which queries it breaks; dashgen generate accepts it"),
			}
			p.Report(f)
		},
	})
}

// reportedByMerge are the kinds of changes that package schema reports itself.
var reportedByMerge = []string{"removed", "renamed", "revived"}
