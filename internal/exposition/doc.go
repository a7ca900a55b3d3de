// Package exposition reads what a program really exposes, and holds it against a schema.
//
//	data, contentType, err := exposition.Fetch(ctx, "http://localhost:8080/metrics")
//	families, findings := exposition.Parse("http://localhost:8080/metrics", contentType, data)
//	findings, foreign := exposition.Verify(s, families, exposition.Options{…})
//
// A [Family] is one metric family as it was exposed: its type, help and unit, the labels of
// its series with the values that were seen, its bucket bounds. [Parse] reads the text
// format, OpenMetrics, and protobuf with native histograms, all with Prometheus' own
// parsers; [Stored] asks a Prometheus server what it holds of a job, with the labels that
// scraping added taken away. [Unite] makes one list of several instances' families.
//
// [Verify] compares the two. What code promises and nobody exposes is missing only where it
// had to be there: a metric with labels has no series before its first event.
// [Metrics] goes the other way: a schema for a program that is not written in Go.
//
// Input is bounded ([MaxBytes], maxValues), so that an endless body is an error and a label
// with a million values costs no memory.
//
// It imports schema, internal/remote (which asks the server), textparse and labels of
// Prometheus, and its API's types.
package exposition
