package schema

// A Provenance says how one definition of a metric was put together. It is known only to
// a run that was asked for it, and never written.
type Provenance struct {
	Name   Origin    // the call that defines the metric, and what the name is made of
	Type   []Related // the calls that say the type, where the definition does not; sorted
	Values []Given   // where labels get their values; sorted by label and value
}

// A Given is one value that a label is given.
type Given struct {
	Pos   Pos
	Label string
	Value string
	Open  bool // it may be any: Value is the expression
}

// An Origin says where a string comes from.
type Origin struct {
	Pos   Pos
	Value string   // the string; * stands for what is known only at run time
	Text  string   // the expression that it is the value of
	Note  string   // what the expression is: "a constant", "parameter of newMetrics"
	From  []Origin // what the expression has its value from: one, or the parts in their order
}
