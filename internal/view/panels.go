package view

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
)

// Panels returns what there is to see on the panels of a board, in the board's order; only
// those whose ids are given, or all. A query that fails is its panel's Error.
func Panels(ctx context.Context, src Source, b *plan.Board, ids []int, req Request) []Panel {
	var asked []*plan.Panel
	for r := range b.Rows {
		for p := range b.Rows[r].Panels {
			if one := &b.Rows[r].Panels[p]; ids == nil || slices.Contains(ids, one.ID) {
				asked = append(asked, one)
			}
		}
	}
	req = singled(ctx, src, b, req)
	d := &drawer{ctx: ctx, src: src, board: b, req: &req, answers: map[string]*answer{}}
	out := make([]Panel, len(asked))
	next := make(chan int)
	var working sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(asked)) {
		working.Go(func() {
			for i := range next {
				out[i] = d.panel(asked[i])
			}
		})
	}
	for i := range asked {
		next <- i
	}
	close(next)
	working.Wait()
	return out
}

// A drawer asks for the data of panels, the same question once.
type drawer struct {
	ctx   context.Context
	src   Source
	board *plan.Board
	req   *Request

	mu      sync.Mutex
	answers map[string]*answer
}

type answer struct {
	once sync.Once
	res  *engine.Result
	err  error
}

// ask answers a query of the board: at one time, or over all of it.
func (d *drawer) ask(expr string, instant bool) (*engine.Result, error) {
	expr = Fill(expr, d.board, d.req)
	key := expr
	if instant {
		key += "\x00instant"
	}
	d.mu.Lock()
	a := d.answers[key]
	if a == nil {
		a = &answer{}
		d.answers[key] = a
	}
	d.mu.Unlock()
	a.once.Do(func() {
		from, to := d.req.aligned()
		if instant {
			a.res, a.err = d.src.Instant(d.ctx, expr, d.req.To)
		} else {
			a.res, a.err = d.src.Range(d.ctx, expr, from, to, d.req.Step())
		}
	})
	return a.res, a.err
}

// panel returns the data of one panel.
func (d *drawer) panel(p *plan.Panel) Panel {
	out := Panel{ID: p.ID}
	switch {
	case p.Kind == "text":
		return out
	case p.Kind == "alertlist":
		out.fill(func() (err error) { out.Alerts, err = d.alerts(p.AlertFilter); return err })
		return out
	}
	var frames []frame
	for i := range p.Queries {
		q := &p.Queries[i]
		if q.Datasource == "loki" {
			out.Error = "its logs are in Loki, which is not asked here"
			continue
		}
		res, err := d.ask(q.Expr, q.Instant)
		if err != nil {
			out.Error = err.Error()
			continue
		}
		frames = append(frames, frame{q, res})
		out.Notes = append(out.Notes, res.Warnings...)
	}
	slices.Sort(out.Notes)
	out.Notes = slices.Compact(out.Notes)
	switch {
	case p.Kind == "table":
		out.Table = d.table(p, frames)
	case p.Kind == "heatmap":
		out.Times = d.times(false)
		out.Heatmap = d.heatmap(p, frames)
	default:
		instant := len(frames) > 0 && !slices.ContainsFunc(frames, func(f frame) bool { return !f.query.Instant })
		out.Times = d.times(instant)
		out.Series = d.series(p, frames, out.Times)
	}
	return out
}

func (p *Panel) fill(by func() error) {
	if err := by(); err != nil {
		p.Error = err.Error()
	}
}

// A frame is the answer to a query of a panel.
type frame struct {
	query *plan.Query
	res   *engine.Result
}

// times returns the times of a panel's values.
func (d *drawer) times(instant bool) []int64 {
	if instant {
		return []int64{d.req.To.UnixMilli()}
	}
	from, to := d.req.aligned()
	var list []int64
	for t := from; !t.After(to); t = t.Add(d.req.Step()) {
		list = append(list, t.UnixMilli())
	}
	return list
}

// values puts points at their times.
func values(times []int64, points []engine.Point) Numbers {
	list := make(Numbers, len(times))
	for i := range list {
		list[i] = None
	}
	at := 0
	for _, p := range points {
		ms := p.At.UnixMilli()
		for at < len(times)-1 && times[at] < ms {
			at++
		}
		if p.Histogram == "" && len(times) > 0 {
			list[at] = p.Value
		}
	}
	return list
}

