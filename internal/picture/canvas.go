package picture

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// A Canvas holds shapes, the later ones above the earlier.
type Canvas struct {
	W, H   float64
	shapes []shape
}

type point struct{ x, y float64 }

// A shape is a line, an area, or a text.
type shape struct {
	points []point // of a line or an area; where a text begins
	closed bool    // an area
	width  float64 // of a line
	dash   float64 // length of a line's dashes and gaps; 0: none
	color  string  // #rrggbb
	alpha  float64
	text   string
	size   float64
	bold   bool
	radius float64 // of the corners of an area that is a rectangle
}

func (c *Canvas) area(points []point, color string, alpha float64) {
	c.shapes = append(c.shapes, shape{points: points, closed: true, color: color, alpha: alpha})
}

func (c *Canvas) rect(x, y, w, h, radius float64, color string, alpha float64) {
	if w <= 0 || h <= 0 {
		return
	}
	radius = min(radius, w/2, h/2)
	c.shapes = append(c.shapes, shape{points: []point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, closed: true, color: color, alpha: alpha, radius: radius})
}

func (c *Canvas) line(points []point, width, dash float64, color string, alpha float64) {
	if len(points) > 0 {
		c.shapes = append(c.shapes, shape{points: points, width: width, dash: dash, color: color, alpha: alpha})
	}
}

// text writes a line of text: left of x, right of it or around it as align is 1, 0 or 0.5.
func (c *Canvas) text(x, y float64, s string, size float64, bold bool, align float64, color string) {
	if s != "" {
		x -= align * textWidth(s, size, bold)
		c.shapes = append(c.shapes, shape{points: []point{{x, y}}, text: s, size: size, bold: bold, color: color, alpha: 1})
	}
}

var (
	regular = sync.OnceValue(func() *opentype.Font { return parseFont(goregular.TTF) })
	bold    = sync.OnceValue(func() *opentype.Font { return parseFont(gobold.TTF) })
)

func parseFont(ttf []byte) *opentype.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // it is part of the program
	}
	return f
}

// face returns a font of a size in pixels, without hints, so that widths grow with sizes.
func face(size float64, heavy bool) font.Face {
	f := regular()
	if heavy {
		f = bold()
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // sizes are ours
	}
	return face
}

func textWidth(s string, size float64, heavy bool) float64 {
	return float64(font.MeasureString(face(size, heavy), s)) / 64
}

