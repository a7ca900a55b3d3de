package query

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/dashgen/dashgen/schema"
)

const nameLabel = labels.MetricName

// A Presence says whether series carry a label.
type Presence int

// The order is that of certainty.
const (
	Absent     Presence = iota // no series carries it
	Possible                   // some may
	Declared                   // all name it, but its values are not known and may be empty, which is as if it were not there
	Guaranteed                 // all carry it
)

func (p Presence) String() string {
	return [...]string{"absent", "possible", "declared", "guaranteed"}[p]
}

// An Origin says where a label comes from.
type Origin string

// The origins of labels.
const (
	FromMetric    Origin = "metric"        // the program sets it
	FromConst     Origin = "const label"   // it is registered so
	FromBucket    Origin = "le"            // le of a histogram, quantile of a summary
	FromTarget    Origin = "target label"  // scraping adds it
	FromExported  Origin = "exported"      // the program's, renamed because scraping adds one of that name
	FromMatcher   Origin = "matcher"       // a matcher asks for it, of a metric that is not known
	FromRule      Origin = "rule"          // a recording rule sets it
	FromReplace   Origin = "label_replace" // or label_join
	FromJoin      Origin = "group_left"    // or group_right
	FromGrouping  Origin = "by"            // an aggregation of what is not known asks for it
	FromCount     Origin = "count_values"  //
	FromAbsent    Origin = "absent"        // an equality inside absent
	fromSomewhere Origin = ""
)

// A Label is one label of an expression's result.
type Label struct {
	Name     string // holds * where the source knows a part only
	Presence Presence
	Origin   Origin
	Metric   *schema.Metric         // that has it; nil: none
	Values   []string               // every value it can have, sorted as they came; nil: not known
	Pos      posrange.PositionRange // of what made it, where that stands in the expression; else zero
}

// A Removal says what took a label away.
type Removal struct {
	Label *Label      // as it was
	Node  parser.Node // that removed it
}

// Labels is the set of labels that a result's series can have.
type Labels struct {
	Open bool // there may be labels of which nothing is known: somebody else's metric
	Any  bool // the program adds labels that the source does not name

	list []*Label // sorted by name; sets share them, so nobody changes one
	gone []Removal
	end  parser.Node // of a closed set: what took away everything else of an open one
}

// All returns the known labels, sorted by name, that of the name, __name__, among them.
// They are shared and not to be changed.
func (ls Labels) All() []*Label { return ls.list }

// Label returns the label of that name, or nil where the set names none. Where Can
// is true all the same, the set is open.
func (ls Labels) Label(name string) *Label {
	if l := ls.exact(name); l != nil {
		return l
	}
	for _, l := range ls.list {
		if strings.Contains(l.Name, "*") {
			if fits, _ := path.Match(l.Name, name); fits {
				return l
			}
		}
	}
	return nil
}

// exact returns the label of that very name, patterns left out.
func (ls Labels) exact(name string) *Label {
	i, ok := ls.search(name)
	if !ok {
		return nil
	}
	return ls.list[i]
}

func (ls Labels) search(name string) (int, bool) {
	return slices.BinarySearchFunc(ls.list, name, func(l *Label, name string) int { return cmp.Compare(l.Name, name) })
}

func byName(a, b *Label) int { return cmp.Compare(a.Name, b.Name) }

// Closed reports whether every label is known.
func (ls Labels) Closed() bool { return !ls.Open && !ls.Any }

// Can reports whether a series can carry the label.
func (ls Labels) Can(name string) bool {
	return !ls.Closed() && ls.removed(name) == nil || ls.Label(name) != nil
}

// Must reports whether every series carries the label.
func (ls Labels) Must(name string) bool {
	l := ls.Label(name)
	return l != nil && l.Presence == Guaranteed
}

// Gone returns what took a label away that an operand had, or may have had, or nil.
func (ls Labels) Gone(name string) *Removal {
	if ls.Label(name) != nil {
		return nil
	}
	if r := ls.removed(name); r != nil {
		return r
	}
	if ls.end != nil && !ls.Can(name) {
		return &Removal{&Label{Name: name, Presence: Possible}, ls.end}
	}
	return nil
}

func (ls Labels) removed(name string) *Removal {
	for i := range ls.gone {
		if ls.gone[i].Label.Name == name {
			return &ls.gone[i]
		}
	}
	return nil
}

// Removed returns every label that was taken away, sorted by name.
func (ls Labels) Removed() []Removal { return ls.gone }

// with returns the set with one label added or replaced.
func (ls Labels) with(l Label) Labels {
	i, ok := ls.search(l.Name)
	list := make([]*Label, 0, len(ls.list)+1)
	list = append(append(list, ls.list[:i]...), &l)
	if ok {
		i++
	}
	ls.list = append(list, ls.list[i:]...)
	if ls.removed(l.Name) != nil {
		ls.gone = slices.DeleteFunc(slices.Clone(ls.gone), func(r Removal) bool { return r.Label.Name == l.Name })
	}
	return ls
}

