// Package scanner reads metric definitions out of Go source.
//
// It owns loading, evaluation, and the table of instrumentation
// libraries. It imports schema and golang.org/x/tools, nothing else of dashgen.
// Nothing of the scanned module is executed; the only program started is the go
// command, as go vet would start it.
//
// Data flows in one direction:
//
//	cache    what is asked for -> the results of the last time, if nothing that they depend
//	         on changed: no file (cache_inputs.go), or in files only functions that were
//	         neither looked into nor say what was asked of the index (outline.go, inert.go)
//	list     patterns -> packages, as the go command lists them, for each platform
//	choose   packages -> those to be read from source: own ones that import an
//	         instrumentation library, directly or not, what of their own they import, and
//	         dependencies that define what their callers name
//	check    parsed and type-checked, against export data of all others
//	reach    packages -> the functions that a program may run; others count for nothing
//	index    packages -> calls, and what is written to variables and fields (walk.go), on all
//	         processors (index_parts.go)
//	contexts a place -> the ways in which it is reached: callers that bind parameters,
//	         elements that bind loop variables, ways through branches ([Env])
//	eval     an expression in a context -> a [Value]: a symbolic string, a list, …
//	flow     a local variable at a place -> what it may hold there: the statements of
//	         its function, run on values
//	conditions  of branches, told once for all contexts that bind the same
//	vars     a field or package variable -> everything that is written to it anywhere
//	decode   a call of a library's function, in each context -> the library; calls that define
//	         metrics in two parts at once (decode_parts.go)
//	library  a [Call] -> a [Definition], or more about one
//	metric   a Definition -> schema.Metric (said.go: whose call names it; unite.go: one of
//	         several)
//
// The evaluator knows no library: it hands out values, and where it meets a call that
// it cannot look into it hands out the call itself. A library (lib_NAME.go, one file
// each, with lib_NAME_PART.go where it is large) knows no evaluation: it asks a Call for
// its arguments. A call is recognised by the full name of its callee as the type checker
// says it, never by its spelling.
//
// Where Config.Explain asks, values keep where they came from (provenance.go), and each
// metric says so. What could not be told is a finding that says why (unresolved.go).
//
// A Value says what may be, never less: alternatives, or Unknown. Two rules follow. A set
// of label values is closed only where every call that may give one was seen (escape.go:
// what goes out of sight leaves it open), and a metric is one only where its call can be
// reached with what its callers say.
//
// The syntax is evaluated rather than go/ssa: what a reader sees is what is followed, and
// what cannot be told can be pointed at. Every enumeration is bounded (limits in
// contexts.go); what is cut off is a finding where it is a definition, and leaves values
// open where it is a use.
package scanner
