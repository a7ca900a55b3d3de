package lint

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dashgen/dashgen/schema"
)

// Each case is a line with the places of marks as 1, 2 and 3 in front of what they mark,
// and what is drawn of it. 1 is the finding's own place.
func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x + ", 100)
	for _, c := range []struct{ name, line, want string }{
		{"word", "expr: sum(1up)", "1 | expr: sum(up)\n  |           ^^"},
		{"indented", "\t    expr: 1up", "1 | expr: up\n  |       ^^"},
		{"tab inside", "a:\t1up", "1 | a:    up\n  |       ^^"},
		{"wide and combining", "本e\u0301: 1up", "1 | 本e\u0301: up\n  |      ^^"},
		{"matcher", `x{1a=~"b|\"c"}`, "1 | x{a=~\"b|\\\"c\"}\n  |   ^^^^^^^^^^"},
		{"matcher in JSON", `"x{1a=\"b\"}"`, "1 | \"x{a=\\\"b\\\"}\"\n  |    ^^^^^^^"},
		{"string", `by (1"a b")`, "1 | by (\"a b\")\n  |     ^^^^^"},
		{"operator", "a 1>= bool b", "1 | a >= bool b\n  |   ^^"},
		{"Go", "var x = 1prometheus.NewCounter(o)", "1 | var x = prometheus.NewCounter(o)\n  |         ^^^^^^^^^^^^^^^^^^^^^"},
		{"key", "1expr: up", "1 | expr: up\n  | ^^^^"},
		{"behind the end", "a +1", "1 | a +\n  |    ^"},
		{"carriage return", "a + 1b\r", "1 | a + b\n  |     ^"},
		{"what a terminal obeys", "a\x1b[31m + \u202e1b", "1 | a\ufffd[31m + \ufffdb\n  |           ^"},
		{"not UTF-8", "\xff\xfe 1b", "1 | \ufffd\ufffd b\n  |    ^"},
		{"label beside", "1by (2sum)", "1 | by (sum)\n  | ^^  --- second"},
		{"label below", "2by (1sum)", "1 | by (sum)\n  | --  ^^^\n  | second"},
		{"labels", "1a + 2b + 3c", "1 | a + b + c\n  | ^   -   - third\n  |     second"},
		{"labels below", "2a + 3b + 1c", "1 | a + b + c\n  | -   -   ^\n  | |   third\n  | second"},
		{"cut", long + "1y + " + long, "1 | …" + long[:40] + "y + " + long[:76] + "…\n  |  " + strings.Repeat(" ", 40) + "^"},
		{"cut inside the mark", strings.Repeat(" ", 8) + "1" + strings.Repeat("y", 200), "1 | " + strings.Repeat("y", 120) + "…\n  | " + strings.Repeat("^", 120)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := schema.Finding{Check: "c", Message: "m", Severity: schema.Note}
			line := c.line
			for line != "" {
				i := strings.IndexAny(line, "123")
				if i < 0 {
					break
				}
				if strings.HasPrefix(line[i:], "31m") {
					i = strings.LastIndexByte(line, '1')
				}
				pos := schema.Pos{File: "f", Line: 1, Col: i + 1}
				switch line[i] {
				case '1':
					f.Pos = pos
				case '2':
					f.Related = append(f.Related, schema.Related{Pos: pos, Message: "second"})
				case '3':
					f.Related = append(f.Related, schema.Related{Pos: pos, Message: "third"})
				}
				line = line[:i] + line[i+1:]
				if c.name == "what a terminal obeys" {
					break
				}
			}
			got := string(report(t, "text", []schema.Finding{f}, Options{Source: func(string) []byte { return []byte(line + "\nnext\n") }}))
			_, got, _ = strings.Cut(got, "(c)\n")
			want := "\t" + strings.ReplaceAll(c.want, "\n", "\n\t") + "\n"
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A line of many megabytes costs no more than a short one.
func TestLongLine(t *testing.T) {
	part := strings.Repeat("本\"", 1000)
	line := []byte(strings.Repeat(part, 4000)) // 16 MB
	var findings []schema.Finding
	for i := range 1000 {
		findings = append(findings, schema.Finding{Check: "c", Message: "m", Pos: schema.Pos{File: "f", Line: 1, Col: len(line) - 4000*i}})
	}
	got := report(t, "text", findings, Options{Source: func(string) []byte { return line }})
	if len(got) < 1000*maxWidth || !utf8.Valid(got) {
		t.Errorf("%d bytes were written", len(got))
	}
}

// Places far apart are drawn apart, and what cannot be read is not drawn.
func TestExcerptPlaces(t *testing.T) {
	source := func(file string) []byte {
		if file == "a" {
			return []byte("one\n\n  three\n    four\n" + strings.Repeat("\n", 20) + "last\n")
		}
		return nil
	}
	at := func(file string, line, col int) schema.Pos { return schema.Pos{File: file, Line: line, Col: col} }
	for _, c := range []struct {
		name    string
		pos     schema.Pos
		related []schema.Pos
		want    string
	}{
		{"lines", at("a", 3, 3), []schema.Pos{at("a", 4, 5), at("a", 1, 1)}, "1 | one\n  | --- here\n...\n3 |   three\n  |   ^^^^^\n4 |     four\n  |     ---- here\n"},
		{"far", at("a", 3, 3), []schema.Pos{at("a", 25, 1)}, "3 | three\n  | ^^^^^\na:25:1: here\n25 | last\n   | ----\n"},
		{"line as a whole", at("a", 3, 0), nil, "3 | three\n"},
		{"file as a whole", at("a", 0, 0), nil, ""},
		{"no such line", at("a", 99, 1), nil, ""},
		{"no such column", at("a", 1, 99), nil, ""},
		{"no file", at("b", 1, 1), []schema.Pos{at("", 0, 0), at("b", 2, 1)}, "-: here\nb:2:1: here\n"},
	} {
		f := schema.Finding{Check: "c", Message: "m", Pos: c.pos, Hint: "do"}
		for _, pos := range c.related {
			f.Related = append(f.Related, schema.Related{Pos: pos, Message: "here"})
		}
		got := string(report(t, "text", []schema.Finding{f}, Options{Source: source}))
		want := c.pos.String() + ": m (c)\n" + c.want + "hint: do\n"
		if got = strings.ReplaceAll(got, "\t", ""); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colours change nothing but colours, and end on their line.
func TestColor(t *testing.T) {
	opts := Options{Source: func(string) []byte { return []byte("x\n\na + b + c d e f g h\n") }}
	plain := string(report(t, "text", reported, opts))
	opts.Color = true
	colored := string(report(t, "text", reported, opts))
	if colored == plain {
		t.Fatal("no colour")
	}
	for line := range strings.Lines(colored) {
		if strings.Count(line, "\x1b[m") != strings.Count(line, "\x1b[")-strings.Count(line, "\x1b[m") {
			t.Errorf("%q: a colour does not end", line)
		}
	}
	if got := sgr.ReplaceAllString(colored, ""); got != plain {
		t.Errorf("without colours\n%s\nwant\n%s", got, plain)
	}
}
