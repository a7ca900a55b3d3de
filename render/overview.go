package render

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// mostHeadlines is how many numbers the overview has: one line of the grid.
const mostHeadlines = 6

// smallBoard is the number of panels up to which every row is open: all of them can
// be asked for at once.
const smallBoard = 24

// own returns dashgen's own boards of the program: one with an overview, the objectives, a
// row a subsystem and the alerts, which have a board of their own where that would be too
// large; a folder where it still is. A declared board of the same uid or title keeps both.
func (l *layout) own(declared []plan.Board) []plan.Board {
	b := plan.Board{
		UID:         config.UID(l.name(), l.name()),
		Title:       l.name(),
		Description: "What " + l.name() + " exposes, drawn by dashgen from its source.",
		Refresh:     "30s",
		From:        "now-1h",
	}
	if slices.ContainsFunc(declared, func(d plan.Board) bool { return d.UID == b.UID || strings.EqualFold(d.Title, b.Title) }) {
		b.Title += " metrics"
		b.UID = config.UID(l.name(), b.Title)
	}
	if row := l.overview(); len(row.Panels) > 0 {
		b.Rows = append(b.Rows, row)
	}
	if row := l.objectiveRow(); len(row.Panels) > 0 {
		b.Rows = append(b.Rows, row)
	}
	items := l.items()
	whole := b
	whole.Rows = append(slices.Clip(b.Rows), l.subsystems(items)...)
	alerts := l.alertRow(whole.Rows)
	switch {
	case countMetrics(items) > maxMetrics || panelCount(&whole) > maxPanels:
		return l.folder(b, items, declared)
	case panelCount(&whole)+len(alerts.Panels) > maxPanels:
		collapse(&whole, len(b.Rows))
		return inFolder(slices.Concat([]plan.Board{whole}, l.alertBoards(), l.rest(&whole)), declared)
	case len(alerts.Panels) > 0:
		whole.Rows = append(whole.Rows, alerts)
	}
	collapse(&whole, len(b.Rows))
	if rest := l.rest(&whole); len(rest) > 0 {
		return inFolder(append([]plan.Board{whole}, rest...), declared)
	}
	return []plan.Board{whole}
}

// rest returns the catalogue where a board does not show every metric: those whose names are
// not known can be chosen there.
func (l *layout) rest(b *plan.Board) []plan.Board {
	on := map[string]*plan.Board{}
	for _, row := range b.Rows {
		for _, p := range row.Panels {
			for _, name := range p.Metrics {
				on[name] = b
			}
		}
	}
	if all(l.schema.Metrics, func(m *schema.Metric) bool { return !m.Live() || m.Certainty != schema.Pattern || on[m.Name] != nil }) {
		return nil
	}
	return l.catalogues(on)
}

// items returns what there is to draw, in the order of the signals.
func (l *layout) items() []item {
	var items []item
	for i := range l.signals {
		s := &l.signals[i]
		it := item{path: s.Path, panels: l.panels(s), kind: kindWords[s.Kind], first: essential(s)}
		it.named = slices.ContainsFunc(l.cfg.Subsystems, func(sub config.Subsystem) bool { return sub.Name == s.Subsystem })
		for _, m := range s.Metrics {
			it.metrics = append(it.metrics, m.Name)
		}
		items = append(items, it)
	}
	l.subjects(items)
	return items
}

// subjects says of which subject items tell that tell how often it happens and how long it takes.
func (l *layout) subjects(items []item) {
	for i := range l.signals {
		timed := &l.signals[i]
		subject := plan.Subject(timed)
		if !strings.Contains(strings.TrimPrefix(subject, l.family+"_"), "_") {
			continue // all that begins so is about that, or nothing is timed
		}
		of, name := []int{i}, ""
		for j := range l.signals {
			if s := &l.signals[j]; s.Subsystem == timed.Subsystem && items[j].subject == "" && plan.About(s, subject) {
				of = append(of, j)
				if s.Kind == plan.Rate {
					name = cmp.Or(name, s.Title)
				}
			}
		}
		if name == "" {
			continue // nothing counts it besides
		}
		for _, j := range of {
			items[j].subject = name
		}
	}
}

