package lint

import "github.com/dashgen/dashgen/schema"

func init() {
	register(&Check{
		Name: "stale-output",
		Doc: `A generated file is not what dashgen would write now.

The code, dashgen.yaml or dashgen itself has changed since the output was generated, or
somebody edited the output. What is deployed then watches metrics as they were. Where there
is neither dashgen.yaml nor a metrics.json, nothing was ever generated, and nothing is missing.

Run dashgen generate and commit what it writes. What must differ from the generated output
belongs into dashgen.yaml, where it survives.`,
		Tree: func(p *Pass) {
			for _, s := range p.Input.Stale {
				p.Reportf(schema.Pos{File: s.File}, "dashgen generate", "generated file %q is %s", s.File, s.Is)
			}
		},
	})
}
