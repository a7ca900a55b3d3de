// Command dashgen reads the metrics that Go code defines and writes what watches them:
// metrics.json, Grafana dashboards and Prometheus rules. Then it stands guard: lint
// fails the build in which a metric changes under what uses it.
//
// One file a subcommand, each: flags -> calls -> report. Everything else is in the
// packages that internal/build chains.
//
// # Rules of output
//
// What was asked for goes to standard output; progress and remarks go to standard
// error, progress only where that is a terminal. Findings are
// file:line:col: message (check), paths relative to the working directory, sorted, all
// of them. Exit status: 0 fine, 1 failed, 2 wrong usage, 3 findings.
package main