// kindWords say what signals of a kind tell, where a row is of one kind only.
var kindWords = map[plan.Kind]string{
	plan.Rate: "rates", plan.Ratio: "rates", plan.Distribution: "distributions", plan.Quantiles: "distributions", plan.Mean: "distributions",
	plan.Level: "levels", plan.Age: "levels", plan.State: "states", plan.Info: "states",
}

// collapse opens what may be open of a board: its first rows, and of a small one every row.
func collapse(b *plan.Board, first int) {
	if panelCount(b) > smallBoard {
		for i := first; i < len(b.Rows); i++ {
			b.Rows[i].Collapsed = true
		}
	}
	openRows(b.Rows)
}

func panelCount(b *plan.Board) int {
	n := 0
	for _, row := range b.Rows {
		n += len(row.Panels)
	}
	return n
}

// openRows collapses the rows, from the top, that would ask for more than a board may
// when it is opened, and those below the first of them that ask for anything.
func openRows(rows []plan.Row) {
	asked := 0
	for i := range rows {
		n := queryCount(rows[i].Panels)
		if rows[i].Collapsed || n == 0 {
			continue
		}
		asked += n
		rows[i].Collapsed = asked > maxQueries-mostAnnotations
	}
}

// subsystems returns one row a subsystem with every signal of it; several where they are
// too many.
func (l *layout) subsystems(items []item) []plan.Row {
	var rows []plan.Row
	for i := 0; i < len(items); {
		n := i
		for n < len(items) && l.signals[n].Subsystem == l.signals[i].Subsystem {
			n++
		}
		var path []string
		if sub := l.signals[i].Subsystem; len(items[i].path) > 0 && items[i].path[0] == sub {
			path = []string{sub}
		}
		for _, g := range split(path, items[i:n], aRow) {
			title := append([]string{rowTitle(l.signals[i].Subsystem)}, g.words(path)...)
			rows = append(rows, plan.Row{Title: strings.Join(title, " / "), Panels: panelsOfAll(g.items)})
		}
		i = n
	}
	return rows
}

// overview returns the row of headline numbers: how many instances are up, how long
// since the last start, how much is asked of the program, how much of it fails, how
// long it takes, how full it is. Each is the best signal of its headline; what is
// left of the line goes to signals that the source calls essential.
func (l *layout) overview() plan.Row {
	row := plan.Row{Title: "Overview"}
	if l.cfg.Job != "" && slices.Contains(l.labels, "job") {
		row.Panels = append(row.Panels, l.instancesUp())
	}
	used := map[*plan.Signal]bool{}
	for _, c := range l.choices(l.signals) {
		if used[c.signal] = true; len(row.Panels) < mostHeadlines {
			row.Panels = append(row.Panels, l.headline(c.headline, c.signal))
		}
	}
	for i := range l.signals {
		s := &l.signals[i]
		if len(row.Panels) >= mostHeadlines {
			break
		}
		if h := essentials[s.Kind]; h != nil && essential(s) && !used[s] {
			row.Panels = append(row.Panels, l.headline(h, s))
		}
	}
	return row
}

// A choice is a headline with the signal that suits it best.
type choice struct {
	*headline
	signal *plan.Signal
}

// choices returns the headlines that signals have.
func (l *layout) choices(signals []plan.Signal) []choice {
	var all []choice
	var used []*plan.Signal
	for i := range headlines {
		h := &headlines[i]
		if slices.ContainsFunc(all, func(c choice) bool { return c.key == h.key }) {
			continue // there are two ways to tell it
		}
		if s := l.best(h, signals, used); s != nil {
			if h.role != plan.RateRole { // how long it takes is another headline
				used = append(used, s)
			}
			all = append(all, choice{h, s})
		}
	}
	return all
}

// instancesUp counts the targets that answer, of those that the board selects.
func (l *layout) instancesUp() plan.Panel {
	p := plan.Panel{
		Key:         "overview/up",
		Kind:        "stat",
		Title:       "Instances up",
		Description: "Targets that answered the last scrape.",
		Unit:        "short",
		NoValue:     "0",
		Steps:       []plan.Step{{Color: "red"}, {Value: 1, Color: "green"}},
		Queries:     []plan.Query{{RefID: "A", Expr: "sum(up{" + l.matchers + "})", Legend: "up"}},
	}
	l.watch(&p)
	return p
}

