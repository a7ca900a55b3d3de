// Package dashlint holds what dashgen generates against Grafana's own dashboard-linter.
//
// It is a module of its own, so that what it needs (Loki and Kubernetes among it) is no
// business of dashgen's. Newer versions of the linter do not build, since they need
// modules that do not download. Run it with
//
//	cd internal/oracle/dashlint && go test .
package dashlint

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/grafana/dashboard-linter/lint"
)

// mayBeExcluded are the rules that dashgen may leave unheeded: a selector has no matcher
// on a label that its series lack, a board no variable for a label that none of its
// queries selects by, and windows stay as people wrote them.
var mayBeExcluded = []string{"target-instance-rule", "target-job-rule", "target-rate-interval-rule", "template-instance-rule", "template-job-rule"}

func TestGenerated(t *testing.T) {
	files, err := filepath.Glob("../../../generated/*/dashboards/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d boards, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { check(t, file) })
	}
}

func check(t *testing.T, file string) {
	config := lint.NewConfigurationFile()
	if err := config.Load(filepath.Join(filepath.Dir(file), ".lint")); err != nil {
		t.Fatal(err)
	}
	if len(config.Warnings) > 0 {
		t.Errorf(".lint lowers rules to warnings: %v", slices.Collect(maps.Keys(config.Warnings)))
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range results(t, data, config) {
		for _, r := range res.Result.Results {
			if r.Severity >= lint.Warning {
				t.Errorf("%s: %s", res.Rule.Name(), r.Message)
			}
		}
	}
	broken := results(t, data, lint.NewConfigurationFile())
	for rule, entries := range config.Exclusions {
		if !slices.Contains(mayBeExcluded, rule) || entries == nil || len(entries.Entries) == 0 {
			t.Errorf(".lint: %s may not be excluded", rule)
			continue
		}
		for _, e := range entries.Entries {
			if e.Reason == "" || e.Dashboard == "" {
				t.Errorf(".lint: an exclusion from %s without a reason or a dashboard: %+v", rule, e)
			}
			if broken[0].Dashboard.Title == e.Dashboard && !slices.ContainsFunc(broken, func(res lint.ResultContext) bool {
				return res.Rule.Name() == rule && e.IsMatch(res) && fails(res)
			}) {
				t.Errorf(".lint: %s holds without its exclusion %+v", rule, e)
			}
		}
	}
}

func fails(res lint.ResultContext) bool {
	return slices.ContainsFunc(res.Result.Results, func(r lint.FixableResult) bool { return r.Severity >= lint.Warning })
}

// results returns what every rule says of a board, sorted by rule.
func results(t *testing.T, data []byte, config *lint.ConfigurationFile) []lint.ResultContext {
	t.Helper()
	board, err := lint.NewDashboard(data)
	if err != nil {
		t.Fatal(err)
	}
	rules := lint.NewRuleSet()
	if n := len(rules.Rules()); n != 17 {
		t.Fatalf("%d rules, want 17", n)
	}
	set, err := rules.Lint([]lint.Dashboard{board})
	if err != nil {
		t.Fatal(err)
	}
	set.Configure(config)
	byRule := set.ByRule()
	var all []lint.ResultContext
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		all = append(all, byRule[rule]...)
	}
	return all
}

// TestFinds: the linter reads the boards as it should, so that its silence means
// something.
func TestFinds(t *testing.T) {
	data, err := os.ReadFile("../../../generated/kaizen/dashboards/kaizen.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []struct{ old, new, rule string }{
		{`"editable": false`, `"editable": true`, "uneditable-dashboard"},
		{`"refresh": 2,`, `"refresh": 1,`, "template-on-time-change-reload-rule"},
		{`job=~\"$job\"`, `job=\"$job\"`, "target-job-rule"},
		{`"description": `, `"descripti0n": `, "panel-title-description-rule"},
	} {
		wrong := bytes.ReplaceAll(data, []byte(change.old), []byte(change.new))
		found := slices.ContainsFunc(results(t, wrong, lint.NewConfigurationFile()), func(res lint.ResultContext) bool {
			return res.Rule.Name() == change.rule && fails(res)
		})
		if !found {
			t.Errorf("%s is not found by %s", change.new, change.rule)
		}
	}
}
