package picture

import (
	"math"
	"strings"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
)

// This file draws what shows single values, and words.

// stat draws a large number for each series, above its course.
func (d *drawing) stat(_ *plan.Panel, data *view.Panel, b box) {
	n := min(len(data.Series), max(1, int(b.w/90)*max(1, int(b.h/60))))
	columns := min(n, max(1, int(b.w/90)))
	rows := (n + columns - 1) / columns
	for i := range n {
		s := &data.Series[i]
		w, h := b.w/float64(columns), b.h/float64(rows)
		at := box{b.x + float64(i%columns)*w, b.y + float64(i/columns)*h, w - 4, h - 4}
		color := d.color(s.Color)
		d.spark(s, data.Times, box{at.x, at.y + at.h*0.55, at.w, at.h * 0.45}, color)
		size := min(at.h*0.55, 44.0)
		if n > 1 {
			size = min(at.h*0.4, 30)
			d.text(at.x+at.w/2, at.y+13, shorten(s.Name, 12, false, at.w), 12, false, 0.5, d.color("text"))
		}
		for size > 10 && textWidth(s.Text, size, true) > at.w-6 {
			size--
		}
		d.text(at.x+at.w/2, at.y+at.h/2+size*0.36, shorten(s.Text, size, true, at.w), size, true, 0.5, color)
	}
}

// spark draws the course of a series without axes.
func (d *drawing) spark(s *view.Series, times []int64, b box, color string) {
	if len(times) < 2 || math.IsNaN(float64(s.Calcs.Min)) {
		return
	}
	low, high := float64(s.Calcs.Min), float64(s.Calcs.Max)
	if high <= low {
		low, high = low-1, high+1
	}
	x := scale(times, b)
	var top []point
	for i, v := range s.Values {
		if !math.IsNaN(v) {
			top = append(top, point{x(times[i]), b.y + b.h*(0.95-0.85*(v-low)/(high-low))})
		}
	}
	if len(top) < 2 {
		return
	}
	d.area(append(append([]point{}, top...), point{top[len(top)-1].x, b.y + b.h}, point{top[0].x, b.y + b.h}), color, 0.12)
	d.line(top, 1, 0, color, 0.55)
}

// share returns where between a panel's bounds a value is.
func share(p *plan.Panel, v float64, data *view.Panel) float64 {
	low, high := 0.0, 0.0
	for i := range data.Series {
		high = max(high, float64(data.Series[i].Calcs.Max))
	}
	if p.Min != nil {
		low = *p.Min
	}
	if p.Max != nil {
		high = *p.Max
	}
	if high <= low || math.IsNaN(v) {
		return 0
	}
	return min(max((v-low)/(high-low), 0), 1)
}

// gauge draws an arc for each series.
func (d *drawing) gauge(p *plan.Panel, data *view.Panel, b box) {
	n := min(len(data.Series), max(1, int(b.w/110)))
	for i := range n {
		s := &data.Series[i]
		at := box{b.x + float64(i)*b.w/float64(n), b.y, b.w / float64(n), b.h}
		name := 0.0
		if n > 1 {
			name = 16
			d.text(at.x+at.w/2, at.y+at.h-3, shorten(s.Name, 12, false, at.w-8), 12, false, 0.5, d.color("text"))
		}
		r := min(at.w/2-6, (at.h-name)/1.5)
		center := point{at.x + at.w/2, at.y + (at.h-name)/2 + r*0.28}
		const begin, sweep = math.Pi * 1.15, math.Pi * 1.3
		d.arc(center, r, r*0.72, begin, sweep, d.theme.text, 0.1)
		d.arc(center, r, r*0.72, begin, sweep*share(p, float64(s.Calcs.Last), data), d.color(s.Color), 1)
		size := r * 0.42
		for size > 9 && textWidth(s.Text, size, true) > r*1.3 {
			size--
		}
		d.text(center.x, center.y+size*0.2, s.Text, size, true, 0.5, d.color(s.Color))
	}
}

// arc fills a part of a ring, from an angle on, clockwise.
func (d *drawing) arc(c point, outer, inner, begin, sweep float64, color string, alpha float64) {
	if sweep <= 0 {
		return
	}
	n := max(2, int(sweep*16))
	var points []point
	for i := range n + 1 {
		sin, cos := math.Sincos(begin - sweep*float64(i)/float64(n))
		points = append(points, point{c.x + outer*cos, c.y - outer*sin})
	}
	for i := n; i >= 0; i-- {
		sin, cos := math.Sincos(begin - sweep*float64(i)/float64(n))
		points = append(points, point{c.x + inner*cos, c.y - inner*sin})
	}
	d.area(points, color, alpha)
}

