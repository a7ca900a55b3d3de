package bundle

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// This file hands alerts to what evaluates or routes them besides Prometheus: Grafana,
// Alertmanager, Mimir.

// An Alerting says what alerts are handed on with.
type Alerting struct {
	Program    string
	Job        string        // of its targets; empty: not known
	Datasource string        // uid of Grafana's data source
	Evaluation time.Duration // interval of groups that have none
	Plots      map[string]Plot
}

// A Plot is the panel that plots an alert.
type Plot struct {
	UID   string // of its dashboard
	Panel int
}

// ruleGroup is a group of a rule file.
type ruleGroup struct {
	Name     string         `yaml:"name"`
	Interval model.Duration `yaml:"interval,omitempty"`
	Rules    []alertRule    `yaml:"rules"`
}

type alertRule struct {
	Alert         string            `yaml:"alert,omitempty"`
	Expr          string            `yaml:"expr"`
	For           model.Duration    `yaml:"for,omitempty"`
	KeepFiringFor model.Duration    `yaml:"keep_firing_for,omitempty"`
	Labels        map[string]string `yaml:"labels,omitempty"`
	Annotations   map[string]string `yaml:"annotations,omitempty"`
}

// alerts returns the groups of a rule file, without what they record.
func (f Files) alerts(name string) ([]ruleGroup, error) {
	node, err := f.groups(name)
	if err != nil {
		return nil, err
	}
	var groups []ruleGroup
	if err := node.Decode(&groups); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	for i := range groups {
		groups[i].Rules = slices.DeleteFunc(groups[i].Rules, func(r alertRule) bool { return r.Alert == "" })
	}
	return slices.DeleteFunc(groups, func(g ruleGroup) bool { return len(g.Rules) == 0 }), nil
}

// A grafanaGroup is a group of Grafana-managed alerts in the format of its provisioning.
// Source: grafana/grafana, pkg/services/provisioning/alerting/rules_types.go
type grafanaGroup struct {
	OrgID    int           `yaml:"orgId"`
	Name     string        `yaml:"name"`
	Folder   string        `yaml:"folder"`
	Interval string        `yaml:"interval"`
	Rules    []grafanaRule `yaml:"rules"`
}

type grafanaRule struct {
	UID          string            `yaml:"uid"`
	Title        string            `yaml:"title"`
	Condition    string            `yaml:"condition"`
	Data         []grafanaQuery    `yaml:"data"`
	DashboardUID string            `yaml:"dashboardUid,omitempty"`
	PanelID      int               `yaml:"panelId,omitempty"`
	NoDataState  string            `yaml:"noDataState"`
	ExecErrState string            `yaml:"execErrState"`
	For          string            `yaml:"for"`
	Keep         string            `yaml:"keepFiringFor,omitempty"`
	Resolve      int               `yaml:"missing_series_evals_to_resolve"`
	Annotations  map[string]string `yaml:"annotations,omitempty"`
	Labels       map[string]string `yaml:"labels,omitempty"`
	IsPaused     bool              `yaml:"isPaused"`
}

type grafanaQuery struct {
	RefID             string         `yaml:"refId"`
	QueryType         string         `yaml:"queryType,omitempty"`
	RelativeTimeRange timeRange      `yaml:"relativeTimeRange"`
	DatasourceUID     string         `yaml:"datasourceUid"`
	Model             map[string]any `yaml:"model"`
}

type timeRange struct {
	From int `yaml:"from"` // seconds
	To   int `yaml:"to"`
}

