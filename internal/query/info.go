package query

import (
	"iter"
	"sort"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/dashgen/dashgen/schema"
)

// A Type is what kind of value an expression has. The zero value says nothing.
type Type string

// The types of values.
const (
	Unknown         Type = ""                 // somebody else's, untyped, or computed in a way that says nothing
	Counter         Type = "counter"          // since the program started; grows
	Bucket          Type = "histogram bucket" // a counter by le
	Count           Type = "count"            // of a histogram or summary: a counter
	Sum             Type = "sum"              // of a histogram or summary: a counter, as far as nothing negative is observed
	NativeHistogram Type = "native histogram" //
	Quantile        Type = "quantile"         // of a summary, or made by histogram_quantile
	Gauge           Type = "gauge"            // any other number
	Rate            Type = "rate"             // of Info.Of, a second
	Increase        Type = "increase"         // of Info.Of, over a range
	InfoMetric      Type = "info"             // 1, with its news in labels
	Bool            Type = "bool"             // 0 or 1
	Timestamp       Type = "timestamp"        // since the epoch
	Duration        Type = "duration"         //
	Ratio           Type = "ratio"            // of two alike; or a percentage
	Number          Type = "number"           // counted by PromQL or written in the expression
	String          Type = "string"           //
)

// Cumulative reports whether a value only says something by how it grows.
func (t Type) Cumulative() bool { return t == Counter || t == Bucket || t == Count || t == Sum }

// A State says how often something holds.
type State int

// The states.
const (
	Sometimes State = iota // or not known
	Always
	Never
)

func (s State) String() string { return [...]string{"sometimes", "always", "never"}[s] }

// An Emptiness says how often an expression has no series at all.
type Emptiness struct {
	State  State
	Reason *Reason // of Always; else nil
}

// A ReasonKind is why an expression is always empty.
type ReasonKind string

// The reasons.
const (
	NoSeries      ReasonKind = "no series"     // the metric has no series of that name: a classic histogram's bare name
	NoLabel       ReasonKind = "no label"      // a matcher wants a label that no series has
	NoValue       ReasonKind = "no value"      // a matcher wants a value that the label never has
	Contradiction ReasonKind = "contradiction" // no value satisfies all matchers
	NeverTrue     ReasonKind = "never true"    // a comparison
	Apart         ReasonKind = "apart"         // no value satisfies both sides of and
	NoMatch       ReasonKind = "no match"      // the label sets of two operands
	NoBucket      ReasonKind = "no le"         // histogram_quantile of what has no le
	Covered       ReasonKind = "covered"       // unless removes everything
	AlwaysThere   ReasonKind = "always there"  // absent of what is never empty
	NotNumbers    ReasonKind = "clamp"         // clamp with max below min
	NotOne        ReasonKind = "topk"          // topk and the like of fewer than one
)

// A Reason is why an expression is always empty.
type Reason struct {
	Kind    ReasonKind
	Node    parser.Node     // that is empty by itself, not because an operand is; nil: in a recording rule
	Word    string          // the label or series name that it is about
	Matcher *labels.Matcher // of NoLabel, NoValue and Contradiction
	Rule    string          // the recording rule whose expression is empty; else nothing
}

// A Match says what is known of the vector matching of a binary expression.
type Match struct {
	Never    bool   // no two series can match
	Unlikely bool   // two match only if Label, which one side declares and the other cannot have, is empty
	Label    string // because of which
	Left     *Label // Label on the left; nil: it cannot have it
	Right    *Label // Label on the right; nil: it cannot have it
}

