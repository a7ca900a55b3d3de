// Package source reads what people wrote, YAML or JSON, into one kind of tree
// that knows where in the file every value stands.
//
// It owns the two parsers' positions: a [Node] has that of its first character,
// and [Node.At] leads from a byte of a decoded string back to the byte of the
// file that it was written with, through quotes, escapes and folded lines. It
// also owns the limits that keep a hostile document small (size, depth, alias
// expansion), the comments "# dashgen:NAME ...", the patterns of files, and the nearest known
// word to a misspelt one.
//
// It imports schema (for Pos and Finding) and a YAML parser, and knows nothing of
// dashboards, rules or dashgen.yaml: packages config and input read those from
// its trees. What is damaged is a finding, never an error or a panic.
package source

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// A Kind says what a Node is.
type Kind int

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
)

func (k Kind) String() string {
	return [...]string{"nothing", "true or false", "a number", "text", "a list", "a mapping"}[k]
}

// A Node is one value of a document. Nodes that an alias names twice are shared:
// read them, do not change them.
type Node struct {
	Kind   Kind
	Text   string  // of a scalar: the decoded string, or the number as written
	Items  []*Node // of a List
	Fields []Field // of a Map, in the file's order, without repeats

	doc        *Document
	start, end int    // span in the file; start is the first character of a scalar's content
	steps      []step // of a scalar: where its content continues elsewhere
	size       int    // nodes below it and itself, aliases expanded
}

// A Field is one key of a Map with its value.
type Field struct {
	Key   string
	Pos   schema.Pos // of the key
	Value *Node
}

// A step says that the content from byte value on stands in the file from byte
// file on.
type step struct{ value, file int }

// A Document is one file as read.
type Document struct {
	File       string
	Root       *Node // nil where the file is damaged or empty
	Directives []Directive

	data   []byte
	lines  []int         // offset of the first byte of each line
	texts  map[int]*Node // strings, by the offset of their content
	within *Node         // of a document that is a string of another: that string
	fixed  *schema.Pos   // of a document that stands in no file: where everything is said to be
}

