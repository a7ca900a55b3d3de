package top

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
)

// A Feed is where values come from.
type Feed interface {
	view.Source
	// Now is the time of the newest values.
	Now() time.Time
	// Scrape is how often there are new ones.
	Scrape() time.Duration
}

// points is how many values a sparkline has at most, as often as there are new ones, and span
// how far back it goes at most.
const (
	points = 120
	span   = 15 * time.Minute
)

// deployed is the scrape interval by which ranges of rates are chosen, Grafana's default.
const deployed = 15 * time.Second

// A Model is what is on the screen. It is bubbletea's model of it.
type Model struct {
	ctx    context.Context
	feed   Feed
	boards []plan.Board
	rules  []Rule // whose page is behind the boards, where there are any

	width, height int
	chosen        int // of boards
	first         int // of the chosen board's lines, the first that is seen
	seen          seen
}

// seen is what was asked for last.
type seen struct {
	board  int
	at     time.Time
	panels []view.Panel
	alerts []view.Alert
	failed error // why alerts are not known
}

// New returns the screen of boards, one at least, and of alerts.
func New(ctx context.Context, feed Feed, boards []plan.Board, rules []Rule) *Model {
	m := &Model{ctx: ctx, feed: feed, boards: boards, rules: rules, width: 100, height: 30}
	if len(rules) > 0 {
		m.boards = append(slices.Clone(boards), rulesBoard(rules))
	}
	return m
}

// Choose chooses the board with a uid or title, and reports whether there is one.
func (m *Model) Choose(name string) bool {
	i := slices.IndexFunc(m.boards, func(b plan.Board) bool { return b.UID == name || strings.EqualFold(b.Title, name) })
	if i < 0 {
		return false
	}
	m.chosen, m.first = i, 0
	return true
}

// look asks for what the chosen board shows.
func (m *Model) look(board int) seen {
	now := m.feed.Now()
	b := &m.boards[board]
	back := min(max(points*m.feed.Scrape(), 2*time.Minute), span)
	req := view.Request{From: now.Add(-back), To: now, Points: points, Scrape: m.feed.Scrape(), Deployed: deployed}
	s := seen{board: board, at: now, panels: view.Panels(m.ctx, m.feed, b, nil, req)}
	s.alerts, s.failed = view.Alerts(m.ctx, m.feed, nil, now)
	return s
}

type tick struct{}

// ask is a command that looks.
func (m *Model) ask() tea.Cmd {
	board := m.chosen
	return func() tea.Msg { return m.look(board) }
}

// Init asks for the first values.
func (m *Model) Init() tea.Cmd { return m.ask() }

// Update takes a key, a new size or new values.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case seen:
		if msg.board != m.chosen {
			return m, nil // somebody chose another one meanwhile
		}
		m.seen = msg
		return m, tea.Tick(max(m.feed.Scrape(), time.Second), func(time.Time) tea.Msg { return tick{} })
	case tick:
		return m, m.ask()
	case tea.KeyMsg:
		keys := []string{msg.String()}
		if msg.Type == tea.KeyRunes { // typed quickly, or over a slow line, they come together
			keys = strings.Split(string(msg.Runes), "")
		}
		return m.keys(keys)
	}
	return m, nil
}

// keys does what was typed.
func (m *Model) keys(keys []string) (tea.Model, tea.Cmd) {
	was := m.chosen
	for _, key := range keys {
		if key == "q" || key == "esc" || key == "ctrl+c" {
			return m, tea.Quit
		}
		m.key(key)
	}
	if was != m.chosen {
		m.first = 0
		return m, m.ask()
	}
	return m, nil
}

func (m *Model) key(key string) {
	switch key {
	case "down", "j", "tab":
		m.chosen = (m.chosen + 1) % len(m.boards)
	case "up", "k", "shift+tab":
		m.chosen = (m.chosen + len(m.boards) - 1) % len(m.boards)
	case "home", "g":
		m.chosen = 0
	case "a":
		if len(m.rules) > 0 {
			m.chosen = len(m.boards) - 1
		}
	case "pgdown", " ", "ctrl+d":
		m.first += max(1, m.room()-2)
	case "pgup", "ctrl+u":
		m.first = max(0, m.first-max(1, m.room()-2))
	}
}

var (
	strong = lipgloss.NewStyle().Bold(true)
	faint  = lipgloss.NewStyle().Faint(true)
	marked = lipgloss.NewStyle().Reverse(true)
)

