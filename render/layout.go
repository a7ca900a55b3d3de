package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// Layout returns the boards of a program, sorted by uid: dashgen's own, where cfg
// asks for it and there is anything to draw, and the declared ones. A program with more
// than a board holds has a folder of its own ones: see [plan.Board].Folder. Signals may come
// in any order. s says what the metrics in declared expressions are.
//
// Everything about a board is decided here: places, ids, units, thresholds and
// variables. A finding is about what a person declared: an unknown panel type, or a
// metric that has left the dashboards. Two boards with one uid, which config reports,
// each get their own here.
func Layout(signals []plan.Signal, groups []plan.Group, s *schema.Schema, cfg *config.Config) ([]plan.Board, []schema.Finding) {
	l := &layout{
		cfg:     cfg,
		schema:  s,
		signals: ordered(slices.Concat(signals, plan.Patterns(s, cfg))),
	}
	l.alerts = l.alertsOf(groups)
	for _, g := range groups {
		if g.Objective != nil && len(g.Objective.Burns) > 0 {
			l.objectives = append(l.objectives, g.Objective)
		}
	}
	l.labels = boardLabels(cfg)
	l.matchers = matchers(l.labels)
	l.family = family(l.signals)

	l.emptySubsystems()
	var boards []plan.Board
	for i := range cfg.Dashboards {
		boards = append(boards, l.declared(&cfg.Dashboards[i]))
	}
	if cfg.Derive.Dashboards && len(l.signals)+len(l.alerts) > 0 {
		boards = append(boards, l.own(boards)...)
	}
	if b := l.deprecated(); cfg.Derive.Deprecated && len(b.Rows) > 0 {
		boards = append(boards, b)
	}
	setUIDs(boards)
	for i := range boards {
		l.finish(&boards[i])
		l.bridge(&boards[i])
	}
	slices.SortFunc(boards, func(a, b plan.Board) int { return cmp.Compare(a.UID, b.UID) })
	return boards, schema.SortFindings(l.findings)
}

// A layout is the state of one call of Layout.
type layout struct {
	cfg        *config.Config
	schema     *schema.Schema
	signals    []plan.Signal
	alerts     []alert
	objectives []*plan.Objective
	labels     []string // the target labels that boards select by: some of job, instance
	matchers   string   // the same as matchers on the boards' variables
	family     string   // first part of the name of most metrics
	findings   []schema.Finding
}

func (l *layout) report(pos schema.Pos, check, hint, format string, args ...any) {
	l.findings = append(l.findings, schema.Finding{Pos: pos, Check: check, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// emptySubsystems reports the subsystems to which no metric belongs. One of several programs
// need not have them all.
func (l *layout) emptySubsystems() {
	of := plan.Subsystems(l.schema, l.cfg)
	for _, sub := range l.cfg.Subsystems {
		if l.cfg.Main == "" && !slices.Contains(slices.Collect(maps.Values(of)), sub.Name) {
			l.report(sub.Pos, "subsystem", "name its metrics, or take it out", "no metric belongs to the subsystem %q", sub.Name)
		}
	}
}

// kindRank orders the signals of a row: what is asked of the program, how it fails,
// how long it takes, how full it is, the rest.
var kindRank = []plan.Kind{plan.Rate, plan.Ratio, plan.Distribution, plan.Quantiles, plan.Mean, plan.Level, plan.Age, plan.State, plan.Info}

// ordered returns signals sorted by subsystem, those without one last; then the
// essential ones first, then by kind, then by key.
func ordered(signals []plan.Signal) []plan.Signal {
	rank := func(s plan.Signal) int {
		r := slices.Index(kindRank, s.Kind)
		if r < 0 {
			r = len(kindRank)
		}
		if !essential(&s) {
			r += len(kindRank) + 1
		}
		return r
	}
	return slices.SortedFunc(slices.Values(signals), func(a, b plan.Signal) int {
		return cmp.Or(cmp.Compare(yes(a.Subsystem == ""), yes(b.Subsystem == "")), cmp.Compare(a.Subsystem, b.Subsystem), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Key, b.Key))
	})
}

func essential(s *plan.Signal) bool {
	return slices.ContainsFunc(s.Metrics, func(m *schema.Metric) bool { return m.Essential })
}

// setUIDs makes the uids of boards unique: the first that has one keeps it.
func setUIDs(boards []plan.Board) {
	taken := map[string]bool{}
	for i := range boards {
		uid := boards[i].UID
		for n := 2; taken[boards[i].UID]; n++ {
			tail := fmt.Sprintf("-%d", n)
			boards[i].UID = uid[:min(len(uid), maxUID-len(tail))] + tail
		}
		taken[boards[i].UID] = true
	}
}

// finish sets what depends on the board as a whole: keys, ids, variables, places.
func (l *layout) finish(b *plan.Board) {
	setKeys(b)
	setIDs(b)
	b.Annotations = l.annotations(b)
	b.Variables = append(l.variables(b), b.Variables...)
	b.Tags = l.tags(b.Tags)
	y := 0
	for r := range b.Rows {
		row := &b.Rows[r]
		if row.Title != "" {
			y++
		}
		bottom := pack(row.Panels, y)
		if row.Title == "" || !row.Collapsed {
			y = bottom
		}
	}
}

// tags returns the declared tags with those that every board of the program has.
func (l *layout) tags(declared []string) []string {
	tags := slices.Clone(declared)
	for _, t := range []string{"dashgen", l.name()} {
		if r := []rune(t); len(r) > maxTag {
			t = string(r[:maxTag])
		}
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return tags
}

// name returns what the program is called.
func (l *layout) name() string { return cmp.Or(l.cfg.Name, "program") }

// rowTitle returns a subsystem as the title of its row.
func rowTitle(subsystem string) string {
	if subsystem == "" {
		return "Other metrics"
	}
	return plan.Words(strings.Split(subsystem, "_"))
}
