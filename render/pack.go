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
// fill lines by themselves, and where the height changes. A low panel (a stat) that
// is alone among higher ones joins the line of the next, or at the end of the
// previous.
func segments(panels []plan.Panel) [][]*plan.Panel {
	var all [][]*plan.Panel
	join := false // whether the next panel belongs to the last segment
	for i := 0; i < len(panels); {
		if n := filling(panels[i:]); n > 0 {
			all = append(all, pointers(panels[i:i+n]))
			join = false
			i += n
			continue
		}
		p := &panels[i]
		if n := len(all); join && height(all[n-1][0]) == height(p) {
			all[n-1] = append(all[n-1], p)
		} else {
			all = append(all, []*plan.Panel{p})
		}
		join = true
		i++
	}
	for i := 0; i < len(all); i++ {
		switch {
		case len(all[i]) > 1 || width(all[i][0]) >= columns:
		case i+1 < len(all) && lower(all[i], all[i+1]):
			all[i] = append(all[i], all[i+1]...)
			all = append(all[:i+1], all[i+2:]...)
		case i > 0 && i == len(all)-1 && lower(all[i], all[i-1]):
			all[i-1] = append(all[i-1], all[i]...)
			all = all[:i]
		}
	}
	return all
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

// lower reports whether the panel of a may stand in a line of b's higher ones.
func lower(a, b []*plan.Panel) bool {
	return height(a[0]) < height(b[0]) && width(b[0]) < columns
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

// balance spreads a group evenly over as few lines as hold it, the fuller first.
func balance(group []*plan.Panel) [][]*plan.Panel {
	widest := 1
	for _, p := range group {
		widest = max(widest, width(p))
	}
	most := columns / widest
	n := (len(group) + most - 1) / most
	all := make([][]*plan.Panel, 0, n)
	for ; n > 0; n-- {
		k := (len(group) + n - 1) / n
		all = append(all, group[:k])
		group = group[k:]
	}
	return all
}

// stretch sets W and H of a line's panels: what was asked for, else an even share
// of the columns that are left and the height of the highest.
func stretch(line []*plan.Panel) {
	left, open, high := columns, 0, 0
	for _, p := range line {
		high = max(high, height(p))
		if p.W > 0 {
			p.W = min(p.W, columns)
			left -= p.W
		} else {
			open++
		}
	}
	for _, p := range line {
		if p.H <= 0 {
			p.H = high
		}
		if p.W > 0 {
			continue
		}
		p.W = (left + open - 1) / open
		left -= p.W
		open--
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
