package prove

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/schema"
)

// system reads what is generated for one of the five systems.
func system(t *testing.T, name string) (*query.World, []engine.Group) {
	t.Helper()
	dir := filepath.Join("..", "..", "generated", name)
	data, err := os.ReadFile(filepath.Join(dir, "metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.Parse("metrics.json", data)
	if err != nil {
		t.Fatal(err)
	}
	w := &query.World{Schema: s, Targets: query.DefaultTargets, Prometheus: "2.42"}
	files, err := filepath.Glob(filepath.Join(dir, "rules", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var groups []engine.Group
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rules, findings := input.ParseRules(f, data)
		if rules == nil {
			t.Fatal(findings)
		}
		groups = append(groups, ruletest.Groups(rules.Groups)...)
	}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				w.Recorded = append(w.Recorded, query.Recording{Name: r.Record, Expr: r.Expr, Labels: r.Labels})
			}
		}
	}
	return w, groups
}

// TestProven holds that every alert of a system is shown to fire and to stay quiet, that the
// tests pass as dashgen runs them and as promtool does, and
// that at least nine of ten changes of the alerts do not go unnoticed.
func TestProven(t *testing.T) {
	const name, group = "zerostate", "zerostate"
	w, groups := system(t, name)
	p := New(w, groups)
	f := p.File(group)
	proofs := p.Prove(t.Context(), p.Alerts(group), f.Evaluation)
	f.Tests = Tests(proofs)
	for _, proof := range proofs {
		if !proof.Proven() {
			t.Errorf("alert %s is not proven: %s", proof.Alert, proof.Reason)
		}
	}
	rules, err := filepath.Abs(filepath.Join("..", "..", "generated", name, "rules", group+".rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	f.RuleFiles = []ruletest.Pattern{{Glob: rules}}
	file := filepath.Join(t.TempDir(), "x_test.yaml")
	text := ruletest.Format("# made by a test\n", f)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	parsed, findings := ruletest.Parse(file, text)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	loaded, findings, err := parsed.Groups()
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	for _, r := range parsed.Run(t.Context(), loaded) {
		for _, failure := range r.Failures {
			t.Errorf("%s: %s\n%s", r.Name(), failure.Message, strings.Join(failure.Lines, "\n"))
		}
	}
	if promtool, err := exec.LookPath("promtool"); err == nil {
		if out, err := exec.Command(promtool, "test", "rules", file).CombinedOutput(); err != nil {
			t.Errorf("promtool: %v\n%s", err, out)
		}
	}
	mutants := Mutate(t.Context(), w, loaded, []Suite{{parsed, loaded}})
	score := Count(mutants)
	t.Logf("%d killed, %d survived, %d equivalent", score.Killed, score.Survived, score.Equivalent)
	if score.Percent() < 90 || score.NotRun > 0 {
		for _, m := range mutants {
			if m.Fate == Survived {
				t.Logf("%s: %s: %s", m.Alert, m.What, m.Why)
			}
		}
		t.Errorf("%.0f%% of the mutants are killed", score.Percent())
	}
}

// TestAlert says of single expressions what is proven of them.
func TestAlert(t *testing.T) {
	for expr, want := range map[string]string{
		`absent(up{job="x"})`: "",
		`x_total > 3 and on (job) predict_linear(x_free_bytes[10m], 3600) < 0`: "",
		`changes(x_state[15m]) > 3`:                        "",
		`time() - x_last_success_timestamp_seconds > 3600`: "",
		`x > 5 unless on (job) y == 1`:                     "",
		`x > 5 and x < 4`:                                  "none of 2000 scenarios makes it fire",
		`x @ 0 > 5`:                                        "the @ modifier looks at a time that a test does not choose",
		`vector(1) > 0`:                                    "no scenario keeps it quiet",
	} {
		r := engine.Rule{Alert: "X", Expr: expr, For: 2 * time.Minute}
		p := New(&query.World{Targets: query.DefaultTargets}, []engine.Group{{Name: "x", Rules: []engine.Rule{r}}})
		proofs := p.Prove(t.Context(), []engine.Rule{r}, p.File("x").Evaluation)
		if got := proofs[0].Reason; got != want {
			t.Errorf("%s: %q, not %q", expr, got, want)
		}
	}
}
