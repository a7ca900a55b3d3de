package lint

import "github.com/dashgen/dashgen/schema"

func init() {
	register(&Check{
		Name: "expired-ignore",
		Doc: `An ignore was to hold until a day that has passed.

What it accepted is reported again: somebody promised to have mended it by then.

Mend it and remove the ignore, or say why it stays, and until when:
dashgen:ignore CHECK REASON until=2027-01-01. The day itself is the last on which it holds.`,
		Severity: schema.Warning,
		Tree:     expiredIgnore,
	})
}

func expiredIgnore(p *Pass) {
	for i := range p.run.ignored {
		if p.run.expired(i) {
			p.Reportf(i.Pos, "mend what it accepts, or write another day", "ignore of %q held until %s", i.Check, i.Until)
		}
	}
}
