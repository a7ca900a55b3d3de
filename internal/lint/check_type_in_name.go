package lint

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "type-in-name",
		Doc: `A metric's name holds the name of its type.

The type stands in the # TYPE line and in every tool that shows the metric. In the name it
says nothing more, and it becomes a lie on the day when the metric becomes a histogram.

Leave the word out.`,
		Metric: func(p *Pass, m *schema.Metric) {
			word := "_" + string(m.Type)
			name := strings.ToLower(m.Name)
			if named(m.Type) && (strings.Contains(name, word+"_") || strings.HasSuffix(name, word)) {
				at := strings.LastIndex(name+"_", word+"_")
				p.Reportf(m.Pos, "rename it to "+m.Name[:at]+m.Name[at+len(word):], "%s %q has its type in its name", m.Type, m.Name)
			}
		},
	})
}
