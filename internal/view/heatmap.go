package view

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
)

// heatmap makes a histogram over time of the answers: of classic buckets, which count what is
// in the ones below, too; of native histograms; else of the values themselves.
func (d *drawer) heatmap(p *plan.Panel, frames []frame) *Heatmap {
	h := &Heatmap{Unit: unitOr(p.Unit), CellUnit: "short", Rows: []HeatmapRow{}}
	times := d.times(false)
	for _, f := range frames {
		s := Series{RefID: f.query.RefID, Unit: h.Unit}
		override(p, &s)
		h.CellUnit = s.Unit
		switch {
		case slices.ContainsFunc(f.res.Series, isNative):
			h.Rows = append(h.Rows, nativeRows(f, times)...)
		case f.query.Heatmap:
			h.Rows = append(h.Rows, classicRows(f, times)...)
		default:
			h.CellUnit = "short"
			h.Rows = append(h.Rows, countedRows(f, times)...)
		}
	}
	slices.SortStableFunc(h.Rows, func(a, b HeatmapRow) int { return cmp.Compare(a.Upper, b.Upper) })
	for i := range h.Rows {
		if i > 0 && math.IsNaN(float64(h.Rows[i].Lower)) {
			h.Rows[i].Lower = h.Rows[i-1].Upper
		}
	}
	return h
}

// none returns a value for each time that is none.
func none(n int) Numbers {
	list := make(Numbers, n)
	for i := range list {
		list[i] = None
	}
	return list
}

// classicRows takes from each bucket what the one below it has.
// Source: transformToHistogramOverTime of grafana-prometheus.
func classicRows(f frame, times []int64) []HeatmapRow {
	by := map[float64]Numbers{}
	for _, s := range f.res.Series {
		le, err := strconv.ParseFloat(s.Labels["le"], 64)
		if err != nil {
			continue
		}
		if by[le] == nil {
			by[le] = none(len(times))
		}
		for i, v := range values(times, s.Points) {
			switch {
			case math.IsNaN(v):
			case math.IsNaN(by[le][i]):
				by[le][i] = v
			default:
				by[le][i] += v
			}
		}
	}
	var rows []HeatmapRow
	var below Numbers
	for _, le := range slices.Sorted(maps.Keys(by)) {
		counts := slices.Clone(by[le])
		for i := range counts {
			if below != nil && !math.IsNaN(below[i]) {
				counts[i] = max(0, counts[i]-below[i])
			}
		}
		rows = append(rows, HeatmapRow{Lower: Number(None), Upper: Number(le), Counts: counts})
		below = by[le]
	}
	return rows
}

// nativeRows has a row for each bucket that any of the histograms has.
func nativeRows(f frame, times []int64) []HeatmapRow {
	type span struct{ lower, upper float64 }
	rows := map[span]Numbers{}
	at := map[int64]int{}
	for i, t := range times {
		at[t] = i
	}
	for _, s := range f.res.Series {
		for _, p := range s.Points {
			i, ok := at[p.At.UnixMilli()]
			if !ok {
				continue
			}
			for _, b := range p.Buckets {
				key := span{b.Lower, b.Upper}
				if rows[key] == nil {
					rows[key] = none(len(times))
				}
				if math.IsNaN(rows[key][i]) {
					rows[key][i] = 0
				}
				rows[key][i] += b.Count
			}
		}
	}
	var list []HeatmapRow
	for key, counts := range rows {
		list = append(list, HeatmapRow{Number(key.lower), Number(key.upper), counts})
	}
	return list
}

// counted is how many rows a heatmap has that counts values itself.
const counted = 20

// countedRows counts, at each time, how many series have a value in each of as many equal
// parts of what the values span.
func countedRows(f frame, times []int64) []HeatmapRow {
	low, high := math.Inf(1), math.Inf(-1)
	var all []Numbers
	for _, s := range f.res.Series {
		vs := values(times, s.Points)
		c := calcs(vs)
		if !math.IsNaN(float64(c.Min)) {
			low, high = min(low, float64(c.Min)), max(high, float64(c.Max))
		}
		all = append(all, vs)
	}
	if low > high {
		return nil
	}
	width := (high - low) / counted
	if width == 0 {
		width = 1
	}
	rows := make([]HeatmapRow, counted)
	for i := range rows {
		rows[i] = HeatmapRow{Number(low + float64(i)*width), Number(low + float64(i+1)*width), make(Numbers, len(times))}
	}
	for _, vs := range all {
		for i, v := range vs {
			if !math.IsNaN(v) {
				rows[min(int((v-low)/width), counted-1)].Counts[i]++
			}
		}
	}
	return rows
}

func isNative(s engine.Series) bool {
	return slices.ContainsFunc(s.Points, func(p engine.Point) bool { return p.Histogram != "" })
}
