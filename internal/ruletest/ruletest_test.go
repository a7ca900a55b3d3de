package ruletest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
	"golang.org/x/tools/txtar"
)

// run parses a test file, reads its rules, and runs it. It reports whether all went well,
// as promtool's exit status does.
func run(t *testing.T, name string) (ok bool, report string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	say := func(findings []schema.Finding) (failed bool) {
		for _, f := range findings {
			fmt.Fprintf(&b, "%s: %s\n", f.Pos, f.Message)
			failed = failed || f.Fails()
		}
		return failed
	}
	f, findings := Parse(name, data)
	if say(findings) {
		return false, b.String()
	}
	groups, findings, err := f.Groups()
	if err != nil {
		t.Fatal(err)
	}
	if say(findings) {
		return false, b.String()
	}
	say(f.Unknown(groups))
	ok = true
	for _, r := range f.Run(t.Context(), groups) {
		for _, failure := range r.Failures {
			ok = false
			fmt.Fprintf(&b, "%s: %s\n", failure.Pos, failure.Message)
			for _, line := range failure.Lines {
				fmt.Fprintf(&b, "\t%s\n", line)
			}
		}
	}
	return ok, b.String()
}

// moduleDir returns where the go command keeps a module.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestOwn runs what promtool's own tests run, with the outcome that those hold the pinned
// version to.
// Source: TestRulesUnitTest and TestRulesUnitTestRun in cmd/promtool/unittest_test.go.
func TestOwn(t *testing.T) {
	dir := filepath.Join(moduleDir(t, "github.com/prometheus/prometheus"), "cmd", "promtool", "testdata")
	for name, want := range map[string]bool{
		"unittest.yml":               true,
		"long-period.yml":            true,
		"start-time-test.yml":        true,
		"negative-offset-test.yml":   true,
		"at-modifier-test.yml":       true,
		"no-test-group-interval.yml": true,
		"rules_run_fuzzy.yml":        false, // it holds a test that is to fail
		"bad-input-series.yml":       false,
		"bad-promql.yml":             false,
		"bad-rules-error-test.yml":   false,
		"bad-rules-syntax-test.yml":  false,
		"failing.yml":                false,
		"rules_run_no_fuzzy.yml":     false,
		"rules_run_extrafields.yml":  false,
	} {
		t.Run(name, func(t *testing.T) {
			if ok, report := run(t, filepath.Join(dir, name)); ok != want {
				t.Errorf("passes: %v, promtool: %v\n%s", ok, want, report)
			}
		})
	}
}

// TestCorpus runs the archives of testdata/ruletest: each has NAME_test.yaml files with the
// report that they lead to in NAME_test.txt, an empty one where all passes. promtool on PATH
// must agree whether it passes.
func TestCorpus(t *testing.T) {
	names, err := filepath.Glob("../../testdata/ruletest/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	promtool, _ := exec.LookPath("promtool")
	if promtool == "" {
		t.Log("promtool is not on PATH: nothing is compared with it")
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			want := map[string]string{}
			for _, f := range ar.Files {
				if base, ok := strings.CutSuffix(f.Name, ".txt"); ok {
					want[base] = string(f.Data)
					continue
				}
				if err := os.WriteFile(f.Name, f.Data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			for base, want := range want {
				ok, got := run(t, base+".yaml")
				if strings.TrimSpace(got) != strings.TrimSpace(want) {
					t.Errorf("%s:\n%s\nwant:\n%s", base, got, want)
				}
				if promtool == "" || newer.Match(ar.Comment) {
					continue
				}
				out, err := exec.Command(promtool, "test", "rules", base+".yaml").CombinedOutput()
				if (err == nil) != ok {
					t.Errorf("%s: passes: %v; promtool says:\n%s", base, ok, out)
				}
			}
		})
	}
}

// newer marks an archive that Debian's promtool, or any, cannot be asked about.
var newer = regexp.MustCompile(`(?m)^(newer than promtool 2\.42|not for promtool): .+`)

func FuzzParse(f *testing.F) {
	f.Add([]byte("rule_files: [a]\ntests:\n- interval: 1m\n  input_series: [{series: 'a', values: '1x5'}]\n  promql_expr_test: [{expr: a, eval_time: 1m, exp_samples: [{labels: a, value: 1}]}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, _ := Parse("x.yaml", data)
		if file == nil || len(data) > 1000 {
			return
		}
		for _, test := range file.Tests {
			if test.Interval <= 0 || test.end() > 1000*file.Evaluation || len(test.Input) > 0 {
				return
			}
		}
		file.Run(t.Context(), nil)
	})
}
