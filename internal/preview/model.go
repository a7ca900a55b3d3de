package preview

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/view"
	"github.com/dashgen/dashgen/schema"
)

// A Program is what is shown of one program.
type Program struct {
	Config   *config.Config
	Schema   *schema.Schema
	Signals  []plan.Signal
	Groups   []plan.Group
	Boards   []plan.Board
	Findings []schema.Finding
}

// Rules returns the program's rule groups for internal/engine.
func (p *Program) Rules() []engine.Group {
	var all []engine.Group
	for _, g := range p.Groups {
		out := engine.Group{Name: g.Name, Interval: g.Interval}
		for _, r := range g.Rules {
			out.Rules = append(out.Rules, engine.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, For: r.For, KeepFiringFor: r.KeepFiringFor, Labels: r.Labels, Annotations: r.Annotations})
		}
		all = append(all, out)
	}
	return all
}

// What follows is the model as the page gets it.

type modelJSON struct {
	Version  int                    `json:"version"`
	About    string                 `json:"about"`
	Keeps    int64                  `json:"keeps"` // milliseconds; 0: longer than is asked for
	Every    int64                  `json:"every"` // milliseconds between values
	Began    int64                  `json:"began"` // milliseconds: the first value; 0: long ago
	Programs []string               `json:"programs"`
	Boards   []boardJSON            `json:"boards"`
	Alerts   []alertJSON            `json:"alerts"`
	Metrics  []metricJSON           `json:"metrics"`
	Findings []findingJSON          `json:"findings"` // that concern no panel
	Formats  map[string]view.Format `json:"formats"`  // by unit
	Dark     map[string]string      `json:"dark"`     // colours by name
	Light    map[string]string      `json:"light"`
	Palette  []string               `json:"palette"`
}

type boardJSON struct {
	UID         string    `json:"uid"`
	Program     string    `json:"program"`
	Title       string    `json:"title"`
	Description string    `json:"description,omitempty"`
	Folder      string    `json:"folder,omitempty"`
	From        int64     `json:"from"` // milliseconds before now
	Rows        []rowJSON `json:"rows"`
}

type rowJSON struct {
	Title     string      `json:"title"`
	ID        int         `json:"id"`
	Collapsed bool        `json:"collapsed,omitempty"`
	Panels    []panelJSON `json:"panels"`
}

type panelJSON struct {
	ID          int            `json:"id"`
	Kind        string         `json:"kind"`
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	X           int            `json:"x"`
	Y           int            `json:"y"` // from the top of its row
	W           int            `json:"w"`
	H           int            `json:"h"`
	Unit        string         `json:"unit"`
	Min         *float64       `json:"min,omitempty"`
	Max         *float64       `json:"max,omitempty"`
	Decimals    *int           `json:"decimals,omitempty"`
	NoValue     string         `json:"noValue,omitempty"`
	Stack       bool           `json:"stack,omitempty"`
	Spark       bool           `json:"spark,omitempty"` // of a stat: its course is drawn behind it
	Steps       []stepJSON     `json:"steps"`
	Mappings    []plan.Mapping `json:"mappings,omitempty"`
	Queries     []queryJSON    `json:"queries,omitempty"`
	Links       []plan.Link    `json:"links,omitempty"`
	Content     string         `json:"content,omitempty"`
	Alerts      []string       `json:"alerts,omitempty"`
	Metrics     []string       `json:"metrics,omitempty"`
	Why         []string       `json:"why,omitempty"`
	Declared    string         `json:"declared,omitempty"` // where
	Findings    []findingJSON  `json:"findings,omitempty"`
}

type stepJSON struct {
	Value float64 `json:"value"` // of the first it means nothing
	Color string  `json:"color"`
}

type queryJSON struct {
	RefID  string `json:"refId"`
	Expr   string `json:"expr"`
	Legend string `json:"legend,omitempty"`
}

type metricJSON struct {
	Program  string      `json:"program"`
	Name     string      `json:"name"`
	Type     schema.Type `json:"type"`
	Unit     string      `json:"unit,omitempty"`
	Help     string      `json:"help,omitempty"`
	Labels   []labelJSON `json:"labels,omitempty"`
	Where    string      `json:"where,omitempty"`  // file:line
	Symbol   string      `json:"symbol,omitempty"` // package and symbol
	Gone     string      `json:"gone,omitempty"`   // why it is on no board: deprecated, removed
	Why      string      `json:"why,omitempty"`
	HowToUse string      `json:"howToUse,omitempty"`
	Panels   []placeJSON `json:"panels,omitempty"`
	Alerts   []string    `json:"alerts,omitempty"`
}

type labelJSON struct {
	Name   string   `json:"name"`
	Values []string `json:"values,omitempty"`
}

type placeJSON struct {
	Board string `json:"board"` // uid
	Panel int    `json:"panel"`
	Title string `json:"title"`
}

