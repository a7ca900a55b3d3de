package query

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

// Where returns the place of a word, such as a label name behind by or in a matcher, in
// a node's own text: outside of its operands and of other quotes. Where the word does not
// stand there, it returns the node's place.
func (in *Inferred) Where(n parser.Node, word string) posrange.PositionRange {
	at := n.PositionRange()
	if in.Text == "" || word == "" || int(at.End) > len(in.Text) {
		return at
	}
	own := []byte(in.Text[:at.End])
	blank := func(from, to int) {
		for i := max(from, 0); i < min(to, len(own)); i++ {
			own[i] = ' '
		}
	}
	blank(0, int(at.Start))
	_, leaf := n.(*parser.VectorSelector)
	if !leaf {
		for c := range parser.ChildrenIter(n) {
			p := c.PositionRange()
			blank(int(p.Start), int(p.End))
		}
	}
	for _, s := range quotedSpans(in.Text[:at.End]) {
		if string(own[s[0]:s[1]]) == strconv.Quote(word) && (!leaf || isLabel(own[s[1]:])) { // of UTF-8
			return posrange.PositionRange{Start: posrange.Pos(s[0]), End: posrange.Pos(s[1])}
		}
		blank(s[0], s[1])
	}
	for from := int(at.Start); from <= len(own)-len(word); from++ {
		i := strings.Index(string(own[from:]), word)
		if i < 0 {
			break
		}
		from += i
		end := from + len(word)
		if (from == 0 || !isWord(own[from-1])) && (end == len(own) || !isWord(own[end])) && !in.isName(n, from) {
			return posrange.PositionRange{Start: posrange.Pos(from), End: posrange.Pos(end)}
		}
	}
	return at
}

// isLabel reports whether an operator follows a quoted string in a selector, so that it is
// no value.
func isLabel(behind []byte) bool {
	behind = bytes.TrimLeft(behind, " \t\r\n")
	return len(behind) > 0 && (behind[0] == '=' || behind[0] == '!')
}

// isName reports whether the metric's name stands at an offset, which a label may be
// called like.
func (in *Inferred) isName(n parser.Node, offset int) bool {
	vs, ok := n.(*parser.VectorSelector)
	return ok && vs.Name != "" && offset == int(vs.PosRange.Start)
}