// series returns the series of a panel, named and coloured.
func (d *drawer) series(p *plan.Panel, frames []frame, times []int64) []Series {
	var all []Series
	for _, f := range frames {
		names := legends(f, d.board, d.req)
		for i, s := range f.res.Series {
			all = append(all, Series{RefID: f.query.RefID, Name: names[i], Labels: s.Labels, Values: values(times, s.Points)})
		}
	}
	unique(all)
	steps := Steps(p)
	for i := range all {
		s := &all[i]
		s.Calcs = calcs(s.Values)
		s.Unit = cmp.Or(p.Unit, "short")
		s.Color = Palette[i%len(Palette)]
		last := float64(s.Calcs.Last)
		if byThresholds[p.Kind] {
			s.Color = StepColor(steps, last)
		}
		override(p, s)
		s.Text = valueText(p, s.Unit, last, d.req.To)
		if m := Mapped(p, last); m != nil && m.Color != "" && byThresholds[p.Kind] {
			s.Color = m.Color
		}
	}
	return all
}

// valueText writes a value as a panel shows it.
func valueText(p *plan.Panel, unit string, v float64, now time.Time) string {
	if m := Mapped(p, v); m != nil && m.Text != "" {
		return m.Text
	}
	if math.IsNaN(v) {
		return cmp.Or(p.NoValue, "No data")
	}
	return Text(unit, v, p.Decimals, now)
}

// override changes a series as the panel's overrides say.
func override(p *plan.Panel, s *Series) {
	for _, o := range p.Overrides {
		if o.Regexp != "" {
			if re, err := regexp.Compile("^(?:" + o.Regexp + ")$"); err != nil || !re.MatchString(s.Name) {
				continue
			}
		} else if o.RefID != s.RefID {
			continue
		}
		s.Unit, s.Color = cmp.Or(o.Unit, s.Unit), cmp.Or(o.Color, s.Color)
		s.Dash, s.NegativeY, s.NoFill = s.Dash || o.Dash, s.NegativeY || o.NegativeY, s.NoFill || o.NoFill
	}
}

var legendLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)

// legends names the series of a frame. A label that a series lacks is nothing.
// Source: promlib's getName and its legend __auto, which is what dashgen writes where a query
// has none.
func legends(f frame, b *plan.Board, req *Request) []string {
	names := make([]string, len(f.res.Series))
	for i, s := range f.res.Series {
		if f.query.Legend != "" {
			names[i] = legendLabel.ReplaceAllStringFunc(Fill(f.query.Legend, b, req), func(ref string) string {
				name := legendLabel.FindStringSubmatch(ref)[1]
				if name == "__name__" {
					return s.Labels["__name__"]
				}
				return s.Labels[name]
			})
			continue
		}
		names[i] = s.Labels.String()
		if varying := differing(f.res.Series); len(varying) == 1 {
			names[i] = s.Labels[varying[0]]
		}
		if len(s.Labels) == 0 {
			names[i] = Fill(f.query.Expr, b, req)
		}
	}
	return names
}

// differing returns the labels whose values are not the same in all series, sorted.
func differing(series []engine.Series) []string {
	var names []string
	for _, s := range series {
		for name := range s.Labels {
			other := func(o engine.Series) bool { return o.Labels[name] != s.Labels[name] }
			if !slices.Contains(names, name) && slices.ContainsFunc(series, other) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// unique numbers series of the same name, as Grafana does.
func unique(all []Series) {
	count := map[string]int{}
	for _, s := range all {
		count[s.Name]++
	}
	seen := map[string]int{}
	for i := range all {
		if name := all[i].Name; count[name] > 1 {
			seen[name]++
			all[i].Name = fmt.Sprintf("%s %d", name, seen[name])
		}
	}
}

// alerts asks for the alerts that are pending or firing, with the labels of a filter: the
// firing ones first, then by name and labels.
func (d *drawer) alerts(filter map[string]string) ([]Alert, error) {
	return Alerts(d.ctx, d.src, filter, d.req.To)
}

// Alerts returns the alerts that are pending or firing at a time, the firing ones first, with
// the labels that filter says.
func Alerts(ctx context.Context, src Source, filter map[string]string, now time.Time) ([]Alert, error) {
	with := func(name string) string { return engine.Labels(filter).With("__name__", name).String() }
	res, err := src.Instant(ctx, with("ALERTS"), now)
	if err != nil {
		return nil, err
	}
	since, err := src.Instant(ctx, with("ALERTS_FOR_STATE"), now)
	if err != nil {
		return nil, err
	}
	began := map[string]int64{}
	for _, s := range since.Series {
		began[s.Labels.Without("__name__").String()] = int64(s.Points[0].Value * 1000)
	}
	list := []Alert{}
	for _, s := range res.Series {
		a := Alert{Name: s.Labels["alertname"], State: engine.State(s.Labels["alertstate"]), Since: began[s.Labels.Without("__name__", "alertstate").String()]}
		a.Labels = s.Labels.Without("__name__", "alertname", "alertstate")
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b Alert) int {
		return cmp.Or(strings.Compare(string(a.State), string(b.State)), strings.Compare(a.Name, b.Name), strings.Compare(a.Labels.String(), b.Labels.String()))
	})
	return list, nil
}
