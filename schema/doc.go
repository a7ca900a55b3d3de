// Package schema says what a metric is and remembers it.
//
// It owns the plain types that everything else is a function of: [Metric] (one
// metric family that Go code promises to expose), [Label], [Schema] (the
// contents of metrics.json), [Change] (what differs between two schemas), and
// the two types that every phase reports with, [Pos] and [Finding].
//
// It imports the standard library only, and knows nothing of Go source, PromQL,
// Grafana or YAML. Fields are facts about the metric, never about drawing.
//
// Data flows through it in one direction:
//
//	scanner's metrics -> New (one entry a name) -> Merge (with what metrics.json
//	remembers) -> Format (bytes, a fixed point of Parse)
//
// and Diff compares what two of them promise. [Metric]'s fields and their json tags
// are the only list of metrics.json's keys: Format and Parse follow them, and a test
// holds metrics.schema.json, the published JSON Schema, to them. What Parse refuses,
// New never lets in: both ask the same rules (valid.go).
//
// Life cycle of an entry: in code -> deprecated in code -> gone from code, kept
// as a tombstone (deprecated, removed_in) so that a query on it can be told what
// to use. Gone means that its package was read and does not define it; what was
// not read keeps its entry.
package schema