// without returns the set without some labels, which node removed; a nil node leaves
// no trail.
func (ls Labels) without(names []string, node parser.Node) Labels {
	return ls.filter(node, names, func(name string) bool { return !slices.Contains(names, name) })
}

// keep returns the set of some of the labels; node removes the others. Of an open set,
// every one of the names may be there.
func (ls Labels) keep(names []string, node parser.Node) Labels {
	out := ls.filter(node, nil, func(name string) bool { return slices.Contains(names, name) })
	for _, name := range names {
		if out.exact(name) != nil || !ls.Can(name) {
			continue
		}
		one := Label{Presence: Possible, Origin: FromGrouping}
		if l := ls.Label(name); l != nil { // a pattern
			one = *l
		}
		one.Name = name
		out.list = append(out.list, &one)
		slices.SortStableFunc(out.list, byName)
	}
	if !ls.Closed() {
		out.end = node
	}
	out.Open, out.Any = false, false
	return out
}

// filter keeps the labels for which keep holds. also are names that are gone even
// where the set does not list them, because it is open.
func (ls Labels) filter(node parser.Node, also []string, keep func(string) bool) Labels {
	out := Labels{Open: ls.Open, Any: ls.Any, gone: ls.gone, end: ls.end}
	var gone []Removal
	out.list = make([]*Label, 0, len(ls.list))
	for _, l := range ls.list {
		switch {
		case keep(l.Name):
			out.list = append(out.list, l)
		case node != nil && l.Name != nameLabel:
			if gone == nil {
				gone = make([]Removal, 0, len(ls.list)+len(ls.gone))
			}
			gone = append(gone, Removal{l, node})
		}
	}
	if node != nil && !ls.Closed() {
		for _, name := range also {
			if ls.Label(name) == nil && ls.removed(name) == nil && name != nameLabel {
				gone = append(gone, Removal{&Label{Name: name, Presence: Possible}, node})
			}
		}
	}
	if len(gone) > 0 {
		gone = append(gone, ls.gone...)
		slices.SortStableFunc(gone, func(a, b Removal) int { return cmp.Compare(a.Label.Name, b.Label.Name) })
		out.gone = slices.CompactFunc(gone, func(a, b Removal) bool { return a.Label.Name == b.Label.Name })
	}
	return out
}

// nameless returns the set without the metric's name.
func (ls Labels) nameless() Labels {
	if i, ok := ls.search(nameLabel); ok {
		ls.list = append(ls.list[:i:i], ls.list[i+1:]...)
	}
	return ls
}

// union returns the labels of series that are of one of two sets.
func (ls Labels) union(o Labels) Labels {
	out := Labels{Open: ls.Open || o.Open, Any: ls.Any || o.Any, end: ls.end}
	if out.end == nil {
		out.end = o.end
	}
	for _, l := range ls.list {
		out.list = append(out.list, mixed(l, o.exact(l.Name), o.Closed()))
	}
	for _, r := range o.list {
		if ls.exact(r.Name) == nil {
			out.list = append(out.list, mixed(r, nil, ls.Closed()))
		}
	}
	slices.SortStableFunc(out.list, byName)
	for _, g := range slices.Concat(ls.gone, o.gone) {
		name := g.Label.Name
		if out.Label(name) == nil && out.removed(name) == nil && !ls.Can(name) && !o.Can(name) {
			out.gone = append(out.gone, g)
		}
	}
	slices.SortStableFunc(out.gone, func(a, b Removal) int { return cmp.Compare(a.Label.Name, b.Label.Name) })
	return out
}

// mixed returns a label that is one of two; b is nil where the other set does not name it,
// which closed says is to say that it is not there.
func mixed(a, b *Label, closed bool) *Label {
	one := *a
	if b == nil {
		one.Presence = min(one.Presence, Possible)
		if !closed {
			one.Values = nil
		}
		return &one
	}
	one.Presence = min(a.Presence, b.Presence)
	if a.Values == nil || b.Values == nil {
		one.Values = nil
	} else {
		for _, v := range b.Values {
			if !slices.Contains(one.Values, v) {
				one.Values = append(slices.Clip(one.Values), v)
			}
		}
	}
	if a.Origin != b.Origin {
		one.Origin = fromSomewhere
	}
	return &one
}

// Values returns the values that a label may have in a set, the empty one among them
// where a series may lack it; closed is false where they are not known.
func (ls Labels) Values(name string) (values []string, closed bool) {
	l := ls.Label(name)
	switch {
	case l == nil && ls.Can(name):
		return nil, false
	case l == nil:
		return []string{""}, true
	case l.Values == nil || l.Name != name:
		return nil, false
	case l.Presence < Guaranteed && !slices.Contains(l.Values, ""):
		return append(slices.Clip(l.Values), ""), true
	}
	return l.Values, true
}
