package picture

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"slices"
)

// This file reduces a picture to 256 colours, by which its PNG becomes a third as large. Of a
// board that is hardly seen: it has a few colours and their blends.

// A tint is a colour of a picture and how many pixels have it.
type tint struct {
	rgb [3]uint8
	n   int
}

// paletted returns a picture with at most 256 colours.
func paletted(img *image.RGBA) *image.Paletted {
	count := map[[3]uint8]int{}
	for i := 0; i < len(img.Pix); i += 4 {
		count[[3]uint8(img.Pix[i:i+3])]++
	}
	var tints []tint
	for _, rgb := range slices.SortedFunc(maps.Keys(count), func(a, b [3]uint8) int { return slices.Compare(a[:], b[:]) }) {
		tints = append(tints, tint{rgb, count[rgb]})
	}
	out := image.NewPaletted(img.Rect, nil)
	index := map[[3]uint8]uint8{}
	for i, box := range boxes(tints, 256) {
		out.Palette = append(out.Palette, mean(box))
		for _, t := range box {
			index[t.rgb] = uint8(i)
		}
	}
	for i := range out.Pix {
		out.Pix[i] = index[[3]uint8(img.Pix[4*i:4*i+3])]
	}
	return out
}

// boxes parts colours into so many groups at most, by cutting the one that spreads the most in
// one of red, green and blue: median cut, with the ground's colour, which most pixels have,
// alone.
func boxes(tints []tint, most int) [][]tint {
	ground := slices.MaxFunc(tints, func(a, b tint) int { return cmp.Compare(a.n, b.n) })
	rest := slices.DeleteFunc(tints, func(t tint) bool { return t.rgb == ground.rgb })
	list := [][]tint{{ground}}
	if len(rest) > 0 {
		list = append(list, rest)
	}
	for len(list) < most {
		widest, channel, spread := -1, 0, 0
		for i, box := range list {
			for c := range 3 {
				low, high := uint8(255), uint8(0)
				for _, t := range box {
					low, high = min(low, t.rgb[c]), max(high, t.rgb[c])
				}
				if d := int(high) - int(low); d > spread {
					widest, channel, spread = i, c, d
				}
			}
		}
		if widest < 0 {
			break // each has a colour of its own
		}
		box := list[widest]
		slices.SortStableFunc(box, func(a, b tint) int { return cmp.Compare(a.rgb[channel], b.rgb[channel]) })
		half := int(box[0].rgb[channel]) + spread/2
		at, _ := slices.BinarySearchFunc(box, half, func(t tint, v int) int { return cmp.Compare(int(t.rgb[channel]), v+1) })
		list[widest] = box[:at]
		list = append(list, box[at:])
	}
	return list
}

// mean returns the colour in the middle of some, by their pixels.
func mean(box []tint) color.RGBA {
	var sum [3]int
	n := 0
	for _, t := range box {
		for c := range 3 {
			sum[c] += int(t.rgb[c]) * t.n
		}
		n += t.n
	}
	return color.RGBA{uint8((sum[0] + n/2) / n), uint8((sum[1] + n/2) / n), uint8((sum[2] + n/2) / n), 255}
}