// A headline is one number of the overview and the rule that chooses its signal:
// the signal's kind, then words in its metric's name, the earlier the better.
type headline struct {
	key    string
	title  string      // empty: the signal's
	suffix string      // what the signal's title gets
	kinds  []plan.Kind // any of them
	words  []string    // at least one must begin a part of the name; the first counts most
	not    []string    // none may
	unit   string      // the signal's unit must be this; empty: any
	counts bool        // the signal must count what the word says
	mishap bool        // the signal must be about what went wrong
	role   string      // the role of the series that is shown; empty: the first
	fold   string      // the aggregation over what the series is grouped by
	names  bool        // the names of the series are shown
}

// headlines are in the order of the overview.
var headlines = []headline{
	{
		key: "version", title: "Versions", kinds: []plan.Kind{plan.Info}, names: true,
		words: []string{"build_info", "version", "info"},
	},
	{
		key: "uptime", title: "Since last start", kinds: []plan.Kind{plan.Age},
		words: []string{"start_time", "boot_time"}, fold: "min",
	},
	{
		key: "uptime", title: "Since last start", kinds: []plan.Kind{plan.Level}, unit: "dtdurations",
		words: []string{"uptime"}, fold: "min",
	},
	{
		key: "traffic", kinds: []plan.Kind{plan.Rate},
		words: []string{"request", "quer", "call", "rpc", "command", "transaction", "tx", "job", "message", "event", "operation", "ops"},
		not:   slices.Concat(mishaps, []string{"byte", "seconds", "cache"}), counts: true, fold: "sum",
	},
	{
		key: "traffic", kinds: []plan.Kind{plan.Distribution, plan.Quantiles, plan.Mean},
		words: []string{"request", "quer", "call", "rpc", "command", "transaction", "tx", "job", "message", "event", "operation", "ops"},
		role:  plan.RateRole, fold: "sum",
	},
	{
		key: "errors", kinds: []plan.Kind{plan.Ratio}, mishap: true,
		words: []string{"request", "quer", "call", "rpc", "command", "transaction", "tx", "job", "message", "event", "operation", "ops"}, fold: "max",
	},
	{
		key: "latency", suffix: ", p99", kinds: []plan.Kind{plan.Distribution}, unit: "s",
		words: []string{"request", "quer", "call", "rpc", "command", "transaction", "tx", "latency", "duration"}, role: "p99", fold: "max",
	},
	{
		key: "saturation", kinds: []plan.Kind{plan.Level},
		words: []string{"in_flight", "inflight", "queue", "pending", "backlog", "lag", "active", "connections"},
		not:   []string{"max", "limit", "capacity"}, fold: "max",
	},
}

// essentials says how an essential signal that is no headline becomes one.
var essentials = map[plan.Kind]*headline{
	plan.Rate:         {fold: "sum"},
	plan.Ratio:        {fold: "max"},
	plan.Level:        {fold: "max"},
	plan.Age:          {fold: "max"},
	plan.State:        {fold: "min"},
	plan.Distribution: {suffix: ", p99", role: "p99", fold: "max"},
}

