package source

import (
	"bytes"
	"strconv"
	"strings"
)

// Jsonnet finds the string literals of a Jsonnet file, in the file's order. It is a
// lexer and no more: of a file that does not parse it finds what looks like one.
// Source: https://jsonnet.org/ref/spec.html#lexing
func Jsonnet(file string, data []byte) (*Document, []*Node) {
	d := newDocument(file, data)
	var found []*Node
	for i := 0; i < len(data); {
		n, next := d.jsonnetString(i)
		if n != nil {
			d.register(n)
			found = append(found, n)
		}
		i = max(next, i+1)
	}
	return d, found
}

// jsonnetString reads what begins at i: a string, or what no string begins in. next is
// the offset behind it.
func (d *Document) jsonnetString(i int) (n *Node, next int) {
	data := d.data
	rest := data[i:]
	switch {
	case data[i] == '#' || bytes.HasPrefix(rest, []byte("//")):
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			return nil, i + end
		}
		return nil, len(data)
	case bytes.HasPrefix(rest, []byte("/*")):
		if end := bytes.Index(rest, []byte("*/")); end >= 0 {
			return nil, i + end + 2
		}
		return nil, len(data)
	case bytes.HasPrefix(rest, []byte("|||")):
		return d.jsonnetBlock(i)
	case data[i] == '@' && len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"'):
		return d.jsonnetQuoted(i+1, true)
	case data[i] == '\'' || data[i] == '"':
		return d.jsonnetQuoted(i, false)
	}
	return nil, i + 1
}

// jsonnetQuoted reads a string whose quote stands at i; in a verbatim one nothing but the
// doubled quote is an escape.
func (d *Document) jsonnetQuoted(i int, verbatim bool) (*Node, int) {
	quote := d.data[i]
	n := &Node{Kind: String, doc: d, start: i + 1, size: 1}
	var b strings.Builder
	for at := i + 1; at < len(d.data); {
		c := d.data[at]
		switch {
		case c == quote && verbatim && at+1 < len(d.data) && d.data[at+1] == quote:
			b.WriteByte(c)
			at += 2
			n.step(b.Len(), at)
		case c == quote:
			n.Text, n.end = b.String(), at
			return n, at + 1
		case c == '\\' && !verbatim && at+1 < len(d.data):
			n.step(b.Len(), at)
			at += d.jsonnetEscape(at, &b)
			n.step(b.Len(), at)
		default:
			b.WriteByte(c)
			at++
		}
	}
	return nil, len(d.data)
}

// jsonnetEscape decodes the escape at an offset and returns its length.
func (d *Document) jsonnetEscape(at int, b *strings.Builder) int {
	c := d.data[at+1]
	if plain, ok := jsonEscapes[c]; ok {
		c = plain
	} else if c == 'u' && at+6 <= len(d.data) {
		if r, err := strconv.ParseUint(string(d.data[at+2:at+6]), 16, 16); err == nil {
			b.WriteRune(rune(r))
			return 6
		}
	}
	b.WriteByte(c)
	return 2
}

// jsonnetBlock reads a text block, which the indentation of its first line is taken from.
func (d *Document) jsonnetBlock(i int) (*Node, int) {
	first := d.line(i) + 1
	mark := bytes.TrimSpace(d.data[i+3 : d.lines[min(first, len(d.lines)-1)]])
	chomp := string(mark) == "-"
	if first >= len(d.lines) || len(mark) > 0 && !chomp {
		return nil, i + 3
	}
	from := first
	for from < len(d.lines)-1 && strings.TrimRight(d.text(from), "\r") == "" {
		from++
	}
	indent := d.text(from)
	indent = indent[:len(indent)-len(strings.TrimLeft(indent, " \t"))]
	if indent == "" {
		return nil, i + 3
	}
	n := &Node{Kind: String, doc: d, start: d.lines[first], size: 1}
	var b strings.Builder
	for line := first; line < len(d.lines); line++ {
		text := strings.TrimRight(d.text(line), "\r")
		content, ok := strings.CutPrefix(text, indent)
		switch {
		case ok:
			n.step(b.Len(), d.lines[line]+len(indent))
			b.WriteString(content + "\n")
		case text == "":
			n.step(b.Len(), d.lines[line])
			b.WriteString("\n")
		case strings.HasPrefix(strings.TrimLeft(text, " \t"), "|||"):
			n.Text, n.end = b.String(), d.lines[line]
			if chomp {
				n.Text = strings.TrimSuffix(n.Text, "\n")
			}
			if len(n.steps) > 0 && n.steps[0].value == 0 {
				n.start = n.steps[0].file
				n.steps = n.steps[1:]
			}
			return n, d.lines[line] + strings.Index(text, "|||") + 3
		default:
			return nil, i + 3
		}
	}
	return nil, len(d.data)
}
