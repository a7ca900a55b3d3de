package render

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// This file cuts what is too much for one board, or one row, by what it is called.
//
// Where something goes depends on its own name and on how much there is of what shares
// its name, never on how much there is beside it. One more metric therefore moves others
// only where it makes what shares its name too large, or large enough for a group of its
// own, and then those alone, once. Filling boards one after the other would need fewer of
// them, and every new metric would push others across the edge of a full one.

// Budgets of a board.
const (
	maxMetrics    = 40   // beyond, the program has a folder of boards
	maxPanels     = 40   // of a board
	maxRowPanels  = 12   // of a row
	maxQueries    = 15   // that are asked when a board is opened, those of annotations among them
	minSubsystem  = 3    // metrics of a subsystem, and of a row
	minSplit      = 6    // metrics of a part of a subsystem for it to have a board of its own
	maxCatalogued = 1000 // metrics of a catalogue, which keeps its file below 256 KiB
)

// An item is what stays together when things are split: the panels of one signal, or of
// one alert.
type item struct {
	path    []string // from large to small
	metrics []string
	panels  []plan.Panel
	kind    string // what it tells, in a word for all of a kind; empty: none
	subject string // of which others tell, too; empty: none
	first   bool   // the source calls it essential
	named   bool   // people named its subsystem, however small
}

// A group is items of one board or row.
type group struct {
	path     []string
	from, to byte   // the letters that the items' next part begins with; 0: any
	kind     string // of all items; empty: any
	piece    int    // of what nothing tells apart, from 2; 0: the first, or all of it
	items    []item
}

// A limit says what a group may hold, how many metrics a part of a path must have to be a
// group of its own, and how to cut what is left and does not fit.
type limit struct {
	fits  func([]item) bool
	later func([]item) bool // of the groups behind the first; nil: as fits
	least func(path []string) int
	cut   func(group, limit) []group
}

// split cuts items, all of which begin with path, into groups that fit, in the order of
// their names; what is left of path when its parts have become groups comes first.
func split(path []string, items []item, l limit) []group {
	if l.fits(items) {
		return []group{{path: path, items: items}}
	}
	parts := map[string][]item{}
	for _, it := range items {
		if p := part(it, len(path)); p != "" {
			parts[p] = append(parts[p], it)
		}
	}
	var rest []item
	for _, it := range items {
		if p := part(it, len(path)); p == "" || countMetrics(parts[p]) < l.least(path) && !(len(path) == 0 && it.named) {
			rest = append(rest, it)
			delete(parts, p)
		}
	}
	var groups []group
	if len(rest) > 0 {
		groups = l.cut(group{path: path, items: rest}, l)
	}
	for _, p := range slices.Sorted(maps.Keys(parts)) {
		groups = append(groups, split(append(slices.Clip(path), p), parts[p], l)...)
	}
	return groups
}

// part returns the part of an item's path at a depth, "" where it has none.
func part(it item, depth int) string {
	if depth >= len(it.path) {
		return ""
	}
	return strings.ToLower(it.path[depth])
}

// countMetrics returns how many metrics items show.
func countMetrics(items []item) int {
	names := map[string]bool{}
	for _, it := range items {
		for _, name := range it.metrics {
			names[name] = true
		}
	}
	return len(names)
}

// halve cuts what shares no further part of its name by the letter with which it goes
// on, in the middle of the alphabet, as often as it takes.
func halve(g group, l limit) []group {
	from, to := g.from, g.to
	if to == 0 {
		from, to = 'a', 'z'
	}
	if l.fits(g.items) {
		return []group{g}
	}
	if from == to {
		return pieces(g, l)
	}
	middle := from + (to-from)/2
	low, high := g, g
	low.from, low.to, high.from, high.to = from, middle, middle+1, to
	low.items, high.items = nil, nil
	for _, it := range g.items {
		if p := part(it, len(g.path)); p == "" || p[0] <= middle {
			low.items = append(low.items, it)
		} else {
			high.items = append(high.items, it)
		}
	}
	var groups []group
	for _, half := range []group{low, high} {
		if len(half.items) > 0 {
			groups = append(groups, halve(half, l)...)
		}
	}
	return groups
}

