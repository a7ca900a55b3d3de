package picture

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
)

// This file draws what has a time axis.

func itoa(n int) string { return strconv.Itoa(n) }

// An axis maps values to heights.
type axis struct {
	low, high float64
	ticks     []float64
	at        box
}

func (a *axis) y(v float64) float64 {
	return a.at.y + a.at.h*(1-(v-a.low)/(a.high-a.low))
}

// newAxis chooses round ticks around values.
func newAxis(low, high float64, p *plan.Panel, unit string, at box) *axis {
	fixedLow, fixedHigh := p.Min, p.Max
	if low > high {
		low, high = 0, 1
	}
	if fixedLow != nil {
		low = *fixedLow
	}
	if fixedHigh != nil {
		high = *fixedHigh
	}
	if high-low <= math.Abs(high)*1e-9 {
		pad := math.Max(math.Abs(high)/2, 0.5)
		if fixedLow == nil && low != 0 {
			low -= pad
		}
		high += pad
	}
	step := niceStep((high-low)/math.Max(2, math.Floor(at.h/42)), view.FormatOf(unit).Func == "binary")
	if fixedLow == nil {
		low = math.Floor(low/step) * step
	}
	if fixedHigh == nil {
		high = math.Ceil(high/step-1e-9) * step
	}
	a := &axis{low: low, high: high, at: at}
	for v := math.Ceil(low/step-1e-9) * step; v <= high+step*1e-6; v += step {
		a.ticks = append(a.ticks, math.Round(v/step)*step)
	}
	return a
}

// niceStep returns 1, 2 or 5 times a power of ten, or a power of two, not below a step.
func niceStep(step float64, binary bool) float64 {
	switch {
	case step <= 0 || math.IsInf(step, 0) || math.IsNaN(step):
		return 1
	case binary:
		return math.Pow(2, math.Ceil(math.Log2(step)))
	}
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= step*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// spans returns the least and the greatest of what is drawn.
func spans(p *plan.Panel, data *view.Panel) (low, high float64, stacked []view.Numbers) {
	low, high = math.Inf(1), math.Inf(-1)
	stacked = make([]view.Numbers, len(data.Series))
	sum := map[bool][]float64{true: make([]float64, len(data.Times)), false: make([]float64, len(data.Times))}
	for i := range data.Series {
		s := &data.Series[i]
		stacked[i] = slices.Clone(s.Values)
		for k, v := range stacked[i] {
			if math.IsNaN(v) {
				continue
			}
			if s.NegativeY {
				v = -v
			}
			if p.Stack {
				v += sum[s.NegativeY][k]
				sum[s.NegativeY][k] = v
			}
			stacked[i][k] = v
			low, high = min(low, v), max(high, v)
		}
	}
	if p.Stack {
		low = min(low, 0)
	}
	return low, high, stacked
}

// graph draws lines.
func (d *drawing) graph(p *plan.Panel, data *view.Panel, b box) {
	plot := d.legend(data, b)
	low, high, values := spans(p, data)
	steps := p.Steps
	unit := data.Series[0].Unit
	a := newAxis(low, high, p, unit, plot)
	labels := make([]string, len(a.ticks))
	wide := 0.0
	for i, v := range a.ticks {
		labels[i] = view.Text(unit, v, p.Decimals, time.UnixMilli(0))
		wide = max(wide, textWidth(labels[i], 11, false))
	}
	a.at = plot.inset(wide+8, 5, 4, 18)
	for i, v := range a.ticks {
		y := a.y(v)
		d.line([]point{{a.at.x, y}, {a.at.x + a.at.w, y}}, 1, 0, d.theme.text, d.theme.grid)
		d.text(a.at.x-6, y+4, labels[i], 11, false, 1, d.theme.quiet)
	}
	d.timeAxis(data.Times, a.at, true)
	for i := len(steps) - 1; i > 0; i-- {
		if v := steps[i].Value; v >= a.low && v <= a.high {
			d.line([]point{{a.at.x, a.y(v)}, {a.at.x + a.at.w, a.y(v)}}, 1.2, 0, d.color(steps[i].Color), 0.9)
		}
	}
	for i := range data.Series {
		var under view.Numbers
		if p.Stack && i > 0 && data.Series[i-1].NegativeY == data.Series[i].NegativeY {
			under = values[i-1]
		}
		d.curve(p, &data.Series[i], values[i], under, data.Times, a)
	}
}

// curve draws one series: its pieces between gaps, each with what is below it.
func (d *drawing) curve(p *plan.Panel, s *view.Series, values, under view.Numbers, times []int64, a *axis) {
	color := d.color(s.Color)
	x := scale(times, a.at)
	base := a.y(min(max(0, a.low), a.high))
	alpha := 0.1
	if p.Stack {
		alpha = 0.5
	}
	var piece []point
	var below []point
	flush := func() {
		if len(piece) > 1 {
			if !s.NoFill {
				slices.Reverse(below)
				d.area(slices.Concat(piece, below), color, alpha)
			}
			dash := 0.0
			if s.Dash {
				dash = 5
			}
			d.line(piece, 1.5, dash, color, 1)
		} else if len(piece) == 1 {
			d.rect(piece[0].x-1.5, piece[0].y-1.5, 3, 3, 1.5, color, 1)
		}
		piece, below = nil, nil
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) || i >= len(times) {
			flush()
			continue
		}
		piece = append(piece, point{x(times[i]), a.y(min(max(v, a.low), a.high))})
		floor := base
		if under != nil && !math.IsNaN(under[i]) {
			floor = a.y(min(max(under[i], a.low), a.high))
		}
		below = append(below, point{x(times[i]), floor})
	}
	flush()
}

