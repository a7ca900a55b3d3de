package lint

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// The text that people read: file:line:col: message (check), and indented under it the
// lines that it is about with marks below, related places, then what to type. Messages
// begin in lower case and have no full stop. Nothing else is printed, so that editors and
// other tools can read it.

func init() { formats["text"] = writeText }

func writeText(w *bufio.Writer, findings []schema.Finding, opts Options) error {
	paint := painter(opts.Color)
	x := &excerpter{w, opts.files, paint}
	for _, f := range findings {
		fmt.Fprintf(w, "%s %s %s\n", paint.as(bold, f.Pos.String()+":"), strings.ReplaceAll(f.Message, "\n", "\n\t"), paint.as(dim, "("+f.Check+")"))
		marks := []mark{{f.Pos, "", true}}
		var elsewhere []schema.Related
		for _, r := range f.Related {
			if r.Pos != f.Pos && x.together(f.Pos, r.Pos) {
				marks = append(marks, mark{r.Pos, r.Message, false})
			} else {
				elsewhere = append(elsewhere, r)
			}
		}
		x.draw(severityColor[severity(f)], marks...)
		if f.Field != "" {
			fmt.Fprintf(w, "\t%s %s\n", paint.as(blue, "of:"), f.Field)
		}
		if f.Expr != "" && f.Pos.Col == 0 && opts.Source != nil { // evaluated: it is written nowhere
			expr := []byte(strings.Join(strings.Fields(f.Expr), " "))
			fmt.Fprintf(w, "\t%s %s\n", paint.as(blue, "in:"), window(expr, 0, 4*maxWidth))
		}
		for _, r := range elsewhere {
			fmt.Fprintf(w, "\t%v: %s\n", r.Pos, r.Message)
			x.draw(blue, mark{pos: r.Pos})
		}
		if f.Hint != "" {
			fmt.Fprintf(w, "\t%s %s\n", paint.as(cyan, "hint:"), f.Hint)
		}
	}
	return nil
}

// Colours, as parameters of a terminal's SGR sequence.
const (
	bold, dim               = "1", "2"
	red, yellow, blue, cyan = "1;31", "1;33", "34", "36"
)

var severityColor = map[schema.Severity]string{schema.Error: red, schema.Warning: yellow, schema.Note: cyan}

// A painter colours text, where it is true.
type painter bool

func (p painter) as(color, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[m"
}

// row colours the marks of a row below an excerpt: carets in the finding's colour, the
// rest like the gutter.
func (p painter) row(row, color string) string {
	from := strings.IndexByte(row, '^')
	if !p || from < 0 {
		return p.as(blue, row)
	}
	to := from + len(row[from:]) - len(strings.TrimLeft(row[from:], "^"))
	return p.as(blue, row[:from]) + p.as(color, row[from:to]) + p.as(blue, row[to:])
}
