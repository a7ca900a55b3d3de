package build

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/schema"
)

// TestSections holds that the tests of an alert are kept where it and what it draws on did not
// change, and nobody changed them, and are made anew where one of that is not so.
func TestSections(t *testing.T) {
	const mark = "  - name: 'kept'\n"
	made := func(old []byte, rules ...engine.Rule) []byte {
		res := &Result{Schema: &schema.Schema{Version: schema.Version}}
		p := prove.New(&query.World{Targets: query.DefaultTargets}, []engine.Group{{Name: "g", Rules: rules}})
		return append([]byte("tests:\n"), res.sections(p, p.Alerts("g"), time.Minute, old)...)
	}
	record := engine.Rule{Record: "y", Expr: "sum(x)"}
	one, two := engine.Rule{Alert: "One", Expr: "x > 5"}, engine.Rule{Alert: "Two words", Expr: "y > 5"}
	first := made(nil, record, one, two)
	for _, name := range []string{"One fires", "Two words fires"} {
		if !bytes.Contains(first, []byte("- name: '"+name+"'")) {
			t.Fatalf("no test %q in\n%s", name, first)
		}
	}
	if again := made(first, record, one, two); !bytes.Equal(again, first) {
		t.Errorf("made twice:\n%s\n%s", first, again)
	}
	sealed := replaced(t, first, mark, true)
	if again := made(sealed, record, one, two); !bytes.Equal(again, sealed) {
		t.Errorf("not kept:\n%s", again)
	}
	if again := made(replaced(t, first, mark, false), record, one, two); !bytes.Equal(again, first) {
		t.Errorf("what somebody changed is kept:\n%s", again)
	}
	later, higher := two, record
	later.For, higher.Expr = time.Minute, "max(x)"
	for what, rules := range map[string][]engine.Rule{"the alert": {record, one, later}, "what is recorded": {higher, one, two}} {
		if again := made(sealed, rules...); bytes.Count(again, []byte(mark)) != 1 || !bytes.Contains(again, []byte("'Two words fires'")) {
			t.Errorf("where %s changed, the other one alone is kept:\n%s", what, again)
		}
	}
}

// replaced puts a text in the place of each alert's tests, with its hash or not.
func replaced(t *testing.T, file []byte, body string, sealed bool) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString("tests:\n")
	for line := range strings.Lines(string(file)) {
		if of, sum, ok := strings.Cut(line, ", tests "); ok && strings.HasPrefix(line, ofAlert) {
			if sealed {
				sum = fmt.Sprintf("%.8x\n", sha256.Sum256([]byte(body)))
			}
			b.WriteString(of + ", tests " + sum + body)
		}
	}
	return []byte(b.String())
}

// TestProofs holds that every alert of the five systems, derived or declared, has a test that
// makes it fire and one that keeps it quiet, and that nothing of it is not proven.
func TestProofs(t *testing.T) {
	names, err := filepath.Glob("../../generated/*/rules/*.rules.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	alerts := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		read, findings := input.ParseRules(name, data)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		groups := ruletest.Groups(read.Groups)
		all := ruletest.Covered(groups, nil)
		if alerts += len(all.Alerts); len(all.Alerts) == 0 {
			continue
		}
		tests := filepath.Join(filepath.Dir(filepath.Dir(name)), "rules-tests", strings.TrimSuffix(filepath.Base(name), ".rules.yaml")+"_test.yaml")
		if data, err = os.ReadFile(tests); err != nil {
			t.Errorf("%d alerts are not proven: %v", len(all.Alerts), err)
			continue
		}
		for _, why := range []string{neverFires, notProven} {
			if bytes.Contains(data, []byte(why)) {
				t.Errorf("%s has a line %q", tests, why)
			}
		}
		file, findings := ruletest.Parse(tests, data)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		var results []*ruletest.Result
		for _, one := range file.Tests {
			results = append(results, &ruletest.Result{Test: one})
		}
		if c := ruletest.Covered(groups, results); len(c.NeverFires)+len(c.NeverQuiet) > 0 {
			t.Errorf("%s has no test that makes fire %v, and none that keeps quiet %v", tests, c.NeverFires, c.NeverQuiet)
		}
	}
	t.Logf("%d alerts", alerts)
}