func newDocument(file string, data []byte) *Document {
	d := &Document{File: file, data: data, lines: []int{0}, texts: map[int]*Node{}}
	for i, c := range data {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	return d
}

// Pos returns the position of the node's first character; in a block scalar, of
// the first character of its content.
func (n *Node) Pos() schema.Pos { return n.doc.pos(n.start) }

// At returns where byte offset of n.Text stands in the file.
func (n *Node) At(offset int) schema.Pos { return n.doc.pos(n.offset(offset)) }

// Path returns where the node stands in a document that stands in no file, as Jsonnet
// selects it: a["b.json"].c[0]. It is empty for the root, and for nodes of files, which
// have positions.
func (n *Node) Path() string {
	if n == nil || n.doc.fixed == nil || n.doc.Root == nil {
		return ""
	}
	var b strings.Builder
	for at := n.doc.Root; at != n; {
		if last := below(at.Items, n); last >= 0 {
			fmt.Fprintf(&b, "[%d]", last)
			at = at.Items[last]
			continue
		}
		i := -1
		for i+1 < len(at.Fields) && at.Fields[i+1].Value.start <= n.start {
			i++
		}
		if i < 0 {
			return b.String()
		}
		switch key := at.Fields[i].Key; {
		case !identifier.MatchString(key):
			fmt.Fprintf(&b, "[%q]", key)
		case b.Len() == 0:
			b.WriteString(key)
		default:
			b.WriteString("." + key)
		}
		at = at.Fields[i].Value
	}
	return b.String()
}

// below returns the index of the last of some nodes that does not begin behind n; -1 if
// there is none.
func below(nodes []*Node, n *Node) int {
	i, found := slices.BinarySearchFunc(nodes, n.start, func(m *Node, start int) int { return m.start - start })
	if !found {
		i--
	}
	return i
}

// identifier is what Jsonnet takes behind a dot.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// offset returns the offset in the file of byte i of n.Text.
func (n *Node) offset(i int) int {
	k, exact := slices.BinarySearchFunc(n.steps, i, func(s step, i int) int { return s.value - i })
	if !exact {
		k--
	}
	at := n.start + i
	if k >= 0 {
		at = n.steps[k].file + i - n.steps[k].value
	}
	return min(max(at, n.start), max(n.end, n.start))
}

// Part returns a string node for bytes from to to of n.Text, which [Document.At]
// then finds at its own position.
func (n *Node) Part(from, to int) *Node {
	p := &Node{Kind: String, Text: n.Text[from:to], doc: n.doc, start: n.offset(from), end: n.offset(to), size: 1}
	for _, s := range n.steps {
		if s.value > from && s.value < to {
			p.steps = append(p.steps, step{s.value - from, s.file})
		}
	}
	n.doc.register(p)
	return p
}

// register lets At find a string, in the file that a document is a part of, too.
func (d *Document) register(n *Node) {
	d.texts[n.start] = n
	if d.within != nil {
		d.within.doc.register(d.within.outward(n))
	}
}

// outward returns a string of the document that n holds as one of the document that
// holds n.
func (n *Node) outward(inner *Node) *Node {
	o := &Node{Kind: String, Text: inner.Text, doc: n.doc, start: n.offset(inner.start), end: n.offset(inner.end), size: 1}
	segments := append([]step{{0, inner.start}}, inner.steps...)
	for i, s := range segments {
		to := len(inner.Text)
		if i+1 < len(segments) {
			to = segments[i+1].value
		}
		o.step(s.value, n.offset(s.file))
		k := sort.Search(len(n.steps), func(k int) bool { return n.steps[k].value > s.file })
		for ; k < len(n.steps) && n.steps[k].value < s.file+to-s.value; k++ {
			o.step(s.value+n.steps[k].value-s.file, n.steps[k].file)
		}
	}
	return o
}

// A Piece is a part of a string that [Join] puts together: the text of Node, or, where
// it is not empty, Text, which stands in the file nowhere: Node is what led to it.
type Piece struct {
	Node *Node
	Text string
}

// Join returns a string node made of pieces of one document, of which there is one at
// least. Every piece keeps its places.
func Join(pieces ...Piece) *Node {
	first := pieces[0].Node
	j := &Node{Kind: String, doc: first.doc, start: first.start, end: first.end, size: 1}
	for _, p := range pieces {
		from := len(j.Text)
		j.end = max(j.end, p.Node.end)
		if p.Text != "" {
			j.Text += p.Text
			for i := range p.Text {
				j.step(from+i, p.Node.start)
			}
			continue
		}
		j.Text += p.Node.Text
		j.step(from, p.Node.start)
		for _, s := range p.Node.steps {
			j.step(from+s.value, s.file)
		}
	}
	j.doc.register(j)
	return j
}

// At returns where byte offset of the string stands whose content begins at pos.
// Where no string begins there, it counts on from pos along the line.
func (d *Document) At(pos schema.Pos, offset int) schema.Pos {
	if d.fixed != nil {
		return pos
	}
	if pos.Line >= 1 && pos.Line <= len(d.lines) {
		if n := d.texts[d.lines[pos.Line-1]+pos.Col-1]; n != nil {
			return n.At(offset)
		}
	}
	if pos.Col > 0 {
		pos.Col += offset
	}
	return pos
}

// Get returns the value of a key, or nil where n is no Map or has no such key.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, f := range n.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return nil
}

// String returns the text of the value of a key where it is a scalar, else "".
func (n *Node) String(key string) string {
	if v := n.Get(key); v != nil {
		return v.Text
	}
	return ""
}

// List returns the items of the value of a key where it is a List.
func (n *Node) List(key string) []*Node {
	if v := n.Get(key); v != nil {
		return v.Items
	}
	return nil
}

// Value returns a node as encoding/json would read it, numbers as they are written.
func (n *Node) Value() any {
	switch {
	case n == nil || n.Kind == Null:
		return nil
	case n.Kind == List:
		list := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			list = append(list, item.Value())
		}
		return list
	case n.Kind == Map:
		m := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			m[f.Key] = f.Value.Value()
		}
		return m
	case n.Kind == Bool:
		return strings.EqualFold(n.Text, "true")
	case n.Kind == Number && json.Valid([]byte(n.Text)):
		return json.Number(n.Text)
	}
	return n.Text
}

func (d *Document) pos(offset int) schema.Pos {
	switch {
	case d.fixed != nil:
		return *d.fixed
	case d.within != nil:
		return d.within.At(offset)
	}
	line := d.line(offset)
	return schema.Pos{File: d.File, Line: line + 1, Col: offset - d.lines[line] + 1}
}

// line returns the index in d.lines of the line that holds the offset.
func (d *Document) line(offset int) int {
	return sort.Search(len(d.lines), func(i int) bool { return d.lines[i] > offset }) - 1
}

// text returns a line without its line break.
func (d *Document) text(line int) string {
	end := len(d.data)
	if line+1 < len(d.lines) {
		end = d.lines[line+1] - 1
	}
	return string(d.data[d.lines[line]:end])
}

// tooLarge returns a finding for a file over the limit, in bytes.
func tooLarge(file, check string, limit int) []schema.Finding {
	return []schema.Finding{{
		Pos: schema.Pos{File: file}, Check: check,
		Message: fmt.Sprintf("file is longer than %d bytes, which is all that is read", limit),
		Hint:    "split the file",
	}}
}