// byKind cuts what shares no further part of its name: what tells of one subject stands
// together, how often it happens, fails, and how long it takes; the rest goes by what it tells,
// in the order in which items tell it.
func byKind(g group, l limit) []group {
	if l.fits(g.items) {
		return []group{g}
	}
	subjects, items := bySubject(g)
	if len(items) == 0 {
		return subjects
	}
	if g.items = items; l.fits(items) {
		return append(subjects, g)
	}
	groups := []group{}
	for _, it := range g.items {
		i := slices.IndexFunc(groups, func(one group) bool { return one.kind == it.kind })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{path: g.path, kind: it.kind})
		}
		groups[i].items = append(groups[i].items, it)
	}
	all := subjects
	for _, one := range together(groups, l) {
		if len(all) > 0 {
			l.fits = l.later
		}
		all = append(all, pieces(one, l)...)
	}
	return all
}

// bySubject returns a group for each subject of which several items tell, and the items that
// have none.
func bySubject(g group) (groups []group, rest []item) {
	times := map[string]int{}
	for _, it := range g.items {
		times[it.subject]++
	}
	for _, it := range g.items {
		if it.subject == "" || times[it.subject] < 2 {
			rest = append(rest, it)
			continue
		}
		i := slices.IndexFunc(groups, func(one group) bool { return one.kind == it.subject })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{path: g.path, kind: it.subject})
		}
		groups[i].items = append(groups[i].items, it)
	}
	return groups, rest
}

// together puts groups of other kinds than distributions into one, where that fits: a row of one
// panel is a line to click on for nothing.
func together(groups []group, l limit) []group {
	var rest []group
	one := group{path: groups[0].path}
	for _, g := range groups {
		if g.kind == kindWords[plan.Distribution] {
			rest = append(rest, g)
			continue
		}
		one.items = append(one.items, g.items...)
	}
	if len(one.items) == 0 || !l.fits(one.items) {
		return groups
	}
	return append([]group{one}, rest...)
}

// pieces cuts what nothing else tells apart, such as what is numbered, in its order.
func pieces(g group, l limit) []group {
	var groups []group
	for rest := g.items; len(rest) > 0; {
		n := 1
		for n < len(rest) && l.fits(rest[:n+1]) {
			n++
		}
		one := g
		one.items, rest = rest[:n], rest[n:]
		if len(groups) > 0 {
			one.piece = len(groups) + 1
		}
		if l.later != nil {
			l.fits = l.later
		}
		groups = append(groups, one)
	}
	return groups
}

// aBoard is what a board may hold.
var aBoard = limit{
	fits: func(items []item) bool { return len(panelsOfAll(items)) <= maxPanels },
	least: func(path []string) int {
		if len(path) == 0 {
			return minSubsystem
		}
		return minSplit
	},
	cut: halve,
}

// aRow is what a row may hold so that it can stand open; behind it others may ask for more.
var aRow = limit{
	fits: func(items []item) bool {
		panels := panelsOfAll(items)
		return len(panels) <= maxRowPanels && queryCount(panels) <= maxQueries-mostAnnotations
	},
	later: func(items []item) bool { return len(panelsOfAll(items)) <= maxRowPanels },
	least: func([]string) int { return minSubsystem },
	cut:   byKind,
}

// aCatalogue is what a catalogue may hold.
var aCatalogue = limit{fits: func(items []item) bool { return len(items) <= maxCatalogued }}

func panelsOfAll(items []item) []plan.Panel {
	var panels []plan.Panel
	for _, it := range items {
		panels = append(panels, it.panels...)
	}
	return panels
}

func queryCount(panels []plan.Panel) int {
	n := 0
	for i := range panels {
		n += len(panels[i].Queries)
	}
	return n
}

// words returns what a group is called below a path: its further parts, the letters,
// the kind, and which piece it is.
func (g *group) words(below []string) []string {
	var words []string
	for _, p := range g.path[len(below):] {
		words = append(words, plan.Words([]string{p}))
	}
	if g.to != 0 {
		words = append(words, strings.ToUpper(string(g.from))+"–"+strings.ToUpper(string(g.to)))
	}
	if g.kind != "" {
		kind := g.kind
		if n := len(g.path); n > 0 { // a subject's title begins with what it belongs to
			if short, ok := strings.CutPrefix(kind, plan.Words(g.path[n-1:])+" "); ok {
				kind = plan.Words(strings.Fields(short))
			}
		}
		words = append(words, kind)
	}
	if g.piece != 0 {
		words = append(words, strconv.Itoa(g.piece))
	}
	return words
}
