package config

import "strings"

// This file holds what outputs: may name.

// An Output is something that generate writes into the output folder where outputs: asks
// for it.
type Output struct {
	Name string
	Doc  string // which files, and what is in them: part of a sentence
}

// Outputs lists every Output, sorted by name. Package build writes them, by the same names.
var Outputs = []Output{
	{"alertmanager", "alertmanager/alertmanager.yml, an example of routes by severity, with rules by which worse alerts inhibit lesser ones of the same name and job"},
	{"dashboards-v2", "dashboards-v2/UID.json, the dashboards as manifests of dashboard.grafana.app/v2, with tabs"},
	{"grafana-alerting", "grafana-alerting/GROUP.yaml, the alerts as Grafana evaluates them itself, for its folder provisioning/alerting"},
	{"k8s", "k8s/, resources for the operators of Prometheus and Grafana, or Grafana's sidecar"},
	{"mimir", "mimir/PROGRAM.yaml, all rules as one namespace for mimirtool; Thanos and vmalert read rules/ as it is"},
	{"mixin", "mixin/mixin.libsonnet, a monitoring mixin in plain data with a selector and a cluster label to set"},
	{"otel-schema", "otel/schema.yaml, the renames of metrics as OpenTelemetry's schema file format says them"},
	{"provisioning", "provisioning/, configuration with which Grafana and Prometheus read the files"},
	{"rules-tests", "rules-tests/GROUP_test.yaml, unit tests in promtool's format that show each alert to fire and to stay quiet"},
	{"runbooks", "docs/runbooks/ALERT.md, a page for each alert with a place for your own text"},
}

func outputNames() []string {
	var names []string
	for _, o := range Outputs {
		names = append(names, o.Name)
	}
	return names
}

func outputsDoc() string {
	var parts []string
	for _, o := range Outputs {
		parts = append(parts, o.Name+" ("+o.Doc+")")
	}
	return "What is written besides metrics.json, dashboards, rules and docs/metrics.md: " + strings.Join(parts, "; ") + "."
}