// scale returns where times stand in a box.
func scale(times []int64, b box) func(int64) float64 {
	first, last := times[0], times[len(times)-1]
	if first == last {
		return func(int64) float64 { return b.x + b.w/2 }
	}
	return func(t int64) float64 { return b.x + b.w*float64(t-first)/float64(last-first) }
}

// timeSteps are the distances of the ticks of a time axis.
var timeSteps = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}

// timeAxis writes times below a box.
func (d *drawing) timeAxis(times []int64, b box, grid bool) {
	if len(times) < 2 {
		return
	}
	first, last := times[0], times[len(times)-1]
	most := max(2, int64(b.w/70))
	step := timeSteps[len(timeSteps)-1].Milliseconds()
	for _, s := range timeSteps {
		if (last-first)/s.Milliseconds() <= most {
			step = s.Milliseconds()
			break
		}
	}
	x := scale(times, b)
	for t := (first + step - 1) / step * step; t <= last; t += step {
		layout := "15:04"
		if step >= (24 * time.Hour).Milliseconds() {
			layout = "01/02"
		}
		at := x(t)
		if grid {
			d.line([]point{{at, b.y}, {at, b.y + b.h}}, 1, 0, d.theme.text, d.theme.grid)
		}
		text := time.UnixMilli(t).In(d.zone).Format(layout)
		if half := textWidth(text, 11, false) / 2; at-half >= b.x-20 && at+half <= b.x+b.w+8 {
			d.text(at, b.y+b.h+15, text, 11, false, 0.5, d.theme.quiet)
		}
	}
}

// legend writes the names of the series with their latest values at the bottom of a box, in
// at most a third of it, and returns what is left of the box.
func (d *drawing) legend(data *view.Panel, b box) box {
	const high, swatch = 18.0, 18.0
	lines := max(1, int(b.h/3/high))
	type entry struct {
		x    float64
		line int
		s    *view.Series
		name string
	}
	var list []entry
	x, line := 0.0, 0
	for i := range data.Series {
		s := &data.Series[i]
		name := shorten(s.Name, 11.5, false, min(b.w-swatch-70, 260))
		wide := swatch + textWidth(name, 11.5, false) + 8 + textWidth(s.Text, 11.5, false) + 16
		if x > 0 && x+wide > b.w {
			x, line = 0, line+1
		}
		if line >= lines {
			break
		}
		list = append(list, entry{x, line, s, name})
		x += wide
	}
	used := 1
	if len(list) > 0 {
		used = list[len(list)-1].line + 1
	}
	top := b.y + b.h - float64(used)*high
	for _, e := range list {
		y := top + float64(e.line)*high + 13
		d.rect(b.x+e.x, y-5, 12, 3, 1.5, d.color(e.s.Color), 1)
		end := d.textFit(b.x+e.x+swatch, y, e.name, 11.5, false, 1e9, d.color("text"))
		d.text(end+7, y, e.s.Text, 11.5, false, 0, d.theme.quiet)
	}
	if rest := len(data.Series) - len(list); rest > 0 {
		d.text(b.x+b.w, top+float64(used)*high-5, "+"+itoa(rest), 11.5, true, 1, d.theme.quiet)
	}
	return box{b.x, b.y, b.w, b.h - float64(used)*high - 4}
}

