package status

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
)

// headlinePrefix begins the keys of the panels that render puts into an overview's row of
// headline numbers.
const headlinePrefix = "overview/"

// headlines returns the numbers of the programs's overview, over the last hour.
func (s *sweep) headlines() []Headline {
	var all []Headline
	req := view.Request{From: s.now.Add(-time.Hour), To: s.now, Points: 240, Scrape: s.program.Scrape}
	for i := range s.program.Boards {
		b := &s.program.Boards[i]
		var asked []*plan.Panel
		var ids []int
		for _, row := range b.Rows {
			for p := range row.Panels {
				if one := &row.Panels[p]; strings.HasPrefix(one.Key, headlinePrefix) && one.Kind == "stat" {
					asked, ids = append(asked, one), append(ids, one.ID)
				}
			}
		}
		if len(ids) == 0 {
			continue
		}
		for n, data := range view.Panels(s.ctx, s.src, b, ids, req) {
			all = append(all, headline(asked[n], &data))
		}
	}
	return all
}

func headline(p *plan.Panel, data *view.Panel) Headline {
	h := Headline{Title: p.Title, Description: p.Description, Text: cmp.Or(p.NoValue, "no data")}
	switch {
	case data.Error != "":
		h.State, h.Why, h.Text = Unknown, data.Error, "unknown"
	case len(data.Series) == 0:
		h.Why = "there are no series"
		if p.NoValue != "" && len(p.Steps) > 1 {
			h.State = Red // such as no instance that is up
		}
	default:
		one := &data.Series[0]
		h.Text, h.Values = one.Text, one.Values
		if len(p.Steps) > 1 {
			h.State = stateOf(one.Color)
		}
	}
	return h
}

// stateOf says what one of Grafana's colours means.
func stateOf(color string) State {
	for _, hue := range []struct {
		name  string
		state State
	}{{"red", Red}, {"orange", Orange}, {"yellow", Orange}, {"green", Green}} {
		if color == hue.name || strings.HasSuffix(color, "-"+hue.name) {
			return hue.state
		}
	}
	return None
}

// spark returns the points of lines through values in a box of 100 by 24, a line for each
// stretch without gaps; none where there are fewer than two values.
func spark(values []float64) []string {
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(known) < 2 {
		return nil
	}
	low, high := slices.Min(known), slices.Max(known)
	var lines []string
	var line []string
	for i, v := range append(slices.Clone(values), math.NaN()) {
		if math.IsNaN(v) {
			if len(line) > 1 {
				lines = append(lines, strings.Join(line, " "))
			}
			line = nil
			continue
		}
		y := 12.0
		if high > low {
			y = 23 - 22*(v-low)/(high-low)
		}
		line = append(line, fmt.Sprintf("%.1f,%.1f", 100*float64(i)/float64(len(values)-1), y))
	}
	return lines
}
