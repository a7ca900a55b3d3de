package picture

import (
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
)

// Options say how a board is drawn. The zero value is dark, 1200 wide, with collapsed rows
// collapsed.
type Options struct {
	Width  float64 // zero: 1200
	Light  bool
	Expand bool // draw the panels of collapsed rows, too
	Zone   *time.Location
}

// A theme is the colours of a picture, after Grafana's.
type theme struct {
	light                           bool
	ground, card, line, text, quiet string
	grid                            float64 // how strong the lines of a grid are
}

var (
	dark  = theme{false, "#111217", "#181b1f", "#2a2d33", "#ccccdc", "#8e8f99", 0.09}
	light = theme{true, "#f4f5f5", "#ffffff", "#e2e3e5", "#24292e", "#6b7076", 0.1}
)

const (
	cell = 30.0 // height of a grid cell
	gap  = 8.0
)

// A drawing is a canvas that panels are drawn on.
type drawing struct {
	*Canvas
	theme theme
	zone  *time.Location
}

// A box is where something is drawn.
type box struct{ x, y, w, h float64 }

func (b box) inset(left, top, right, bottom float64) box {
	return box{b.x + left, b.y + top, b.w - left - right, b.h - top - bottom}
}

// Draw draws a board. panels are what view.Panels returned for it, in any order.
func Draw(b *plan.Board, panels []view.Panel, o Options) *Canvas {
	d := &drawing{Canvas: &Canvas{W: o.Width}, theme: dark, zone: o.Zone}
	if d.W == 0 {
		d.W = 1200
	}
	if o.Light {
		d.theme = light
	}
	if d.zone == nil {
		d.zone = time.UTC
	}
	by := map[int]*view.Panel{}
	for i := range panels {
		by[panels[i].ID] = &panels[i]
	}
	d.shapes = append(d.shapes, shape{}) // the ground, once the height is known
	d.text(16, 31, shorten(b.Title, 18, true, d.W-32), 18, true, 0, d.color("text"))
	y := 48.0
	for i := range b.Rows {
		y = d.row(&b.Rows[i], by, y, o.Expand)
	}
	d.H = y + gap
	d.shapes[0] = shape{points: []point{{0, 0}, {d.W, 0}, {d.W, d.H}, {0, d.H}}, closed: true, color: d.theme.ground, alpha: 1}
	return d.Canvas
}

// row draws a row from a height on, and returns where the next one begins.
func (d *drawing) row(r *plan.Row, by map[int]*view.Panel, y float64, expand bool) float64 {
	folded := r.Collapsed && !expand
	if r.Title != "" {
		mark := []point{{20, y + 9}, {26, y + 15}, {32, y + 9}}
		if folded {
			mark = []point{{23, y + 7}, {29, y + 13}, {23, y + 19}}
		}
		d.line(mark, 1.5, 0, d.theme.quiet, 1)
		title := d.textFit(42, y+18, r.Title, 14, true, d.W-200, d.color("text"))
		if folded {
			d.text(title+10, y+18, panelCount(len(r.Panels)), 12, false, 0, d.theme.quiet)
		}
		y += cell + gap/2
	}
	if folded || len(r.Panels) == 0 {
		return y
	}
	top, bottom := r.Panels[0].Y, 0
	for i := range r.Panels {
		top, bottom = min(top, r.Panels[i].Y), max(bottom, r.Panels[i].Y+r.Panels[i].H)
	}
	column := (d.W - gap) / 24
	for i := range r.Panels {
		p := &r.Panels[i]
		at := box{gap + float64(p.X)*column, y + float64(p.Y-top)*(cell+gap), float64(p.W)*column - gap, float64(p.H)*(cell+gap) - gap}
		d.panel(p, by[p.ID], at)
	}
	return y + float64(bottom-top)*(cell+gap)
}

func panelCount(n int) string {
	if n == 1 {
		return "(1 panel)"
	}
	return "(" + itoa(n) + " panels)"
}

// textFit writes a text no wider than there is room, and returns where it ends.
func (d *drawing) textFit(x, y float64, s string, size float64, bold bool, width float64, color string) float64 {
	s = shorten(s, size, bold, width)
	d.text(x, y, s, size, bold, 0, color)
	return x + textWidth(s, size, bold)
}

// color resolves Grafana's names of colours.
func (d *drawing) color(name string) string {
	switch name {
	case "", "text":
		return d.theme.text
	case "transparent":
		return d.theme.card
	}
	if hex := view.Hex(name, d.theme.light); strings.HasPrefix(hex, "#") && len(hex) == 7 {
		return hex
	}
	return d.theme.text
}

// kinds are the functions that draw the kinds of panels; what has none is a graph.
var kinds = map[string]func(*drawing, *plan.Panel, *view.Panel, box){
	"timeseries":     (*drawing).graph,
	"stat":           (*drawing).stat,
	"gauge":          (*drawing).gauge,
	"bargauge":       (*drawing).bars,
	"piechart":       (*drawing).pie,
	"heatmap":        (*drawing).heatmap,
	"state-timeline": (*drawing).timeline,
	"table":          (*drawing).table,
	"alertlist":      (*drawing).alerts,
}

// panel draws one panel.
func (d *drawing) panel(p *plan.Panel, data *view.Panel, at box) {
	d.rect(at.x, at.y, at.w, at.h, 3, d.theme.line, 1)
	d.rect(at.x+1, at.y+1, at.w-2, at.h-2, 2, d.theme.card, 1)
	inner := at.inset(10, 10, 10, 8)
	if p.Title != "" {
		d.textFit(at.x+10, at.y+21, p.Title, 13, true, at.w-20, d.color("text"))
		inner = at.inset(10, 34, 10, 8)
	}
	draw := kinds[p.Kind]
	switch {
	case p.Kind == "logs":
		d.note(inner, "Logs are in Loki")
	case p.Kind == "text":
		d.words(p, inner)
	case data == nil:
		d.note(inner, "No data")
	case data.Empty() && p.Kind != "alertlist":
		why := p.NoValue
		if data.Error != "" {
			why = data.Error
		} else if why == "" {
			why = "No data"
		}
		d.note(inner, why)
	case draw != nil:
		draw(d, p, data, inner)
	}
}

// note writes why there is nothing to be seen.
func (d *drawing) note(b box, s string) {
	d.text(b.x+b.w/2, b.y+b.h/2+4, shorten(s, 13, false, b.w), 13, false, 0.5, d.theme.quiet)
}
