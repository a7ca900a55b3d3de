package lint

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "metric-unit",
		Doc: `A metric's name says that it is in a unit that is no base unit.

Prometheus knows no units: an expression that divides one metric by another, or a dashboard
that shows both, is right only if both are in the same. So the convention is one unit for
each quantity: seconds, bytes, meters, grams, celsius, volts, amperes, joules. Grafana
scales them for reading.

Expose the value in the base unit and name it so. If the name must stay, accept the finding
with a reason; dashgen still shows the unit that the name says.
See https://prometheus.io/docs/practices/naming/#base-units.`,
		Metric: func(p *Pass, m *schema.Metric) {
			unit, base := nameUnit(m.Name)
			if unit != base {
				p.Reportf(m.Pos, "expose "+strings.Replace(m.Name, unit, base, 1)+", in "+base, "metric %q is in %s, not in the base unit %s", m.Name, unit, base)
			}
		},
	})
}

// baseUnits maps the units that a name may say to their base units.
// Source: client_golang v1.25.0, prometheus/testutil/promlint/validations/units.go.
var baseUnits = map[string]string{
	"amperes": "amperes", "bytes": "bytes", "celsius": "celsius", "grams": "grams", "joules": "joules",
	"kelvin": "kelvin", "meters": "meters", "metres": "metres", "seconds": "seconds", "volts": "volts",

	"minutes": "seconds", "hours": "seconds", "days": "seconds", "weeks": "seconds",
	"kelvins": "kelvin", "fahrenheit": "celsius", "rankine": "celsius",
	"inches": "meters", "yards": "meters", "miles": "meters",
	"bits": "bytes", "calories": "joules", "pounds": "grams", "ounces": "grams",
}

// unitPrefixes are those of the SI and of binary multiples.
var unitPrefixes = []string{
	"pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto",
	"kilo", "kibi", "mega", "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
}

// nameUnit returns the first unit that a part of the name is, and its base unit. Both are
// empty where there is none.
func nameUnit(name string) (unit, base string) {
	for part := range strings.SplitSeq(name, "_") {
		if base := baseUnits[part]; base != "" {
			return part, base
		}
		for _, prefix := range unitPrefixes {
			rest, ok := strings.CutPrefix(part, prefix)
			if base := baseUnits[rest]; ok && base != "" {
				return part, base
			}
		}
	}
	return "", ""
}
