package render

import (
	"cmp"

	"github.com/dashgen/dashgen/internal/plan"
)

// columns is the width of Grafana's grid.
const columns = 24

// pack gives every panel its place, from row y of the grid downwards, and returns
// the first row below them. A panel's W and H are what was asked for; 0 leaves them
// to its kind and its neighbours.
//
// Panels keep their order. Those of one line share its 24 columns and its height,
// except where a width or a height was asked for. Every panel stands on the one
// above it, so Grafana, which lets panels float up, moves nothing.
func pack(panels []plan.Panel, y int) int {
	var sky [columns]int // the first free row of each column
	for i := range sky {
		sky[i] = y
	}
	for _, line := range lines(panels) {
		stretch(line)
		x := 0
		for _, p := range line {
			p.X, p.Y = x, 0
			for c := x; c < x+p.W; c++ {
				p.Y = max(p.Y, sky[c])
			}
			x += p.W
		}
		for _, p := range line {
			for c := p.X; c < p.X+p.W; c++ {
				sky[c] = p.Y + p.H
			}
		}
	}
	bottom := y
	for _, s := range sky {
		bottom = max(bottom, s)
	}
	return bottom
}

// lines cuts panels into lines of the grid.
func lines(panels []plan.Panel) [][]*plan.Panel {
	var all [][]*plan.Panel
	for _, group := range segments(panels) {
		if sized(group) {
			all = append(all, fill(group)...)
		} else {
			all = append(all, balance(group)...)
		}
	}
	return all
}

// segments cuts panels where the next one should start a line: around those that
// fill lines by themselves, and between small panels (single numbers) and larger
// ones. A small panel that is alone joins the next segment, or at the end the
// previous.
func segments(panels []plan.Panel) [][]*plan.Panel {
	var cut [][]*plan.Panel
	full := true // whether the last segment takes no more
	for i := 0; i < len(panels); {
		if n := filling(panels[i:]); n > 0 {
			cut = append(cut, pointers(panels[i:i+n]))
			full = true
			i += n
			continue
		}
		p := &panels[i]
		if n := len(cut); !full && alike(cut[n-1], p) {
			cut[n-1] = append(cut[n-1], p)
		} else {
			cut = append(cut, []*plan.Panel{p})
		}
		full = false
		i++
	}
	for i := 0; i < len(cut); i++ {
		switch {
		case len(cut[i]) > 1 || !small(cut[i][0]):
		case i+1 < len(cut) && !closed(cut[i+1]):
			cut[i] = append(cut[i], cut[i+1]...)
			cut = append(cut[:i+1], cut[i+2:]...)
		case i > 0 && i == len(cut)-1 && !closed(cut[i-1]):
			cut[i-1] = append(cut[i-1], cut[i]...)
			cut = cut[:i]
		}
	}
	return cut
}

// closed reports whether a segment fills its lines by itself.
func closed(segment []*plan.Panel) bool {
	asked := all(segment, func(p *plan.Panel) bool { return p.W > 0 })
	return width(segment[0]) >= columns || asked && total(segment) == columns
}

// small reports whether a panel shows a single number: it is narrower than a graph.
func small(p *plan.Panel) bool { return width(p) < 8 }

// alike reports whether a panel may share the lines of a segment. One whose width was
// asked for goes with any.
func alike(segment []*plan.Panel, p *plan.Panel) bool {
	for _, q := range segment {
		if q.W <= 0 {
			return p.W > 0 || small(p) == small(q)
		}
	}
	return true
}

// total returns the width that panels take together.
func total(segment []*plan.Panel) int {
	sum := 0
	for _, p := range segment {
		sum += width(p)
	}
	return sum
}

// filling returns how many panels, from the first, make a line of their own: one that
// is as wide as the grid, or several whose widths were asked for and fill it exactly.
func filling(panels []plan.Panel) int {
	if width(&panels[0]) >= columns {
		return 1
	}
	sum := 0
	for i := range panels {
		if panels[i].W <= 0 {
			return 0
		}
		sum += panels[i].W
		if sum >= columns {
			if sum == columns {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

func pointers(panels []plan.Panel) []*plan.Panel {
	var all []*plan.Panel
	for i := range panels {
		all = append(all, &panels[i])
	}
	return all
}

// sized reports whether a width was asked for in a group.
func sized(group []*plan.Panel) bool {
	for _, p := range group {
		if p.W > 0 {
			return true
		}
	}
	return false
}

// fill puts panels on a line until the next would not fit.
func fill(group []*plan.Panel) [][]*plan.Panel {
	var all [][]*plan.Panel
	left := 0
	for _, p := range group {
		if w := width(p); w > left {
			all = append(all, nil)
			left = columns
		}
		all[len(all)-1] = append(all[len(all)-1], p)
		left -= width(p)
	}
	return all
}

// balance spreads a group over as few lines as hold it, with as many panels on each,
// the fuller lines first.
func balance(group []*plan.Panel) [][]*plan.Panel {
	var all [][]*plan.Panel
	rest := group
	for n := (total(group) + columns - 1) / columns; n > 0; n-- {
		k := (len(rest) + n - 1) / n
		if total(rest[:k]) > columns { // panels of several widths
			return fill(group)
		}
		all = append(all, rest[:k])
		rest = rest[k:]
	}
	return all
}

// stretch sets W and H of a line's panels: what was asked for, else a share of the
// columns that are left, as large as its kind's, and the height of the highest.
func stretch(line []*plan.Panel) {
	left, shares, high := columns, 0, 0
	for _, p := range line {
		high = max(high, height(p))
		if p.W > 0 {
			p.W = min(p.W, columns)
			left -= p.W
		} else {
			shares += width(p)
		}
	}
	for _, p := range line {
		if p.H <= 0 {
			p.H = high
		}
		if p.W > 0 {
			continue
		}
		share := width(p)
		p.W = (left*share + shares - 1) / shares
		left -= p.W
		shares -= share
	}
}

// width returns the width that was asked for, else the kind's.
func width(p *plan.Panel) int {
	if p.W > 0 {
		return min(p.W, columns)
	}
	k, _ := kindOf(p.Kind)
	return cmp.Or(k.Width, columns)
}

// height returns the height that was asked for, else what the content needs, else
// the kind's.
func height(p *plan.Panel) int {
	if p.H > 0 {
		return p.H
	}
	k, _ := kindOf(p.Kind)
	if k.Fit != nil {
		return k.Fit(p)
	}
	return cmp.Or(k.Height, 8)
}
