package render

import (
	"strings"
	"unicode/utf8"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/text"

	"github.com/dashgen/dashgen/internal/plan"
)

func init() {
	register(PanelKind{
		Name:   "text",
		Doc:    "Markdown.",
		Plugin: "text",
		Width:  columns,
		Height: 3,
		Bare:   true,
		Fit:    fitText,
		Build:  buildText,
	})
}

func buildText(p *plan.Panel, out *dashboard.Panel) {
	out.FieldConfig = nil
	out.Options = text.Options{
		Code:    &text.CodeOptions{Language: text.CodeLanguagePlaintext},
		Content: p.Content,
		Mode:    text.TextModeMarkdown,
	}
}

// fitText estimates the height of Markdown: a line of text is about 0.6 of a grid
// cell high, one column of the grid holds about eight letters, and the panel's title
// takes one cell. Long texts scroll.
func fitText(p *plan.Panel) int {
	n := 0
	for line := range strings.Lines(p.Content) {
		n += 1 + utf8.RuneCountInString(line)/(8*width(p))
	}
	return min(max(2+(n*3+4)/5, 3), 16)
}
