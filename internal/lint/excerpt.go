package lint

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dashgen/dashgen/schema"
)

// This file draws excerpts: lines of a source with marks below them.
//
//	6 | sum by (path) (sum by (code) (rate(shop_http_requests_total[5m])))
//	  |         ^^^^   --- path is taken away here

// A mark is a place in an excerpt.
type mark struct {
	pos     schema.Pos
	label   string // stands beside it
	primary bool   // the finding's own place
}

// An excerpter draws excerpts of files.
type excerpter struct {
	w     *bufio.Writer
	files *sourceFiles
	paint painter
}

// Excerpts are at most so wide, in columns, where a line is longer.
const (
	maxWidth  = 120
	leadWidth = 40 // of that, before the first mark
	tabWidth  = 4
)

// together reports whether two places are drawn in one excerpt.
func (x *excerpter) together(a, b schema.Pos) bool {
	return x.files.has(a) && x.files.has(b) && a.File == b.File && a.Col > 0 && b.Col > 0 && abs(a.Line-b.Line) <= 5 && (a.Line != b.Line || abs(a.Col-b.Col) <= maxWidth-leadWidth)
}

func abs(n int) int { return max(n, -n) }

// draw draws the lines of marks, all in one file, with "..." where lines are left out. It
// draws nothing where the file cannot be read or has no such lines.
func (x *excerpter) draw(color string, marks ...mark) {
	lines := x.files.of(marks[0].pos.File)
	marks = slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { return !x.files.has(m.pos) })
	slices.SortStableFunc(marks, func(a, b mark) int { return a.pos.Compare(b.pos) })
	if len(marks) == 0 {
		return
	}
	last := marks[len(marks)-1].pos.Line
	gutter := len(fmt.Sprint(last))
	indent := maxWidth
	for _, m := range marks {
		line := lines[m.pos.Line-1]
		indent = min(indent, extent(line[:len(line)-len(bytes.TrimLeft(line, " \t"))]))
	}
	for before := 0; len(marks) > 0; {
		n := marks[0].pos.Line
		k := slices.IndexFunc(marks, func(m mark) bool { return m.pos.Line != n })
		if k < 0 {
			k = len(marks)
		}
		if before > 0 && n > before+1 {
			fmt.Fprintf(x.w, "\t%s\n", x.paint.as(blue, "..."))
		}
		before = n
		text, drawn := layout(lines[n-1], marks[:k], indent)
		fmt.Fprintf(x.w, "\t%s %s\n", x.paint.as(blue, fmt.Sprintf("%*d |", gutter, n)), text)
		for _, row := range drawn {
			fmt.Fprintf(x.w, "\t%s %s\n", x.paint.as(blue, fmt.Sprintf("%*s |", gutter, "")), x.paint.row(row, color))
		}
		marks = marks[k:]
	}
}

// layout returns a line without its indentation, and the rows of marks and labels below
// it. Of a long line it is the part around the marks.
func layout(line []byte, marks []mark, indent int) (string, []string) {
	line, marks = around(bytes.TrimSuffix(line, []byte("\r")), marks)
	from, to := indent, extent(line)
	if to-from > maxWidth {
		from = max(indent, extent(line[:max(marks[0].pos.Col, 1)-1])-leadWidth)
		to = min(to, from+maxWidth)
	}
	text := window(line, from, to)
	if to < extent(line) {
		text += "…"
	}
	shift := -from
	if from > indent {
		text = "…" + text
		shift++
	}
	var under row
	var labels []mark // at their columns
	for i, m := range marks {
		if m.pos.Col == 0 || i > 0 && m.pos == marks[i-1].pos {
			continue
		}
		token := line[min(m.pos.Col-1, len(line)):]
		at := min(extent(line[:len(line)-len(token)]), to) + shift
		sign := "-"
		if m.primary {
			sign = "^"
		}
		width := min(extent(token[:tokenLen(token)]), to+shift-at)
		under.put(max(at, len(under)), strings.Repeat(sign, max(1, at+width-max(at, len(under)))))
		if m.label != "" {
			m.pos.Col = at
			labels = append(labels, m)
		}
	}
	if len(under) == 0 {
		return text, nil
	}
	if k := len(labels) - 1; k >= 0 && under[len(under)-1] == '-' {
		under = append(under, " "+labels[k].label...)
		labels = labels[:k]
	}
	return text, append([]string{string(under)}, labelRows(labels)...)
}

