package preview

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/view"
)

// This file tells how alerts stand.

type alertsQuestion struct{}

// An alertState is how one alert stands.
type alertState struct {
	Program   string       `json:"program"`
	Name      string       `json:"name"`
	State     engine.State `json:"state"`
	Instances []instance   `json:"instances,omitempty"`
	Says      says         `json:"says,omitzero"`   // of the series that is nearest to the threshold
	Holds     bool         `json:"holds,omitempty"` // its expression has an answer now
	Error     string       `json:"error,omitempty"`
	Text      string       `json:"text,omitempty"`      // what it compares now, the value nearest to the threshold
	Threshold string       `json:"threshold,omitempty"` // what with
}

// An instance is an alert that is pending or firing.
type instance struct {
	view.Alert
	Says says `json:"says,omitzero"`
}

// says is what an alert says of a series: its annotations, with their templates expanded.
type says struct {
	Summary     string `json:"summary,omitempty"`
	Description string `json:"description,omitempty"`
}

// sayOf expands an alert's annotations for a series. A template that asks a query of its own,
// or fails, stays as it is.
func sayOf(ctx context.Context, r *plan.Rule, s engine.Series, now time.Time) says {
	expand := func(text string) string {
		if expanded, err := engine.Expand(ctx, text, s.Labels, s.Points[0].Value, now); err == nil {
			return expanded
		}
		return text
	}
	return says{expand(r.Annotations["summary"]), expand(r.Annotations["description"])}
}

// alerts returns the state of every alert.
func (s *Server) alerts(ctx context.Context, _ alertsQuestion) ([]alertState, error) {
	s.mu.RLock()
	programs := s.programs
	s.mu.RUnlock()
	now := s.feed.Now()
	active, err := view.Alerts(ctx, s.feed, nil, now)
	if err != nil {
		return nil, err
	}
	list := []alertState{}
	var ask []func()
	for i := range programs {
		p := &programs[i]
		for _, g := range p.Groups {
			for k := range g.Rules {
				if g.Rules[k].Alert != "" {
					at := len(list)
					list = append(list, alertState{Program: p.Config.Name, Name: g.Rules[k].Alert, State: engine.Inactive})
					ask = append(ask, func() { s.state(ctx, p, &g.Rules[k], active, &list[at]) })
				}
			}
		}
	}
	parallel(ask)
	return list, nil
}

// parallel calls functions on all processors.
func parallel(calls []func()) {
	var working sync.WaitGroup
	next := make(chan func())
	for range runtime.GOMAXPROCS(0) {
		working.Go(func() {
			for call := range next {
				call()
			}
		})
	}
	for _, call := range calls {
		next <- call
	}
	close(next)
	working.Wait()
}

// state fills in how an alert stands.
func (s *Server) state(ctx context.Context, p *Program, r *plan.Rule, active []view.Alert, out *alertState) {
	for _, a := range active {
		if a.Name == r.Alert && carries(a.Labels, r.Labels) {
			out.Instances = append(out.Instances, instance{Alert: a})
			if out.State != engine.Firing {
				out.State = a.State
			}
		}
	}
	now := s.feed.Now()
	res, err := s.feed.Instant(ctx, r.Expr, now)
	if err != nil {
		out.Error = err.Error()
		return
	}
	out.Holds = len(res.Series) > 0
	for i := range out.Instances {
		a := &out.Instances[i]
		for _, one := range res.Series {
			if carries(a.Labels, one.Labels.Without("__name__")) {
				a.Says = sayOf(ctx, r, one, now)
			}
		}
	}
	if out.Holds {
		out.Says = sayOf(ctx, r, res.Series[0], now)
	}
	left, op, threshold, ok := query.Threshold(r.Expr)
	if !ok {
		return
	}
	unit := cmp.Or(query.UnitID(left, p.Schema), "short")
	out.Threshold = op + " " + view.Text(unit, threshold, nil, now)
	values, err := s.feed.Instant(ctx, left, now)
	if err != nil || len(values.Series) == 0 {
		return
	}
	nearest := values.Series[0]
	for _, one := range values.Series {
		v, most := one.Points[0].Value, nearest.Points[0].Value
		if (op == ">" || op == ">=") && v > most || (op == "<" || op == "<=") && v < most || op == "==" && v == threshold {
			nearest = one
		}
	}
	out.Text = view.Text(unit, nearest.Points[0].Value, nil, now)
	out.Says = sayOf(ctx, r, nearest, now)
}

// carries reports whether labels have those of a rule, save its templates.
func carries(have engine.Labels, want map[string]string) bool {
	for k, v := range want {
		if have[k] != v && !isTemplate(v) {
			return false
		}
	}
	return true
}

func isTemplate(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i:i+2] == "{{" {
			return true
		}
	}
	return false
}

// An alertQuestion asks for the course of what an alert compares.
type alertQuestion struct {
	span
	Program string `json:"program"`
	Name    string `json:"name"`
}

// An alertAnswer is that as a panel, with the threshold.
type alertAnswer struct {
	From      int64      `json:"from"`
	To        int64      `json:"to"`
	Expr      string     `json:"expr"` // whose values these are
	Unit      string     `json:"unit"`
	Op        string     `json:"op,omitempty"` // empty: it compares with no number
	Threshold float64    `json:"threshold"`
	Panel     view.Panel `json:"panel"`
}

func (s *Server) alert(ctx context.Context, q alertQuestion) (*alertAnswer, error) {
	s.mu.RLock()
	programs := s.programs
	s.mu.RUnlock()
	for i := range programs {
		p := &programs[i]
		for _, g := range p.Groups {
			for k := range g.Rules {
				if r := &g.Rules[k]; r.Alert == q.Name && p.Config.Name == q.Program {
					return s.course(ctx, p, r, q.span), nil
				}
			}
		}
	}
	return nil, missingError{fmt.Sprintf("alert %q", q.Name)}
}

// course draws what an alert compares as a panel.
func (s *Server) course(ctx context.Context, p *Program, r *plan.Rule, q span) *alertAnswer {
	req := s.request(q)
	a := &alertAnswer{From: req.From.UnixMilli(), To: req.To.UnixMilli(), Expr: r.Expr, Unit: "short"}
	if left, op, threshold, ok := query.Threshold(r.Expr); ok {
		a.Expr, a.Op, a.Threshold = left, op, threshold
		a.Unit = cmp.Or(query.UnitID(left, p.Schema), "short")
	}
	b := &plan.Board{Rows: []plan.Row{{Panels: []plan.Panel{{Kind: "timeseries", Unit: a.Unit, Queries: []plan.Query{{RefID: "A", Expr: a.Expr}}}}}}}
	a.Panel = view.Panels(ctx, s.feed, b, nil, req)[0]
	return a
}
