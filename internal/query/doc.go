// Package query says what a PromQL expression means.
//
// It owns parsing (with Grafana's variables in place), the selectors of an
// expression, the unit that its value has, the threshold that an alert compares
// with, and the rewriting that puts a board's matchers into an expression.
//
// It imports schema and Prometheus' PromQL parser. Nothing here reads files,
// knows of dashboards or evaluates anything.
//
// Everything goes through [Parse], which is the one place that knows the version
// of the parser and its options.
package query