// bars draws a horizontal bar for each series.
func (d *drawing) bars(p *plan.Panel, data *view.Panel, b box) {
	n := min(len(data.Series), max(1, int(b.h/26)))
	names, texts := 0.0, 0.0
	for i := range n {
		names = max(names, textWidth(data.Series[i].Name, 12, false))
		texts = max(texts, textWidth(data.Series[i].Text, 13, true))
	}
	names = min(names, b.w*0.35)
	high := min(b.h/float64(n), 44)
	room := b.w - names - texts - 24
	for i := range n {
		s := &data.Series[i]
		y := b.y + float64(i)*high
		d.text(b.x+names, y+high/2+4, shorten(s.Name, 12, false, names), 12, false, 1, d.color("text"))
		d.rect(b.x+names+10, y+4, room, high-8, 2, d.theme.text, 0.07)
		d.rect(b.x+names+10, y+4, room*share(p, float64(s.Calcs.Last), data), high-8, 2, d.color(s.Color), 0.8)
		d.text(b.x+b.w, y+high/2+5, s.Text, 13, true, 1, d.color(s.Color))
	}
}

// pie draws a ring's part for each series, with a legend beside it.
func (d *drawing) pie(_ *plan.Panel, data *view.Panel, b box) {
	total := 0.0
	for i := range data.Series {
		if v := float64(data.Series[i].Calcs.Last); v > 0 {
			total += v
		}
	}
	r := min(b.h/2-4, b.w/4)
	center := point{b.x + r + 4, b.y + b.h/2}
	at := math.Pi / 2
	for i := range data.Series {
		s := &data.Series[i]
		if v := float64(s.Calcs.Last); v > 0 {
			sweep := 2 * math.Pi * v / total
			d.arc(center, r, r*0.55, at, sweep, d.color(s.Color), 1)
			at -= sweep
		}
		if y := b.y + 16 + float64(i)*18; y < b.y+b.h {
			x := center.x + r + 16
			d.rect(x, y-9, 10, 10, 2, d.color(s.Color), 1)
			d.textFit(x+16, y, s.Name, 11.5, false, b.x+b.w-x-90, d.color("text"))
			d.text(b.x+b.w, y, s.Text, 11.5, false, 1, d.theme.quiet)
		}
	}
}

// table draws as many rows as there is room for.
func (d *drawing) table(_ *plan.Panel, data *view.Panel, b box) {
	t := data.Table
	const high = 26.0
	wide := make([]float64, len(t.Columns))
	sum := 0.0
	for i, c := range t.Columns {
		wide[i] = textWidth(c.Name, 12, true)
		for _, r := range t.Rows {
			wide[i] = max(wide[i], textWidth(r[i].Text, 12, false))
		}
		wide[i] = min(wide[i], 240) + 16
		sum += wide[i]
	}
	x := b.x
	for i, c := range t.Columns {
		w := wide[i] * b.w / sum
		align, at := 0.0, x
		if c.Values {
			align, at = 1, x+w-8
		}
		d.text(at, b.y+15, shorten(c.Name, 12, true, w-8), 12, true, align, d.color("text"))
		for k, r := range t.Rows {
			y := b.y + float64(k+1)*high
			if y+high > b.y+b.h+4 {
				break
			}
			if i == 0 {
				d.line([]point{{b.x, y - 3}, {b.x + b.w, y - 3}}, 1, 0, d.theme.text, 0.1)
			}
			d.text(at, y+14, shorten(r[i].Text, 12, false, w-8), 12, false, align, d.color(r[i].Color))
		}
		x += w
	}
}

// alerts draws the alerts that are pending or firing.
func (d *drawing) alerts(_ *plan.Panel, data *view.Panel, b box) {
	if len(data.Alerts) == 0 {
		d.note(b, "No alerts")
		return
	}
	for i, a := range data.Alerts {
		y := b.y + float64(i)*34
		if y+30 > b.y+b.h {
			break
		}
		color := d.color("orange")
		if a.State == engine.Firing {
			color = d.color("red")
		}
		d.rect(b.x, y, 4, 28, 2, color, 1)
		end := d.textFit(b.x+12, y+12, a.Name, 13, true, b.w-100, d.color("text"))
		d.text(end+8, y+12, string(a.State), 12, false, 0, color)
		d.textFit(b.x+12, y+26, a.Labels.String(), 11, false, b.w-20, d.theme.quiet)
	}
}

// words writes text; of Markdown's marks only headings' and emphasis' are taken off.
func (d *drawing) words(p *plan.Panel, b box) {
	y := b.y + 14
	for _, line := range strings.Split(p.Content, "\n") {
		text := strings.TrimLeft(line, "# ")
		heavy := text != strings.TrimLeft(line, " ")
		text = strings.NewReplacer("**", "", "`", "").Replace(text)
		now := ""
		for _, word := range strings.Fields(text) {
			if now != "" && textWidth(now+" "+word, 13, heavy) > b.w {
				d.text(b.x, y, now, 13, heavy, 0, d.color("text"))
				now, y = "", y+19
			}
			now = strings.TrimSpace(now + " " + word)
		}
		if y > b.y+b.h {
			return
		}
		d.text(b.x, y, now, 13, heavy, 0, d.color("text"))
		y += 19
	}
}