// best returns the one of signals that suits a headline best: an essential one before others,
// then one with an earlier word, one with fewer parts of the name before it, one of a
// headline's subsystem, one with a shorter name. It returns nil where none suits.
func (l *layout) best(h *headline, signals []plan.Signal, used []*plan.Signal) *plan.Signal {
	var found []*plan.Signal
	for i := range signals {
		if s := &signals[i]; h.suits(s) && !slices.Contains(used, s) && (essential(s) || l.depth(h, s) <= deepest) {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return nil
	}
	rank := func(s *plan.Signal) []int {
		return []int{
			yes(!essential(s)),
			h.word(s),
			l.depth(h, s),
			yes(!slices.ContainsFunc(used, func(u *plan.Signal) bool { return u.Subsystem == s.Subsystem })),
			len(s.Metrics[0].Name),
		}
	}
	return slices.MinFunc(found, func(a, b *plan.Signal) int {
		return cmp.Or(slices.Compare(rank(a), rank(b)), cmp.Compare(a.Key, b.Key))
	})
}

// deepest is how many parts of a metric's name may stand between what the program's
// metrics share and a headline's word. What has more is about a part of the program,
// and says little about the whole.
const deepest = 2

// depth returns how many there are.
func (l *layout) depth(h *headline, s *plan.Signal) int {
	name := "_" + strings.TrimPrefix(s.Metrics[0].Name, l.family+"_")
	before, _, _ := strings.Cut(name, "_"+h.words[h.word(s)])
	return strings.Count(before, "_")
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// versionLegend matches a legend of the program's version.
var versionLegend = regexp.MustCompile(`^\{\{(?:\w*[^o]_)?version\}\}$`) // not server_go_version

// suits reports whether a signal may be the headline.
func (h *headline) suits(s *plan.Signal) bool {
	if !slices.Contains(h.kinds, s.Kind) || len(s.Metrics) == 0 || s.Metrics[0].Certainty == schema.Pattern {
		return false
	}
	if h.role != "" && !slices.ContainsFunc(s.Series, func(x plan.Series) bool { return x.Role == h.role }) ||
		h.names && !versionLegend.MatchString(s.Series[0].Legend) {
		return false
	}
	if h.unit != "" && s.Unit != h.unit || h.mishap && !strings.HasSuffix(s.Key, ":error_ratio") && !mishap(s) {
		return false
	}
	return h.word(s) < len(h.words) && !hasWord(s.Metrics[0].Name, h.not...)
}

// word returns the index of the first of the headline's words that is in the name of
// a signal's metric, where it must, as what is counted; len(h.words) where none is.
func (h *headline) word(s *plan.Signal) int {
	for i, w := range h.words {
		if name := s.Metrics[0].Name; hasWord(name, w) && (!h.counts || countsWord(name, w)) {
			return i
		}
	}
	return len(h.words)
}

// countsWord reports whether a counter's name ends in a word, with at most what became
// of it behind: requests_total and messages_sent_total, but not query_samples_total.
func countsWord(name, word string) bool {
	parts := strings.Split(strings.TrimSuffix(name, "_total"), "_")
	for i := len(parts) - 1; i >= 0; i-- {
		if strings.HasPrefix(parts[i], word) {
			return true
		}
		if !strings.HasSuffix(parts[i], "ed") && parts[i] != "sent" {
			break
		}
	}
	return false
}

// summedBy matches the grouping of a sum, which a headline leaves out.
var summedBy = regexp.MustCompile(`^sum by \([^)]*\) ?\(`)

// headline draws a signal as one number. Of siblings it shows the first.
func (l *layout) headline(h *headline, s *plan.Signal) plan.Panel {
	one := *s
	if len(s.Metrics) > 1 && s.Kind != plan.Ratio {
		one = *l.only(s, s.Metrics[0].Name)
	}
	if h.role == plan.RateRole {
		one = *plan.Observed(&one)
	}
	series := h.series(&one)
	if h.names {
		one.Series, one.Title = []plan.Series{series}, h.title
		p := l.draw("stat", []*plan.Signal{&one})
		p.Key, p.Names, p.Alerts = "overview/"+h.key, true, nil // which are about how many there are
		return p
	}
	switch folded := strings.Contains(series.Legend, "{{"); {
	case strings.HasPrefix(string(series.Expr), "topk(10, "): // of which the rest is missing
		all := strings.TrimSuffix(strings.TrimPrefix(string(series.Expr), "topk(10, "), ")")
		series.Expr = plan.Expr(summedBy.ReplaceAllString(all, "sum("))
	case folded && (one.Kind == plan.Rate || one.Kind == plan.Level) && summedBy.MatchString(string(series.Expr)):
		series.Expr = plan.Expr(summedBy.ReplaceAllString(string(series.Expr), "sum("))
	case folded:
		series.Expr = plan.Expr(h.fold + "(" + string(series.Expr) + ")")
	}
	one.Series = []plan.Series{{Role: series.Role, Expr: series.Expr, Unit: series.Unit, Native: series.Native}}
	one.Title = cmp.Or(h.title, one.Title+h.suffix)
	p := l.draw("stat", []*plan.Signal{&one})
	p.Key = "overview/" + cmp.Or(h.key, s.Key)
	return p
}

// series returns the series of a signal that a headline shows.
func (h *headline) series(s *plan.Signal) plan.Series {
	for _, series := range s.Series {
		if h.role != "" && series.Role == h.role {
			return series
		}
	}
	return s.Series[0]
}
