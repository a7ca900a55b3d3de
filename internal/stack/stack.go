package stack

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/dashgen/dashgen/internal/bundle"
)

// A Stack is what is monitored, and how. The zero value monitors nothing.
type Stack struct {
	Programs   []Program
	Scrape     time.Duration // zero: 15s
	Evaluation time.Duration // zero: Scrape
	Retention  time.Duration // of Prometheus' samples; zero: 15d, Prometheus' default
	Logs       bool          // a board shows logs: Loki and Alloy are part of it
	Home       string        // uid of the board that Grafana opens with, one of the first program's; empty: Grafana's own page

	// Alertmanager are configurations that are generated for programs, with which the user's
	// begins; none: one without routes by severity.
	Alertmanager [][]byte

	// Production publishes nothing but Grafana, over HTTPS and with a login; reads passwords,
	// keys and the receiver of alerts from files; and takes from the containers what they do
	// not need: privileges, a root file system to write to, the Docker socket.
	Production bool
}

// A Program is one that is scraped.
type Program struct {
	Name    string
	Job     string   // label job; empty: Name
	Out     string   // folder with its dashboards/ and rules/, as seen from the stack's, with slashes
	Targets []string // host:port, as seen from this machine; none: localhost:8080
	Native  bool     // it has native histograms
}

// Images are the container images by service. Each tag is a release; what an image's digest
// is, compose.override.yaml may say.
var Images = map[string]string{
	"prometheus":   "prom/prometheus:v3.13.2", // the series with long-term support
	"alertmanager": "prom/alertmanager:v0.31.1",
	"grafana":      "grafana/grafana:13.1.2",
	"loki":         "grafana/loki:3.7.2",
	"alloy":        "grafana/alloy:v1.17.0",
}

// Secrets are the files that a production stack reads below secrets/, with what goes into
// them.
var Secrets = []struct{ Name, Doc string }{
	{"alertmanager_webhook_url", "the address that Alertmanager posts alerts to"},
	{"grafana_admin_password", "of Grafana's user admin: openssl rand -base64 24"},
	{"grafana_secret_key", "with which Grafana encrypts what it stores: openssl rand -base64 32"},
	{"tls_cert", "the certificate that Grafana serves, with its chain, as PEM"},
	{"tls_key", "the certificate's key, as PEM"},
}

// TargetsFile returns the name of the file that holds the targets of a program.
func TargetsFile(program string) string {
	return "prometheus/targets/" + bundle.Folder(program) + ".yaml"
}

//go:embed files
var templates embed.FS

var parsed = template.Must(template.New("").Funcs(template.FuncMap{"json": quote}).ParseFS(templates, "files/*"))

// quote writes a string as JSON, which is a string of YAML and of Alloy's language, too.
func quote(s string) (string, error) {
	data, err := json.Marshal(s)
	return string(data), err
}

// place says where the services find each other and their files: in containers, or on this
// machine.
type place struct {
	Container        bool
	NativeHistograms bool // Prometheus has to be told in its configuration that it is to read them
	Prometheus       string
	Alertmanager     string
	Rules            func(p *Program) string
	Targets          func(p *Program) string
}

var inContainers = place{
	Container: true, NativeHistograms: true,
	Prometheus: "prometheus:9090", Alertmanager: "alertmanager:9093",
	Rules:   func(p *Program) string { return "/etc/prometheus/rules/" + bundle.Folder(p.Name) },
	Targets: func(p *Program) string { return strings.TrimPrefix(TargetsFile(p.Name), "prometheus/") },
}

// sheet is what the templates are filled in with.
type sheet struct {
	place
	Name                          string
	Images                        map[string]string
	Programs                      []row
	Scrape, Evaluation, Retention string
	Logs, Production              bool
	Home                          string
	Secrets                       []string
}

type row struct {
	Name, Job, Folder, Out, Rules, TargetsFile string
	Native                                     bool
}

// A container is what the template of the hardening of a service is filled in with.
type container struct {
	Production      bool
	Service, Memory string
	Networks        []string
}

// With describes a service whose memory is limited by an environment variable of its name.
func (s *sheet) With(service, memory string, networks ...string) container {
	return container{s.Production, service, memory, networks}
}

func (s *Stack) sheet(at place) *sheet {
	scrape := cmp.Or(s.Scrape, 15*time.Second)
	out := &sheet{
		place: at, Name: s.name(), Images: Images, Logs: s.Logs, Production: s.Production,
		Scrape: duration(scrape), Evaluation: duration(cmp.Or(s.Evaluation, scrape)), Retention: duration(cmp.Or(s.Retention, 15*24*time.Hour)),
	}
	for i := range s.Programs {
		p := &s.Programs[i]
		out.Programs = append(out.Programs, row{p.Name, cmp.Or(p.Job, p.Name), bundle.Folder(p.Name), p.Out, at.Rules(p), at.Targets(p), p.Native})
	}
	if s.Home != "" && len(s.Programs) > 0 {
		out.Home = "/var/lib/grafana/dashboards/" + bundle.Folder(s.Programs[0].Name) + "/" + s.Home + ".json"
	}
	for _, secret := range Secrets {
		out.Secrets = append(out.Secrets, secret.Name)
	}
	return out
}

