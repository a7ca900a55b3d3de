package status

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/remote"
	"github.com/dashgen/dashgen/internal/view"
)

// paging are the severities that wake people.
var paging = []string{"critical", "page", "emergency", "fatal"}

// remarks are the severities of alerts that nobody has to do anything about.
var remarks = []string{"info", "none", "debug"}

// rule evaluates a rule. An error says that the server did not answer; of what it refuses,
// the alert says why.
func (s *sweep) rule(r rule) (Alert, error) {
	a := Alert{
		Name: r.Alert, Severity: r.Labels["severity"], Expr: r.Expr, For: r.For, State: Green,
		Summary: cmp.Or(r.Annotations["summary"], r.Annotations["description"], r.Annotations["message"]), Runbook: r.Annotations["runbook_url"],
	}
	w := newWindow(r, s.now)
	res, err := w.ask(s.ctx, s.src, r.Expr)
	for err == nil && r.Alert != "" && w.ambiguous(res) {
		w.longer()
		res, err = w.ask(s.ctx, s.src, r.Expr)
	}
	var refused *remote.QueryError
	switch {
	case errors.As(err, &refused):
		a.State, a.Why = Unknown, refused.Err.Error()
		return a, nil
	case err != nil:
		a.State, a.Why = Unknown, err.Error()
		return a, err
	case r.Alert == "":
		if missing := s.missing(r.Expr); len(res.Series) == 0 && missing != "" {
			a.Why = missing
		}
		return a, nil
	}
	unit := s.unit(r.Expr)
	for _, one := range res.Series {
		if i, active := w.stands(one, false); active {
			value := one.Points[len(one.Points)-1].Value
			i.Value = view.Text(unit, value, nil, s.now)
			i.Labels = one.Labels.Without("__name__")
			i.Summary = s.summary(a.Summary, i.Labels, value)
			a.Active = append(a.Active, i)
			a.State = worse(a.State, s.state(a.Severity, i.State))
		}
	}
	slices.SortStableFunc(a.Active, func(x, y Instance) int { return strings.Compare(string(x.State), string(y.State)) })
	if a.Why = s.missing(r.Expr); a.Why != "" && len(a.Active) == 0 {
		a.State = Unknown
	}
	return a, nil
}

// state says how bad an alert is: red where it fires and wakes people, orange where another
// does, or any is pending.
func (s *sweep) state(severity string, is engine.State) State {
	severity = strings.ToLower(severity)
	switch {
	case slices.Contains(remarks, severity):
		return Green
	case is == engine.Firing && (slices.Contains(paging, severity) || slices.Contains(s.program.Paging, severity)):
		return Red
	}
	return Orange
}

// unit returns the Grafana unit of an expression.
func (s *sweep) unit(expr string) string {
	tree, err := query.Parse(expr)
	if err != nil {
		return "short"
	}
	return cmp.Or(query.Infer(expr, tree, s.program.World).Root().Unit.Grafana(), "short")
}

// summary expands a summary for one set of labels.
func (s *sweep) summary(text string, labels engine.Labels, value float64) string {
	out, err := engine.Expand(s.ctx, text, labels, value, s.now)
	if err != nil {
		return text
	}
	return strings.TrimSpace(out)
}

// A window is the time over which an alert is looked at: that after which it fires, and that
// for which it goes on, or more.
type window struct {
	hold, keep time.Duration
	from, to   time.Time
	step       time.Duration
}

// mostSteps bounds how often an expression is evaluated; Prometheus answers no more than
// 11000.
const mostSteps = 5000

func newWindow(r rule, now time.Time) *window {
	w := &window{hold: r.For, keep: r.KeepFiringFor, to: now, step: r.interval}
	long := w.hold + w.keep
	if long/w.step > mostSteps {
		w.step = long / mostSteps
	}
	steps := (long + w.step - 1) / w.step
	w.from = now.Add(-steps * w.step)
	return w
}

// longer doubles the window.
func (w *window) longer() { w.from = w.from.Add(w.from.Sub(w.to)) }

// ambiguous reports whether it makes a difference how an alert stood before the window, and
// a longer one may tell: keep_firing_for has it go on firing for as long as it flaps.
func (w *window) ambiguous(res *engine.Result) bool {
	if w.keep == 0 || 2*w.to.Sub(w.from)/w.step > mostSteps {
		return false
	}
	return slices.ContainsFunc(res.Series, func(s engine.Series) bool {
		quiet, _ := w.stands(s, false)
		fired, _ := w.stands(s, true)
		return quiet.State != fired.State
	})
}

func (w *window) ask(ctx context.Context, src view.Source, expr string) (*engine.Result, error) {
	if w.from.Equal(w.to) {
		return src.Instant(ctx, expr, w.to)
	}
	return src.Range(ctx, expr, w.from, w.to, w.step)
}

// stands says how an alert stands at the window's end for one series of its expression, by
// whether it was firing before the window; active is false where it is inactive. It is
// Prometheus' state machine.
func (w *window) stands(s engine.Series, fired bool) (i Instance, active bool) {
	holds := map[int64]bool{}
	for _, p := range s.Points {
		holds[p.At.UnixMilli()] = true
	}
	if fired {
		i = Instance{State: engine.Firing, Since: w.from, Earlier: true}
	}
	var resolved time.Time
	for at := w.from; !at.After(w.to); at = at.Add(w.step) {
		switch {
		case holds[at.UnixMilli()]:
			if i.State == "" {
				i = Instance{State: engine.Pending, Since: at, Earlier: at.Equal(w.from)}
			}
			if at.Sub(i.Since) >= w.hold {
				i.State = engine.Firing
			}
			resolved = time.Time{}
		case i.State == engine.Firing && w.keep > 0:
			if resolved.IsZero() {
				resolved = at
			}
			if at.Sub(resolved) >= w.keep {
				i = Instance{}
			}
		default:
			i = Instance{}
		}
	}
	if w.from.Equal(w.to) {
		i.Since, i.Earlier = time.Time{}, false
	}
	return i, i.State != ""
}
