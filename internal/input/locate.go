package input

import (
	"regexp"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// A locator finds where in Jsonnet source a text of the evaluated value was written.
type locator struct {
	docs    places
	plain   map[string][]*source.Node
	formats []format
	memo    map[string][]*source.Node
}

// A format is a string literal with verbs of the % operator.
type format struct {
	node    *source.Node
	match   *regexp.Regexp // with a group for each verb
	longest string         // of the text between verbs
	verbs   [][2]int       // from, to
}

// verb matches a verb of Jsonnet's % operator.
// Source: https://jsonnet.org/ref/stdlib.html#format
var verb = regexp.MustCompile(`%(?:\([^)]*\))?[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]*[diouxXeEfFgGcrs%]`)

// minFormat is the least constant text that a format must have to be told by it.
const minFormat = 8

func newLocator(sources []Source) *locator {
	l := &locator{plain: map[string][]*source.Node{}, memo: map[string][]*source.Node{}}
	for _, s := range sources {
		doc, literals := source.Jsonnet(s.File, s.Data)
		l.docs = append(l.docs, doc)
		for _, n := range literals {
			l.plain[n.Text] = append(l.plain[n.Text], n)
			if f, ok := formatOf(n); ok {
				l.formats = append(l.formats, f)
			}
		}
	}
	return l
}

func formatOf(n *source.Node) (format, bool) {
	f := format{node: n}
	for _, m := range verb.FindAllStringIndex(n.Text, -1) {
		f.verbs = append(f.verbs, [2]int{m[0], m[1]})
	}
	if len(f.verbs) == 0 {
		return f, false
	}
	var b strings.Builder
	b.WriteString("^")
	last := 0
	for _, v := range append(f.verbs, [2]int{len(n.Text), len(n.Text)}) {
		text := n.Text[last:v[0]]
		if len(text) > len(f.longest) {
			f.longest = text
		}
		b.WriteString(regexp.QuoteMeta(text))
		switch {
		case v[0] == len(n.Text):
		case strings.HasSuffix(n.Text[v[0]:v[1]], "%"):
			b.WriteString("(%)")
		default:
			b.WriteString("((?s:.*?))")
		}
		last = v[1]
	}
	if len(f.longest) < minFormat {
		return f, false
	}
	var err error
	f.match, err = regexp.Compile(b.String() + "$")
	return f, err == nil
}

// fill returns the literal with its verbs filled in such that it is text; nil where that
// cannot be.
func (f *format) fill(text string) *source.Node {
	if !strings.Contains(text, f.longest) {
		return nil
	}
	m := f.match.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	var pieces []source.Piece
	last := 0
	for i, v := range f.verbs {
		if v[0] > last {
			pieces = append(pieces, source.Piece{Node: f.node.Part(last, v[0])})
		}
		if m[i+1] != "" {
			pieces = append(pieces, source.Piece{Node: f.node.Part(v[0], v[0]), Text: m[i+1]})
		}
		last = v[1]
	}
	if last < len(f.node.Text) {
		pieces = append(pieces, source.Piece{Node: f.node.Part(last, len(f.node.Text))})
	}
	if len(pieces) == 0 {
		return nil
	}
	return source.Join(pieces...)
}

// find returns the literal that a text was made of; nil where none is. Among several it
// is the first behind near, in near's file, else the first.
func (l *locator) find(text string, near schema.Pos) *source.Node {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	found, done := l.memo[text]
	if !done {
		found = l.all(text)
		l.memo[text] = found
	}
	for _, n := range found {
		if pos := n.Pos(); pos.File == near.File && pos.Line >= near.Line {
			return n
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return nil
}

func (l *locator) all(text string) []*source.Node {
	found := l.plain[text]
	if len(found) > 0 {
		return found
	}
	for i := range l.formats {
		if n := l.formats[i].fill(text); n != nil {
			found = append(found, n)
		}
	}
	return found
}
