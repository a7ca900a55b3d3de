package bundle

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

var alerting = Alerting{Program: "shop", Job: "shop", Datasource: "metrics", Evaluation: 15 * time.Second, Plots: map[string]Plot{"HighErrorRate": {"board", 7}}}

func read[T any](t *testing.T, data []byte) T {
	t.Helper()
	var v T
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

type provisioned struct {
	APIVersion int            `yaml:"apiVersion"`
	Groups     []grafanaGroup `yaml:"groups"`
}

// Every alert of the rule files is Grafana's, too, with the same expression, under a uid of
// its own that nothing but its program and title make.
func TestGrafanaAlerting(t *testing.T) {
	uid := regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)
	for _, system := range systems {
		files := generated(t, system)
		want := map[string]int{}
		for _, name := range files.rules() {
			groups, err := files.alerts(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups {
				for _, r := range g.Rules {
					want[r.Expr+r.For.String()+r.Labels["severity"]]++
				}
			}
		}
		out, err := GrafanaAlerting(files, alerting)
		if err != nil {
			t.Fatal(err)
		}
		uids, titles := map[string]bool{}, map[string]bool{}
		for name, data := range out {
			p := read[provisioned](t, data)
			for _, g := range p.Groups {
				every, err := time.ParseDuration(g.Interval)
				if err != nil || every < 10*time.Second || every%(10*time.Second) != 0 || g.Folder != "shop" {
					t.Errorf("%s: group %s is evaluated every %s in folder %s", name, g.Name, g.Interval, g.Folder)
				}
				for _, r := range g.Rules {
					want[r.Data[0].Model["expr"].(string)+r.For+r.Labels["severity"]]--
					if uids[r.UID] || titles[r.Title] || !uid.MatchString(r.UID) || r.UID != uidOf("shop", r.Title) {
						t.Errorf("%s: %s has the uid %s", name, r.Title, r.UID)
					}
					uids[r.UID], titles[r.Title] = true, true
					if r.Data[0].DatasourceUID != "metrics" || r.Data[len(r.Data)-1].RefID != r.Condition {
						t.Errorf("%s: %s asks %+v", name, r.Title, r.Data)
					}
					for _, text := range r.Annotations {
						if strings.Contains(text, "$") {
							t.Errorf("%s: %s: Grafana would look for a variable of the environment in %s", name, r.Title, text)
						}
					}
				}
			}
		}
		for expr, n := range want {
			if n != 0 {
				t.Errorf("%s: %d times too few: %s", system, n, expr)
			}
		}
	}
}

func TestGrafanaRule(t *testing.T) {
	files := Files{"rules/a.rules.yaml": []byte(`groups:
  - name: a
    interval: 1m
    rules:
      - {record: x, expr: y}
      - {alert: HighErrorRate, expr: x > 1, for: 5m, keep_firing_for: 10m, labels: {severity: critical}, annotations: {summary: "{{ $labels.job }}: $5, {{ $value | humanize }}"}}
      - {alert: HighErrorRate, expr: x > 2, labels: {severity: warning}}
      - {alert: HighErrorRate, expr: x > 3, labels: {severity: warning}}
`)}
	out, err := GrafanaAlerting(files, alerting)
	if err != nil || len(out) != 1 {
		t.Fatalf("%v, %v", out, err)
	}
	g := read[provisioned](t, out["grafana-alerting/a.yaml"]).Groups[0]
	var titles []string
	for _, r := range g.Rules {
		titles = append(titles, r.Title)
	}
	if want := []string{"HighErrorRate", "HighErrorRate (warning)", "HighErrorRate (warning) 2"}; !slices.Equal(titles, want) {
		t.Errorf("titles %q, want %q", titles, want)
	}
	r := g.Rules[0]
	if r.For != "5m" || r.Keep != "10m" || r.DashboardUID != "board" || r.PanelID != 7 || g.Interval != "1m" {
		t.Errorf("%+v", r)
	}
}

func TestGrafanaTemplate(t *testing.T) {
	for text, want := range map[string]string{
		"no template, $5":                       "no template, $5",
		"{{ $labels.job }} has $value":          "{{ .Labels.job }} has $value",
		"{{ $value | humanize }}":               `{{ (index .Values "A").Value | humanize }}`,
		"{{ .Value }}":                          `{{ (index .Values "A").Value }}`,
		"{{ with $labels.job }}{{ . }}{{ end}}": "{{ with $$labels.job }}{{ . }}{{ end}}",
	} {
		if got := grafanaTemplate(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// The example for Alertmanager is one that it takes, and in it what is worse inhibits what is
// less bad of the same alert and job.
func TestAlertmanager(t *testing.T) {
	type route struct {
		Matchers []string `yaml:"matchers"`
		Receiver string   `yaml:"receiver"`
	}
	type example struct {
		Route struct {
			Routes []route `yaml:"routes"`
		} `yaml:"route"`
		Receivers []struct{ Name string } `yaml:"receivers"`
		Inhibit   []struct {
			Source []string `yaml:"source_matchers"`
			Target []string `yaml:"target_matchers"`
			Equal  []string `yaml:"equal"`
		} `yaml:"inhibit_rules"`
	}
	amtool, err := exec.LookPath("amtool")
	if err != nil {
		t.Log("amtool is not installed: .ci/run has it")
	}
	for _, system := range systems {
		out, err := Alertmanager(generated(t, system), Alerting{Program: `Shop 'n "Co"`, Job: `shop"1`})
		if err != nil {
			t.Fatal(err)
		}
		data := out["alertmanager/alertmanager.yml"]
		var e example
		if err := yaml.Unmarshal(data, &e); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if len(e.Receivers) != len(e.Route.Routes)+1 || len(e.Route.Routes) == 0 {
			t.Errorf("%s: %+v", system, e)
		}
		inhibits := false
		for _, r := range e.Inhibit {
			if !slices.Equal(r.Equal, []string{"alertname", "job"}) {
				t.Errorf("%s: equal %q", system, r.Equal)
			}
			inhibits = inhibits || slices.Equal(r.Source, []string{`severity="critical"`}) && slices.Equal(r.Target, []string{`severity="warning"`})
		}
		if !inhibits {
			t.Errorf("%s: critical does not inhibit warning:\n%s", system, data)
		}
		if amtool == "" {
			continue
		}
		file := filepath.Join(t.TempDir(), "alertmanager.yml")
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), amtool, "check-config", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", system, err, out, data)
		}
	}
}

// Those of two programs become one, whose receivers post to an address.
func TestReceivers(t *testing.T) {
	var examples [][]byte
	for i, system := range systems[:2] {
		out, err := Alertmanager(generated(t, system), Alerting{Program: []string{"shop", `Worker "2", too`}[i], Job: []string{"shop", "work,er"}[i]})
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, out["alertmanager/alertmanager.yml"])
	}
	data, err := Receivers("# Yours.\n", examples, "/run/secrets/url")
	if err != nil {
		t.Fatal(err)
	}
	var c alertmanagerConfig
	if err := yaml.Unmarshal(data, &c); err != nil || !strings.HasPrefix(string(data), "# Yours.\n") {
		t.Fatalf("%v\n%s", err, data)
	}
	for _, r := range c.Receivers {
		if len(r.Webhooks) != 1 {
			t.Errorf("receiver %s tells nobody", r.Name)
		}
	}
	if len(c.Receivers) != len(c.Route.Routes)+1 || len(c.Inhibit) != 3 || c.Route.Receiver != "default" {
		t.Errorf("%s", data)
	}
	amtool, err := exec.LookPath("amtool")
	if err != nil {
		t.Skip("amtool is not installed: .ci/run has it")
	}
	file := filepath.Join(t.TempDir(), "alertmanager.yml")
	data = bytes.ReplaceAll(data, []byte("url_file: /run/secrets/url"), []byte("url: http://localhost/")) // before 0.26 there is no url_file
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), amtool, "check-config", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, data)
	}
}

