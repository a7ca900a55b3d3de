package status

import (
	_ "embed"
	"fmt"
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

// polyline returns the points of an SVG line through values, the unknown ones left out, in a
// box of 100 by 24.
func polyline(values []float64, low, high float64) string {
	var b strings.Builder
	for i, v := range values {
		if v != v {
			continue
		}
		y := 12.0
		if high > low {
			y = 23 - 22*(v-low)/(high-low)
		}
		fmt.Fprintf(&b, "%.1f,%.1f ", 100*float64(i)/float64(len(values)-1), y)
	}
	return strings.TrimSpace(b.String())
}
