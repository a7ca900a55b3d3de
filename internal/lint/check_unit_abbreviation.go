package lint

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "unit-abbreviation",
		Doc: `A metric's name abbreviates a unit.

_ms, _sec or _b can be read in more than one way (m: minutes, metres, millions?), and an
abbreviation mostly stands for a unit that is no base unit either. Tools that infer units
from names know the words.

Write the base unit out: _seconds, _bytes. If the name must stay, accept the finding with a
reason.`,
		Metric: unitAbbreviation,
	})
}

// abbreviations maps an abbreviated unit to the base unit that is most likely meant, or
// to nothing where it can be read in several ways.
// Source of the list: client_golang v1.25.0, prometheus/testutil/promlint/validations/units.go.
var abbreviations = map[string]string{
	"s": "seconds", "ms": "seconds", "us": "seconds", "ns": "seconds", "sec": "seconds", "h": "seconds", "d": "seconds",
	"b": "bytes", "kb": "bytes", "mb": "bytes", "gb": "bytes", "tb": "bytes", "pb": "bytes",
	"m": "",
}

func unitAbbreviation(p *Pass, m *schema.Metric) {
	parts := strings.Split(m.Name, "_")
	for i, part := range parts[1:] {
		base, abbreviated := abbreviations[strings.ToLower(part)]
		if !abbreviated {
			continue
		}
		hint := "write the base unit out, such as _seconds or _meters"
		if base != "" {
			parts[i+1] = base
			hint = "expose " + strings.Join(parts, "_") + ", in " + base
			parts[i+1] = part
		}
		p.Reportf(m.Pos, hint, "metric %q abbreviates a unit: %s", m.Name, part)
	}
}