// Mimir's namespace has the groups of all rule files.
func TestMimir(t *testing.T) {
	for _, system := range systems {
		files := generated(t, system)
		out, err := Mimir(files, "My Shop")
		if err != nil {
			t.Fatal(err)
		}
		got := read[namespace](t, out["mimir/my-shop.yaml"])
		var want []any
		for _, name := range files.rules() {
			want = append(want, read[struct{ Groups []any }](t, files[name]).Groups...)
		}
		if got.Namespace != "My Shop" || plain(t, got.Groups) != plain(t, want) {
			t.Errorf("%s: %s: the groups are others", system, got.Namespace)
		}
	}
}

// What the rule files hold, Thanos' ruler and VictoriaMetrics' vmalert know, both of which
// refuse fields that they do not know.
// Source: thanos-io/thanos pkg/rules/rulespb (RuleGroup), VictoriaMetrics app/vmalert/config (Group, Rule).
func TestRuleFields(t *testing.T) {
	ofGroup := []string{"interval", "limit", "name", "rules"}
	ofRule := []string{"alert", "annotations", "expr", "for", "keep_firing_for", "labels", "record"}
	for _, system := range systems {
		files := generated(t, system)
		for _, name := range files.rules() {
			for _, g := range read[struct{ Groups []map[string]any }](t, files[name]).Groups {
				for field := range g {
					if !slices.Contains(ofGroup, field) {
						t.Errorf("%s: a group has %s", name, field)
					}
				}
				for _, r := range g["rules"].([]any) {
					for field := range r.(map[string]any) {
						if !slices.Contains(ofRule, field) {
							t.Errorf("%s: a rule has %s", name, field)
						}
					}
				}
			}
		}
	}
}
