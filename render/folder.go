package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
)

// This file lays out a program of which one board does not hold everything as a folder of
// boards.

// mostOverview is how many panels the overview of a folder has at most.
const mostOverview = 30

// folder returns the boards of a large program: the overview, which has the headlines
// already, with what matters of the whole and where to find the rest; one a subsystem; the
// alerts; a catalogue of every metric.
func (l *layout) folder(overview plan.Board, items []item, declared []plan.Board) []plan.Board {
	var found []group
	boards := []plan.Board{overview}
	for _, g := range split(nil, items, aBoard) {
		found = append(found, g)
		boards = append(boards, l.boardOf(g, ""))
	}
	boards = inFolder(append(boards, l.alertBoards()...), declared)
	on := map[string]*plan.Board{}
	for i, g := range found {
		for _, it := range g.items {
			for _, name := range it.metrics {
				on[name] = &boards[1+i]
			}
		}
	}
	boards = inFolder(append(boards, l.catalogues(on)...), declared)
	boards[0].Rows = append(boards[0].Rows, l.index(found, boards[1:]))
	boards[0].Rows = append(boards[0].Rows, l.golden(panelCount(&boards[0]))...)
	openRows(boards[0].Rows)
	return boards
}

// alertBoards returns the boards that plot what the alerts watch.
func (l *layout) alertBoards() []plan.Board {
	var boards []plan.Board
	for _, g := range split(nil, l.alertItems(), aBoard) {
		boards = append(boards, l.boardOf(g, "Alerts"))
	}
	return boards
}

// inFolder returns boards as those of one folder, whose first is its first: they reload
// together, and their uids are none of the declared boards'.
func inFolder(boards, declared []plan.Board) []plan.Board {
	all := slices.Concat(declared, boards)
	setUIDs(all)
	boards = all[len(declared):]
	for i := range boards {
		boards[i].Folder, boards[i].Refresh, boards[i].From = boards[0].UID, boards[0].Refresh, boards[0].From
	}
	return boards
}

// boardOf returns the board of a group, its rows split as boards are. A heading says what
// its panels are of, where that is no subsystem.
func (l *layout) boardOf(g group, heading string) plan.Board {
	words := g.words(nil)
	if heading != "" || len(words) == 0 {
		words = append([]string{cmp.Or(heading, "Other")}, words...)
	}
	b := plan.Board{
		UID:         config.UID(l.name(), l.name()+" "+strings.Join(words, " ")),
		Title:       l.name() + " / " + strings.Join(words, " / "),
		Description: "What " + l.name() + " exposes: " + strings.Join(words, " / ") + ".",
	}
	rows := split(g.path, g.items, aRow)
	slices.SortStableFunc(rows, func(x, y group) int { return yes(!hasEssential(x)) - yes(!hasEssential(y)) })
	for _, row := range rows {
		title := row.words(g.path)
		if len(row.path) == len(g.path) { // what is left of the group when its parts have rows
			title = append([]string{cmp.Or(plan.Words(g.path[max(len(g.path)-1, 0):]), heading, "Other metrics")}, title...)
		}
		b.Rows = append(b.Rows, plan.Row{Title: strings.Join(title, " / "), Panels: panelsOfAll(row.items)})
	}
	openRows(b.Rows)
	return b
}

func hasEssential(g group) bool {
	return slices.ContainsFunc(g.items, func(it item) bool { return it.first })
}

// linkTo returns a link to a board, as Markdown, that takes time and variables along. It
// is relative, since Grafana may live below a path of its host.
func linkTo(b *plan.Board) string {
	_, title, part := strings.Cut(b.Title, " / ")
	if !part {
		title = b.Title
	}
	return fmt.Sprintf("[%s](d/%s?${__url_time_range}&${__all_variables})", cell(title), b.UID)
}

// cell returns a text as it stands in a table of Markdown.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// index returns the row that leads to the other boards of the folder: those of the groups,
// which come first, with how much there is to see, then the others.
func (l *layout) index(groups []group, boards []plan.Board) plan.Row {
	var text strings.Builder
	text.WriteString("| Dashboard | Metrics | Panels | Alerts |\n|---|---:|---:|---:|\n")
	for i := range boards {
		b := &boards[i]
		metrics := ""
		if i < len(groups) {
			metrics = fmt.Sprint(countMetrics(groups[i].items))
		}
		fmt.Fprintf(&text, "| %s | %s | %d | %d |\n", linkTo(b), metrics, panelCount(b), len(watched(b)))
	}
	row := plan.Row{Title: "Dashboards", Panels: []plan.Panel{{
		Key: "dashboards", Kind: "text", Title: "Dashboards of " + l.name(), Content: text.String(), W: 16,
		Description: "What there is to see of each part of the program. The links keep the time range and the variables.",
	}}}
	if len(l.alerts) > 0 {
		list := l.alertList()
		list.W, list.H = columns-16, height(&row.Panels[0])
		row.Panels = append(row.Panels, list)
	}
	return row
}

// watched returns the names of the alerts that a board's panels show.
func watched(b *plan.Board) []string {
	var names []string
	for _, row := range b.Rows {
		for _, p := range row.Panels {
			names = append(names, p.Alerts...)
		}
	}
	return sortedSet(names)
}

// golden returns the rows of the overview that draw what the whole program is judged by,
// beside so many panels: the signals of the headlines over time, what the source calls
// essential, and what is asked of each subsystem, how much of it fails and how long it
// takes, and how full it is.
func (l *layout) golden(panels int) []plan.Row {
	drawn := map[*plan.Signal]bool{}
	row := func(title string, most int, signals []*plan.Signal) (rows []plan.Row) {
		r := plan.Row{Title: title}
		for _, s := range signals {
			if len(r.Panels) == most || panels == mostOverview {
				break
			}
			if drawn[s] || s.Kind == plan.Info {
				continue
			}
			drawn[s] = true
			p := l.draw("timeseries", []*plan.Signal{s})
			p.Key = s.Key
			r.Panels = append(r.Panels, p)
			panels++
		}
		if len(r.Panels) == 0 {
			return nil
		}
		return []plan.Row{r}
	}
	var whole, tier, asked, full []*plan.Signal
	for _, c := range l.choices(l.signals) {
		if c.key != "uptime" && c.key != "version" {
			whole = append(whole, c.signal)
		}
	}
	for i := range l.signals {
		if essential(&l.signals[i]) {
			tier = append(tier, &l.signals[i])
		}
	}
	for from := 0; from < len(l.signals); {
		to := from
		for to < len(l.signals) && l.signals[to].Subsystem == l.signals[from].Subsystem {
			to++
		}
		for _, c := range l.choices(l.signals[from:to]) {
			switch c.key {
			case "traffic", "errors", "latency":
				asked = append(asked, c.signal)
			case "saturation":
				full = append(full, c.signal)
			}
		}
		from = to
	}
	return slices.Concat(row("Golden signals", 4, whole), row("Essential", 6, tier), row("Requests of subsystems", 9, asked), row("Saturation of subsystems", 6, full))
}