// timeline draws a band for each series, coloured by what it was.
func (d *drawing) timeline(p *plan.Panel, data *view.Panel, b box) {
	wide := 0.0
	for i := range data.Series {
		wide = max(wide, textWidth(data.Series[i].Name, 11.5, false))
	}
	wide = min(wide, b.w*0.35)
	plot := b.inset(wide+8, 0, 4, 18)
	x := scale(data.Times, plot)
	d.timeAxis(data.Times, plot, false)
	shown := min(len(data.Series), max(1, int(plot.h/18)))
	high := plot.h / float64(shown)
	for i := range shown {
		s := &data.Series[i]
		y := plot.y + float64(i)*high
		d.text(plot.x-8, y+high/2+4, shorten(s.Name, 11.5, false, wide), 11.5, false, 1, d.color("text"))
		pad := min(high*0.1, 4)
		for k := 0; k < len(s.Values); {
			end := k + 1
			for end < len(s.Values) && (s.Values[end] == s.Values[k] || math.IsNaN(s.Values[end]) && math.IsNaN(s.Values[k])) {
				end++
			}
			if v := s.Values[k]; !math.IsNaN(v) {
				color, text := d.color(view.StepColor(view.Steps(p), v)), view.Text(s.Unit, v, p.Decimals, time.UnixMilli(0))
				if m := view.Mapped(p, v); m != nil {
					if m.Color != "" {
						color = d.color(m.Color)
					}
					if m.Text != "" {
						text = m.Text
					}
				}
				from, to := x(data.Times[k]), x(data.Times[min(end, len(data.Times)-1)])
				d.rect(from, y+pad, to-from, high-2*pad, 2, color, 0.75)
				if textWidth(text, 11.5, false) < to-from-8 && high > 16 {
					d.text((from+to)/2, y+high/2+4, text, 11.5, false, 0.5, d.onColor())
				}
			}
			k = end
		}
	}
}

// onColor is the colour of text on a coloured ground.
func (d *drawing) onColor() string {
	if d.theme.light {
		return "#1b1f23"
	}
	return "#ffffff"
}

// spectral are the colours of d3's Spectral, from few to many on a dark ground, which is what
// Grafana draws heatmaps with.
var spectral = []string{"#5e4fa2", "#3288bd", "#66c2a5", "#abdda4", "#e6f598", "#ffffbf", "#fee08b", "#fdae61", "#f46d43", "#d53e4f", "#9e0142"}

// heatmap draws a cell for each bucket and time.
func (d *drawing) heatmap(p *plan.Panel, data *view.Panel, b box) {
	h := data.Heatmap
	wide, most := 0.0, 0.0
	names := make([]string, len(h.Rows))
	for i, r := range h.Rows {
		names[i] = "+Inf"
		if !math.IsInf(float64(r.Upper), 0) {
			names[i] = view.Text(h.Unit, float64(r.Upper), p.Decimals, time.UnixMilli(0))
		}
		wide = max(wide, textWidth(names[i], 11, false))
		for _, v := range r.Counts {
			if !math.IsNaN(v) {
				most = max(most, v)
			}
		}
	}
	plot := b.inset(wide+8, 4, 4, 18)
	d.timeAxis(data.Times, plot, false)
	high := plot.h / float64(len(h.Rows))
	columns := len(data.Times)
	group := max(1, int(math.Ceil(float64(columns)/(plot.w/6))))
	width := plot.w / math.Ceil(float64(columns)/float64(group))
	every := max(1, int(math.Ceil(16/high)))
	for i, r := range h.Rows {
		y := plot.y + plot.h - float64(i+1)*high
		if i%every == 0 {
			d.text(plot.x-6, y+4, names[i], 11, false, 1, d.theme.quiet)
		}
		for k := 0; k < columns; k += group {
			v, n := 0.0, 0
			for _, c := range r.Counts[k:min(k+group, columns)] {
				if !math.IsNaN(c) {
					v, n = v+c, n+1
				}
			}
			if n == 0 || v/float64(n) <= 1e-9 || most == 0 {
				continue
			}
			d.rect(plot.x+float64(k/group)*width, y+0.5, width-0.5, high-1, 0, heat(v/float64(n)/most, d.theme.light), 1)
		}
	}
}

// heat returns the colour of a share of the most.
func heat(share float64, light bool) string {
	f := math.Pow(share, 0.5) * float64(len(spectral)-1)
	if light {
		f = float64(len(spectral)-1) - f
	}
	i := min(int(f), len(spectral)-2)
	return blend(spectral[i], spectral[i+1], f-float64(i))
}

// blend returns a colour between two.
func blend(a, b string, share float64) string {
	p, q := rgba(a, 1), rgba(b, 1)
	part := func(x, y uint8) string {
		return string("0123456789abcdef"[mix(x, y, share)>>4]) + string("0123456789abcdef"[mix(x, y, share)&15])
	}
	return "#" + part(p.R, q.R) + part(p.G, q.G) + part(p.B, q.B)
}

func mix(x, y uint8, share float64) uint8 {
	return uint8(math.Round(float64(x) + (float64(y)-float64(x))*share))
}
