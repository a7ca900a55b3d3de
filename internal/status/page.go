package status

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/dashgen/dashgen/internal/look"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var page = template.Must(template.New("status").Funcs(template.FuncMap{
	"class": class, "because": because, "standing": standing, "spark": spark, "word": word,
}).Parse(pageHTML))

// HTML writes the report as one page that stands for itself.
func (r *Report) HTML(w io.Writer) error {
	var names []string
	for _, p := range r.Programs {
		names = append(names, p.Name)
	}
	return page.Execute(w, map[string]any{
		"Report": r, "Title": strings.Join(names, ", ") + ": " + word(r.Worst()), "CSS": template.CSS(look.CSS + pageCSS),
		"At": r.At.UTC().Format("2006-01-02 15:04:05"), "Stamp": r.At.UTC().Format("2006-01-02T15:04:05Z"),
	})
}

// class returns the style of a state.
func class(s State) string {
	if s == Unknown || s == None {
		return "grey"
	}
	return string(s)
}

// word says a state to who does not see colours.
func word(s State) string {
	if s == None {
		return "no threshold"
	}
	return string(s)
}
