package lint

import (
	"regexp"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "camel-case",
		Doc: `A metric or a label is named in camelCase.

Names in Prometheus are written in snake_case, everywhere. Who types a query does not
remember which of two metrics was spelt in another way, and the names of one program do
not sort together.

Rename it, keeping the old one deprecated for a release.`,
		Metric: camelCase,
	})
}

var hump = regexp.MustCompile(`([a-z])([A-Z])`)

func camelCase(p *Pass, m *schema.Metric) {
	if hump.MatchString(m.Name) {
		p.Reportf(m.Pos, "rename it to "+snake(m.Name), "metric name %q is in camelCase", m.Name)
	}
	for _, name := range labelNames(m) {
		if hump.MatchString(name) {
			p.Reportf(m.Pos, "rename it to "+snake(name), "label name %q of metric %q is in camelCase", name, m.Name)
		}
	}
}

func snake(name string) string { return strings.ToLower(hump.ReplaceAllString(name, "${1}_${2}")) }
