// Package scanner reads metric definitions out of Go source.
//
// It owns loading (go/packages), evaluation, and the table of instrumentation
// libraries. It imports schema and golang.org/x/tools, nothing else of dashgen.
// Nothing of the scanned module is executed; the only program started is the go
// command, as go vet would start it.
//
// Data flows in one direction:
//
//	load     patterns -> type-checked packages, for each platform
//	index    packages -> call sites, and what is written to variables and fields
//	contexts a call site -> the ways in which it is reached: callers that bind
//	         parameters, elements that bind loop variables ([Env])
//	eval     an expression in a context -> a [Value]: a symbolic string, a list, …
//	library  a call of a known function, in a context -> schema.Metric
//
// The evaluator (eval.go, contexts.go, funcs.go) knows no library: it hands out
// values, and where it meets a call that it cannot look into it hands out the call
// itself. A library (lib_NAME.go, one file each) knows no evaluation: it asks a
// [Call] for its arguments. A call is recognised by the full name of its callee as
// the type checker says it, never by its spelling.
//
// The syntax is evaluated rather than go/ssa: what a reader sees is what is
// followed, and what cannot be told can be pointed at. Every enumeration is bounded
// (limits in contexts.go); what is cut off is a finding.
package scanner