// around returns the part of a very long line that its excerpt is taken from, since a
// dashboard may be one line of many megabytes.
func around(line []byte, marks []mark) ([]byte, []mark) {
	const lead, most = 4 * maxWidth, 20 * maxWidth
	cut := marks[0].pos.Col - 1 - lead
	if len(line) <= most || cut <= 0 {
		return line[:min(len(line), most+lead)], marks
	}
	for cut > 0 && !utf8.RuneStart(line[cut]) {
		cut--
	}
	moved := slices.Clone(marks)
	for i := range moved {
		moved[i].pos.Col -= cut
	}
	return line[cut:min(len(line), cut+most)], moved
}

// labelRows writes labels below their marks, from right to left so that none covers
// another.
func labelRows(labels []mark) []string {
	var rows []string
	for len(labels) > 0 {
		var r row
		for _, l := range labels[:len(labels)-1] {
			r.put(l.pos.Col, "|")
		}
		last := labels[len(labels)-1]
		r.put(last.pos.Col, last.label)
		rows = append(rows, string(r))
		labels = labels[:len(labels)-1]
	}
	return rows
}

// A row is text below a line, a byte a column but for a label at its end.
type row []byte

func (r *row) put(at int, s string) {
	*r = append(*r, bytes.Repeat([]byte(" "), max(0, at-len(*r)))...)
	*r = append((*r)[:at], s...)
}

// extent returns how many columns a terminal needs for a part of a line that begins it.
func extent(line []byte) int {
	n := 0
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		n += cell(r)
		line = line[size:]
	}
	return n
}

// window returns the part of a line in columns from to to, as it may be printed: what a
// terminal would obey, or what would turn the order of the text around, is replaced.
func window(line []byte, from, to int) string {
	var b strings.Builder
	for n := 0; len(line) > 0 && n < to; {
		r, size := utf8.DecodeRune(line)
		line = line[size:]
		width := cell(r)
		switch {
		case n < from && n+width > from: // a tab, say, that is cut
			b.WriteString(strings.Repeat(" ", n+width-from))
		case n < from:
		case r == '\t':
			b.WriteString(strings.Repeat(" ", width))
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
		n += width
	}
	return b.String()
}

// cell returns how many columns a character takes.
func cell(r rune) int {
	switch {
	case r == '\t':
		return tabWidth
	case unicode.Is(unicode.Bidi_Control, r): // replaced
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide are the characters that take two columns, in blocks.
// Source: https://www.unicode.org/reports/tr11/, East_Asian_Width=W and F.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{0x1100, 0x115f, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0xa4cf, 1}, {0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1}},
	R32: []unicode.Range32{{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1f9ff, 1}, {0x20000, 0x3fffd, 1}},
}

// tokenLen returns the length of the word, number, string or operator that a text begins
// with, as PromQL, Go, JSON and YAML agree on them, and of a matcher as a whole.
func tokenLen(s []byte) int {
	word := func(from int) int {
		for from < len(s) {
			switch escape := unicodeEscape.Find(s[from:]); {
			case bytes.IndexByte([]byte("_:."), s[from]) >= 0 || s[from] >= 0x80 || isAlnum(s[from]):
				from++
			case escape != nil:
				from += len(escape)
			default:
				return from
			}
		}
		return from
	}
	quoted := func(from int) int { // from, where no string is that ends in this line
		for _, q := range []string{`\"`, `"`, `'`, "`"} {
			if rest, ok := bytes.CutPrefix(s[from:], []byte(q)); ok {
				for i := 0; i < len(rest); i++ {
					switch {
					case bytes.HasPrefix(rest[i:], []byte(q)):
						return from + len(q) + i + len(q)
					case rest[i] == '\\' && q != "`":
						i++
					}
				}
			}
		}
		return from
	}
	n := word(0)
	if n > 0 {
		n = max(1, len(bytes.TrimRight(s[:n], ":."))) // a key of YAML, the end of a sentence
		op := n
		for op < len(s) && op < n+2 && bytes.IndexByte([]byte("=!~"), s[op]) >= 0 {
			op++
		}
		if end := quoted(op); op > n && end > op {
			return end
		}
		return n
	}
	if n = quoted(0); n > 0 {
		return n
	}
	for n < len(s) && bytes.IndexByte([]byte("=!~<>"), s[n]) >= 0 {
		n++
	}
	return n
}

// unicodeEscape matches a character as JSON may write it.
var unicodeEscape = regexp.MustCompile(`^\\u[0-9a-fA-F]{4}`)

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