// An Info is what is known of one node of an expression: of every sample that it can
// have while programs do what their source says.
type Info struct {
	Type   Type
	Of     Type   // of a Rate or Increase: the type of the series; of any other: zero
	Scalar bool   // a scalar or string, not a vector
	Unit   Unit   //
	Labels Labels // of every series, __name__ among them while there is one

	UnitKnown bool // Unit is known; false also where units do not go together
	Foreign   bool // it draws on series of which nothing is known here

	Values Bounds // what samples can be, for certain; of native histograms: Anything
	Usual  Bounds // what people expect by name and unit: bytes are not negative; within Values
	Empty  Emptiness

	// Of a comparison: how often it holds for the samples that it compares; for certain,
	// and where they are as Usual says.
	Holds   State
	Usually State

	Metric  *schema.Metric   // of a selector: whose series it selects; nil: nobody's here
	Suffix  string           // of a selector: what the series name has behind the metric's
	Rule    string           // of a selector: the recording rule's name, if it is one's
	Metrics []*schema.Metric // all that the value is computed from, in their order in the text
	Before  Labels           // of a selector: the labels before its matchers

	// Aggregated is set where a cumulative value was summed, or otherwise aggregated,
	// before its rate was taken; Node is nil where a recording rule did it.
	Aggregated *Aggregation

	Match *Match // of a binary expression between vectors; else nil
}

// An Aggregation is what made one series of several.
type Aggregation struct {
	Node *parser.AggregateExpr
	Rule string // that aggregates; empty: this expression
}

// An Inferred is an expression with what is known of its nodes.
type Inferred struct {
	Expr  parser.Expr
	Text  string // as written; empty: not known
	World *World

	infos   map[parser.Node]*Info
	parents map[parser.Node]parser.Node
	order   []parser.Expr
	find    func(string) *Info

	// Of Grafana's variables; nil where there are none.
	holes   [][2]int // where they stand outside of quotes, sorted
	claimed []bool   // those whose node is known
	vars    map[parser.Node]bool
	ranges  map[parser.Node]posrange.PositionRange
}

// Infer says what is known of every node of an expression that was parsed from text.
// text serves to tell Grafana's variables, whose values nobody knows, from what stands
// for them in the tree; it may be empty where there are none.
func Infer(text string, e parser.Expr, w *World) *Inferred {
	return inferWith(w, w.lookup, text, e)
}

// Root returns what is known of the whole expression.
func (in *Inferred) Root() *Info { return in.At(in.Expr) }

// At returns what is known of a node. It is not nil for nodes of the expression.
func (in *Inferred) At(n parser.Node) *Info { return in.infos[n] }

// Parent returns the node above, or nil.
func (in *Inferred) Parent(n parser.Node) parser.Node { return in.parents[n] }

// All returns the nodes with what is known of them, operands first.
func (in *Inferred) All() iter.Seq2[parser.Expr, *Info] {
	return func(yield func(parser.Expr, *Info) bool) {
		for _, n := range in.order {
			if !yield(n, in.infos[n]) {
				return
			}
		}
	}
}

// Variable reports whether a Grafana variable stands in the node's own text, outside
// of its operands: then numbers, durations, names and labels there are not known.
func (in *Inferred) Variable(n parser.Node) bool { return in.vars[n] }

// claim notes whether variables stand in a node's own text: those in its range that are
// not in its operands', which were asked before it.
func (in *Inferred) claim(n parser.Expr) {
	if len(in.holes) == 0 {
		return
	}
	at := in.span(n)
	from := sort.Search(len(in.holes), func(i int) bool { return in.holes[i][0] >= int(at.Start) })
	for i := from; i < len(in.holes) && in.holes[i][0] < int(at.End); i++ {
		if !in.claimed[i] {
			in.claimed[i], in.vars[n] = true, true
		}
	}
}

// span returns where a node stands. That of a chain of operators is put together from
// its operands', since the parser's method walks the whole chain.
func (in *Inferred) span(n parser.Expr) posrange.PositionRange {
	b, ok := n.(*parser.BinaryExpr)
	if ok {
		in.ranges[n] = posrange.PositionRange{Start: in.ranges[b.LHS].Start, End: in.ranges[b.RHS].End}
	} else {
		in.ranges[n] = n.PositionRange()
	}
	return in.ranges[n]
}
