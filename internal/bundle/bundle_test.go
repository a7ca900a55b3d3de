package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/jsonnet"
	"github.com/dashgen/dashgen/internal/query"
)

// generated returns what dashgen generates for an example.
func generated(t *testing.T, system string) Files {
	t.Helper()
	files := Files{}
	root := filepath.Join("..", "..", "generated", system)
	for _, pattern := range []string{"dashboards/*.json", "rules/*.yaml"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rel, _ := filepath.Rel(root, name)
			files[filepath.ToSlash(rel)] = data
		}
	}
	maps.DeleteFunc(files, func(_ string, data []byte) bool { return len(data) > 200_000 }) // which take seconds to evaluate
	return files
}

// systems have recorded series, Loki and variables of every kind between them.
var systems = []string{"kaizen", "kimberlite", "zerostate"}

// evaluate returns what a mixin's fields are with the configuration.
func evaluate(t *testing.T, files Files, config string) map[string]any {
	t.Helper()
	mixin, err := Mixin(files)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mixin["main.jsonnet"] = fmt.Appendf(nil, "(import 'mixin/mixin.libsonnet') + { _config+:: %s }", config)
	for name, data := range mixin {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := jsonnet.Serve(dir, "main.jsonnet", input.MixinFields(), &out); err != nil {
		t.Fatal(err)
	}
	var res jsonnet.Result
	if err := json.Unmarshal(out.Bytes(), &res); err != nil {
		t.Fatal(err)
	}
	if res.Finding != nil || len(res.Lint) > 0 {
		t.Fatalf("%v\n%v", res.Finding, res.Lint)
	}
	again, err := jsonnet.Format("mixin.libsonnet", mixin["mixin/mixin.libsonnet"])
	if err != nil || !bytes.Equal(again, mixin["mixin/mixin.libsonnet"]) {
		t.Errorf("the formatter would change it: %v", err)
	}
	var value map[string]any
	if err := json.Unmarshal(res.Value, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestMixin: a mixin evaluates to the dashboards and rules that it was made of.
func TestMixin(t *testing.T) {
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			files := generated(t, system)
			value := evaluate(t, files, "{}")
			boards := map[string]any{}
			for _, name := range files.dashboards() {
				var board any
				if err := json.Unmarshal(files[name], &board); err != nil {
					t.Fatal(err)
				}
				boards[filepath.Base(name)] = board
			}
			if !reflect.DeepEqual(value["grafanaDashboards"], any(boards)) {
				t.Error("the dashboards are others")
			}
			want := map[string]int{}
			for _, name := range files.rules() {
				var doc struct{ Groups []any }
				if err := yaml.Unmarshal(files[name], &doc); err != nil {
					t.Fatal(err)
				}
				for _, g := range doc.Groups {
					want[plain(t, g)]++
				}
			}
			for _, field := range []string{"prometheusAlerts", "prometheusRules"} {
				for _, g := range value[field].(map[string]any)["groups"].([]any) {
					text := plain(t, g)
					if strings.Contains(text, `"alert"`) != (field == "prometheusAlerts") {
						t.Errorf("%s: %s", field, text)
					}
					if want[text]--; want[text] < 0 {
						t.Errorf("%s: no rule file has %s", field, text)
					}
				}
			}
			for text, n := range want {
				if n > 0 {
					t.Errorf("missing: %s", text)
				}
			}
		})
	}
}

func plain(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestMixinConfig: what _config says is in every selector that it belongs to, and nothing
// else changes.
func TestMixinConfig(t *testing.T) {
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			files := generated(t, system)
			m, err := readMixin(files)
			if err != nil {
				t.Fatal(err)
			}
			value := evaluate(t, files, `{ selector: 'env="a%(b)s"', clusterLabel: 'zone' }`)
			set, findings := input.ParseMixin(input.Mixin{File: "main.jsonnet", Value: []byte(plain(t, value))})
			if len(findings) > 0 || len(set.Dashboards) != len(files.dashboards()) {
				t.Fatalf("%d dashboards, %v", len(set.Dashboards), findings)
			}
			checked := 0
			check := func(q input.Query, want ...string) {
				e, err := query.Parse(q.Expr)
				if err != nil || q.Datasource != "prometheus" || q.Owner == `variable "cluster"` {
					return
				}
				for _, s := range query.Selectors(e) {
					for _, matcher := range want {
						has := strings.Contains(q.Expr[s.Offset:s.End], matcher)
						if checked++; has == (m.recorded[s.Name] || strings.HasPrefix(s.Name, "ALERTS")) {
							t.Errorf("%s: %s: has %s: %v", q.Owner, q.Expr, matcher, has)
						}
					}
				}
			}
			for _, r := range set.Rules {
				for _, q := range r.Queries {
					check(q, `env="a%(b)s"`)
				}
			}
			for _, d := range set.Dashboards {
				for _, q := range d.Queries {
					check(q, `env="a%(b)s"`, `zone=~"$cluster"`)
				}
			}
			if checked < 50 {
				t.Errorf("%d selectors checked", checked)
			}
			for name, board := range value["grafanaDashboards"].(map[string]any) {
				var queries []string
				each(board.(map[string]any)["templating"].(map[string]any)["list"], func(v map[string]any) {
					if v["type"] == "query" {
						queries = append(queries, fmt.Sprint(v["name"], " ", v["query"]))
					}
				})
				if len(queries) < 2 || !strings.HasPrefix(queries[0], "cluster label_values(") || !strings.HasSuffix(queries[0], `{env="a%(b)s"}, zone)`) {
					t.Errorf("%s: variables %q", name, queries)
				}
				for _, q := range queries[1:] {
					if !strings.Contains(q, `env="a%(b)s",zone=~"$cluster"}, `) {
						t.Errorf("%s: variable %s", name, q)
					}
				}
			}
		})
	}
}

