// Package render draws boards: it turns signals and rules into dashboards and
// dashboards into Grafana's JSON.
//
// It owns what a board holds and where (the overview, the rows, the grid, panel
// ids, thresholds taken from alerts, variables), the panel kinds, one file each
// (panel_NAME.go), the classic dashboard JSON, and the reference pages in Markdown.
// It may import schema, internal/plan, internal/query, internal/config, internal/markdown and the types of the Grafana
// foundation SDK, never scanner, rules or lint. Data flows
//
//	signals, groups, schema, config -> Layout -> []plan.Board -> Files -> dashboards/<uid>.json
//	schema, groups, boards, config -> Reference -> MetricsPage, RunbookPages -> docs/
//
// Layout decides everything that a reader of the board sees; Files only spells it.
// [FilesV2] makes dashboard.grafana.app/v2 of these files, with tabs for collapsed rows.
// [Text] prints a board as text, one line a panel.
//
// Every board marks when alerts fired that it shows, when instances started or did not answer,
// and, once that is switched on, when another version came: see annotations.go. Histograms that
// the source registers with classic buckets and as native ones are behind one variable: see
// histograms.go.
//
// A program of up to 40 metrics has one board of dashgen's own. A larger one has a folder:
// an overview, a board a subsystem, the alerts, and a catalogue of every metric. Gauges whose
// names are completed at run time are selected by {__name__=~"…"} on their subsystem's board;
// counters, histograms and summaries of that kind, whose rates would lose their names, are
// chosen in the catalogue, from those that Prometheus has. A board
// has at most 40 panels, a row 12, and what stands open when a board is opened asks at most
// 15 queries. What goes where is told from names alone: see split.go.
//
// From the SDK come types and their marshalling alone. Its builders are not used:
// they leave panels of collapsed rows without a place, overflow the grid, give rows
// the id 0 and panels none, and emit options that Grafana draws wrongly. The SDK
// marks its classic Dashboard as deprecated in favour of dashboardv2; the classic
// one is written all the same, since file provisioning, the sidecar, Terraform and
// /api/dashboards/db take nothing else (Grafana 13 refuses v2 there).
//
// What is written is in the form that Grafana itself saves (keys sorted, the
// built-in annotation, ids and refIds on everything, empty lists in place, no
// nulls), so that importing a board and saving it changes nothing. Two modules of tests
// hold what is generated against others' code: internal/oracle/grafana against Grafana's
// migration and validator, internal/oracle/dashlint against dashboard-linter. Where that
// one is to look away, dashboards/.lint says why.
package render