// colors are those of a terminal for Grafana's hues.
var colors = []struct{ hue, ansi string }{{"red", "9"}, {"orange", "208"}, {"yellow", "11"}, {"green", "10"}, {"blue", "12"}, {"purple", "13"}}

// paint colours a text by one of Grafana's names of colours.
func paint(text, name string) string {
	for _, c := range colors {
		if strings.Contains(name, c.hue) {
			return lipgloss.NewStyle().Foreground(lipgloss.Color(c.ansi)).Render(text)
		}
	}
	return text
}

// shownAlerts is how many alerts are listed at most.
const shownAlerts = 6

// room is how many lines there are for panels.
func (m *Model) room() int { return m.height - 2 - max(1, min(len(m.seen.alerts), shownAlerts)) }

// narrow is the width below which boards are not listed beside the panels.
const narrow = 72

// View draws the screen.
func (m *Model) View() string {
	lines := []string{m.head()}
	side := 0
	if m.width >= narrow && len(m.boards) > 1 {
		side = min(m.longest()+3, m.width/3)
	}
	body := m.body(m.width - side)
	if m.seen.at.IsZero() || m.seen.board != m.chosen {
		body = []string{faint.Render("…")}
	}
	room := max(1, m.room())
	m.first = max(0, min(m.first, len(body)-room))
	body = body[m.first:min(len(body), m.first+room)]
	names := m.list(side, room)
	for i := range room {
		line := ""
		if side > 0 {
			line = names[i]
		}
		if i < len(body) {
			line += body[i]
		}
		lines = append(lines, line)
	}
	lines = append(lines, m.alerts(m.width)...)
	lines = append(lines, faint.Render(cut("↑↓ board   a alerts   space page   q quit", m.width)))
	return strings.Join(lines, "\n")
}