type alertJSON struct {
	Program     string            `json:"program"`
	Name        string            `json:"name"`
	Group       string            `json:"group"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Pattern     string            `json:"pattern,omitempty"` // that derived it; empty: declared
	Where       string            `json:"where,omitempty"`
	Panels      []placeJSON       `json:"panels,omitempty"`
	Findings    []findingJSON     `json:"findings,omitempty"`
}

type findingJSON struct {
	Where    string `json:"where"`
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

// describe returns the model of programs.
func (s *Server) describe(programs []Program) *modelJSON {
	m := &modelJSON{
		Version: s.version, About: s.feed.About(), Keeps: s.feed.Keeps().Milliseconds(), Every: s.feed.Scrape().Milliseconds(),
		Programs: []string{}, Boards: []boardJSON{}, Alerts: []alertJSON{}, Metrics: []metricJSON{}, Findings: []findingJSON{},
		Formats: map[string]view.Format{}, Dark: view.Colors(false), Light: view.Colors(true), Palette: view.Palette,
	}
	if began := s.feed.Began(); !began.IsZero() {
		m.Began = began.UnixMilli()
	}
	for i := range programs {
		d := &describer{model: m, program: &programs[i], used: map[int]bool{}}
		d.all()
	}
	slices.SortStableFunc(m.Metrics, func(a, b metricJSON) int { return cmp.Compare(a.Name, b.Name) })
	return m
}

// A describer describes one program.
type describer struct {
	model   *modelJSON
	program *Program
	used    map[int]bool // indexes of findings that concern a panel or an alert
}

func (d *describer) all() {
	p := d.program
	d.model.Programs = append(d.model.Programs, p.Config.Name)
	d.unit("short")
	for i := range p.Boards {
		d.model.Boards = append(d.model.Boards, d.board(&p.Boards[i]))
	}
	for _, g := range p.Groups {
		for i := range g.Rules {
			if g.Rules[i].Alert != "" {
				d.model.Alerts = append(d.model.Alerts, d.alert(&g, &g.Rules[i]))
			}
		}
	}
	for _, m := range p.Schema.Metrics {
		d.model.Metrics = append(d.model.Metrics, d.metric(m))
	}
	for i := range p.Findings {
		if !d.used[i] {
			d.model.Findings = append(d.model.Findings, finding(&p.Findings[i]))
		}
	}
}

// unit adds the format of a unit.
func (d *describer) unit(id string) { d.model.Formats[id] = view.FormatOf(id) }

func (d *describer) board(b *plan.Board) boardJSON {
	out := boardJSON{
		UID: b.UID, Program: d.program.Config.Name, Title: b.Title, Description: b.Description, Folder: b.Folder,
		From: since(b.From).Milliseconds(), Rows: []rowJSON{},
	}
	for r := range b.Rows {
		row := &b.Rows[r]
		one := rowJSON{Title: row.Title, ID: row.ID, Collapsed: row.Collapsed, Panels: []panelJSON{}}
		top := math.MaxInt
		for i := range row.Panels {
			top = min(top, row.Panels[i].Y)
		}
		for i := range row.Panels {
			p := d.panel(&row.Panels[i])
			p.Y -= top
			one.Panels = append(one.Panels, p)
		}
		out.Rows = append(out.Rows, one)
	}
	return out
}

// since returns how long before now a board begins: now-1h is an hour.
func since(from string) time.Duration {
	if rest, ok := strings.CutPrefix(from, "now-"); ok {
		if d, err := model.ParseDuration(rest); err == nil {
			return time.Duration(d)
		}
	}
	return time.Hour
}

func (d *describer) panel(p *plan.Panel) panelJSON {
	out := panelJSON{
		ID: p.ID, Kind: p.Kind, Title: p.Title, Description: p.Description, X: p.X, Y: p.Y, W: p.W, H: p.H,
		Unit: cmp.Or(p.Unit, "short"), Min: p.Min, Max: p.Max, Decimals: p.Decimals, NoValue: p.NoValue, Stack: p.Stack,
		Mappings: p.Mappings, Links: p.Links, Content: p.Content, Alerts: p.Alerts, Metrics: p.Metrics, Why: d.why(p),
		Spark: p.Kind == "stat" && len(p.Mappings) == 0 && len(p.Queries) > 0 && !p.Queries[0].Instant,
	}
	d.unit(out.Unit)
	for _, o := range p.Overrides {
		d.unit(cmp.Or(o.Unit, "short"))
	}
	for _, s := range view.Steps(p) {
		out.Steps = append(out.Steps, stepJSON{s.Value, s.Color})
	}
	for _, q := range p.Queries {
		out.Queries = append(out.Queries, queryJSON{q.RefID, q.Expr, q.Legend})
	}
	if !p.Pos.IsZero() {
		out.Declared = p.Pos.String()
	}
	out.Findings = d.findings(func(f *schema.Finding) bool {
		return f.Owner == `panel "`+p.Title+`"` || at(f.Pos, p.Pos) || slices.ContainsFunc(p.Queries, func(q plan.Query) bool { return at(f.Pos, q.Pos) }) || d.ofMetrics(f, p.Metrics)
	})
	return out
}

// at reports whether a finding stands in the line of something.
func at(f, thing schema.Pos) bool {
	return thing.Line > 0 && f.File == thing.File && f.Line == thing.Line
}

// ofMetrics reports whether a finding stands where one of the metrics is defined.
func (d *describer) ofMetrics(f *schema.Finding, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		m, _ := d.program.Schema.Series(name)
		return m != nil && at(f.Pos, m.Pos)
	})
}

// findings returns those that concern something.
func (d *describer) findings(concern func(*schema.Finding) bool) []findingJSON {
	var list []findingJSON
	for i := range d.program.Findings {
		if f := &d.program.Findings[i]; concern(f) {
			list = append(list, finding(f))
			d.used[i] = true
		}
	}
	return list
}

func finding(f *schema.Finding) findingJSON {
	return findingJSON{Where: f.Pos.String(), Check: f.Check, Severity: string(cmp.Or(f.Severity, schema.Error)), Message: f.Message, Hint: f.Hint}
}

// why says where the metrics of a panel are defined and why they are looked at in this way.
func (d *describer) why(p *plan.Panel) []string {
	var list []string
	for _, name := range p.Metrics {
		m, _ := d.program.Schema.Series(name)
		if m == nil {
			continue
		}
		text := m.Name
		if where := m.Pos.String(); where != "-" {
			text += " is defined at " + where
		} else if m.Package != "" {
			text += " is defined in " + m.Package + "." + m.Symbol
		}
		if why := d.signalOf(m, p); why != "" {
			text += ": " + why
		}
		list = append(list, text)
	}
	return list
}

// signalOf returns why a metric is looked at as it is on a panel.
func (d *describer) signalOf(m *schema.Metric, p *plan.Panel) string {
	why := ""
	for _, s := range d.program.Signals {
		if !slices.Contains(s.Metrics, m) {
			continue
		}
		if why == "" || s.Title == p.Title || s.Kind == plan.Ratio && p.Unit == "percentunit" {
			why = s.Why
		}
	}
	return why
}

func (d *describer) metric(m *schema.Metric) metricJSON {
	out := metricJSON{
		Program: d.program.Config.Name, Name: m.Name, Type: m.Type, Unit: m.Unit, Help: m.Help, HowToUse: m.HowToUse,
		Panels: d.places(func(p *plan.Panel) bool { return slices.Contains(p.Metrics, m.Name) }),
	}
	if !m.Pos.IsZero() {
		out.Where = m.Pos.String()
	}
	if m.Package != "" {
		out.Symbol = m.Package + "." + m.Symbol
	}
	switch {
	case m.RemovedIn != "":
		out.Gone = "removed in " + m.RemovedIn
	case m.Deprecated:
		out.Gone = "deprecated"
	}
	if m.ReplacedBy != "" {
		out.Gone += ", use " + m.ReplacedBy
	}
	for _, l := range m.Labels {
		out.Labels = append(out.Labels, labelJSON{l.Name, l.Values})
	}
	for _, name := range slices.Sorted(maps.Keys(m.ConstLabels)) {
		out.Labels = append(out.Labels, labelJSON{name, []string{m.ConstLabels[name]}})
	}
	out.Why = d.signalOf(m, &plan.Panel{})
	for _, g := range d.program.Groups {
		for _, r := range g.Rules {
			if r.Alert != "" && slices.Contains(r.Metrics, m.Name) {
				out.Alerts = append(out.Alerts, r.Alert)
			}
		}
	}
	return out
}

// places returns the panels that something is on.
func (d *describer) places(on func(*plan.Panel) bool) []placeJSON {
	var list []placeJSON
	for i := range d.program.Boards {
		b := &d.program.Boards[i]
		for r := range b.Rows {
			for k := range b.Rows[r].Panels {
				if p := &b.Rows[r].Panels[k]; on(p) {
					list = append(list, placeJSON{b.UID, p.ID, p.Title})
				}
			}
		}
	}
	return list
}

func (d *describer) alert(g *plan.Group, r *plan.Rule) alertJSON {
	out := alertJSON{
		Program: d.program.Config.Name, Name: r.Alert, Group: g.Name, Expr: r.Expr, Labels: r.Labels, Annotations: r.Annotations, Pattern: r.Pattern,
		Panels: d.places(func(p *plan.Panel) bool { return slices.Contains(p.Alerts, r.Alert) }),
	}
	if r.For > 0 {
		out.For = model.Duration(r.For).String()
	}
	if !r.Pos.IsZero() {
		out.Where = r.Pos.String()
	}
	out.Findings = d.findings(func(f *schema.Finding) bool {
		return f.Owner == `alert "`+r.Alert+`"` || at(f.Pos, r.Pos) && r.Pattern == ""
	})
	d.unit(cmp.Or(alertUnit(d.program, r), "short"))
	return out
}

// alertUnit returns the unit of what an alert compares.
func alertUnit(p *Program, r *plan.Rule) string {
	left, _, _, ok := query.Threshold(r.Expr)
	if !ok {
		return ""
	}
	return query.UnitID(left, p.Schema)
}
