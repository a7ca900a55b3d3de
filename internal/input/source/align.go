package source

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// This file finds where in the file the content of a YAML scalar stands. The
// parser tells only where the scalar begins, its anchor and tag included.

// locate sets the span and the steps of a scalar that begins at offset at.
func (n *Node) locate(at int, style yaml.Style) {
	data := n.doc.data
	at = skipProperties(data, at)
	n.start, n.end = at, at
	switch {
	case at >= len(data):
	case style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 && strings.TrimSpace(n.Text) != "" {
			n.start = skipBlank(data, at+i)
			n.align(nil)
		}
	case style&yaml.SingleQuotedStyle != 0:
		n.start = at + 1
		n.end = n.align(doubled) + 1
	case style&yaml.DoubleQuotedStyle != 0:
		n.start = at + 1
		n.end = n.align(escaped) + 1
	default:
		n.align(nil)
	}
	n.start = min(n.start, len(data))
	n.end = min(max(n.start, n.end), len(data))
}

// skipProperties returns the offset behind an anchor and a tag and what separates
// them from the content.
func skipProperties(data []byte, at int) int {
	for at < len(data) && (data[at] == '&' || data[at] == '!') {
		for at < len(data) && !isBlank(data[at]) {
			at++
		}
		at = skipBlank(data, at)
	}
	return at
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipBlank(data []byte, at int) int {
	for at < len(data) && isBlank(data[at]) {
		at++
	}
	return at
}

// An unquoter reads what stands at the start of data for something else than
// itself: the length of it and of what it decodes to. A width of 0 says that it
// is an ordinary character.
type unquoter func(data []byte) (width, decoded int)

func (u unquoter) read(data []byte) (width, decoded int) {
	if u == nil {
		return 0, 0
	}
	return u(data)
}

// doubled reads the quote inside a single-quoted scalar.
func doubled(data []byte) (width, decoded int) {
	if bytes.HasPrefix(data, []byte("''")) {
		return 2, 1
	}
	return 0, 0
}

// wideEscapes are the escapes of double-quoted scalars that decode to more than
// one byte, with that number. Source: YAML 1.2, 5.7.
var wideEscapes = map[byte]int{'_': 2, 'N': 2, 'L': 3, 'P': 3}

// hexEscapes are the escapes that name a character by its number, with the number
// of digits.
var hexEscapes = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// escaped reads an escape of a double-quoted scalar, YAML's or JSON's.
func escaped(data []byte) (width, decoded int) {
	if len(data) < 2 || data[0] != '\\' {
		return 0, 0
	}
	digits := hexEscapes[data[1]]
	switch {
	case data[1] == '\n' || data[1] == '\r': // the line goes on without a space
		return skipBlank(data, 1), 0
	case wideEscapes[data[1]] > 0:
		return 2, wideEscapes[data[1]]
	case digits == 0 || len(data) < 2+digits:
		return 2, 1
	}
	r, err := strconv.ParseUint(string(data[2:2+digits]), 16, 32)
	if err != nil || !utf8.ValidRune(rune(r)) {
		return 2 + digits, 0
	}
	return 2 + digits, utf8.RuneLen(rune(r))
}

// align walks n.Text and the file from n.start on together, notes the steps, sets
// n.end behind the last character that is no white space and returns the offset
// at which it stopped. White space in the text stands for any white space in the
// file (folded and indented lines); everything else stands for itself or for what
// unquote reads. It stops where the two cannot be brought together.
func (n *Node) align(unquote unquoter) int {
	data, text, at := n.doc.data, n.Text, n.start
	i := 0
	if unquote == nil { // empty lines that a block scalar begins with
		i = len(text) - len(strings.TrimLeft(text, " \t\n"))
		n.step(i, at)
	}
	for i < len(text) && at < len(data) {
		if width, decoded := unquote.read(data[at:]); width > 0 {
			n.step(i, at)
			i, at = i+decoded, at+width
			n.step(i, at)
			n.end = at
			continue
		}
		next := skipBlank(data, at)
		switch {
		case isBlank(text[i]) && next > at:
			i += folded(text[i:], data[at:next], unquote != nil)
			at = next
			n.step(i, at)
		case data[at] == text[i]:
			i, at = i+1, at+1
			n.end = at
		default:
			return at
		}
	}
	return at
}

// folded returns how much of the white space at the start of text stands for all
// of blank, which is white space in the file.
func folded(text string, blank []byte, quoted bool) int {
	run := len(text) - len(strings.TrimLeft(text, " \t\n\r"))
	breaks := bytes.Count(blank, []byte("\n"))
	switch {
	case breaks == 0:
		return min(run, len(blank))
	case quoted: // one break is a space, more are one break less; escapes may follow
		return min(run, max(1, breaks-1))
	}
	return run
}

// step notes that text byte value stands at file byte file, unless that follows
// from the step before.
func (n *Node) step(value, file int) {
	last := step{0, n.start}
	if k := len(n.steps); k > 0 {
		last = n.steps[k-1]
		if last.value == value {
			n.steps[k-1].file = file
			return
		}
	}
	if last.file-last.value != file-value {
		n.steps = append(n.steps, step{value, file})
	}
}