// GrafanaAlerting returns the alerts as Grafana evaluates them itself, for its folder
// provisioning/alerting:
//
//	grafana-alerting/GROUP.yaml
//
// Whatever the expression returns fires, as with Prometheus, and nothing is no alert. The
// uid of an alert is made of program and title, so that it stays while all else changes.
// Recording rules stay Prometheus'.
func GrafanaAlerting(files Files, a Alerting) (map[string][]byte, error) {
	out := map[string][]byte{}
	taken := map[string]bool{}
	for _, file := range files.rules() {
		groups, err := files.alerts(file)
		if err != nil {
			return nil, err
		}
		var all []grafanaGroup
		for _, g := range groups {
			one := grafanaGroup{OrgID: 1, Name: g.Name, Folder: a.Program, Interval: grafanaInterval(time.Duration(g.Interval), a.Evaluation)}
			for _, r := range g.Rules {
				rule := a.grafana(&r)
				for n := 1; taken[rule.Title]; n++ {
					rule.Title = strings.TrimSuffix(fmt.Sprintf("%s (%s) %d", r.Alert, r.Labels["severity"], n), " 1")
				}
				taken[rule.Title] = true
				rule.UID = uidOf(a.Program, rule.Title)
				one.Rules = append(one.Rules, rule)
			}
			all = append(all, one)
		}
		if len(all) == 0 {
			continue
		}
		name := "grafana-alerting/" + stem(file) + ".yaml"
		if out[name], err = encode(map[string]any{"apiVersion": 1, "groups": all}); err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	return out, nil
}

// grafana returns an alert as Grafana has it: asked of the data source, and firing where
// there is an answer, which its own conversion of Prometheus' rules does in the same way.
// Source: grafana/grafana, pkg/services/ngalert/prom/convert.go
func (a *Alerting) grafana(r *alertRule) grafanaRule {
	expressions := map[string]any{"type": "__expr__", "uid": "__expr__"}
	out := grafanaRule{
		Title: r.Alert, Condition: "C", For: r.For.String(), NoDataState: "OK", ExecErrState: "Error", Resolve: 1,
		Annotations: map[string]string{}, Labels: map[string]string{},
		Data: []grafanaQuery{{
			RefID: "A", RelativeTimeRange: timeRange{From: 600}, DatasourceUID: a.Datasource, Model: map[string]any{
				"refId": "A", "expr": r.Expr, "instant": true, "range": false, "datasource": map[string]any{"type": "prometheus", "uid": a.Datasource},
			},
		}, {
			RefID: "B", QueryType: "math", DatasourceUID: "__expr__", Model: map[string]any{
				"refId": "B", "type": "math", "expression": "is_number($A) || is_nan($A) || is_inf($A)", "datasource": expressions,
			},
		}, {
			RefID: "C", QueryType: "threshold", DatasourceUID: "__expr__", Model: map[string]any{
				"refId": "C", "type": "threshold", "expression": "B", "datasource": expressions,
				"conditions": []any{map[string]any{"evaluator": map[string]any{"type": "gt", "params": []int{0}}}},
			},
		}},
	}
	if r.KeepFiringFor > 0 {
		out.Keep = r.KeepFiringFor.String()
	}
	for name, text := range r.Annotations {
		out.Annotations[name] = grafanaTemplate(text)
	}
	for name, text := range r.Labels {
		out.Labels[name] = grafanaTemplate(text)
	}
	if at, ok := a.Plots[r.Alert]; ok {
		out.DashboardUID, out.PanelID = at.UID, at.Panel
	}
	return out
}

// grafanaInterval returns how often a group is evaluated: Grafana takes multiples of ten
// seconds.
func grafanaInterval(own, otherwise time.Duration) string {
	every := own
	if every == 0 {
		every = otherwise
	}
	const base = 10 * time.Second
	return model.Duration(max(base, (every+base-1)/base*base)).String()
}

// uidOf returns a uid of 20 characters.
func uidOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return fmt.Sprintf("%x", sum[:10])
}

var (
	action    = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	structure = regexp.MustCompile(`^\{\{-?\s*(?:range|with|define|block|template)\b`)
	theLabels = regexp.MustCompile(`\$labels\b`)
	theValue  = regexp.MustCompile(`\$value\b|\.Value\b`)
)

// grafanaTemplate returns a template of Prometheus as one of Grafana, whose $value is a text
// about all queries, and whose provisioning takes $name for a variable of the environment.
// Within range and with the dot is another one: there the dollar stays, doubled.
func grafanaTemplate(text string) string {
	nested := slices.ContainsFunc(action.FindAllString(text, -1), structure.MatchString)
	labels, value := ".Labels", `(index .Values "A").Value`
	if nested {
		labels, value = "$$labels", "$$values.A.Value"
	}
	text = action.ReplaceAllStringFunc(text, func(s string) string {
		s = theValue.ReplaceAllLiteralString(s, value)
		return theLabels.ReplaceAllLiteralString(s, labels)
	})
	return text
}

