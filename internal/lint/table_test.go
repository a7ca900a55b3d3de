package lint

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
	"golang.org/x/tools/txtar"
)

// A table is a file panels.promql or alerts.promql of an archive: an expression a line, each
// the query of a panel or the condition of an alert of its own. Lines that begin with # are
// comments; the first is one. Words before the expression say what stands beside it:
//
//	unit s: EXPR           the panel's unit
//	legend {{code}}: EXPR  the query's legend
//	for 5m: EXPR           how long the alert waits
//	record NAME: EXPR      a recording rule

func isTable(file string) bool { return path.Ext(file) == ".promql" }

var tableWord = regexp.MustCompile(`^(unit|legend|for|record) (\S+): `)

// tableLine returns what a line of a table is in the file that it stands for: the text
// before the expression, and the expression as it is written there.
func tableLine(file string, number int, line string) (before, expr, after string) {
	line = wantComment.ReplaceAllString(line, "")
	words := map[string]string{}
	for {
		m := tableWord.FindStringSubmatch(line)
		if m == nil {
			break
		}
		words[m[1]] = m[2]
		line = line[len(m[0]):]
	}
	if path.Base(file) == "panels.promql" {
		unit := ""
		if words["unit"] != "" {
			unit = fmt.Sprintf(`"fieldConfig": {"defaults": {"unit": %q}}, `, words["unit"])
		}
		quoted, _ := json.Marshal(line)
		return fmt.Sprintf(`{"id": %d, "title": "%[1]d", "type": "timeseries", "gridPos": {"x": 0, "y": %[1]d, "w": 24, "h": 1}, %s"targets": [{"legendFormat": %q, "expr": "`, number, unit, words["legend"]),
			unescapeHTML(string(quoted[1 : len(quoted)-1])), `"}]},`
	}
	name := fmt.Sprintf("alert: L%d", number)
	if words["record"] != "" {
		name = fmt.Sprintf("record: %q", words["record"])
	}
	if words["for"] != "" {
		name += ", for: " + words["for"]
	}
	return "{" + name + ", expr: '", strings.ReplaceAll(line, "'", "''"), "'},"
}

// unescapeHTML undoes what package json does to <, > and &.
func unescapeHTML(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(s)
}

// tableColumn returns the column in the expression for one in the file that a table
// stands for.
func tableColumn(file string, number int, line string, col int) int {
	before, expr, _ := tableLine(file, number, line)
	at := col - 1 - len(before)
	if at < 0 || at > len(expr) {
		return col
	}
	seen := expr[:at]
	return at + 1 - strings.Count(seen, `\`+`"`) - strings.Count(seen, `\`+`\`) - strings.Count(seen, "''")
}

func parseTable(t *testing.T, file, text string, in *Input) {
	t.Helper()
	first, last := `{"title": "Table", "uid": "table", "panels": [`, `{"id": 1000, "title": "end", "type": "row", "gridPos": {"x": 0, "y": 1000, "w": 24, "h": 1}}]}`
	if path.Base(file) == "alerts.promql" {
		first, last = "groups: [{name: table, rules: [", "]}]"
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		switch {
		case i == 0:
			if !strings.HasPrefix(line, "#") {
				t.Fatalf("%s: the first line is no comment", file)
			}
			lines[i] = first
		case line == "" || strings.HasPrefix(line, "#"):
			lines[i] = ""
		default:
			before, expr, after := tableLine(file, i+1, line)
			lines[i] = before + expr + after
		}
	}
	data := []byte(strings.Join(lines, "\n") + "\n" + last + "\n")
	var findings []schema.Finding
	if path.Base(file) == "alerts.promql" {
		var r *input.Rules
		if r, findings = input.ParseRules(file, data); r != nil {
			in.Rules = append(in.Rules, r)
		}
	} else {
		var d *input.Dashboard
		if d, findings = input.ParseDashboard(file, data); d != nil {
			in.Dashboards = append(in.Dashboards, d)
		}
	}
	in.Findings = append(in.Findings, findings...)
}

// readArchive reads an archive, with the shop's files where it has tables and no metrics.
func readArchive(t *testing.T, file string) *txtar.Archive {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	has := func(f func(string) bool) bool {
		return slices.ContainsFunc(ar.Files, func(one txtar.File) bool { return f(one.Name) })
	}
	if has(isTable) && !has(func(name string) bool { return name == "metrics.txt" }) {
		shop, err := txtar.ParseFile(corpus + "corpus/shop.txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range shop.Files {
			if !has(func(name string) bool { return name == f.Name }) {
				ar.Files = append(ar.Files, f)
			}
		}
	}
	return ar
}

// TestWhole runs all checks together over every table, and over the archives of corpus,
// where a want begins with the name of the check: each defect has the one finding that it
// is there for, and what is correct has none.
func TestWhole(t *testing.T) {
	files, err := filepath.Glob(corpus + "*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(corpus + "corpus/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	// What is left out is nobody's fault in a table, where every line stands alone.
	eachAlone := slices.DeleteFunc(Checks(), func(c *Check) bool { return c.Name == "coverage" })
	defects, correct, kinds := 0, 0, map[string]bool{}
	for _, file := range append(files, more...) {
		ar := readArchive(t, file)
		whole := path.Base(path.Dir(file)) == "corpus"
		in, cfg := parseArchive(t, ar)
		all := runChecks(eachAlone, in, cfg)
		for _, f := range ar.Files {
			if !whole && !isTable(f.Name) {
				continue
			}
			here := slices.DeleteFunc(slices.Clone(all), func(g schema.Finding) bool { return g.Pos.File != f.Name })
			words := describe
			if whole {
				words = func(g schema.Finding) string { return g.Check + ": " + describe(g) }
			}
			for _, g := range matchWants(t, f, here, words) {
				t.Errorf("%s: %s:%d: unexpected %s: %s", file, f.Name, g.Pos.Line, g.Check, describe(g))
			}
			kind := file
			for _, line := range strings.Split(string(f.Data), "\n") {
				switch {
				case strings.HasPrefix(line, "#") || strings.HasPrefix(strings.TrimSpace(line), "# "):
					kind = line
				case wantComment.MatchString(line):
					defects++
					kinds[file+kind] = true
				case isTable(f.Name) && line != "":
					correct++
				}
			}
		}
	}
	if defects < 150 || len(kinds) < 45 || correct < 150 {
		t.Error("the corpus has become too small")
	}
	t.Logf("%d defects of %d kinds, %d correct expressions", defects, len(kinds), correct)
}