// shorten cuts a text to a width.
func shorten(s string, size float64, heavy bool, width float64) string {
	if textWidth(s, size, heavy) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && textWidth(string(runes)+"…", size, heavy) > width {
		runes = runes[:len(runes)-1]
	}
	if len(runes) == 0 {
		return ""
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// SVG writes the shapes as SVG. Texts are in the reader's own sans-serif font, as wide as they
// were measured.
func (c *Canvas) SVG() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" font-family="Inter, system-ui, Helvetica, Arial, sans-serif">`+"\n", num(c.W), num(c.H))
	for _, s := range c.shapes {
		s.svg(&b)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func (s *shape) svg(b *bytes.Buffer) {
	paint := func(what string) string {
		out := fmt.Sprintf(` %s="%s"`, what, s.color)
		if s.alpha < 1 {
			out += fmt.Sprintf(` %s-opacity="%s"`, what, strconv.FormatFloat(s.alpha, 'f', -1, 64))
		}
		return out
	}
	switch {
	case s.text != "":
		weight := ""
		if s.bold {
			weight = ` font-weight="600"`
		}
		fmt.Fprintf(b, `<text x="%s" y="%s" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"%s%s>%s</text>`+"\n",
			num(s.points[0].x), num(s.points[0].y), num(s.size), num(textWidth(s.text, s.size, s.bold)), weight, paint("fill"), html.EscapeString(s.text))
	case s.closed && len(s.points) == 4 && s.points[0].y == s.points[1].y && s.points[0].x == s.points[3].x:
		p, q := s.points[0], s.points[2]
		corner := ""
		if s.radius > 0 {
			corner = fmt.Sprintf(` rx="%s"`, num(s.radius))
		}
		fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s"%s%s/>`+"\n", num(p.x), num(p.y), num(q.x-p.x), num(q.y-p.y), corner, paint("fill"))
	case s.closed:
		fmt.Fprintf(b, `<path d="%sZ"%s/>`+"\n", path(s.points), paint("fill"))
	default:
		dash := ""
		if s.dash > 0 {
			dash = fmt.Sprintf(` stroke-dasharray="%s"`, num(s.dash))
		}
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke-width="%s" stroke-linejoin="round"%s%s/>`+"\n", path(s.points), num(s.width), dash, paint("stroke"))
	}
}

// path writes points relative to one another, which is short.
func path(points []point) string {
	var b strings.Builder
	x, y := 0.0, 0.0
	for i, p := range points {
		px, py := math.Round(p.x*10)/10, math.Round(p.y*10)/10
		switch {
		case i == 0:
			fmt.Fprintf(&b, "M%s %s", num(px), num(py))
		case i == 1:
			fmt.Fprintf(&b, "l%s %s", num(px-x), num(py-y))
		default:
			fmt.Fprintf(&b, " %s %s", num(px-x), num(py-y))
		}
		x, y = px, py
	}
	return b.String()
}

// PNG draws the shapes, so many pixels to a unit.
func (c *Canvas) PNG(scale float64) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, int(math.Ceil(c.W*scale)), int(math.Ceil(c.H*scale))))
	for i := range c.shapes {
		c.shapes[i].draw(img, scale)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, paletted(img)); err != nil {
		return nil, fmt.Errorf("write the picture: %w", err)
	}
	return b.Bytes(), nil
}

// rgba returns a colour whose hexadecimal digits are given.
func rgba(hex string, alpha float64) color.NRGBA {
	n, _ := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	return color.NRGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), uint8(math.Round(alpha * 255))}
}

func (s *shape) draw(img *image.RGBA, scale float64) {
	source := image.NewUniform(rgba(s.color, s.alpha))
	if s.text != "" {
		d := font.Drawer{Dst: img, Src: source, Face: face(s.size*scale, s.bold)}
		d.Dot = fixed.Point26_6{X: fixed.Int26_6(s.points[0].x * scale * 64), Y: fixed.Int26_6(s.points[0].y * scale * 64)}
		d.DrawString(s.text)
		return
	}
	var outlines [][]point
	switch {
	case s.radius > 0:
		outlines = [][]point{rounded(s.points[0], s.points[2], s.radius)}
	case s.closed:
		outlines = [][]point{s.points}
	default:
		outlines = stroke(dashed(s.points, s.dash), max(s.width, 1/scale))
	}
	fill(img, outlines, scale, source)
}

// fill fills outlines that all turn the same way.
func fill(img *image.RGBA, outlines [][]point, scale float64, source image.Image) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, o := range outlines {
		for _, p := range o {
			low, high = point{min(low.x, p.x), min(low.y, p.y)}, point{max(high.x, p.x), max(high.y, p.y)}
		}
	}
	box := image.Rect(int(low.x*scale)-1, int(low.y*scale)-1, int(high.x*scale)+2, int(high.y*scale)+2).Intersect(img.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(p point) (float32, float32) {
		return float32(p.x*scale - float64(box.Min.X)), float32(p.y*scale - float64(box.Min.Y))
	}
	for _, o := range outlines {
		if len(o) < 3 {
			continue
		}
		r.MoveTo(at(o[0]))
		for _, p := range o[1:] {
			r.LineTo(at(p))
		}
		r.ClosePath()
	}
	r.Draw(img, box, source, image.Point{})
}

// rounded returns the outline of a rectangle with round corners.
func rounded(a, b point, r float64) []point {
	var out []point
	for i, c := range []point{{b.x - r, a.y + r}, {b.x - r, b.y - r}, {a.x + r, b.y - r}, {a.x + r, a.y + r}} {
		for k := range 7 {
			sin, cos := math.Sincos(math.Pi/2*float64(i) + math.Pi/12*float64(k) - math.Pi/2)
			out = append(out, point{c.x + r*cos, c.y + r*sin})
		}
	}
	return out
}

// stroke returns the outlines of lines of a width: a rectangle a piece and a disc a joint.
func stroke(lines [][]point, width float64) [][]point {
	var out [][]point
	for _, line := range lines {
		for i, p := range line {
			if i > 0 && i < len(line)-1 {
				disc := make([]point, 8)
				for k := range disc {
					sin, cos := math.Sincos(math.Pi / 4 * float64(k))
					disc[k] = point{p.x + width/2*cos, p.y + width/2*sin}
				}
				out = append(out, disc)
			}
			if i == 0 {
				continue
			}
			o := line[i-1]
			length := math.Hypot(p.x-o.x, p.y-o.y)
			if length == 0 {
				continue
			}
			dx, dy := (p.x-o.x)/length*width/2, (p.y-o.y)/length*width/2
			out = append(out, []point{{o.x + dy, o.y - dx}, {p.x + dy, p.y - dx}, {p.x - dy, p.y + dx}, {o.x - dy, o.y + dx}})
		}
	}
	return out
}

// dashed cuts a line into dashes.
func dashed(points []point, dash float64) [][]point {
	if dash <= 0 {
		return [][]point{points}
	}
	var out [][]point
	left, on := dash, true
	now := []point{points[0]}
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		for {
			length := math.Hypot(b.x-a.x, b.y-a.y)
			if length < left {
				left -= length
				now = append(now, b)
				break
			}
			a = point{a.x + (b.x-a.x)*left/length, a.y + (b.y-a.y)*left/length}
			if on {
				out = append(out, append(now, a))
			}
			now, left, on = []point{a}, dash, !on
		}
	}
	if on && len(now) > 1 {
		out = append(out, now)
	}
	return out
}