// TestKubernetes: what dashgen reads of the resources is what it reads of the files.
func TestKubernetes(t *testing.T) {
	for _, system := range systems {
		files := generated(t, system)
		all, err := Kubernetes(files, system)
		if err != nil {
			t.Fatal(err)
		}
		for folder, from := range map[string][]string{"k8s/rules/": files.rules(), "k8s/sidecar/": files.dashboards(), "k8s/grafana-operator/": files.dashboards()} {
			wrapped, plain := Files{}, Files{}
			for name, data := range all {
				if strings.HasPrefix(name, folder) {
					wrapped[name] = data
				}
			}
			for _, name := range from {
				plain[name] = files[name]
			}
			if got, want := exprs(t, wrapped), exprs(t, plain); got != want || want == "" {
				t.Errorf("%s: read\n%s\nwant\n%s", folder, got, want)
			}
		}
	}
}

// exprs returns what dashgen reads of files, sorted, a line a query.
func exprs(t *testing.T, files Files) string {
	t.Helper()
	var lines []string
	for name, data := range files {
		set, findings := input.Parse(name, data)
		if len(findings) > 0 {
			t.Errorf("%s: %v", name, findings)
		}
		var queries []input.Query
		for _, d := range set.Dashboards {
			lines = append(lines, d.UID+" "+d.Title)
			queries = append(queries, d.Queries...)
		}
		for _, r := range set.Rules {
			queries = append(queries, r.Queries...)
		}
		for _, q := range queries {
			lines = append(lines, q.Owner+" "+q.Datasource+" "+q.Expr)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestKubernetesRefuses: a resource that Kubernetes would refuse, or that replaces another,
// is an error that says which.
func TestKubernetesRefuses(t *testing.T) {
	for want, files := range map[string]Files{
		"k8s/sidecar/big.yaml: 1":                          {"dashboards/big.json": fmt.Appendf(nil, `{"title": %q}`, strings.Repeat("x", maxObject))},
		"another ConfigMap has the name a-b in Kubernetes": {"dashboards/a_b.json": []byte("{}"), "dashboards/A-b.json": []byte("{}")},
	} {
		if _, err := Kubernetes(files, "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for name, want := range map[string]string{"Shop_API v2": "shop-api-v2", "_": "x", strings.Repeat("a", 300): strings.Repeat("a", 253)} {
		if got := objectName(name); got != want {
			t.Errorf("objectName(%q) = %q", name, got)
		}
	}
}

// TestProvisioning: both files are YAML with the program's name in place.
func TestProvisioning(t *testing.T) {
	all, err := Provisioning(`a "b": c`)
	if err != nil {
		t.Fatal(err)
	}
	var grafana struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type string
			Options            struct{ Path string }
		}
	}
	if err := yaml.Unmarshal(all["provisioning/dashboards.yaml"], &grafana); err != nil || grafana.APIVersion != 1 || len(grafana.Providers) != 1 {
		t.Fatalf("%v, %+v", err, grafana)
	}
	if p := grafana.Providers[0]; p.Folder != `a "b": c` || p.Type != "file" || p.Options.Path != "/var/lib/grafana/dashboards/a--b---c" {
		t.Errorf("%+v", p)
	}
	var prometheus struct {
		RuleFiles []string `yaml:"rule_files"`
	}
	if err := yaml.Unmarshal(all["provisioning/prometheus.yaml"], &prometheus); err != nil || len(prometheus.RuleFiles) != 1 {
		t.Errorf("%v, %+v", err, prometheus)
	}
}
