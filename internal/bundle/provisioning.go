package bundle

import (
	"encoding/json"
	"fmt"
)

// DashboardsFile and RulesFile are the files that Provisioning returns.
const (
	DashboardsFile = "provisioning/dashboards.yaml"
	RulesFile      = "provisioning/prometheus.yaml"
)

// Folder returns what a program's folders are called where Grafana and Prometheus have
// their files.
func Folder(program string) string { return objectName(program) }

// Provisioning returns what makes Grafana and Prometheus read the folders dashboards/ and
// rules/, wherever a machine has them:
//
//	provisioning/dashboards.yaml  for Grafana's folder provisioning/dashboards
//	provisioning/prometheus.yaml  rule_files, to be merged into prometheus.yml
//
// Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards
func Provisioning(program string) (map[string][]byte, error) {
	title, err := json.Marshal(program) // which is a string of YAML, too
	if err != nil {
		return nil, err
	}
	folder := Folder(program)
	return map[string][]byte{
		DashboardsFile: fmt.Appendf(nil, `%sapiVersion: 1
providers:
  - name: %[2]s
    folder: %[2]s
    type: file
    allowUiUpdates: false
    options:
      # Where the files of dashboards/ are.
      path: /var/lib/grafana/dashboards/%[3]s
`, header, title, folder),
		RulesFile: fmt.Appendf(nil, `%srule_files:
  # Where the files of rules/ are.
  - /etc/prometheus/rules/%s/*.rules.yaml
`, header, folder),
	}, nil
}