// severities are the usual ones, the worst first.
var severities = []string{"emergency", "fatal", "disaster", "page", "critical", "error", "high", "ticket", "warning", "low", "info", "none"}

// Alertmanager returns an example of a configuration for Alertmanager, to be merged into
// one's own:
//
//	alertmanager/alertmanager.yml
//
// Each severity of the alerts has a route and a receiver, which is for people to fill in, and
// inhibits the lesser ones of the same alert and job.
// Source: https://prometheus.io/docs/alerting/latest/configuration/
func Alertmanager(files Files, a Alerting) (map[string][]byte, error) {
	found := map[string]bool{}
	for _, file := range files.rules() {
		groups, err := files.alerts(file)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			for _, r := range g.Rules {
				if s := r.Labels["severity"]; s != "" && !strings.Contains(s, "{{") {
					found[s] = true
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString(header)
	b.WriteString("# An example: merge it into your own alertmanager.yml, and say in receivers whom to tell how.\n")
	b.WriteString("route:\n  receiver: default\n  group_by: [alertname, job]\n  group_wait: 30s\n  group_interval: 5m\n  repeat_interval: 12h\n")
	names := ranked(found)
	own := ""
	if a.Job != "" {
		own = ", " + matcher("job", a.Job)
	}
	if len(names) > 0 {
		b.WriteString("  routes:\n")
	}
	for i, s := range names {
		fmt.Fprintf(&b, "    - matchers: [%s%s]\n      receiver: %s\n", matcher("severity", s), own, quoted(a.Program+"-"+s))
		if i == 0 && rank(s) <= rank("critical") {
			b.WriteString("      group_wait: 10s\n      repeat_interval: 1h\n")
		}
	}
	b.WriteString("receivers:\n  - name: default\n")
	for _, s := range names {
		fmt.Fprintf(&b, "  - name: %s\n", quoted(a.Program+"-"+s))
	}
	inhibited := false
	for i, worse := range names {
		for _, lesser := range names[i+1:] {
			if rank(lesser) >= len(severities) {
				continue // how bad it is nobody knows
			}
			if !inhibited {
				b.WriteString("inhibit_rules:\n")
				inhibited = true
			}
			fmt.Fprintf(&b, "  - source_matchers: [%s]\n    target_matchers: [%s]\n    equal: [alertname, job]\n", matcher("severity", worse), matcher("severity", lesser))
		}
	}
	return map[string][]byte{"alertmanager/alertmanager.yml": []byte(b.String())}, nil
}

// ranked returns severities, the worst first; those that are not known last.
func ranked(found map[string]bool) []string {
	var names []string
	for s := range found {
		names = append(names, s)
	}
	slices.Sort(names)
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

func rank(severity string) int {
	if i := slices.Index(severities, strings.ToLower(severity)); i >= 0 {
		return i
	}
	return len(severities)
}

// matcher returns an Alertmanager matcher as a string of YAML.
func matcher(label, value string) string { return quoted(fmt.Sprintf("%s=%q", label, value)) }

// quoted returns a string of YAML.
func quoted(s string) string {
	if !strings.ContainsAny(s, "'\n\t") {
		return "'" + s + "'"
	}
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON
	}
	return string(data)
}

// Mimir returns the rules of all groups as one namespace, which mimirtool rules sync takes:
//
//	mimir/PROGRAM.yaml
//
// Thanos' ruler and VictoriaMetrics' vmalert read the files of rules/ as they are.
// Source: https://grafana.com/docs/mimir/latest/manage/tools/mimirtool/#rules
func Mimir(files Files, program string) (map[string][]byte, error) {
	var groups []any
	for _, file := range files.rules() {
		node, err := files.groups(file)
		if err != nil {
			return nil, err
		}
		var list []any
		for _, item := range node.Content {
			list = append(list, item)
		}
		groups = append(groups, list...)
	}
	data, err := encode(namespace{program, groups})
	if err != nil {
		return nil, fmt.Errorf("write rules for Mimir: %w", err)
	}
	return map[string][]byte{"mimir/" + objectName(program) + ".yaml": data}, nil
}

type namespace struct {
	Namespace string `yaml:"namespace"`
	Groups    []any  `yaml:"groups"`
}
