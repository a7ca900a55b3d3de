package lint

import (
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
)

// Each line is a finding: FILE:LINE CHECK OWNER | EXPRESSION | MESSAGE. Those of now that
// begin with + are worse.
func TestWorse(t *testing.T) {
	for _, c := range []struct{ name, before, now string }{
		{"as it was", "a:1 x alert | up | alert is wrong", "a:1 x alert | up | alert is wrong"},
		{"moved", "a:1 x alert | up | alert is wrong, see b.go:7:9", "a:9 x alert | up | alert is wrong, see b.go:8:1"},
		{"mended", "a:1 x alert | up | alert is wrong", ""},
		{"new", "", "+a:1 x alert | up | alert is wrong"},
		{"another check", "a:1 x alert | up | alert is wrong", "+a:1 y alert | up | alert is wrong"},
		{"another fault", "a:1 x alert | up | alert is wrong", "+a:1 x alert | up | alert is bad"},
		{"changed, and wrong as before", "a:1 x alert | up | alert is wrong", "a:1 x alert | up > 1 | alert is wrong"},
		{"renamed", "a:1 x panel A | up | panel A is wrong", "a:1 x panel B | up | panel B is wrong"},
		{"renamed and changed", "a:1 x panel A | up | panel A is wrong", "+a:1 x panel B | up > 1 | panel B is wrong"},
		{"in another file", "a:1 x panel A | up | panel A is wrong", "b:1 x panel B | up | panel B is wrong"},
		{"of a file that moved", "a:1 x | | metric is wrong", "b:1 x | | metric is wrong"},
		{"one more", "a:1 x | | metric is wrong", "a:1 x | | metric is wrong\n+a:2 x | | metric is wrong"},
		{"a copy", "a:5 x alert | up | alert is wrong", "+b:1 x alert | up | alert is wrong\na:5 x alert | up | alert is wrong"},
		{"a copy, with another's fault", "a:5 x alert | up | alert is wrong\na:6 x other | down | other is wrong", "a:5 x alert | up | alert is wrong\na:6 x other | down | other is wrong\n+a:7 x third | up | third is wrong"},
	} {
		worse := map[string]bool{}
		for _, f := range Worse(findingLines(c.before), findingLines(c.now)) {
			worse[f.Pos.String()+f.Check] = true
		}
		for _, line := range strings.Split(c.now, "\n") {
			want := strings.HasPrefix(line, "+")
			for _, f := range findingLines(line) {
				if got := worse[f.Pos.String()+f.Check]; got != want {
					t.Errorf("%s: %q: worse is %v, want %v", c.name, line, got, want)
				}
			}
		}
	}
}

func findingLines(text string) []schema.Finding {
	var all []schema.Finding
	for line := range strings.SplitSeq(text, "\n") {
		parts := strings.Split(strings.TrimPrefix(line, "+"), "|")
		if len(parts) != 3 {
			continue
		}
		head := strings.SplitN(strings.TrimSpace(parts[0]), " ", 3)
		file, n, _ := strings.Cut(head[0], ":")
		f := schema.Finding{Pos: schema.Pos{File: file, Line: int(n[0] - '0')}, Check: head[1], Expr: strings.TrimSpace(parts[1]), Message: strings.TrimSpace(parts[2])}
		if len(head) == 3 {
			f.Owner = head[2]
		}
		all = append(all, f)
	}
	return all
}