// name returns the name of the Compose project, which containers are called by.
func (s *Stack) name() string {
	if len(s.Programs) == 1 {
		return bundle.Folder(s.Programs[0].Name)
	}
	return "dashgen"
}

// duration writes a duration as Prometheus reads it.
func duration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day && d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d%time.Second == 0:
		return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}

// execute fills in a template.
func execute(name string, s *sheet) ([]byte, error) {
	var out bytes.Buffer
	if err := parsed.ExecuteTemplate(&out, name, s); err != nil {
		return nil, fmt.Errorf("write %s: %w", strings.TrimSuffix(name, ".tmpl"), err)
	}
	return out.Bytes(), nil
}

// Files returns the files that are generated, by slash-separated path below the folder of
// the stack.
func (s *Stack) Files() (map[string][]byte, error) {
	sheet := s.sheet(inContainers)
	names := map[string]string{
		"compose.yaml":                                  "compose.yaml.tmpl",
		"prometheus/prometheus.yml":                     "prometheus.yml.tmpl",
		"grafana/provisioning/datasources/dashgen.yaml": "datasources.yaml.tmpl",
	}
	if s.Logs {
		names["loki/loki.yaml"] = "loki.yaml.tmpl"
		names["alloy/config.alloy"] = "config.alloy.tmpl"
	}
	files := map[string][]byte{".gitignore": []byte("# Code generated by dashgen. DO NOT EDIT.\n/.run/\n/logs/\n/secrets/\n")}
	for file, template := range names {
		data, err := execute(template, sheet)
		if err != nil {
			return nil, err
		}
		files[file] = data
	}
	for i := range s.Programs {
		name := s.Programs[i].Name
		wrapped, err := bundle.Provisioning(name)
		if err != nil {
			return nil, err
		}
		files["grafana/provisioning/dashboards/"+bundle.Folder(name)+".yaml"] = wrapped[bundle.DashboardsFile]
	}
	return files, nil
}

// Yours returns the files that are written once and belong to who runs the stack: targets,
// receivers, ports.
func (s *Stack) Yours() (map[string][]byte, error) {
	files := map[string][]byte{"alertmanager/alertmanager.yml": []byte(alertmanagerYML), ".env": []byte(env)}
	if s.Production {
		files["alertmanager/alertmanager.yml"] = []byte(alertmanagerProduction)
		files[".env"] = []byte(envProduction)
	}
	if len(s.Alertmanager) > 0 {
		webhook := ""
		if s.Production {
			webhook = webhookFile
		}
		data, err := bundle.Receivers(receiversHead, s.Alertmanager, webhook)
		if err != nil {
			return nil, err
		}
		files["alertmanager/alertmanager.yml"] = data
	}
	for _, p := range s.Programs {
		targets := p.Targets
		if len(targets) == 0 {
			targets = []string{"localhost:8080"}
		}
		file := &bytes.Buffer{}
		fmt.Fprintf(file, "# Where %s serves /metrics, as seen from this machine. Prometheus reads changes at once.\n"+
			"# From containers a program is reached that listens on all addresses, not on 127.0.0.1 only.\n"+
			"# Another path or scheme: labels: {__metrics_path__: /debug/metrics, __scheme__: https}\n- targets:\n", p.Name)
		for _, target := range targets {
			text, _ := quote(target)
			fmt.Fprintf(file, "    - %s\n", text)
		}
		files[TargetsFile(p.Name)] = file.Bytes()
	}
	return files, nil
}

// webhookFile is where the address that a production stack posts alerts to is read from.
const webhookFile = "/run/secrets/alertmanager_webhook_url"

const receiversHead = `# Who is told of alerts. This file is yours: dashgen writes it once.
# See https://prometheus.io/docs/alerting/latest/configuration/
`

const alertmanagerYML = receiversHead + `route:
  receiver: page
  group_by: [alertname, job]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 4h
receivers:
  # Nobody yet: alerts are seen on Alertmanager's page.
  - name: page
  # - name: team
  #   webhook_configs:
  #     - url: http://localhost:8081/alerts
`

const alertmanagerProduction = receiversHead + `route:
  receiver: team
  group_by: [alertname, job]
  repeat_interval: 4h
receivers:
  - name: team
    webhook_configs:
      - url_file: ` + webhookFile + `
`

const env = `# Ports on the loopback address. This file is yours: dashgen writes it once.
PROMETHEUS_PORT=9090
ALERTMANAGER_PORT=9093
GRAFANA_PORT=3000
`

const envProduction = `# This file is yours: dashgen writes it once.
# The address that people open. A proxy in front may take it to GRAFANA_LISTEN:GRAFANA_PORT.
GRAFANA_URL=https://localhost:3000
GRAFANA_LISTEN=127.0.0.1
GRAFANA_PORT=3000
# Most memory that each service takes.
PROMETHEUS_MEMORY=2g
GRAFANA_MEMORY=512m
`

// Services returns the names of the services, sorted.
func (s *Stack) Services() []string {
	list := []string{"alertmanager", "grafana", "prometheus"}
	if s.Logs {
		list = append(list, "alloy", "loki")
	}
	slices.Sort(list)
	return list
}
