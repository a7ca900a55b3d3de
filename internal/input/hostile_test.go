package input

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/schema"
)

// What nobody writes is refused with a finding, in a bounded time.
func TestHostile(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	packed := pack(t, strings.Repeat(" ", 10<<20))
	var packs strings.Builder
	for i := range 100 {
		fmt.Fprintf(&packs, "  %d.json.gz: %s\n", i, packed)
	}
	many := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	for _, c := range []struct{ file, text, want string }{
		{"large.json", `{"panels": ["` + strings.Repeat("x", 50<<20), "is longer than"},
		{"large.yaml", "groups: " + strings.Repeat("x", 50<<20), "is longer than"},
		{"values.json", "[" + many(5<<20, "[]") + "]", "more than 2000000 values"},
		{"values.yaml", "a: [" + many(5<<20, "x") + "]", "more than 2000000 values"},
		{"deep.json", strings.Repeat(`{"panels":[`, 1<<20), "nested more than"},
		{"deep.yaml", strings.Repeat("[", 1<<20), "does not parse"},
		{"bomb.yaml", "groups:\n- name: g\n  rules: *a12\n", "does not parse"},
		{"bomb.yaml", bomb.String() + "groups: [{name: g, rules: *a12}]\n", "aliases expand"},
		{"panels.json", `{"panels": [` + many(6000, `{"id":1}`) + "]}", "more than 5000 panels"},
		{"queries.json", `{"panels": [{"targets": [` + many(30_000, `{"expr":"up"}`) + "]}]}", "more than 20000 queries"},
		{"rules.yaml", "groups: [{name: g, rules: [" + many(30_000, "{record: a, expr: up}") + "]}]", "more than 20000 queries"},
		{"held.yaml", "kind: ConfigMap\napiVersion: v1\ndata: {a.json: '" + `{"panels": ` + strings.Repeat("[", 1<<20) + "'}", "nested more than"},
		{"packed.yaml", "kind: GrafanaDashboard\napiVersion: v1\nspec: {gzipJson: " + pack(t, strings.Repeat(" ", 100<<20)) + "}", "longer than 16 MiB"},
		{"packs.yaml", "kind: ConfigMap\napiVersion: v1\nbinaryData:\n" + packs.String(), "longer than 16 MiB"},
		{"keys.json", "{" + many(100_000, `"a":1`) + "}", "stands twice"},
	} {
		t.Run(c.file, func(t *testing.T) {
			start := time.Now()
			_, findings := Parse(c.file, []byte(c.text))
			if !slices.ContainsFunc(findings, func(f schema.Finding) bool { return strings.Contains(f.Message, c.want) && f.Pos.File == c.file }) {
				t.Errorf("%d findings, want one that %q: %.200v", len(findings), c.want, findings)
			}
			if len(findings) > 200 {
				t.Errorf("%d findings", len(findings))
			}
			if d := time.Since(start); d > 30*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}

// Rules are read without parsing their expressions, since that takes long for some.
func TestHostileExpression(t *testing.T) {
	nested := strings.Repeat("(", 50_000) + "up" + strings.Repeat(")", 50_000)
	start := time.Now()
	set, findings := Parse("rules.yaml", []byte("groups: [{name: g, rules: [{alert: A, expr: '"+nested+"'}]}]"))
	if len(findings) > 0 || len(set.Rules) != 1 || set.Rules[0].Queries[0].Expr != nested {
		t.Errorf("findings %v", findings)
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("took %s", d)
	}
}

// pack compresses a text as manifests hold one.
func pack(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}
