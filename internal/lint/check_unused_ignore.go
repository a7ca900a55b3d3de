package lint

import "github.com/dashgen/dashgen/schema"

func init() {
	register(&Check{
		Name: "unused-ignore",
		Doc: `An ignore accepts no finding.

What it accepted has been mended, or it stands beside the wrong thing. Left where it is, it
would silently accept a new fault of the same kind.

Remove it, or move it to the metric, panel, dashboard or rule that it speaks of. Ignores of
checks that are switched off are not judged.`,
		Severity: schema.Warning,
	})
}