// Once returns what the chosen board shows, and the alerts, as text of a width.
func (m *Model) Once(width int) string {
	m.width = width
	m.seen = m.look(m.chosen)
	lines := append([]string{m.head()}, m.body(width)...)
	lines = append(lines, m.alerts(width)...)
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// Failed returns why nothing could be asked, nil where it could.
func (m *Model) Failed() error { return m.seen.failed }

// head names the board, and counts the alerts.
func (m *Model) head() string {
	firing, pending := 0, 0
	for _, a := range m.seen.alerts {
		if a.State == engine.Firing {
			firing++
		} else {
			pending++
		}
	}
	state := fmt.Sprintf("%d firing  %d pending  of %d alerts", firing, pending, len(m.rules))
	title := m.boards[m.chosen].Title
	at := ""
	if !m.seen.at.IsZero() {
		at = m.seen.at.Format(time.TimeOnly)
	}
	left := cut(title, max(0, m.width-len(state)-len(at)-4))
	space := strings.Repeat(" ", max(1, m.width-lipgloss.Width(left)-len(state)-len(at)-2))
	switch {
	case firing > 0:
		state = paint(state, "red")
	case pending > 0:
		state = paint(state, "yellow")
	default:
		state = paint(state, "green")
	}
	return strong.Render(left) + space + state + "  " + faint.Render(at)
}

func (m *Model) longest() int {
	n := 0
	for i := range m.boards {
		n = max(n, lipgloss.Width(m.boards[i].Title))
	}
	return n
}

// list returns the names of the boards, the chosen one among them.
func (m *Model) list(width, room int) []string {
	out := make([]string, room)
	from := max(0, min(m.chosen-room/2, len(m.boards)-room))
	for i := range out {
		name := ""
		if from+i < len(m.boards) {
			name = m.boards[from+i].Title
		}
		text := pad(" "+cut(name, width-3), width-1)
		if from+i == m.chosen {
			text = marked.Render(text)
		}
		out[i] = text + " "
	}
	return out
}

// body returns the lines of the panels.
func (m *Model) body(width int) []string {
	by := map[int]*view.Panel{}
	for i := range m.seen.panels {
		by[m.seen.panels[i].ID] = &m.seen.panels[i]
	}
	if len(m.rules) > 0 && m.chosen == len(m.boards)-1 {
		return m.ruleLines(by, width)
	}
	var lines []string
	for _, row := range m.boards[m.chosen].Rows {
		var part []string
		for i := range row.Panels {
			p := &row.Panels[i]
			if data := by[p.ID]; data != nil {
				part = append(part, panel(p, data, width)...)
			}
		}
		if row.Title != "" && len(part) > 0 {
			lines = append(lines, heading(row.Title, width))
		}
		lines = append(lines, part...)
	}
	return lines
}

// heading returns the line above a row.
func heading(title string, width int) string {
	title = cut("── "+title+" ", width)
	return faint.Render(title + strings.Repeat("─", max(0, width-lipgloss.Width(title))))
}

// manySeries is how many series of a panel are shown.
const manySeries = 8

// panel returns a line for each series of a panel.
func panel(p *plan.Panel, data *view.Panel, width int) []string {
	const value = 12
	names := max(12, (width-value)*2/5)
	course := max(0, width-names-value-3)
	var lines []string
	for i := range data.Series {
		s := &data.Series[i]
		if i == manySeries {
			lines = append(lines, faint.Render(cut(fmt.Sprintf("  and %d more", len(data.Series)-i), width)))
			break
		}
		name := p.Title
		if len(data.Series) > 1 {
			name += " " + s.Name
		}
		lines = append(lines, pad(cut(name, names), names)+" "+paint(padLeft(cut(s.Text, value), value), s.Color)+"  "+paint(Spark(s.Values, course), s.Color))
	}
	if data.Table != nil {
		lines = append(lines, cells(p, data.Table, width)...)
	}
	if data.Error != "" && p.Kind != "logs" {
		lines = append(lines, paint(cut(p.Title+": "+data.Error, width), "red"))
	}
	return lines
}

// cells returns a line for each row of a table.
func cells(p *plan.Panel, t *view.Table, width int) []string {
	var lines []string
	for i, row := range t.Rows {
		if i == manySeries {
			break
		}
		var parts []string
		for k, c := range row {
			if c.Text != "" {
				parts = append(parts, t.Columns[k].Name+"="+c.Text)
			}
		}
		lines = append(lines, cut(p.Title+" "+strings.Join(parts, " "), width))
	}
	return lines
}

// alerts returns a line for each alert that fires or is pending.
func (m *Model) alerts(width int) []string {
	switch {
	case m.seen.failed != nil:
		return []string{paint(cut(m.seen.failed.Error(), width), "red")}
	case len(m.seen.alerts) == 0:
		return []string{faint.Render("no alert fires")}
	}
	var lines []string
	for i, a := range m.seen.alerts {
		if i == shownAlerts-1 && len(m.seen.alerts) > shownAlerts {
			lines = append(lines, faint.Render(fmt.Sprintf("and %d more", len(m.seen.alerts)-i)))
			break
		}
		since := ""
		if a.Since > 0 {
			since = " for " + m.seen.at.Sub(time.UnixMilli(a.Since)).Truncate(time.Second).String()
		}
		color := "yellow"
		if a.State == engine.Firing {
			color = "red"
		}
		lines = append(lines, paint(cut(fmt.Sprintf("%-8s %s%s  %s", a.State, a.Name, since, a.Labels), width), color))
	}
	return lines
}

var blocks = []rune("▁▂▃▄▅▆▇█")

// Spark draws values as blocks, from the least to the greatest of them; blank where there are
// none.
func Spark(values []float64, width int) string {
	if width <= 0 || len(values) == 0 {
		return ""
	}
	width = min(width, len(values))
	means := make([]float64, width)
	low, high := math.Inf(1), math.Inf(-1)
	for i := range means {
		sum, n := 0.0, 0
		for _, v := range values[i*len(values)/width : (i+1)*len(values)/width] {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				sum, n = sum+v, n+1
			}
		}
		means[i] = sum / float64(n) // NaN where there are none
		if n > 0 {
			low, high = min(low, means[i]), max(high, means[i])
		}
	}
	out := make([]rune, width)
	for i, v := range means {
		switch {
		case math.IsNaN(v):
			out[i] = ' '
		case high-low <= math.Abs(high)*1e-9:
			out[i] = blocks[0]
		default:
			out[i] = blocks[min(int((v-low)/(high-low)*float64(len(blocks))), len(blocks)-1)]
		}
	}
	return string(out)
}

// cut shortens a text to so many cells.
func cut(s string, width int) string {
	if lipgloss.Width(s) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && lipgloss.Width(string(runes))+1 > width {
		runes = runes[:len(runes)-1]
	}
	if width <= 0 {
		return ""
	}
	return string(runes) + "…"
}

func pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-lipgloss.Width(s))) }
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-lipgloss.Width(s))) + s
}
