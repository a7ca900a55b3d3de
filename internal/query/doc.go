// Package query says what a PromQL expression means.
//
// It owns parsing (with Grafana's variables in place), the selectors of an
// expression, the unit that its value has, the threshold that an alert compares
// with, the rewriting that puts a board's matchers into an expression, and what is
// known of every node of an expression for every state that the programs can be in.
//
// It imports schema and Prometheus' PromQL parser. Nothing here reads files,
// knows of dashboards or evaluates anything.
//
// Everything goes through [Parse], which is the one place that knows the version
// of the parser and its options.
//
// # Inference
//
// A [World] holds what is known before any expression is read: the schema, the labels that
// scraping adds, the recording rules, the intervals, the oldest Prometheus. [Infer] walks
// an expression, operands first, and keeps an [Info] for every node:
//
//	e, err := query.Parse(text)
//	in := query.Infer(text, e, world)
//	for node, info := range in.All() {
//		call, ok := node.(*parser.Call)
//		…
//		in.At(call.Args[0]).Type   // what is known of an operand
//		in.Parent(node)            // nil at the top
//		in.Where(node, "route")    // the place of a word in the node's own text
//		in.Variable(node)          // a Grafana variable stands in it: its numbers and names are not known
//	}
//
// What an Info says:
//
//   - Type, with Of for a rate or increase: rate of a histogram's buckets is Rate of Bucket.
//     Type.Cumulative is true of what must be read by how it grows; Aggregated says that it
//     was aggregated before.
//   - Unit and UnitKnown. A unit follows from names, so a finding about it is a warning.
//   - Labels: closed for what the schema or a recording rule defines. Can: a series may carry
//     the label. Must: every series does. Label: its Origin, Presence and Values. Gone: what
//     removed it. For a selector, Before are the labels before its matchers: a matcher on a
//     label for which Before.Can is false is on an unknown label.
//   - Values: bounds that hold for every sample, in every state; a finding on them is an
//     error. Usual: what name and unit lead to expect (bytes are not negative, a ratio is at
//     most 1); a finding on them is a warning.
//   - Holds: of a comparison, always, never or sometimes true. Usually: the same, if values
//     are as Usual says; a finding on it is a warning.
//   - Empty: always, never or sometimes. The Reason of Always points at the node where it
//     begins: report it there, where Reason.Node is the node, and not at every node above.
//   - Match: of a binary operation between vectors, whether two series can match at all.
//   - Foreign: it draws on series of which nothing is known here. Such an expression has open
//     labels and unbounded values, so no verdict is made of it by itself; what aggregations
//     and matchers do to its labels holds all the same.
//
// Presence of a label is one of three degrees, because to Prometheus an empty value is no
// label: a label of the source whose values are not known is Declared, one that has a closed
// set of values without the empty one is Guaranteed, and one that is appended behind a
// condition, or that only some scrapes add, is Possible.
//
// le and quantile have the values that Prometheus 2 and 3 store, 1 and 1.0 where the oldest
// version is a 2; [SameNumber] compares them.
//
// A recording rule's name means what its expression means, through as many rules as there
// are; [World.Cycles] tells those that depend on themselves.
package query
