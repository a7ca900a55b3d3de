package build

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/query"
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
