package lint

import (
	"path"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "stale-output",
		Doc: `A generated file is not what dashgen would write now.

The code, dashgen.yaml or dashgen itself has changed since the output was generated, or
somebody edited the output. What is deployed then watches metrics as they were. Where there
is neither dashgen.yaml nor a metrics.json, nothing was ever generated, and nothing is missing.

Run dashgen generate and commit what it writes. What must differ from the generated output
belongs into dashgen.yaml, where it survives. Where dashgen only lints what people wrote by
hand, and dashgen.yaml says how, switch it off: checks: {stale-output: off}.`,
		Tree: staleOutput,
	})
}

func staleOutput(p *Pass) {
	lacks := func(s Stale) bool { return s.Is == "missing" }
	stale := p.Input.Stale
	if i := slices.IndexFunc(stale, func(s Stale) bool { return lacks(s) && path.Base(s.File) == "metrics.json" }); i >= 0 {
		schemaFile := stale[i].File
		stale = slices.DeleteFunc(slices.Clone(stale), lacks)
		p.Reportf(schema.Pos{File: schemaFile}, "dashgen generate; or checks: {stale-output: off} in dashgen.yaml where dashgen is only to lint",
			"generated file %q is missing, and with it %d others", schemaFile, len(p.Input.Stale)-len(stale)-1)
	}
	for _, s := range stale {
		p.Reportf(schema.Pos{File: s.File}, "dashgen generate", "generated file %q is %s", s.File, s.Is)
	}
}
