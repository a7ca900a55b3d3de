package rules

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
)

// An alert leads to its runbook and to the panel that plots it: one of its own before one
// that it shares.
func TestLinks(t *testing.T) {
	groups := []plan.Group{{Name: "g", Rules: []plan.Rule{
		{Alert: "A b", Expr: "x > 1"},
		{Alert: "Own", Expr: "x > 2", Annotations: map[string]string{"runbook_url": "https://example.org/own", "dashboard_url": "https://example.org/board"}},
		{Alert: "NoPanel", Expr: "x > 3"},
		{Record: "r", Expr: "x"},
	}}}
	boards := []plan.Board{
		{UID: "first", Rows: []plan.Row{{Panels: []plan.Panel{{ID: 1, Alerts: []string{"Own", "A b"}}}}}},
		{UID: "second", Rows: []plan.Row{{Panels: []plan.Panel{{ID: 2, Alerts: []string{"A b"}}, {ID: 3, Alerts: []string{"A b"}}}}}},
	}
	files, err := Files(groups, boards, &config.Config{RunbookURL: "https://runbooks.example.org/x/", GrafanaURL: "https://grafana.example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	const want = Header + `groups:
  - name: g
    rules:
      - alert: A b
        expr: x > 1
        annotations:
          dashboard_url: https://grafana.example.org/d/second?viewPanel=2
          runbook_url: https://runbooks.example.org/x/A%20b
      - alert: Own
        expr: x > 2
        annotations:
          dashboard_url: https://example.org/board
          runbook_url: https://example.org/own
      - alert: NoPanel
        expr: x > 3
        annotations:
          runbook_url: https://runbooks.example.org/x/NoPanel
      - record: r
        expr: x
`
	if got := string(files["rules/g.rules.yaml"]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	bare, err := Files(groups, boards, &config.Config{})
	if err != nil || strings.Contains(string(bare["rules/g.rules.yaml"]), "grafana.example.org") {
		t.Errorf("without addresses: %v\n%s", err, bare["rules/g.rules.yaml"])
	}
}

// Groups are sorted, and shuffled input gives the same bytes.
func TestSorted(t *testing.T) {
	for _, a := range corpus(t) {
		if !slices.IsSortedFunc(a.groups, func(x, y plan.Group) int { return strings.Compare(x.Name, y.Name) }) {
			t.Errorf("%s: groups are not sorted", a.file)
		}
		signals := plan.Signals(a.schema, a.cfg)
		rand.Shuffle(len(signals), func(i, j int) { signals[i], signals[j] = signals[j], signals[i] })
		again, _ := Derive(signals, a.schema, a.cfg)
		if text(again) != text(a.groups) {
			t.Errorf("%s: in another order of signals the rules are\n%s", a.file, text(again))
		}
	}
}

// promtool accepts every rule of the corpus.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not on PATH; Debian's package prometheus has it")
	}
	args := []string{"check", "rules"}
	dir := t.TempDir()
	for i, a := range corpus(t) {
		files, err := Files(a.groups, nil, &config.Config{RunbookURL: "https://runbooks.example.org"})
		if err != nil {
			t.Fatal(a.file, err)
		}
		for name, data := range files {
			file := filepath.Join(dir, fmt.Sprint(i)+filepath.Base(name))
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
	}
	if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// What the configuration accepts becomes a file that Prometheus accepts, or a finding;
// never half a file, an error or a panic.
func FuzzConfigured(f *testing.F) {
	for _, seed := range [][5]string{
		{"shop", "Down", "severity", "critical", "x > 1"},
		{"", "", "__name__", "{{ $value }}", "x"},
		{"a: b\n- c", "#!|>&*%@`", "a", "{{ broken", "x\n>\n1"},
		{"../../etc", "\x00\x7f\u2028\ufeff", "a", "\"'\\", "rate(x[$__range]) > 1"},
		{"CON", "ünïcödé 🔥", "le", " leading and trailing ", "# only a comment"},
		{"null", "true", "on", "~", "1"},
		{"\xff\xfe", "\xff", "a", "\xff", "x{a=\"\xff\"}"},
		{"0x1f", "1e3", "y", "2027-01-01", "vector(1)"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	f.Fuzz(configuredIsWritten)
}

// Nasty pieces put together at random.
func TestConfigured(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", "B", "_", "-", " ", "/", ".", ":", "\"", "'", "\\", "\n", "\t", "{{", "}}", "$value", "{", "}", "#", "!", "&", "*", "%", "é", "🔥", "\x00", "\xff", "\u2028", "0", "~", "null", "[", ">", "|"}
	word := func() string {
		var b strings.Builder
		for range rng.IntN(5) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		return b.String()
	}
	for range 300 {
		configuredIsWritten(t, word(), word(), "a"+word(), word(), "x > "+word()+"1")
		configuredIsWritten(t, word(), "A", "a", word(), "x > 1")
	}
}

func configuredIsWritten(t *testing.T, group, alert, key, value, expr string) {
	rule := map[string]any{"alert": alert, "expr": expr, "for": "5m", "labels": map[string]string{key: value}, "annotations": map[string]string{key: value, "summary": value}}
	data, err := yaml.Marshal(map[string]any{"version": 1, "name": group, "job": value, "alerts": []any{
		map[string]any{"name": group, "rules": []any{rule, map[string]any{"record": alert, "expr": expr}}},
		map[string]any{"name": value, "rules": []any{rule}},
	}})
	if err != nil {
		t.Skip(err)
	}
	cfg, refused := config.Parse("dashgen.yaml", data) // its findings are about keys that it left out
	s := metrics(t, "gauge shop_db_connected Whether it is connected.")
	groups, findings := Derive(plan.Signals(s, cfg), s, cfg)
	files, err := Files(groups, nil, cfg)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if len(files) != len(groups) {
		t.Fatalf("%d groups became %d files", len(groups), len(files))
	}
	for name, data := range files {
		if bad := strings.Trim(strings.TrimPrefix(name, "rules/"), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"); bad != "" {
			t.Errorf("file name %q", name)
		}
		if _, errs := rulefmt.Parse(data, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler)); len(errs) > 0 {
			t.Errorf("%v\n%s", errs, data)
		}
	}
	wrote := string(bytes.Join(slices.Collect(maps.Values(files)), nil))
	if strings.Count(wrote, "expr:") < len(cfg.Alerts) && len(findings)+len(refused) == 0 {
		t.Errorf("a rule is neither written nor a finding:\n%s", data)
	}
}

// Annotations of derived alerts say what names and helps say, whatever is in them.
func TestLiteral(t *testing.T) {
	s := metrics(t, "gauge shop_db_connected Whether {{ it }} is \"connected\": yes.")
	cfg := config.Default()
	cfg.Name, cfg.Job = "shop", `a{{b}}"c\`
	groups, findings := Derive(plan.Signals(s, cfg), s, cfg)
	if len(findings) > 0 || len(groups) != 1 || len(groups[0].Rules) != 3 {
		t.Fatal(text(groups), findings)
	}
	a := &archive{cfg: cfg, groups: groups}
	got := a.run(t, "shop_db_connected 0x10\nup{job=\"a{{b}}\\\"c\\\\\",instance=\"x\"} 0x10")
	if !strings.Contains(got, "firing ShopTargetDown") || !strings.Contains(got, "firing ShopNoTargetUp") || !strings.Contains(got, "firing ShopDbNotConnected") {
		t.Error(got)
	}
}

func TestCamel(t *testing.T) {
	for s, want := range map[string]string{
		"a_b-c": "ABC", "node_exporter": "NodeExporter", "HTTP_errors": "HttpErrors", "über_maß": "ÜberMaß", "x__y": "XY", "{}": "", "2fa": "2fa", "a\xffb": "AB",
	} {
		if got := camel(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
}

// Every derived expression parses, and Window and Hold are what they say.
func TestPass(t *testing.T) {
	p := &Pass{Config: config.Default()}
	if p.Window() != "5m" || p.Hold(time.Minute) != time.Minute || p.Identity("a") != "job, instance, a" || p.Target() != "{{ $labels.instance }}" {
		t.Error(p.Window(), p.Hold(time.Minute), p.Identity("a"), p.Target())
	}
	p.Config.Intervals = config.Intervals{Scrape: 2 * time.Minute, Evaluation: time.Minute}
	p.Config.TargetLabels = []string{"job", "pod"}
	if p.Window() != "8m" || p.Hold(time.Minute) != 2*time.Minute || p.Identity() != "job, pod" || p.Target() != "{{ $labels.pod }}" {
		t.Error(p.Window(), p.Hold(time.Minute), p.Identity(), p.Target())
	}
	for _, a := range corpus(t) {
		for _, g := range a.groups {
			for _, r := range g.Rules {
				if _, err := query.Parse(r.Expr); err != nil {
					t.Errorf("%s: %v", r.Expr, err)
				}
			}
		}
	}
}
