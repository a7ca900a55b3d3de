package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
	"github.com/dashgen/dashgen/render"
)

// one returns a board with one panel of a kind, and data that any kind draws something of.
func one(kind string) (*plan.Board, []view.Panel) {
	limit := 4.0
	p := plan.Panel{ID: 1, Kind: kind, Title: "Orders <now> & later", W: 12, H: 8, Unit: "s", Content: "**Orders** of the shop", Steps: []plan.Step{{Color: "green"}, {Value: 2, Color: "red"}}, Max: &limit}
	values := view.Numbers{1, 2, math.NaN(), 2.5, 3}
	data := view.Panel{
		ID: 1, Times: []int64{0, 60000, 120000, 180000, 240000},
		Series: []view.Series{
			{Name: "p50", Unit: "s", Color: "green", Values: values, Calcs: view.Calcs{Last: 3, Mean: 2, Min: 1, Max: 3}, Text: "3 s"},
			{Name: "p99", Unit: "s", Color: "#447EBC", Values: values, Calcs: view.Calcs{Last: 3, Mean: 2, Min: 1, Max: 3}, Text: "3 s", Dash: true, NegativeY: true},
		},
		Table:   &view.Table{Columns: []view.Column{{Name: "job"}, {Name: "Value", Values: true}}, Rows: [][]view.Cell{{{Text: "shop"}, {Text: "3 s", Color: "red"}}}},
		Heatmap: &view.Heatmap{Unit: "s", Rows: []view.HeatmapRow{{Upper: 1, Counts: view.Numbers{1, 2, 3, 4, 5}}, {Upper: view.Number(math.Inf(1)), Counts: view.Numbers{0, 1, 0, math.NaN(), 2}}}},
		Alerts:  []view.Alert{{Name: "OrdersSlow", State: engine.Firing, Labels: engine.Labels{"job": "shop"}}},
	}
	return &plan.Board{Title: "Shop", Rows: []plan.Row{{Panels: []plan.Panel{p}}, {Title: "More", Collapsed: true, Panels: []plan.Panel{p}}}}, []view.Panel{data}
}

// Every kind of panel that there is has something on it, SVG that is XML and a PNG of the
// same size.
func TestKinds(t *testing.T) {
	for _, k := range render.PanelKinds() {
		kind := k.Name
		board, panels := one(kind)
		empty := len(Draw(board, nil, Options{}).shapes)
		c := Draw(board, panels, Options{Width: 600})
		svg := c.SVG()
		if kind == "text" && !strings.Contains(string(svg), ">Orders of the shop<") || kind != "text" && kind != "logs" && len(c.shapes) <= empty+1 {
			t.Errorf("%s: nothing is drawn", kind)
		}
		if !strings.Contains(string(svg), "Orders &lt;now&gt; &amp; later") {
			t.Errorf("%s: no title in the SVG", kind)
		}
		for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
		}
		if strings.Contains(string(svg), "NaN") || strings.Contains(string(svg), "Inf\"") {
			t.Errorf("%s: a shape stands nowhere:\n%s", kind, svg)
		}
		if again := Draw(board, panels, Options{Width: 600}).SVG(); !bytes.Equal(again, svg) {
			t.Errorf("%s: the second time it is another picture", kind)
		}
		data, err := c.PNG(0.5)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != 300 {
			t.Errorf("%s: %v, %v", kind, img.Bounds(), err)
		}
	}
}

// Collapsed rows are drawn when that is asked for, and light is another ground.
func TestOptions(t *testing.T) {
	board, panels := one("stat")
	folded, open := Draw(board, panels, Options{}), Draw(board, panels, Options{Expand: true, Light: true})
	if folded.H >= open.H {
		t.Errorf("heights %v and %v", folded.H, open.H)
	}
	if folded.shapes[0].color == open.shapes[0].color {
		t.Error("light is dark")
	}
}

// A long line is drawn where its shape is, and nothing beside it.
func TestPNG(t *testing.T) {
	c := &Canvas{W: 20, H: 20}
	c.rect(0, 0, 20, 20, 0, "#ffffff", 1)
	c.line([]point{{2, 10}, {10, 10}, {18, 10}}, 2, 0, "#ff0000", 1)
	data, err := c.PNG(1)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		x, y  int
		green uint32
	}{{5, 9, 0}, {10, 10, 0}, {5, 7, 0xffff}, {5, 12, 0xffff}} {
		if _, g, _, _ := img.At(at.x, at.y).RGBA(); g != at.green {
			t.Errorf("at %d,%d green is %x", at.x, at.y, g)
		}
	}
}

// Ticks are round in the unit of the axis.
func TestAxis(t *testing.T) {
	for _, test := range []struct {
		low, high float64
		unit      string
		want      []float64
	}{
		{0, 97, "short", []float64{0, 50, 100}},
		{0.1, 0.35, "s", []float64{0, 0.2, 0.4}},
		{100 << 20, 380 << 20, "bytes", []float64{0, 256 << 20, 512 << 20}},
		{3, 3, "short", []float64{0, 2, 4, 6}},
		{math.Inf(1), math.Inf(-1), "short", []float64{0, 0.5, 1}},
	} {
		a := newAxis(test.low, test.high, &plan.Panel{}, test.unit, box{h: 84})
		if len(a.ticks) == 0 || a.ticks[0] != a.low || math.Abs(a.ticks[len(a.ticks)-1]-a.high) > 1e-9*a.high {
			t.Errorf("%v to %v: from %v to %v, ticks %v", test.low, test.high, a.low, a.high, a.ticks)
			continue
		}
		for i, want := range test.want {
			if i >= len(a.ticks) || math.Abs(a.ticks[i]-want) > 1e-9*math.Abs(want) {
				t.Errorf("%v to %v %s: ticks %v, want %v", test.low, test.high, test.unit, a.ticks, test.want)
				break
			}
		}
	}
}
