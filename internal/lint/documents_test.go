package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

// TestDocuments holds the table of the documents' mistakes, in testdata/systems/README.md,
// against what is said of them: by lint where nothing is ignored, or by their unit tests.
func TestDocuments(t *testing.T) {
	text, err := os.ReadFile("../../testdata/systems/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| alert | what | who says so |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	if len(rows) < 4 {
		t.Fatalf("%d rows", len(rows))
	}
	quoted, quotedTest := regexp.MustCompile("`([^`]*) \\(([a-z-]+)\\)`"), regexp.MustCompile(`"([^"]+)"`)
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		if len(cells) != 3 {
			t.Errorf("%d cells: %s", len(cells), row)
			continue
		}
		for _, one := range strings.Split(cells[0], ";") {
			system, alert, _ := strings.Cut(strings.TrimSpace(one), ", ")
			system = strings.ToLower(strings.ReplaceAll(system, " ", ""))
			if m := quoted.FindStringSubmatch(cells[2]); m != nil {
				if !slices.ContainsFunc(unforgiven(t, system), func(f schema.Finding) bool {
					return f.Check == m[2] && strings.Contains(f.Message, m[1]) && strings.Contains(f.Message, alert)
				}) {
					t.Errorf("lint does not say of %s, %s: %s (%s)", system, alert, m[1], m[2])
				}
				continue
			}
			if m := quotedTest.FindStringSubmatch(cells[2]); m == nil || !tested(t, system, alert+" "+m[1]) {
				t.Errorf("nobody says of %s, %s: %s", system, alert, cells[2])
			}
		}
	}
}

// unforgiven returns what lint finds in a system's dashgen.yaml where it ignores nothing.
func unforgiven(t *testing.T, system string) []schema.Finding {
	t.Helper()
	file := filepath.Join("../../testdata/systems", system, "dashgen.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cfg, findings := config.Parse(file, regexp.MustCompile(`# dashgen:ignore .*`).ReplaceAll(text, nil))
	if cfg == nil {
		t.Fatal(findings)
	}
	file = filepath.Join("../../generated", system, "metrics.json")
	if text, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	s, err := schema.Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return Run(Input{Schema: s}, cfg)
}

// tested reports whether a generated unit test of a system has the name.
func tested(t *testing.T, system, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../generated", system, "rules-tests", "*_test.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(text), name)
	})
}
