package query

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

// Where returns the place of a word, such as a label name behind by or in a matcher, in
// a node's own text: outside of its operands and of quotes. Where the word does not
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
	if _, leaf := n.(*parser.VectorSelector); !leaf {
		for c := range parser.ChildrenIter(n) {
			p := c.PositionRange()
			blank(int(p.Start), int(p.End))
		}
	}
	for _, s := range quotedSpans(in.Text[:at.End]) {
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

// isName reports whether the metric's name stands at an offset, which a label may be
// called like.
func (in *Inferred) isName(n parser.Node, offset int) bool {
	vs, ok := n.(*parser.VectorSelector)
	return ok && vs.Name != "" && offset == int(vs.PosRange.Start)
}
