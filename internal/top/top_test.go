package top

import (
	"math"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
)

// memory is a feed of what an engine has.
type memory struct{ *engine.Engine }

func (memory) Now() time.Time        { return time.Unix(3600, 0).UTC() }
func (memory) Scrape() time.Duration { return 15 * time.Second }

const samples = `
queue_length{job="shop"} 0+1x240
orders_total{job="shop"} 0+30x240
ALERTS{alertname="QueueLong", alertstate="firing", severity="page"} 1x240
ALERTS_FOR_STATE{alertname="QueueLong", severity="page"} 3000x240
`

func screen(t *testing.T) *Model {
	t.Helper()
	store, err := engine.Load(15*time.Second, samples)
	if err != nil {
		t.Fatal(err)
	}
	board := func(title, panel, expr, unit string) plan.Board {
		p := plan.Panel{ID: 1, Kind: "timeseries", Title: panel, Unit: unit, Queries: []plan.Query{{RefID: "A", Expr: expr, Legend: "all"}}}
		return plan.Board{UID: strings.ToLower(title), Title: title, Rows: []plan.Row{{Title: "Signals", Panels: []plan.Panel{p}}}}
	}
	boards := []plan.Board{board("Shop", "Orders", "rate(orders_total[5m])", "reqps"), board("Queue", "Queue length", "queue_length", "short"), board("Broken", "Wrong", "sum(", "short")}
	rules := []Rule{
		{Name: "QueueLong", Expr: "queue_length", Op: ">", Threshold: 100},
		{Name: "NoOrders", Expr: "rate(orders_total[5m])", Op: "<", Threshold: 1, Unit: "reqps"},
		{Name: "Odd", Expr: "queue_length unless orders_total"},
		{Name: "Broken", Expr: "sum(", Op: ">", Threshold: 1},
	}
	return New(t.Context(), memory{engine.New(store, engine.Options{})}, boards, rules)
}

// answer has the model take what a command asks for.
func answer(t *testing.T, m *Model, cmd tea.Cmd) {
	t.Helper()
	if cmd == nil {
		t.Fatal("nothing is asked")
	}
	m.Update(cmd())
}

func typed(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }

// The screen shows the chosen board and the alerts, whatever is typed and however large it is.
func TestScreen(t *testing.T) {
	m := screen(t)
	answer(t, m, m.Init())
	see(t, m, "Shop", "1 firing  0 pending  of 4 alerts  01:00:00", "── Signals ──", "Orders", "2.00 req/s", "▁▁▁▁", "firing   QueueLong for 10m0s", "↑↓ board")
	_, cmd := m.Update(typed("j"))
	answer(t, m, cmd)
	see(t, m, "Queue length", "240", "▁▁▁▂▂", "▇▇▇█")
	_, cmd = m.Update(typed("kj")) // which leads back: nothing to ask
	if cmd != nil {
		t.Error("the same board is asked again")
	}
	_, cmd = m.Update(typed("j"))
	answer(t, m, cmd)
	see(t, m, "Wrong: ")
	_, cmd = m.Update(tea.KeyMsg{Type: tea.KeyDown})
	answer(t, m, cmd)
	see(t, m, "── firing: 1 ──", "QueueLong", "240  > 100 ", "── inactive: 3 ──", "2.00 req/s  < 1 req/s", "no threshold", "Broken: ")
	_, cmd = m.Update(tea.KeyMsg{Type: tea.KeyDown})
	answer(t, m, cmd)
	see(t, m, "Orders", "2.00 req/s")
	_, cmd = m.Update(typed("a"))
	answer(t, m, cmd)
	see(t, m, "── firing: 1 ──")
	for _, size := range []tea.WindowSizeMsg{{Width: 60, Height: 20}, {Width: 20, Height: 5}, {Width: 200, Height: 60}, {Width: 1, Height: 1}} {
		m.Update(size)
		lines := strings.Split(m.View(), "\n")
		for _, line := range lines {
			if w := lipgloss.Width(line); size.Width >= 60 && w > size.Width {
				t.Errorf("%d wide: a line is %d wide: %q", size.Width, w, line)
			}
		}
		if size.Height >= 20 && len(lines) != size.Height {
			t.Errorf("%d lines on a screen of %d", len(lines), size.Height)
		}
	}
	if _, cmd := m.Update(typed("q")); cmd == nil || cmd() != tea.Quit() {
		t.Error("q does not quit")
	}
}

func see(t *testing.T, m *Model, want ...string) {
	t.Helper()
	for _, text := range want {
		if !strings.Contains(m.View(), text) {
			t.Errorf("no %q on\n%s", text, m.View())
		}
	}
}

// What is late for a board that is no longer chosen is left.
func TestLate(t *testing.T) {
	m := screen(t)
	late := m.Init()()
	m.Update(typed("j"))
	if m.Update(late); !m.seen.at.IsZero() {
		t.Error("another board's values are taken")
	}
	if !strings.Contains(m.View(), "…") {
		t.Errorf("it is not said that there is nothing yet:\n%s", m.View())
	}
}

func TestOnce(t *testing.T) {
	m := screen(t)
	if m.Choose("nothing") || !m.Choose("queue") {
		t.Error("boards are chosen by uid or title")
	}
	out := m.Once(60)
	for _, line := range strings.Split(out, "\n") {
		if lipgloss.Width(line) > 60 {
			t.Errorf("too wide: %q", line)
		}
	}
	if !strings.Contains(out, "Queue length") || m.Failed() != nil {
		t.Errorf("%v\n%s", m.Failed(), out)
	}
}

func TestSpark(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		values []float64
		width  int
		want   string
	}{
		{[]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
		{[]float64{0, 0, 7, 7}, 2, "▁█"},
		{[]float64{5, nan, 5}, 3, "▁ ▁"},
		{[]float64{nan, math.Inf(1)}, 2, "  "},
		{[]float64{1, 2}, 0, ""},
		{nil, 5, ""},
	} {
		if got := Spark(test.values, test.width); got != test.want {
			t.Errorf("%v in %d: %q, want %q", test.values, test.width, got, test.want)
		}
	}
}
